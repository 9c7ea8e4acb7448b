//! The `Authorization` header: an algorithm, and three parameters with commas or blanks between them.

use http::HeaderValue;

use super::ALGORITHM;
use super::fault::SignatureError;

/// What stands in the header; the three parameters may be missing.
#[derive(Debug, Default)]
pub(super) struct Authorization<'a> {
    pub(super) credential: Option<&'a str>,
    pub(super) signed_headers: Option<&'a str>,
    pub(super) signature: Option<&'a str>,
}

impl<'a> Authorization<'a> {
    pub(super) fn parse(value: &'a HeaderValue) -> Result<Self, SignatureError> {
        let not_a_pair = || SignatureError::not_a_pair(value.as_bytes());
        let text = value.to_str().map_err(|_| not_a_pair())?;
        let mut words = text.split([',', ' ', '\t']).filter(|word| !word.is_empty());
        match words.next() {
            None => return Ok(Self::default()),
            Some(ALGORITHM) => {}
            // Another algorithm of AWS's, or an older version.
            Some(other) if other.starts_with("AWS") => {
                return Err(SignatureError::incomplete("Unsupported AWS 'algorithm'."));
            }
            // `Basic`, `Bearer` and whatever else there may be.
            Some(_) => return Err(not_a_pair()),
        }
        let mut parsed = Self::default();
        for word in words {
            let (name, value) = word.split_once('=').ok_or_else(not_a_pair)?;
            let place = match name {
                "Credential" => &mut parsed.credential,
                "SignedHeaders" => &mut parsed.signed_headers,
                "Signature" => &mut parsed.signature,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(SignatureError::incomplete("Authorization header has a parameter twice."));
            }
        }
        Ok(parsed)
    }

    /// The sentences about what is missing, in AWS's order.
    pub(super) fn complaints(&self, has_date: bool) -> Vec<&'static str> {
        let all = [
            (self.credential.is_some(), "Authorization header requires 'Credential' parameter."),
            (self.signature.is_some(), "Authorization header requires 'Signature' parameter."),
            (self.signed_headers.is_some(), "Authorization header requires 'SignedHeaders' parameter."),
            (
                has_date,
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
            ),
        ];
        all.into_iter().filter(|(is_there, _)| !is_there).map(|(_, complaint)| complaint).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_blanks_are_all_the_same() {
        for text in [
            "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=h;x, Signature=0",
            "AWS4-HMAC-SHA256 Credential=a/b,SignedHeaders=h;x,Signature=0",
            "AWS4-HMAC-SHA256  Signature=0 ,, SignedHeaders=h;x Credential=a/b,Other=1",
        ] {
            let value = HeaderValue::from_static(text);
            let parsed = Authorization::parse(&value).unwrap();
            assert_eq!(parsed.credential, Some("a/b"), "{text}");
            assert_eq!(parsed.signed_headers, Some("h;x"), "{text}");
            assert_eq!(parsed.signature, Some("0"), "{text}");
            assert!(parsed.complaints(true).is_empty());
        }
    }

    #[test]
    fn what_is_missing_is_listed() {
        let value = HeaderValue::from_static("AWS4-HMAC-SHA256 SignedHeaders=h");
        let complaints = Authorization::parse(&value).unwrap().complaints(false);
        assert_eq!(complaints.len(), 3);
        assert!(complaints[0].contains("'Credential'") && complaints[1].contains("'Signature'"));
        assert!(complaints[2].contains("'X-Amz-Date'"));
    }

    #[test]
    fn other_schemes_and_broken_parameters_are_refused() {
        for text in [
            "Bearer abc",
            "Basic dXNlcg==",
            "AWS AKID:sig",
            "AWS4-ECDSA-P256-SHA256 Credential=a",
            "AWS4-HMAC-SHA256 Credential",
            "AWS4-HMAC-SHA256 Credential=a, Credential=b",
            "AWS4-HMAC-SHA256 Credential= a, Signature=0",
        ] {
            assert!(Authorization::parse(&HeaderValue::from_static(text)).is_err(), "{text}");
        }
        assert!(Authorization::parse(&HeaderValue::from_bytes(b"AWS4-HMAC-SHA256 \xff=1").unwrap()).is_err());
    }
}
