//! The sandbox's own processes, from `exec` of our binary to `exec` of the runtime.
//!
//! ```text
//!   warden   hears the set-up, forks init into new namespaces, then waits for the end (`warden`)
//!   init     identity → forks the runtime's process → loopback → root file system → listeners → gives up
//!            every right (`confine`) → says it is ready → starts, reaps, resets (`supervise`)
//!   runtime  joins the cgroups meanwhile → gives up every right → Landlock → pipes, limits → `exec` (`launch`)
//! ```
//!
//! The order in `confine` is the security of the whole: it must stay mounts, then user, then capabilities, then
//! `no_new_privs`, then seccomp; Landlock can come last, since seccomp lets a process bind itself further. A plain sandbox has one process for the
//! warden and init, and no confinement.

mod confine;
mod etc;
mod identity;
mod landlock;
mod launch;
mod limits;
mod listen;
mod mounts;
mod plain;
mod root;
pub(crate) mod seccomp;
mod supervise;
mod tree;
mod trial;
mod warden;

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;

use crate::error::Step;
use crate::sys;
use crate::wire::{FrameReader, Mode, Order, Received, Report, Setup, Wait, send_frame};

/// The server's end of the conversation, as the children hold it.
#[derive(Debug)]
struct Control {
    socket: OwnedFd,
    reader: FrameReader,
}

impl Control {
    fn report(&self, report: &Report, fds: &[std::os::fd::BorrowedFd<'_>]) -> Result<(), String> {
        send_frame(self.socket.as_fd(), &report.encode(), fds).step(|| "report to the server".to_owned())
    }

    /// The next order and the descriptors beside it.
    fn order(&mut self, wait: Wait) -> Result<Next, String> {
        let received =
            self.reader.receive(self.socket.as_fd(), wait).step(|| "hear the server".to_owned())?;
        Ok(match received {
            Received::Frame(frame, fds) => {
                Next::Order(Order::decode(&frame).step(|| "understand the server".to_owned())?, fds)
            }
            Received::Nothing => Next::Nothing,
            Received::End => Next::End,
        })
    }
}

/// What listening to the server brought.
#[derive(Debug)]
enum Next {
    Order(Order, Vec<OwnedFd>),
    Nothing,
    End,
}

/// The write ends of the function's three pipes: descriptors 1, 2 and [`crate::TELEMETRY_FD`].
type Pipes = [OwnedFd; 3];

pub(crate) use trial::ARGUMENT as TRY_MECHANISMS;

/// The whole of the hidden subcommand that [`crate::Options::args`] names: the binary's `main` calls it before
/// it does anything else, above all before it starts a thread, and returns what it returns. Standard input
/// must be the control socket of a [`crate::Spawner`].
pub fn sandbox_init_main() -> ExitCode {
    if std::env::args_os().next_back().is_some_and(|last| last == TRY_MECHANISMS) {
        return trial::main();
    }
    // Descriptors 0 to 3 are the function's later. So 3 is occupied before anything of ours could get that
    // number, and the socket moves away from 0.
    let Ok(null) = File::open("/dev/null") else { return ExitCode::FAILURE };
    let Ok(socket) = std::io::stdin().as_fd().try_clone_to_owned() else { return ExitCode::FAILURE };
    let mut control = Control { socket, reader: FrameReader::default() };
    let moved = sys::dup_to(null.as_fd(), 0).step(|| "move the control socket".to_owned());
    let result = moved.and_then(|()| run(&mut control));
    drop(null);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            // If even this fails the server sees the end of the stream.
            let _ = control.report(&Report::Failed(text), &[]);
            ExitCode::FAILURE
        }
    }
}

fn run(control: &mut Control) -> Result<(), String> {
    let signals = warden::listen_for_the_end()?;
    let (setup, pipes) = match control.order(Wait::Yes)? {
        Next::Order(Order::Setup(setup), fds) => (setup, Pipes::try_from(fds)),
        Next::Order(..) => return Err("the first order is no set-up".to_owned()),
        Next::Nothing | Next::End => return Ok(()),
    };
    let pipes = pipes.map_err(|fds| format!("{} pipes came with the set-up", fds.len()))?;
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let procs = open_cgroups(&setup)?;
    match &setup.mode {
        Mode::Plain { scratch } => plain::run(control, &signals, &setup, scratch, pipes, procs),
        Mode::Rootless { .. } | Mode::Rooted { .. } => warden::run(control, &signals, &setup, pipes, procs),
    }
}

/// The files through which the runtime joins its cgroups. Opened with the server's rights, which is what the
/// kernel judges a later write by, and kept by init, which will see neither the files nor have the rights.
fn open_cgroups(setup: &Setup) -> Result<Vec<File>, String> {
    let open = |dir: &std::path::PathBuf| {
        let path = dir.join("cgroup.procs");
        File::options().write(true).open(&path).step(|| format!("open {}", path.display()))
    };
    setup.cgroups.iter().map(open).collect()
}
