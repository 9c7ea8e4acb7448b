//! TLS: the certificate and its key, read at the start and again whenever the files change.
//!
//! Connections that are open keep the certificate they began with. A new pair that does not fit together is logged, and
//! the old one stays: a renewal that went wrong must not end a server that works.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate with its whole chain, or a key: more than this is something else.
const PEM_BYTES_MAX: u64 = 1024 * 1024;
/// How long a client may take to shake hands.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How long a change of the files takes to count.
const INTERVAL: Duration = Duration::from_secs(2);

/// What the server shows its clients. Shared by all connections.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
}

/// Why a certificate or key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("{}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// It is too large to be what it should be.
    #[error("{} is larger than {PEM_BYTES_MAX} bytes", .0.display())]
    TooLarge(PathBuf),
    /// There is no certificate in the file.
    #[error("{} holds no certificate in PEM form", .0.display())]
    NoCertificate(PathBuf),
    /// There is no private key in the file.
    #[error("{} holds no private key in PEM form, or one that needs a password", .0.display())]
    NoKey(PathBuf),
    /// They are there, and not a pair, or of a kind that can't be used.
    #[error("{} and {} can't be used together: {source}", certificate.display(), key.display())]
    Unfit { certificate: PathBuf, key: PathBuf, source: rustls::Error },
}

/// What changes when a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    changed: (i64, i64),
}

impl Tls {
    /// Reads both files.
    pub fn load(certificate: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let config = read(certificate, key)?;
        Ok(Arc::new(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            config: RwLock::new(config),
        }))
    }

    /// Looks at the files for ever. Whoever spawns it owns it.
    pub async fn watch(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // The first look reads them once more: they may have changed since the start.
        let mut seen = None;
        loop {
            ticks.tick().await;
            let tls = Arc::clone(&self);
            let looked = tokio::task::spawn_blocking(move || tls.look(seen)).await;
            match looked {
                Ok((stamps, None)) => seen = stamps,
                Ok((stamps, Some(Ok(())))) => {
                    if seen.is_some() {
                        tracing::info!(
                            tls.certificate = %self.certificate.display(),
                            "new connections get the new certificate"
                        );
                    }
                    seen = stamps;
                }
                Ok((stamps, Some(Err(error)))) => {
                    tracing::error!(%error, "the new certificate can't be used; the old one stays");
                    seen = stamps;
                }
                Err(error) => tracing::error!(%error, "failed to look at the certificate"),
            }
        }
    }

    /// Reads the files again if they are not as they were; says what came of it, if it did.
    fn look(&self, seen: Option<[Stamp; 2]>) -> (Option<[Stamp; 2]>, Option<Result<(), TlsError>>) {
        let stamps = match (stamp(&self.certificate), stamp(&self.key)) {
            (Ok(certificate), Ok(key)) => [certificate, key],
            // They may be on the way: one is there and the other not yet. What was read stays.
            _ => return (seen, None),
        };
        if seen == Some(stamps) {
            return (seen, None);
        }
        (Some(stamps), Some(self.reload()))
    }

    fn reload(&self) -> Result<(), TlsError> {
        let config = read(&self.certificate, &self.key)?;
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    /// Shakes hands with a client. Its failures are the client's affair.
    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner));
        let shaken = timeout(HANDSHAKE_MAX, TlsAcceptor::from(config).accept(stream)).await;
        shaken.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read_file(certificate)?).collect();
    let chain = chain.unwrap_or_default();
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(certificate.to_owned()));
    }
    let private = PrivateKeyDer::from_pem_slice(&read_file(key)?);
    let private = private.map_err(|_| TlsError::NoKey(key.to_owned()))?;
    let unfit = |source| TlsError::Unfit { certificate: certificate.to_owned(), key: key.to_owned(), source };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn read_file(path: &Path) -> Result<Vec<u8>, TlsError> {
    let unreadable = |source| TlsError::Unreadable { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(PEM_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > PEM_BYTES_MAX {
        return Err(TlsError::TooLarge(path.to_owned()));
    }
    Ok(bytes)
}

/// Follows links: a renewal often changes where one leads.
fn stamp(path: &Path) -> io::Result<Stamp> {
    let metadata = std::fs::metadata(path)?;
    let changed = (metadata.ctime(), metadata.ctime_nsec());
    Ok(Stamp { inode: metadata.ino(), bytes: metadata.len(), changed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_or_key_is_said_by_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let empty = path("empty.pem", "");
        let broken = path("broken.pem", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n");
        let bogus = path("bogus.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        let large = path("large.pem", &"x".repeat(1_100_000));
        let missing = dir.path().join("missing.pem");
        let cases = [
            (&missing, "missing.pem: No such file"),
            (&empty, "empty.pem holds no certificate"),
            (&broken, "broken.pem holds no certificate"),
            (&large, "large.pem is larger than 1048576 bytes"),
            (&bogus, "empty.pem holds no private key"),
        ];
        for (certificate, expected) in cases {
            let error = Tls::load(certificate, &empty).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
