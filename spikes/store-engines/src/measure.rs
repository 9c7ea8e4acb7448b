//! The work: accept, receive and settle, a deep backlog, and opening again after `kill -9`.

use crate::{
    Plan,
    committer::Committer,
    engines::{self, Engine, Id, Key, Op, Res},
};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

pub type Figures = BTreeMap<&'static str, f64>;

pub const COLUMNS: &[&str] = &[
    "accept/s, 64 callers",
    "accept p99 ms, 64",
    "accept/s, 256 callers",
    "accept p99 ms, 256",
    "accept/s, 64, 1k queued, with as many settled",
    "accept/s, 64, 1M queued, with as many settled",
    "receive+settle/s, 1k queued",
    "receive+settle/s, 1M queued",
    "RSS MiB, 1M queued",
    "disk MiB, 1M queued",
    "reopen s after kill -9",
    "reopen + first 256 s",
    "scan of all s",
];

const EVENT_BYTES: usize = 512;
const SETTLE_BATCH: usize = 64;

/// Events are numbered; everything else about them follows from the number.
fn event(number: u64) -> Op {
    let mut noise = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut event = vec![0_u8; EVENT_BYTES];
    // Half of the payload does not compress, as in ordinary JSON with ids in it.
    for chunk in event.chunks_mut(16) {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        chunk[..8].copy_from_slice(&noise.to_le_bytes());
    }
    Op::Enqueue { key: key(number), id: id(number), event }
}

fn key(number: u64) -> Key {
    u128::from(number).to_be_bytes()
}

/// Scattered like a random UUID.
fn id(number: u64) -> Id {
    (u128::from(number) + 1).wrapping_mul(0xA076_1D64_78BD_642F_E703_7ED1_A0B4_28DB).to_be_bytes()
}

fn settle(key: Key) -> Op {
    let number = u128::from_be_bytes(key) as u64;
    Op::Settle { key, id: id(number) }
}

struct Bench {
    engine: Arc<dyn Engine>,
    next: Arc<AtomicU64>,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    /// Rate and p99 of `callers` tasks that enqueue one event after the other. With `settling`, each
    /// also settles what it has enqueued, so that the depth stays.
    fn accept(&self, callers: usize, span: Duration, settling: bool) -> (f64, f64) {
        let (committer, thread) = Committer::start(Arc::clone(&self.engine));
        let started = Instant::now();
        let mut latencies = self.runtime.block_on(async {
            let tasks: Vec<_> = (0..callers)
                .map(|_| {
                    let (committer, next) = (committer.clone(), Arc::clone(&self.next));
                    tokio::spawn(async move {
                        let mut latencies = Vec::new();
                        while started.elapsed() < span {
                            let number = next.fetch_add(1, Ordering::Relaxed);
                            let begun = Instant::now();
                            committer.enqueue(event(number)).await;
                            latencies.push(begun.elapsed().as_secs_f64() * 1e3);
                            if settling {
                                committer.enqueue(settle(key(number))).await;
                            }
                        }
                        latencies
                    })
                })
                .collect();
            let mut all = Vec::new();
            for task in tasks {
                all.extend(task.await.expect("caller"));
            }
            all
        });
        let rate = latencies.len() as f64 / started.elapsed().as_secs_f64();
        drop(committer);
        thread.join().expect("committer");
        latencies.sort_by(f64::total_cmp);
        (rate, latencies[latencies.len() * 99 / 100])
    }

    /// Reads from the head and settles in batches without fsync, for `span` or until `max` are done;
    /// then puts back as many as it took.
    fn drain(&self, from: &mut Key, span: Duration, max: u64) -> Res<f64> {
        let started = Instant::now();
        let mut settled = 0_u64;
        while started.elapsed() < span && settled < max {
            let found = self.engine.scan(*from, SETTLE_BATCH)?;
            let Some((last, _)) = found.last() else { break };
            *from = *last;
            let ops: Vec<_> = found.iter().map(|(key, _)| settle(*key)).collect();
            self.engine.commit(&ops, false)?;
            settled += found.len() as u64;
        }
        let rate = settled as f64 / started.elapsed().as_secs_f64();
        self.fill(settled)?;
        Ok(rate)
    }

    fn fill(&self, count: u64) -> Res<()> {
        let mut left = count;
        while left > 0 {
            let take = left.min(512);
            let first = self.next.fetch_add(take, Ordering::Relaxed);
            let ops: Vec<_> = (first..first + take).map(event).collect();
            self.engine.commit(&ops, true)?;
            left -= take;
        }
        Ok(())
    }
}

/// Everything that happens in the process that is killed at the end.
pub fn child(name: &str, plan: &Plan) -> Res<()> {
    let say = |figure: &str, value: f64| println!("{figure}={value}");
    let bench = Bench {
        engine: engines::open(name, &plan.dir)?,
        next: Arc::default(),
        runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?,
    };
    let readable = name != "append";
    if readable {
        bench.fill(1000)?;
        let mut head = key(0);
        say("accept/s, 64, 1k queued, with as many settled", bench.accept(64, plan.span, true).0);
        // 1,000 at a time: take them, put 1,000 back, and average over the rounds.
        let rates = (0..50).map(|_| bench.drain(&mut head, plan.span, 960)).collect::<Res<Vec<_>>>()?;
        say("receive+settle/s, 1k queued", rates.iter().sum::<f64>() / rates.len() as f64);
    }
    let (rate, p99) = bench.accept(64, plan.span, false);
    say("accept/s, 64 callers", rate);
    say("accept p99 ms, 64", p99);
    let (rate, p99) = bench.accept(256, plan.span, false);
    say("accept/s, 256 callers", rate);
    say("accept p99 ms, 256", p99);
    if readable {
        // The accept runs above have queued some already.
        bench.fill(plan.events.saturating_sub(bench.next.load(Ordering::Relaxed)))?;
        let mut head = key(0);
        say("accept/s, 64, 1M queued, with as many settled", bench.accept(64, plan.span, true).0);
        say("receive+settle/s, 1M queued", bench.drain(&mut head, plan.span, plan.events / 4)?);
        say("RSS MiB, 1M queued", resident_mib()?);
    }
    println!("ready");
    std::io::stdout().flush()?;
    std::thread::sleep(Duration::from_secs(3600));
    Ok(())
}

fn resident_mib() -> Res<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).ok_or("no value")?.parse()?;
    Ok(kib / 1024.0)
}

fn disk_mib(dir: &Path) -> Res<f64> {
    use std::os::unix::fs::MetadataExt;
    let mut blocks = 0;
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            blocks += entry.metadata()?.blocks();
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            }
        }
    }
    Ok(blocks as f64 * 512.0 / f64::from(1 << 20))
}

/// Runs the child, kills it when it is ready, and opens what it left behind.
pub fn engine(name: &str, plan: &Plan) -> Res<Figures> {
    let dir = plan.dir.join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir)?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["child", name, "--events", &plan.events.to_string()])
        .args(["--secs", &plan.span.as_secs_f64().to_string()])
        .arg("--dir")
        .arg(&dir)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut figures = Figures::new();
    let output = child.stdout.take().ok_or("no output")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        if line == "ready" {
            break;
        }
        let (figure, value) = line.rsplit_once('=').ok_or("bad line")?;
        let column = COLUMNS.iter().find(|column| **column == figure).ok_or("unknown figure")?;
        figures.insert(column, value.parse()?);
    }
    child.kill()?;
    child.wait()?;
    if name != "append" {
        figures.insert("disk MiB, 1M queued", disk_mib(&dir)?);
        let begun = Instant::now();
        let engine = engines::open(name, &dir)?;
        figures.insert("reopen s after kill -9", begun.elapsed().as_secs_f64());
        let first = engine.scan(key(0), 256)?;
        figures.insert("reopen + first 256 s", begun.elapsed().as_secs_f64());
        assert_eq!(first.len(), 256, "the backlog is gone");
        let begun = Instant::now();
        let (mut from, mut seen) = (key(0), 0_u64);
        loop {
            let found = engine.scan(from, 65_536)?;
            seen += found.len() as u64;
            match found.last() {
                Some((last, _)) => from = (u128::from_be_bytes(*last) + 1).to_be_bytes(),
                None => break,
            }
        }
        figures.insert("scan of all s", begun.elapsed().as_secs_f64());
        assert!(seen >= plan.events / 2, "{seen} events survived");
    }
    fs::remove_dir_all(&dir)?;
    Ok(figures)
}
