//! The code in a request: exactly one source, and a package that is fit to be unpacked.

use std::sync::Arc;

use lambent_domain::limits::{UNZIPPED_BYTES_MAX, ZIPPED_BYTES_MAX};
use lambent_store::code::{PackageError, PutError, StoredPackage};

use super::unsupported;
use crate::control::blocking;
use crate::error::ApiError;
use crate::generated::lambda::shapes::FunctionCode;
use crate::s3;
use crate::state::AppState;

/// Where a package comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// It was sent.
    Zip(Vec<u8>),
    /// It is to be fetched.
    S3(s3::Object),
}

/// The one source that a request names.
pub(super) fn source_of(code: FunctionCode) -> Result<Source, ApiError> {
    let elsewhere = code.s3_bucket.is_some() || code.s3_key.is_some() || code.image_uri.is_some();
    if code.zip_file.is_some() && elsewhere {
        return Err(ApiError::invalid_parameter(
            "Please do not provide other FunctionCode parameters when providing a ZipFile.",
        ));
    }
    unsupported::in_code(&code)?;
    if let (Some(bucket), Some(key)) = (code.s3_bucket, code.s3_key) {
        return Ok(Source::S3(s3::Object { bucket, key, version: code.s3_object_version }));
    }
    let zip = code
        .zip_file
        .ok_or_else(|| ApiError::invalid_parameter("Please provide a source for function code."))?;
    if zip.0.is_empty() {
        return Err(ApiError::invalid_parameter("Uploaded file must be a non-empty zip"));
    }
    if zip.0.len() > ZIPPED_BYTES_MAX {
        return Err(ApiError::zip_too_large(ZIPPED_BYTES_MAX));
    }
    Ok(Source::Zip(zip.0))
}

/// Puts a package in place. Keep what comes back until something names it.
pub(super) async fn put(state: &AppState, source: Source) -> Result<StoredPackage, ApiError> {
    let store = Arc::clone(&state.code);
    match source {
        Source::Zip(zip) => {
            blocking(move || store.put(&zip).map_err(|error| refused(error, ZIPPED_BYTES_MAX))).await
        }
        // A package that is fetched is bounded by what it may be unpacked only.
        Source::S3(object) => {
            let fetched = s3::fetch(state, &object).await?;
            let limit = usize::try_from(UNZIPPED_BYTES_MAX).unwrap_or(usize::MAX);
            blocking(move || store.put_within(&fetched.bytes, limit).map_err(|error| refused(error, limit)))
                .await
        }
    }
}

fn refused(error: PutError, limit: usize) -> ApiError {
    match error {
        PutError::Storage(error) => ApiError::internal(error),
        PutError::Package(PackageError::ZippedTooLarge) => ApiError::zip_too_large(limit),
        PutError::Package(error) => ApiError::invalid_parameter(sentence(&error.to_string())),
    }
}

/// The store's fragments start in lower case; AWS's texts do not.
fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
