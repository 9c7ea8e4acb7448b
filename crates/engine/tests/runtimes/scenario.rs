//! One run of a function: its files, what it is sent, and everything that came of it.

use std::io::{PipeReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use lambent_domain::runtime::Runtime;
use lambent_engine::runtimes::{InstalledRuntime, Launch, Options, Roots, Runtimes};
use serde_json::Value;
use tempfile::TempDir;

use crate::fake_api::{Event, FakeApi, Manner, News, Post};

/// No run of these takes a second on an idle machine.
const RUN_TIME_MAX: Duration = Duration::from_secs(60);

/// A framed log record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) kind: u32,
    pub(crate) text: String,
}

impl Record {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) posts: Vec<Post>,
    pub(crate) records: Vec<Record>,
    pub(crate) output: Vec<u8>,
    /// None if the runtime was idle in the end and had to be killed.
    pub(crate) exit: Option<ExitStatus>,
    pub(crate) task: PathBuf,
    /// From the start of the program until it asked for an event there was not.
    pub(crate) idle_after: Option<Duration>,
}

impl Report {
    /// The only post, which must be the answer to the first event.
    pub(crate) fn answer(&self) -> &Post {
        assert_eq!(self.posts.len(), 1, "{self:#?}");
        &self.posts[0]
    }

    pub(crate) fn output(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    pub(crate) fn exit_code(&self) -> Option<i32> {
        self.exit.and_then(|status| status.code())
    }
}

/// A function and what it is sent.
#[derive(Debug)]
pub(crate) struct Scenario {
    directory: TempDir,
    handler: String,
    env: Vec<(String, String)>,
    events: Vec<Event>,
    frames: bool,
    manner: Manner,
    ends_by_itself: bool,
}

impl Scenario {
    /// A function of one file.
    pub(crate) fn new(file: &str, source: &str, handler: &str) -> Self {
        let scenario = Self {
            directory: tempfile::tempdir().unwrap(),
            handler: handler.to_owned(),
            env: Vec::new(),
            events: Vec::new(),
            frames: true,
            manner: Manner::Usual,
            ends_by_itself: false,
        };
        scenario.file(file, source)
    }

    pub(crate) fn file(self, name: &str, contents: &str) -> Self {
        let path = self.roots().task.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
        self
    }

    /// A file of a layer.
    pub(crate) fn layer_file(self, name: &str, contents: &str) -> Self {
        let path = self.roots().opt.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
        self
    }

    pub(crate) fn event(self, body: impl Into<Vec<u8>>) -> Self {
        self.send(Event::new(body))
    }

    pub(crate) fn send(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without_frames(mut self) -> Self {
        self.frames = false;
        self
    }

    pub(crate) fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// The runtime is not killed when it is idle: the function ends it.
    pub(crate) fn ends_by_itself(mut self) -> Self {
        self.ends_by_itself = true;
        self
    }

    /// Where a file of the function lies.
    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.roots().task.join(name)
    }

    fn roots(&self) -> Roots {
        let root = self.directory.path().canonicalize().unwrap();
        let below = |name: &str| root.join(name);
        Roots { task: below("task"), opt: below("opt"), runtime: below("runtime"), tmp: below("tmp") }
    }

    /// Runs the function under our runtime.
    pub(crate) fn run(self, identifier: &str) -> Report {
        let roots = self.roots();
        let launch = launch(identifier, &roots);
        place(&launch, &roots.runtime);
        let task = roots.task.to_string_lossy();
        let variables = self.env.iter().map(|(name, value)| (name.clone(), value.replace("$TASK", &task)));
        let launch = launch.fitted(128, &variables.collect());
        let mut command = Command::new(&launch.program);
        command.args(&launch.args).env_clear().envs(launch.env);
        self.run_command(command)
    }

    /// Runs the function under another runtime.
    pub(crate) fn run_command(self, mut command: Command) -> Report {
        let roots = self.roots();
        let (news, received) = sync_channel(8);
        let api = FakeApi::start(self.events.clone(), self.manner, news.clone());
        command.env("AWS_LAMBDA_RUNTIME_API", api.address.to_string()).env("_HANDLER", &self.handler);
        for name in ["FUNCTION_NAME", "FUNCTION_VERSION", "LOG_GROUP_NAME", "LOG_STREAM_NAME"] {
            command.env(format!("AWS_LAMBDA_{name}"), name.to_lowercase());
        }
        command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128").envs(self.env.clone()).current_dir(&roots.task);
        let (frames, frame_end) = std::io::pipe().unwrap();
        if self.frames {
            // As standard input, since the standard library passes no other descriptor on.
            command.stdin(frame_end).env("_LAMBDA_TELEMETRY_LOG_FD", "0");
        } else {
            drop(frame_end);
            command.stdin(Stdio::null());
        }
        let (output, output_end) = std::io::pipe().unwrap();
        command.stdout(output_end.try_clone().unwrap()).stderr(output_end);
        let start = Instant::now();
        let child = command.spawn().unwrap();
        drop(command);
        let (output, frames) = (read_all(output, Some(news)), read_all(frames, None));
        let (exit, idle_at) = wait(child, &received, self.ends_by_itself);
        let idle_after = idle_at.map(|at| at - start);
        let records = split_frames(&frames.join().unwrap());
        let output = output.join().unwrap();
        Report { posts: api.posts(), records, output, exit, task: roots.task, idle_after }
    }
}

/// The interpreters of this host that have a runtime of ours, preferred first within their language.
pub(crate) fn installed(language: &str) -> Vec<InstalledRuntime> {
    let found = block_on(async { runtimes().installed().await });
    let found: Vec<_> = found.into_iter().filter(|one| one.identifier.starts_with(language)).collect();
    assert!(!found.is_empty(), "no {language} interpreter on this host");
    found
}

/// The interpreter most tests run on: a usual one if it is here, since looking for all takes longer.
pub(crate) fn preferred(language: &str) -> String {
    let usual = ["python3.11", "nodejs20.x"].into_iter().find(|usual| usual.starts_with(language));
    let roots = Roots::sandboxed();
    match usual
        .filter(|usual| block_on(async { runtimes().launch(&Runtime::new(usual), &roots).await.is_ok() }))
    {
        Some(usual) => usual.to_owned(),
        None => installed(language)[0].identifier.clone(),
    }
}

fn runtimes() -> &'static Runtimes {
    static RUNTIMES: OnceLock<Runtimes> = OnceLock::new();
    RUNTIMES.get_or_init(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Runtimes::discover(Options { path, home: std::env::home_dir(), extra: Vec::new() })
    })
}

pub(crate) fn launch(identifier: &str, roots: &Roots) -> Launch {
    block_on(async { runtimes().launch(&Runtime::new(identifier), roots).await.unwrap() })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn place(launch: &Launch, directory: &Path) {
    for file in launch.runtime_files.iter() {
        let path = directory.join(&file.name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.contents).unwrap();
    }
}

fn read_all(mut pipe: PipeReader, at_end: Option<SyncSender<News>>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        if let Some(news) = at_end {
            let _ = news.send(News::Exited);
        }
        bytes
    })
}

fn wait(
    mut child: Child,
    news: &Receiver<News>,
    ends_by_itself: bool,
) -> (Option<ExitStatus>, Option<Instant>) {
    let mut idle_at = None;
    loop {
        match news.recv_timeout(RUN_TIME_MAX) {
            Ok(News::Exited) => return (Some(child.wait().unwrap()), idle_at),
            Ok(News::Idle) if ends_by_itself => idle_at = Some(Instant::now()),
            Ok(News::Idle) => {
                idle_at = Some(Instant::now());
                child.kill().unwrap();
                child.wait().unwrap();
                return (None, idle_at);
            }
            Err(_) => {
                child.kill().unwrap();
                panic!("the runtime neither exited nor asked for another event");
            }
        }
    }
}

fn split_frames(mut bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some((head, rest)) = bytes.split_at_checked(16) {
        let word = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
        let micros = u64::from_be_bytes(head[8..].try_into().unwrap());
        assert!((1_600_000_000_000_000..4_102_444_800_000_000).contains(&micros), "timestamp {micros}");
        let (text, rest) = rest.split_at(usize::try_from(word(4)).unwrap());
        records.push(Record { kind: word(0), text: String::from_utf8(text.to_vec()).unwrap() });
        bytes = rest;
    }
    assert!(bytes.is_empty(), "half a frame");
    records
}
