//! The server loop: hyper's HTTP/1 over tokio's sockets, bounded in every direction.
//!
//! Ordered shutdown: nothing more is accepted; connections finish the request they are in and close; what is left
//! after `drain_max` is cut off. Connections never outlive the future that serves them, even if it is dropped.

mod addresses;
mod connection;
mod limits;
mod stall;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lambent_engine::tasks::Tasks;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

pub use limits::Limits;
#[cfg(test)]
pub(crate) use stall::StallGuard;
pub use tls::{Tls, TlsError};

use addresses::Addresses;

use crate::authorization::Peer;
use crate::door::Door;

/// After a failed accept, such as for want of descriptors: long enough not to spin, short enough not to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// A task that is told to stop does so at its next await point.
const CUT_OFF_MAX: Duration = Duration::from_secs(1);

/// Serves `door` on every listener until `shutdown`; returns once the connections have ended.
pub async fn serve(listeners: Vec<TcpListener>, door: Door, shutdown: CancellationToken) {
    report(serve_until(listeners, None, door, shutdown).await);
}

/// The same over TLS. What is not TLS is closed.
pub async fn serve_tls(listeners: Vec<TcpListener>, tls: Arc<Tls>, door: Door, shutdown: CancellationToken) {
    report(serve_until(listeners, Some(tls), door, shutdown).await);
}

fn report(connections: usize) {
    if connections > 0 {
        tracing::warn!(connections, "requests in flight did not end in time and were cut off");
    }
}

/// Serves as [`serve`] and [`serve_tls`] do; says how many connections were cut off.
pub(crate) async fn serve_until(
    listeners: Vec<TcpListener>,
    tls: Option<Arc<Tls>>,
    door: Door,
    shutdown: CancellationToken,
) -> usize {
    let limits = door.limits().clone();
    let tasks = Tasks::new();
    let _cut_off_at_the_end = tasks.stopping().drop_guard();
    let connections = Arc::new(Semaphore::new(limits.connections_max));
    let addresses = Addresses::new(limits.connections_max);
    for listener in listeners {
        let (door, shutdown, connections) = (door.clone(), shutdown.clone(), Arc::clone(&connections));
        let addresses = addresses.clone();
        let tls = tls.clone();
        let spawner = tasks.clone();
        tasks.spawn_until_stopped(async move {
            accept(listener, tls, door, shutdown, (connections, addresses), spawner).await;
        });
    }
    shutdown.cancelled().await;
    if tasks.finished(limits.drain_max).await {
        return 0;
    }
    let cut_off = tasks.len();
    tasks.stop();
    tasks.finished(CUT_OFF_MAX).await;
    cut_off
}

async fn accept(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    door: Door,
    shutdown: CancellationToken,
    (connections, addresses): (Arc<Semaphore>, Addresses),
    tasks: Tasks,
) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            accepted = accept_one(&listener, &connections) => accepted,
        };
        match accepted {
            Ok((stream, address, permit)) => {
                // A small answer must not wait for the client's acknowledgement of the one before it.
                if let Err(source) = stream.set_nodelay(true) {
                    tracing::debug!(error = %source, "a connection was lost before it was served");
                    continue;
                }
                let Ok(seat) = addresses.seat(address.ip()) else {
                    tracing::debug!(client.address = %address.ip(), "an address has as many connections as it may");
                    continue;
                };
                let secure = tls.is_some() || door.is_behind_tls();
                let door = door.at(Peer { ip: address.ip(), secure });
                let (tls, shutdown) = (tls.clone(), shutdown.clone());
                tasks.spawn_until_stopped(async move {
                    connection::serve(stream, tls, door, shutdown).await;
                    drop((permit, seat));
                });
            }
            Err(source) => {
                tracing::warn!(error = %source, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn accept_one(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(connections).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    Ok((stream, address, permit))
}
