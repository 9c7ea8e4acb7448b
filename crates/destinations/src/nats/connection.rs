//! One connection to a NATS server, used by one publisher at a time.

use super::NatsOptions;
use super::protocol::{self, Info, Said};
use crate::fault::Fault;
use crate::http::secured;
use crate::options::Secret;
use lambent_domain::delivery::DeliveryFailure;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

const CONNECT_MAX: Duration = Duration::from_secs(5);
/// The longest line that is read: INFO lists a cluster's servers.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// The longest answer of a stream.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// After this the server may have closed it without our hearing of it; a new one costs little.
const IDLE_MAX: Duration = Duration::from_secs(60);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The connection.
pub(super) struct Connection {
    stream: BufReader<Box<dyn Stream>>,
    info: Info,
    /// Where streams answer to, once it is asked for.
    inbox: Option<String>,
    used_at: Instant,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Connection").field("info", &self.info).finish_non_exhaustive()
    }
}

/// Whether the connection is of no use any more.
pub(super) fn is_broken(fault: &Fault) -> bool {
    fault.failure == DeliveryFailure::Unavailable
}

fn broken(error: &io::Error) -> Fault {
    Fault::unavailable(format!("the connection to NATS: {error}"))
}

impl Connection {
    pub(super) async fn open(
        options: &NatsOptions,
        tls: Option<Arc<rustls::ClientConfig>>,
    ) -> Result<Self, Fault> {
        let opened = timeout(CONNECT_MAX, Self::open_slowly(options, tls)).await;
        opened.unwrap_or_else(|_| Err(Fault::unavailable("NATS can't be reached in time")))
    }

    async fn open_slowly(
        options: &NatsOptions,
        tls: Option<Arc<rustls::ClientConfig>>,
    ) -> Result<Self, Fault> {
        let stream = TcpStream::connect((options.host.as_str(), options.port)).await;
        let mut stream = stream.map_err(|error| broken(&error))?;
        stream.set_nodelay(true).map_err(|error| broken(&error))?;
        let info = greeting(&mut stream).await?;
        if !info.headers {
            return Err(Fault::refused("this NATS server knows no headers: it must be 2.2 or later"));
        }
        let secure = options.tls || info.tls_required;
        let stream: Box<dyn Stream> = if secure {
            Box::new(secured(stream, &options.host, tls).await.map_err(|error| broken(&error))?)
        } else {
            Box::new(stream)
        };
        let mut connection =
            Self { stream: BufReader::new(stream), info, inbox: None, used_at: Instant::now() };
        let text = |secret: &Option<Secret>| {
            secret.as_ref().map(|secret| String::from_utf8_lossy(secret.as_bytes()).into_owned())
        };
        let (password, token) = (text(&options.password), text(&options.token));
        let login = protocol::connect(&options.user, password.as_deref(), token.as_deref(), secure);
        connection.write(format!("{login}PING\r\n").as_bytes()).await?;
        connection.until_pong().await?;
        Ok(connection)
    }

    /// Whether it was used lately.
    pub(super) fn is_open(&self) -> bool {
        self.used_at.elapsed() < IDLE_MAX
    }

    /// Publishes, and waits until the server has read it, or a stream has stored it.
    pub(super) async fn publish(
        &mut self,
        subject: &str,
        headers: &[(&str, String)],
        body: &[u8],
        stream: bool,
    ) -> Result<(), Fault> {
        if body.len() > self.info.payload_bytes_max {
            let (bytes, most) = (body.len(), self.info.payload_bytes_max);
            return Err(Fault::unsendable(format!(
                "a message of {bytes} bytes is more than the {most} that NATS takes"
            )));
        }
        self.used_at = Instant::now();
        if !stream {
            let mut text = protocol::publish(subject, None, headers, body);
            text.extend_from_slice(b"PING\r\n");
            self.write(&text).await?;
            return self.until_pong().await;
        }
        let inbox = self.inbox().await?;
        // One address for each message: a late answer to another is not taken for this one's.
        let reply = format!("{inbox}.{}", Uuid::new_v4().simple());
        self.write(&protocol::publish(subject, Some(&reply), headers, body)).await?;
        self.until_confirmed(&reply).await
    }

    /// Subscribes to answers, once.
    async fn inbox(&mut self) -> Result<String, Fault> {
        if let Some(inbox) = &self.inbox {
            return Ok(inbox.clone());
        }
        let inbox = format!("_INBOX.{}", Uuid::new_v4().simple());
        self.write(format!("SUB {inbox}.* 1\r\n").as_bytes()).await?;
        self.inbox = Some(inbox.clone());
        Ok(inbox)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.stream.write_all(bytes).await.map_err(|error| broken(&error))?;
        self.stream.flush().await.map_err(|error| broken(&error))
    }

    async fn until_pong(&mut self) -> Result<(), Fault> {
        loop {
            let (said, _) = self.next().await?;
            match said {
                Said::Pong => return Ok(()),
                Said::Message { bytes, .. } => self.body(bytes).await.map(drop)?,
                _ => {}
            }
        }
    }

    async fn until_confirmed(&mut self, reply: &str) -> Result<(), Fault> {
        loop {
            let (said, line) = self.next().await?;
            let Said::Message { header_bytes, bytes } = said else { continue };
            let body = self.body(bytes).await?;
            if line.split_whitespace().nth(1) == Some(reply) {
                let (headers, body) = body.split_at_checked(header_bytes).unwrap_or_default();
                return protocol::confirmation(headers, body).map_err(Fault::refused);
            }
        }
    }

    /// The next line of interest; answers PING, and turns errors into faults.
    async fn next(&mut self) -> Result<(Said, String), Fault> {
        loop {
            let line = line(&mut self.stream).await?;
            match protocol::read(&line) {
                Said::Ping => self.write(b"PONG\r\n").await?,
                Said::Error(error) => return Err(refusal(&error)),
                said => return Ok((said, line)),
            }
        }
    }

    /// The bytes of a message, without the line's end behind them.
    async fn body(&mut self, bytes: usize) -> Result<Vec<u8>, Fault> {
        if bytes > ANSWER_BYTES_MAX {
            return Err(Fault::unavailable("NATS sent a message that nobody asked for"));
        }
        let mut body = vec![0; bytes.saturating_add(2)];
        self.stream.read_exact(&mut body).await.map_err(|error| broken(&error))?;
        body.truncate(bytes);
        Ok(body)
    }
}

/// A permission that is missing leaves the connection as it is; after anything else the server closes it.
fn refusal(error: &str) -> Fault {
    let text = format!("NATS refused: {error}");
    let lower = error.to_ascii_lowercase();
    if lower.starts_with("permissions violation") { Fault::refused(text) } else { Fault::unavailable(text) }
}

async fn greeting(stream: &mut TcpStream) -> Result<Info, Fault> {
    // What follows the line may belong to the handshake: not a byte more is read than the line.
    let line = line(stream).await?;
    let info = match protocol::read(&line) {
        Said::Info(text) => Info::read(&text),
        _ => None,
    };
    info.ok_or_else(|| Fault::unavailable("what answers is no NATS server"))
}

async fn line<S: AsyncRead + Unpin>(stream: &mut S) -> Result<String, Fault> {
    let mut line = Vec::new();
    loop {
        let byte = stream.read_u8().await.map_err(|error| broken(&error))?;
        if byte == b'\n' {
            let line = String::from_utf8_lossy(&line);
            return Ok(line.trim_end_matches('\r').to_owned());
        }
        if line.len() >= LINE_BYTES_MAX {
            return Err(Fault::unavailable("what answers is no NATS server"));
        }
        line.push(byte);
    }
}
