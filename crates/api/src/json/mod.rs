//! Whether bytes are one JSON text, without building it, and if not, why in the words AWS's front end uses.
//!
//! AWS parses events with Jackson and hands its complaint to the caller, so the phrases here are Jackson's: people
//! search for them. Checking is on the path of every invocation: one pass, no allocation, a bound on the depth.

mod complaint;
mod scanner;

pub use complaint::Complaint;
use complaint::{Fault, Problem};
use scanner::Scanner;

/// How deep arrays and objects may nest; Jackson's own bound.
pub(crate) const DEPTH_MAX: usize = 1_000;

/// Checks that `bytes` is one JSON text in UTF-8 with nothing behind it.
pub fn check(bytes: &[u8]) -> Result<(), Complaint<'_>> {
    let scanned = Scanner::new(bytes).document();
    // The scanner passes over everything beyond ASCII inside strings; whether it is UTF-8 is looked at once, here.
    let utf8 = std::str::from_utf8(bytes);
    match (scanned, utf8) {
        (Ok(()), Ok(_)) => Ok(()),
        (Err(problem), Err(error)) if error.valid_up_to() >= problem.at || error.error_len().is_none() => {
            Err(Complaint::new(bytes, problem))
        }
        (_, Err(error)) => Err(Complaint::new(bytes, encoding_problem(bytes, error))),
        (Err(problem), Ok(_)) => Err(Complaint::new(bytes, problem)),
    }
}

fn encoding_problem(bytes: &[u8], error: std::str::Utf8Error) -> Problem {
    let start = error.valid_up_to();
    let byte = bytes.get(start).copied().unwrap_or_default();
    let behind = start + error.error_len().unwrap_or(1);
    match bytes.get(behind) {
        // A start byte that may begin a character, and what follows does not continue it.
        Some(middle) if (0xC2..=0xF4).contains(&byte) => {
            Problem { fault: Fault::MiddleByte(*middle), at: behind }
        }
        _ => Problem { fault: Fault::StartByte(byte), at: start },
    }
}

#[cfg(test)]
mod tests;
