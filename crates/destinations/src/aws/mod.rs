//! AWS's services, through AWS's own clients, at the endpoints that the operator configured: AWS itself or anybody who
//! speaks its protocols. Without an endpoint or without credentials there is no call.
//!
//! Tries, pauses and deadlines are the courier's; the clients make none of their own.

pub(crate) mod eventbridge;
pub(crate) mod s3;
pub(crate) mod sns;
pub(crate) mod sqs;

use crate::fault::Fault;
use crate::http::chain;
use crate::options::{Credentials, ServiceOptions};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

/// Most regions of one service that a client is kept for.
const REGIONS_MAX: usize = 64;

/// Errors by which services say that it is too much for now, whatever their status.
const THROTTLING: [&str; 9] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "SlowDown",
    "KMSThrottlingException",
];

/// The parts of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// What of it goes into URLs holds nothing but letters, digits and hyphens.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Fault> {
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let mut parts = text.splitn(6, ':');
        let arn = (|| {
            let (_arn, _partition, _service) = (parts.next()?, parts.next()?, parts.next()?);
            let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
            let sound = plain(region) && plain(account) && !resource.is_empty();
            sound.then_some(Self { region, account, resource })
        })();
        arn.ok_or_else(|| Fault::unsendable("the target is no ARN"))
    }
}

/// What a client for one region is made of.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) endpoint: String,
    pub(crate) region: String,
    pub(crate) credentials: Credentials,
}

/// Where a service is in a region, and as whom it is called.
pub(crate) fn settings(service: &str, options: &ServiceOptions, region: &str) -> Result<Settings, Fault> {
    let missing = |what: &str, key: &str| {
        Fault::unsendable(format!(
            "this server has no {what} for {service}: set aws.{service}_{key} or aws.{key} in its configuration"
        ))
    };
    let endpoint = options.endpoint.as_ref().ok_or_else(|| missing("endpoint", "endpoint_url"))?;
    let credentials = options.credentials.clone().ok_or_else(|| missing("credentials", "access_key_id"))?;
    let region = options.region.as_deref().unwrap_or(region).to_owned();
    Ok(Settings { endpoint: endpoint.replace("{region}", &region), region, credentials })
}

/// Clients of one service by region. Cheap ones to clone.
#[derive(Debug)]
pub(crate) struct Clients<C> {
    service: &'static str,
    options: ServiceOptions,
    by_region: Mutex<HashMap<String, C>>,
}

impl<C: Clone> Clients<C> {
    pub(crate) fn new(service: &'static str, options: ServiceOptions) -> Self {
        Self { service, options, by_region: Mutex::default() }
    }

    /// The client for a region, made when it is asked for the first time.
    pub(crate) fn of(&self, region: &str, make: impl FnOnce(Settings) -> C) -> Result<(C, String), Fault> {
        let settings = settings(self.service, &self.options, region)?;
        let endpoint = settings.endpoint.clone();
        let mut by_region = self.by_region.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = by_region.get(region) {
            return Ok((client.clone(), endpoint));
        }
        if by_region.len() >= REGIONS_MAX {
            by_region.clear();
        }
        let client = make(settings);
        by_region.insert(region.to_owned(), client.clone());
        Ok((client, endpoint))
    }
}

/// A client of one of the three crates, which are alike and share no type for it.
macro_rules! client {
    ($service:ident, $settings:expr, $http:expr) => {{
        use $service::config::{BehaviorVersion, IdentityCache, Region, StalledStreamProtectionConfig};
        let $crate::aws::Settings { endpoint, region, credentials } = $settings;
        let config = $service::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(endpoint)
            .region(Region::new(region))
            .credentials_provider(credentials)
            .identity_cache(IdentityCache::no_cache())
            .http_client($http)
            .retry_config(aws_smithy_types::retry::RetryConfig::disabled())
            .timeout_config(aws_smithy_types::timeout::TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        $service::Client::from_conf(config)
    }};
}
use client;

/// What a client's error comes to.
pub(crate) fn fault<E>(error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(refusal) => {
            let (meta, status) = (refusal.err().meta(), refusal.raw().status().as_u16());
            of_service(status, meta.code(), meta.message())
        }
        SdkError::ConstructionFailure(_) => Fault::unsendable(chain(error)),
        _ => Fault::unavailable(chain(error)),
    }
}

/// What a service's refusal comes to.
pub(crate) fn of_service(status: u16, code: Option<&str>, message: Option<&str>) -> Fault {
    let text = match (code, message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(said), None) | (None, Some(said)) => said.to_owned(),
        (None, None) => format!("status {status}"),
    };
    match code {
        Some(code) if THROTTLING.contains(&code) => Fault::unavailable(text),
        _ => Fault::of_status(status, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambent_domain::delivery::DeliveryFailure;

    #[test]
    fn an_arn_that_would_change_an_url_is_none() {
        let arn = Arn::parse("arn:aws:sqs:eu-central-1:123456789012:orders:x").unwrap();
        let (region, account, resource) = (arn.region, arn.account, arn.resource);
        assert_eq!((region, account, resource), ("eu-central-1", "123456789012", "orders:x"));
        assert_eq!(Arn::parse("arn:aws:s3:::bucket").unwrap().resource, "bucket");
        for bad in [
            "",
            "arn:aws:sqs:eu:1",
            "arn:aws:sqs:eu:1:",
            "arn:aws:sqs:evil.test/:1:q",
            "arn:aws:sqs:eu:1/2:q",
        ] {
            assert!(Arn::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn without_endpoint_or_credentials_there_is_a_clear_error_and_no_call() {
        let mut options = ServiceOptions::default();
        let error = settings("sqs", &options, "eu-central-1").unwrap_err();
        assert_eq!(error.failure, DeliveryFailure::Unsendable);
        assert!(error.text.contains("aws.sqs_endpoint_url"), "{}", error.text);
        options.endpoint = Some("https://sqs.{region}.test".to_owned());
        let error = settings("sqs", &options, "eu-central-1").unwrap_err();
        assert!(error.text.contains("aws.sqs_access_key_id"), "{}", error.text);
        options.credentials = Some(Credentials::from_keys("a", "b", None));
        let of = |options: &ServiceOptions| {
            let settings = settings("sqs", options, "eu-central-1").unwrap();
            (settings.endpoint, settings.region)
        };
        assert_eq!(of(&options), ("https://sqs.eu-central-1.test".to_owned(), "eu-central-1".to_owned()));
        options.region = Some("us-east-1".to_owned());
        assert_eq!(of(&options), ("https://sqs.us-east-1.test".to_owned(), "us-east-1".to_owned()));
    }

    #[test]
    fn refusals_are_told_from_too_much_for_now() {
        use DeliveryFailure::{Refused, Unavailable};
        for (status, code, failure) in [
            (400, Some("AWS.SimpleQueueService.NonExistentQueue"), Refused),
            (403, Some("AccessDenied"), Refused),
            (400, Some("ThrottlingException"), Unavailable),
            (503, Some("SlowDown"), Unavailable),
            (500, None, Unavailable),
            (404, None, Refused),
        ] {
            assert_eq!(of_service(status, code, None).failure, failure, "{status} {code:?}");
        }
        assert_eq!(of_service(403, Some("A"), Some("b")).text, "A: b");
    }
}
