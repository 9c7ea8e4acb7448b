//! A server's directory with things to steal, a spawner, and ways to run a program inside and look at the end.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use lambent_sandbox::{
    Exit, Isolation, Network, Notice, Options, Program, RuntimeFile, SandboxSpec, Spawned, Spawner,
};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine, short enough to fail a hang.
pub(crate) const WAIT: Duration = Duration::from_secs(60);

/// What must never be seen inside.
pub(crate) const SECRET: &str = "the-secret-5up3r";

/// A server's surroundings. Its data directory is closed to everybody else, as the real one is.
pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) spawner: Spawner,
}

/// What a program in the sandbox did.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) exit: Exit,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) oom_kills: Option<u64>,
}

/// A sandbox whose output is being collected.
pub(crate) struct Running {
    pub(crate) spawned: Spawned,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Isolation::Required)
    }

    pub(crate) fn with(isolation: Isolation) -> Self {
        let dir = tempfile::Builder::new().prefix("lambent-attack").tempdir_in("/tmp").unwrap();
        // 0700, which is what `tempdir` makes: the way in is closed even to the sandbox's own user.
        fs::write(dir.path().join("events.db"), SECRET).unwrap();
        let options = Options { isolation, scratch_dir: dir.path().join("scratch"), ..Options::default() };
        fs::create_dir(&options.scratch_dir).unwrap();
        let spawner = Spawner::new(options).unwrap();
        Self { dir, spawner }
    }

    /// A function's code directory: a file and the attacker.
    pub(crate) fn code(&self, name: &str) -> PathBuf {
        let task = self.dir.path().join(name);
        fs::create_dir_all(&task).unwrap();
        fs::write(task.join("code.txt"), format!("{name} {SECRET}")).unwrap();
        fs::copy("/proc/self/exe", task.join("attack")).unwrap();
        for (path, mode) in
            [(task.clone(), 0o755), (task.join("code.txt"), 0o644), (task.join("attack"), 0o755)]
        {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        task
    }

    pub(crate) fn spec(&self, id: &str) -> SandboxSpec {
        SandboxSpec {
            id: id.to_owned(),
            network: Network::None,
            task_dir: self.code(&format!("code-{id}")),
            opt_dir: None,
            runtime_files: Arc::new([RuntimeFile {
                name: "hello.txt".to_owned(),
                contents: Arc::from(&b"from the server"[..]),
                executable: false,
            }]),
            read_only_trees: Vec::new(),
            tmp_bytes: 16 << 20,
            memory_bytes: 256 << 20,
            pids_max: 64,
            nofile_max: 1024,
            cpu_millis: None,
            listeners: 2,
        }
    }

    pub(crate) fn spawn(&self, spec: &SandboxSpec) -> Running {
        let mut spawned = self.spawner.spawn(spec).unwrap();
        let null = || OwnedFd::from(fs::File::open("/dev/null").unwrap());
        let stdout = collect(std::mem::replace(&mut spawned.output.stdout, null()));
        let stderr = collect(std::mem::replace(&mut spawned.output.stderr, null()));
        Running { spawned, stdout, stderr }
    }

    /// Runs one program to its end in a sandbox of its own.
    pub(crate) fn run(&self, program: &Program) -> Seen {
        self.run_in(&self.spec("one"), program)
    }

    pub(crate) fn run_in(&self, spec: &SandboxSpec, program: &Program) -> Seen {
        let mut running = self.spawn(spec);
        running.start(program);
        let exit = running.exit();
        running.finish(exit)
    }

    /// Runs a shell script, which must succeed; its standard output.
    pub(crate) fn sh(&self, script: &str) -> String {
        self.run(&sh(script)).success()
    }
}

impl Running {
    pub(crate) fn start(&mut self, program: &Program) {
        self.spawned.sandbox.start(program).unwrap();
        let notice = self.next();
        assert!(matches!(notice, Notice::Started { pid } if pid > 1), "{notice:?}");
    }

    pub(crate) fn next(&mut self) -> Notice {
        self.spawned.notices.wait_next(WAIT).unwrap().expect("a notice in time")
    }

    pub(crate) fn exit(&mut self) -> Exit {
        match self.next() {
            Notice::Exited(exit) => exit,
            notice => panic!("unexpected {notice:?}"),
        }
    }

    /// Ends the sandbox and gathers what it wrote.
    pub(crate) fn finish(mut self, exit: Exit) -> Seen {
        let oom_kills = self.spawned.sandbox.oom_kills();
        self.end();
        let (stdout, stderr) = (self.stdout.join().unwrap(), self.stderr.join().unwrap());
        Seen { exit, stdout, stderr, oom_kills }
    }

    /// Kills the sandbox and waits until it is gone.
    pub(crate) fn end(&mut self) {
        self.spawned.sandbox.kill();
        while self.next() != Notice::Gone {}
    }
}

impl Seen {
    #[track_caller]
    pub(crate) fn success(self) -> String {
        assert_eq!(self.exit, Exit::Code(0), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.stdout
    }
}

fn collect(fd: OwnedFd) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        fs::File::from(fd).read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

pub(crate) fn program(path: &str, args: &[&str]) -> Program {
    Program {
        path: path.into(),
        args: args.iter().map(OsString::from).collect(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into()), ("LAMBDA".into(), "given".into())],
        cwd: "/var/task".into(),
    }
}

pub(crate) fn sh(script: &str) -> Program {
    program("/bin/sh", &["-c", script])
}

/// The attacker, told what to do.
pub(crate) fn attack(args: &[&str]) -> Program {
    program("/var/task/attack", &[&["attack"], args].concat())
}

/// Whether a process of the host runs this unlikely command line. Its arguments are joined by zero bytes, so
/// `sleep\0N` is a sleeper and not the script that is yet to start it.
pub(crate) fn host_runs(mark: &str) -> bool {
    let cmdlines = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path().join("cmdline"));
    cmdlines
        .filter_map(|path| fs::read(path).ok())
        .any(|bytes| String::from_utf8_lossy(&bytes).contains(mark))
}

/// Polls for what has no event to wait on, within [`WAIT`].
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + WAIT;
    while !holds() {
        assert!(std::time::Instant::now() < deadline, "never: {what}");
        std::thread::yield_now();
    }
}

pub(crate) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
