//! Functions to put into a server.

use crate::Server;
use base64::Engine as _;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A deployment package in memory.
#[derive(Debug)]
pub struct Package {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Package {
    /// One with a single file.
    #[must_use]
    pub fn of(name: &str, contents: &str) -> Self {
        let mut package = Self { zip: ZipWriter::new(Cursor::new(Vec::new())) };
        package.add(name, contents.as_bytes(), 0o644);
        package
    }

    /// One with a native `bootstrap`, read from this path.
    #[must_use]
    pub fn of_bootstrap(path: &Path) -> Self {
        let mut package = Self { zip: ZipWriter::new(Cursor::new(Vec::new())) };
        let program = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        package.add("bootstrap", &program, 0o755);
        package
    }

    /// Adds a file.
    pub fn add(&mut self, name: &str, contents: &[u8], mode: u32) {
        let options = SimpleFileOptions::default().unix_permissions(mode);
        self.zip.start_file(name, options).expect("a file in the package");
        self.zip.write_all(contents).expect("its contents");
    }

    /// The zip file.
    #[must_use]
    pub fn into_zip(self) -> Vec<u8> {
        self.zip.finish().expect("a package").into_inner()
    }
}

impl Server {
    /// CreateFunction; `extra` members replace the usual ones. Gives the answer.
    pub fn create_function(
        &self,
        name: &str,
        runtime: &str,
        handler: &str,
        package: Package,
        extra: Value,
    ) -> Value {
        let zip = base64::engine::general_purpose::STANDARD.encode(package.into_zip());
        let mut request = json!({
            "FunctionName": name,
            "Runtime": runtime,
            "Role": "arn:aws:iam::000000000000:role/test",
            "Handler": handler,
            "Code": { "ZipFile": zip },
        });
        if let (Some(request), Value::Object(extra)) = (request.as_object_mut(), extra) {
            request.extend(extra);
        }
        let reply = self.request("POST", "/2015-03-31/functions", &[], request.to_string().as_bytes());
        assert_eq!(reply.status, 201, "CreateFunction {name}: {}", reply.text());
        reply.json()
    }

    /// A synchronous Invoke with `LogType: Tail`.
    #[must_use]
    pub fn invoke(&self, name: &str, payload: &str) -> crate::Reply {
        let path = format!("/2015-03-31/functions/{name}/invocations");
        self.request("POST", &path, &[("x-amz-log-type", "Tail")], payload.as_bytes())
    }

    /// InvokeAsync; gives the request id of the accepted event.
    #[must_use]
    pub fn invoke_async(&self, name: &str, payload: &str) -> String {
        let path = format!("/2014-11-13/functions/{name}/invoke-async/");
        let reply = self.request("POST", &path, &[], payload.as_bytes());
        assert_eq!(reply.status, 202, "InvokeAsync {name}: {}", reply.text());
        reply.request_id()
    }
}

impl crate::Reply {
    /// `X-Amz-Log-Result`, decoded.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let tail = self.header("x-amz-log-result").unwrap_or_default();
        let bytes =
            base64::engine::general_purpose::STANDARD.decode(tail).expect("base64 in X-Amz-Log-Result");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
