//! Signing requests with an access key, as AWS's tools do.

use crate::environment::Environment;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use lambent_api::sigv4::{Credentials, PayloadHash, Scope, Secret, Unsignable, sign};
use lambent_domain::time::Timestamp;
use lambent_store::access::AccessKey;

/// A key, and the region that its signatures are for.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    credentials: Credentials,
    region: String,
}

impl Signer {
    /// The key in AWS's variables, if there is one.
    pub(crate) fn of_environment(environment: &Environment, region: &str) -> Option<Self> {
        let variable = |name| environment.get(name).filter(|text| !text.is_empty());
        let credentials = Credentials {
            access_key_id: variable("AWS_ACCESS_KEY_ID")?.to_owned(),
            secret: Secret::new(variable("AWS_SECRET_ACCESS_KEY")?),
            session_token: variable("AWS_SESSION_TOKEN").map(str::to_owned),
        };
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).unwrap_or(region);
        Some(Self { credentials, region: region.to_owned() })
    }

    /// A key of a data directory on this machine.
    pub(crate) fn of_key(key: &AccessKey, region: &str) -> Self {
        let credentials = Credentials {
            access_key_id: key.id.to_string(),
            secret: Secret::new(key.secret.expose()),
            session_token: None,
        };
        Self { credentials, region: region.to_owned() }
    }

    /// The headers that the request needs besides its own.
    pub(crate) fn headers(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, Unsignable> {
        // CloudWatch Logs is at the root; all else is Lambda, Lambent's own API included.
        let service = if uri.path() == "/" { "logs" } else { "lambda" };
        let scope = Scope { region: &self.region, service };
        sign(method, uri, headers, PayloadHash::Of(body), &self.credentials, scope, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use lambent_api::sigv4::{Claim, ExpectedScope, KeyCache, read, verify};

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn environment(token: &str) -> Environment {
        Environment::from([
            ("AWS_ACCESS_KEY_ID", "AKIAAAAAAAAAAAAAAAAA"),
            ("AWS_SECRET_ACCESS_KEY", "a-secret-that-is-long"),
            ("AWS_SESSION_TOKEN", token),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
        ])
    }

    #[test]
    fn what_is_signed_is_taken_by_the_servers_own_check() {
        let cases = [("/2015-03-31/functions/a%3Ab/code?X=%2F", "lambda"), ("/", "logs")];
        for ((uri, service), token) in cases.into_iter().zip(["", "token"]) {
            let signer = Signer::of_environment(&environment(token), "us-east-1").unwrap();
            let (mut parts, ()) = Request::put(uri)
                .header("host", "127.0.0.1:9400")
                .header("content-type", "application/json")
                .body(())
                .unwrap()
                .into_parts();
            let added = signer.headers(&parts.method, &parts.uri, &parts.headers, b"{}", NOW).unwrap();
            parts.headers.extend(added);
            let Claim::Signed(claim) = read(&parts).unwrap() else { panic!("not signed") };
            assert_eq!(claim.access_key_id(), "AKIAAAAAAAAAAAAAAAAA");
            assert_eq!(claim.session_token(), Some(token).filter(|token| !token.is_empty()));
            let expected = ExpectedScope { region: "eu-west-1", service };
            let check = |secret: &str, body: &[u8]| {
                verify(&claim, &parts, body, &Secret::new(secret), NOW, &expected, &KeyCache::new())
            };
            check("a-secret-that-is-long", b"{}").unwrap();
            check("a-secret-that-is-long", b"{ }").unwrap_err();
            check("another-secret", b"{}").unwrap_err();
        }
    }

    #[test]
    fn half_a_key_is_none() {
        let half = Environment::from([("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "")]);
        assert!(Signer::of_environment(&half, "us-east-1").is_none());
    }
}
