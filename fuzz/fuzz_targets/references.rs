//! Any bytes as a function's name or ARN.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| lambent_api::harness::reference(bytes));
