//! A NATS subject: the body is published with `Nats-Msg-Id` and the rest as headers.
//!
//! With `stream` on, a JetStream stream must confirm that it has the message; off, it is enough that the server read it. The
//! official client brings some thirty packages for what is used here: one connection that publishes. The protocol is lines
//! of text, and this speaks the five of them that a publisher needs.

mod connection;
mod protocol;

use crate::fault::Fault;
use crate::message::{Message, purpose_name};
use crate::options::Secret;
use crate::sender::Sender;
use async_trait::async_trait;
use connection::Connection;
use lambent_engine::deliveries::TargetKind;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The server and how to log in.
#[derive(Debug, Clone)]
pub struct NatsOptions {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection must be secured, even if the server does not ask for it.
    pub tls: bool,
    /// The user's name; empty for none.
    pub user: String,
    /// The user's password.
    pub password: Option<Secret>,
    /// A token instead.
    pub token: Option<Secret>,
    /// Whether a stream must confirm that it has a message.
    pub stream: bool,
}

/// One connection for all subjects; made when it is needed, and anew after any failure.
#[derive(Debug)]
pub(crate) struct Nats {
    options: NatsOptions,
    tls: Option<Arc<rustls::ClientConfig>>,
    connection: Mutex<Option<Connection>>,
}

/// The sender to one subject.
#[derive(Debug)]
pub(crate) struct Publisher {
    nats: Option<Arc<Nats>>,
    subject: String,
}

impl Nats {
    pub(crate) fn new(options: NatsOptions, tls: Option<Arc<rustls::ClientConfig>>) -> Arc<Self> {
        Arc::new(Self { options, tls, connection: Mutex::default() })
    }

    pub(crate) fn publisher(nats: Option<Arc<Self>>, subject: &str) -> Publisher {
        Publisher { nats, subject: subject.to_owned() }
    }

    async fn publish(&self, subject: &str, headers: &[(&str, String)], body: &[u8]) -> Result<(), Fault> {
        let mut held = self.connection.lock().await;
        // Taken out, so that a try that is dropped in the middle leaves no connection in an unknown state behind.
        let mut connection = match held.take().filter(Connection::is_open) {
            Some(connection) => connection,
            None => Connection::open(&self.options, self.tls.clone()).await?,
        };
        let published = connection.publish(subject, headers, body, self.options.stream).await;
        if published.as_ref().err().is_none_or(|fault| !connection::is_broken(fault)) {
            *held = Some(connection);
        }
        published
    }
}

#[async_trait]
impl Sender for Publisher {
    fn kind(&self) -> TargetKind {
        TargetKind::Nats
    }

    async fn send(&self, message: &Message<'_>) -> Result<(), Fault> {
        let nats = self.nats.as_ref().ok_or_else(|| {
            Fault::unsendable(
                "there is no NATS server: set destinations.nats_url in the server's configuration",
            )
        })?;
        let mut headers = vec![
            ("Nats-Msg-Id", message.id()),
            ("Lambent-Purpose", purpose_name(message.purpose()).to_owned()),
            ("Lambent-Target", message.target().to_owned()),
        ];
        if let Some(trace) = message.trace() {
            headers.push(("X-Amzn-Trace-Id", trace.to_owned()));
        }
        headers.extend(message.attributes.iter().map(|attribute| (attribute.name, attribute.value.clone())));
        nats.publish(&self.subject, &headers, &message.body).await
    }
}
