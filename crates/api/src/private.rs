//! What a function may reach over the private listener inside its sandbox: running functions, and nothing else.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use lambent_engine::PrivateApi;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::door::Door;
use crate::guard::Guard;
use crate::server::{Limits, serve};
use crate::state::{AppState, StateCell};

/// Serves the private part of the API; the engine hands it a listener for each sandbox.
///
/// The engine is part of the state and needs this to start, so the state is filled in after both are made.
#[derive(Clone, Debug)]
pub struct PrivateDoor {
    state: StateCell,
    limits: Arc<Limits>,
}

impl PrivateDoor {
    /// A door whose listeners are served once `state` is set.
    pub fn new(state: StateCell, limits: Limits) -> Self {
        // One function's sandbox is one client: it gets a small part of what the server has.
        let limits = Limits {
            connections_max: limits.connections_max.min(64),
            body_bytes_in_memory_max: limits.body_bytes_in_memory_max.min(32 * 1024 * 1024),
            drain_max: std::time::Duration::from_secs(1),
            ..limits
        };
        Self { state, limits: Arc::new(limits) }
    }

    /// A sandbox without a network of its own has its listener on the host's loopback, within reach of browsers, so
    /// the guard stands here too; it lets in who names the listener's own address.
    fn door(&self, address: SocketAddr) -> Option<Door> {
        let state: Arc<AppState> = self.state.get()?.clone();
        Some(Door::private(state, Guard { names: vec![address.ip().to_string()] }, (*self.limits).clone()))
    }
}

impl PrivateApi for PrivateDoor {
    fn serve(
        &self,
        listener: TcpListener,
        address: SocketAddr,
        stop: CancellationToken,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let door = self.door(address);
        Box::pin(async move {
            match door {
                Some(door) => serve(vec![listener], door, stop).await,
                None => tracing::error!("a sandbox asked for the private API before the server was ready"),
            }
        })
    }
}
