//! An event's states, times and errors in words.

use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::time::Timestamp;
use std::time::Duration;

/// A state's name as the events API has it.
pub(super) fn state_name(state: EventState) -> &'static str {
    match state {
        EventState::Queued => "queued",
        EventState::Delayed => "delayed",
        EventState::Running => "running",
        EventState::Succeeded => "succeeded",
        EventState::Failed => "failed",
        EventState::Cancelled => "cancelled",
    }
}

/// A span with its two largest units: `340ms`, `12s`, `3m4s`, `2h5m`, `4d3h`.
pub(super) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let two = |large: u64, unit: &str, small: u64, small_unit: &str| {
        if small == 0 { format!("{large}{unit}") } else { format!("{large}{unit}{small}{small_unit}") }
    };
    match seconds {
        0 => format!("{}ms", span.as_millis()),
        1..60 => format!("{seconds}s"),
        60..3_600 => two(seconds / 60, "m", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "m"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// An instant, and how far it is from now.
pub(super) fn instant(at: Timestamp, now: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let text = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    let text = text.strftime("%Y-%m-%d %H:%M:%S%.3f UTC");
    if at > now {
        format!("{text} (in {})", span(at.since(now)))
    } else {
        format!("{text} ({} ago)", span(now.since(at)))
    }
}

/// Type and message of the last run's error, in one line; none if it did not fail.
pub(super) fn last_error(event: &EventStatus) -> Option<String> {
    let last = event.attempts.last()?;
    error(last.error_type.as_deref(), last.error_message.as_deref())
}

/// An error's type and message in one line. Both come from the function, so nothing in them may move the cursor.
pub(super) fn error(kind: Option<&str>, message: Option<&str>) -> Option<String> {
    let text = match (kind, message.filter(|message| !message.is_empty())) {
        (Some(kind), Some(message)) => format!("{kind}: {message}"),
        (Some(text), None) | (None, Some(text)) => text.to_owned(),
        (None, None) => return None,
    };
    Some(one_line(&text))
}

/// Text without control characters: a line break and a tab become a blank, others are shown as their escape.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => line.push(' '),
            letter if letter.is_control() => line.extend(letter.escape_default()),
            letter => line.push(letter),
        }
    }
    line
}

/// What there is to say of an event besides its state, in a few words.
pub(super) fn detail(event: &EventStatus, now: Timestamp) -> String {
    let error = last_error(event);
    let after = |words: String| match &error {
        Some(error) => format!("{words} ({error})"),
        None => words,
    };
    match event.state {
        EventState::Queued if event.priority.is_normal() => String::new(),
        EventState::Queued => "high priority".to_owned(),
        EventState::Delayed => {
            let next = event.next_attempt_at.map_or("waits".to_owned(), |at| {
                if at > now { format!("runs in {}", span(at.since(now))) } else { "is due".to_owned() }
            });
            after(next)
        }
        EventState::Running => format!("run {}", event.attempts.len().saturating_add(1)),
        EventState::Succeeded => {
            let duration = event.attempts.last().map(|run| Duration::from_millis(run.duration_ms));
            duration.map(|duration| format!("in {}", span(duration))).unwrap_or_default()
        }
        EventState::Failed => {
            let condition = event.condition.map(|condition| format!("{condition:?}"));
            let kept = match (event.dead_letter, event.redriven_as) {
                (true, _) => Some("dead letter".to_owned()),
                (false, Some(_)) => Some("redriven".to_owned()),
                (false, None) => None,
            };
            let words: Vec<String> = condition.into_iter().chain(kept).collect();
            let words = words.join(", ");
            error.map_or(words.clone(), |error| format!("{words}: {error}"))
        }
        EventState::Cancelled => String::new(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The event that the events API shows with these members besides those that it always has.
    pub(in crate::commands) fn event(members: &str) -> EventStatus {
        let id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
        let text = format!(
            r#"{{"requestId":"{id}","function":"hello","acceptedAt":1000,"payloadBytes":2,{members}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    /// A run that failed so.
    pub(in crate::commands) fn run(kind: &str, message: &str) -> String {
        let (kind, message) = (serde_json::to_string(kind).unwrap(), serde_json::to_string(message).unwrap());
        format!(
            r#"{{"number":1,"startedAt":1100,"durationMs":340,"executedVersion":"$LATEST","outcome":"functionError",
            "errorType":{kind},"errorMessage":{message},"log":{{"group":"/aws/lambda/hello","stream":"2026/11/28/[$LATEST]abc",
            "environment":"abc","position":1100}}}}"#
        )
    }

    #[test]
    fn a_span_has_its_two_largest_units() {
        let cases = [
            (340, "340ms"),
            (0, "0ms"),
            (59_999, "59s"),
            (60_000, "1m"),
            (184_000, "3m4s"),
            (7_500_000, "2h5m"),
            (86_400_000, "1d"),
            (356_400_000, "4d3h"),
        ];
        for (millis, expected) in cases {
            assert_eq!(span(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn an_instant_is_seen_from_now() {
        let now = Timestamp::from_millis(1_795_852_800_000);
        assert_eq!(
            instant(Timestamp::from_millis(1_795_852_799_877), now),
            "2026-11-28 07:59:59.877 UTC (123ms ago)"
        );
        assert_eq!(instant(now.plus(Duration::from_secs(42)), now), "2026-11-28 08:00:42.000 UTC (in 42s)");
    }

    #[test]
    fn a_functions_words_cannot_move_the_cursor() {
        assert_eq!(
            error(Some("E"), Some("a\nb\u{1b}[2Jc\u{9b}")),
            Some("E: a b\\u{1b}[2Jc\\u{9b}".to_owned())
        );
        assert_eq!(error(Some("E"), Some("")), Some("E".to_owned()));
        assert_eq!(error(None, None), None);
    }

    #[test]
    fn each_state_says_what_matters() {
        let now = Timestamp::from_millis(2_000);
        let runs = format!(r#""attempts":[{}]"#, run("ValueError", "no"));
        let cases = [
            (r#""state":"queued","attempts":[]"#.to_owned(), ""),
            (r#""state":"queued","attempts":[],"priority":"high""#.to_owned(), "high priority"),
            (r#""state":"delayed","attempts":[],"nextAttemptAt":32000"#.to_owned(), "runs in 30s"),
            (format!(r#""state":"delayed",{runs},"nextAttemptAt":62000"#), "runs in 1m (ValueError: no)"),
            (format!(r#""state":"delayed",{runs},"nextAttemptAt":1500"#), "is due (ValueError: no)"),
            (format!(r#""state":"running",{runs}"#), "run 2"),
            (format!(r#""state":"succeeded",{runs}"#), "in 340ms"),
            (
                format!(r#""state":"failed","condition":"RetriesExhausted","deadLetter":true,{runs}"#),
                "RetriesExhausted, dead letter: ValueError: no",
            ),
            (
                r#""state":"failed","condition":"ZeroReservedConcurrency","attempts":[]"#.to_owned(),
                "ZeroReservedConcurrency",
            ),
            (r#""state":"cancelled","attempts":[]"#.to_owned(), ""),
        ];
        for (members, expected) in cases {
            assert_eq!(detail(&event(&members), now), expected, "{members}");
        }
    }
}
