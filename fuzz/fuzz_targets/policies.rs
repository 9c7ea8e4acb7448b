//! Any bytes as policies and a request that they decide.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| lambent_domain::policy::harness::policies(bytes));
