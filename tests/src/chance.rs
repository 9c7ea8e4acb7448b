//! Chance that can be had again: a test that uses it prints its seed, and `LAMBENT_TEST_SEED` gives it that one.

use std::ops::Range;

/// A sequence of numbers that looks like chance: xorshift64, small and the same everywhere.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// From `LAMBENT_TEST_SEED`, or from the clock. Prints the seed.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        clippy::print_stdout,
        reason = "the tests' own variable, a seed that differs from run to run, and its place in a test's output"
    )]
    pub fn new() -> Self {
        let given = std::env::var("LAMBENT_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let clock =
            || since.map_or(1, |since| u64::from(since.subsec_nanos()) << 20 | since.as_secs() & 0xf_ffff);
        let seed = given.unwrap_or_else(clock).max(1);
        println!("seed {seed}: LAMBENT_TEST_SEED={seed} runs it again");
        Self(seed)
    }

    /// One of its own for another thread, which this one determines.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(self.number() | 1)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// One within the range, which is not empty.
    pub fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.number() % (range.end - range.start)
    }

    /// Whether it is one of so many.
    pub fn one_in(&mut self, many: u64) -> bool {
        self.number().is_multiple_of(many)
    }

    /// So many letters and digits that no compression finds anything in.
    pub fn text(&mut self, bytes: usize) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let letter =
            |chance: &mut Self| LETTERS.get(usize::from(chance.number().to_le_bytes()[3] & 63)).copied();
        (0..bytes).map(|_| char::from(letter(self).unwrap_or(b'_'))).collect()
    }
}

impl Default for Chance {
    fn default() -> Self {
        Self::new()
    }
}
