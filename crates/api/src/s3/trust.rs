//! Whose certificates an https endpoint may show.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// Where systems keep the certificates of the authorities that they trust.
const SYSTEM_BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
/// All authorities of a system take a few hundred kilobytes.
const BUNDLE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Why nobody's word counts.
#[derive(Debug, thiserror::Error)]
pub enum UntrustedError {
    /// The system has no such file.
    #[error("no certificates of authorities were found on this system: name a file with them")]
    NoBundle,
    /// The file can't be read.
    #[error("{}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// There is nothing of use in it.
    #[error("{} holds no certificate in PEM form", .0.display())]
    Empty(PathBuf),
    /// The TLS library refuses.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

/// Trusts those in `ca_file`, or those that the system trusts.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, UntrustedError> {
    let system = || SYSTEM_BUNDLES.iter().map(Path::new).find(|path| path.is_file());
    let path = ca_file.or_else(system).ok_or(UntrustedError::NoBundle)?;
    let mut roots = RootCertStore::empty();
    // Some of a system's are of kinds that nobody reads any more.
    let (added, _) = roots.add_parsable_certificates(certificates(path)?);
    if added == 0 {
        return Err(UntrustedError::Empty(path.to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, UntrustedError> {
    let mut pem = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BUNDLE_BYTES_MAX).read_to_end(&mut pem));
    read.map_err(|source| UntrustedError::Unreadable { path: path.to_owned(), source })?;
    Ok(CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_no_trust() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        assert!(matches!(client_config(Some(&path)), Err(UntrustedError::Unreadable { .. })));
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        assert!(matches!(client_config(Some(&path)), Err(UntrustedError::Empty(_))));
    }
}
