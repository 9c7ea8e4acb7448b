//! The simulation: the engine and the embedded store as a server runs them, over made-up environments, a disk in memory,
//! a clock that is set, and clients and owners who do everything at the worst moment. A world is drawn from a seed; it
//! lives and dies a few times, and a model that knows what was promised watches every step ([`model`]). At its end it is
//! left in peace, and then everything must be settled.
//!
//! One seed alone, with its whole trace: `LAMBENT_SIMULATION_SEED=7 cargo nextest run -p lambent-engine
//! --test simulation one_seed --no-capture`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking and says why on standard error, its helpers too"
)]

mod chance;
mod clients;
mod clock;
mod courier;
mod life;
mod model;
mod owners;
mod planted;
mod script;
mod seed;
mod shape;
mod watched;
mod world;

use seed::{Fixture, Seeds, run};

/// Worlds in each part. Parts are tests of their own, so that they run side by side.
const PART: u64 = 250;
const PART_LONG: u64 = 6_250;

fn part(number: u64) {
    let size = if std::env::var_os("LAMBENT_TEST_LONG").is_some() { PART_LONG } else { PART };
    Seeds { first: number * size, count: size }.run();
}

#[test]
fn promises_hold_in_the_first_part() {
    part(0);
}

#[test]
fn promises_hold_in_the_second_part() {
    part(1);
}

#[test]
fn promises_hold_in_the_third_part() {
    part(2);
}

#[test]
fn promises_hold_in_the_fourth_part() {
    part(3);
}

#[test]
fn promises_hold_in_the_fifth_part() {
    part(4);
}

#[test]
fn promises_hold_in_the_sixth_part() {
    part(5);
}

#[test]
fn promises_hold_in_the_seventh_part() {
    part(6);
}

#[test]
fn promises_hold_in_the_eighth_part() {
    part(7);
}

#[test]
fn one_seed() {
    let seed = std::env::var_os("LAMBENT_SIMULATION_SEED");
    let seed = seed.map_or(0, |text| text.to_str().unwrap().parse().expect("a number"));
    let ran = run(&Fixture::new(), seed);
    for line in &ran.trace {
        eprintln!("{line}");
    }
    assert_eq!(ran.violation, None, "seed {seed}");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let fixture = Fixture::new();
    for seed in 0..20 {
        let (once, again) = (run(&fixture, seed), run(&fixture, seed));
        let differs = once.trace.iter().zip(&again.trace).find(|(once, again)| once != again);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(once.trace.len(), again.trace.len(), "seed {seed}");
    }
}
