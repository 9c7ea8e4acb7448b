//! Signatures against what AWS and its clients make of the same requests, and against everything a forger may try.

mod chunks;
mod properties;
mod recorded;
mod refusals;
mod tampering;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Request};
use lambent_domain::time::Timestamp;

use super::signing_time::SigningTime;
use super::{Claim, ExpectedScope, KeyCache, Payload, Secret, SignatureError, SignedClaim, read, verify};

/// The secret of AWS's test suite.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A request whose signature somebody else made.
#[derive(Clone, Debug)]
struct Recorded {
    name: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Recorded {
    /// Reads blocks of a name, a request line, headers, and after an empty line a body.
    fn all(text: &str) -> Vec<Self> {
        let (_, blocks) = text.split_once("\n\n").unwrap();
        blocks.split("### ").skip(1).map(Self::one).collect()
    }

    fn one(block: &str) -> Self {
        let (head, body) = block.split_once("\n\n").unwrap_or((block, ""));
        let mut lines = head.lines();
        let name = lines.next().unwrap().to_owned();
        let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
        let headers = lines.map(|line| line.split_once(':').unwrap());
        Self {
            name,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
            body: body.trim_end_matches('\n').as_bytes().to_vec(),
        }
    }

    /// `None` where no HTTP request can have this target.
    fn parts(&self) -> Option<Parts> {
        let mut request = Request::builder().method(self.method.as_str()).uri(self.target.as_str());
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request = request.header(name, HeaderValue::from_bytes(value.trim().as_bytes()).unwrap());
        }
        request.body(()).ok().map(|request| request.into_parts().0)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(ours, _)| ours == name).map(|(_, value)| value.as_str())
    }

    fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(ours, _)| ours != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }
}

fn signed(parts: &Parts) -> Result<SignedClaim<'_>, SignatureError> {
    match read(parts)? {
        Claim::Signed(claim) => Ok(claim),
        Claim::Unsigned => Err(SignatureError::Missing),
    }
}

/// Reads and checks a request, just when and where it was signed for.
fn verdict(parts: &Parts, body: &[u8], secret: &str) -> Result<Payload, SignatureError> {
    let claim = signed(parts)?;
    let (region, service) = (claim.region().to_owned(), claim.service().to_owned());
    let expected = ExpectedScope { region: &region, service: &service };
    verify(&claim, parts, body, &Secret::new(secret), time_of(&claim), &expected, &KeyCache::new())
}

fn time_of(claim: &SignedClaim<'_>) -> Timestamp {
    timestamp(claim.at.text())
}

fn timestamp(text: &str) -> Timestamp {
    let seconds = SigningTime::parse(text).unwrap().seconds();
    Timestamp::from_millis(u64::try_from(seconds).unwrap() * 1_000)
}
