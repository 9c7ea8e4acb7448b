//! `[aws]`: the services beside Lambda that the server itself uses, AWS's own or others that speak their protocols.

use super::error::ConfigError;
use super::key::{Default, Key, Kind};
use super::server;
use super::settings::Settings;
use lambent_api::s3::{Addressing, Endpoint};
use lambent_api::sigv4::{Credentials, Secret};
use std::path::PathBuf;

pub(crate) static ENDPOINT_URL: Key = Key {
    section: "aws",
    name: "endpoint_url",
    kind: Kind::Text,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "Where services are reached that have no endpoint of their own here, such as `http://127.0.0.1:9000`. Without \
          any, nothing outside is ever called.",
};

pub(crate) static S3_ENDPOINT_URL: Key = Key {
    section: "aws",
    name: "s3_endpoint_url",
    kind: Kind::Text,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "Where code is fetched from that a request names by `S3Bucket` and `S3Key`: AWS (for example \
          `https://s3.eu-central-1.amazonaws.com`) or anything that speaks S3. `endpoint_url` stands in for it.",
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
    &S3_ENDPOINT_URL,
    &S3_ADDRESSING,
    &REGION,
    &ACCESS_KEY_ID,
    &SECRET_ACCESS_KEY,
    &SESSION_TOKEN,
    &CA_FILE,
];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    /// None: there is no S3.
    pub(crate) s3: Option<Endpoint>,
    pub(crate) region: String,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) ca_file: Option<PathBuf>,
}

impl Aws {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let own_region = settings.text(&REGION);
        let region = if own_region.is_empty() { settings.text(&server::REGION) } else { own_region };
        let ca_file = settings.text(&CA_FILE);
        Ok(Self {
            s3: s3(settings)?,
            region: region.to_owned(),
            credentials: credentials(settings)?,
            ca_file: (!ca_file.is_empty()).then(|| ca_file.into()),
        })
    }
}

fn s3(settings: &Settings) -> Result<Option<Endpoint>, ConfigError> {
    let said = |key: &&'static Key| !settings.text(key).is_empty();
    let Some(key) = [&S3_ENDPOINT_URL, &ENDPOINT_URL].into_iter().find(said) else { return Ok(None) };
    let addressing = match settings.text(&S3_ADDRESSING) {
        "virtual" => Addressing::VirtualHosted,
        _ => Addressing::Path,
    };
    let endpoint = Endpoint::parse(settings.text(key), addressing);
    endpoint.map(Some).map_err(|_| settings.unfit(key, "a URL such as http://127.0.0.1:9000"))
}

/// Half a key would sign nothing, and nobody would notice before the first refusal.
fn credentials(settings: &Settings) -> Result<Option<Credentials>, ConfigError> {
    let (id, secret) = (settings.text(&ACCESS_KEY_ID), settings.text(&SECRET_ACCESS_KEY));
    let token = settings.text(&SESSION_TOKEN);
    match (id.is_empty(), secret.is_empty()) {
        (true, true) if token.is_empty() => Ok(None),
        (false, false) => Ok(Some(Credentials {
            access_key_id: id.to_owned(),
            secret: Secret::new(secret),
            session_token: (!token.is_empty()).then(|| token.to_owned()),
        })),
        _ => Err(ConfigError::Refused {
            origin: settings.origin(&ACCESS_KEY_ID),
            key: &ACCESS_KEY_ID,
            found: if id.is_empty() { "missing".to_owned() } else { "alone".to_owned() },
            why: "an access key is its id and its secret, with a session token or without",
            hint: "set aws.access_key_id and aws.secret_access_key, or neither",
        }),
    }
}
