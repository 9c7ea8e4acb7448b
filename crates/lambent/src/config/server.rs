//! `[server]`: where the server listens, where it keeps its data and who it is.

use super::error::ConfigError;
use super::key::{Default, Key, Kind};
use super::settings::Settings;
use lambent_domain::arn::{AccountId, Region};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) static LISTEN: Key = Key {
    section: "server",
    name: "listen",
    kind: Kind::Text,
    default: Default::Fixed("127.0.0.1:9400"),
    since: "0.1.0",
    doc: "Address and port of the API. Port 0 takes a free one. Only loopback addresses are taken until \
          authentication exists.",
};

pub(crate) static DATA_DIR: Key = Key {
    section: "server",
    name: "data_dir",
    kind: Kind::Text,
    default: Default::Fixed("./lambent-data"),
    since: "0.1.0",
    doc: "Directory of everything that survives a restart: functions, events, code and logs. Made when it is \
          missing. One server at a time uses it.",
};

pub(crate) static REGION: Key = Key {
    section: "server",
    name: "region",
    kind: Kind::Text,
    default: Default::Fixed("us-east-1"),
    since: "0.1.0",
    doc: "The AWS region that ARNs and the functions' AWS_REGION name.",
};

pub(crate) static ACCOUNT: Key = Key {
    section: "server",
    name: "account",
    kind: Kind::Text,
    default: Default::Fixed("000000000000"),
    since: "0.1.0",
    doc: "The twelve-digit account number in ARNs.",
};

pub(crate) static AUTH: Key = Key {
    section: "server",
    name: "auth",
    kind: Kind::Choice(&["loopback", "required"]),
    default: Default::Fixed("loopback"),
    since: "0.1.0",
    doc: "Who may call. `loopback` takes unsigned requests, and only from this machine. Signed requests are \
          taken too; their signatures are not checked yet. `required` asks for a signature on every request, and \
          is refused until authentication exists.",
};

pub(crate) static HOST_NAMES: Key = Key {
    section: "server",
    name: "host_names",
    kind: Kind::List,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "Names under which clients may call the server (the `Host` header), beside loopback addresses and \
          `localhost`. Any other name is refused, so that no web page can reach the server through a name of \
          its own.",
};

pub(crate) static DRAIN_TIMEOUT_SECS: Key = Key {
    section: "server",
    name: "drain_timeout_secs",
    kind: Kind::Number { min: 0, max: 3_600, unit: "seconds" },
    default: Default::Fixed("30"),
    since: "0.1.0",
    doc: "How long requests and invocations that are under way get to end when the server is told to stop. \
          What does not end in time is stopped; events run again after the next start.",
};

pub(super) static KEYS: &[&Key] =
    &[&LISTEN, &DATA_DIR, &REGION, &ACCOUNT, &AUTH, &HOST_NAMES, &DRAIN_TIMEOUT_SECS];

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    /// A loopback address.
    pub(crate) listen: SocketAddr,
    pub(crate) data_dir: PathBuf,
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    /// In lower case.
    pub(crate) host_names: Vec<String>,
    pub(crate) drain_timeout: Duration,
}

impl Server {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let data_dir = settings.text(&DATA_DIR);
        if data_dir.is_empty() {
            return Err(settings.unfit(&DATA_DIR, "a directory's path"));
        }
        if settings.text(&AUTH) == "required" {
            return Err(ConfigError::Refused {
                origin: settings.origin(&AUTH),
                key: &AUTH,
                found: "`required`".to_owned(),
                why: "there is no authentication yet",
                hint: "leave it out: the server is reached from this machine only",
            });
        }
        let region = Region::new(settings.text(&REGION))
            .map_err(|_| settings.unfit(&REGION, "a region such as us-east-1"))?;
        let account =
            AccountId::new(settings.text(&ACCOUNT)).map_err(|_| settings.unfit(&ACCOUNT, "twelve digits"))?;
        Ok(Self {
            listen: read_listen(settings)?,
            data_dir: data_dir.into(),
            region,
            account,
            host_names: settings.list(&HOST_NAMES).iter().map(|name| name.to_lowercase()).collect(),
            drain_timeout: Duration::from_secs(settings.number(&DRAIN_TIMEOUT_SECS).unwrap_or_default()),
        })
    }
}

fn read_listen(settings: &Settings) -> Result<SocketAddr, ConfigError> {
    let text = settings.text(&LISTEN);
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    let listen: SocketAddr = text
        .parse()
        .map_err(|_| settings.unfit(&LISTEN, "an IP address with a port, such as 127.0.0.1:9400"))?;
    if listen.ip().is_loopback() {
        return Ok(listen);
    }
    Err(ConfigError::Refused {
        origin: settings.origin(&LISTEN),
        key: &LISTEN,
        found: text,
        why: "beyond loopback anybody could run code here, so it is refused until authentication exists",
        hint: "listen on 127.0.0.1 and reach it from elsewhere through a tunnel: ssh -L 9400:127.0.0.1:9400 HOST",
    })
}
