//! Code that lies in S3: fetched from the one endpoint that is configured, AWS's or anybody's that speaks its protocol.
//!
//! What comes is bounded in bytes and in time, and only one large object is in memory at a time. What S3 complains about is
//! passed on in the words of AWS Lambda; what only the operator can mend is logged, and the caller told no more than that.

mod address;
mod connection;
mod refusal;
mod trust;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use lambent_domain::limits::UNZIPPED_BYTES_MAX;
use lambent_domain::time::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

pub use address::{Addressing, Endpoint, NoEndpoint};
pub use trust::{UntrustedError, client_config};

use crate::error::ApiError;
use crate::sigv4::{self, Credentials, PayloadHash};
use crate::state::AppState;

/// How long a client waits for its turn to have an object fetched.
const TURN_MAX: Duration = Duration::from_secs(20);
/// How long an object may take, from the first packet to the last.
const FETCH_MAX: Duration = Duration::from_secs(90);

/// An object that is wanted.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version: Option<String>,
}

impl fmt::Display for Object {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.bucket, self.key)
    }
}

/// An object that is here. It takes up the room for large ones until it is dropped.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) bytes: Bytes,
    _turn: OwnedSemaphorePermit,
}

/// Where objects are fetched from, and as whom.
#[derive(Debug)]
pub struct S3 {
    endpoint: Endpoint,
    region: String,
    /// None: requests are not signed, which is enough for what anybody may read.
    credentials: Option<Credentials>,
    /// Only for an endpoint with https.
    tls: Option<Arc<rustls::ClientConfig>>,
    turns: Arc<Semaphore>,
}

impl S3 {
    /// `ca_file` holds the certificates of those whose word counts for an https endpoint; none stands for the system's.
    pub fn new(
        endpoint: Endpoint,
        region: String,
        credentials: Option<Credentials>,
        ca_file: Option<&Path>,
    ) -> Result<Self, UntrustedError> {
        let tls = endpoint.is_https().then(|| trust::client_config(ca_file)).transpose()?;
        Ok(Self { endpoint, region, credentials, tls, turns: Arc::new(Semaphore::new(1)) })
    }
}

/// The object's bytes, as many as a package may have once it is unpacked.
pub(crate) async fn fetch(state: &AppState, object: &Object) -> Result<Fetched, ApiError> {
    let s3 = state.s3.as_ref().ok_or_else(|| {
        ApiError::invalid_parameter(
            "This server knows no S3 to fetch code from: set aws.s3_endpoint_url in its configuration, or send the code as \
             ZipFile.",
        )
    })?;
    let turn = timeout(TURN_MAX, Arc::clone(&s3.turns).acquire_owned()).await;
    let turn = turn.ok().and_then(Result::ok).ok_or_else(|| {
        ApiError::unavailable("Too many packages are fetched from S3 at a time. Try again later.")
    })?;
    let answered = timeout(FETCH_MAX, s3.get(object, state.clock.now())).await;
    let answered = answered.unwrap_or(Err(connection::Failure::TimedOut));
    match answered {
        Ok(connection::Answered::Object(bytes)) => Ok(Fetched { bytes, _turn: turn }),
        Ok(connection::Answered::Refused { status, headers, body }) => {
            Err(refusal::of(object, status, &headers, &body))
        }
        Err(connection::Failure::TooLarge) => Err(ApiError::invalid_parameter(format!(
            "Unzipped size must be smaller than {UNZIPPED_BYTES_MAX} bytes"
        ))),
        Err(failure) => {
            tracing::warn!(error = %failure, s3.endpoint = %s3.endpoint, "code could not be fetched from S3");
            Err(ApiError::unavailable(
                "The S3 endpoint of this server does not answer. Try again later; the server's log has the cause.",
            ))
        }
    }
}

impl S3 {
    async fn get(
        &self,
        object: &Object,
        now: Timestamp,
    ) -> Result<connection::Answered, connection::Failure> {
        let address = self.endpoint.address(object).ok_or(connection::Failure::Unaddressable)?;
        let mut headers = HeaderMap::new();
        if let Some(credentials) = &self.credentials {
            let scope = sigv4::Scope { region: &self.region, service: "s3" };
            let (uri, payload) = (&address.uri, PayloadHash::Of(&[]));
            let signed = sigv4::sign(&Method::GET, uri, &headers, payload, credentials, scope, now);
            headers.extend(signed.map_err(|_| connection::Failure::Unaddressable)?);
        }
        let limit = usize::try_from(UNZIPPED_BYTES_MAX).unwrap_or(usize::MAX);
        connection::get(&address, headers, self.tls.as_ref(), limit).await
    }
}
