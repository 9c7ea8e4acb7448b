//! Whose certificates are believed: the system's authorities, or those of one file.

use super::Endpoint;
use crate::environment::Environment;
use crate::failure::{Exit, Failure};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// Where systems keep their authorities, in one file.
const SYSTEM: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// What an endpoint's connections need beside TCP: nothing where it is not https. The authorities are those of the flag,
/// of `AWS_CA_BUNDLE` as AWS's tools have it, or the system's.
pub(crate) fn connector(
    endpoint: &Endpoint,
    flag: Option<&Path>,
    environment: &Environment,
) -> Result<Option<TlsConnector>, Failure> {
    if !endpoint.is_https() {
        return Ok(None);
    }
    let variable = |name| environment.get(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let named = flag.map(Path::to_owned).or_else(|| variable("AWS_CA_BUNDLE"));
    let system = || SYSTEM.iter().map(PathBuf::from).find(|path| path.is_file());
    let path = named.or_else(|| variable("SSL_CERT_FILE")).or_else(system);
    let path = path.ok_or_else(|| refused("this system has no list of certificate authorities"))?;
    let roots = roots(&path).map_err(|why| refused(&format!("{}: {why}", path.display())))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| refused(&error.to_string()))?;
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    Ok(Some(TlsConnector::from(Arc::new(config))))
}

fn roots(path: &Path) -> Result<RootCertStore, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let found = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|_| "it is not a list of certificates in PEM form".to_owned())?;
    let mut roots = RootCertStore::empty();
    // A system's list may hold one or the other that is too old to be read.
    let (added, _) = roots.add_parsable_certificates(found);
    if added == 0 { Err("it holds no certificate in PEM form".to_owned()) } else { Ok(roots) }
}

fn refused(why: &str) -> Failure {
    Failure::new(Exit::Usage, "find out whom to trust", why)
        .hint("name the server's certificate authority with --ca-file, or in AWS_CA_BUNDLE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_needs_authorities_and_a_file_without_any_is_refused() {
        let endpoint = |url| Endpoint::choose(Some(url), &Environment::default()).unwrap();
        let none = Environment::default();
        let missing = Path::new("/no/such.pem");
        assert!(connector(&endpoint("http://a"), Some(missing), &none).unwrap().is_none());
        let file = tempfile::NamedTempFile::new().unwrap();
        for (path, expected) in
            [(missing, "/no/such.pem: No such file"), (file.path(), "holds no certificate")]
        {
            let failure = connector(&endpoint("https://a"), Some(path), &none).err().unwrap();
            assert!(failure.to_string().contains(expected), "{failure}");
            assert_eq!(failure.exit(), Exit::Usage);
        }
        let variable = Environment::from([("AWS_CA_BUNDLE", "/no/such.pem")]);
        assert!(connector(&endpoint("https://a"), None, &variable).is_err());
    }
}
