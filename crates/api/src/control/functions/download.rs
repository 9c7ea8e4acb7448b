//! `Code.Location`: a URL of this server's own that really gives the package, to whoever was given it, for a while.
//!
//! ```text
//! /_lambent/v1/code/<SHA-256 of the package, in hex>?Expires=<seconds since 1970>&Signature=<HMAC of both>
//! ```
//!
//! The signature is all the authentication that such a URL needs, as it is with AWS's: only who may ask for a function is
//! given one. The key is the code store's, so that a URL outlives a restart.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hmac::digest::Key;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderValue, Response};
use lambent_domain::function::CodeSha256;
use lambent_domain::time::Timestamp;
use sha2::Sha256;

use crate::control::{Call, blocking};
use crate::error::ApiError;
use crate::response::{Aborted, Answer, AnswerBody, AnswerSender};
use crate::route::Query;
use crate::state::AppState;

/// As long as the URLs that AWS gives.
const VALID_FOR: Duration = Duration::from_secs(600);
/// What is read and sent at a time.
const PIECE_BYTES: usize = 256 * 1024;
/// Keeps this signature apart from any other that the key may be used for.
const PURPOSE: &[u8] = b"lambent code download 1";

/// What a URL says.
#[derive(Debug)]
pub(crate) struct Ticket {
    code: CodeSha256,
    expires_secs: u64,
    signature: Vec<u8>,
}

impl Ticket {
    /// Reads the last part of a path and the query; none if they are not of the form.
    pub(crate) fn parse(code: &str, query: &Query) -> Option<Self> {
        let expires = query.get("Expires")?;
        let expires_secs = expires.parse().ok()?;
        let signature = URL_SAFE_NO_PAD.decode(query.get("Signature")?).ok()?;
        // One number has one form: `+1` and `01` are none of ours.
        let canonical = u64::to_string(&expires_secs) == expires;
        CodeSha256::from_hex(code).filter(|_| canonical).map(|code| Self { code, expires_secs, signature })
    }

    /// The package, if the signature is this server's and the time has not come.
    fn redeem(&self, key: &[u8; 32], now: Timestamp) -> Option<CodeSha256> {
        // In a time that says nothing about the right signature.
        mac(key, self.code, self.expires_secs).verify_slice(&self.signature).ok()?;
        (now.as_millis() / 1_000 < self.expires_secs).then_some(self.code)
    }
}

fn mac(key: &[u8; 32], code: CodeSha256, expires_secs: u64) -> Hmac<Sha256> {
    // HMAC fills a key up with zeroes.
    let mut block = Key::<Hmac<Sha256>>::default();
    block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    let mut mac = Hmac::<Sha256>::new(&block);
    mac.update(PURPOSE);
    mac.update(code.as_bytes());
    mac.update(&expires_secs.to_be_bytes());
    mac
}

fn path_and_query(key: &[u8; 32], code: CodeSha256, now: Timestamp) -> String {
    let expires_secs = now.plus(VALID_FOR).as_millis() / 1_000;
    let signature = URL_SAFE_NO_PAD.encode(mac(key, code, expires_secs).finalize().into_bytes());
    format!("/_lambent/v1/code/{}?Expires={expires_secs}&Signature={signature}", code.to_hex())
}

/// Where a package can be fetched for a while.
pub(crate) fn location(call: &Call<'_>, code: CodeSha256) -> String {
    let state = call.state;
    let scheme = if state.access.https { "https" } else { "http" };
    // The caller has just reached this server by that name.
    let host = call.parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!(
        "{scheme}://{host}{}",
        path_and_query(state.code.download_key().as_bytes(), code, state.clock.now())
    )
}

/// Sends the package, piece by piece: however large it is, only a little of it is in memory.
pub(crate) async fn download(state: &AppState, ticket: Option<Ticket>) -> Result<Answer, ApiError> {
    let missing = || ApiError::access_denied("This URL has expired or was never given.");
    let key = state.code.download_key().as_bytes();
    let redeemed = ticket.and_then(|ticket| ticket.redeem(key, state.clock.now()));
    let sha256 = redeemed.ok_or_else(missing)?;
    let code = Arc::clone(&state.code);
    let opened = blocking(move || code.open_zip(sha256).map_err(ApiError::internal)).await?;
    let (file, bytes) = opened.ok_or_else(missing)?;
    let mut answer = Response::new(AnswerBody::stream(move |sender| send(file, bytes, sender)));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    Ok(answer)
}

async fn send(mut file: File, bytes: u64, mut sender: AnswerSender) -> Result<(), Aborted> {
    let mut left = bytes;
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        let (back, piece) = blocking(move || {
            let mut piece = vec![0; wanted];
            file.read_exact(&mut piece).map_err(ApiError::internal)?;
            Ok((file, piece))
        })
        .await
        .map_err(|error| {
            tracing::error!(error = error.operator(), "a package could not be read to its end");
            Aborted
        })?;
        file = back;
        left = left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        sender.send(Bytes::from(piece)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [1; 32];
    const CODE: CodeSha256 = CodeSha256::new([7; 32]);

    fn ticket(text: &str) -> Option<Ticket> {
        let (path, query) = text.split_once('?')?;
        Ticket::parse(path.rsplit_once('/')?.1, &Query::parse(Some(query)).ok()?)
    }

    #[test]
    fn a_url_is_good_for_its_package_and_its_time() {
        let now = Timestamp::from_millis(1_764_072_000_999);
        let given = path_and_query(&KEY, CODE, now);
        let redeemed =
            |text: &str, key: &[u8; 32], now| ticket(text).and_then(|ticket| ticket.redeem(key, now));
        assert_eq!(redeemed(&given, &KEY, now), Some(CODE));
        assert_eq!(redeemed(&given, &KEY, now.plus(Duration::from_secs(599))), Some(CODE));
        assert_eq!(redeemed(&given, &KEY, now.plus(VALID_FOR)), None);
        assert_eq!(redeemed(&given, &[2; 32], now), None);
        for (part, other) in [
            ("0707", "0708"),
            ("Expires=1764072600", "Expires=1764072601"),
            ("Expires=1764072600", "Expires=+1764072600"),
            ("Expires=1764072600&", ""),
            ("Signature=", "Signature=A"),
            ("Signature=", "Signed="),
        ] {
            assert!(given.contains(part), "{given}");
            assert_eq!(redeemed(&given.replacen(part, other, 1), &KEY, now), None, "{other}");
        }
        for position in 0..given.len() {
            let mut bytes = given.clone().into_bytes();
            bytes[position] = if bytes[position] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(bytes).unwrap();
            let prefix = given.find("/code/").unwrap() + 6;
            assert!(position < prefix || redeemed(&changed, &KEY, now).is_none(), "{changed}");
        }
    }
}
