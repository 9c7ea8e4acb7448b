//! Signatures made from AWS's description alone, with nothing of the server's: what it takes for right must be what a
//! stranger to its code takes for right.

use hmac::{Hmac, KeyInit, Mac};
use lambent_api::sigv4::Credentials;
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use sha2::{Digest, Sha256};

/// Beside the credentials, whose secret nobody gets out again.
pub(crate) struct Signer<'a> {
    pub(crate) id: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    /// Seconds from now.
    pub(crate) shift: i64,
}

/// A key as a client has it.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

impl Key {
    pub(crate) fn signer(&self) -> Signer<'_> {
        let (id, secret, token) = (&self.id, &self.secret, self.token.as_deref());
        Signer { id, secret, token, region: "us-east-1", service: "lambda", shift: 0 }
    }

    pub(crate) fn credentials(&self) -> Credentials {
        Credentials {
            access_key_id: self.id.clone(),
            secret: lambent_api::sigv4::Secret::new(self.secret.as_str()),
            session_token: self.token.clone(),
        }
    }
}

/// A request as it goes over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn new(method: &str, target: &str, body: &[u8]) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: body.to_vec(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Another value for a header that is there.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let header = self.headers.iter_mut().find(|(found, _)| found.eq_ignore_ascii_case(name));
        value.clone_into(&mut header.unwrap_or_else(|| panic!("no {name}")).1);
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let header = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        &header.unwrap_or_else(|| panic!("no {name}")).1
    }
}

impl Signer<'_> {
    pub(crate) fn time(&self) -> String {
        let now = i64::try_from(SystemClock.now().as_millis() / 1_000).unwrap();
        let at = jiff::Timestamp::from_second(now + self.shift).unwrap();
        at.strftime("%Y%m%dT%H%M%SZ").to_string()
    }

    fn scope(&self, time: &str) -> String {
        format!("{}/{}/{}/aws4_request", &time[..8], self.region, self.service)
    }

    /// Signs every header, the host among them, and what `x-amz-content-sha256` says, or the body's hash.
    pub(crate) fn sign(&self, request: &Sent) -> Sent {
        let time = self.time();
        let mut sent = request.clone().with("x-amz-date", &time);
        if let Some(token) = self.token {
            sent = sent.with("x-amz-security-token", token);
        }
        let said = sent.headers.iter().find(|(name, _)| name == "x-amz-content-sha256");
        let payload = said.map_or_else(|| hash(&sent.body), |(_, said)| said.clone());
        let (names, signature) = self.signature(&sent, &time, &payload);
        let scope = self.scope(&time);
        let id = self.id;
        sent.with(
            "Authorization",
            &format!(
                "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
            ),
        )
    }

    /// Signs in the query, for so many seconds.
    pub(crate) fn presign(&self, request: &Sent, secs: u32) -> Sent {
        let (time, mut sent) = (self.time(), request.clone());
        let credential = encode(format!("{}/{}", self.id, self.scope(&time)).as_bytes(), "");
        let joint = if sent.target.contains('?') { '&' } else { '?' };
        sent.target.push_str(&format!(
            "{joint}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={time}&X-Amz-Expires={secs}\
             &X-Amz-SignedHeaders=host"
        ));
        if let Some(token) = self.token {
            sent.target.push_str(&format!("&X-Amz-Security-Token={}", encode(token.as_bytes(), "")));
        }
        let host =
            Sent { headers: vec![("host".to_owned(), sent.header("host").to_owned())], ..sent.clone() };
        let (_, signature) = self.signature(&host, &time, &hash(&sent.body));
        sent.target.push_str(&format!("&X-Amz-Signature={signature}"));
        sent
    }

    fn signature(&self, sent: &Sent, time: &str, payload: &str) -> (String, String) {
        let (path, query) = sent.target.split_once('?').unwrap_or((&sent.target, ""));
        let mut pairs: Vec<String> =
            query.split('&').filter(|pair| !pair.is_empty()).map(canonical_pair).collect();
        pairs.sort();
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in &sent.headers {
            let name = name.to_ascii_lowercase();
            match headers.iter_mut().find(|(found, _)| *found == name) {
                Some((_, values)) => values.push_str(&format!(",{}", value.trim())),
                None => headers.push((name, value.trim().to_owned())),
            }
        }
        headers.sort();
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let path = encode(path.as_bytes(), "/");
        let canonical = format!("{}\n{path}\n{}\n{lines}\n{names}\n{payload}", sent.method, pairs.join("&"));
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{}\n{}", self.scope(time), hash(canonical.as_bytes()));
        (names, hex(&hmac(&self.key(time), text.as_bytes())))
    }

    fn key(&self, time: &str) -> Vec<u8> {
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [&time[..8], self.region, self.service, "aws4_request"] {
            key = hmac(&key, part.as_bytes());
        }
        key
    }

    /// A body in signed chunks of `size`, behind a head that was signed with that signature.
    pub(crate) fn chunks(&self, body: &[u8], size: usize, head: &Sent) -> Vec<u8> {
        let time = head.header("x-amz-date").to_owned();
        let mut previous = head.header("authorization").rsplit('=').next().unwrap().to_owned();
        let mut whole = Vec::new();
        for chunk in body.chunks(size).chain([&b""[..]]) {
            let text = format!(
                "AWS4-HMAC-SHA256-PAYLOAD\n{time}\n{}\n{previous}\n{}\n{}",
                self.scope(&time),
                hash(b""),
                hash(chunk)
            );
            previous = hex(&hmac(&self.key(&time), text.as_bytes()));
            whole.extend_from_slice(format!("{:x};chunk-signature={previous}\r\n", chunk.len()).as_bytes());
            whole.extend_from_slice(chunk);
            whole.extend_from_slice(b"\r\n");
        }
        whole
    }
}

fn canonical_pair(pair: &str) -> String {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    format!("{}={}", encode(&decode(name), ""), encode(&decode(value), ""))
}

fn decode(text: &str) -> Vec<u8> {
    let mut rest = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            decoded.push(byte);
        }
    }
    decoded
}

fn encode(text: &[u8], keep: &str) -> String {
    let mut encoded = String::new();
    for &byte in text {
        let sign = char::from(byte);
        if sign.is_ascii_alphanumeric() || "-._~".contains(sign) || keep.contains(sign) {
            encoded.push(sign);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
