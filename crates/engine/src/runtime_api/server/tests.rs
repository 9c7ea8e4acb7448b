//! Whatever a hostile runtime sends, its Runtime API goes on answering and hands nothing out twice.

use super::*;
use crate::runtime_api::NextInvocation;
use bytes::Bytes;
use proptest::prelude::*;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ID: RequestId = RequestId::from_bytes([7; 16]);

/// Pieces of requests, right and wrong, in any order.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &str| Just(text.replace("ID", &ID.to_string()).into_bytes());
    prop_oneof![
        text("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: a\r\n\r\n"),
        text(
            "POST /2018-06-01/runtime/invocation/nobody/response HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}"
        ),
        text("POST /2018-06-01/runtime/invocation/ID/error HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n"),
        text(
            "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nz\r\n"
        ),
        text("DELETE /2018-06-01/runtime/invocation HTTP/1.1\r\nhost: a\r\n\r\n"),
        text("POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"),
        prop::collection::vec(any::<u8>(), 0..200),
    ]
}

/// Sends bytes and ends its side. What comes back, if anything, is the server's affair.
async fn send(address: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that has heard enough may have closed already.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
}

/// A whole exchange of a well-behaved runtime.
async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

async fn after(noise: Vec<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, tasks, api) = (listener.local_addr().unwrap(), Tasks::new(), Arc::new(RuntimeApi::new()));
    serve(&tasks, listener, Arc::clone(&api), None);
    let _init = api.begin_life();
    for bytes in &noise {
        send(address, bytes).await;
    }
    // The next process: whatever the one before did to the state is forgotten.
    let _init = api.begin_life();
    let invocation = NextInvocation {
        request_id: ID,
        deadline_ms: 1,
        invoked_arn: "arn".to_owned(),
        trace: None,
        client_context: None,
        tenant_id: None,
        payload: Bytes::from_static(b"[1]"),
    };
    let answer = api.deliver(invocation, None);
    let next = ask(address, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(next.starts_with("HTTP/1.1 200") && next.ends_with("[1]"), "{next}");
    let path = format!("/2018-06-01/runtime/invocation/{ID}/response");
    let accepted =
        ask(address, &format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n2")).await;
    assert!(accepted.starts_with("HTTP/1.1 202"), "{accepted}");
    assert_eq!(answer.await, Ok(Answer::Response { content_type: None, body: Bytes::from_static(b"2") }));
    tasks.stop();
    assert!(tasks.finished(Duration::from_secs(10)).await, "a connection outlived its environment");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_noise_stops_it(noise in prop::collection::vec(piece(), 0..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let whole = async { tokio::time::timeout(Duration::from_secs(30), after(noise)).await };
        prop_assert!(runtime.block_on(whole).is_ok(), "it hangs");
    }
}
