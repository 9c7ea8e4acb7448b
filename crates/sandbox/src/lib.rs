//! One confined process tree on Linux.
//!
//! The server asks a [`Spawner`] for a sandbox from a [`SandboxSpec`] and gets a [`Spawned`]: listeners that
//! exist only inside, the read ends of the function's output, a stream of [`Notice`]s and the [`Sandbox`] to
//! steer it by. Three processes and a rule make it up:
//!
//! ```text
//!   server ──control socket──┬── warden   keeps the server's rights, only waits; kills init and removes the
//!   (threads, no fork)       │            cgroups when the server closes the socket or dies
//!                            └── init     process 1 of the namespaces; built the root, then gave up every
//!                                 │       right; starts, reaps and resets
//!                                 └── runtime and whatever it starts: in the cgroups, never user 0
//! ```
//!
//! Invariants: nothing of a sandbox outlives its [`Sandbox`] or its server, however the server ends; nothing
//! of the function runs as user 0 (a [`Level::Plain`] sandbox has the server's own user); a function's
//! descriptors are its three pipes and `/dev/null`; every wait is bounded.
//!
//! This is the only crate with `unsafe`. It does not know about functions, invocations or HTTP, and it is not
//! asynchronous: calls that may take milliseconds say so.

mod cgroup;
mod error;
mod handshake;
mod init;
mod launches;
mod level;
mod notice;
mod options;
mod peer;
mod probe;
mod process_tree;
mod sandbox;
mod spawner;
mod spec;
mod sys;
mod uids;
mod wire;

pub use error::SandboxError;
pub use init::sandbox_init_main;
pub use notice::{Exit, Notice, Notices};
pub use options::{Isolation, Level, Options};
pub use peer::peer_uid;
pub use probe::{Mechanism, Report as ProbeReport, probe};
pub use sandbox::{Output, Paths, Sandbox, Spawned, Usage};
pub use spawner::Spawner;
pub use spec::{
    FIRST_PORT, LISTENERS_MAX, Network, Program, RuntimeFile, SANDBOX_ADDRESS, SandboxSpec, TELEMETRY_FD,
};
