//! Instants as callers of Lambent's own API write them: RFC 3339, or a count since 1970. A pure function.

use lambent_domain::time::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _};

/// The last instant of the year 9999, which is the last that RFC 3339 can say.
const MILLIS_MAX: u64 = 253_402_300_799_999;
/// Longer than any date with nine digits of a second and an offset.
const TEXT_BYTES_MAX: usize = 40;

/// What a bare number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Millis,
}

/// Reads a date with its offset, such as `2026-11-28T12:00:00Z`, or a whole number.
pub(crate) fn parse(text: &str, unit: Unit) -> Option<Timestamp> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return from_number(text.parse().ok()?, unit);
    }
    let is_date = text.len() <= TEXT_BYTES_MAX
        && matches!(text.as_bytes().get(10), Some(b'T' | b't'))
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"TtZz:.+-".contains(&byte));
    let date: jiff::Timestamp = text.parse().ok().filter(|_| is_date)?;
    bounded(u64::try_from(date.as_millisecond()).ok()?)
}

/// Reads a whole number.
pub(crate) fn from_number(number: u64, unit: Unit) -> Option<Timestamp> {
    match unit {
        Unit::Seconds => bounded(number.checked_mul(1_000)?),
        Unit::Millis => bounded(number),
    }
}

/// An instant in a body: a text as [`parse`] takes it, or a number of milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant(pub(crate) Timestamp);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let at = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(number) => {
                number.as_u64().and_then(|number| from_number(number, Unit::Millis))
            }
            serde_json::Value::String(text) => parse(&text, Unit::Millis),
            _ => None,
        };
        at.map(Self)
            .ok_or_else(|| D::Error::custom("an instant must be Unix milliseconds or a date of RFC 3339"))
    }
}

fn bounded(millis: u64) -> Option<Timestamp> {
    (millis <= MILLIS_MAX).then_some(Timestamp::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_and_numbers_are_read_and_nothing_else() {
        let millis = |text: &str, unit| parse(text, unit).map(Timestamp::as_millis);
        for (text, seconds, as_millis) in [
            ("0", Some(0), Some(0)),
            ("1764072000", Some(1_764_072_000_000), Some(1_764_072_000)),
            ("2025-11-25T12:00:00Z", Some(1_764_072_000_000), Some(1_764_072_000_000)),
            ("2025-11-25t12:00:00.007z", Some(1_764_072_000_007), Some(1_764_072_000_007)),
            ("2025-11-25T13:30:00.000001+01:30", Some(1_764_072_000_000), Some(1_764_072_000_000)),
            ("9999-12-30T21:59:59Z", Some(253_402_207_199_000), Some(253_402_207_199_000)),
            ("253402300799", Some(253_402_300_799_000), Some(253_402_300_799)),
            ("253402300800", None, Some(253_402_300_800)),
            ("253402300800000", None, None),
            ("18446744073709551616", None, None),
            ("1969-12-31T23:59:59Z", None, None),
            ("2025-11-25T12:00:00", None, None),
            ("2025-11-25 12:00:00Z", None, None),
            ("2025-11-25", None, None),
            ("2025-11-25T12:00:00Z[UTC]", None, None),
            ("2025-02-30T12:00:00Z", None, None),
            ("+5", None, None),
            ("-5", None, None),
            ("1.5", None, None),
            ("", None, None),
            (" 5", None, None),
        ] {
            assert_eq!(millis(text, Unit::Seconds), seconds, "{text}");
            assert_eq!(millis(text, Unit::Millis), as_millis, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(at in 0..MILLIS_MAX - 200_000_000, text in "[0-9TZ:.+-]{0,30}") {
            let date = jiff::Timestamp::from_millisecond(i64::try_from(at).unwrap()).unwrap();
            prop_assert_eq!(parse(&date.to_string(), Unit::Millis), Some(Timestamp::from_millis(at)));
            prop_assert!(parse(&text, Unit::Seconds).is_none_or(|at| at.as_millis() <= MILLIS_MAX));
        }
    }
}
