//! Packages that are too large: the request, the zip in it, what the zip says that is in it.

use bytes::Bytes;
use serde_json::json;

use crate::app::{App, parameter, refusal};
use crate::server;

const FUNCTIONS: &str = "/2015-03-31/functions";

pub(crate) async fn packages_are_too_large_as_recorded() {
    let app = App::start().await;
    let too_large =
        |key: &str, text: &str| refusal(413, "RequestEntityTooLargeException", json!({ key: text }));

    let request = Bytes::from(vec![b' '; 70_167_212]);
    let said = "Request must be smaller than 70167211 bytes for the CreateFunction operation";
    assert_eq!(app.send_with("POST", FUNCTIONS, &[], request).await, too_large("Message", said));

    let zip = server::creation("large", "ruby3.3", &vec![0; 52_428_801]);
    let said = "Zipped size must be smaller than 52428800 bytes";
    assert_eq!(app.send_with("POST", FUNCTIONS, &[], zip.into()).await, too_large("Message", said));

    let zip = server::creation("large", "ruby3.3", &claiming(262_144_001));
    let said = "Unzipped size must be smaller than 262144000 bytes";
    assert_eq!(app.send_with("POST", FUNCTIONS, &[], zip.into()).await, parameter(said));
}

/// A package whose table of contents says that its one file is so large.
fn claiming(bytes: u32) -> Vec<u8> {
    let mut zip = server::zip_of("index.rb", b"");
    let entry = zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zip[entry + 24..entry + 28].copy_from_slice(&bytes.to_le_bytes());
    zip
}
