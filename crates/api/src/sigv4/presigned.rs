//! A presigned query: the signature's parameters among the request's own.

use std::borrow::Cow;

use super::canonical;
use super::fault::SignatureError;
use super::{ALGORITHM, EXPIRES_SECS_MAX};

/// The parameters that belong to the signature, decoded.
#[derive(Debug, Default)]
pub(super) struct Presigned<'a> {
    pub(super) credential: Cow<'a, str>,
    pub(super) date: Cow<'a, str>,
    pub(super) expires_secs: u32,
    pub(super) signed_headers: Cow<'a, str>,
    pub(super) signature: Cow<'a, str>,
    pub(super) session_token: Option<Cow<'a, str>>,
    pub(super) content_sha256: Option<Cow<'a, str>>,
}

/// The place of each parameter among those found.
const NAMES: [&str; 8] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Content-Sha256",
];

/// Reads a query; `None` if it says nothing of a signature.
pub(super) fn parse(query: Option<&str>) -> Result<Option<Presigned<'_>>, SignatureError> {
    // Nearly every query ends here.
    let Some(query) = query.filter(|query| query.contains("X-Amz-")) else { return Ok(None) };
    let mut found: [Option<Cow<'_, str>>; NAMES.len()] = Default::default();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let known = NAMES.iter().position(|known| *known == name);
        let Some(place) = known.and_then(|index| found.get_mut(index)) else { continue };
        if place.replace(decoded(value)?).is_some() {
            return Err(SignatureError::incomplete(format!(
                "AWS query-string parameters must include '{name}' once."
            )));
        }
    }
    let [algorithm, credential, signature, date, signed_headers, expires, session_token, content_sha256] =
        found;
    if algorithm.is_none() && credential.is_none() && signature.is_none() {
        return Ok(None);
    }
    let required = [&algorithm, &credential, &signature, &date, &signed_headers, &expires];
    let missing: Vec<&str> =
        NAMES.iter().zip(required).filter(|(_, found)| found.is_none()).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        return Err(SignatureError::query_lacks(&missing));
    }
    if algorithm.as_deref() != Some(ALGORITHM) {
        return Err(SignatureError::incomplete("Unsupported AWS 'algorithm'."));
    }
    Ok(Some(Presigned {
        credential: credential.unwrap_or_default(),
        date: date.unwrap_or_default(),
        expires_secs: expires_secs(&expires.unwrap_or_default())?,
        signed_headers: signed_headers.unwrap_or_default(),
        signature: signature.unwrap_or_default(),
        session_token,
        content_sha256,
    }))
}

fn decoded(value: &str) -> Result<Cow<'_, str>, SignatureError> {
    if !value.contains(['%', '+']) {
        return Ok(Cow::Borrowed(value));
    }
    canonical::decode(value).map(Cow::Owned).ok_or_else(|| {
        SignatureError::incomplete("AWS query-string parameters must be percent-encoded UTF-8.")
    })
}

fn expires_secs(text: &str) -> Result<u32, SignatureError> {
    let is_number = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let secs = is_number.then(|| text.parse::<u32>().unwrap_or(u32::MAX));
    match secs {
        None => Err(SignatureError::incomplete("X-Amz-Expires should be a number")),
        Some(secs) if secs > EXPIRES_SECS_MAX => Err(SignatureError::incomplete(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
             604800 seconds",
        )),
        Some(secs) => Ok(secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "Other=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20130524%2Fus-east-1%2Fs3%2F\
                         aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host%3Bx&\
                         X-Amz-Signature=ab&X-Amz-Security-Token=t%2B%2F%3D";

    #[test]
    fn all_parameters_are_read_and_decoded() {
        let presigned = parse(Some(WHOLE)).unwrap().unwrap();
        assert_eq!(presigned.credential, "A/20130524/us-east-1/s3/aws4_request");
        assert_eq!(presigned.signed_headers, "host;x");
        assert_eq!((presigned.expires_secs, &*presigned.signature), (86_400, "ab"));
        assert_eq!(presigned.session_token.as_deref(), Some("t+/="));
    }

    #[test]
    fn other_queries_say_nothing() {
        for query in [None, Some(""), Some("Qualifier=1"), Some("X-Amz-Date=1"), Some("x-amz-signature=1")] {
            assert!(parse(query).unwrap().is_none(), "{query:?}");
        }
    }

    #[test]
    fn missing_doubled_and_wrong_parameters_are_refused() {
        for name in &NAMES[..6] {
            let without = WHOLE.replace(name, "Another");
            let error = parse(Some(&without)).unwrap_err().to_string();
            assert!(error.contains(&format!("'{name}'")), "{error}");
            assert!(parse(Some(&format!("{WHOLE}&{name}=2"))).is_err(), "{name}");
        }
        for expires in ["", "-1", "+1", "604801", "99999999999", "1.5", "x"] {
            assert!(parse(Some(&WHOLE.replace("86400", expires))).is_err(), "{expires}");
        }
        assert!(parse(Some(&WHOLE.replace("86400", "604800"))).is_ok());
        assert!(parse(Some(&WHOLE.replace("AWS4-HMAC", "AWS4-ECDSA"))).is_err());
        assert!(parse(Some(&WHOLE.replace("t%2B", "%FF"))).is_err());
    }
}
