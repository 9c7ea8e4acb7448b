//! `aws-chunked` bodies: a payload in chunks, each with its size and perhaps its signature before it.
//!
//! Every signature is over the one before it, from the request's own to the last chunk's and the trailers', so chunks can
//! be neither changed nor left out nor swapped. The whole body is in memory already and bounded; what comes out is never
//! larger than what went in.

use http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};

use super::fault::SignatureError;
use super::hex;
use super::key::SigningKey;
use super::signature::Signature;

const X_AMZ_DECODED_CONTENT_LENGTH: HeaderName = HeaderName::from_static("x-amz-decoded-content-length");
/// The longest line before a chunk, and the longest trailer.
const LINE_BYTES_MAX: usize = 1_024;
const TRAILERS_MAX: usize = 16;
const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// Where the signatures of a body have got to.
#[derive(Debug)]
pub(super) struct Chain<'a> {
    pub(super) key: &'a SigningKey,
    pub(super) time: &'a str,
    pub(super) scope: &'a str,
    pub(super) previous: Signature,
}

impl Chain<'_> {
    fn check_chunk(&mut self, chunk: &[u8], signature: Signature) -> Result<(), SignatureError> {
        let nothing = hash(&[]);
        self.check(b"AWS4-HMAC-SHA256-PAYLOAD", &[&nothing, &hash(chunk)], signature)
    }

    fn check_trailers(&mut self, trailers: &[u8], signature: Signature) -> Result<(), SignatureError> {
        self.check(b"AWS4-HMAC-SHA256-TRAILER", &[&hash(trailers)], signature)
    }

    fn check(&mut self, kind: &[u8], hashes: &[&[u8]], signature: Signature) -> Result<(), SignatureError> {
        let previous = self.previous.text();
        let mut lines: Vec<&[u8]> = vec![kind, self.time.as_bytes(), self.scope.as_bytes(), &previous];
        lines.extend_from_slice(hashes);
        if !signature.is(self.key.lines(&lines)) {
            return Err(SignatureError::Mismatch);
        }
        self.previous = signature;
        Ok(())
    }
}

fn hash(bytes: &[u8]) -> [u8; 64] {
    hex::encode(&Sha256::digest(bytes).into())
}

/// How long the payload is said to be.
pub(super) fn decoded_length(headers: &HeaderMap) -> Result<usize, SignatureError> {
    let mut values = headers.get_all(X_AMZ_DECODED_CONTENT_LENGTH).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(malformed("needs one x-amz-decoded-content-length header"));
    };
    let text = value.to_str().ok().filter(|text| text.bytes().all(|digit| digit.is_ascii_digit()));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| malformed("has a decoded length that is no number"))
}

/// Takes the payload out of chunks that have no signatures.
pub(crate) fn decode_unsigned(body: &[u8], length: usize) -> Result<Vec<u8>, SignatureError> {
    decode(body, length, None, true)
}

/// Takes the payload out of its chunks; with a chain, only if every signature is right.
pub(super) fn decode(
    body: &[u8],
    length: usize,
    mut chain: Option<Chain<'_>>,
    trailer: bool,
) -> Result<Vec<u8>, SignatureError> {
    let mut payload = Vec::with_capacity(length.min(body.len()));
    let mut rest = body;
    loop {
        let line = take_line(&mut rest)?;
        let (size, signature) = parse_chunk_head(line, chain.is_some())?;
        let (chunk, after) =
            rest.split_at_checked(size).ok_or_else(|| malformed("ends in the middle of a chunk"))?;
        if let (Some(chain), Some(signature)) = (&mut chain, signature) {
            chain.check_chunk(chunk, signature)?;
        }
        rest = after;
        if size == 0 {
            break;
        }
        payload.extend_from_slice(chunk);
        rest = rest
            .strip_prefix(b"\r\n")
            .ok_or_else(|| malformed("has a chunk of another size than it says"))?;
    }
    take_trailers(&mut rest, chain, trailer)?;
    if !rest.is_empty() {
        return Err(malformed("goes on after its last chunk"));
    }
    if payload.len() != length {
        return Err(malformed("is not as long as x-amz-decoded-content-length says"));
    }
    Ok(payload)
}

/// Reads `400;chunk-signature=…`, or only `400` where chunks are not signed.
fn parse_chunk_head(line: &str, signed: bool) -> Result<(usize, Option<Signature>), SignatureError> {
    let (size, signature) = match line.split_once(";chunk-signature=") {
        Some((size, signature)) if signed => {
            (size, Some(Signature::parse(signature).ok_or(SignatureError::Mismatch)?))
        }
        None if !signed => (line, None),
        Some(_) | None => return Err(malformed("has a chunk with a signature too many or too few")),
    };
    let is_hex = !size.is_empty() && size.bytes().all(|digit| digit.is_ascii_hexdigit());
    let size = is_hex.then(|| usize::from_str_radix(size, 16).ok()).flatten();
    size.map(|size| (size, signature)).ok_or_else(|| malformed("has a chunk without a size"))
}

/// The lines behind the last chunk, up to an empty one. Their checksums are for S3, which stores what it checked.
fn take_trailers(
    rest: &mut &[u8],
    mut chain: Option<Chain<'_>>,
    allowed: bool,
) -> Result<(), SignatureError> {
    let mut trailers = String::new();
    let mut is_signed = false;
    for _ in 0..=TRAILERS_MAX {
        let line = take_line(rest)?;
        if line.is_empty() {
            // Signed chunks with trailers end in the trailers' signature.
            let is_complete = chain.is_none() || !allowed || is_signed;
            return if is_complete { Ok(()) } else { Err(SignatureError::Mismatch) };
        }
        let (name, value) = line.split_once(':').ok_or_else(|| malformed("has a trailer without a name"))?;
        if !allowed || is_signed {
            return Err(malformed("has a trailer that was not announced"));
        }
        match &mut chain {
            Some(chain) if name == TRAILER_SIGNATURE => {
                let signature = Signature::parse(value.trim()).ok_or(SignatureError::Mismatch)?;
                chain.check_trailers(trailers.as_bytes(), signature)?;
                is_signed = true;
            }
            Some(_) | None => {
                trailers.push_str(&format!("{}:{}\n", name.to_ascii_lowercase(), value.trim()));
            }
        }
    }
    Err(malformed("has too many trailers"))
}

/// The text up to the next line end, which is passed.
fn take_line<'a>(rest: &mut &'a [u8]) -> Result<&'a str, SignatureError> {
    let window = rest.get(..LINE_BYTES_MAX.min(rest.len())).unwrap_or_default();
    let end = window.windows(2).position(|pair| pair == b"\r\n");
    let line = end.and_then(|end| rest.split_at_checked(end));
    let (line, after) =
        line.ok_or_else(|| malformed("ends, or goes on too long, in the middle of a line"))?;
    *rest = after.get(2..).unwrap_or_default();
    std::str::from_utf8(line).map_err(|_| malformed("is not text where it must be"))
}

fn malformed(complaint: &str) -> SignatureError {
    SignatureError::incomplete(format!("The aws-chunked request {complaint}."))
}
