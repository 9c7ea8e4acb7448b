//! Any bytes as a request: refused with a caller's error, or let through; never a panic, never our fault.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(status) = lambent_api::harness::request(bytes) {
        assert!((400..500).contains(&status) || status == 501, "status {status}");
    }
});
