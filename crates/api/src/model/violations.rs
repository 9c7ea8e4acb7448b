//! Collects what is wrong with a request's members into the one text AWS answers with.
//!
//! The texts are the contract: clients and tests compare them.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::constraint::{Count, Real, Text, Whole};

/// Values and lists of complaints are repeated to the caller only up to these bounds, so that an answer stays small
/// whatever the request was.
const ECHOED_CHARS_MAX: usize = 1_024;
const VIOLATIONS_MAX: usize = 50;

/// Holds a request's members against the model's constraints.
pub trait Check {
    fn check(&self, found: &mut Violations);
}

/// The complaints found so far, and where in the request the check is.
#[derive(Debug, Default)]
pub struct Violations {
    path: Vec<String>,
    found: Vec<String>,
}

impl Violations {
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn count_of_complaints(&self) -> usize {
        self.found.len()
    }

    /// The message of the ValidationException, or `None` when nothing is wrong.
    pub fn into_message(self) -> Option<String> {
        let plural = if self.found.len() == 1 { "" } else { "s" };
        (!self.found.is_empty()).then(|| {
            format!("{} validation error{plural} detected: {}", self.found.len(), self.found.join("; "))
        })
    }

    pub fn required(&mut self, member: &str, present: bool) {
        if !present {
            let place = self.place(member);
            self.push(format!(
                "Value null at '{place}' failed to satisfy constraint: Member must not be null"
            ));
        }
    }

    pub fn text(&mut self, member: &str, value: Option<&str>, constraint: &Text) {
        let Some(value) = value else { return };
        for demand in demands(value, constraint) {
            self.complain(member, (!constraint.sensitive).then_some(&value), &demand);
        }
    }

    pub fn whole(&mut self, member: &str, value: Option<i64>, bounds: &Whole) {
        let Some(value) = value else { return };
        self.bounds(
            member,
            &value,
            bounds.min.filter(|min| value < *min),
            bounds.max.filter(|max| value > *max),
        );
    }

    pub fn real(&mut self, member: &str, value: Option<f64>, bounds: &Real) {
        let Some(value) = value else { return };
        self.bounds(
            member,
            &value,
            bounds.min.filter(|min| value < *min),
            bounds.max.filter(|max| value > *max),
        );
    }

    fn bounds<N: fmt::Display>(&mut self, member: &str, value: &N, below: Option<N>, above: Option<N>) {
        if let Some(min) = below {
            self.complain(
                member,
                Some(value),
                &format!("Member must have value greater than or equal to {min}"),
            );
        }
        if let Some(max) = above {
            self.complain(
                member,
                Some(value),
                &format!("Member must have value less than or equal to {max}"),
            );
        }
    }

    pub fn structure<T: Check>(&mut self, member: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.path.push(member.to_owned());
            value.check(self);
            self.path.pop();
        }
    }

    pub fn structures<T: Check>(&mut self, member: &str, values: Option<&[T]>, count: Option<&Count>) {
        let Some(values) = values else { return };
        self.count(member, "", values.len(), count);
        for (i, value) in values.iter().enumerate() {
            self.path.push(format!("{member}.{}.member", i + 1));
            value.check(self);
            self.path.pop();
        }
    }

    pub fn texts(
        &mut self,
        member: &str,
        values: Option<&[String]>,
        count: Option<&Count>,
        text: Option<&Text>,
    ) {
        let Some(values) = values else { return };
        let echo = format!("[{}]", values.join(", "));
        self.count(member, &echo, values.len(), count);
        let Some(text) = text else { return };
        if values.iter().any(|value| !demands(value, text).is_empty()) {
            let all = all_demands(text);
            let demand = format!("Member must satisfy constraint: [{all}, Member must not be null]");
            self.complain(member, (!text.sensitive).then_some(&echo), &demand);
        }
    }

    pub fn map(
        &mut self,
        member: &str,
        entries: Option<&BTreeMap<String, String>>,
        count: Option<&Count>,
        (key, value): (Option<&Text>, Option<&Text>),
        sensitive: bool,
    ) {
        let Some(entries) = entries else { return };
        let echo = if sensitive { String::new() } else { map_echo(entries) };
        self.count(member, &echo, entries.len(), count);
        let sides =
            [("keys", key, entries.keys().collect::<Vec<_>>()), ("value", value, entries.values().collect())];
        for (side, text, strings) in sides {
            let Some(text) = text else { continue };
            if strings.iter().any(|string| !demands(string, text).is_empty()) {
                let demand = format!("Map {side} must satisfy constraint: [{}]", all_demands(text));
                self.complain(member, (!sensitive).then_some(&echo), &demand);
            }
        }
    }

    /// A map of real numbers.
    pub fn reals(
        &mut self,
        member: &str,
        entries: Option<&BTreeMap<String, f64>>,
        count: Option<&Count>,
        (key, value): (Option<&Text>, Option<&Real>),
    ) {
        self.keys(member, entries, count, key);
        let (Some(entries), Some(bounds)) = (entries, value) else { return };
        let outside = |value: &f64| {
            bounds.min.is_some_and(|min| *value < min) || bounds.max.is_some_and(|max| *value > max)
        };
        if entries.values().any(outside) {
            let most = bounds.max.map(|max| format!("Member must have value less than or equal to {max:?}"));
            let least =
                bounds.min.map(|min| format!("Member must have value greater than or equal to {min:?}"));
            let all = most.into_iter().chain(least).collect::<Vec<_>>().join(", ");
            let demand = format!("Map value must satisfy constraint: [{all}, Member must not be null]");
            self.complain(member, Some(&pairs_echo(entries)), &demand);
        }
    }

    /// A map of which only the number of entries and the keys are held to anything.
    pub fn keys<V: fmt::Debug>(
        &mut self,
        member: &str,
        entries: Option<&BTreeMap<String, V>>,
        count: Option<&Count>,
        key: Option<&Text>,
    ) {
        let Some(entries) = entries else { return };
        let echo = pairs_echo(entries);
        self.count(member, &echo, entries.len(), count);
        let Some(text) = key else { return };
        if entries.keys().any(|key| !demands(key, text).is_empty()) {
            let demand = format!("Map keys must satisfy constraint: [{}]", all_demands(text));
            self.complain(member, Some(&echo), &demand);
        }
    }

    fn count(&mut self, member: &str, echo: &str, len: usize, count: Option<&Count>) {
        let Some(count) = count else { return };
        if let Some(min) = count.min.filter(|min| len < *min) {
            self.complain(
                member,
                Some(&echo),
                &format!("Member must have length greater than or equal to {min}"),
            );
        }
        if let Some(max) = count.max.filter(|max| len > *max) {
            self.complain(
                member,
                Some(&echo),
                &format!("Member must have length less than or equal to {max}"),
            );
        }
    }

    fn place(&self, member: &str) -> String {
        let mut place = String::new();
        for step in &self.path {
            place.push_str(step);
            place.push('.');
        }
        place + member
    }

    /// A complaint about a value, which is left out when it is `None` for being sensitive.
    pub fn complain(&mut self, member: &str, value: Option<&dyn fmt::Display>, demand: &str) {
        let place = self.place(member);
        let value = value.map(|value| format!("'{}' ", shortened(&value.to_string()))).unwrap_or_default();
        self.push(format!("Value {value}at '{place}' failed to satisfy constraint: {demand}"));
    }

    fn push(&mut self, complaint: String) {
        if self.found.len() < VIOLATIONS_MAX {
            self.found.push(complaint);
        }
    }
}

/// What `value` fails, each as AWS words it.
fn demands(value: &str, text: &Text) -> Vec<String> {
    let mut failed = Vec::new();
    let chars = if text.min.is_some() || text.max.is_some() { value.chars().count() } else { 0 };
    if text.pattern.as_ref().is_some_and(|pattern| !pattern.matches(value)) {
        failed.extend(pattern_demand(text));
    }
    if text.min.is_some_and(|min| chars < min) {
        failed.extend(min_demand(text));
    }
    if text.max.is_some_and(|max| chars > max) {
        failed.extend(max_demand(text));
    }
    if !text.values.is_empty() && !text.values.contains(&value) {
        failed.extend(enum_demand(text));
    }
    failed
}

fn all_demands(text: &Text) -> String {
    let demands = [max_demand(text), min_demand(text), pattern_demand(text), enum_demand(text)];
    demands.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn pattern_demand(text: &Text) -> Option<String> {
    text.pattern
        .as_ref()
        .map(|pattern| format!("Member must satisfy regular expression pattern: {}", pattern.printed))
}

fn min_demand(text: &Text) -> Option<String> {
    text.min.map(|min| format!("Member must have length greater than or equal to {min}"))
}

fn max_demand(text: &Text) -> Option<String> {
    text.max.map(|max| format!("Member must have length less than or equal to {max}"))
}

fn enum_demand(text: &Text) -> Option<String> {
    (!text.values.is_empty())
        .then(|| format!("Member must satisfy enum value set: [{}]", text.values.join(", ")))
}

fn pairs_echo<V: fmt::Debug>(entries: &BTreeMap<String, V>) -> String {
    let pairs = entries.iter().map(|(key, value)| format!("{key}={value:?}"));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

fn map_echo(entries: &BTreeMap<String, String>) -> String {
    let mut echo = String::from("{");
    for (i, (key, value)) in entries.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(echo, "{comma}{key}={value}");
    }
    echo + "}"
}

fn shortened(value: &str) -> &str {
    value.char_indices().nth(ECHOED_CHARS_MAX).map_or(value, |(end, _)| value.get(..end).unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::lambda::constraints;
    use crate::generated::lambda::shapes::{CreateFunctionRequest, Environment};
    use crate::model::Sensitive;

    #[test]
    fn one_and_several_are_worded_as_recorded() {
        let mut found = Violations::default();
        found.text("qualifier", Some("a b"), &constraints::NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER);
        assert_eq!(
            found.into_message().unwrap(),
            "1 validation error detected: Value 'a b' at 'qualifier' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"
        );
        let mut found = Violations::default();
        found.required("code", false);
        found.whole("timeout", Some(0), &constraints::TIMEOUT);
        assert_eq!(
            found.into_message().unwrap(),
            "2 validation errors detected: Value null at 'code' failed to satisfy constraint: Member must not be null; \
             Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1"
        );
    }

    #[test]
    fn lists_name_every_demand_on_their_elements() {
        let mut found = Violations::default();
        let values = vec!["X86_64".to_owned()];
        found.texts(
            "architectures",
            Some(&values),
            Some(&constraints::ARCHITECTURES_LIST),
            Some(&constraints::ARCHITECTURE),
        );
        assert_eq!(
            found.into_message().unwrap(),
            "1 validation error detected: Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must \
             satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
        );
    }

    #[test]
    fn secrets_are_complained_about_without_being_shown() {
        let variables = BTreeMap::from([("1KEY".to_owned(), "hush".to_owned())]);
        let request = CreateFunctionRequest {
            environment: Some(Environment { variables: Some(Sensitive(variables)) }),
            ..CreateFunctionRequest::default()
        };
        let mut found = Violations::default();
        request.check(&mut found);
        let message = found.into_message().unwrap();
        assert!(
            message.contains(
                "Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: \
                 [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
            ),
            "{message}"
        );
        assert!(!message.contains("hush") && !message.contains("1KEY"), "{message}");
    }

    #[test]
    fn a_huge_request_is_answered_briefly() {
        let mut found = Violations::default();
        let long = "é".repeat(100_000);
        for _ in 0..100 {
            found.text("functionName", Some(&long), &constraints::FUNCTION_NAME);
        }
        assert!(found.into_message().unwrap().len() < VIOLATIONS_MAX * (2 * ECHOED_CHARS_MAX + 600));
    }
}
