//! Nothing outlives its sandbox, and no sandbox its server.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use lambent_sandbox::{Exit, Notice};

use crate::Attack;
use crate::world::{World, eventually, host_runs, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("a_daemon_does_not_outlive_kill", a_daemon_does_not_outlive_kill),
    ("a_daemon_does_not_outlive_drop", a_daemon_does_not_outlive_drop),
    ("nothing_outlives_the_servers_kill_9", nothing_outlives_the_servers_kill_9),
    ("the_next_server_clears_up_after_dead_wardens", the_next_server_clears_up_after_dead_wardens),
    ("reset_kills_processes_and_keeps_tmp", reset_kills_processes_and_keeps_tmp),
    ("frozen_processes_stand_still_and_can_be_killed", frozen_processes_stand_still_and_can_be_killed),
    ("signals_reach_the_runtime", signals_reach_the_runtime),
    ("a_second_runtime_is_refused", a_second_runtime_is_refused),
    ("many_at_once", many_at_once),
];

/// Seconds of sleep that no other test or process uses, to find a process on the host by.
fn mark(which: u32) -> String {
    format!("{which}{:07}", std::process::id())
}

/// A script that leaves a daemon behind: forked twice, in a session of its own, deaf to polite signals.
fn daemon(mark: &str) -> String {
    format!(
        "setsid sh -c 'trap \"\" TERM HUP INT; (sleep {mark}) & sleep {mark}' >/dev/null 2>&1 & echo up; exit 0"
    )
}

fn a_daemon_does_not_outlive_kill(world: &World) {
    let mark = mark(71);
    let mut running = world.spawn(&world.spec("killed"));
    running.start(&sh(&daemon(&mark)));
    assert_eq!(running.exit(), Exit::Code(0));
    eventually("the daemon runs", || host_runs(&mark));
    running.end();
    assert!(!host_runs(&mark), "Gone was said too early");
    assert_eq!(leftovers(std::process::id(), "killed"), [""; 0]);
    // Again is no error, and the answer stays the same.
    running.end();
}

fn a_daemon_does_not_outlive_drop(world: &World) {
    let mark = mark(72);
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh(&daemon(&mark)));
    eventually("the daemon runs", || host_runs(&mark));
    drop(running);
    eventually("the daemon is gone", || !host_runs(&mark));
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
fn leftovers(pid: u32, id: &str) -> Vec<String> {
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

fn reset_kills_processes_and_keeps_tmp(world: &World) {
    let mark = mark(75);
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh(&format!("echo kept > /tmp/f; {}", daemon(&mark).replace("exit 0", "exec sleep 600"))));
    eventually("the daemon runs", || host_runs(&mark));
    running.spawned.sandbox.reset().unwrap();
    assert_eq!(running.next(), Notice::Exited(Exit::Signal(9)));
    assert_eq!(running.next(), Notice::ResetDone);
    assert!(!host_runs(&mark));
    running.start(&sh("cat /tmp/f; cd /proc; echo [0-9]*"));
    assert_eq!(running.exit(), Exit::Code(0));
    let seen = running.finish(Exit::Code(0)).stdout;
    // The same pipe as before the reset; the file is still there, and of processes init and the new one.
    let lines: Vec<&str> = seen.lines().filter(|line| *line != "up").collect();
    assert_eq!(lines[0], "kept");
    assert_eq!(lines[1].split(' ').count(), 2, "{seen}");
}

fn frozen_processes_stand_still_and_can_be_killed(world: &World) {
    let mut running = world.spawn(&world.spec("frozen"));
    running.start(&sh("while :; do :; done"));
    let cpu_time = |running: &crate::world::Running| running.spawned.sandbox.usage().cpu_time.unwrap();
    let busy = cpu_time(&running);
    eventually("it runs", || cpu_time(&running) > busy);
    running.spawned.sandbox.freeze().unwrap();
    // Freezing takes a moment: it stands still when a span of real time brings no CPU time.
    let pause = std::time::Duration::from_millis(50);
    let still = |running: &crate::world::Running| {
        let before = cpu_time(running);
        std::thread::park_timeout(pause);
        cpu_time(running) == before
    };
    eventually("it stands still", || still(&running));
    assert!(still(&running) && still(&running));
    running.spawned.sandbox.thaw().unwrap();
    let before = cpu_time(&running);
    eventually("it runs again", || cpu_time(&running) > before);
    running.spawned.sandbox.freeze().unwrap();
    eventually("it stands still again", || still(&running));
    running.spawned.sandbox.reset().unwrap();
    assert_eq!(running.next(), Notice::Exited(Exit::Signal(9)));
    assert_eq!(running.next(), Notice::ResetDone);
    running.start(&sh("while :; do :; done"));
    running.spawned.sandbox.freeze().unwrap();
    running.end();
    assert_eq!(leftovers(std::process::id(), "frozen"), [""; 0]);
}

fn signals_reach_the_runtime(world: &World) {
    // A nap of a length nobody else takes: when the host shows it, the trap has been set.
    let nap = format!("0.0{}", mark(76));
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh(&format!("trap 'echo term; exit 5' TERM; echo ready; while :; do sleep {nap}; done")));
    eventually("it has started its loop", || host_runs(&format!("sleep\0{nap}")));
    running.spawned.sandbox.signal_runtime(libc::SIGTERM).unwrap();
    assert_eq!(running.exit(), Exit::Code(5));
    assert_eq!(running.finish(Exit::Code(5)).stdout, "ready\nterm\n");
}

fn a_second_runtime_is_refused(world: &World) {
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh("exec sleep 600"));
    running.spawned.sandbox.start(&sh("true")).unwrap();
    assert!(matches!(running.next(), Notice::StartFailed { .. }));
    running.end();
}

fn many_at_once(world: &World) {
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                let id = format!("many-{number}");
                assert!(world.run_in(&world.spec(&id), &sh("id -u; echo $$")).success().ends_with("\n2\n"));
                assert_eq!(leftovers(std::process::id(), &id), [""; 0]);
            });
        }
    });
}
