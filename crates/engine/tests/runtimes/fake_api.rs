//! A Runtime API that hands out given events and notes what is posted. Plain blocking sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;

/// One event with the headers that differ from the usual ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Event {
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Event {
    pub(crate) fn new(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), headers: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// What the runtime posted.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) path: String,
    /// Trailers too.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// How many chunks the body came in; none for one of known length.
    pub(crate) chunks: usize,
}

impl Post {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

/// Why the test goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// The runtime asked for more events than there are: it is idle.
    Idle,
    /// The runtime's output ended: it exited.
    Exited,
}

/// How the API behaves beyond handing out events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    #[default]
    Usual,
    /// Answers the first large response with 413 without reading it, and closes the connection.
    RefusesLargeBodies,
    /// Closes every connection after one answer, without saying so.
    HangsUp,
    /// Sends events in chunks.
    Chunked,
    /// Answers a response in chunks with 413 at its first chunk, and takes no more of it.
    RefusesStreams,
}

#[derive(Debug)]
pub(crate) struct FakeApi {
    pub(crate) address: SocketAddr,
    posts: Receiver<Post>,
}

struct Shared {
    events: Mutex<std::vec::IntoIter<Event>>,
    handed_out: Mutex<usize>,
    posts: Mutex<Sender<Post>>,
    news: SyncSender<News>,
    manner: Manner,
}

/// The request id of the event of that number.
pub(crate) fn request_id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

impl FakeApi {
    #[expect(clippy::disallowed_methods, reason = "the posts of a test are few, and read when it is over")]
    pub(crate) fn start(events: Vec<Event>, manner: Manner, news: SyncSender<News>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, posts) = std::sync::mpsc::channel();
        let shared = Arc::new(Shared {
            events: Mutex::new(events.into_iter()),
            handed_out: Mutex::new(0),
            posts: Mutex::new(sender),
            news,
            manner,
        });
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, posts }
    }

    /// Everything posted so far.
    pub(crate) fn posts(&self) -> Vec<Post> {
        self.posts.try_iter().collect()
    }
}

/// One connection until it ends. An I/O error means that the runtime has gone, which the test notices elsewhere.
fn serve(mut stream: TcpStream, shared: &Shared) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some((method, path, headers)) = read_head(&mut reader) {
        let header =
            |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let length = header("content-length").map_or(0, |value| value.parse::<usize>().unwrap());
        let is_chunked = header("transfer-encoding") == Some("chunked");
        let refuses = match shared.manner {
            Manner::RefusesLargeBodies => length > 1_000_000,
            Manner::RefusesStreams => is_chunked && read_chunk(&mut reader).is_some(),
            Manner::Usual | Manner::HangsUp | Manner::Chunked => false,
        };
        if refuses {
            let _ = stream.write_all(
                b"HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            );
            let post = Post { path, headers, body: Vec::new(), chunks: 0 };
            shared.posts.lock().unwrap().send(post).unwrap();
            return;
        }
        let mut post = Post { path, headers, body: vec![0; length], chunks: 0 };
        let whole = if is_chunked {
            read_chunks(&mut reader, &mut post)
        } else {
            reader.read_exact(&mut post.body).ok()
        };
        if whole.is_none() {
            return;
        }
        let answer = if method == "GET" && post.path.ends_with("/invocation/next") {
            let Some(answer) = next_event(shared) else { return };
            answer
        } else {
            let _ = shared.posts.lock().unwrap().send(post);
            b"HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n".to_vec()
        };
        if stream.write_all(&answer).is_err() || shared.manner == Manner::HangsUp {
            return;
        }
    }
}

/// Method, path and headers.
type Head = (String, String, Vec<(String, String)>);

fn read_head(reader: &mut impl BufRead) -> Option<Head> {
    let mut lines = Vec::new();
    loop {
        match read_line(reader)? {
            line if line.is_empty() => break,
            line => lines.push(line),
        }
    }
    let mut words = lines.first()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some((method, path, lines.iter().skip(1).map(|line| header(line)).collect()))
}

/// A body in chunks and the trailers behind it.
fn read_chunks(reader: &mut impl BufRead, post: &mut Post) -> Option<()> {
    loop {
        let chunk = read_chunk(reader)?;
        if chunk.is_empty() {
            break;
        }
        post.body.extend(chunk);
        post.chunks += 1;
    }
    while let Some(line) = read_line(reader).filter(|line| !line.is_empty()) {
        post.headers.push(header(&line));
    }
    Some(())
}

/// One chunk; the last one has no bytes, and trailers follow it instead of an empty line.
fn read_chunk(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut chunk = vec![0; usize::from_str_radix(&read_line(reader)?, 16).unwrap()];
    reader.read_exact(&mut chunk).ok()?;
    if !chunk.is_empty() {
        assert_eq!(read_line(reader)?, "");
    }
    Some(chunk)
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    (reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
}

fn header(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').unwrap();
    (name.to_lowercase(), value.trim().to_owned())
}

/// The answer to `next`; with no event left the connection stays open and silent, as a real one does.
fn next_event(shared: &Shared) -> Option<Vec<u8>> {
    let Some(event) = shared.events.lock().unwrap().next() else {
        let _ = shared.news.send(News::Idle);
        loop {
            thread::park();
        }
    };
    let mut number = shared.handed_out.lock().unwrap();
    let mut headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("Lambda-Runtime-Aws-Request-Id", request_id(*number)),
        ("Lambda-Runtime-Deadline-Ms", "4102444800000".to_owned()),
        ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:1:function:sample".to_owned()),
    ];
    *number += 1;
    headers.extend(event.headers);
    let mut answer = b"HTTP/1.1 200 OK\r\n".to_vec();
    for (name, value) in headers {
        write!(answer, "{name}: {value}\r\n").unwrap();
    }
    if shared.manner == Manner::Chunked {
        answer.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        for chunk in event.body.chunks(1000) {
            write!(answer, "{:x}\r\n", chunk.len()).unwrap();
            answer.extend(chunk);
            answer.extend(b"\r\n");
        }
        answer.extend(b"0\r\n\r\n");
    } else {
        write!(answer, "Content-Length: {}\r\n\r\n", event.body.len()).unwrap();
        answer.extend(event.body);
    }
    Some(answer)
}
