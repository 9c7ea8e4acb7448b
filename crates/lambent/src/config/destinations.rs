//! `[destinations]`: how records of events that are over are sent, and to what of the operator's own.

use super::Entries;
use super::error::ConfigError;
use super::key::{Default, Key, Kind};
use super::settings::{Entry, Settings};
use http::Uri;
use lambent_destinations::{OwnTarget, Pattern, Route, Secret};
use lambent_domain::delivery::DeliverySchedule;
use lambent_store::embedded::OutboxBound;
use std::path::PathBuf;
use std::time::Duration;

/// A shorter secret could be guessed.
const SECRET_BYTES_MIN: usize = 16;
/// NATS's own.
const NATS_PORT: u16 = 4_222;

const fn key(name: &'static str, kind: Kind, default: Default, doc: &'static str) -> Key {
    Key { section: "destinations", name, kind, default, since: "0.1.0", doc }
}

pub(crate) static CONCURRENCY: Key = key(
    "concurrency",
    Kind::Number { min: 2, max: 1_024, unit: "tries" },
    Default::Fixed("64"),
    "Most records that are on their way at a time. One target gets half of the places at most.",
);

pub(crate) static TIMEOUT_SECS: Key = key(
    "timeout_secs",
    Kind::Number { min: 1, max: 300, unit: "seconds" },
    Default::Fixed("10"),
    "How long one try may take.",
);

pub(crate) static RETRY_INITIAL_SECS: Key = key(
    "retry_initial_secs",
    Kind::Number { min: 1, max: 3_600, unit: "seconds" },
    Default::Fixed("1"),
    "Pause after the first failed try of a record, doubled after each further one; up to half of it is taken off by \
     chance. A target that did not answer three times in a row is left alone for such pauses too.",
);

pub(crate) static RETRY_MAX_SECS: Key = key(
    "retry_max_secs",
    Kind::Number { min: 1, max: 86_400, unit: "seconds" },
    Default::Fixed("300"),
    "The longest pause between two tries.",
);

pub(crate) static ATTEMPTS_MAX: Key = key(
    "attempts_max",
    Kind::Number { min: 1, max: 10_000, unit: "tries" },
    Default::Fixed("100"),
    "How often a record is tried before it is given up.",
);

pub(crate) static REFUSED_ATTEMPTS_MAX: Key = key(
    "refused_attempts_max",
    Kind::Number { min: 1, max: 10_000, unit: "tries" },
    Default::Fixed("5"),
    "How often a record is tried whose target answers and refuses it: a queue that does not exist, a right that is \
     missing, a webhook that answers 404.",
);

pub(crate) static AGE_MAX_SECS: Key = key(
    "age_max_secs",
    Kind::Number { min: 1, max: 1_209_600, unit: "seconds" },
    Default::Fixed("21600"),
    "How old a record may be when it is tried; then it is given up. While its target does not answer, that is when the \
     next try would be.",
);

pub(crate) static OUTBOX_MAX_BYTES: Key = key(
    "outbox_max_bytes",
    Kind::Number { min: 0, max: 1 << 50, unit: "bytes" },
    Default::Fixed("4294967296"),
    "How many bytes of records may wait on the disk to be sent. A record beyond that is not stored: its delivery has \
     failed, and if its event failed too, the event goes to the dead-letter list.",
);

pub(crate) static WEBHOOK_SECRET: Key = key(
    "webhook_secret",
    Kind::Secret,
    Default::Fixed(""),
    "What requests to webhooks are signed with: 16 characters or more, or `whsec_` and base64 as the libraries of \
     Standard Webhooks write it. Needed by every webhook.",
);

pub(crate) static DIRECTORY: Key = key(
    "directory",
    Kind::Text,
    Default::Computed("`destinations` in the data directory"),
    "The one directory for the files that records are written to. Made when it is missing.",
);

pub(crate) static FILE_MEGABYTES_MAX: Key = key(
    "file_megabytes_max",
    Kind::Number { min: 1, max: 1_048_576, unit: "megabytes" },
    Default::Fixed("64"),
    "How large a file of records gets before it is put aside as `NAME.1`.",
);

pub(crate) static FILES_KEPT_MAX: Key = key(
    "files_kept_max",
    Kind::Number { min: 0, max: 10_000, unit: "files" },
    Default::Fixed("10"),
    "How many files put aside are kept of each name; the oldest goes.",
);

pub(crate) static NATS_URL: Key = key(
    "nats_url",
    Kind::Text,
    Default::Fixed(""),
    "The NATS server: `nats://HOST:PORT`, or `tls://HOST:PORT` where it must be TLS.",
);

pub(crate) static NATS_USER: Key =
    key("nats_user", Kind::Text, Default::Fixed(""), "The user's name at the NATS server.");

pub(crate) static NATS_PASSWORD: Key =
    key("nats_password", Kind::Secret, Default::Fixed(""), "The user's password at the NATS server.");

pub(crate) static NATS_TOKEN: Key =
    key("nats_token", Kind::Secret, Default::Fixed(""), "A token for the NATS server, in place of a user.");

pub(crate) static NATS_STREAM: Key = key(
    "nats_stream",
    Kind::Switch,
    Default::Fixed("false"),
    "Whether a JetStream stream must confirm that it has a record. Without it a record has arrived when the NATS server \
     has read it, whoever listens.",
);

pub(crate) static ENTRIES: Entries = Entries {
    name: "\"ARN\"",
    since: "0.1.0",
    doc: "One line for each target of the operator's own: an ARN, or a pattern of ARNs in which `*` stands for anything, \
          and where records for it go in place of AWS's service: the URL of a webhook, `file:NAME`, or `nats:SUBJECT`. \
          The most particular pattern counts. They can't be set by a variable.",
    value: "the URL of a webhook, `file:NAME` or `nats:SUBJECT`",
    is_name: |name| name.starts_with("arn:") || name.starts_with('*'),
};

pub(super) static KEYS: &[&Key] = &[
    &CONCURRENCY,
    &TIMEOUT_SECS,
    &RETRY_INITIAL_SECS,
    &RETRY_MAX_SECS,
    &ATTEMPTS_MAX,
    &REFUSED_ATTEMPTS_MAX,
    &AGE_MAX_SECS,
    &OUTBOX_MAX_BYTES,
    &WEBHOOK_SECRET,
    &DIRECTORY,
    &FILE_MEGABYTES_MAX,
    &FILES_KEPT_MAX,
    &NATS_URL,
    &NATS_USER,
    &NATS_PASSWORD,
    &NATS_TOKEN,
    &NATS_STREAM,
];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Destinations {
    pub(crate) concurrency: usize,
    pub(crate) timeout: Duration,
    pub(crate) schedule: DeliverySchedule,
    pub(crate) outbox: OutboxBound,
    pub(crate) routes: Vec<Route>,
    pub(crate) webhook_secret: Option<Secret>,
    /// None: the data directory's own.
    pub(crate) directory: Option<PathBuf>,
    pub(crate) file_bytes_max: u64,
    pub(crate) files_kept_max: u32,
    pub(crate) nats: Option<lambent_destinations::NatsOptions>,
}

impl Destinations {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let number = |key| settings.number(key).unwrap_or_default();
        let small = |key| u32::try_from(number(key)).unwrap_or(u32::MAX);
        let secs = |key| Duration::from_secs(number(key));
        let directory = settings.text(&DIRECTORY);
        let routes: Vec<Route> = settings
            .entries("destinations")
            .map(|(name, entry)| route(name, entry))
            .collect::<Result<_, _>>()?;
        check_files(settings, &routes)?;
        let (webhook_secret, nats) = (webhook_secret(settings)?, nats(settings)?);
        let is_missing = |of_kind: fn(&OwnTarget) -> bool, has: bool| {
            !has && routes.iter().any(|route| of_kind(&route.target))
        };
        if is_missing(|target| matches!(target, OwnTarget::Webhook(_)), webhook_secret.is_some()) {
            return Err(missing(settings, &WEBHOOK_SECRET, "a webhook gets signed requests only"));
        }
        if is_missing(|target| matches!(target, OwnTarget::Nats(_)), nats.is_some()) {
            return Err(missing(settings, &NATS_URL, "a NATS subject needs a server"));
        }
        Ok(Self {
            concurrency: usize::try_from(number(&CONCURRENCY)).unwrap_or(usize::MAX),
            timeout: secs(&TIMEOUT_SECS),
            schedule: DeliverySchedule {
                pause_initial: secs(&RETRY_INITIAL_SECS),
                pause_max: secs(&RETRY_MAX_SECS),
                attempts_max: small(&ATTEMPTS_MAX),
                refused_attempts_max: small(&REFUSED_ATTEMPTS_MAX),
                age_max: secs(&AGE_MAX_SECS),
            },
            outbox: OutboxBound { bytes_max: number(&OUTBOX_MAX_BYTES) },
            routes,
            webhook_secret,
            directory: (!directory.is_empty()).then(|| directory.into()),
            file_bytes_max: number(&FILE_MEGABYTES_MAX).saturating_mul(1_048_576),
            files_kept_max: small(&FILES_KEPT_MAX),
            nats,
        })
    }
}

fn route(name: &str, entry: &Entry) -> Result<Route, ConfigError> {
    let wrong = |why: String| ConfigError::Entry {
        origin: entry.origin.clone(),
        section: "destinations",
        name: name.to_owned(),
        expectation: ENTRIES.value,
        why,
    };
    let pattern = Pattern::parse(name).map_err(|error| wrong(format!("its name must be {error}")))?;
    let target = OwnTarget::parse(&entry.text).map_err(|error| wrong(format!("it must be {error}")))?;
    Ok(Route { pattern, target })
}

/// Refuses a file that another one would be put aside as: each would overwrite the other's lines.
fn check_files(settings: &Settings, routes: &[Route]) -> Result<(), ConfigError> {
    let files: Vec<&str> = routes.iter().filter_map(|route| route.target.file()).collect();
    for (name, entry) in settings.entries("destinations") {
        let Some((whole, number)) = entry.text.strip_prefix("file:").and_then(|file| file.rsplit_once('.'))
        else {
            continue;
        };
        // Whatever `files_kept_max` says today.
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && files.contains(&whole) {
            return Err(ConfigError::Entry {
                origin: entry.origin.clone(),
                section: "destinations",
                name: name.to_owned(),
                expectation: ENTRIES.value,
                why: format!("the file `{whole}` of another target is put aside under that name"),
            });
        }
    }
    Ok(())
}

fn missing(settings: &Settings, key: &'static Key, why: &'static str) -> ConfigError {
    let (origin, found) = (settings.origin(key), "missing".to_owned());
    ConfigError::Refused { origin, key, found, why, hint: "set it, or take the routes out that need it" }
}

fn secret(settings: &Settings, key: &Key) -> Option<Secret> {
    let text = settings.text(key);
    (!text.is_empty()).then(|| Secret::new(text))
}

fn webhook_secret(settings: &Settings) -> Result<Option<Secret>, ConfigError> {
    let bytes = settings.text(&WEBHOOK_SECRET).len();
    if (1..SECRET_BYTES_MIN).contains(&bytes) {
        return Err(ConfigError::Unfit {
            origin: settings.origin(&WEBHOOK_SECRET),
            key: &WEBHOOK_SECRET,
            expectation: format!("a text of {SECRET_BYTES_MIN} characters or more"),
            found: "shorter".to_owned(),
        });
    }
    Ok(secret(settings, &WEBHOOK_SECRET))
}

fn nats(settings: &Settings) -> Result<Option<lambent_destinations::NatsOptions>, ConfigError> {
    let url = settings.text(&NATS_URL);
    if url.is_empty() {
        return Ok(None);
    }
    let unfit = || settings.unfit(&NATS_URL, "nats://HOST:PORT or tls://HOST:PORT");
    let uri: Uri = url.parse().map_err(|_| unfit())?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
    let (Some(scheme @ ("nats" | "tls")), Some(authority)) = (uri.scheme_str(), authority) else {
        return Err(unfit());
    };
    Ok(Some(lambent_destinations::NatsOptions {
        host: authority.host().trim_start_matches('[').trim_end_matches(']').to_owned(),
        port: authority.port_u16().unwrap_or(NATS_PORT),
        tls: scheme == "tls",
        user: settings.text(&NATS_USER).to_owned(),
        password: secret(settings, &NATS_PASSWORD),
        token: secret(settings, &NATS_TOKEN),
        stream: settings.is_on(&NATS_STREAM),
    }))
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, load};
    use crate::environment::Environment;
    use crate::failure::Failure;
    use std::io::Write as _;

    fn read(text: &str) -> Result<Config, String> {
        let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let read = load(Some(file.path()), &Environment::default(), &[]);
        read.map(|(_, config)| config).map_err(|error| Failure::from(error).to_string())
    }

    #[test]
    fn targets_stand_beside_settings_and_need_what_they_need() {
        let whole = "[destinations]\nage_max_secs = 60\noutbox_max_bytes = 1\nwebhook_secret = \"0123456789abcdef\"\n\
                     nats_url = \"tls://nats.test\"\n\"arn:aws:sqs:*:*:orders-*\" = \"https://hooks.test/a\"\n\
                     \"*\" = \"nats:all\"\n\"arn:aws:sns:*\" = \"file:topics.jsonl\"\n";
        let config = read(whole).unwrap().destinations;
        assert_eq!((config.routes.len(), config.schedule.age_max.as_secs()), (3, 60));
        assert_eq!(config.outbox.bytes_max, 1);
        let nats = config.nats.unwrap();
        assert_eq!((nats.host.as_str(), nats.port, nats.tls), ("nats.test", 4_222, true));
        for (lines, expected) in [
            ("\"arn:a\" = \"https://hooks.test\"", "webhook_secret can't be missing: a webhook gets signed"),
            ("\"arn:a\" = \"nats:a\"", "nats_url can't be missing"),
            ("\"arn:a\" = \"file:../a\"", "destinations.arn:a must be the URL of a webhook"),
            ("\"arn:a b\" = \"file:a\"", "its name must be an ARN"),
            (
                "\"arn:a\" = \"file:a\"\n\"arn:b\" = \"file:a.1\"",
                "`a` of another target is put aside under that name",
            ),
            ("\"arn:a\" = \"file:a.l.70\"\n\"arn:b\" = \"file:a.l\"", "`a.l` of another target is put aside"),
            ("\"arn:a\" = 1", "it is of type integer"),
            ("webhook_secret = \"short\"", "must be a text of 16 characters or more, and is shorter"),
            ("nats_url = \"http://a\"", "nats_url must be nats://HOST:PORT"),
            ("nats_url = \"nats://u:p@a\"", "nats_url must be nats://HOST:PORT"),
            ("age_mx_secs = 1", "`destinations.age_mx_secs` is not a setting"),
        ] {
            let refused = read(&format!("[destinations]\n{lines}\n")).unwrap_err();
            assert!(refused.contains(expected) && !refused.contains("short\""), "{refused}");
        }
    }

    #[test]
    fn files_with_numbers_that_are_nobody_elses_may_be() {
        for lines in [
            "\"arn:a\" = \"file:a.1\"\n\"arn:b\" = \"file:a.2\"",
            "\"arn:a\" = \"file:a\"\n\"arn:b\" = \"file:a.x1\"",
        ] {
            read(&format!("[destinations]\n{lines}\n")).unwrap();
        }
    }

    #[test]
    fn a_service_has_its_own_or_that_of_all() {
        let config = read(
            "[aws]\nendpoint_url = \"https://{service}.{region}.test\"\nsns_endpoint_url = \"http://127.0.0.1:1\"\n\
             access_key_id = \"a\"\nsecret_access_key = \"b\"\nsqs_access_key_id = \"c\"\nsqs_secret_access_key = \"d\"\n\
             s3_region = \"eu-central-1\"\n",
        );
        let aws = config.unwrap().aws;
        let endpoint = |service: &crate::config::services::Service| service.endpoint.clone().unwrap();
        assert_eq!(endpoint(&aws.sqs), "https://sqs.{region}.test");
        assert_eq!(endpoint(&aws.eventbridge), "https://events.{region}.test");
        assert_eq!(endpoint(&aws.sns), "http://127.0.0.1:1");
        assert_eq!(aws.code.unwrap().to_string(), "https://s3.eu-central-1.test:443");
        let id = |service: &crate::config::services::Service| {
            service.credentials.clone().unwrap().access_key_id().to_owned()
        };
        assert_eq!(
            (id(&aws.sqs), id(&aws.sns), id(&aws.s3)),
            ("c".to_owned(), "a".to_owned(), "a".to_owned())
        );
        for (lines, expected) in [
            ("sqs_access_key_id = \"a\"", "aws.sqs_access_key_id can't be alone"),
            ("sns_endpoint_url = \"127.0.0.1:9000\"", "aws.sns_endpoint_url must be a URL"),
            ("eventbridge_endpoint_url = \"http://u@a\"", "aws.eventbridge_endpoint_url must be a URL"),
        ] {
            let refused = read(&format!("[aws]\n{lines}\n")).unwrap_err();
            assert!(refused.contains(expected), "{refused}");
        }
        assert!(read("").unwrap().aws.sqs.endpoint.is_none());
    }
}
