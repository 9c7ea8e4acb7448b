//! `docs/COMPATIBILITY.md` says of every operation what the server does with it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

use std::collections::BTreeMap;

use lambent_api::generated::lambda::routes::ROUTES;
use lambent_api::harness;
use lambent_api::model::{Route, Segment};

const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/COMPATIBILITY.md"));
const OPERATIONS: usize = 91;

/// The state of each operation as the first table tells it.
fn told() -> BTreeMap<&'static str, &'static str> {
    let (_, section) = PAGE.split_once("## Operations").expect("the section is there");
    let (section, _) = section.split_once("\n## ").expect("another section follows");
    let mut states = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with('|')).skip(2) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (operation, state) = (cells[1], cells[2]);
        assert!(["works", "stored only", "not yet"].contains(&state), "{operation}: {state}");
        assert_eq!(states.insert(operation, state), None, "{operation} stands there twice");
    }
    states
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
fn every_operation_stands_there_with_what_becomes_of_it() {
    let told = told();
    let mut routed = BTreeMap::new();
    for (date, route) in ROUTES.iter().flat_map(|of| of.routes.iter().map(|route| (of.date, route))) {
        let not_yet = harness::request(request_for(date, route).as_bytes()) == Some(501);
        routed.insert(route.operation.traits().name, not_yet);
    }
    assert_eq!(routed.len(), OPERATIONS, "the model has other operations than the page was written for");
    let missing: Vec<_> = routed.keys().filter(|operation| !told.contains_key(*operation)).collect();
    assert!(missing.is_empty(), "the page lacks {missing:?}");
    let unknown: Vec<_> = told.keys().filter(|operation| !routed.contains_key(*operation)).collect();
    assert!(unknown.is_empty(), "the page has what the model lacks: {unknown:?}");
    for (operation, not_yet) in routed {
        assert_eq!(told[operation] == "not yet", not_yet, "{operation} is told as {}", told[operation]);
    }
}
