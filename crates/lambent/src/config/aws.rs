//! `[aws]`: the services beside Lambda that the server itself uses, AWS's own or others that speak their protocols.

use super::error::ConfigError;
use super::key::{Default, Key, Kind};
use super::server;
use super::services::{self, Service};
use super::settings::Settings;
use lambent_api::s3::{Addressing, Endpoint};
use std::path::PathBuf;

pub(crate) static ENDPOINT_URL: Key = Key {
    section: "aws",
    name: "endpoint_url",
    kind: Kind::Text,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "Where services are reached that have no endpoint of their own here, such as `http://127.0.0.1:9000`. Without \
          any, nothing outside is ever called. `{service}` and `{region}` stand for those that are called: \
          `https://{service}.{region}.amazonaws.com` is AWS itself.",
};

pub(crate) static S3_ENDPOINT_URL: Key = Key {
    section: "aws",
    name: "s3_endpoint_url",
    kind: Kind::Text,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "Where code is fetched from that a request names by `S3Bucket` and `S3Key`, and where buckets are that are \
          destinations: AWS (for example `https://s3.eu-central-1.amazonaws.com`) or anything that speaks S3. \
          `endpoint_url` stands in for it.",
};

pub(crate) static S3_ADDRESSING: Key = Key {
    section: "aws",
    name: "s3_addressing",
    kind: Kind::Choice(&["path", "virtual"]),
    default: Default::Fixed("path"),
    since: "0.1.0",
    doc: "Whether a bucket's name is the first part of the path or of the host's name.",
};

pub(crate) static REGION: Key = Key {
    section: "aws",
    name: "region",
    kind: Kind::Text,
    default: Default::Computed("that of the server"),
    since: "0.1.0",
    doc: "The region that requests to these services are signed for.",
};

pub(crate) static ACCESS_KEY_ID: Key = Key {
    section: "aws",
    name: "access_key_id",
    kind: Kind::Text,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "The access key that requests to these services are signed with. Without one they are not signed. It is \
          not one of Lambent's own keys.",
};

pub(crate) static SECRET_ACCESS_KEY: Key = Key {
    section: "aws",
    name: "secret_access_key",
    kind: Kind::Secret,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "The secret of that access key.",
};

pub(crate) static SESSION_TOKEN: Key = Key {
    section: "aws",
    name: "session_token",
    kind: Kind::Secret,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "The session token, if the access key is a temporary one. It is not renewed.",
};

pub(crate) static CA_FILE: Key = Key {
    section: "aws",
    name: "ca_file",
    kind: Kind::Text,
    default: Default::Computed("those that the system trusts"),
    since: "0.1.0",
    doc: "A file in PEM form with the certificates of the authorities that https endpoints are believed by.",
};

pub(super) static KEYS: &[&Key] = &[
    &ENDPOINT_URL,
    &REGION,
    &ACCESS_KEY_ID,
    &SECRET_ACCESS_KEY,
    &SESSION_TOKEN,
    &CA_FILE,
    &S3_ENDPOINT_URL,
    &S3_ADDRESSING,
    services::SQS.endpoint_url,
    services::SQS.region,
    services::SQS.access_key_id,
    services::SQS.secret_access_key,
    services::SQS.session_token,
    services::SNS.endpoint_url,
    services::SNS.region,
    services::SNS.access_key_id,
    services::SNS.secret_access_key,
    services::SNS.session_token,
    services::EVENTBRIDGE.endpoint_url,
    services::EVENTBRIDGE.region,
    services::EVENTBRIDGE.access_key_id,
    services::EVENTBRIDGE.secret_access_key,
    services::EVENTBRIDGE.session_token,
    services::S3.region,
    services::S3.access_key_id,
    services::S3.secret_access_key,
    services::S3.session_token,
];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    /// Where code is fetched from; none: nowhere.
    pub(crate) code: Option<Endpoint>,
    pub(crate) addressing: Addressing,
    /// For what names no region itself.
    pub(crate) region: String,
    pub(crate) sqs: Service,
    pub(crate) sns: Service,
    pub(crate) eventbridge: Service,
    pub(crate) s3: Service,
    pub(crate) ca_file: Option<PathBuf>,
}

impl Aws {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let own_region = settings.text(&REGION);
        let region = if own_region.is_empty() { settings.text(&server::REGION) } else { own_region };
        let ca_file = settings.text(&CA_FILE);
        let addressing = match settings.text(&S3_ADDRESSING) {
            "virtual" => Addressing::VirtualHosted,
            _ => Addressing::Path,
        };
        let mut s3 = services::S3.read(settings)?;
        s3.region.get_or_insert_with(|| region.to_owned());
        Ok(Self {
            code: code(settings, &s3, addressing)?,
            addressing,
            region: region.to_owned(),
            sqs: services::SQS.read(settings)?,
            sns: services::SNS.read(settings)?,
            eventbridge: services::EVENTBRIDGE.read(settings)?,
            s3,
            ca_file: (!ca_file.is_empty()).then(|| ca_file.into()),
        })
    }
}

fn code(settings: &Settings, s3: &Service, addressing: Addressing) -> Result<Option<Endpoint>, ConfigError> {
    let Some(url) = &s3.endpoint else { return Ok(None) };
    let url = url.replace("{region}", s3.region.as_deref().unwrap_or_default());
    let endpoint = Endpoint::parse(&url, addressing);
    endpoint.map(Some).map_err(|_| settings.unfit(&S3_ENDPOINT_URL, "a URL such as http://127.0.0.1:9000"))
}
