//! What a function may reach over the private listener inside its sandbox: what its role allows, once it has signed.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lambent_domain::arn::FunctionArn;
use lambent_domain::function::FunctionVersion;
use lambent_domain::time::Clock;
use lambent_engine::{FunctionCredentials, PrivateApi};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::access::Sessions;
use crate::body::Room;
use crate::door::Door;
use crate::guard::Guard;
use crate::naming::Identity;
use crate::server::{Limits, serve_until};
use crate::state::{AppState, StateCell};

/// Connections from one sandbox at a time.
const CONNECTIONS_MAX: usize = 64;
/// Bytes that the bodies of one sandbox may hold: two synchronous requests of the largest size.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes that the bodies of all sandboxes may hold together. They are the server's memory, which no sandbox's cgroup
/// counts, so a sandbox more must not mean more of it.
const ALL_BODY_BYTES_MAX: usize = 128 * 1024 * 1024;
/// A call that has not ended when its sandbox does has nobody left to answer.
const DRAIN_MAX: Duration = Duration::from_secs(1);

/// Serves the private part of the API; the engine hands it a listener for each sandbox.
///
/// The engine is part of the state and needs this to start, so the state is filled in after both are made.
#[derive(Clone, Debug)]
pub struct PrivateDoor {
    state: StateCell,
    sessions: Sessions,
    identity: Identity,
    clock: Arc<dyn Clock>,
    limits: Arc<Limits>,
    room: Room,
}

impl PrivateDoor {
    /// A door whose listeners are served once `state` is set. Functions are given sessions of `sessions`.
    pub fn new(
        state: StateCell,
        sessions: Sessions,
        identity: Identity,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Self {
        let room = Room::new(limits.body_bytes_in_memory_max.min(ALL_BODY_BYTES_MAX));
        // One function's sandbox is one client: it gets a small part of what the server has.
        let limits = Limits {
            connections_max: limits.connections_max.min(CONNECTIONS_MAX),
            body_bytes_in_memory_max: limits.body_bytes_in_memory_max.min(BODY_BYTES_MAX),
            drain_max: limits.drain_max.min(DRAIN_MAX),
            ..limits
        };
        Self { state, sessions, identity, clock, limits: Arc::new(limits), room }
    }

    /// A sandbox without a network of its own has its listener on the host's loopback, within reach of browsers, so
    /// the guard stands here too; it lets in who names the listener's own address.
    fn door(&self, address: SocketAddr) -> Option<Door> {
        let state: Arc<AppState> = self.state.get()?.clone();
        let guard = Guard { names: vec![address.ip().to_string()], any_address: false };
        let room = self.room.part(self.limits.body_bytes_in_memory_max);
        Some(Door::private(state, guard, (*self.limits).clone(), room))
    }
}

impl PrivateApi for PrivateDoor {
    /// Ends soon after `stop`, and no connection outlives it: calls that have not ended by then are cut off.
    fn serve(
        &self,
        listener: TcpListener,
        address: SocketAddr,
        stop: CancellationToken,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let door = self.door(address);
        Box::pin(async move {
            match door {
                Some(door) => {
                    let connections = serve_until(vec![listener], None, door, stop).await;
                    if connections > 0 {
                        // A function that ended while it was calling is the function's affair.
                        tracing::debug!(connections, "calls of a sandbox were cut off because it ended");
                    }
                }
                None => tracing::error!("a sandbox asked for the private API before the server was ready"),
            }
        })
    }

    fn issue(&self, version: &FunctionVersion) -> io::Result<FunctionCredentials> {
        let configuration = &version.configuration;
        let Identity { region, account } = &self.identity;
        let function_arn = FunctionArn {
            region: region.clone(),
            account: account.clone(),
            name: configuration.name.clone(),
            qualifier: None,
        };
        let now = self.clock.now();
        let issued = self.sessions.issue(&configuration.role, &function_arn.to_string(), now);
        let session = issued.map_err(io::Error::other)?;
        Ok(FunctionCredentials {
            access_key_id: session.access_key_id.to_string(),
            secret_access_key: session.secret.expose().to_owned(),
            session_token: session.token.expose().to_owned(),
            guard: Box::new(session.guard),
        })
    }
}
