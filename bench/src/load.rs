//! The load generator: a fixed number of connections, each of which sends its next request when it has
//! the answer to the last. All of them share one thread, so that the server keeps the other core.

use crate::failure::Failure;
use crate::figures::Figures;
use crate::process::Server;
use crate::wire::Connection;
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long no answer may come before the measurement is given up.
const STALL_MAX: Duration = Duration::from_secs(120);

/// When a load ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    /// After `warm_up`, what is answered within `window` counts.
    Time { warm_up: Duration, window: Duration },
    /// After this many requests, which all count.
    Sent(u64),
}

/// What to send, where, and how hard.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    pub(crate) request: Bytes,
    pub(crate) status: u16,
    pub(crate) connections: u16,
    pub(crate) until: Until,
}

/// What one connection saw.
#[derive(Debug, Default)]
struct Seen {
    samples: Vec<Duration>,
    failures: u64,
    /// All answers, those of the warm-up too.
    answers: u64,
}

impl Load {
    /// Runs it. An answer other than the expected one is counted; a lost connection ends the measurement.
    pub(crate) async fn run(&self, server: &Server) -> Result<Figures, Failure> {
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(server.address()).await?);
        }
        let spent = server.processor_time()?;
        let started = Instant::now();
        let sent = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        for connection in connections {
            tasks.spawn(self.clone().drive(connection, started, Arc::clone(&sent)));
        }
        let most = match self.until {
            Until::Time { warm_up, window } => warm_up + window + STALL_MAX,
            Until::Sent(_) => STALL_MAX,
        };
        let seen = tokio::time::timeout(most, gather(tasks))
            .await
            .map_err(|_| Failure::new("the server did not answer all requests in time"))??;
        let window = match self.until {
            Until::Time { window, .. } => window,
            Until::Sent(_) => started.elapsed(),
        };
        let spent = server.processor_time()?.saturating_sub(spent);
        let server_us = spent.as_secs_f64() * 1e6 / seen.answers as f64;
        Ok(Figures::of(seen.samples, window, seen.failures, server_us))
    }

    async fn drive(
        self,
        mut connection: Connection,
        started: Instant,
        sent: Arc<AtomicU64>,
    ) -> Result<Seen, Failure> {
        let mut seen = Seen::default();
        let (from, to) = match self.until {
            Until::Time { warm_up, window } => (started + warm_up, Some(started + warm_up + window)),
            Until::Sent(_) => (started, None),
        };
        let mut asked = Instant::now();
        loop {
            if let Until::Sent(most) = self.until
                && sent.fetch_add(1, Ordering::Relaxed) >= most
            {
                return Ok(seen);
            }
            let head = connection.exchange(&self.request).await?;
            let answered = Instant::now();
            seen.answers += 1;
            if to.is_some_and(|to| answered > to) {
                return Ok(seen);
            }
            if head.status != self.status || head.function_error {
                seen.failures += 1;
            } else if answered >= from {
                seen.samples.push(answered - asked);
            }
            asked = answered;
        }
    }
}

async fn gather(mut tasks: JoinSet<Result<Seen, Failure>>) -> Result<Seen, Failure> {
    let mut all = Seen::default();
    while let Some(ended) = tasks.join_next().await {
        let seen = ended.map_err(|cause| Failure::at("run the load", cause))??;
        all.samples.extend(seen.samples);
        all.failures += seen.failures;
        all.answers += seen.answers;
    }
    Ok(all)
}
