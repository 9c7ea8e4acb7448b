//! The limits: the least any server of the kind has to do. Each is a process of its own, this same
//! program started again with another role, so that it meets the machine as Lambent does.

mod accept;
mod commit;
mod runtime_loop;

pub(crate) use runtime_loop::LoopFigures;

use crate::failure::Failure;
use clap::Subcommand;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// What this program is when it has started itself again.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Limit {
    /// Answers 202 once it has the body.
    Accept {
        /// Appends the body to this file first: one write and one fdatasync for all bodies that wait.
        #[arg(long)]
        append: Option<PathBuf>,
    },
    /// Hands one payload to runtime programs again and again, and prints what they come to as JSON.
    RuntimeLoop {
        #[arg(long)]
        payload: String,
        #[arg(long)]
        processes: u16,
        #[arg(long)]
        window_millis: u64,
        /// The program and its arguments.
        #[arg(last = true, required = true)]
        program: Vec<OsString>,
    },
}

impl Limit {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Accept { append } => {
                // As many threads as cores, as the server has.
                runtime(Builder::new_multi_thread())?.block_on(accept::serve(append))
            }
            Self::RuntimeLoop { payload, processes, window_millis, program } => {
                let window = Duration::from_millis(window_millis);
                let measuring = runtime_loop::measure(payload.into(), processes, window, program);
                runtime(Builder::new_current_thread())?.block_on(measuring)
            }
        }
    }
}

fn runtime(mut builder: Builder) -> Result<Runtime, Failure> {
    builder.enable_all().build().map_err(|cause| Failure::at("start tokio", cause))
}

async fn listen() -> Result<TcpListener, Failure> {
    TcpListener::bind("127.0.0.1:0").await.map_err(|cause| Failure::at("listen", cause))
}
