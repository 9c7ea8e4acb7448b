//! Bodies by themselves, and over a connection whose client reads, stalls or leaves.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::*;
use crate::server::StallGuard;

const PATIENCE: Duration = Duration::from_secs(60);
const STALL_MAX: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_whole_body_is_as_long_as_it_is() {
    let body = AnswerBody::whole("one");
    assert_eq!(body.size_hint().exact(), Some(3));
    assert_eq!(body.collect().await.unwrap().to_bytes(), "one");
    assert!(AnswerBody::default().is_end_stream());
}

#[tokio::test]
async fn a_stream_is_what_its_producer_sends() {
    let body = AnswerBody::stream(|mut out| async move {
        for piece in ["one ", "", "two ", "three"] {
            out.send(Bytes::from(piece)).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    });
    assert_eq!(body.size_hint().exact(), None);
    assert_eq!(body.collect().await.unwrap().to_bytes(), "one two three");
}

#[tokio::test]
async fn what_was_sent_before_an_abortion_arrives() {
    let mut body = AnswerBody::stream(|mut out| async move {
        out.send(Bytes::from("one")).await?;
        Err(Aborted)
    });
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "one");
    assert!(!body.is_end_stream());
    assert_eq!(body.frame().await.unwrap().err(), Some(Aborted));
    assert!(body.frame().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_producer_that_lets_go_of_its_sender_still_says_how_it_ends() {
    let mut body = AnswerBody::stream(|out| async move {
        drop(out);
        tokio::time::sleep(Duration::from_secs(1)).await;
        Err(Aborted)
    });
    assert_eq!(body.frame().await.unwrap().err(), Some(Aborted));
}

/// A connection that is answered once, with this body; resolves with how it ended.
async fn served(near: DuplexStream, body: AnswerBody) -> Result<(), hyper::Error> {
    let body = std::sync::Mutex::new(Some(body));
    let service = service_fn(move |_: Request<Incoming>| {
        let body = body.lock().unwrap().take().unwrap();
        async move { Ok::<_, Infallible>(Response::new(body)) }
    });
    http1::Builder::new().serve_connection(TokioIo::new(StallGuard::new(near, STALL_MAX)), service).await
}

async fn ask(far: &mut DuplexStream) {
    far.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
}

async fn read_until(far: &mut DuplexStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut bytes = [0; 1024];
        let read = tokio::time::timeout(PATIENCE, far.read(&mut bytes)).await.unwrap().unwrap();
        assert!(read > 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    text
}

#[tokio::test]
async fn pieces_are_sent_as_they_are_made() {
    let (near, mut far) = tokio::io::duplex(4096);
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let body = AnswerBody::stream(|mut out| async move {
        out.send(Bytes::from("one")).await?;
        gone.await.unwrap();
        out.send(Bytes::from("two")).await
    });
    let client = async {
        ask(&mut far).await;
        let head = read_until(&mut far, "3\r\none\r\n").await;
        assert!(head.contains("transfer-encoding: chunked\r\n"), "{head}");
        go.send(()).unwrap();
        assert_eq!(read_until(&mut far, "0\r\n\r\n").await, "3\r\ntwo\r\n0\r\n\r\n");
    };
    let (ended, ()) = tokio::join!(served(near, body), client);
    ended.unwrap();
}

#[tokio::test]
async fn an_aborted_stream_closes_the_connection_without_an_end() {
    let (near, mut far) = tokio::io::duplex(4096);
    let body = AnswerBody::stream(|mut out| async move {
        out.send(Bytes::from("one")).await?;
        Err(Aborted)
    });
    let client = async {
        ask(&mut far).await;
        let mut text = String::new();
        far.read_to_string(&mut text).await.unwrap();
        text
    };
    let (ended, text) = tokio::join!(served(near, body), client);
    assert!(ended.is_err());
    assert!(text.ends_with("3\r\none\r\n"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_client_who_stops_reading_is_given_up_and_the_producer_with_it() {
    let (near, mut far) = tokio::io::duplex(1024);
    let sent = Arc::new(AtomicUsize::new(0));
    let (counter, alive) = (Arc::clone(&sent), Arc::new(()));
    let held = Arc::clone(&alive);
    let body = AnswerBody::stream(|mut out| async move {
        let _held = held;
        loop {
            out.send(Bytes::from(vec![b'x'; 1 << 16])).await?;
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    ask(&mut far).await;
    let start = tokio::time::Instant::now();
    assert!(served(near, body).await.is_err());
    assert_eq!(start.elapsed(), STALL_MAX);
    assert!(sent.load(Ordering::Relaxed) < 32, "{sent:?} pieces were made for nobody");
    assert_eq!(Arc::strong_count(&alive), 1, "the producer outlived its connection");
}
