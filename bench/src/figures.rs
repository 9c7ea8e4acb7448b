//! From single measurements to figures: percentiles of one round, and the spread over several.

use serde::Serialize;
use std::time::Duration;

/// What one round of one contestant came to.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Answers that were not the one expected. Their time is not counted.
    pub(crate) failures: u64,
    /// Processor time of the server's process for each request, in microseconds, warm-up included. On a
    /// machine that others use too this is the steadiest figure of all.
    pub(crate) server_us: f64,
}

impl Figures {
    /// From the time each request took, in any order, and the time in which they were all answered.
    pub(crate) fn of(mut samples: Vec<Duration>, window: Duration, failures: u64, server_us: f64) -> Self {
        samples.sort_unstable();
        Self {
            server_us,
            per_second: samples.len() as f64 / window.as_secs_f64(),
            p50_ms: percentile_ms(&samples, 50),
            p99_ms: percentile_ms(&samples, 99),
            failures,
        }
    }
}

/// The sample that this share of all samples does not exceed (nearest rank); 0 of none.
pub(crate) fn percentile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).map_or(0.0, |sample| sample.as_secs_f64() * 1e3)
}

/// The least, the middle and the most of what several rounds gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) median: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// Of at least one value; of none it is all zeros.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_unstable_by(f64::total_cmp);
        let middle = values.len() / 2;
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(at(middle.saturating_sub(1)), at(middle))
        } else {
            at(middle)
        };
        Self { min: at(0), median, max: at(values.len().saturating_sub(1)) }
    }

    /// The spread of what is read out of each round.
    pub(crate) fn over(rounds: &[Figures], read: impl Fn(&Figures) -> f64) -> Self {
        Self::of(rounds.iter().map(read))
    }

    /// Round by round, ours over theirs: both ran within seconds of each other, so what else the machine
    /// does weighs on both.
    pub(crate) fn ratio(ours: &[Figures], theirs: &[Figures], read: impl Fn(&Figures) -> f64) -> Self {
        Self::of(ours.iter().zip(theirs).map(|(ours, theirs)| read(ours) / read(theirs)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(values: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        values.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_are_samples_of_the_nearest_rank() {
        let hundred = Figures::of(millis((1..=100).rev()), Duration::from_secs(2), 0, 1.5);
        assert_eq!((hundred.per_second, hundred.p50_ms, hundred.p99_ms), (50.0, 50.0, 99.0));
        let one = Figures::of(millis([7]), Duration::from_secs(1), 0, 0.0);
        assert_eq!((one.p50_ms, one.p99_ms), (7.0, 7.0));
        let none = Figures::of(Vec::new(), Duration::from_secs(1), 3, 0.0);
        assert_eq!((none.per_second, none.p99_ms, none.failures), (0.0, 0.0, 3));
    }

    #[test]
    fn a_spread_has_the_middle_of_odd_and_even_numbers_of_rounds() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Spread { min: 1.0, median: 2.0, max: 3.0 });
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 3.0]), Spread { min: 1.0, median: 2.5, max: 4.0 });
        assert_eq!(Spread::of([]), Spread { min: 0.0, median: 0.0, max: 0.0 });
    }

    #[test]
    fn a_ratio_compares_rounds_in_pairs() {
        let rounds = |rates: [f64; 2]| {
            rates.map(|per_second| Figures {
                per_second,
                p50_ms: 1.0,
                p99_ms: 1.0,
                failures: 0,
                server_us: 1.0,
            })
        };
        let ratio = Spread::ratio(&rounds([10.0, 1.0]), &rounds([20.0, 1.0]), |figures| figures.per_second);
        assert_eq!(ratio, Spread { min: 0.5, median: 0.75, max: 1.0 });
    }
}
