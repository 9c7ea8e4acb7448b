//! The seed's request and its answer, byte for byte: what is shown is what was sent and what came.

use crate::client::{Endpoint, Signer};
use crate::failure::Failure;
use http::Request;
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long the server may take to accept an event.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest head of an answer that is read, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// What ends the head.
const HEAD_END: &[u8] = b"\r\n\r\n";

/// The head of an answer, as it came. A 202 has no body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: String,
}

/// InvokeAsync as on AWS's page, with the slash at the end; signed, where there is something to sign it with.
pub(super) fn request(
    endpoint: &Endpoint,
    function: &str,
    payload: &str,
    signer: Option<&Signer>,
) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::failed("make the request", error);
    let path = format!("/2014-11-13/functions/{function}/invoke-async/");
    let request = Request::post(&path)
        .header("host", endpoint.authority())
        .header("content-type", "application/json")
        .header("content-length", payload.len())
        .body(());
    let (mut head, ()) = request.map_err(|error| failed(&error))?.into_parts();
    if let Some(signer) = signer {
        let signed =
            signer.headers(&head.method, &head.uri, &head.headers, payload.as_bytes(), SystemClock.now());
        head.headers.extend(signed.map_err(|error| failed(&error))?);
    }
    let mut text = format!("POST {path} HTTP/1.1\r\n");
    for (name, value) in &head.headers {
        let value = value.to_str().map_err(|error| failed(&error))?;
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    Ok(format!("{text}\r\n{payload}"))
}

/// Sends a request and reads the head of its answer.
pub(super) async fn exchange(endpoint: &Endpoint, request: &str) -> Result<Answer, Failure> {
    let failed = |error: String| Failure::failed("send the request", error);
    match timeout(ANSWER_TIMEOUT, read_head(endpoint, request)).await {
        Ok(Ok(head)) => Ok(Answer { head }),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed(format!("no answer within {} s", ANSWER_TIMEOUT.as_secs()))),
    }
}

async fn read_head(endpoint: &Endpoint, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(endpoint.host_and_port()).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut received = Vec::new();
    while received.len() < HEAD_BYTES_MAX {
        if let Some(end) = received.windows(HEAD_END.len()).position(|window| window == HEAD_END) {
            received.truncate(end);
            return String::from_utf8(received).map_err(io::Error::other);
        }
        if stream.read_buf(&mut received).await? == 0 {
            return Err(io::Error::other("the connection was closed before the answer's end"));
        }
    }
    Err(io::Error::other("the answer's head does not end"))
}

impl Answer {
    /// The request id of an accepted event; an error for anything but the answer AWS gives.
    pub(super) fn accepted(&self) -> Result<String, Failure> {
        let wrong = |why: String| Failure::failed("hand the event over", why);
        let status = self.head.lines().next().unwrap_or_default();
        if status.split(' ').nth(1) != Some("202") {
            return Err(wrong(format!("the answer is `{status}` and not a 202")));
        }
        for (name, expected) in [("content-length", "0"), ("content-type", "application/json")] {
            if self.header(name) != Some(expected) {
                return Err(wrong(format!("the answer has no `{name}: {expected}`")));
            }
        }
        let id = self.header("x-amzn-requestid").filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or_else(|| wrong("the answer has no x-amzn-requestid".to_owned()))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        headers.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "HTTP/1.1 202 Accepted\r\nx-amzn-RequestId: 1-2\r\nContent-Length: 0\r\ncontent-type: application/json";

    #[test]
    fn only_the_answer_of_aws_is_good() {
        assert_eq!(Answer { head: GOOD.to_owned() }.accepted().unwrap(), "1-2");
        let wrong = [
            ("202 Accepted", "200 OK", "not a 202"),
            ("x-amzn-RequestId: 1-2", "x: y", "no x-amzn-requestid"),
            ("Content-Length: 0", "Content-Length: 7", "no `content-length: 0`"),
            ("application/json", "text/html", "no `content-type: application/json`"),
        ];
        for (good, bad, message) in wrong {
            let failure = Answer { head: GOOD.replace(good, bad) }.accepted().unwrap_err().to_string();
            assert!(failure.contains(message), "{failure}");
        }
    }
}
