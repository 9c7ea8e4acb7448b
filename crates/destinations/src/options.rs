//! What the operator can set.

use crate::nats::NatsOptions;
use crate::pattern::Pattern;
use lambent_domain::arn::{AccountId, Region};
use lambent_domain::delivery::DeliverySchedule;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use aws_credential_types::Credentials;

/// All of it, validated.
#[derive(Debug, Clone)]
pub struct Options {
    /// The region of this server's functions.
    pub region: Region,
    /// The account of this server's functions.
    pub account: AccountId,
    /// How tries are spaced and bounded.
    pub schedule: DeliverySchedule,
    /// Most tries under way at a time. One target gets half of them at most.
    pub concurrency: usize,
    /// How long one try may take.
    pub timeout: Duration,
    /// AWS's services, or others that speak their protocols.
    pub services: Services,
    /// Whom https and TLS endpoints are believed by; none where there is no such endpoint.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// Targets of the operator's own; the first that matches counts.
    pub routes: Vec<Route>,
    /// What webhooks are signed with.
    pub webhook_secret: Option<Secret>,
    /// Where files are, and how large they get.
    pub files: FileOptions,
    /// The NATS server.
    pub nats: Option<NatsOptions>,
}

/// The services and where they are.
#[derive(Debug, Clone, Default)]
pub struct Services {
    /// SQS.
    pub sqs: ServiceOptions,
    /// SNS.
    pub sns: ServiceOptions,
    /// EventBridge.
    pub eventbridge: ServiceOptions,
    /// S3.
    pub s3: ServiceOptions,
    /// Where a bucket's name goes.
    pub s3_addressing: Addressing,
}

/// One service.
#[derive(Debug, Clone, Default)]
pub struct ServiceOptions {
    /// Its URL; `{region}` stands for the region of the target's ARN. None: it is never called.
    pub endpoint: Option<String>,
    /// The region that requests are signed for in place of the one in the target's ARN.
    pub region: Option<String>,
    /// What requests are signed with.
    pub credentials: Option<Credentials>,
}

/// Where a bucket's name goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Addressing {
    /// Into the path.
    #[default]
    Path,
    /// Into the host's name.
    VirtualHosted,
}

/// Where the operator wants records sent whose target matches.
#[derive(Debug, Clone)]
pub struct Route {
    /// Which targets.
    pub pattern: Pattern,
    /// Where to.
    pub target: OwnTarget,
}

/// A target of the operator's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnTarget {
    /// A URL that gets a signed POST.
    Webhook(http::Uri),
    /// The name of a file in the directory of files, which gets a line.
    File(String),
    /// A NATS subject.
    Nats(String),
}

/// A text that is no target: fits after "must be".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the URL of a webhook without a user, `file:NAME` with a plain file name, or `nats:SUBJECT` without wildcards"
)]
pub struct UnfitTarget;

/// Where files are, and how large they get.
#[derive(Debug, Clone)]
pub struct FileOptions {
    /// The one directory for them.
    pub directory: PathBuf,
    /// How large a file gets before it is put aside.
    pub bytes_max: u64,
    /// How many put aside are kept of each.
    pub kept_max: u32,
}

/// Bytes that are never shown.
#[derive(Clone)]
pub struct Secret(zeroize::Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes them.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(zeroize::Zeroizing::new(bytes.into()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("(hidden)")
    }
}

impl OwnTarget {
    /// Reads it as the configuration has it.
    ///
    /// # Errors
    /// [`UnfitTarget`] when it has none of the three forms.
    pub fn parse(text: &str) -> Result<Self, UnfitTarget> {
        if let Some(name) = text.strip_prefix("file:") {
            return if is_file_name(name) { Ok(Self::File(name.to_owned())) } else { Err(UnfitTarget) };
        }
        if let Some(subject) = text.strip_prefix("nats:") {
            return if is_subject(subject) { Ok(Self::Nats(subject.to_owned())) } else { Err(UnfitTarget) };
        }
        let uri: http::Uri = text.parse().map_err(|_| UnfitTarget)?;
        let has_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        let authority = uri.authority().ok_or(UnfitTarget)?;
        if !has_scheme || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(UnfitTarget);
        }
        Ok(Self::Webhook(uri))
    }

    /// The name of the file, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        if let Self::File(name) = self { Some(name) } else { None }
    }

    /// Whether it can't be reached without TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        matches!(self, Self::Webhook(uri) if uri.scheme_str() == Some("https"))
    }
}

/// A name that stays in its directory and is not hidden there.
fn is_file_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name.len() <= 128 && !name.starts_with('.') && name.bytes().all(legal)
}

/// A subject that can be published to.
fn is_subject(subject: &str) -> bool {
    let token = |token: &str| {
        !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'*' | b'>'))
    };
    subject.len() <= 256 && subject.split('.').all(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_of_ones_own_have_three_forms() {
        assert_eq!(OwnTarget::parse("file:a-b_c.jsonl"), Ok(OwnTarget::File("a-b_c.jsonl".to_owned())));
        assert_eq!(OwnTarget::parse("nats:orders.eu"), Ok(OwnTarget::Nats("orders.eu".to_owned())));
        assert!(OwnTarget::parse("https://hooks.test:8443/a?b=c").unwrap().is_https());
        assert!(!OwnTarget::parse("http://127.0.0.1/").unwrap().is_https());
        for bad in [
            "",
            "file:",
            "file:../a",
            "file:a/b",
            "file:.a",
            "file:a b",
            "nats:",
            "nats:a..b",
            "nats:a.*",
            "nats:a.>",
            "nats:a b",
            "https://",
            "https://user:secret@hooks.test/",
            "ftp://a",
            "/a",
            "hooks.test",
        ] {
            assert_eq!(OwnTarget::parse(bad), Err(UnfitTarget), "{bad}");
        }
        assert_eq!(format!("{:?}", Secret::new("abc")), "(hidden)");
    }
}
