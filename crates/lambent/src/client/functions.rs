//! The Lambda operations that the commands use.

use super::connection::whole;
use super::{Answer, Body, Client, ClientError, segment};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

const FUNCTIONS: &str = "/2015-03-31/functions";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
/// A function may take 15 minutes; the rest is for waiting its turn and the way.
const INVOKE_TIMEOUT: Duration = Duration::from_secs(900 + 60);
/// An upload of 50 MB over a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);
/// Pages of ListFunctions that are asked for at most, so that a server that repeats itself can't hold us.
const PAGES_MAX: usize = 10_000;

/// The members of a function's configuration that the commands show.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Function {
    pub(crate) function_name: String,
    pub(crate) function_arn: String,
    #[serde(default)]
    pub(crate) runtime: Option<String>,
    #[serde(default)]
    pub(crate) handler: Option<String>,
    #[serde(default)]
    pub(crate) memory_size: Option<u32>,
    #[serde(default)]
    pub(crate) timeout: Option<u32>,
    #[serde(default)]
    pub(crate) code_size: Option<u64>,
    #[serde(default)]
    pub(crate) last_modified: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    functions: Vec<Function>,
    #[serde(default)]
    next_marker: Option<String>,
}

/// What a deployment says about a function beside its code. What is none is left as it is, or to the server.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Desired {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) runtime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handler: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memory_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) environment: Option<Variables>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Variables {
    pub(crate) variables: BTreeMap<String, String>,
}

impl Desired {
    /// Whether it asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { runtime, handler, role, timeout, memory_size, description, environment } = self;
        let texts = [runtime, handler, role, description];
        texts.iter().all(|text| text.is_none())
            && timeout.is_none()
            && memory_size.is_none()
            && environment.is_none()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Create<'a> {
    function_name: &'a str,
    #[serde(flatten)]
    desired: &'a Desired,
    code: Code,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Code {
    zip_file: String,
}

/// How a function is invoked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InvokeOptions<'a> {
    pub(crate) qualifier: Option<&'a str>,
    pub(crate) event: bool,
    pub(crate) tail: bool,
    /// More headers, with what only events can have.
    pub(crate) extras: &'a [(&'static str, String)],
}

impl Client {
    /// GetFunctionConfiguration.
    pub(crate) async fn function(&self, name: &str) -> Result<Function, ClientError> {
        let path = format!("{FUNCTIONS}/{}/configuration", segment(name));
        let answer = self.call(Method::GET, &path, &[], Bytes::new()).await?;
        self.json(&answer)
    }

    /// ListFunctions, all pages.
    pub(crate) async fn functions(&self) -> Result<Vec<Function>, ClientError> {
        let mut functions = Vec::new();
        let mut path = format!("{FUNCTIONS}/");
        for _ in 0..PAGES_MAX {
            let answer = self.call(Method::GET, &path, &[], Bytes::new()).await?;
            let page: Page = self.json(&answer)?;
            functions.extend(page.functions);
            let Some(marker) = page.next_marker.filter(|marker| !marker.is_empty()) else {
                return Ok(functions);
            };
            path = format!("{FUNCTIONS}/?Marker={}", segment(&marker));
        }
        Err(self.senseless("the list of functions does not end"))
    }

    /// CreateFunction. `upload` makes the request's body from its bytes, to watch it leave.
    pub(crate) async fn create_function(
        &self,
        name: &str,
        desired: &Desired,
        zip: &[u8],
        upload: impl FnOnce(Bytes) -> Body,
    ) -> Result<Function, ClientError> {
        let code = Code { zip_file: BASE64.encode(zip) };
        let request = Create { function_name: name, desired, code };
        let body = self.encode(&request)?;
        let answer =
            self.send(Method::POST, FUNCTIONS, &JSON, body, upload, UPLOAD_TIMEOUT).await?.accepted()?;
        self.json(&answer)
    }

    /// UpdateFunctionCode.
    pub(crate) async fn update_code(
        &self,
        name: &str,
        zip: &[u8],
        upload: impl FnOnce(Bytes) -> Body,
    ) -> Result<Function, ClientError> {
        let path = format!("{FUNCTIONS}/{}/code", segment(name));
        let body = self.encode(&Code { zip_file: BASE64.encode(zip) })?;
        let answer = self.send(Method::PUT, &path, &JSON, body, upload, UPLOAD_TIMEOUT).await?.accepted()?;
        self.json(&answer)
    }

    /// UpdateFunctionConfiguration.
    pub(crate) async fn update_configuration(
        &self,
        name: &str,
        desired: &Desired,
    ) -> Result<Function, ClientError> {
        let path = format!("{FUNCTIONS}/{}/configuration", segment(name));
        let answer = self.call(Method::PUT, &path, &JSON, self.encode(desired)?).await?;
        self.json(&answer)
    }

    /// Invoke.
    pub(crate) async fn invoke(
        &self,
        name: &str,
        payload: Bytes,
        options: InvokeOptions<'_>,
    ) -> Result<Answer, ClientError> {
        let mut path = format!("{FUNCTIONS}/{}/invocations", segment(name));
        if let Some(qualifier) = options.qualifier {
            path.push_str(&format!("?Qualifier={}", segment(qualifier)));
        }
        let mut headers = vec![("content-type", "application/json")];
        if options.event {
            headers.push(("x-amz-invocation-type", "Event"));
        }
        if options.tail {
            headers.push(("x-amz-log-type", "Tail"));
        }
        headers.extend(options.extras.iter().map(|(name, value)| (*name, value.as_str())));
        self.send(Method::POST, &path, &headers, payload, whole, INVOKE_TIMEOUT).await?.accepted()
    }

    pub(super) fn encode(&self, request: &impl Serialize) -> Result<Bytes, ClientError> {
        serde_json::to_vec(request).map(Bytes::from).map_err(|error| self.senseless(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_sent() {
        assert!(Desired::default().is_empty());
        let desired = Desired { timeout: Some(7), ..Desired::default() };
        assert!(!desired.is_empty());
        let request =
            Create { function_name: "f", desired: &desired, code: Code { zip_file: "eg==".to_owned() } };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"FunctionName":"f","Timeout":7,"Code":{"ZipFile":"eg=="}}"#
        );
    }
}
