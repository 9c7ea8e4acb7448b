//! The canonical request: the one text that both sides of a signature write down and hash.

mod headers;
mod path;
mod percent;
mod query;

use http::HeaderMap;
use sha2::{Digest, Sha256};

pub(super) use headers::is_canonical_list;
pub(super) use path::PathForm;
pub(super) use percent::{decode, encode};

use super::hex;

/// What of a request is signed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canonical<'a> {
    pub(super) method: &'a str,
    /// As sent: encoded once.
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) headers: &'a HeaderMap,
    /// What stands for a `Host` header where the request line has it.
    pub(super) authority: Option<&'a str>,
    /// Names with semicolons between them, sorted.
    pub(super) signed_headers: &'a str,
    /// What stands for the body, see [`PayloadForm::write`](super::payload::PayloadForm::write).
    pub(super) payload_line: &'a [u8],
}

/// Enough for nearly every request, so that its text is allocated once.
const TEXT_BYTES: usize = 1_024;

impl Canonical<'_> {
    /// The hash of the text; `None` if a signed header is missing or the list of them is not canonical.
    pub(super) fn hash(&self, path_form: PathForm) -> Option<[u8; 64]> {
        self.text(path_form).map(|text| hex::encode(&Sha256::digest(&text).into()))
    }

    fn text(&self, path_form: PathForm) -> Option<Vec<u8>> {
        let mut text = Vec::with_capacity(TEXT_BYTES);
        text.extend_from_slice(self.method.as_bytes());
        text.push(b'\n');
        path::write(self.path, path_form, &mut text);
        text.push(b'\n');
        if let Some(query) = self.query {
            query::write(query, &mut text);
        }
        text.push(b'\n');
        headers::write(self.headers, self.authority, self.signed_headers, &mut text)?;
        text.push(b'\n');
        text.extend_from_slice(self.signed_headers.as_bytes());
        text.push(b'\n');
        text.extend_from_slice(self.payload_line);
        Some(text)
    }
}
