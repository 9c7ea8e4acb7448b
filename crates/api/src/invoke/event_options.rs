//! What a sender may ask of an event beyond AWS's contract, by headers that begin with `X-Lambent-`.
//!
//! They are ignored by nobody: a value that is malformed, a name that means nothing and a header on a call that makes no
//! event are refused, so that nobody believes in a promise that was not made. A request without such headers, which is
//! nearly every one, pays one look at the names of its headers.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use lambent_domain::event::Priority;
use lambent_domain::time::Timestamp;
use lambent_store::queue::IdempotencyKey;

use crate::error::ApiError;
use crate::instant::{self, Unit};
use crate::state::IdempotencyWindows;

const PREFIX: &str = "x-lambent-";
const IDEMPOTENCY_KEY: &str = "x-lambent-idempotency-key";
const IDEMPOTENCY_WINDOW: &str = "x-lambent-idempotency-window-seconds";
const DELAY: &str = "x-lambent-delay-seconds";
const NOT_BEFORE: &str = "x-lambent-not-before";
const PRIORITY: &str = "x-lambent-priority";

/// Longest key that the store takes, in bytes.
const KEY_BYTES_MAX: usize = 256;
/// Longest key of a batch: there is room for the number of a line behind it.
const BATCH_KEY_BYTES_MAX: usize = 240;
/// Longest window that any server allows.
const WINDOW_SECS_MAX: u64 = 2_592_000;
/// How far ahead an event may be sent: a year.
const DELAY_SECS_MAX: u64 = 31_536_000;

/// See the module's text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct EventOptions {
    key: Option<String>,
    window: Option<Duration>,
    when: When,
    pub(crate) priority: Priority,
}

/// When an event is to run for the first time.
#[derive(Debug, Default, PartialEq, Eq)]
enum When {
    #[default]
    AtOnce,
    After(Duration),
    At(Timestamp),
}

/// Whether any header of Lambent's own is there.
pub(crate) fn are_given(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with(PREFIX))
}

impl EventOptions {
    /// Reads them all; `None` if there are none, or none that differs from what holds without them.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Option<Box<Self>>, ApiError> {
        if !are_given(headers) {
            return Ok(None);
        }
        let mut options = Self::default();
        for name in headers.keys().filter(|name| name.as_str().starts_with(PREFIX)) {
            let mut values = headers.get_all(name).iter();
            let (Some(value), None) = (values.next(), values.next()) else {
                return Err(ApiError::invalid_parameter(format!(
                    "The header {name} is there more than once."
                )));
            };
            options.take(name.as_str(), value)?;
        }
        if options.window.is_some() && options.key.is_none() {
            return Err(ApiError::invalid_parameter(format!(
                "The header {IDEMPOTENCY_WINDOW} has no meaning without {IDEMPOTENCY_KEY}."
            )));
        }
        Ok((options != Self::default()).then(|| Box::new(options)))
    }

    fn take(&mut self, name: &str, value: &HeaderValue) -> Result<(), ApiError> {
        let text = value.to_str().unwrap_or_default();
        match name {
            IDEMPOTENCY_KEY => self.key = Some(key(text)?),
            IDEMPOTENCY_WINDOW => {
                let window = seconds(text, 1..=WINDOW_SECS_MAX);
                self.window =
                    Some(window.ok_or_else(|| malformed(name, &format!("1 to {WINDOW_SECS_MAX} seconds")))?);
            }
            DELAY => {
                let delay = seconds(text, 0..=DELAY_SECS_MAX);
                let delay =
                    delay.ok_or_else(|| malformed(name, &format!("0 to {DELAY_SECS_MAX} seconds")))?;
                self.set_when(When::After(delay))?;
            }
            NOT_BEFORE => {
                let at = instant::parse(text, Unit::Seconds);
                let at = at.ok_or_else(|| malformed(name, "a date of RFC 3339 or seconds since 1970"))?;
                self.set_when(When::At(at))?;
            }
            PRIORITY => {
                self.priority = match text {
                    "high" => Priority::High,
                    "normal" => Priority::Normal,
                    _ => return Err(malformed(name, "high or normal")),
                }
            }
            _ => {
                return Err(ApiError::invalid_parameter(format!(
                    "The header {name} is none that Lambent has."
                )));
            }
        }
        Ok(())
    }

    fn set_when(&mut self, when: When) -> Result<(), ApiError> {
        if self.when != When::AtOnce {
            return Err(ApiError::invalid_parameter(format!(
                "Only one of {DELAY} and {NOT_BEFORE} may be given."
            )));
        }
        self.when = when;
        Ok(())
    }

    /// The instant before which the event must not run; none for at once. Refuses one that is more than a year ahead.
    pub(crate) fn not_before(&self, now: Timestamp) -> Result<Option<Timestamp>, ApiError> {
        match self.when {
            When::AtOnce => Ok(None),
            When::After(delay) => Ok(Some(now.plus(delay))),
            When::At(at) if at.since(now) > Duration::from_secs(DELAY_SECS_MAX) => {
                Err(malformed(NOT_BEFORE, "no more than a year ahead"))
            }
            When::At(at) => Ok(Some(at)),
        }
    }

    /// The key under which the event is accepted once.
    pub(crate) fn idempotency(
        &self,
        windows: IdempotencyWindows,
    ) -> Result<Option<IdempotencyKey>, ApiError> {
        let Some(key) = self.key.clone() else { return Ok(None) };
        let window = self.window.unwrap_or(windows.default.min(windows.max));
        if window > windows.max {
            let max = windows.max.as_secs();
            return Err(malformed(IDEMPOTENCY_WINDOW, &format!("1 to {max} seconds on this server")));
        }
        Ok(Some(IdempotencyKey { key, window }))
    }

    /// The key of one event of a batch: the batch's own, and the number of its line. What lies between them can be in no
    /// key that is sent, so it is never that of another event.
    pub(crate) fn key_of_line(batch: &IdempotencyKey, line: usize) -> IdempotencyKey {
        IdempotencyKey { key: format!("{}\n{line}", batch.key), window: batch.window }
    }

    /// Refuses what a batch cannot have.
    pub(crate) fn check_for_batch(&self) -> Result<(), ApiError> {
        if self.key.as_ref().is_some_and(|key| key.len() > BATCH_KEY_BYTES_MAX) {
            return Err(malformed(IDEMPOTENCY_KEY, &format!("1 to {BATCH_KEY_BYTES_MAX} bytes for a batch")));
        }
        Ok(())
    }
}

fn key(text: &str) -> Result<String, ApiError> {
    let is_printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if (1..=KEY_BYTES_MAX).contains(&text.len()) && is_printable {
        return Ok(text.to_owned());
    }
    Err(malformed(IDEMPOTENCY_KEY, &format!("1 to {KEY_BYTES_MAX} printable ASCII characters")))
}

fn seconds(text: &str, range: std::ops::RangeInclusive<u64>) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_number && range.contains(number))?;
    Some(Duration::from_secs(number))
}

fn malformed(name: &str, demand: &str) -> ApiError {
    ApiError::invalid_parameter(format!("The header {name} must be {demand}."))
}

/// Refuses headers of an event on a call that makes none.
pub(crate) fn refuse(headers: &HeaderMap) -> Result<(), ApiError> {
    if are_given(headers) {
        return Err(ApiError::invalid_parameter(
            "Headers that begin with X-Lambent- are for events: Invoke with the invocation type Event, InvokeAsync, and \
             batches of events.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::HeaderName;
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_764_072_000_000);

    fn read(headers: &[(&str, &str)]) -> Result<Option<Box<EventOptions>>, ApiError> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            all.append(HeaderName::try_from(*name).unwrap(), value);
        }
        EventOptions::read(&all)
    }

    fn key(key: &str, secs: u64) -> Option<IdempotencyKey> {
        Some(IdempotencyKey { key: key.to_owned(), window: Duration::from_secs(secs) })
    }

    #[test]
    fn what_is_asked_is_read() {
        let day = IdempotencyWindows::default();
        assert_eq!(read(&[("host", "x"), ("x-amz-invocation-type", "Event")]).unwrap(), None);
        assert_eq!(read(&[("X-Lambent-Priority", "normal")]).unwrap(), None);
        assert_eq!(read(&[("X-Lambent-Priority", "high")]).unwrap().unwrap().priority, Priority::High);
        let options = read(&[("X-Lambent-Idempotency-Key", "order 17")]).unwrap().unwrap();
        assert_eq!(options.idempotency(day).unwrap(), key("order 17", 86_400));
        let line = EventOptions::key_of_line(&options.idempotency(day).unwrap().unwrap(), 3);
        assert_eq!(Some(line), key("order 17\n3", 86_400));
        assert_eq!(options.not_before(NOW).unwrap(), None);
        let window = ("X-Lambent-Idempotency-Window-Seconds", "60");
        let options = read(&[("X-Lambent-Idempotency-Key", "k"), window]).unwrap().unwrap();
        assert_eq!(options.idempotency(day).unwrap(), key("k", 60));
        let short = IdempotencyWindows { default: Duration::from_secs(90), max: Duration::from_secs(59) };
        assert_eq!(options.idempotency(short).unwrap_err().status().as_u16(), 400);
        let unsaid = read(&[("X-Lambent-Idempotency-Key", "k")]).unwrap().unwrap();
        assert_eq!(unsaid.idempotency(short).unwrap(), key("k", 59));
        for (header, expected) in [
            (("X-Lambent-Delay-Seconds", "31536000"), 31_536_000_000),
            (("X-Lambent-Not-Before", "1764072060"), 60_000),
            (("X-Lambent-Not-Before", "2025-11-25T12:01:00Z"), 60_000),
        ] {
            let at = read(&[header]).unwrap().unwrap().not_before(NOW).unwrap();
            assert_eq!(at, Some(NOW.plus(Duration::from_millis(expected))), "{header:?}");
        }
        // What lies behind means at once, and is for the store to say.
        let options = read(&[("X-Lambent-Not-Before", "5")]).unwrap().unwrap();
        assert_eq!(options.not_before(NOW).unwrap(), Some(Timestamp::from_millis(5_000)));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let long = "k".repeat(257);
        for headers in [
            &[("X-Lambent-Idempotency-Key", "")][..],
            &[("X-Lambent-Idempotency-Key", long.as_str())],
            &[("X-Lambent-Idempotency-Key", "\u{e4}")],
            &[("X-Lambent-Idempotency-Key", "a"), ("X-Lambent-Idempotency-Key", "a")],
            &[("X-Lambent-Idempotency-Window-Seconds", "60")],
            &[("X-Lambent-Idempotency-Key", "a"), ("X-Lambent-Idempotency-Window-Seconds", "0")],
            &[("X-Lambent-Idempotency-Key", "a"), ("X-Lambent-Idempotency-Window-Seconds", "2592001")],
            &[("X-Lambent-Delay-Seconds", "31536001")],
            &[("X-Lambent-Delay-Seconds", "+5")],
            &[("X-Lambent-Delay-Seconds", "-5")],
            &[("X-Lambent-Delay-Seconds", "1.5")],
            &[("X-Lambent-Delay-Seconds", "")],
            &[("X-Lambent-Not-Before", "tomorrow")],
            &[("X-Lambent-Delay-Seconds", "0"), ("X-Lambent-Not-Before", "5")],
            &[("X-Lambent-Priority", "HIGH")],
            &[("X-Lambent-Priority", "")],
            &[("X-Lambent-Prioritiy", "high")],
        ] {
            let error = read(headers).unwrap_err();
            assert_eq!((error.status().as_u16(), error.name()), (400, "InvalidParameterValueException"));
        }
        let far = read(&[("X-Lambent-Not-Before", "2026-11-25T12:00:01Z")]).unwrap().unwrap();
        assert_eq!(far.not_before(NOW).unwrap_err().status().as_u16(), 400);
        let long = "k".repeat(241);
        let options = read(&[("X-Lambent-Idempotency-Key", &long)]).unwrap().unwrap();
        assert_eq!(options.check_for_batch().unwrap_err().status().as_u16(), 400);
    }

    proptest! {
        #[test]
        fn no_value_is_our_fault(
            name in "x-lambent-(idempotency-key|idempotency-window-seconds|delay-seconds|not-before|priority|[a-z]{0,9})",
            value in "[\t -~]{0,300}|[0-9]{0,25}|[0-9TZ:.+-]{0,30}",
        ) {
            match read(&[(&name, &value)]) {
                Ok(None) => {}
                Ok(Some(options)) => {
                    let ahead = options.not_before(NOW).map(|at| at.map(|at| at.since(NOW)));
                    prop_assert!(ahead.is_err() || ahead.unwrap() <= Some(Duration::from_secs(DELAY_SECS_MAX)));
                    let key = options.idempotency(IdempotencyWindows { max: Duration::MAX, ..Default::default() });
                    prop_assert!(key.unwrap().is_none_or(|key| (1..=KEY_BYTES_MAX).contains(&key.key.len())));
                }
                Err(error) => prop_assert_eq!(error.status().as_u16(), 400),
            }
        }
    }
}
