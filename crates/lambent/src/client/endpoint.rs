//! Where the server is.

use crate::environment::Environment;
use crate::failure::{Exit, Failure};
use http::uri::{Authority, Scheme, Uri};

/// Where a server listens unless somebody says otherwise.
const DEFAULT: &str = "http://127.0.0.1:9400";
/// Looked at in this order when there is no flag.
const VARIABLES: [&str; 3] = ["LAMBENT_ENDPOINT", "AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"];

/// A server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    https: bool,
    authority: Authority,
}

impl Endpoint {
    /// The flag, else a variable, else the default.
    pub(crate) fn choose(flag: Option<&str>, environment: &Environment) -> Result<Self, Failure> {
        let variable = || {
            VARIABLES
                .iter()
                .find_map(|name| Some((*name, environment.get(name).filter(|url| !url.is_empty())?)))
        };
        let (source, url) = match flag {
            Some(url) => ("--endpoint", url),
            None => variable().unwrap_or(("the default", DEFAULT)),
        };
        Self::parse(url).map_err(|why| {
            Failure::new(Exit::Usage, "find the server", format!("{source} is `{url}`, {why}"))
                .hint(format!("an endpoint looks like {DEFAULT}"))
        })
    }

    /// A server at this address.
    pub(crate) fn of(address: std::net::SocketAddr) -> Option<Self> {
        let authority = address.to_string().parse().ok()?;
        Some(Self { https: false, authority })
    }

    fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "which is not a URL")?;
        let https = uri.scheme() == Some(&Scheme::HTTPS);
        if !https && uri.scheme() != Some(&Scheme::HTTP) {
            return Err("which begins neither with http:// nor with https://");
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err("which has a path");
        }
        let authority = uri.into_parts().authority.ok_or("which has no host")?;
        if authority.as_str().contains('@') {
            return Err("which has a user name");
        }
        Ok(Self { https, authority })
    }

    /// Whether it is spoken to over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.https
    }

    /// Whether it is this machine.
    pub(crate) fn is_local(&self) -> bool {
        let (host, _) = self.host_and_port();
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The `Host` header, which is also what connections are made to if there is a port in it.
    pub(crate) fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// Host and port to connect to.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let host = self.authority.host();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        (host, self.authority.port_u16().unwrap_or(if self.https { 443 } else { 80 }))
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_beats_the_variables_and_they_beat_the_default() {
        let both = Environment::from([
            ("LAMBENT_ENDPOINT", "http://a:1"),
            ("AWS_ENDPOINT_URL_LAMBDA", "http://b:2"),
        ]);
        let second =
            Environment::from([("LAMBENT_ENDPOINT", ""), ("AWS_ENDPOINT_URL_LAMBDA", "http://b:2/")]);
        let none = Environment::default();
        let cases = [
            (Some("http://c"), &both, "http://c"),
            (None, &both, "http://a:1"),
            (None, &second, "http://b:2"),
            (None, &none, DEFAULT),
        ];
        for (flag, environment, expected) in cases {
            assert_eq!(Endpoint::choose(flag, environment).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_cannot_be_reached_is_refused_with_its_source() {
        for wrong in ["ftp://a", "127.0.0.1:9400", "http://a/b", "http://a/?b", "", "http://u@a"] {
            let failure = Endpoint::choose(Some(wrong), &Environment::default()).unwrap_err();
            assert_eq!(failure.exit(), Exit::Usage);
            assert!(failure.to_string().contains(&format!("--endpoint is `{wrong}`")), "{failure}");
        }
    }

    #[test]
    fn brackets_belong_to_the_header_and_not_to_the_address() {
        let endpoint = Endpoint::parse("http://[::1]:9400").unwrap();
        assert_eq!(endpoint.authority(), "[::1]:9400");
        assert_eq!(endpoint.host_and_port(), ("::1", 9400));
        assert!(endpoint.is_local() && Endpoint::parse("https://localhost").unwrap().is_local());
        assert!(!Endpoint::parse("http://192.0.2.1").unwrap().is_local());
        assert_eq!(Endpoint::parse("http://h").unwrap().host_and_port(), ("h", 80));
        assert_eq!(Endpoint::parse("https://h/").unwrap().host_and_port(), ("h", 443));
        assert_eq!(Endpoint::parse("https://h:1").unwrap().to_string(), "https://h:1");
    }
}
