//! `[server]`: where the server listens, where it keeps its data and who it is.

use super::error::ConfigError;
use super::key::{Default, Key, Kind};
use super::settings::Settings;
use lambent_api::Auth;
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
    doc: "Address and port of the API. Port 0 takes a free one. Beyond loopback every request must be signed \
          (`auth`), and TLS must keep what is sent to itself: `tls_certificate` and `tls_key`, or \
          `tls_terminated_by_proxy`.",
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
    default: Default::Computed("`loopback` on a loopback address, `required` on any other"),
    since: "0.1.0",
    doc: "Who may call. `loopback` takes unsigned requests, and only from this machine. `required` asks for a signature \
          with an access key of this server (`lambent keys`) on every request.",
};

pub(crate) static TLS_CERTIFICATE: Key = Key {
    section: "server",
    name: "tls_certificate",
    kind: Kind::Text,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "A file with the server's certificate in PEM form, the chain behind it included. With it, and `tls_key`, the \
          server speaks https. It is read again when it changes.",
};

pub(crate) static TLS_KEY: Key = Key {
    section: "server",
    name: "tls_key",
    kind: Kind::Text,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "A file with the certificate's private key in PEM form, without a password.",
};

pub(crate) static TLS_TERMINATED_BY_PROXY: Key = Key {
    section: "server",
    name: "tls_terminated_by_proxy",
    kind: Kind::Switch,
    default: Default::Fixed("false"),
    since: "0.1.0",
    doc: "Says that clients reach the server through a proxy that speaks https with them, so that the server may listen \
          beyond loopback without a certificate of its own. The way from the proxy to the server is not protected.",
};

pub(crate) static HOST_NAMES: Key = Key {
    section: "server",
    name: "host_names",
    kind: Kind::List,
    default: Default::Fixed(""),
    since: "0.1.0",
    doc: "Names under which clients may call the server (the `Host` header), beside loopback addresses and \
          `localhost`. Where nobody has to sign, any other name is refused, so that no web page can reach the \
          server through a name of its own; where everybody has to, the name is part of what is signed.",
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

pub(super) static KEYS: &[&Key] = &[
    &LISTEN,
    &DATA_DIR,
    &REGION,
    &ACCOUNT,
    &AUTH,
    &TLS_CERTIFICATE,
    &TLS_KEY,
    &TLS_TERMINATED_BY_PROXY,
    &HOST_NAMES,
    &DRAIN_TIMEOUT_SECS,
];

/// Where the certificate and its key are.
#[derive(Debug, Clone)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// What the program runs on.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) listen: SocketAddr,
    pub(crate) data_dir: PathBuf,
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    pub(crate) auth: Auth,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) tls_terminated_by_proxy: bool,
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
        let region = Region::new(settings.text(&REGION))
            .map_err(|_| settings.unfit(&REGION, "a region such as us-east-1"))?;
        let account =
            AccountId::new(settings.text(&ACCOUNT)).map_err(|_| settings.unfit(&ACCOUNT, "twelve digits"))?;
        let (listen, tls) = (read_listen(settings)?, read_tls(settings)?);
        let tls_terminated_by_proxy = settings.is_on(&TLS_TERMINATED_BY_PROXY);
        let reached_from_here = listen.ip().is_loopback() && !tls_terminated_by_proxy;
        let auth = read_auth(settings, reached_from_here)?;
        if !listen.ip().is_loopback() && tls.is_none() && !tls_terminated_by_proxy {
            return Err(ConfigError::Refused {
                origin: settings.origin(&LISTEN),
                key: &LISTEN,
                found: listen.to_string(),
                why: "beyond loopback everybody on the way could read what is sent",
                hint: "name a certificate with --tls-certificate and --tls-key; where a proxy speaks https with the \
                       clients, say tls_terminated_by_proxy = true in [server]",
            });
        }
        Ok(Self {
            listen,
            data_dir: data_dir.into(),
            region,
            account,
            auth,
            tls,
            tls_terminated_by_proxy,
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
    text.parse().map_err(|_| settings.unfit(&LISTEN, "an IP address with a port, such as 127.0.0.1:9400"))
}

/// Where others than this machine's users may call there is one answer, and whoever asks for the other is told. A proxy's
/// clients are others, though the proxy itself may be on this machine.
fn read_auth(settings: &Settings, reached_from_here: bool) -> Result<Auth, ConfigError> {
    match (settings.text(&AUTH), reached_from_here) {
        ("required", _) | ("", false) => Ok(Auth::Required),
        (_, true) => Ok(Auth::Loopback),
        (text, false) => Err(ConfigError::Refused {
            origin: settings.origin(&AUTH),
            key: &AUTH,
            found: format!("`{text}`"),
            why: "others than this machine's users are to reach the server, and could run code without a signature",
            hint: "leave it out or say `required`; or listen on 127.0.0.1, and without a proxy for others",
        }),
    }
}

fn read_tls(settings: &Settings) -> Result<Option<TlsFiles>, ConfigError> {
    let refused = |key, why| ConfigError::Refused {
        origin: settings.origin(key),
        key,
        found: format!("`{}`", settings.text(key)),
        why,
        hint: "a certificate and its key are named together or not at all",
    };
    match (settings.text(&TLS_CERTIFICATE), settings.text(&TLS_KEY)) {
        ("", "") => Ok(None),
        (_, "") => Err(refused(&TLS_CERTIFICATE, "there is no server.tls_key")),
        ("", _) => Err(refused(&TLS_KEY, "there is no server.tls_certificate")),
        (certificate, key) => Ok(Some(TlsFiles { certificate: certificate.into(), key: key.into() })),
    }
}
