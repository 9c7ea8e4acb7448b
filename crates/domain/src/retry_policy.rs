//! A function's own retry policy: more runs after function errors than AWS's two, and other pauses between them.
//!
//! Lambent's own, and off unless set: then it stands in the place of `MaximumRetryAttempts` and of the pauses of 60 s and
//! 120 s. The event's age bounds it like everything else, and events that are put back follow AWS's rule as before.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Most runs of an event, the first one included.
pub const ATTEMPTS_MAX: u32 = 100;
/// Longest pause that can be set, in seconds: no event may be older than six hours.
pub const PAUSE_SECS_MAX: f64 = 21_600.0;
/// Largest factor between a pause and the next.
pub const MULTIPLIER_MAX: f64 = 100.0;
/// Most rules for error types.
pub const RULES_MAX: usize = 50;
/// Longest name of an error type, in bytes.
pub const ERROR_TYPE_BYTES_MAX: usize = 256;

/// See the module's text. The members are those of the API, and of what is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryPolicy {
    /// Most runs of an event, the first one included: 1 to 100.
    pub maximum_attempts: u32,
    /// The pause after the first run.
    #[serde(default = "defaults::initial_seconds")]
    pub initial_seconds: f64,
    /// What each pause is multiplied with to give the next one: at least 1.
    #[serde(default = "defaults::multiplier")]
    pub multiplier: f64,
    /// The longest pause.
    #[serde(default = "defaults::maximum_seconds")]
    pub maximum_seconds: f64,
    /// Which share of a pause is random, 0 to 1: at 0.5 it takes between half of itself and all of itself.
    #[serde(default)]
    pub jitter: f64,
    /// Numbers of runs that depend on the last run's error; the first rule that names it counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorRule>,
}

/// How often an event is run whose last run failed with such an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ErrorRule {
    /// The error's type, such as `ValueError`; with `*` as its last character, everything that begins so.
    pub error_type: String,
    /// Most runs, the first one included: 1, which repeats nothing, to 100.
    pub maximum_attempts: u32,
}

mod defaults {
    pub(super) fn initial_seconds() -> f64 {
        60.0
    }

    pub(super) fn multiplier() -> f64 {
        2.0
    }

    pub(super) fn maximum_seconds() -> f64 {
        3_600.0
    }
}

/// Why a retry policy cannot be set.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PolicyRefused {
    /// A number of runs is out of range.
    #[error("maximumAttempts must be between 1 and {ATTEMPTS_MAX}, not {0}")]
    Attempts(u32),
    /// A pause is out of range, or no number.
    #[error("{member} must be between 0 and {PAUSE_SECS_MAX}, not {value}")]
    Pause {
        /// `initialSeconds` or `maximumSeconds`.
        member: &'static str,
        /// What it was.
        value: f64,
    },
    /// The longest pause is shorter than the first.
    #[error("maximumSeconds must not be less than initialSeconds")]
    PausesReversed,
    /// The factor is out of range, or no number.
    #[error("multiplier must be between 1 and {MULTIPLIER_MAX}, not {0}")]
    Multiplier(f64),
    /// The random share is out of range, or no number.
    #[error("jitter must be between 0 and 1, not {0}")]
    Jitter(f64),
    /// There are too many rules.
    #[error("errors must have at most {RULES_MAX} members, not {0}")]
    Rules(usize),
    /// A rule does not name a type of error.
    #[error(
        "errorType must have 1 to {ERROR_TYPE_BYTES_MAX} bytes, none of them a control character, and '*' at its end only"
    )]
    ErrorType,
}

impl RetryPolicy {
    /// Whether the policy can be set.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self) -> Result<(), PolicyRefused> {
        check_attempts(self.maximum_attempts)?;
        check_pause("initialSeconds", self.initial_seconds)?;
        check_pause("maximumSeconds", self.maximum_seconds)?;
        if self.maximum_seconds < self.initial_seconds {
            return Err(PolicyRefused::PausesReversed);
        }
        if !(1.0..=MULTIPLIER_MAX).contains(&self.multiplier) {
            return Err(PolicyRefused::Multiplier(self.multiplier));
        }
        if !(0.0..=1.0).contains(&self.jitter) {
            return Err(PolicyRefused::Jitter(self.jitter));
        }
        if self.errors.len() > RULES_MAX {
            return Err(PolicyRefused::Rules(self.errors.len()));
        }
        self.errors.iter().try_for_each(ErrorRule::check)
    }

    /// How often an event is run at most whose last run failed with an error that goes by any of these `names`.
    #[must_use]
    pub fn attempts_max(&self, names: &[&str]) -> u32 {
        let rule = self.errors.iter().find(|rule| names.iter().any(|name| rule.names(name)));
        rule.map_or(self.maximum_attempts, |rule| rule.maximum_attempts)
    }

    /// The pause after this many runs, 1 at least. `chance` is a number that is uniform over all of `u32`.
    #[must_use]
    pub fn pause(&self, runs: u32, chance: u32) -> Duration {
        let steps = i32::try_from(runs.saturating_sub(1)).unwrap_or(i32::MAX);
        // Nothing times infinity would be no number.
        let factor = self.multiplier.powi(steps).min(f64::MAX);
        let whole = (self.initial_seconds * factor).min(self.maximum_seconds);
        let taken_off = whole * self.jitter * f64::from(chance) / f64::from(u32::MAX);
        // A policy that was checked has only numbers that a duration takes.
        Duration::try_from_secs_f64(whole - taken_off).unwrap_or(Duration::from_secs(60))
    }
}

impl ErrorRule {
    fn check(&self) -> Result<(), PolicyRefused> {
        check_attempts(self.maximum_attempts)?;
        let name = self.error_type.strip_suffix('*').unwrap_or(&self.error_type);
        let has_length = (1..=ERROR_TYPE_BYTES_MAX).contains(&self.error_type.len());
        let is_clean = !name.chars().any(|letter| letter == '*' || letter.is_control());
        if has_length && is_clean { Ok(()) } else { Err(PolicyRefused::ErrorType) }
    }

    fn names(&self, error_type: &str) -> bool {
        match self.error_type.strip_suffix('*') {
            Some(beginning) => error_type.starts_with(beginning),
            None => error_type == self.error_type,
        }
    }
}

fn check_attempts(attempts: u32) -> Result<(), PolicyRefused> {
    if (1..=ATTEMPTS_MAX).contains(&attempts) { Ok(()) } else { Err(PolicyRefused::Attempts(attempts)) }
}

fn check_pause(member: &'static str, value: f64) -> Result<(), PolicyRefused> {
    let is_pause = (0.0..=PAUSE_SECS_MAX).contains(&value);
    if is_pause { Ok(()) } else { Err(PolicyRefused::Pause { member, value }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> Result<RetryPolicy, serde_json::Error> {
        serde_json::from_str(json)
    }

    fn policy(json: &str) -> RetryPolicy {
        read(json).unwrap()
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let policy = policy(r#"{"maximumAttempts":5}"#);
        assert_eq!(policy.check(), Ok(()));
        let pauses: Vec<u64> = (1..=8).map(|runs| policy.pause(runs, u32::MAX).as_secs()).collect();
        assert_eq!(pauses, [60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!(read(&serde_json::to_string(&policy).unwrap()).unwrap(), policy);
        for unreadable in ["{}", r#"{"maximumAttempts":-1}"#, r#"{"maximumAttempts":1,"initialSecs":1}"#] {
            assert!(read(unreadable).is_err(), "{unreadable}");
        }
    }

    #[test]
    fn a_policy_is_refused_with_what_is_wrong_with_it() {
        for (members, words) in [
            (r#""maximumAttempts":0"#, "maximumAttempts must be between 1 and 100, not 0"),
            (r#""maximumAttempts":101"#, "maximumAttempts must be between 1 and 100, not 101"),
            (
                r#""maximumAttempts":9,"initialSeconds":-1"#,
                "initialSeconds must be between 0 and 21600, not -1",
            ),
            (
                r#""maximumAttempts":9,"maximumSeconds":21601"#,
                "maximumSeconds must be between 0 and 21600, not 21601",
            ),
            (
                r#""maximumAttempts":9,"initialSeconds":5,"maximumSeconds":4"#,
                "maximumSeconds must not be less than initialSeconds",
            ),
            (r#""maximumAttempts":9,"multiplier":0.5"#, "multiplier must be between 1 and 100, not 0.5"),
            (r#""maximumAttempts":9,"jitter":1.5"#, "jitter must be between 0 and 1, not 1.5"),
            (
                r#""maximumAttempts":9,"errors":[{"errorType":"A","maximumAttempts":0}]"#,
                "maximumAttempts must be between 1 and 100, not 0",
            ),
            (r#""maximumAttempts":9,"errors":[{"errorType":"","maximumAttempts":1}]"#, "errorType must have"),
            (
                r#""maximumAttempts":9,"errors":[{"errorType":"A*B","maximumAttempts":1}]"#,
                "errorType must have",
            ),
            (
                r#""maximumAttempts":9,"errors":[{"errorType":"A\n","maximumAttempts":1}]"#,
                "errorType must have",
            ),
        ] {
            let refused = policy(&format!("{{{members}}}")).check().unwrap_err().to_string();
            assert!(refused.starts_with(words), "{members}: {refused}");
        }
        let mut many = policy(r#"{"maximumAttempts":9}"#);
        many.errors = vec![ErrorRule { error_type: "A".to_owned(), maximum_attempts: 1 }; RULES_MAX + 1];
        assert_eq!(many.check(), Err(PolicyRefused::Rules(51)));
        for not_a_number in [f64::NAN, f64::INFINITY] {
            let broken = RetryPolicy { initial_seconds: not_a_number, ..policy(r#"{"maximumAttempts":9}"#) };
            assert!(broken.check().is_err());
        }
    }

    #[test]
    fn the_first_rule_that_names_the_error_counts() {
        let policy = policy(
            r#"{"maximumAttempts":9,"errors":[{"errorType":"ValueError","maximumAttempts":1},
            {"errorType":"Value*","maximumAttempts":2},{"errorType":"Sandbox.Timedout","maximumAttempts":3}]}"#,
        );
        for (names, attempts) in [
            (&["ValueError"][..], 1),
            (&["ValueMissing"], 2),
            (&["KeyError", "Sandbox.Timedout"], 3),
            (&["valueerror"], 9),
            (&[], 9),
        ] {
            assert_eq!(policy.attempts_max(names), attempts, "{names:?}");
        }
        let all = r#"{"maximumAttempts":9,"errors":[{"errorType":"*","maximumAttempts":4}]}"#;
        assert_eq!(super::tests::policy(all).attempts_max(&["anything"]), 4);
    }

    #[test]
    fn no_pause_stays_none() {
        let policy = policy(r#"{"maximumAttempts":9,"initialSeconds":0,"multiplier":100}"#);
        assert_eq!(policy.pause(u32::MAX, 0), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn a_pause_keeps_to_the_policy(
            initial in 0.0..PAUSE_SECS_MAX, more in 0.0..PAUSE_SECS_MAX, multiplier in 1.0..MULTIPLIER_MAX,
            jitter in 0.0..=1.0_f64, runs: u32, chance: u32,
        ) {
            let longest = initial.max(more);
            let policy = RetryPolicy {
                maximum_attempts: 9, initial_seconds: initial, multiplier, maximum_seconds: longest, jitter,
                errors: Vec::new(),
            };
            prop_assert_eq!(policy.check(), Ok(()));
            let pause = policy.pause(runs, chance).as_secs_f64();
            prop_assert!(pause <= longest + 1e-6);
            prop_assert!(pause >= initial * (1.0 - jitter) - 1e-6);
        }
    }
}
