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

#[test]
fn the_demo_tells_its_story_in_order_on_a_new_and_on_an_old_data_directory() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let finished = run_in(directory.path(), &["demo", "--once", "--listen", "127.0.0.1:0"]).code(0);
        let stdout = finished.stdout();
        let mut rest = stdout.as_str();
        for part in STORY {
            rest = rest.split_once(part).unwrap_or_else(|| panic!("no {part:?} in its place:\n{stdout}")).1;
        }
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
