//! The front door: AWS's wire, and Lambent's own API beside it.
//!
//! A request passes [`server`] (sockets and their limits), [`door`] (whose it is and where it goes), and then
//! either `invoke` (running functions), `control` (the control plane), `logs` (CloudWatch Logs), `function_urls` (requests
//! to functions' own host names) or `own` (Lambent's own API). What AWS publishes about its wire is data in
//! [`generated`]; [`error`] alone knows AWS's exception names; [`sigv4`] checks and makes signatures.
//!
//! Nothing here trusts a request: sizes, times and shapes are bounded before they cost anything.

pub mod access;
mod authenticate;
pub mod authorization;
mod body;
mod control;
pub mod door;
pub mod error;
pub mod event_stream;
mod function_urls;
pub mod generated;
pub mod guard;
pub mod harness;
mod instant;
mod invoke;
pub mod json;
pub mod logs;
pub mod model;
mod naming;
mod own;
mod plan;
mod private;
pub mod rate;
pub mod response;
pub mod route;
pub mod s3;
pub mod server;
pub mod sigv4;
pub mod state;
mod trace;
pub mod url;

pub use access::{Access, Auth, Registry};
pub use door::Door;
pub use guard::Guard;
pub use naming::Identity;
pub use private::PrivateDoor;
pub use server::{Limits, Tls, TlsError, serve, serve_tls};
pub use state::{AppState, IdempotencyWindows};
