//! What this host can do, for `doctor`: tried, not guessed.

use std::fmt;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::cgroup::Hierarchies;
use crate::init::TRY_MECHANISMS;
use crate::level::trial_spec;
use crate::{Isolation, Options, SandboxError, Spawner};

/// How many sandboxes are built to tell how long it takes.
const BUILDS: usize = 5;

/// The most the trying child may say.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// One mechanism of isolation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mechanism {
    /// Its short name, such as `user namespaces`.
    pub name: String,
    /// Whether it works here.
    pub available: bool,
    /// Whether a confined sandbox is impossible without it.
    pub necessary: bool,
    /// What was found, or why it does not work; may be empty when it does.
    pub detail: String,
    /// How to get it; empty when it is there.
    pub remedy: &'static str,
}

/// What [`probe`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Every mechanism.
    pub mechanisms: Vec<Mechanism>,
    /// Whether a confined sandbox can be built, or why not.
    pub confined: Result<(), String>,
    /// The median time from asking for a sandbox to having its listeners, if one can be built.
    pub build_time: Option<Duration>,
}

/// Tries every mechanism in processes of their own and builds a few sandboxes. Blocks for some tens of
/// milliseconds.
///
/// # Errors
/// The program that [`Options`] names cannot be run.
pub fn probe(options: &Options) -> Result<Report, SandboxError> {
    let is_root = rustix::process::geteuid().is_root();
    let mut mechanisms = vec![privilege(is_root, options)];
    mechanisms.extend(try_kernel(options, is_root)?);
    mechanisms.extend(controllers(&Hierarchies::detect()));
    let (confined, build_time) = build(options);
    Ok(Report { mechanisms, confined, build_time })
}

fn privilege(is_root: bool, options: &Options) -> Mechanism {
    let end = options.uid_first.saturating_add(options.uid_count).saturating_sub(1);
    let detail = if is_root {
        format!(
            "the server is root: each sandbox gets a host user of its own, {} to {end}",
            options.uid_first
        )
    } else {
        "the server is an ordinary user: sandboxes share its host user, kept apart by namespaces".to_owned()
    };
    let remedy = if is_root { "" } else { "start the server as root to have a host user for each sandbox" };
    Mechanism { name: "own host users".to_owned(), available: is_root, necessary: false, detail, remedy }
}

fn try_kernel(options: &Options, is_root: bool) -> Result<Vec<Mechanism>, SandboxError> {
    let failed = |error| SandboxError::io(format!("run {}", options.program.display()), error);
    let mut child = Command::new(&options.program)
        .args(&options.args)
        .arg(TRY_MECHANISMS)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut text = String::new();
    let read = match child.stdout.take() {
        Some(stdout) => stdout.take(ANSWER_BYTES_MAX).read_to_string(&mut text),
        None => Ok(0),
    };
    child.wait().map_err(failed)?;
    read.map_err(failed)?;
    Ok(text.lines().filter_map(|line| mechanism(line, is_root)).collect())
}

/// A line of the trying child.
fn mechanism(line: &str, is_root: bool) -> Option<Mechanism> {
    let mut fields = line.splitn(3, '\t');
    let (name, word, detail) = (fields.next()?, fields.next()?, fields.next()?);
    let available = word == "ok";
    let necessary = match name {
        "user namespaces" => !is_root,
        "Landlock" | "overlay file system" => false,
        _ => true,
    };
    let remedy = if available { "" } else { remedy(name) };
    Some(Mechanism { name: name.to_owned(), available, necessary, detail: detail.to_owned(), remedy })
}

fn remedy(name: &str) -> &'static str {
    match name {
        "user namespaces" => {
            "set the sysctls user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 and \
             kernel.apparmor_restrict_unprivileged_userns=0 where they exist, or start the server as root"
        }
        "mount namespaces" | "process namespaces" | "network namespaces" => {
            "in a container, give it CAP_SYS_ADMIN and CAP_NET_ADMIN and a seccomp profile that lets it unshare"
        }
        "restricted mounts" => "use Linux 5.12 or later",
        "own /proc" => "in a container, leave /proc unmasked (Docker: --security-opt systempaths=unconfined)",
        "seccomp" => "use a kernel with CONFIG_SECCOMP_FILTER on x86_64, aarch64 or riscv64",
        "Landlock" => "use Linux 5.13 or later with landlock in its list of security modules (lsm=…)",
        _ => "load the kernel module of that name",
    }
}

fn controllers(hierarchies: &Hierarchies) -> Vec<Mechanism> {
    let found = [
        ("cgroup memory", &hierarchies.memory),
        ("cgroup pids", &hierarchies.pids),
        ("cgroup cpu", &hierarchies.cpu),
        ("cgroup freezer", &hierarchies.freezer),
    ];
    found
        .into_iter()
        .map(|(name, place)| Mechanism {
            name: name.to_owned(),
            available: place.is_some(),
            necessary: false,
            detail: place.as_ref().map_or("no writable group of ours has it".to_owned(), ToString::to_string),
            remedy: match place {
                Some(_) => "",
                None => "start the server as root, or as a systemd unit or scope with Delegate=yes",
            },
        })
        .collect()
}

fn build(options: &Options) -> (Result<(), String>, Option<Duration>) {
    let options = Options { isolation: Isolation::Required, ..options.clone() };
    let spawner = match Spawner::new(options) {
        Ok(spawner) => spawner,
        Err(error) => return (Err(error.to_string()), None),
    };
    let mut times = Vec::new();
    for _ in 0..BUILDS {
        let start = Instant::now();
        if let Err(error) = spawner.spawn(&trial_spec()) {
            return (Err(error.to_string()), None);
        }
        times.push(start.elapsed());
    }
    times.sort();
    (Ok(()), times.get(BUILDS / 2).copied())
}

impl fmt::Display for Mechanism {
    /// One line: mark, name, and what there is to say.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", if self.available { "yes" } else { "no " }, self.name)?;
        for text in [self.detail.as_str(), self.remedy] {
            if !text.is_empty() {
                write!(f, "; {text}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_childs_lines() {
        let mechanism = mechanism("user namespaces\tno\tmake the namespace: EPERM", false).unwrap();
        assert!(!mechanism.available && mechanism.necessary);
        assert!(mechanism.to_string().starts_with("no  user namespaces; make the namespace: EPERM; set the"));
        assert!(!super::mechanism("user namespaces\tno\t", true).unwrap().necessary);
        assert_eq!(super::mechanism("garbage", true), None);
    }
}
