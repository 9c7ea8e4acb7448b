//! How fast the store accepts, beside the plain limit in the same run: append to one file, one `fdatasync` for all who
//! wait. `cargo run --release -p lambent-store --example accept_rate [--secs 3] [--backlog 1000000]`
//!
//! Compare ratios, never absolute figures: both share the machine with whatever else runs on it. On a busy machine the
//! processor time of this process for each event (`µs cpu`, background work of the engine included) says more than rates.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a measuring program: it reads the wall clock, prints, and stops at the first fault"
)]

use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::disposition::Disposition;
use lambent_domain::event::{Event, Priority};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_store::embedded::{EmbeddedQueue, EmbeddedStore, Options};
use lambent_store::queue::{EventQueue, Settlement};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

const EVENT_BYTES: usize = 512;
const LEASE: Duration = Duration::from_secs(600);

#[derive(Debug)]
struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_millis(since.as_millis() as u64)
    }
}

/// What is measured: something that takes an event and answers when it is on the disk.
#[derive(Clone)]
enum Target {
    Append(SyncSender<oneshot::Sender<()>>),
    Store(Arc<EmbeddedQueue>),
}

static NEXT: AtomicU64 = AtomicU64::new(0);

fn event() -> Event {
    let number = NEXT.fetch_add(1, Ordering::Relaxed) + 1;
    // Scattered like a random UUID, as request ids are.
    let id = u128::from(number).wrapping_mul(0xA076_1D64_78BD_642F_E703_7ED1_A0B4_28DB);
    let mut payload = vec![b' '; EVENT_BYTES];
    // Half of it does not compress, as in ordinary JSON with ids in it.
    for (piece, noise) in payload.chunks_mut(32).zip(1_u128..) {
        let noise = id.wrapping_mul(noise).to_le_bytes();
        piece[..16].copy_from_slice(&noise);
    }
    Event {
        request_id: RequestId::from_bytes(id.to_be_bytes()),
        function: FunctionName::new("echo").unwrap(),
        qualifier: None,
        payload: Bytes::from(payload),
        trace: None,
        tenant_id: None,
        accepted_at: WallClock.now(),
        attempts: Vec::new(),
        put_backs: 0,
        last_put_back: None,
        priority: Priority::Normal,
        not_before: None,
        last_response: None,
        redrive_of: None,
    }
}

impl Target {
    async fn accept(&self) {
        match self {
            Self::Append(requests) => {
                let (reply, answer) = oneshot::channel();
                requests.try_send(reply).unwrap();
                answer.await.unwrap();
            }
            Self::Store(queue) => queue.enqueue(event()).await.unwrap(),
        }
    }
}

fn append(dir: &Path, requests: &Receiver<oneshot::Sender<()>>) {
    let mut file = File::create(dir.join("append")).unwrap();
    let record = [7_u8; EVENT_BYTES + 64];
    while let Ok(first) = requests.recv() {
        let replies: Vec<_> = std::iter::once(first).chain(requests.try_iter().take(1023)).collect();
        file.write_all(&record.repeat(replies.len())).unwrap();
        file.sync_data().unwrap();
        for reply in replies {
            let _ = reply.send(());
        }
    }
}

/// Rate per second, p50 and p99 in milliseconds, processor time of one event in microseconds.
async fn measure(target: &Target, callers: usize, span: Duration) -> (f64, f64, f64, f64) {
    let (started, cpu) = (Instant::now(), cpu_secs());
    let latencies = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let (target, latencies) = (target.clone(), Arc::clone(&latencies));
        tasks.spawn(async move {
            let mut own = Vec::new();
            while started.elapsed() < span {
                let begun = Instant::now();
                target.accept().await;
                own.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            latencies.lock().unwrap().extend(own);
        });
    }
    tasks.join_all().await;
    let mut latencies = std::mem::take(&mut *latencies.lock().unwrap());
    latencies.sort_by(f64::total_cmp);
    let at = |share: f64| latencies[(latencies.len() as f64 * share) as usize];
    let events = latencies.len() as f64;
    (events / started.elapsed().as_secs_f64(), at(0.5), at(0.99), (cpu_secs() - cpu) * 1e6 / events)
}

/// Receives and settles, 64 at a time, for `span`; returns the rate, and the processor time of one in microseconds.
async fn drain(queue: &EmbeddedQueue, span: Duration) -> (f64, f64) {
    let (started, cpu) = (Instant::now(), cpu_secs());
    let function = FunctionName::new("echo").unwrap();
    let settlement = Settlement::without_run(Disposition::Succeeded, WallClock.now());
    let mut settled = 0;
    while started.elapsed() < span {
        let deliveries = queue.receive(&function, 64, LEASE, WallClock.now()).await.unwrap();
        if deliveries.is_empty() {
            break;
        }
        settled += deliveries.len();
        let settles: Vec<_> =
            deliveries.into_iter().map(|delivery| queue.settle(delivery, settlement.clone())).collect();
        // Together, as an engine with 64 environments would.
        join(settles).await;
    }
    let settled = settled as f64;
    (settled / started.elapsed().as_secs_f64(), (cpu_secs() - cpu) * 1e6 / settled)
}

async fn join<T>(futures: Vec<impl Future<Output = T>>) {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

async fn fill(target: &Target, count: u64) {
    let mut tasks = JoinSet::new();
    for _ in 0..512 {
        let target = target.clone();
        tasks.spawn(async move {
            for _ in 0..count / 512 {
                target.accept().await;
            }
        });
    }
    tasks.join_all().await;
}

/// The same work at whatever depth the queue has now.
async fn report(target: &Target, queue: &EmbeddedQueue, span: Duration) {
    let depth = queue.stats().ready;
    let (accept, _, p99, cpu) = measure(target, 64, span).await;
    let (settle, settle_cpu) = drain(queue, span).await;
    println!(
        "{depth} queued: accept/s at 64 {accept:.0}, p99 {p99:.2} ms, {cpu:.1} µs cpu; receive+settle/s {settle:.0}, \
         {settle_cpu:.1} µs cpu; RSS {} MiB",
        resident_mib()
    );
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Processor time of this process so far, all threads, in seconds.
fn cpu_secs() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = |at| fields.split_whitespace().nth(at).unwrap().parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

fn option(name: &str, default: u64) -> u64 {
    let words: Vec<_> = std::env::args().collect();
    let at = words.iter().position(|word| word == name);
    at.map_or(default, |at| words[at + 1].parse().unwrap())
}

fn main() {
    let span = Duration::from_secs(option("--secs", 3));
    let backlog = option("--backlog", 0);
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (requests, taken) = sync_channel(8192);
        let path = dir.path().to_owned();
        std::thread::spawn(move || append(&path, &taken));
        let limit = Target::Append(requests);
        let data = dir.path().join("data");
        let open = || EmbeddedStore::open(&data, Options::default(), Arc::new(WallClock)).unwrap();
        let store = open();
        let target = Target::Store(Arc::clone(&store.events));
        println!("callers  limit/s  p50 ms  p99 ms  µs cpu   store/s  p50 ms  p99 ms  µs cpu   ratio");
        for callers in [1, 64, 256] {
            let (rate, p50, p99, cpu) = measure(&limit, callers, span).await;
            print!("{callers:7}  {rate:7.0}  {p50:6.2}  {p99:6.2}  {cpu:6.1}   ");
            let (own, p50, p99, cpu) = measure(&target, callers, span).await;
            println!("{own:7.0}  {p50:6.2}  {p99:6.2}  {cpu:6.1}   {:.2}", own / rate);
        }
        report(&target, &store.events, span).await;
        if backlog > 0 {
            fill(&target, backlog.saturating_sub(store.events.stats().ready)).await;
            report(&target, &store.events, span).await;
            drop((target, store));
            let (started, cpu) = (Instant::now(), cpu_secs());
            let store = open();
            let (took, cpu) = (started.elapsed().as_secs_f64(), cpu_secs() - cpu);
            println!(
                "opened again with {} queued in {took:.2} s ({cpu:.2} s cpu)",
                store.events.stats().ready
            );
        }
    });
}
