//! Where an object is: the endpoint's address, the bucket and the key as one URL.

use std::fmt;

use http::Uri;
use http::uri::Scheme;

use super::Object;

/// Where the bucket's name goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// `https://endpoint/bucket/key`: understood everywhere.
    Path,
    /// `https://bucket.endpoint/key`: needs a name for every bucket.
    VirtualHosted,
}

/// An S3 endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    https: bool,
    host: String,
    port: u16,
    /// Without a slash at its end; empty for most.
    base: String,
    addressing: Addressing,
}

/// A text that is no endpoint's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a URL of the form http://HOST:PORT or https://HOST:PORT")]
pub struct NoEndpoint;

/// Where to connect, and what to ask for there.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) uri: Uri,
}

impl Endpoint {
    /// Reads a URL. A path in it comes before the bucket's name.
    ///
    /// # Errors
    /// [`NoEndpoint`] when it is of another form, or has a query or a user.
    pub fn parse(url: &str, addressing: Addressing) -> Result<Self, NoEndpoint> {
        let uri: Uri = url.parse().map_err(|_| NoEndpoint)?;
        let https = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(NoEndpoint),
        };
        let authority = uri.authority().ok_or(NoEndpoint)?;
        if authority.as_str().contains('@') || authority.host().is_empty() || uri.query().is_some() {
            return Err(NoEndpoint);
        }
        Ok(Self {
            https,
            host: authority.host().to_owned(),
            port: authority.port_u16().unwrap_or(if https { 443 } else { 80 }),
            base: uri.path().trim_end_matches('/').to_owned(),
            addressing,
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.https
    }

    /// None when the bucket's name makes no host's name.
    pub(super) fn address(&self, object: &Object) -> Option<Address> {
        let (host, bucket) = match self.addressing {
            Addressing::Path => (self.host.clone(), format!("/{}", encoded(&object.bucket, false))),
            Addressing::VirtualHosted => (format!("{}.{}", object.bucket, self.host), String::new()),
        };
        let mut path = format!("{}{bucket}/{}", self.base, encoded(&object.key, true));
        if let Some(version) = &object.version {
            path.push_str("?versionId=");
            path.push_str(&encoded(version, false));
        }
        let scheme = if self.https { "https" } else { "http" };
        let usual = self.port == if self.https { 443 } else { 80 };
        let port = if usual { String::new() } else { format!(":{}", self.port) };
        let uri = format!("{scheme}://{host}{port}{path}").parse().ok()?;
        Some(Address { host, port: self.port, uri })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(out, "{scheme}://{}:{}{}", self.host, self.port, self.base)
    }
}

/// Percent-encodes all but what never needs it, and slashes where they separate.
fn encoded(text: &str, slashes_separate: bool) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            b'/' if slashes_separate => encoded.push('/'),
            other => {
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(bucket: &str, key: &str, version: Option<&str>) -> Object {
        Object { bucket: bucket.to_owned(), key: key.to_owned(), version: version.map(str::to_owned) }
    }

    #[test]
    fn an_object_has_one_url() {
        use Addressing::{Path, VirtualHosted};
        for (endpoint, addressing, key, version, url) in [
            ("http://127.0.0.1:9000", Path, "a/b.zip", None, "http://127.0.0.1:9000/code/a/b.zip"),
            ("https://s3.test/", Path, "ä b+%.zip", None, "https://s3.test/code/%C3%A4%20b%2B%25.zip"),
            ("https://s3.test:443", VirtualHosted, "k", None, "https://code.s3.test/k"),
            ("http://[::1]:9000/gateway/", Path, "k", None, "http://[::1]:9000/gateway/code/k"),
            ("http://s3.test", Path, "//k/../x", None, "http://s3.test/code///k/../x"),
            ("http://s3.test", Path, "k", Some("a/b=&"), "http://s3.test/code/k?versionId=a%2Fb%3D%26"),
        ] {
            let endpoint = Endpoint::parse(endpoint, addressing).unwrap();
            assert_eq!(endpoint.address(&object("code", key, version)).unwrap().uri.to_string(), url);
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for bad in [
            "",
            "s3.test",
            "s3.test:9000",
            "ftp://s3.test",
            "http://",
            "http:///path",
            "http://user:secret@s3.test",
            "http://s3.test?x=y",
            "http://s3 test",
        ] {
            assert!(Endpoint::parse(bad, Addressing::Path).is_err(), "{bad}");
        }
        let endpoint = Endpoint::parse("http://s3.test", Addressing::VirtualHosted).unwrap();
        assert!(endpoint.address(&object("a b", "k", None)).is_none());
    }
}
