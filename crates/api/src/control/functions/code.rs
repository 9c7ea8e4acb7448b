//! The code in a request: exactly one source, and a package that is fit to be unpacked.

use std::sync::Arc;

use lambent_domain::limits::ZIPPED_BYTES_MAX;
use lambent_store::code::{CodeStore, PackageError, PutError, StoredPackage};

use super::unsupported;
use crate::control::blocking;
use crate::error::ApiError;
use crate::generated::lambda::shapes::FunctionCode;

/// The package's bytes.
pub(super) fn zip_of(code: FunctionCode) -> Result<Vec<u8>, ApiError> {
    let elsewhere = code.s3_bucket.is_some() || code.s3_key.is_some() || code.image_uri.is_some();
    if code.zip_file.is_some() && elsewhere {
        return Err(ApiError::invalid_parameter(
            "Please do not provide other FunctionCode parameters when providing a ZipFile.",
        ));
    }
    unsupported::in_code(&code)?;
    let zip = code
        .zip_file
        .ok_or_else(|| ApiError::invalid_parameter("Please provide a source for function code."))?;
    if zip.0.is_empty() {
        return Err(ApiError::invalid_parameter("Uploaded file must be a non-empty zip"));
    }
    if zip.0.len() > ZIPPED_BYTES_MAX {
        return Err(ApiError::zip_too_large(ZIPPED_BYTES_MAX));
    }
    Ok(zip.0)
}

/// Puts a package in place. Keep what comes back until a function names it.
pub(super) async fn put(store: &Arc<CodeStore>, zip: Vec<u8>) -> Result<StoredPackage, ApiError> {
    let store = Arc::clone(store);
    blocking(move || store.put(&zip).map_err(refused)).await
}

fn refused(error: PutError) -> ApiError {
    match error {
        PutError::Storage(error) => ApiError::internal(error),
        PutError::Package(PackageError::ZippedTooLarge) => ApiError::zip_too_large(ZIPPED_BYTES_MAX),
        PutError::Package(error) => ApiError::invalid_parameter(sentence(&error.to_string())),
    }
}

/// The store's fragments start in lower case; AWS's texts do not.
fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
