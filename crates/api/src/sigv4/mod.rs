//! AWS Signature Version 4: reading what a request says of its signature, checking it, and signing.
//!
//! Pure functions: no clock, no I/O. What a request claims is read from its head ([`read`]), before a byte of its body is
//! looked at; the check ([`verify`]) wants the body and the secret. The same canonical form serves both directions, so
//! what [`sign`] and [`presign`] make is what [`verify`] accepts.
//!
//! Invariants: a signature is compared in constant time and can be compared in no other way; no secret, session token or
//! signature is ever printed; every header that can change what a request means (`x-amz-*`, `x-lambent-*`, `Host`) is signed or the
//! request is refused; a payload is handed on only after its own hash or its chunks' signatures were checked.

mod authorization;
mod canonical;
mod chunked;
mod claim;
mod credential;
mod credentials;
mod fault;
mod hex;
mod key;
mod payload;
mod presigned;
mod sign;
mod signature;
mod signing_time;
#[cfg(test)]
mod tests;
mod verify;

pub(crate) use chunked::decode_unsigned;
pub(crate) use claim::is_chunked;
pub(crate) use claim::is_of_another_scheme;
pub use claim::{Claim, SignedClaim, read};
pub use credentials::{Credentials, Secret};
pub use fault::SignatureError;
pub use key::KeyCache;
pub use payload::PayloadForm;
pub use sign::{PayloadHash, Scope, Unsignable, presign, sign};
pub use verify::{ExpectedScope, Payload, verify};

/// The only algorithm there is here.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What a credential scope ends with.
const TERMINATOR: &str = "aws4_request";
/// The longest that a presigned request may be valid: seven days.
const EXPIRES_SECS_MAX: u32 = 604_800;
/// S3 signs paths encoded once and never normalised; every other service signs them encoded twice.
const S3: &str = "s3";
