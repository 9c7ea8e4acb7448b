//! Whether this machine's processors have anything to spare.

use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// A reading is good for this long.
const READING_INTERVAL: Duration = Duration::from_millis(100);
/// Below this share of idle time the processors count as saturated, in percent.
const IDLE_PERCENT_MIN: u64 = 10;

/// Watches `/proc/stat`, at most once in a reading interval.
#[derive(Debug)]
pub(crate) struct Processor {
    last: Mutex<Reading>,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    at: Instant,
    ticks: Ticks,
    saturated: bool,
}

/// Clock ticks of all processors since boot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ticks {
    idle: u64,
    all: u64,
}

impl Processor {
    pub(crate) fn new() -> Self {
        let reading = Reading { at: Instant::now(), ticks: read().unwrap_or_default(), saturated: false };
        Self { last: Mutex::new(reading) }
    }

    /// Whether almost no processor time was idle in the last moments. Where nothing can be read, no.
    pub(crate) fn is_saturated(&self) -> bool {
        #[cfg(feature = "simulation")]
        if let Some(number) = crate::simulation::chance() {
            return number % 8 == 0;
        }
        // Somebody else is reading: their last answer will do.
        let Ok(mut last) = self.last.try_lock() else { return false };
        if last.at.elapsed() >= READING_INTERVAL
            && let Some(ticks) = read()
        {
            let saturated = is_saturated(last.ticks, ticks).unwrap_or(last.saturated);
            *last = Reading { at: Instant::now(), ticks, saturated };
        }
        last.saturated
    }
}

fn is_saturated(before: Ticks, after: Ticks) -> Option<bool> {
    let all = after.all.checked_sub(before.all).filter(|all| *all > 0)?;
    let idle = after.idle.saturating_sub(before.idle);
    Some(idle.saturating_mul(100) < all.saturating_mul(IDLE_PERCENT_MIN))
}

fn read() -> Option<Ticks> {
    parse(&std::fs::read_to_string("/proc/stat").ok()?)
}

/// The first line: `cpu user nice system idle iowait irq softirq …`, in ticks.
fn parse(text: &str) -> Option<Ticks> {
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    let mut ticks = Ticks::default();
    for (column, number) in line.split_ascii_whitespace().enumerate().take(8) {
        let number: u64 = number.parse().ok()?;
        ticks.all = ticks.all.saturating_add(number);
        if column == 3 || column == 4 {
            ticks.idle = ticks.idle.saturating_add(number);
        }
    }
    Some(ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_kernels_line() {
        let ticks = parse("cpu  10 1 5 100 20 0 4 0 0 0\ncpu0 1 1\n").unwrap();
        assert_eq!(ticks, Ticks { idle: 120, all: 140 });
        assert_eq!(parse("intr 1"), None);
        assert_eq!(parse("cpu a b"), None);
        assert!(read().is_some());
    }

    #[test]
    fn saturated_means_less_than_a_tenth_idle() {
        let at = |idle, all| Ticks { idle, all };
        assert_eq!(is_saturated(at(0, 0), at(5, 100)), Some(true));
        assert_eq!(is_saturated(at(0, 0), at(50, 100)), Some(false));
        assert_eq!(is_saturated(at(5, 100), at(5, 100)), None);
    }
}
