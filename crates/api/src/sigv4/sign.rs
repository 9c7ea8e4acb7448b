//! Signing: what a client puts into its requests.

use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Uri};
use lambent_domain::time::Timestamp;
use sha2::{Digest, Sha256};

use super::canonical::{self, Canonical, PathForm};
use super::claim::{X_AMZ_CONTENT_SHA256, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use super::credentials::Credentials;
use super::key::{KeyScope, SigningKey};
use super::payload::PayloadForm;
use super::signing_time::SigningTime;
use super::{ALGORITHM, EXPIRES_SECS_MAX, S3, TERMINATOR, hex};

/// What a signature is to be good for.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub region: &'a str,
    pub service: &'a str,
}

/// What is signed of a body.
#[derive(Clone, Copy, Debug)]
pub enum PayloadHash<'a> {
    /// The hash of these bytes.
    Of(&'a [u8]),
    /// A hash that is known already.
    Known([u8; 32]),
    /// Nothing.
    Unsigned,
}

/// Why a request cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsignable {
    #[error("the request names no host")]
    NoHost,
    #[error("the credentials have characters that no header can have")]
    Credentials,
    #[error("a presigned request can be valid for {EXPIRES_SECS_MAX} seconds at most")]
    Lifetime,
}

/// What changes between signing and receiving, and what is about the connection only.
const NEVER_SIGNED: [&str; 12] = [
    "authorization",
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// The headers that the request needs besides its own `headers`, in place of any of the same name that it has.
pub fn sign(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    payload: PayloadHash<'_>,
    credentials: &Credentials,
    scope: Scope<'_>,
    now: Timestamp,
) -> Result<Vec<(HeaderName, HeaderValue)>, Unsignable> {
    let at = SigningTime::from(now);
    let mut added = Vec::new();
    if !headers.contains_key(HOST) {
        added.push((HOST, host(uri)?));
    }
    added.push((X_AMZ_DATE, header(at.text())?));
    if let Some(token) = &credentials.session_token {
        let mut token = header(token)?;
        token.set_sensitive(true);
        added.push((X_AMZ_SECURITY_TOKEN, token));
    }
    let payload = match payload {
        PayloadHash::Of(body) => PayloadForm::Hash(Sha256::digest(body).into()),
        PayloadHash::Known(hash) => PayloadForm::Hash(hash),
        PayloadHash::Unsigned => PayloadForm::Unsigned,
    };
    let is_said = headers.contains_key(X_AMZ_CONTENT_SHA256);
    if scope.service == S3 || payload == PayloadForm::Unsigned || is_said {
        let mut said = Vec::with_capacity(64);
        payload.write(&[], &mut said);
        added.push((
            X_AMZ_CONTENT_SHA256,
            HeaderValue::from_bytes(&said).map_err(|_| Unsignable::Credentials)?,
        ));
    }
    let mut all = headers.clone();
    for (name, value) in &added {
        all.insert(name, value.clone());
    }
    let signed_headers = signable(&all);
    let mut payload_line = Vec::new();
    payload.write(&[], &mut payload_line);
    let canonical = Canonical {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query(),
        headers: &all,
        authority: None,
        signed_headers: &signed_headers,
        payload_line: &payload_line,
    };
    let signature = signature(&canonical, credentials, scope, &at)?;
    let AccessKey(key) = AccessKey::of(credentials, scope, &at);
    let mut value = header(&format!(
        "{ALGORITHM} Credential={key}, SignedHeaders={signed_headers}, Signature={signature}"
    ))?;
    value.set_sensitive(true);
    added.push((AUTHORIZATION, value));
    Ok(added)
}

/// The whole query of a request that anybody may send once it has it, for so long, with `headers` as they are here.
pub fn presign(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    credentials: &Credentials,
    scope: Scope<'_>,
    now: Timestamp,
    expires_secs: u32,
) -> Result<String, Unsignable> {
    if expires_secs > EXPIRES_SECS_MAX {
        return Err(Unsignable::Lifetime);
    }
    let at = SigningTime::from(now);
    let mut all = headers.clone();
    if !all.contains_key(HOST) {
        all.insert(HOST, host(uri)?);
    }
    let signed_headers = signable(&all);
    let AccessKey(key) = AccessKey::of(credentials, scope, &at);
    let mut query = uri.query().map(str::to_owned).unwrap_or_default();
    let expires = expires_secs.to_string();
    let parameters = [
        ("X-Amz-Algorithm", Some(ALGORITHM)),
        ("X-Amz-Credential", Some(key.as_str())),
        ("X-Amz-Date", Some(at.text())),
        ("X-Amz-Expires", Some(expires.as_str())),
        ("X-Amz-SignedHeaders", Some(signed_headers.as_str())),
        ("X-Amz-Security-Token", credentials.session_token.as_deref()),
    ];
    for (name, value) in parameters {
        let Some(value) = value else { continue };
        append(&mut query, name, value);
    }
    let payload = if scope.service == S3 { PayloadForm::Unsigned } else { PayloadForm::Unstated };
    let mut payload_line = Vec::new();
    payload.write(&[], &mut payload_line);
    let canonical = Canonical {
        method: method.as_str(),
        path: uri.path(),
        query: Some(&query),
        headers: &all,
        authority: None,
        signed_headers: &signed_headers,
        payload_line: &payload_line,
    };
    let signature = signature(&canonical, credentials, scope, &at)?;
    append(&mut query, "X-Amz-Signature", &signature);
    Ok(query)
}

/// The value of `Credential`.
struct AccessKey(String);

impl AccessKey {
    fn of(credentials: &Credentials, scope: Scope<'_>, at: &SigningTime) -> Self {
        Self(format!("{}/{}", credentials.access_key_id, scope_text(scope, at)))
    }
}

fn scope_text(scope: Scope<'_>, at: &SigningTime) -> String {
    format!("{}/{}/{}/{TERMINATOR}", at.date(), scope.region, scope.service)
}

fn signature(
    canonical: &Canonical<'_>,
    credentials: &Credentials,
    scope: Scope<'_>,
    at: &SigningTime,
) -> Result<String, Unsignable> {
    use hmac::Mac;
    let form = if scope.service == S3 { PathForm::Once } else { PathForm::TwiceNormalised };
    // Every header in the list is there, because the list was made from them.
    let hash = canonical.hash(form).ok_or(Unsignable::NoHost)?;
    let key_scope = KeyScope {
        access_key_id: &credentials.access_key_id,
        date: at.date(),
        region: scope.region,
        service: scope.service,
    };
    let key = SigningKey::derive(&credentials.secret, &key_scope);
    let mac = key.request(at.text(), &scope_text(scope, at), &hash).finalize();
    let text = hex::encode(&mac.into_bytes().into());
    Ok(text.iter().map(|digit| char::from(*digit)).collect())
}

/// The names of what is signed.
fn signable(headers: &HeaderMap) -> String {
    let mut names: Vec<&str> =
        headers.keys().map(HeaderName::as_str).filter(|name| !NEVER_SIGNED.contains(name)).collect();
    names.sort_unstable();
    names.join(";")
}

fn append(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    canonical::encode(value, query);
}

fn host(uri: &Uri) -> Result<HeaderValue, Unsignable> {
    let authority = uri.authority().ok_or(Unsignable::NoHost)?;
    // Names and passwords before an `@` are not part of the host.
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    HeaderValue::from_str(host).map_err(|_| Unsignable::NoHost)
}

fn header(text: &str) -> Result<HeaderValue, Unsignable> {
    HeaderValue::from_str(text).map_err(|_| Unsignable::Credentials)
}
