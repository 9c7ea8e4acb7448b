//! Signed requests, ready-made like the others: a signature is good for five minutes, so one request is sent again and again.

use crate::failure::Failure;
use crate::wire;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Uri};
use lambent_api::sigv4::{self, Credentials, PayloadHash, Scope, Secret};
use lambent_domain::time::Timestamp;
use std::path::Path;
use tokio::process::Command;

/// The key of a server that asks for signatures.
#[derive(Debug)]
pub(crate) struct Signer {
    credentials: Credentials,
}

impl Signer {
    /// Asks the server's own program for the key that the server has made.
    pub(crate) async fn of(binary: &Path, data_dir: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(binary);
        let output = command.arg("env").arg("--data-dir").arg(data_dir).output().await;
        let output = output.map_err(|cause| Failure::at("ask for the access key", cause))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let export = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(&format!("export {name}=")));
            let value = line.map(|value| value.trim_matches('\'').to_owned());
            value.ok_or_else(|| Failure::new(format!("`lambent env` did not say {name}")))
        };
        let credentials = Credentials {
            access_key_id: export("AWS_ACCESS_KEY_ID")?,
            secret: Secret::new(export("AWS_SECRET_ACCESS_KEY")?),
            session_token: None,
        };
        Ok(Self { credentials })
    }

    /// A request as bytes, signed now.
    pub(crate) fn request(&self, method: &str, path: &str, body: &[u8]) -> Result<Bytes, Failure> {
        let unsigned =
            |cause: &dyn std::fmt::Display| Failure::new(format!("failed to sign a request: {cause}"));
        let method = Method::from_bytes(method.as_bytes()).map_err(|cause| unsigned(&cause))?;
        let uri: Uri = path.parse().map_err(|cause| unsigned(&cause))?;
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(wire::HOST));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let now = jiff::Timestamp::now().as_millisecond();
        let now = Timestamp::from_millis(u64::try_from(now).map_err(|cause| unsigned(&cause))?);
        let scope = Scope { region: "us-east-1", service: "lambda" };
        let payload = PayloadHash::Of(body);
        let added = sigv4::sign(&method, &uri, &headers, payload, &self.credentials, scope, now);
        let mut lines = String::new();
        for (name, value) in added.map_err(|cause| unsigned(&cause))? {
            let value = value.to_str().map_err(|cause| unsigned(&cause))?;
            lines.push_str(&format!("{name}: {value}\r\n"));
        }
        Ok(wire::request_with(method.as_str(), path, &lines, body))
    }
}
