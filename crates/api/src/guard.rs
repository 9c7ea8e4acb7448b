//! What keeps web pages away from a server that takes unsigned requests on loopback.
//!
//! A page cannot forge `Host`, `Origin` or `Sec-Fetch-Site`. A page whose name was rebound to a loopback address sends
//! its own name as `Host`; a page of another origin says so in `Origin`.

use http::header::{HOST, HeaderName, ORIGIN};
use http::{HeaderMap, Uri};

use crate::error::ApiError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names under which the server may be addressed, besides those of loopback.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    pub names: Vec<String>,
    /// Whether any IP address will do: for a server that listens on all of its own. No page's name can be rebound to look
    /// like one.
    pub any_address: bool,
}

impl Guard {
    /// Refuses what a foreign web page could have sent.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
        let mut hosts = headers.get_all(HOST).iter();
        let host = match (hosts.next().map(|host| host.to_str()), hosts.next()) {
            (Some(Ok(host)), None) => host,
            _ => return Err(refused("Requests need exactly one Host header.")),
        };
        let named_in_uri = uri.authority().map(http::uri::Authority::as_str);
        if !self.is_ours(host) || named_in_uri.is_some_and(|authority| !self.is_ours(authority)) {
            return Err(refused(
                "The Host header names another server. Use localhost, or add the name to the configuration.",
            ));
        }
        if headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "cross-site") {
            return Err(refused("Requests from web pages of other sites are refused."));
        }
        if headers
            .get_all(ORIGIN)
            .iter()
            .any(|origin| !origin.to_str().is_ok_and(|origin| is_origin_of(origin, host)))
        {
            return Err(refused("Requests from web pages of other origins are refused."));
        }
        Ok(())
    }

    fn is_ours(&self, authority: &str) -> bool {
        let Some(name) = without_port(authority) else { return false };
        let is = |ours: &str| name.eq_ignore_ascii_case(ours);
        is("localhost")
            || is("127.0.0.1")
            || is("[::1]")
            || name
                .len()
                .checked_sub(".localhost".len())
                .and_then(|at| name.get(at..))
                .is_some_and(|end| end.eq_ignore_ascii_case(".localhost"))
            || self.any_address && is_address(name)
            || self.names.iter().any(|ours| is(ours))
    }
}

fn is_address(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    bare.unwrap_or(name).parse::<std::net::IpAddr>().is_ok()
}

fn refused(message: &'static str) -> ApiError {
    ApiError::access_denied(message)
}

fn is_origin_of(origin: &str, host: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

/// The name of `name:port`; `None` when what stands behind the colon is no port.
fn without_port(authority: &str) -> Option<&str> {
    let (name, port) = match authority.rfind(']') {
        // The colons inside the brackets belong to the address.
        Some(end) => {
            let (name, rest) = authority.split_at_checked(end + 1)?;
            (name, rest.strip_prefix(':').or(rest.is_empty().then_some("0"))?)
        }
        None => authority.split_once(':').unwrap_or((authority, "0")),
    };
    port.bytes().all(|digit| digit.is_ascii_digit()).then_some(name)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn judged(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let guard = Guard { names: vec!["lambent.test".to_owned()], any_address: false };
        guard.check(&Uri::from_static("/"), &headers).is_ok()
    }

    #[test]
    fn loopback_and_configured_names_pass() {
        for host in [
            "localhost",
            "localhost:9400",
            "LOCALHOST:1",
            "127.0.0.1:9400",
            "[::1]:9400",
            "[::1]",
            "a.localhost:9400",
            "lambent.test",
            "lambent.test:80",
        ] {
            assert!(judged(&[("host", host)]), "{host}");
        }
    }

    #[test]
    fn other_names_do_not() {
        for host in [
            "",
            "evil.test",
            "localhost.evil.test",
            "evillocalhost",
            "127.0.0.2",
            "[::2]:1",
            "localhost:x",
            "localhost@evil",
            "[::1]x",
            "user@localhost",
        ] {
            assert!(!judged(&[("host", host)]), "{host}");
        }
        assert!(!judged(&[]));
        assert!(!judged(&[("host", "localhost"), ("host", "localhost")]));
        let uri: Uri = "http://evil.test/".parse().unwrap();
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static("localhost"))]);
        assert!(Guard::default().check(&uri, &headers).is_err());
    }

    #[test]
    fn pages_of_other_origins_do_not() {
        let local = ("host", "localhost:9400");
        assert!(judged(&[local, ("origin", "http://localhost:9400")]));
        for origin in [
            "http://localhost:3000",
            "http://evil.test",
            "null",
            "localhost:9400",
            "http://localhost:9400.evil",
        ] {
            assert!(!judged(&[local, ("origin", origin)]), "{origin}");
        }
        assert!(!judged(&[local, ("origin", "http://localhost:9400"), ("origin", "http://evil.test")]));
        assert!(!judged(&[local, ("sec-fetch-site", "cross-site")]));
        assert!(judged(&[local, ("sec-fetch-site", "same-origin")]));
    }
}
