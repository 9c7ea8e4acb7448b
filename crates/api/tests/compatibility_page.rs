//! `docs/COMPATIBILITY.md` says of every operation what the server does with it.

use std::collections::BTreeMap;
use std::path::Path;

use lambent_api::generated::lambda::routes::ROUTES;
use lambent_api::harness;
use lambent_api::model::{Route, Segment};

const OPERATIONS: usize = 91;
const BEGIN: &str = "<!-- begin: written from crates/api/src/control/support.rs; UPDATE_DOCS=1 and this page's test write it anew -->\n";
const END: &str = "<!-- end -->\n";

/// Writes the page's table anew if that is asked for, and fails if it is not the one of the code.
#[test]
fn the_page_has_the_table_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/COMPATIBILITY.md");
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let (before, rest) = page.split_once(BEGIN).expect("the table's begin is marked");
    let (_, after) = rest.split_once(END).expect("the table's end is marked");
    let fresh = format!("{before}{BEGIN}{}{END}{after}", harness::compatibility_table());
    #[expect(clippy::disallowed_methods, reason = "the test's own variable; no configuration of the product")]
    let update = std::env::var("UPDATE_DOCS").is_ok();
    if update {
        std::fs::write(&path, fresh).expect("the page can be written");
    } else {
        assert!(
            page == fresh,
            "docs/COMPATIBILITY.md is not fresh: run `UPDATE_DOCS=1 cargo test -p lambent-api --test compatibility_page`"
        );
    }
}

/// A request for the operation, of which only the path is right.
fn request_for(date: &str, route: &Route) -> String {
    let mut target = format!("/{date}");
    for segment in route.segments {
        target.push('/');
        target.push_str(match segment {
            Segment::Literal(literal) => literal,
            Segment::Label => "there",
        });
    }
    if let Some((key, value)) = route.query {
        target.push_str(&format!("?{key}={value}"));
    }
    format!("{} {target}\nhost: localhost\n\n{{}}", route.method)
}

#[test]
fn the_table_has_every_operation_once_and_refuses_those_that_it_says() {
    let table = harness::compatibility_table();
    let mut told = BTreeMap::new();
    for row in table.lines().skip(2) {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let (operation, state) = (cells.next().expect("a name"), cells.next().expect("a state"));
        assert_eq!(told.insert(operation, state == "not yet"), None, "{operation} stands there twice");
    }
    let mut refused = BTreeMap::new();
    for (date, route) in ROUTES.iter().flat_map(|of| of.routes.iter().map(|route| (of.date, route))) {
        let not_yet = harness::request(request_for(date, route).as_bytes()) == Some(501);
        refused.insert(route.operation.traits().name, not_yet);
    }
    assert_eq!(refused.len(), OPERATIONS, "the model has other operations than the table was written for");
    assert_eq!(told, refused);
}
