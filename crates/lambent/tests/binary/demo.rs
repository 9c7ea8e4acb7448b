//! `lambent demo --once`, as the README has it.

use crate::program::run_in;

/// What a newcomer must see, in this order.
const STORY: [&str; 9] = [
    "is ready at http://127.0.0.1:",
    "Function helloworld is deployed",
    "> POST /2014-11-13/functions/helloworld/invoke-async/ HTTP/1.1",
    "< HTTP/1.1 202 Accepted",
    "START RequestId: ",
    "Hello, Lambent!",
    "REPORT RequestId: ",
    "succeeded after 1 attempt",
    "curl -i ",
];

fn tells(stdout: &str, story: &[&str]) {
    let mut rest = stdout;
    for part in story {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("no {part:?} in its place:\n{stdout}")).1;
    }
}

/// The same where nobody may ask unsigned.
#[test]
fn the_demo_signs_where_requests_must_be_signed() {
    let directory = tempfile::tempdir().unwrap();
    let finished =
        run_in(directory.path(), &["demo", "--once", "--auth", "required", "--listen", "127.0.0.1:0"])
            .code(0);
    let stdout = finished.stdout();
    tells(&stdout, &STORY);
    tells(&stdout, &["> authorization: AWS4-HMAC-SHA256 Credential=AKIA", "< HTTP/1.1 202", "--aws-sigv4"]);
}

#[test]
fn the_demo_tells_its_story_in_order_on_a_new_and_on_an_old_data_directory() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let finished = run_in(directory.path(), &["demo", "--once", "--listen", "127.0.0.1:0"]).code(0);
        let stdout = finished.stdout();
        tells(&stdout, &STORY);
        let id = |marker: &str| {
            let rest = stdout.split_once(marker).unwrap().1;
            rest.get(..36).unwrap().to_owned()
        };
        let accepted = id("x-amzn-requestid: ");
        assert_eq!(id("START RequestId: "), accepted, "the log is another run's");
        assert_eq!(id("REPORT RequestId: "), accepted, "the log is another run's");
    }
    assert!(directory.path().join("lambent-data").is_dir(), "the default data directory is another");
}
