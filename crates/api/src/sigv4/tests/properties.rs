//! What is signed here is accepted here, and nothing else is.

use http::{HeaderMap, Method, Uri};
use proptest::prelude::*;

use super::super::{Credentials, PayloadHash, Scope, Unsignable, presign, sign};
use super::*;

#[derive(Clone, Debug)]
struct Drawn {
    method: String,
    path: String,
    query: String,
    value: String,
    body: Vec<u8>,
    token: Option<String>,
    service: &'static str,
}

prop_compose! {
    fn drawn(path: &'static str)(
        method in "GET|POST|PUT|DELETE|X",
        path in path,
        query in "([a-z%]{0,3}=?[a-zA-Z0-9~:+]{0,4}&?){0,4}",
        value in "[a-z \\t]{1,12}",
        body in prop::collection::vec(any::<u8>(), 0..40),
        token in prop::option::of("[a-zA-Z+/=]{1,20}"),
        service in prop::sample::select(vec!["lambda", "s3"]),
    ) -> Drawn {
        Drawn { method, path, query, value, body, token, service }
    }
}

const ANY_PATH: &str = "/[a-zA-Z0-9$:./%~ä@+-]{0,30}";
/// Neither dots nor escapes, so that two paths that differ mean different things.
const PLAIN_PATH: &str = "/[a-zA-Z0-9$:~@-]{0,30}";

impl Drawn {
    fn credentials(&self) -> Credentials {
        Credentials {
            access_key_id: "AKID".to_owned(),
            secret: Secret::new("secret"),
            session_token: self.token.clone(),
        }
    }

    fn uri(&self) -> Uri {
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        format!("http://localhost:9400{}{query}", self.path).parse().unwrap()
    }

    fn headers(&self) -> HeaderMap {
        let value = HeaderValue::from_str(self.value.trim()).unwrap();
        HeaderMap::from_iter([(HeaderName::from_static("x-amz-thing"), value)])
    }

    fn scope(&self) -> Scope<'static> {
        Scope { region: "eu-west-1", service: self.service }
    }

    fn parts(&self, uri: Uri, headers: HeaderMap) -> Parts {
        let mut parts = Request::new(()).into_parts().0;
        parts.method = Method::from_bytes(self.method.as_bytes()).unwrap();
        parts.uri = uri;
        parts.headers = headers;
        parts
    }

    fn signed(&self) -> Parts {
        let (uri, mut headers) = (self.uri(), self.headers());
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let payload = PayloadHash::Of(&self.body);
        let now = timestamp("20261128T050000Z");
        let added = sign(&method, &uri, &headers, payload, &self.credentials(), self.scope(), now).unwrap();
        headers.extend(added.into_iter().map(|(name, value)| (Some(name), value)));
        self.parts(uri, headers)
    }

    fn presigned(&self) -> Parts {
        let (uri, headers) = (self.uri(), self.headers());
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let now = timestamp("20261128T050000Z");
        let query = presign(&method, &uri, &headers, &self.credentials(), self.scope(), now, 60).unwrap();
        self.parts(format!("http://localhost:9400{}?{query}", self.path).parse().unwrap(), headers)
    }
}

/// Another character in place of the one at `index`.
fn changed(text: &str, index: prop::sample::Index) -> String {
    let at = index.index(text.chars().count());
    text.chars()
        .enumerate()
        .map(|(position, sign)| match (position == at, sign) {
            (false, sign) => sign,
            (true, 'q') => 'r',
            (true, _) => 'q',
        })
        .collect()
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted(drawn in drawn(ANY_PATH)) {
        let parts = drawn.signed();
        let claim = signed(&parts).unwrap();
        prop_assert_eq!(claim.session_token(), drawn.token.as_deref());
        prop_assert_eq!(verdict(&parts, &drawn.body, "secret"), Ok(Payload::Whole));
        prop_assert_eq!(verdict(&parts, &drawn.body, "Secret"), Err(SignatureError::Mismatch));
    }

    #[test]
    fn what_is_presigned_is_accepted(drawn in drawn(ANY_PATH)) {
        let parts = drawn.presigned();
        let claim = signed(&parts).unwrap();
        prop_assert_eq!(claim.session_token(), drawn.token.as_deref());
        prop_assert_eq!(verdict(&parts, b"", "secret"), Ok(Payload::Whole));
        prop_assert_eq!(verdict(&parts, b"", "Secret"), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_change_of_one_byte_is_noticed(
        drawn in drawn(PLAIN_PATH),
        what in 0..6_u8,
        index in any::<prop::sample::Index>(),
    ) {
        let mut parts = drawn.signed();
        let mut body = drawn.body.clone();
        let mut other = drawn.clone();
        match what {
            0 if !body.is_empty() => {
                let at = index.index(body.len());
                body[at] ^= 1;
            }
            1 => other.method = changed(&drawn.method, index),
            2 if drawn.path.len() > 1 => other.path = format!("/{}", changed(&drawn.path[1..], index)),
            // A plus sign and a blank mean the same, and so may do escapes.
            3 if !drawn.query.is_empty() && !drawn.query.contains(['+', '%', '&']) => {
                other.query = changed(&drawn.query, index);
            }
            4 if !drawn.value.trim().is_empty() => {
                let value = changed(drawn.value.trim(), index);
                parts.headers.insert("x-amz-thing", HeaderValue::from_str(&value).unwrap());
            }
            _ => {
                let authorization = parts.headers["authorization"].to_str().unwrap();
                let (start, signature) = authorization.rsplit_once('=').unwrap();
                let at = index.index(64);
                let forged = if signature.as_bytes()[at] == b'0' { "1" } else { "0" };
                let forged = format!("{start}={}{forged}{}", &signature[..at], &signature[at + 1..]);
                parts.headers.insert("authorization", HeaderValue::from_str(&forged).unwrap());
            }
        }
        parts.uri = other.uri();
        parts.method = Method::from_bytes(other.method.as_bytes()).unwrap();
        prop_assert_eq!(verdict(&parts, &body, "secret"), Err(SignatureError::Mismatch));
    }

    #[test]
    fn any_bytes_as_a_request_are_judged(
        head in "(GET|POST) /[a-z%/.]{0,8}(\\?(X-Amz-[A-Z][a-z]{3,9}=[a-zA-Z0-9%/]{0,9}&?){0,4})?\n\
                 (authorization: AWS4-HMAC-SHA256 [A-Za-z=,/;]{0,40}\n)?(x-amz-date: [0-9TZ]{0,16}\n)?(host: a\n)?",
        body in any::<Vec<u8>>(),
    ) {
        let mut bytes = head.into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&body);
        crate::harness::signature(&bytes);
    }
}

#[test]
fn what_cannot_be_signed_is_said_so() {
    let (headers, now) = (HeaderMap::new(), timestamp("20261128T050000Z"));
    let credentials = |token: &str| Credentials {
        access_key_id: "AKID".to_owned(),
        secret: Secret::new("secret"),
        session_token: Some(token.to_owned()),
    };
    let scope = Scope { region: "eu-west-1", service: "lambda" };
    let sign = |uri: &'static str, token: &str| {
        let uri = Uri::from_static(uri);
        sign(&Method::GET, &uri, &headers, PayloadHash::Unsigned, &credentials(token), scope, now).map(drop)
    };
    assert_eq!(sign("/", "token"), Err(Unsignable::NoHost));
    assert_eq!(sign("http://localhost/", "to\nken"), Err(Unsignable::Credentials));
    assert_eq!(sign("http://localhost/", "token"), Ok(()));
    let uri = Uri::from_static("http://localhost/");
    let presigned = presign(&Method::GET, &uri, &headers, &credentials("token"), scope, now, 604_801);
    assert_eq!(presigned, Err(Unsignable::Lifetime));
}
