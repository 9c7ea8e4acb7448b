//! All the chance of a world, from its seed.

use lambent_domain::request_id::RequestId;
use std::time::Duration;
use uuid::Uuid;

/// The splitmix64 generator.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// `stream` tells several generators of one seed apart.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ stream);
        chance.next();
        chance
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Between two numbers, both of them included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }

    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub(crate) fn millis(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.between(least, most))
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.between(0, from.len() as u64 - 1)).unwrap()]
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }

    pub(crate) fn request_id(&mut self) -> RequestId {
        RequestId::from_random_bytes(*self.uuid().as_bytes())
    }
}
