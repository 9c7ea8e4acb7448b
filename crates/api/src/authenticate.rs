//! Station 2, authenticate: who a request comes from.
//!
//! In two steps, because a signature covers the body: [`admit`] looks at the head alone and turns away who cannot be
//! right whatever the body is, before a byte of it is read; [`Admission::verify`] checks the signature.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use lambent_domain::arn::Region;
use lambent_domain::policy::Principal;
use lambent_domain::time::Timestamp;
use tokio::time::Instant;

use crate::access::{Access, AccessKey, Auth, Registry, Rights, Status};
use crate::error::ApiError;
use crate::naming::Identity;
use crate::sigv4::{self, Claim, ExpectedScope, Payload, SignatureError, SignedClaim};

/// Largest body that is hashed or parsed between two waits of a connection; a larger one has a thread to itself.
pub(crate) const AT_ONCE_BYTES_MAX: usize = 256 * 1024;

/// Whom a listener serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Clients of the server.
    Public,
    /// The function in one sandbox, which has credentials of its own and has to use them.
    Sandbox,
}

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) rights: Rights,
    /// The key that signed; none for those who need not sign.
    pub(crate) key_id: Option<Arc<str>>,
    /// The function whose credentials these are.
    pub(crate) function_arn: Option<Arc<str>>,
}

/// Who may be right, as far as the head of a request says.
#[derive(Debug)]
pub(crate) enum Admission<'a> {
    /// Anybody on this machine may do everything.
    Owner,
    /// Nobody in particular, at a door that is open to everybody.
    Anonymous,
    /// Whoever holds the key, if the signature is right.
    Key(Box<SignedClaim<'a>>, Arc<AccessKey>),
}

/// Looks at a request's head. `is_open` says that what it asks for needs no caller.
pub(crate) fn admit<'a>(
    parts: &'a Parts,
    access: &Access,
    side: Side,
    is_open: bool,
    now: Timestamp,
) -> Result<Admission<'a>, SignatureError> {
    let trusted = side == Side::Public && access.auth == Auth::Loopback;
    judge(parts, access, trusted, is_open, now)
}

/// The same where everybody signs, whoever else is trusted.
pub(crate) fn admit_signed<'a>(
    parts: &'a Parts,
    access: &Access,
    now: Timestamp,
) -> Result<Admission<'a>, SignatureError> {
    judge(parts, access, false, false, now)
}

fn judge<'a>(
    parts: &'a Parts,
    access: &Access,
    trusted: bool,
    is_open: bool,
    now: Timestamp,
) -> Result<Admission<'a>, SignatureError> {
    // What is meant for a proxy, or for another server, is no claim to a key. Where none is needed it does no harm.
    let claim = if (trusted || is_open) && sigv4::is_of_another_scheme(parts) {
        Claim::Unsigned
    } else {
        sigv4::read(parts)?
    };
    match claim {
        Claim::Unsigned if trusted => Ok(Admission::Owner),
        Claim::Unsigned if is_open => Ok(Admission::Anonymous),
        Claim::Unsigned => Err(SignatureError::Missing),
        Claim::Signed(claim) => match access.registry.find(claim.access_key_id()) {
            // Clients insist on having a key; where none is needed, any will do.
            None if trusted => Ok(Admission::Owner),
            None => Err(SignatureError::UnknownKey),
            Some(key) => match key.status(now) {
                // Not told apart from a key that never was: that it was, is nobody's business.
                Status::Disabled => Err(SignatureError::UnknownKey),
                Status::Expired => Err(SignatureError::ExpiredToken),
                Status::Active if !key.takes_token(claim.session_token()) => Err(SignatureError::UnknownKey),
                Status::Active => Ok(Admission::Key(Box::new(claim), key)),
            },
        },
    }
}

impl Admission<'_> {
    /// Refuses a body in chunks whose signatures are not checked: handed on with the heads of its chunks, it would reach
    /// the function as garbage.
    pub(crate) fn check_chunks(&self, parts: &Parts) -> Result<(), ApiError> {
        if matches!(self, Self::Key(..)) || !sigv4::is_chunked(parts) {
            return Ok(());
        }
        Err(ApiError::unsupported_media(
            "A body in aws-chunked needs a signature of an access key of this server. Send the body as it is.",
        ))
    }

    /// Checks the signature, if there is one. Says who asks, and what the body is without the chunks it may have come in.
    pub(crate) async fn verify(
        &self,
        parts: &Parts,
        body: Bytes,
        service: &'static str,
        identity: &Identity,
        access: &Access,
        now: Timestamp,
    ) -> Result<(Caller, Bytes), ApiError> {
        let (claim, key) = match self {
            Self::Owner => return Ok((Caller::owner(identity), body)),
            Self::Anonymous => return Ok((Caller::anonymous(), body)),
            Self::Key(claim, key) => (claim, key),
        };
        let check = Check {
            body,
            key: Arc::clone(key),
            region: identity.region.clone(),
            service,
            registry: access.registry.clone(),
            now,
        };
        let body = if check.body.len() <= AT_ONCE_BYTES_MAX {
            check.run(claim, parts)?
        } else {
            // The claim borrows from the head, so it is read once more where the body is hashed.
            let parts = parts.clone();
            let checking = tokio::task::spawn_blocking(move || match sigv4::read(&parts)? {
                Claim::Signed(claim) => check.run(&claim, &parts),
                Claim::Unsigned => Err(SignatureError::Missing),
            });
            checking.await.map_err(ApiError::internal)??
        };
        let caller = Caller {
            principal: key.principal.clone(),
            rights: access.registry.rights(key),
            key_id: Some(Arc::clone(&key.id)),
            function_arn: key.function_arn.clone(),
        };
        Ok((caller, body))
    }
}

/// What a signature is checked with.
struct Check {
    body: Bytes,
    key: Arc<AccessKey>,
    region: Region,
    service: &'static str,
    registry: Registry,
    now: Timestamp,
}

impl Check {
    /// The body, without the chunks it may have come in.
    fn run(self, claim: &SignedClaim<'_>, parts: &Parts) -> Result<Bytes, SignatureError> {
        let Self { body, key, region, service, registry, now } = self;
        let expected = ExpectedScope { region: region.as_str(), service };
        let keys = registry.signing_keys();
        Ok(match sigv4::verify(claim, parts, &body, &key.secret, now, &expected, keys)? {
            Payload::Whole => body,
            Payload::Chunked(decoded) => decoded.into(),
        })
    }
}

impl Caller {
    /// Whoever is on this machine, where that is enough.
    fn owner(identity: &Identity) -> Self {
        let principal = Principal::Root { account: identity.account.clone() };
        Self { principal, rights: Rights::Full, key_id: None, function_arn: None }
    }

    /// Callers with a key are held to the configured rate, each on its own.
    pub(crate) fn hold_to_rate(&self, access: &Access) -> Result<(), ApiError> {
        let (Some(limiter), Some(key)) = (&access.rate, &self.key_id) else { return Ok(()) };
        limiter.admit(key, Instant::now()).map_err(ApiError::caller_too_fast)
    }

    /// Nobody in particular.
    pub(crate) fn anonymous() -> Self {
        Self { principal: Principal::Anonymous, rights: Rights::None, key_id: None, function_arn: None }
    }
}
