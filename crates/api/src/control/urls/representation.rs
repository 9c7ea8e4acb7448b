//! A URL as answers show it.

use std::net::IpAddr;

use http::header::HOST;
use http::uri::Authority;
use lambent_domain::arn::FunctionArn;
use lambent_domain::function::{FunctionUrl, UrlCors};

use super::Call;
use crate::control::date;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{Cors, FunctionUrlConfig};
use crate::url::{UrlId, function_url};

/// Resolves to this machine on most systems, with whatever in front.
const LOCALHOST: &str = "localhost";

pub(super) fn of(
    call: &Call<'_>,
    arn: &FunctionArn,
    url: &FunctionUrl,
) -> Result<FunctionUrlConfig, ApiError> {
    let id = UrlId::parse(&url.url_id).ok_or_else(|| ApiError::internal("a stored URL has no identifier"))?;
    let https = call.state.access.https;
    let host = call.parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let (name, port) = reached(host, call.names, https);
    Ok(FunctionUrlConfig {
        function_url: Some(function_url(&id, call.state.identity.region.as_str(), name, port, https)),
        function_arn: Some(arn.to_string()),
        creation_time: Some(date::utc(url.created)?),
        last_modified_time: Some(date::utc(url.last_modified)?),
        cors: url.cors.as_ref().map(cors),
        auth_type: Some(url.auth_type.as_str().to_owned()),
        invoke_mode: Some(url.invoke_mode.as_str().to_owned()),
    })
}

/// Name and port for URLs, by the `Host` with which the caller has just reached this server: a configured name as it is.
/// A URL needs a name, so whoever came by an address gets the first configured one, or `localhost`.
fn reached<'a>(host: &str, names: &'a [String], https: bool) -> (&'a str, u16) {
    let authority: Option<Authority> = host.parse().ok();
    let default_port = if https { 443 } else { 80 };
    let port = authority.as_ref().and_then(Authority::port_u16).unwrap_or(default_port);
    let called = authority.as_ref().map_or("", Authority::host);
    let by_address = is_address(called);
    let mut names = names.iter().filter(|name| !is_address(name));
    let loopback = by_address && is_loopback(called);
    let name = names.find(|name| name.eq_ignore_ascii_case(called) || by_address && !loopback);
    (name.map_or(LOCALHOST, String::as_str), port)
}

fn address(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    bare.unwrap_or(name).parse().ok()
}

fn is_address(name: &str) -> bool {
    address(name).is_some()
}

fn is_loopback(name: &str) -> bool {
    address(name).is_some_and(|address| address.is_loopback())
}

fn cors(kept: &UrlCors) -> Cors {
    Cors {
        allow_credentials: kept.allow_credentials,
        allow_headers: kept.allow_headers.clone(),
        allow_methods: kept.allow_methods.clone(),
        allow_origins: kept.allow_origins.clone(),
        expose_headers: kept.expose_headers.clone(),
        max_age: kept.max_age_secs.map(i64::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_the_name_that_the_caller_used_if_it_can_be_one() {
        let names = ["192.0.2.1", "lambent.test", "other.test"].map(str::to_owned);
        for (host, https, expected) in [
            ("localhost:9400", false, ("localhost", 9_400)),
            ("a.localhost:9400", false, ("localhost", 9_400)),
            ("127.0.0.1:9400", false, ("localhost", 9_400)),
            ("[::1]:9400", false, ("localhost", 9_400)),
            ("192.0.2.1:9400", false, ("lambent.test", 9_400)),
            ("Other.Test:9400", true, ("other.test", 9_400)),
            ("other.test", true, ("other.test", 443)),
            ("lambent.test", false, ("lambent.test", 80)),
            ("unknown.test:1", false, ("localhost", 1)),
            ("", false, ("localhost", 80)),
            ("not a host:x", false, ("localhost", 80)),
        ] {
            assert_eq!(reached(host, &names, https), expected, "{host}");
        }
        assert_eq!(reached("192.0.2.1:9400", &names[..1], false), ("localhost", 9_400));
    }
}
