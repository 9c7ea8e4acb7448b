//! A streamed response, from a runtime's socket to its caller, and all the ways in which it ends.

use super::*;
use crate::response_stream::{self, Incoming as Reader, Watch};
use crate::runtime_api::NextInvocation;
use bytes::Bytes;
use http::HeaderValue;
use lambent_domain::limits::STREAMED_RESPONSE_BYTES_MAX;
use lambent_domain::tenant::TenantId;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

const ID: RequestId = RequestId::from_bytes([7; 16]);
/// Much longer than anything here takes; who waits this long has found a hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Runtime API with one invocation that its runtime has taken up.
struct Running {
    address: SocketAddr,
    api: Arc<RuntimeApi>,
    tasks: Tasks,
    answer: oneshot::Receiver<Answer>,
    next: String,
}

impl Running {
    async fn start(stream: Option<crate::response_stream::ResponseWriter>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, tasks, api) =
            (listener.local_addr().unwrap(), Tasks::new(), Arc::new(RuntimeApi::new()));
        serve(&tasks, listener, Arc::clone(&api), None);
        let _init = api.begin_life();
        let invocation = NextInvocation {
            request_id: ID,
            deadline_ms: 1,
            invoked_arn: "arn".to_owned(),
            trace: None,
            client_context: None,
            tenant_id: TenantId::parse("Blue 1"),
            payload: Bytes::from_static(b"[1]"),
        };
        let answer = api.deliver(invocation, stream);
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .unwrap();
        let next = read_some(&mut stream).await;
        Self { address, api, tasks, answer, next }
    }

    async fn streamed() -> (Self, Reader, Arc<Watch>) {
        let (writer, reader) = response_stream::channel(None);
        let watch = writer.watch();
        (Self::start(Some(writer)).await, reader, watch)
    }

    /// A connection on which a response has begun, with these headers.
    async fn post(&self, headers: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST /2018-06-01/runtime/invocation/{ID}/response HTTP/1.1\r\nhost: a\r\n{headers}transfer-encoding: \
             chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    async fn answer(self) -> Answer {
        let answer = tokio::time::timeout(PATIENCE, self.answer).await.unwrap().unwrap();
        self.tasks.stop();
        assert!(self.tasks.finished(PATIENCE).await, "a connection outlived its environment");
        answer
    }
}

const STREAMING: &str = "content-type: text/plain\r\nlambda-runtime-function-response-mode: streaming\r\n";

async fn chunk(stream: &mut TcpStream, data: &[u8]) -> std::io::Result<()> {
    let mut framed = format!("{:x}\r\n", data.len()).into_bytes();
    framed.extend_from_slice(data);
    framed.extend_from_slice(b"\r\n");
    stream.write_all(&framed).await
}

async fn read_some(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap();
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

async fn recv(reader: &mut Reader) -> Option<Bytes> {
    tokio::time::timeout(PATIENCE, reader.chunks.recv()).await.unwrap()
}

fn streamed() -> Answer {
    Answer::Streamed { content_type: Some(HeaderValue::from_static("text/plain")) }
}

#[tokio::test]
async fn chunks_reach_the_caller_while_the_runtime_still_sends() {
    let (running, mut reader, watch) = Running::streamed().await;
    assert!(running.next.contains("lambda-runtime-aws-tenant-id: Blue 1\r\n"), "{}", running.next);
    let mut stream = running.post(STREAMING).await;
    chunk(&mut stream, b"one").await.unwrap();
    assert_eq!(recv(&mut reader).await.unwrap(), "one");
    assert_eq!(reader.begins.await, Ok(Some(HeaderValue::from_static("text/plain"))));
    // Another answer to the same invocation is not legal now, nor is asking for the next.
    let mut other = running.post("").await;
    let refused = read_some(&mut other).await;
    assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("from InvocationResponse"), "{refused}");
    chunk(&mut stream, b"two").await.unwrap();
    assert_eq!(reader.chunks.recv().await.unwrap(), "two");
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 202"));
    assert_eq!(reader.chunks.recv().await, None);
    assert_eq!(watch.bytes(), 6);
    assert_eq!(running.answer().await, streamed());
}

#[tokio::test]
async fn trailers_end_a_stream_with_an_error() {
    for (body, decoded) in [("eyJlcnJvck1lc3NhZ2UiOiJtIn0=", r#"{"errorMessage":"m"}"#), ("!", "!")] {
        let (running, mut reader, _) = Running::streamed().await;
        let mut stream = running.post(STREAMING).await;
        chunk(&mut stream, b"one").await.unwrap();
        let end = format!(
            "0\r\nLambda-Runtime-Function-Error-Type: Function.Broken\r\nLambda-Runtime-Function-Error-Body: {body}\r\n\r\n"
        );
        stream.write_all(end.as_bytes()).await.unwrap();
        assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 202"));
        assert_eq!(recv(&mut reader).await.unwrap(), "one");
        assert_eq!(recv(&mut reader).await, None);
        let error =
            Answer::Error { error_type: Some("Function.Broken".to_owned()), body: Bytes::from(decoded) };
        assert_eq!(running.answer().await, error);
    }
}

#[tokio::test]
async fn an_error_of_a_hundred_kilobytes_fits_into_trailers() {
    let (running, _reader, _) = Running::streamed().await;
    let mut stream = running.post(STREAMING).await;
    let end = format!("0\r\nLambda-Runtime-Function-Error-Body: {}\r\n\r\n", "YWFh".repeat(25 << 10));
    stream.write_all(end.as_bytes()).await.unwrap();
    assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 202"));
    let Answer::Error { error_type: None, body } = running.answer().await else { panic!("an error") };
    assert_eq!(body.len(), 75 << 10);
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_truncated() {
    // The end of the sending side only, and that of the whole connection.
    for half in [true, false] {
        let (running, mut reader, _) = Running::streamed().await;
        let mut stream = running.post(STREAMING).await;
        chunk(&mut stream, b"one").await.unwrap();
        assert_eq!(recv(&mut reader).await.unwrap(), "one");
        if half {
            stream.shutdown().await.unwrap();
            let refused = read_some(&mut stream).await;
            assert!(
                refused.starts_with("HTTP/1.1 400") && refused.contains("TruncatedHTTPRequest"),
                "{refused}"
            );
        }
        drop(stream);
        assert_eq!(recv(&mut reader).await, None);
        assert_eq!(running.answer().await, Answer::Truncated);
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_while_the_caller_is_slow_is_truncated() {
    let (running, reader, _) = Running::streamed().await;
    let mut stream = running.post(STREAMING).await;
    let piece = vec![b'x'; 256 << 10];
    // Until the way to the caller and the connection are full.
    while tokio::time::timeout(Duration::from_millis(500), chunk(&mut stream, &piece)).await.is_ok() {}
    stream.set_zero_linger().unwrap();
    drop(stream);
    let reading = async {
        let mut reader = reader;
        while recv(&mut reader).await.is_some() {}
    };
    let ((), answer) = tokio::join!(reading, running.answer());
    assert_eq!(answer, Answer::Truncated);
}

#[tokio::test]
async fn a_slow_caller_slows_the_runtime_and_gets_everything() {
    let (running, mut reader, watch) = Running::streamed().await;
    let mut stream = running.post(STREAMING).await;
    let pieces = 64_u64;
    let sending = async {
        for _ in 0..pieces {
            chunk(&mut stream, &vec![b'x'; 1 << 20]).await.unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 202"));
    };
    let reading = async {
        let (mut taken, mut ahead_max) = (0_u64, 0);
        while let Some(chunk) = recv(&mut reader).await {
            taken += u64::try_from(chunk.len()).unwrap();
            ahead_max = ahead_max.max(watch.bytes() - taken);
            tokio::task::yield_now().await;
        }
        (taken, ahead_max)
    };
    let ((), (taken, ahead_max)) = tokio::join!(sending, reading);
    assert_eq!(taken, pieces << 20);
    assert!(ahead_max <= 2 << 20, "{ahead_max} bytes were taken from the runtime and not yet by the caller");
    assert_eq!(running.answer().await, streamed());
}

#[tokio::test]
async fn the_runtime_runs_on_when_the_caller_has_gone() {
    let (running, reader, watch) = Running::streamed().await;
    drop(reader);
    let mut stream = running.post(STREAMING).await;
    for _ in 0..8 {
        chunk(&mut stream, &vec![b'x'; 1 << 20]).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 202"));
    assert_eq!(watch.bytes(), 8 << 20);
    assert_eq!(running.answer().await, streamed());
}

#[tokio::test]
async fn a_stream_that_is_too_large_ends_with_413() {
    let (running, mut reader, watch) = Running::streamed().await;
    let mut stream = running.post(STREAMING).await;
    let piece = vec![b'x'; 1 << 20];
    let sending = async {
        while watch.bytes() <= STREAMED_RESPONSE_BYTES_MAX {
            chunk(&mut stream, &piece).await.unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        read_some(&mut stream).await
    };
    let reading = async {
        let mut taken = 0;
        while let Some(chunk) = recv(&mut reader).await {
            taken += u64::try_from(chunk.len()).unwrap();
        }
        taken
    };
    let (refused, taken) = tokio::join!(sending, reading);
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    assert!(
        taken <= STREAMED_RESPONSE_BYTES_MAX && taken > STREAMED_RESPONSE_BYTES_MAX - (1 << 20),
        "{taken}"
    );
    assert_eq!(running.answer().await, Answer::TooLarge { limit: STREAMED_RESPONSE_BYTES_MAX });
}

#[tokio::test]
async fn the_end_of_the_run_cuts_the_runtime_off() {
    let (running, mut reader, watch) = Running::streamed().await;
    let mut stream = running.post(STREAMING).await;
    chunk(&mut stream, b"one").await.unwrap();
    assert_eq!(recv(&mut reader).await.unwrap(), "one");
    watch.end();
    assert_eq!(recv(&mut reader).await, None);
    let refused = read_some(&mut stream).await;
    assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("InvalidRequestID"), "{refused}");
    // The next process is served as if nothing had been.
    let _init = running.api.begin_life();
    let ping = format!("GET /ping HTTP/1.1\r\nhost: {}\r\n\r\n", running.address);
    let mut other = TcpStream::connect(running.address).await.unwrap();
    other.write_all(ping.as_bytes()).await.unwrap();
    assert!(read_some(&mut other).await.ends_with("pong"));
}

#[tokio::test]
async fn a_mode_that_does_not_exist_is_refused_and_told_to_the_caller() {
    let (running, mut reader, _) = Running::streamed().await;
    let mut stream = running.post("lambda-runtime-function-response-mode: trickling\r\n").await;
    let refused = read_some(&mut stream).await;
    assert!(
        refused.starts_with("HTTP/1.1 400") && refused.contains("InvalidFunctionResponseMode"),
        "{refused}"
    );
    assert_eq!(recv(&mut reader).await, None);
    assert!(reader.begins.await.is_err());
    assert_eq!(running.answer().await, Answer::InvalidResponseMode);
}

#[tokio::test]
async fn a_response_in_one_piece_begins_no_stream() {
    let (running, mut reader, watch) = Running::streamed().await;
    let mut stream = running.post("content-type: text/plain\r\n").await;
    chunk(&mut stream, b"one").await.unwrap();
    chunk(&mut stream, b"two").await.unwrap();
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 202"));
    assert_eq!(recv(&mut reader).await, None);
    assert!(reader.begins.await.is_err());
    assert_eq!(watch.bytes(), 0);
    let content_type = Some(HeaderValue::from_static("text/plain"));
    let body = Bytes::from_static(b"onetwo");
    assert_eq!(running.answer().await, Answer::Response { content_type, body });
}

#[tokio::test]
async fn a_stream_for_a_caller_of_plain_invoke_is_collected() {
    let trailers =
        "Lambda-Runtime-Function-Error-Type: Function.X\r\nLambda-Runtime-Function-Error-Body: e30=\r\n";
    let content_type = Some(HeaderValue::from_static("text/plain"));
    let cases = [
        ("", Answer::Response { content_type, body: Bytes::from_static(b"onetwo") }),
        (
            trailers,
            Answer::Error { error_type: Some("Function.X".to_owned()), body: Bytes::from_static(b"{}") },
        ),
    ];
    for (trailers, expected) in cases {
        let running = Running::start(None).await;
        let mut stream = running.post(STREAMING).await;
        chunk(&mut stream, b"one").await.unwrap();
        chunk(&mut stream, b"two").await.unwrap();
        stream.write_all(format!("0\r\n{trailers}\r\n").as_bytes()).await.unwrap();
        assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 202"));
        assert_eq!(running.answer().await, expected);
    }
}
