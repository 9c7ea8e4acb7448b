//! Any bytes as a signed request, and as a body in chunks: no forgery is taken, and our own signatures always are.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| lambent_api::harness::signature(bytes));
