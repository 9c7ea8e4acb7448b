//! Servers that are killed, and what they leave: nothing.

use std::ffi::OsString;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use lambent_sandbox::{Isolation, Options, Spawner};

use crate::Attack;
use crate::world::{World, eventually, host_runs, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("nothing_outlives_the_servers_kill_9", nothing_outlives_the_servers_kill_9),
    ("the_next_server_clears_up_after_dead_wardens", the_next_server_clears_up_after_dead_wardens),
    ("a_server_can_be_killed_at_any_moment", a_server_can_be_killed_at_any_moment),
];

/// Seconds of sleep that no other test or process uses, to find a process on the host by.
pub(crate) fn mark(which: u32) -> String {
    format!("{which}{:07}", std::process::id())
}

/// A script that leaves a daemon behind: forked twice, in a session of its own, deaf to polite signals.
pub(crate) fn daemon(mark: &str) -> String {
    format!(
        "setsid sh -c 'trap \"\" TERM HUP INT; (sleep {mark}) & sleep {mark}' >/dev/null 2>&1 & echo up; exit 0"
    )
}

/// The server of the next test: says that its function runs, and waits to be killed.
pub(crate) fn doomed_server() -> ExitCode {
    let argument = |n| std::env::args().nth(n).unwrap();
    let world = World::new();
    let mut running = world.spawn(&world.spec("doomed"));
    running.start(&sh(&format!(
        "{}; exec sleep {}",
        daemon(&argument(2)).replace("exit 0", ":"),
        argument(2)
    )));
    eventually("the daemon runs", || host_runs(&format!("sleep\0{}", argument(2))));
    if argument(3) == "frozen" {
        running.spawned.sandbox.freeze().unwrap();
    }
    // The directory cannot be removed by a dead server.
    println!("ready {}", world.dir.path().display());
    loop {
        std::thread::park();
    }
}

/// Another process that is a server with a sandbox, whose function has left a daemon behind.
struct Doomed {
    server: Child,
    mark: String,
    dir: String,
}

impl Doomed {
    fn start(which: u32, state: &str) -> Self {
        let mark = mark(which);
        let mut command = Command::new("/proc/self/exe");
        let mut server =
            command.args(["doomed-server", &mark, state]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let dir = line.trim().strip_prefix("ready ").expect("a ready server").to_owned();
        assert!(host_runs(&format!("sleep\0{mark}")));
        Self { server, mark, dir }
    }

    fn kill_9(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Waits until nothing is left running or mounted, and removes the data directory.
    fn vanishes(&self) {
        eventually("its processes are gone", || !host_runs(&format!("sleep\0{}", self.mark)));
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        assert!(!mounts.contains(&self.dir), "{mounts}");
        eventually("its cgroups are gone", || leftovers(self.server.id(), "doomed").is_empty());
        fs::remove_dir_all(&self.dir).unwrap();
    }
}

fn nothing_outlives_the_servers_kill_9(_: &World) {
    for (which, state) in [(73, "running"), (74, "frozen")] {
        let mut doomed = Doomed::start(which, state);
        doomed.kill_9();
        doomed.vanishes();
    }
}

fn the_next_server_clears_up_after_dead_wardens(_: &World) {
    for (which, state) in [(77, "running"), (78, "frozen")] {
        let mut doomed = Doomed::start(which, state);
        let server = doomed.server.id();
        let tasks = fs::read_dir(format!("/proc/{server}/task")).unwrap().flatten();
        let wardens: String =
            tasks.map(|task| fs::read_to_string(task.path().join("children")).unwrap()).collect();
        // Stopped, the server cannot notice; then nobody is left who could clear up.
        for pid in [server].into_iter().chain(wardens.split_whitespace().map(|pid| pid.parse().unwrap())) {
            let pid = rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap();
            let signal = if pid.as_raw_nonzero().get().unsigned_abs() == server {
                rustix::process::Signal::STOP
            } else {
                rustix::process::Signal::KILL
            };
            rustix::process::kill_process(pid, signal).unwrap();
        }
        doomed.kill_9();
        let _next = World::new();
        doomed.vanishes();
    }
}

/// The cgroups of the sandbox `id` of the server `pid` that are there now.
pub(crate) fn leftovers(pid: u32, id: &str) -> Vec<String> {
    let (middle, end) = (format!("-{pid}-"), format!("-{id}"));
    let is_ours = |name: &str| name.starts_with("lambent-") && name.contains(&middle) && name.ends_with(&end);
    let mut found = Vec::new();
    let mut dirs = vec![std::path::PathBuf::from("/sys/fs/cgroup")];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if is_ours(&entry.file_name().to_string_lossy()) {
                    found.push(entry.path().display().to_string());
                }
                dirs.push(entry.path());
            }
        }
    }
    found
}

/// A server that never stops to build and end sandboxes. Their first processes carry its mark as an argument.
pub(crate) fn building_server() -> ExitCode {
    let mark = std::env::args().nth(2).unwrap();
    let world = World::new();
    let args = ["sandbox-init", &mark].map(OsString::from).to_vec();
    let options = Options { isolation: Isolation::Required, args, ..Options::default() };
    let spawner = Spawner::new(options).unwrap();
    let specs = ["left", "right"].map(|id| world.spec(id));
    println!("ready {}", world.dir.path().display());
    std::thread::scope(|scope| {
        for spec in &specs {
            scope.spawn(|| {
                loop {
                    let spawned = spawner.spawn(spec).unwrap();
                    spawned.sandbox.start(&sh("sleep 600 & sleep 600")).unwrap();
                }
            });
        }
    });
    ExitCode::SUCCESS
}

fn a_server_can_be_killed_at_any_moment(_: &World) {
    let seed = RandomState::new().hash_one(0);
    println!("seed {seed}");
    for round in 0..8_u32 {
        let mark = mark(80 + round);
        let mut command = Command::new("/proc/self/exe");
        let mut server = command.args(["building-server", &mark]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let dir = line.trim().strip_prefix("ready ").expect("a ready server").to_owned();
        // The one thing here that is to be at no particular moment: up to 64 ms of life.
        std::thread::park_timeout(Duration::from_micros((seed >> round) & 0xffff));
        server.kill().unwrap();
        server.wait().unwrap();
        eventually("its sandboxes are gone", || !host_runs(&mark));
        // A group made just before the end has no warden yet; the next server's start removes it.
        let _next = World::new();
        for id in ["left", "right"] {
            eventually("its cgroups are gone", || leftovers(server.id(), id).is_empty());
        }
        fs::remove_dir_all(dir).unwrap();
    }
}
