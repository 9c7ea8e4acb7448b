//! The functions that are deployed: small, and as people write them.

use crate::failure::Failure;
use crate::programs::Interpreter;
use base64::Engine as _;
use bytes::Bytes;
use serde_json::json;
use std::io::{Cursor, Write as _};
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const ECHO: &str = include_str!("../functions/echo.py");
const SLEEP: &str = include_str!("../functions/sleep.py");
const FAIL: &str = include_str!("../functions/fail.py");
const PYTHON_HELLO: &str = include_str!("../../examples/functions/python-hello/lambda_function.py");
const NODE_HELLO: &str = include_str!("../../examples/functions/node-hello/index.mjs");

/// What CreateFunction needs, its package already encoded.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    runtime: String,
    handler: &'static str,
    zip_base64: String,
}

impl Package {
    pub(crate) fn echo(python: &Interpreter) -> Result<Self, Failure> {
        Self::of(&python.runtime, "echo.handler", "echo.py", ECHO.as_bytes())
    }

    /// It holds its environment for as long as anything here lasts.
    pub(crate) fn sleep(python: &Interpreter) -> Result<Self, Failure> {
        Self::of(&python.runtime, "sleep.handler", "sleep.py", SLEEP.as_bytes())
    }

    /// Every run of it is a function error.
    pub(crate) fn fail(python: &Interpreter) -> Result<Self, Failure> {
        Self::of(&python.runtime, "fail.handler", "fail.py", FAIL.as_bytes())
    }

    pub(crate) fn python_hello(python: &Interpreter) -> Result<Self, Failure> {
        let (handler, file) = ("lambda_function.lambda_handler", "lambda_function.py");
        Self::of(&python.runtime, handler, file, PYTHON_HELLO.as_bytes())
    }

    pub(crate) fn node_hello(node: &Interpreter) -> Result<Self, Failure> {
        Self::of(&node.runtime, "index.handler", "index.mjs", NODE_HELLO.as_bytes())
    }

    pub(crate) fn native(bootstrap: &Path) -> Result<Self, Failure> {
        let program = std::fs::read(bootstrap).map_err(|cause| Failure::at(bootstrap.display(), cause))?;
        Self::of("provided.al2023", "bootstrap", "bootstrap", &program)
    }

    fn of(runtime: &str, handler: &'static str, file: &str, contents: &[u8]) -> Result<Self, Failure> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().unix_permissions(0o755);
        let packed = |cause| Failure::at("make a package", cause);
        zip.start_file(file, options).map_err(packed)?;
        zip.write_all(contents).map_err(|cause| Failure::at("make a package", cause))?;
        let zip = zip.finish().map_err(packed)?.into_inner();
        let zip_base64 = base64::engine::general_purpose::STANDARD.encode(zip);
        Ok(Self { runtime: runtime.to_owned(), handler, zip_base64 })
    }

    /// The body of CreateFunction.
    pub(crate) fn create(&self, name: &str) -> Bytes {
        let body = json!({
            "FunctionName": name,
            "Runtime": self.runtime,
            "Role": "arn:aws:iam::000000000000:role/bench",
            "Handler": self.handler,
            "Timeout": 900,
            "Code": { "ZipFile": self.zip_base64 },
        });
        body.to_string().into()
    }
}

/// A JSON object of so many bytes: what the events of AWS's services look like, rather than zeros.
pub(crate) fn payload(bytes: usize) -> String {
    let mut text = String::from("{\"name\":\"bench\",\"detail\":\"");
    let close = "\"}";
    let letters = ('a'..='z').chain('0'..='9').cycle();
    let room = bytes.saturating_sub(text.len() + close.len());
    text.extend(letters.take(room));
    text.push_str(close);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_json_of_its_size() {
        let text = payload(512);
        assert_eq!(text.len(), 512);
        assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap().is_object());
    }
}
