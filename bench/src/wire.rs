//! HTTP/1.1 with ready-made requests: the generator shares two cores with what it measures, so it does
//! next to nothing per request. It understands what the servers measured here answer: a status, headers
//! and a `Content-Length`.

use crate::failure::Failure;
use bytes::{Buf as _, Bytes, BytesMut};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longest wait for one answer: no measurement may hang.
const ANSWER_MAX: Duration = Duration::from_secs(60);
const HEAD_BYTES_MAX: usize = 16 * 1024;
pub(crate) const HOST: &str = "localhost";

/// A request as bytes, to be sent as often as wanted.
pub(crate) fn request(method: &str, path: &str, body: &[u8]) -> Bytes {
    request_with(method, path, "", body)
}

/// The same with further header lines, each with its end.
pub(crate) fn request_with(method: &str, path: &str, headers: &str, body: &[u8]) -> Bytes {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\n{headers}content-length: \
         {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat().into()
}

/// The part of an answer that says whether it is the one expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// The function raised an error, which Lambda answers with status 200.
    pub(crate) function_error: bool,
    bytes: usize,
    body_bytes: usize,
}

/// One connection that is kept.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: BytesMut,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await.map_err(|cause| Failure::at("connect", cause))?;
        stream.set_nodelay(true).map_err(|cause| Failure::at("connect", cause))?;
        Ok(Self { stream, buffer: BytesMut::with_capacity(HEAD_BYTES_MAX) })
    }

    /// Sends and waits for the whole answer, of which only the head is kept.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Head, Failure> {
        let head = self.send_and_receive(request).await?;
        self.buffer.advance(head.bytes + head.body_bytes);
        Ok(head)
    }

    /// Sends and gives the head and the body of the answer.
    pub(crate) async fn call(&mut self, request: &[u8]) -> Result<(Head, Bytes), Failure> {
        let receiving = tokio::time::timeout(ANSWER_MAX, self.send_and_receive(request));
        let head = receiving.await.map_err(|cause| Failure::at("wait for an answer", cause))??;
        self.buffer.advance(head.bytes);
        Ok((head, self.buffer.split_to(head.body_bytes).freeze()))
    }

    async fn send_and_receive(&mut self, request: &[u8]) -> Result<Head, Failure> {
        self.stream.write_all(request).await.map_err(|cause| Failure::at("send a request", cause))?;
        let head = loop {
            if let Some(head) = parse(&self.buffer)? {
                break head;
            }
            self.read().await?;
        };
        while self.buffer.len() < head.bytes + head.body_bytes {
            self.read().await?;
        }
        Ok(head)
    }

    async fn read(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err(Failure::new("the server closed the connection in mid-answer")),
            Ok(_) => Ok(()),
            Err(cause) => Err(Failure::at("read an answer", cause)),
        }
    }
}

/// A request on a connection of its own.
pub(crate) async fn call(address: SocketAddr, request: &[u8]) -> Result<(Head, Bytes), Failure> {
    Connection::open(address).await?.call(request).await
}

/// The head, once all of it is there.
fn parse(buffer: &[u8]) -> Result<Option<Head>, Failure> {
    let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
        let bounded = buffer.len() <= HEAD_BYTES_MAX;
        return if bounded { Ok(None) } else { Err(Failure::new("an answer's head has no end")) };
    };
    let unexpected = || Failure::new("the server answered something that is not HTTP/1.1 with a length");
    let text = buffer.get(..end).and_then(|head| std::str::from_utf8(head).ok()).ok_or_else(unexpected)?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    let mut head =
        Head { status: status.ok_or_else(unexpected)?, function_error: false, bytes: end + 4, body_bytes: 0 };
    let mut length = None;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok();
        }
        head.function_error |= name.eq_ignore_ascii_case("x-amz-function-error");
    }
    head.body_bytes = if head.status == 204 { 0 } else { length.ok_or_else(unexpected)? };
    Ok(Some(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let whole =
            b"HTTP/1.1 202 Accepted\r\nContent-Length: 3\r\nX-Amz-Function-Error: Unhandled\r\n\r\nabc";
        for cut in 0..whole.len() - 3 {
            assert_eq!(parse(&whole[..cut]).unwrap(), None);
        }
        let head = parse(whole).unwrap().unwrap();
        assert_eq!((head.status, head.function_error, head.body_bytes), (202, true, 3));
        assert_eq!(&whole[head.bytes..], b"abc");
    }

    #[test]
    fn an_answer_without_a_length_is_refused_unless_it_can_have_none() {
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert_eq!(parse(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap().body_bytes, 0);
        assert!(parse(b"SSH-2.0-x\r\n\r\n").is_err());
        assert!(parse(&[b'x'; HEAD_BYTES_MAX + 1]).is_err());
    }
}
