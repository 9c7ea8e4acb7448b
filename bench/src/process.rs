//! What is measured runs in processes of its own, started here and stopped here.

use crate::failure::Failure;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

const READY_MAX: Duration = Duration::from_secs(60);
const STOP_MAX: Duration = Duration::from_secs(20);
/// Between two looks at something that does not announce itself.
const LOOK: Duration = Duration::from_millis(2);

/// The kernel's unit of processor time as it shows it: Linux fixes it at 100 Hz for user space.
const TICK_MILLIS: u64 = 10;

/// The words before the address in the line with which `lambent serve` and our own limits say that they
/// take requests.
pub(crate) const READY: &str = "is ready at http://";

/// A server. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    /// From the start of the process to its ready line.
    pub(crate) took: Duration,
}

impl Server {
    /// Starts it, with all it says going to a file, and waits for its ready line.
    pub(crate) async fn start(command: &mut Command, said: &Path) -> Result<Self, Failure> {
        let in_file = |cause| Failure::at(said.display(), cause);
        let output = File::create(said).map_err(in_file)?;
        command.stdout(output.try_clone().map_err(in_file)?).stderr(output);
        let started = Instant::now();
        let mut child = spawn(command)?;
        loop {
            let text = std::fs::read_to_string(said).map_err(in_file)?;
            if let Some(address) = ready_at(&text) {
                return Ok(Self { child, address, took: started.elapsed() });
            }
            if let Ok(Some(status)) = child.try_wait() {
                return Err(Failure::new(format!("the server ended with {status} and said:\n{text}")));
            }
            if started.elapsed() > READY_MAX {
                return Err(Failure::new(format!("the server did not become ready and said:\n{text}")));
            }
            sleep(LOOK).await;
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `SIGTERM`, and `SIGKILL` if that is not enough.
    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        if let Some(pid) = self.pid() {
            kill_process(pid, Signal::TERM).map_err(|cause| Failure::at("stop a server", cause))?;
        }
        match tokio::time::timeout(STOP_MAX, self.child.wait()).await {
            Ok(_) => Ok(()),
            Err(_) => self.child.kill().await.map_err(|cause| Failure::at("kill a server", cause)),
        }
    }

    /// `SIGKILL`, and waits until it is gone.
    pub(crate) async fn kill(&mut self) -> Result<(), Failure> {
        self.child.kill().await.map_err(|cause| Failure::at("kill a server", cause))
    }

    /// Memory of the process that is resident, in MiB.
    pub(crate) fn resident_mib(&self) -> Result<f64, Failure> {
        let text = self.read("status")?;
        resident_kib(&text).map(|kib| kib / 1024.0).ok_or_else(|| Failure::new("a process has no VmRSS"))
    }

    /// What all threads of the process have had of the processors since its start. Its children, in which
    /// functions run, are not in it.
    pub(crate) fn processor_time(&self) -> Result<Duration, Failure> {
        let text = self.read("stat")?;
        processor_ticks(&text)
            .map(|ticks| Duration::from_millis(ticks.saturating_mul(TICK_MILLIS)))
            .ok_or_else(|| Failure::new("a process has no processor time"))
    }

    fn read(&self, file: &str) -> Result<String, Failure> {
        let pid = self.pid().ok_or_else(|| Failure::new("the server has ended"))?;
        let path = format!("/proc/{}/{file}", pid.as_raw_nonzero());
        std::fs::read_to_string(&path).map_err(|cause| Failure::at(&path, cause))
    }

    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()?).ok()?)
    }
}

/// Starts a program that gets no input of ours and does not outlive us.
pub(crate) fn spawn(command: &mut Command) -> Result<Child, Failure> {
    let program = PathBuf::from(command.as_std().get_program());
    command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| Failure::at(format_args!("start {}", program.display()), cause))
}

fn ready_at(text: &str) -> Option<SocketAddr> {
    let (_, rest) = text.split_once(READY)?;
    let end = rest.find(|next: char| next.is_whitespace())?;
    rest.get(..end)?.parse().ok()
}

fn resident_kib(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The 14th and 15th field; the second, the name in brackets, may hold anything.
fn processor_ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system) = (fields.next()?.parse::<u64>().ok()?, fields.next()?.parse::<u64>().ok()?);
    user.checked_add(system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_user_and_system_time_whatever_the_name() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 30 12 5 5 20 0 8 0";
        assert_eq!(processor_ticks(stat), Some(42));
        assert_eq!(processor_ticks("7 (a) S 1"), None);
    }

    #[test]
    fn a_ready_line_counts_once_its_address_is_whole() {
        let line = "Lambent 0.1.0 is ready at http://127.0.0.1:4321 (data in x)\n";
        assert_eq!(ready_at(line), Some("127.0.0.1:4321".parse().unwrap()));
        assert_eq!(ready_at("x is ready at http://127.0.0.1:43"), None);
    }

    #[test]
    fn resident_memory_is_read_from_the_kernels_line() {
        assert_eq!(resident_kib("Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t1\n"), Some(2048.0));
        assert_eq!(resident_kib("Name:\tx\n"), None);
    }
}
