//! Recursion detection: how often each function has run in the chain of calls that leads to this one.
//!
//! The chain is carried in the `Lineage` part of `X-Amzn-Trace-Id`, which SDKs in a function copy into their own calls:
//! `Lineage=1:<8 hex>:<count>`, in an older form `Lineage=<8 hex>:<count>`, several of them joined by `|`. The hexadecimal
//! digits stand for a function; the count is 0 in its first invocation of the chain (facts: async-invocation §8).
//!
//! It is text from outside: reading it is bounded, and what is no hop is passed over.

use crate::arn::FunctionArn;
use std::borrow::Cow;
use std::fmt::{self, Write};

/// After so many invocations of one function in one chain the next is refused, as on AWS.
pub const CHAIN_MAX: u32 = 16;
/// So many functions are told apart in a chain. Beyond that the one that was met first and only once is forgotten, so a
/// circle of more functions is not noticed.
const FUNCTIONS_MAX: usize = 32;
/// Longer parts are not read further.
const VALUE_BYTES_MAX: usize = 1_024;
const NAME: &str = "Lineage";

/// Stands for a function, whichever version or alias is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FunctionHash(u32);

impl FunctionHash {
    /// The FNV-1a hash of the unqualified ARN: the same in every life of the server.
    #[must_use]
    pub fn of(arn: &FunctionArn) -> Self {
        let parts = ["lambda", arn.region.as_str(), arn.account.as_str(), arn.name.as_str()];
        let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([b':']));
        Self(bytes.fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
    }
}

/// What a function is to be given when a call reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The caller's context, with this invocation in its lineage.
    pub context: String,
    /// How many invocations of the function the chain has had before.
    pub before: u32,
}

impl Entered {
    /// Whether this invocation would be one too many.
    #[must_use]
    pub fn is_recursion(&self) -> bool {
        self.before >= CHAIN_MAX
    }
}

/// Adds an invocation of a function to the lineage in a call's context. Without a context the result is a lineage alone,
/// which names no trace.
#[must_use]
pub fn enter(context: Option<&str>, function: FunctionHash) -> Entered {
    let Some(context) = context.filter(|context| !context.is_empty()) else {
        return Entered { context: format!("{NAME}=1:{:08x}:0", function.0), before: 0 };
    };
    let mut entered = String::with_capacity(context.len() + 24);
    let Some(value) = value(context) else {
        // The usual case: a call from outside.
        let _ = write!(entered, "{context};{NAME}=1:{:08x}:0", function.0);
        return Entered { context: entered, before: 0 };
    };
    let mut lineage = Lineage::parse(value);
    let before = lineage.enter(function);
    for part in context.split(';').filter(|part| value_of(part).is_none() && !part.is_empty()) {
        let _ = write!(entered, "{part};");
    }
    let _ = write!(entered, "{lineage}");
    Entered { context: entered, before }
}

/// The lineage of a context and nothing else of it; none if it has none.
#[must_use]
pub fn lineage_alone(context: &str) -> Option<String> {
    let lineage = Lineage::parse(value(context)?);
    (!lineage.hops.is_empty()).then(|| lineage.to_string())
}

/// A context without its lineage, for an event that somebody sends again: that begins a chain of its own, else one that was
/// stopped as part of a circle could never be run. None if nothing else is in it.
#[must_use]
pub fn chain_ended(context: &str) -> Option<String> {
    let parts: Vec<&str> =
        context.split(';').filter(|part| value_of(part).is_none() && !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(";"))
}

fn value(context: &str) -> Option<&str> {
    context.split(';').find_map(value_of)
}

fn value_of(part: &str) -> Option<&str> {
    part.trim_start().strip_prefix(NAME)?.strip_prefix('=')
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hop {
    function: FunctionHash,
    count: u32,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Lineage {
    hops: Vec<Hop>,
}

impl Lineage {
    fn parse(value: &str) -> Self {
        let end = (0..=VALUE_BYTES_MAX.min(value.len())).rev().find(|end| value.is_char_boundary(*end));
        let value = value.get(..end.unwrap_or(0)).unwrap_or_default();
        // boto3 escapes what stands between the hops.
        let value = if value.contains('%') {
            Cow::Owned(value.replace("%7C", "|").replace("%7c", "|"))
        } else {
            Cow::Borrowed(value)
        };
        let mut lineage = Self::default();
        for hop in value.split('|').filter_map(Hop::parse).take(FUNCTIONS_MAX) {
            match lineage.hops.iter_mut().find(|known| known.function == hop.function) {
                Some(known) => known.count = known.count.max(hop.count),
                None => lineage.hops.push(hop),
            }
        }
        lineage
    }

    /// Counts an invocation; says how many there were before.
    fn enter(&mut self, function: FunctionHash) -> u32 {
        if let Some(known) = self.hops.iter_mut().find(|hop| hop.function == function) {
            known.count = known.count.saturating_add(1);
            return known.count;
        }
        if self.hops.len() >= FUNCTIONS_MAX {
            let once = self.hops.iter().position(|hop| hop.count == 0).unwrap_or(0);
            self.hops.remove(once);
        }
        self.hops.push(Hop { function, count: 0 });
        0
    }
}

impl Hop {
    /// `1:<8 hex>:<count>` or `<8 hex>:<count>`.
    fn parse(text: &str) -> Option<Self> {
        let (rest, count) = text.trim().rsplit_once(':')?;
        let digits = match rest.split_once(':') {
            Some((number, digits)) if is_number(number) => digits,
            Some(_) => return None,
            None => rest,
        };
        let is_hex = digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let function = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        // A count that no number of ours holds is beyond every limit.
        let count = if is_number(count) { count.parse().unwrap_or(u32::MAX) } else { return None };
        Some(Self { function: FunctionHash(function), count })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

impl fmt::Display for Lineage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{NAME}=")?;
        for (index, Hop { function, count }) in self.hops.iter().enumerate() {
            write!(out, "{}1:{:08x}:{count}", if index == 0 { "" } else { "|" }, function.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::{AccountId, FunctionName, Region};
    use crate::qualifier::Qualifier;
    use proptest::prelude::*;

    const ROOT: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0";

    fn arn(name: &str) -> FunctionArn {
        FunctionArn {
            region: Region::new("us-east-1").unwrap(),
            account: AccountId::new("000000000000").unwrap(),
            name: FunctionName::new(name).unwrap(),
            qualifier: None,
        }
    }

    fn hash(name: &str) -> FunctionHash {
        FunctionHash::of(&arn(name))
    }

    #[test]
    fn a_function_has_one_hash_whatever_is_called_of_it() {
        let qualified = FunctionArn { qualifier: Some(Qualifier::Latest), ..arn("f") };
        assert_eq!(FunctionHash::of(&qualified), hash("f"));
        assert_ne!(hash("f"), hash("g"));
        // Must not change: chains outlive the server.
        assert_eq!(format!("{:08x}", hash("f").0), "2a1d912c");
    }

    #[test]
    fn a_lineage_begins_with_the_first_invocation() {
        let own = format!("Lineage=1:{:08x}:0", hash("f").0);
        for (context, entered) in [
            (None, own.clone()),
            (Some(""), own.clone()),
            (Some(ROOT), format!("{ROOT};{own}")),
            (Some("Root=1-0-0;Lineage=;Self=1"), format!("Root=1-0-0;Self=1;{own}")),
            (Some("Root=1-0-0;Lineage=nonsense"), format!("Root=1-0-0;{own}")),
        ] {
            assert_eq!(enter(context, hash("f")), Entered { context: entered, before: 0 }, "{context:?}");
        }
    }

    #[test]
    fn both_forms_are_read_and_raised() {
        let f = format!("{:08x}", hash("f").0);
        for (sent, raised, before) in [
            (format!("1:{f}:4"), format!("1:{f}:5"), 5),
            (format!("{f}:4"), format!("1:{f}:5"), 5),
            (format!("0a0b0c0d:2|{f}:0"), format!("1:0a0b0c0d:2|1:{f}:1"), 1),
            (format!("1:0a0b0c0d:2%7C1:{f}:0"), format!("1:0a0b0c0d:2|1:{f}:1"), 1),
            (format!("1:{f}:3|{f}:1"), format!("1:{f}:4"), 4),
            (format!("1:{f}:99999999999999"), format!("1:{f}:{}", u32::MAX), u32::MAX),
            (format!("1:{f}:-1|x:{f}:1|{f}|:|1:{f}0:7|1:{f}:"), format!("1:{f}:0"), 0),
        ] {
            let entered = enter(Some(&format!("Root=1;Lineage={sent};Self=2")), hash("f"));
            assert_eq!(
                entered,
                Entered { context: format!("Root=1;Self=2;Lineage={raised}"), before },
                "{sent}"
            );
        }
    }

    /// §8: sixteen invocations of one function run, the next does not; also where others are called between.
    #[test]
    fn the_seventeenth_invocation_is_one_too_many() {
        for circle in [&["f"][..], &["f", "g"], &["a", "b", "c", "d", "e", "f"]] {
            let mut context = ROOT.to_owned();
            for round in 0..=CHAIN_MAX {
                for name in circle {
                    let entered = enter(Some(&context), hash(name));
                    assert_eq!(entered.is_recursion(), round == CHAIN_MAX, "{circle:?}, {name}, {round}");
                    context = entered.context;
                }
            }
            assert!(context.starts_with(ROOT));
        }
    }

    #[test]
    fn a_circle_behind_a_long_chain_is_noticed() {
        let mut context = String::new();
        for number in 0..100 {
            context = enter(Some(&context), hash(&format!("f{number}"))).context;
        }
        for _ in 0..CHAIN_MAX {
            context = enter(Some(&context), hash("f")).context;
        }
        assert!(enter(Some(&context), hash("f")).is_recursion());
        assert!(context.len() < 500, "{}", context.len());
    }

    #[test]
    fn a_lineage_alone_names_no_trace() {
        assert_eq!(lineage_alone(ROOT), None);
        assert_eq!(lineage_alone("Root=1;Lineage=x"), None);
        let context = format!("{ROOT}; Lineage=0a0b0c0d:7;Self=1");
        assert_eq!(lineage_alone(&context).as_deref(), Some("Lineage=1:0a0b0c0d:7"));
    }

    #[test]
    fn what_is_sent_again_begins_a_chain_of_its_own() {
        for (context, left) in [
            (ROOT.to_owned(), Some(ROOT)),
            (format!("{ROOT};Lineage=1:0a0b0c0d:15"), Some(ROOT)),
            ("Lineage=1:0a0b0c0d:15".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(chain_ended(&context).as_deref(), left, "{context}");
        }
    }

    proptest! {
        #[test]
        fn any_context_can_be_entered(context in ".{0,200}|(Root=1;)?(Lineage=[0-9a-f:|%;]{0,300})?") {
            let f = hash("f");
            let once = enter(Some(&context), f);
            prop_assert!(once.context.len() <= context.len() + 16 * (FUNCTIONS_MAX + 1));
            // Whatever it was, the next invocation is one more.
            let twice = enter(Some(&once.context), f);
            prop_assert_eq!(twice.before, once.before.saturating_add(1));
        }
    }
}
