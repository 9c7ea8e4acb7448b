//! How long it takes to check a signature: `cargo run --release -p lambent-api --example sigv4_speed`.
//!
//! An event of 512 bytes as botocore sends it, its signing key in the cache. The fastest of many short rounds is printed,
//! so that other programs on the machine do not count.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use http::{HeaderValue, Request};
use lambent_api::sigv4::{
    Claim, Credentials, ExpectedScope, KeyCache, PayloadHash, Scope, Secret, read, sign, verify,
};
use lambent_domain::time::Timestamp;

const ROUNDS: u32 = 500;
const CHECKS: u32 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let body = [b'x'; 512];
    let now = Timestamp::from_millis(1_764_306_000_000);
    let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let credentials =
        Credentials { access_key_id: "AKIDEXAMPLE".to_owned(), secret: secret.clone(), session_token: None };
    let request = Request::post("http://localhost:9400/2015-03-31/functions/hello/invocations")
        .header("host", "localhost:9400")
        .header("x-amz-invocation-type", "Event")
        .header("user-agent", "Boto3/1.43.11")
        .header("content-length", "512")
        .body(())?;
    let (mut parts, ()) = request.into_parts();
    parts.headers.insert("amz-sdk-request", HeaderValue::from_static("attempt=1"));
    let scope = Scope { region: "us-east-1", service: "lambda" };
    let payload = PayloadHash::Of(&body);
    let added = sign(&parts.method, &parts.uri, &parts.headers, payload, &credentials, scope, now)?;
    parts.headers.extend(added.into_iter().map(|(name, value)| (Some(name), value)));

    let expected = ExpectedScope { region: "us-east-1", service: "lambda" };
    let keys = KeyCache::new();
    let check = || match read(black_box(&parts))? {
        Claim::Signed(claim) => verify(&claim, &parts, black_box(&body), &secret, now, &expected, &keys),
        Claim::Unsigned => Err(lambent_api::sigv4::SignatureError::Missing),
    };
    let mut fastest = Duration::MAX;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..CHECKS {
            black_box(check()?);
        }
        fastest = fastest.min(started.elapsed());
    }
    println!("{} ns per check", (fastest / CHECKS).as_nanos());
    Ok(())
}
