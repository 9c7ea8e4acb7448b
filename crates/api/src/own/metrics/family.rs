//! One metric in Prometheus's text form.

use std::borrow::Cow;
use std::fmt;

/// Only grows.
pub(super) const COUNTER: &str = "counter";
/// Is so now.
pub(super) const GAUGE: &str = "gauge";
/// Counts by classes, each of which has those below it in it.
pub(super) const HISTOGRAM: &str = "histogram";

/// One metric: its name, its type, what it means, and its values.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) help: &'static str,
    /// What follows the name, such as labels in their braces, and the value.
    pub(super) values: Vec<(Cow<'static, str>, u64)>,
}

impl Family {
    /// One with a single value.
    pub(super) fn new(kind: &'static str, name: &'static str, help: &'static str, value: u64) -> Self {
        Self { name, kind, help, values: vec![("".into(), value)] }
    }

    /// One with a value for each of some labels.
    pub(super) fn labelled<const N: usize>(
        kind: &'static str,
        name: &'static str,
        help: &'static str,
        values: [(&'static str, u64); N],
    ) -> Self {
        Self { name, kind, help, values: values.map(|(label, value)| (label.into(), value)).to_vec() }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, help, values } = self;
        writeln!(f, "# HELP {name} {help}\n# TYPE {name} {kind}")?;
        values.iter().try_for_each(|(label, value)| writeln!(f, "{name}{label} {value}"))
    }
}
