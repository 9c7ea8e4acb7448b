//! Settings for asynchronous invocation: which of them an event runs under, and what its outcome may be sent to.

use crate::arn::FunctionArn;
use crate::disposition::EventInvokeConfig;
use crate::function::Function;
use crate::qualifier::Qualifier;
use crate::reference::FunctionReference;
use std::time::Duration;

impl EventInvokeConfig {
    /// What holds for an event of `function` that was sent to `qualifier`: what its owner has set for exactly that
    /// qualifier, and `defaults` for the rest.
    ///
    /// An event that came by an alias has the alias's settings and never those of the version it leads to (facts:
    /// async-invocation §5.3).
    #[must_use]
    pub fn of(function: Option<&Function>, qualifier: Option<&Qualifier>, defaults: &Self) -> Self {
        let qualifier = qualifier.unwrap_or(&Qualifier::Latest);
        let settings = function.and_then(|function| function.async_invoke.get(qualifier));
        let Some(settings) = settings else { return *defaults };
        let age = settings.event_age_max_secs.map(|secs| Duration::from_secs(u64::from(secs)));
        Self {
            retry_attempts_max: settings.retry_attempts_max.unwrap_or(defaults.retry_attempts_max),
            event_age_max: age.unwrap_or(defaults.event_age_max),
        }
    }
}

/// Which outcome a destination is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcomes {
    /// `OnSuccess`.
    Successes,
    /// `OnFailure`.
    Failures,
}

/// Why something cannot be a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationRefused {
    /// It is nothing that takes records of invocations.
    WrongService,
    /// It is a function that is not there.
    UnknownFunction,
    /// It is the function itself.
    Itself,
}

/// Whether `destination`, which has the form of a destination's ARN, may be told the outcomes of `function`'s events.
/// `exists` says whether a function of this server has such a version or alias.
///
/// FIFO queues and topics are refused when a record is delivered and not here (facts: async-invocation §6).
///
/// # Errors
/// [`DestinationRefused`].
pub fn check_destination(
    destination: &str,
    outcomes: Outcomes,
    function: &FunctionArn,
    exists: impl FnOnce(&FunctionReference) -> bool,
) -> Result<(), DestinationRefused> {
    match destination.split(':').nth(2) {
        Some("sqs" | "sns" | "events") => Ok(()),
        Some("s3") if outcomes == Outcomes::Failures => Ok(()),
        Some("lambda") => {
            let named =
                FunctionReference::parse(destination).map_err(|_| DestinationRefused::UnknownFunction)?;
            let here = named.region.as_ref() == Some(&function.region)
                && named.account.as_ref() == Some(&function.account);
            if !here || !exists(&named) {
                return Err(DestinationRefused::UnknownFunction);
            }
            if named.name == function.name { Err(DestinationRefused::Itself) } else { Ok(()) }
        }
        Some(_) | None => Err(DestinationRefused::WrongService),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::{AccountId, FunctionName, Region};
    use crate::function::AsyncInvokeSettings;

    const DEFAULTS: EventInvokeConfig =
        EventInvokeConfig { retry_attempts_max: 2, event_age_max: Duration::from_secs(600) };

    #[test]
    fn an_event_has_the_settings_of_the_qualifier_it_was_sent_to() {
        let mut function = crate::function::tests::published([1]);
        let settings = |retries, age| AsyncInvokeSettings {
            retry_attempts_max: retries,
            event_age_max_secs: age,
            ..AsyncInvokeSettings::default()
        };
        let live = crate::function::AliasSettings {
            version: Some(Qualifier::Version(1)),
            ..crate::function::AliasSettings::default()
        };
        for alias in ["live", "bare"] {
            function.create_alias(alias, &live, uuid::Uuid::from_u128(1)).unwrap();
        }
        function.async_invoke.insert(Qualifier::Latest, settings(Some(0), None));
        function.async_invoke.insert(Qualifier::Version(1), settings(None, Some(60)));
        function.async_invoke.insert(Qualifier::from("live"), settings(Some(1), Some(120)));
        for (qualifier, retries, age) in [
            (None, 0, 600),
            (Some("$LATEST"), 0, 600),
            (Some("1"), 2, 60),
            (Some("live"), 1, 120),
            (Some("bare"), 2, 600),
            (Some("7"), 2, 600),
        ] {
            let qualifier = qualifier.map(Qualifier::from);
            let config = EventInvokeConfig::of(Some(&function), qualifier.as_ref(), &DEFAULTS);
            let got = (config.retry_attempts_max, config.event_age_max.as_secs());
            assert_eq!(got, (retries, age), "{qualifier:?}");
        }
        assert_eq!(EventInvokeConfig::of(None, None, &DEFAULTS), DEFAULTS);
    }

    #[test]
    fn destinations_are_of_services_that_take_records() {
        use DestinationRefused::{Itself, UnknownFunction, WrongService};
        let function = FunctionArn {
            region: Region::new("us-east-1").unwrap(),
            account: AccountId::new("000000000000").unwrap(),
            name: FunctionName::new("me").unwrap(),
            qualifier: None,
        };
        let lambda = |rest: &str| format!("arn:aws:lambda:us-east-1:000000000000:function:{rest}");
        let service = |service: &str| format!("arn:aws:{service}:us-east-1:000000000000:there");
        for (destination, on_success, on_failure) in [
            (service("sqs"), Ok(()), Ok(())),
            (service("sns"), Ok(()), Ok(())),
            (service("events"), Ok(()), Ok(())),
            ("arn:aws:s3:::bucket".to_owned(), Err(WrongService), Ok(())),
            (service("iam"), Err(WrongService), Err(WrongService)),
            ("kafka://topic".to_owned(), Err(WrongService), Err(WrongService)),
            (lambda("other"), Ok(()), Ok(())),
            (lambda("other:live"), Ok(()), Ok(())),
            (lambda("absent"), Err(UnknownFunction), Err(UnknownFunction)),
            (lambda("other").replace("us-east-1", "us-east-2"), Err(UnknownFunction), Err(UnknownFunction)),
            (
                lambda("other").replace("000000000000", "111111111111"),
                Err(UnknownFunction),
                Err(UnknownFunction),
            ),
            (lambda("other:1:2"), Err(UnknownFunction), Err(UnknownFunction)),
            (lambda("me"), Err(Itself), Err(Itself)),
            (lambda("me:live"), Err(Itself), Err(Itself)),
        ] {
            let check = |outcomes| {
                check_destination(&destination, outcomes, &function, |named| named.name.as_str() != "absent")
            };
            assert_eq!(check(Outcomes::Successes), on_success, "{destination}");
            assert_eq!(check(Outcomes::Failures), on_failure, "{destination}");
        }
    }
}
