//! Spans and instants as people type them: `90s`, `2h`, `2026-11-28T08:00:00Z`.

use lambent_domain::time::Timestamp;
use std::time::Duration;

const EXPECTED: &str = "expected a number with s, m, h or d, such as 10m";

/// An instant, typed as such or as how long ago it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// This long before now.
    Ago(Duration),
    /// Then.
    At(Timestamp),
}

impl When {
    /// The instant that is meant when it is `now`.
    pub(crate) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(span) => {
                let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
                Timestamp::from_millis(now.as_millis().saturating_sub(millis))
            }
            Self::At(at) => at,
        }
    }
}

/// Reads `90s`, `10m`, `2h` or `1d`.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let expected = || EXPECTED.to_owned();
    let unit = text.chars().last().ok_or_else(expected)?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(expected()),
    };
    let number: u64 = text.strip_suffix(unit).unwrap_or(text).parse().map_err(|_| expected())?;
    number.checked_mul(factor).map(Duration::from_secs).ok_or_else(expected)
}

/// Reads a span or an instant of RFC 3339.
pub(crate) fn when(text: &str) -> Result<When, String> {
    if let Ok(span) = span(text) {
        return Ok(When::Ago(span));
    }
    instant(text).map(When::At).map_err(|_| {
        "expected how long ago, such as 2h, or an instant, such as 2026-11-28T08:00:00Z".to_owned()
    })
}

/// Reads an instant of RFC 3339.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    let expected = || "expected an instant, such as 2026-11-28T08:00:00Z".to_owned();
    let at: jiff::Timestamp = text.parse().map_err(|_| expected())?;
    u64::try_from(at.as_millisecond()).map(Timestamp::from_millis).map_err(|_| expected())
}

/// An instant as RFC 3339 writes it.
pub(crate) fn rfc_3339(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let cases = [("90s", 90), ("10m", 600), ("2h", 7_200), ("1d", 86_400), ("0s", 0)];
        for (text, seconds) in cases {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in
            ["", "m", "10", "-1m", "1.5h", "1w", "1mm", "1é", "99999999999999999999d", "213503982334602d"]
        {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn instants_are_typed_as_such_or_as_an_age() {
        let now = Timestamp::from_millis(10_000);
        let at = |text| when(text).map(|when| when.at(now).as_millis());
        assert_eq!(at("4s"), Ok(6_000));
        assert_eq!(at("1h"), Ok(0), "not before 1970");
        assert_eq!(at("2026-11-28T08:00:00Z"), Ok(1_795_852_800_000));
        assert_eq!(at("2026-11-28T09:00:00.5+01:00"), Ok(1_795_852_800_500));
        assert_eq!(rfc_3339(Timestamp::from_millis(1_795_852_800_500)), "2026-11-28T08:00:00.5Z");
        for wrong in ["", "yesterday", "2026-11-28", "2026-11-28T08:00:00", "1969-12-31T23:59:59Z"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }
}
