//! `AKID/20150830/us-east-1/lambda/aws4_request`: whose key, and what the signature is good for.

use std::borrow::Cow;

use super::fault::SignatureError;

/// A credential of five parts.
#[derive(Clone, Debug)]
pub(super) struct Credential<'a> {
    text: Cow<'a, str>,
    /// Where each of the first four parts ends: at a slash.
    slashes: [usize; 4],
}

impl<'a> Credential<'a> {
    pub(super) fn parse(text: Cow<'a, str>) -> Result<Self, SignatureError> {
        let mut found = text.match_indices('/').map(|(at, _)| at);
        let slashes = [found.next(), found.next(), found.next(), found.next()];
        match (slashes, found.next()) {
            ([Some(a), Some(b), Some(c), Some(d)], None) => Ok(Self { slashes: [a, b, c, d], text }),
            _ => Err(SignatureError::credential_shape(&text)),
        }
    }

    pub(super) fn access_key_id(&self) -> &str {
        let [end, ..] = self.slashes;
        self.part(0, end)
    }

    pub(super) fn date(&self) -> &str {
        let [before, end, ..] = self.slashes;
        self.part(before + 1, end)
    }

    pub(super) fn region(&self) -> &str {
        let [_, before, end, _] = self.slashes;
        self.part(before + 1, end)
    }

    pub(super) fn service(&self) -> &str {
        let [_, _, before, end] = self.slashes;
        self.part(before + 1, end)
    }

    pub(super) fn terminator(&self) -> &str {
        let [.., before] = self.slashes;
        self.part(before + 1, self.text.len())
    }

    /// All but the access key, as it is signed.
    pub(super) fn scope(&self) -> &str {
        let [before, ..] = self.slashes;
        self.part(before + 1, self.text.len())
    }

    fn part(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_parts_and_no_other_number() {
        let credential = Credential::parse("AKID/20150830/us-east-1/lambda/aws4_request".into()).unwrap();
        assert_eq!(credential.access_key_id(), "AKID");
        assert_eq!(credential.date(), "20150830");
        assert_eq!(credential.region(), "us-east-1");
        assert_eq!(credential.service(), "lambda");
        assert_eq!(credential.terminator(), "aws4_request");
        assert_eq!(credential.scope(), "20150830/us-east-1/lambda/aws4_request");
        for bad in ["", "AKID", "a/b/c/d", "a/b/c/d/e/f"] {
            assert!(Credential::parse(bad.into()).is_err(), "{bad}");
        }
        let empty = Credential::parse("////".into()).unwrap();
        assert_eq!((empty.access_key_id(), empty.service(), empty.scope()), ("", "", "///"));
    }
}
