//! The tenant on whose behalf a function runs (tenant isolation).

use std::fmt;
use std::sync::Arc;

/// Longest identifier, in bytes.
const BYTES_MAX: usize = 256;

/// The value of `X-Amz-Tenant-Id`: 1 to 256 of letters, digits, space and `. _ : / = + - @`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(Arc<str>);

impl TenantId {
    /// Takes an identifier that keeps to the form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/=+-@ ".contains(&byte);
        let well_formed = (1..=BYTES_MAX).contains(&text.len()) && text.bytes().all(known);
        well_formed.then(|| Self(text.into()))
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_model_allows() {
        let longest = "t".repeat(256);
        for good in ["a", "Blue Ltd.", "org/1:a=b+c-d@e_f", " ", longest.as_str()] {
            assert_eq!(TenantId::parse(good).unwrap().as_str(), good);
        }
        let longer = "t".repeat(257);
        for bad in ["", "a\nb", "a\tb", "ü", "a,b", "a%20b", longer.as_str()] {
            assert_eq!(TenantId::parse(bad), None, "{bad:?}");
        }
    }
}
