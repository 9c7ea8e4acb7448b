//! Any bytes as a request to a function URL, as a function's response, and as a stream, cut in two ways.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| lambent_api::harness::url_payloads(bytes));
