//! A signature, as given or as made.
//!
//! It has no `PartialEq` on purpose: the one comparison there is takes the same time whatever the bytes are.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::hex;

/// A signature that somebody gave us.
#[derive(Clone, Copy)]
pub(super) struct Signature([u8; 32]);

impl Signature {
    pub(super) fn parse(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
    }

    /// Whether this is what `mac` comes to, in constant time.
    pub(super) fn is(&self, mac: Hmac<Sha256>) -> bool {
        mac.verify_slice(&self.0).is_ok()
    }

    /// As it stands in the next chunk's text.
    pub(super) fn text(&self) -> [u8; 64] {
        hex::encode(&self.0)
    }
}

/// A signature replays its request for five minutes, so it is not printed.
impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}
