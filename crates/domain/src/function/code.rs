//! A deployment package, named by its content.

use serde::{Deserialize, Serialize};

/// A deployment package, named by its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CodePackage {
    /// SHA-256 of the zip file.
    pub sha256: CodeSha256,
    /// Size of the zip file, in bytes.
    pub zip_bytes: u64,
}

/// SHA-256 of a deployment package.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeSha256([u8; 32]);

impl CodeSha256 {
    /// Takes a finished digest.
    #[must_use]
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Lower-case hexadecimal: safe as a file's name, unlike the base64 that AWS shows.
    #[must_use]
    pub fn to_hex(self) -> String {
        use std::fmt::Write;
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Reads what [`CodeSha256::to_hex`] writes, and nothing else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().try_fold(0, |byte, digit| Some((byte << 4) | nibble(*digit)?))?;
        }
        Some(Self(digest))
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl std::fmt::Debug for CodeSha256 {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.to_hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_back_from_its_own_hexadecimal_only() {
        let digest = CodeSha256::new(std::array::from_fn(|at| u8::try_from(at * 8 + at % 8).unwrap()));
        let hex = digest.to_hex();
        assert_eq!(CodeSha256::from_hex(&hex), Some(digest));
        for other in
            [hex.to_uppercase(), format!("{hex}0"), hex[1..].to_owned(), "+0".repeat(32), "é".repeat(32)]
        {
            assert_eq!(CodeSha256::from_hex(&other), None, "{other}");
        }
    }
}
