//! The log stream of one environment: the platform's lines and what the runtime writes, in the order it happened.
//!
//! The runtime writes into pipes while it answers over HTTP, so the two can overtake each other. What a function
//! wrote before it answered is in the pipe by then: [`Journal::pump`] empties the pipes before END is written.

use crate::logs::intake::{FrameDecoder, LineSplitter};
use crate::logs::lines::{InitPhase, InitializationType, LineFormat, Status, SystemEvent, Tail};
use crate::logs::{LogRecord, LogStore, StreamWriter};
use crate::tasks::Tasks;
use bytes::Bytes;
use lambent_domain::attempt::LogPointer;
use lambent_domain::function::FunctionVersion;
use lambent_domain::outcome::{FailureKind, Outcome};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_sandbox::Output;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::unix::pipe;

/// Longest record, in bytes.
const RECORD_BYTES_MAX: usize = 262_144;
/// One read from a pipe, in bytes.
const PORTION_BYTES: usize = 16 << 10;
/// More than a pipe holds: after so many portions everything that was in it at the beginning has been read, even if
/// the function goes on writing.
const PORTIONS_MAX: usize = 8;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Journal {
    writer: StreamWriter,
    format: LineFormat,
    clock: Arc<dyn Clock>,
    version: Arc<FunctionVersion>,
    region: Arc<str>,
    initialization: InitializationType,
    pipes: [Pipe; 3],
    intake: Mutex<Intake>,
}

/// The read end of a pipe: watched by the follower, and read directly when it must be empty now.
#[derive(Debug)]
struct Pipe {
    watched: pipe::Receiver,
    direct: File,
}

#[derive(Debug)]
struct Intake {
    sources: [Source; 3],
    /// The tail of the invocation that runs.
    tail: Option<Tail>,
    request_id: Option<RequestId>,
}

#[derive(Debug)]
enum Source {
    Lines(LineSplitter),
    Frames(FrameDecoder),
}

/// Records on their way into the store, as one piece of text and where each ends.
#[derive(Default)]
struct Batch {
    text: Vec<u8>,
    ends: Vec<(Timestamp, usize)>,
}

impl Journal {
    pub(super) fn open(
        version: &Arc<FunctionVersion>,
        region: &str,
        initialization: InitializationType,
        logs: &LogStore,
        stream: &str,
        output: Output,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        let configuration = &version.configuration;
        let pipe = |end: OwnedFd| {
            let direct = File::from(end);
            Ok::<_, std::io::Error>(Pipe { watched: pipe::Receiver::from_file(direct.try_clone()?)?, direct })
        };
        Ok(Self {
            writer: logs.writer(&configuration.log_group(), stream),
            format: LineFormat::of(&configuration.logging),
            clock,
            version: Arc::clone(version),
            region: region.into(),
            initialization,
            pipes: [pipe(output.stdout)?, pipe(output.stderr)?, pipe(output.telemetry)?],
            intake: Mutex::new(Intake { sources: Source::all(), tail: None, request_id: None }),
        })
    }

    /// Reads what the runtime writes as it comes, so that a log can be followed while a function runs and a pipe
    /// never fills.
    pub(super) fn follow(self: &Arc<Self>, tasks: &Tasks) {
        for index in 0..self.pipes.len() {
            let journal = Arc::clone(self);
            tasks.spawn_until_stopped(async move { journal.follow_one(index).await });
        }
    }

    async fn follow_one(&self, index: usize) {
        let Some(pipe) = self.pipes.get(index) else { return };
        while pipe.watched.readable().await.is_ok() {
            let mut portion = [0; PORTION_BYTES];
            // Under the lock, so that portions are taken in the order in which they were read.
            let mut intake = self.lock();
            match pipe.watched.try_read(&mut portion) {
                Ok(0) => return self.flush(&mut intake),
                Ok(read) => self.take(&mut intake, index, portion.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return self.flush(&mut intake),
            }
        }
    }

    /// Takes everything that has been written up to now.
    pub(super) fn pump(&self) {
        let mut intake = self.lock();
        let mut portion = [0; PORTION_BYTES];
        for (index, pipe) in self.pipes.iter().enumerate() {
            for _ in 0..PORTIONS_MAX {
                match (&pipe.direct).read(&mut portion) {
                    Ok(read) if read > 0 => {
                        self.take(&mut intake, index, portion.get(..read).unwrap_or_default())
                    }
                    Ok(_) | Err(_) => break,
                }
            }
        }
        self.flush(&mut intake);
    }

    /// The runtime was killed, perhaps in the middle of a frame: what its successor writes begins anew.
    pub(super) fn restart(&self) {
        self.pump();
        self.lock().sources = Source::all();
    }

    /// Where the lines of the run are whose START was written then.
    pub(super) fn pointer(&self, started_at: Timestamp) -> LogPointer {
        LogPointer {
            group: self.writer.group().to_owned(),
            stream: self.writer.stream().to_owned(),
            environment: Some(self.environment().to_owned()),
            position: Some(started_at),
        }
    }

    /// The environment's id, with which its stream's name ends.
    fn environment(&self) -> &str {
        self.writer.stream().rsplit(']').next().unwrap_or_default()
    }

    pub(super) fn init_start(&self, runtime_version: &str) {
        let configuration = &self.version.configuration;
        let digest = Sha256::digest(runtime_version.as_bytes());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.system(&SystemEvent::InitStart {
            initialization: self.initialization,
            phase: InitPhase::Init,
            runtime_version,
            runtime_version_arn: &format!("arn:aws:lambda:{}::runtime:{hex}", self.region),
            function_name: configuration.name.as_str(),
            function_version: &self.version.version.to_string(),
            instance_id: self.environment(),
            memory_bytes: u64::from(configuration.memory_mb) << 20,
        });
    }

    pub(super) fn init_done(&self, phase: InitPhase) {
        let initialization = self.initialization;
        self.system(&SystemEvent::InitRuntimeDone { initialization, phase, status: Status::Success });
    }

    pub(super) fn init_report(&self, phase: InitPhase, status: Status<'_>, duration: Duration) {
        let initialization = self.initialization;
        self.system(&SystemEvent::InitReport { initialization, phase, status, duration });
    }

    /// START. From here on records belong to this invocation.
    pub(super) fn begin(&self, request_id: RequestId) -> Timestamp {
        let now = self.clock.now();
        let start = SystemEvent::Start { request_id, version: &self.version.version.to_string() };
        let mut intake = self.lock();
        intake.request_id = Some(request_id);
        intake.tail = Some(Tail::default());
        self.write(&mut intake, &[start], now);
        now
    }

    /// END and REPORT. Gives the tail of the invocation's log. The outcome's payload and what was streamed before it
    /// were produced.
    pub(super) fn end(
        &self,
        outcome: &Outcome,
        streamed_bytes: u64,
        duration: Duration,
        init: Option<Duration>,
        memory_peak_bytes: Option<u64>,
    ) -> Bytes {
        let configuration = &self.version.configuration;
        let mut intake = self.lock();
        let Some(request_id) = intake.request_id.take() else { return Bytes::new() };
        let (status, produced_bytes) = match outcome {
            Outcome::Returned { payload } => (Status::Success, payload.len()),
            Outcome::Failed(failure) => (status(&failure.kind), failure.payload.len()),
        };
        let produced_bytes = u64::try_from(produced_bytes).unwrap_or(u64::MAX).saturating_add(streamed_bytes);
        let memory_mb = u64::from(configuration.memory_mb);
        let end = SystemEvent::RuntimeDone { request_id, status, duration, produced_bytes };
        let report = SystemEvent::Report {
            request_id,
            status,
            duration,
            billed: duration,
            memory_mb,
            memory_used_mb_max: memory_peak_bytes.map_or(memory_mb, |bytes| bytes.div_ceil(1 << 20)),
            init_duration: init,
        };
        self.write(&mut intake, &[end, report], self.clock.now());
        intake.tail.take().map_or_else(Bytes::new, |tail| Bytes::copy_from_slice(tail.as_bytes()))
    }

    fn system(&self, event: &SystemEvent<'_>) {
        let mut intake = self.lock();
        self.write(&mut intake, std::slice::from_ref(event), self.clock.now());
    }

    fn write(&self, intake: &mut Intake, events: &[SystemEvent<'_>], now: Timestamp) {
        let mut batch = Batch::default();
        for event in events {
            if let Some(line) = event.render(self.format, now) {
                batch.push(LogRecord { timestamp: now, message: line.as_bytes() });
            }
        }
        self.store(intake, &batch);
    }

    fn take(&self, intake: &mut Intake, index: usize, bytes: &[u8]) {
        let now = self.clock.now();
        let mut batch = Batch::default();
        match intake.sources.get_mut(index) {
            Some(Source::Lines(splitter)) => splitter.push(bytes, now, |record| batch.push(record)),
            Some(Source::Frames(decoder)) => decoder.push(bytes, now, |record| batch.push(record)),
            None => {}
        }
        self.store(intake, &batch);
    }

    /// A line without an end becomes a record of its own.
    fn flush(&self, intake: &mut Intake) {
        let now = self.clock.now();
        let mut batch = Batch::default();
        for source in &mut intake.sources {
            match source {
                Source::Lines(splitter) => splitter.flush(now, |record| batch.push(record)),
                Source::Frames(decoder) => decoder.flush(now, |record| batch.push(record)),
            }
        }
        self.store(intake, &batch);
    }

    fn store(&self, intake: &mut Intake, batch: &Batch) {
        if batch.ends.is_empty() {
            return;
        }
        let mut begin = 0;
        let records: Vec<LogRecord<'_>> = batch
            .ends
            .iter()
            .map(|&(timestamp, end)| {
                let message = batch.text.get(begin..end).unwrap_or_default();
                begin = end;
                LogRecord { timestamp, message }
            })
            .collect();
        if let Some(tail) = &mut intake.tail {
            records.iter().for_each(|record| tail.push(record.message));
        }
        self.writer.append(&records);
    }

    fn lock(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    /// For stdout, stderr and the telemetry descriptor.
    fn all() -> [Self; 3] {
        let lines = || Self::Lines(LineSplitter::new(RECORD_BYTES_MAX));
        [lines(), lines(), Self::Frames(FrameDecoder::new(RECORD_BYTES_MAX))]
    }
}

impl Batch {
    fn push(&mut self, record: LogRecord<'_>) {
        self.text.extend_from_slice(record.message);
        self.ends.push((record.timestamp, self.text.len()));
    }
}

/// A function's own failure is not the platform's error: REPORT keeps silent about it.
fn status(kind: &FailureKind) -> Status<'_> {
    match kind {
        FailureKind::Timeout => Status::Timeout,
        FailureKind::Raised(error_type) => Status::Failure { error_type },
        FailureKind::RuntimeExited
        | FailureKind::OutOfMemory
        | FailureKind::ResponseTooLarge
        | FailureKind::InvalidEntrypoint
        | FailureKind::RuntimeProtocol(_) => Status::Error { error_type: kind.error_type() },
    }
}
