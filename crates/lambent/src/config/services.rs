//! The rest of `[aws]`: each service's own endpoint, region and credentials, where they differ from those of all.

use super::error::ConfigError;
use super::key::{Default, Key, Kind};
use super::settings::Settings;
use super::{aws, server};
use http::Uri;
use lambent_destinations::Credentials;

/// The keys of one service.
#[derive(Debug)]
pub(crate) struct ServiceKeys {
    /// What its hosts are called by AWS.
    host: &'static str,
    pub(super) endpoint_url: &'static Key,
    pub(super) region: &'static Key,
    pub(super) access_key_id: &'static Key,
    pub(super) secret_access_key: &'static Key,
    pub(super) session_token: &'static Key,
}

const fn own(name: &'static str, kind: Kind, default: Default, doc: &'static str) -> Key {
    Key { section: "aws", name, kind, default, since: "0.1.0", doc }
}

/// `[aws]`'s keys of a service, by the beginning of their names.
macro_rules! service {
    ($keys:ident, $prefix:literal, $host:literal, $title:literal, $endpoint:expr) => {
        pub(crate) static $keys: ServiceKeys = ServiceKeys {
            host: $host,
            endpoint_url: $endpoint,
            region: &own(
                concat!($prefix, "_region"),
                Kind::Text,
                Default::Computed("the region of the ARN, or that of all services where an ARN has none"),
                concat!("The region that requests to ", $title, " are signed for."),
            ),
            access_key_id: &own(
                concat!($prefix, "_access_key_id"),
                Kind::Text,
                Default::Computed("`access_key_id`"),
                concat!("The access key for ", $title, ", where it is another one."),
            ),
            secret_access_key: &own(
                concat!($prefix, "_secret_access_key"),
                Kind::Secret,
                Default::Computed("`secret_access_key`"),
                "The secret of that access key.",
            ),
            session_token: &own(
                concat!($prefix, "_session_token"),
                Kind::Secret,
                Default::Computed("`session_token`"),
                "The session token of that access key, if it is a temporary one.",
            ),
        };
    };
}

const fn endpoint(name: &'static str, doc: &'static str) -> Key {
    own(name, Kind::Text, Default::Computed("`endpoint_url`"), doc)
}

service!(
    SQS,
    "sqs",
    "sqs",
    "SQS",
    &endpoint("sqs_endpoint_url", "Where SQS is, for destinations and dead-letter queues.")
);
service!(
    SNS,
    "sns",
    "sns",
    "SNS",
    &endpoint("sns_endpoint_url", "Where SNS is, for destinations and dead-letter topics.")
);
service!(
    EVENTBRIDGE,
    "eventbridge",
    "events",
    "EventBridge",
    &endpoint("eventbridge_endpoint_url", "Where EventBridge is, for destinations.")
);
service!(S3, "s3", "s3", "S3", &aws::S3_ENDPOINT_URL);

/// One service as it was configured.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// None: it is never called. `{region}` may stand in it.
    pub(crate) endpoint: Option<String>,
    /// None: that of the ARN, or of all services.
    pub(crate) region: Option<String>,
    pub(crate) credentials: Option<Credentials>,
}

impl ServiceKeys {
    /// What holds for it.
    pub(super) fn read(&self, settings: &Settings) -> Result<Service, ConfigError> {
        let said = |key: &&'static Key| !settings.text(key).is_empty();
        let own = credentials(settings, self.access_key_id, self.secret_access_key, self.session_token)?;
        let region = settings.text(self.region);
        Ok(Service {
            endpoint: match [self.endpoint_url, &aws::ENDPOINT_URL].into_iter().find(said) {
                Some(key) => Some(self.endpoint(settings, key)?),
                None => None,
            },
            region: (!region.is_empty()).then(|| region.to_owned()),
            credentials: match own {
                Some(own) => Some(own),
                None => {
                    credentials(settings, &aws::ACCESS_KEY_ID, &aws::SECRET_ACCESS_KEY, &aws::SESSION_TOKEN)?
                }
            },
        })
    }

    fn endpoint(&self, settings: &Settings, key: &'static Key) -> Result<String, ConfigError> {
        let url = settings.text(key).replace("{service}", self.host);
        let uri: Option<Uri> = url.replace("{region}", settings.text(&server::REGION)).parse().ok();
        let fits = uri.is_some_and(|uri| {
            let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
            let authority = uri
                .authority()
                .is_some_and(|authority| !authority.as_str().contains('@') && !authority.host().is_empty());
            scheme && authority && uri.query().is_none()
        });
        if fits { Ok(url) } else { Err(settings.unfit(key, "a URL such as http://127.0.0.1:9000")) }
    }
}

/// Half a key would sign nothing, and nobody would notice before the first refusal.
fn credentials(
    settings: &Settings,
    id: &'static Key,
    secret: &'static Key,
    token: &'static Key,
) -> Result<Option<Credentials>, ConfigError> {
    let origin = settings.origin(id);
    let (key, id, secret, token) = (id, settings.text(id), settings.text(secret), settings.text(token));
    match (id.is_empty(), secret.is_empty()) {
        (true, true) if token.is_empty() => Ok(None),
        (false, false) => {
            let token = (!token.is_empty()).then(|| token.to_owned());
            Ok(Some(Credentials::from_keys(id, secret, token)))
        }
        _ => Err(ConfigError::Refused {
            origin,
            key,
            found: if id.is_empty() { "missing".to_owned() } else { "alone".to_owned() },
            why: "an access key is its id and its secret, with a session token or without",
            hint: "set both the access key's id and its secret, or neither",
        }),
    }
}
