//! Values that travel in a form of their own.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserializer, Error as _, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Bytes that travel as base64. Its `Debug` says only how many: packages are neither small nor public.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64;
        impl Visitor<'_> for Base64 {
            type Value = Blob;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a base64 string")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Blob, E> {
                // Line breaks are what `base64 file` prints.
                let text: Cow<'_, str> = if text.contains(['\n', '\r']) {
                    Cow::Owned(text.replace(['\n', '\r'], ""))
                } else {
                    Cow::Borrowed(text)
                };
                STANDARD.decode(text.as_bytes()).map(Blob).map_err(|_| E::custom("not valid base64"))
            }
        }
        // A borrowed string is decoded in place: a package of 50 MB is not copied as text first.
        deserializer.deserialize_str(Base64).map_err(D::Error::custom)
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

/// A value that its own `Debug` keeps to itself, because logs are no place for it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Sensitive<T>(pub T);

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(..)")
    }
}

impl<T> Deref for Sensitive<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_reads_base64_with_line_breaks_and_hides_its_bytes() {
        let blob: Blob = serde_json::from_str(r#""aGVs\nbG8=\n""#).unwrap();
        assert_eq!(blob.0, b"hello");
        assert_eq!(format!("{blob:?}"), "Blob(5 bytes)");
        assert_eq!(serde_json::to_string(&blob).unwrap(), r#""aGVsbG8=""#);
        assert!(serde_json::from_str::<Blob>(r#""a?b""#).is_err());
    }

    #[test]
    fn a_sensitive_value_is_read_and_not_printed() {
        let secret: Sensitive<String> = serde_json::from_str(r#""hush""#).unwrap();
        assert_eq!(secret.len(), 4);
        assert!(!format!("{secret:?}").contains("hush"));
    }
}
