//! That the simulation finds bugs: one of each kind is planted, and some early seed must break the promise it betrays.

use crate::seed::{Fixture, run};
use lambent_store::sabotage::{Sabotage, plant};

/// Worlds in which a planted bug must have been found.
const SEEDS: u64 = 150;

/// The promises that a planted bug may break.
fn found(sabotage: Sabotage, promises: &[&str]) {
    let fixture = Fixture::new();
    plant(Some(sabotage));
    let found = (0..SEEDS).find_map(|seed| run(&fixture, seed).violation.map(|violation| (seed, violation)));
    plant(None);
    let (seed, violation) = found.unwrap_or_else(|| panic!("{sabotage:?} was not found in {SEEDS} worlds"));
    eprintln!("{sabotage:?} was found in seed {seed}: {violation}");
    let promise = violation.split(':').next().unwrap();
    assert!(promises.contains(&promise), "{sabotage:?} broke {violation}");
}

macro_rules! planted {
    ($($name:ident: $sabotage:ident breaks $($promise:literal)|+;)+) => {
        $(#[test]
        fn $name() {
            found(Sabotage::$sabotage, &[$($promise),+]);
        })+
    };
}

planted! {
    answers_before_the_flush: AnswersBeforeFlush breaks "E1" | "E2";
    settles_twice: SettlesTwice breaks "E2";
    runs_expired_events: RunsExpiredEvents breaks "E3" | "E5";
    retries_past_the_age: RetriesPastAge breaks "E3" | "E5";
    forgets_records: ForgetsRecords breaks "E2" | "E4";
    retries_too_often: RetriesTooOften breaks "E5";
    shares_environments: SharesEnvironments breaks "X2";
    skips_the_reset: SkipsReset breaks "X3";
    ignores_the_reservation: IgnoresReservation breaks "C1";
    loses_a_wake_up: LosesWakeUp breaks "F1" | "E2";
    misses_a_delayed_event: MissesDelayedEvent breaks "F1" | "E2";
    hands_out_early: HandsOutEarly breaks "delay";
    counts_twice: CountsTwice breaks "metrics";
}

#[test]
fn every_kind_of_bug_is_planted() {
    let text = include_str!("planted.rs");
    for sabotage in Sabotage::ALL {
        assert!(text.contains(&format!(": {sabotage:?} breaks")), "{sabotage:?}");
    }
}
