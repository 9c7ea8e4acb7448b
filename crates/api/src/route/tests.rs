use proptest::prelude::*;

use super::*;

fn named(method: &str, target: &str) -> Result<(Operation, Vec<String>), Unroutable> {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let query = Query::parse(query).map_err(|Undecodable| Unroutable::Undecodable)?;
    let routed = route(method, path, &query)?;
    let labels = routed.labels.iter().filter(|label| !label.is_empty()).map(|label| label.to_string());
    Ok((routed.operation, labels.collect()))
}

#[test]
fn every_operation_of_the_model_is_reached_by_its_own_route() {
    let mut reached = std::collections::HashSet::new();
    for dated in ROUTES {
        for route in dated.routes {
            let mut target = format!("/{}", dated.date);
            for segment in route.segments {
                target.push('/');
                target.push_str(match segment {
                    Segment::Literal(literal) => literal,
                    Segment::Label => "x",
                });
            }
            for slash in ["", "/"] {
                let query = route.query.map(|(key, value)| format!("?{key}={value}")).unwrap_or_default();
                let (operation, labels) = named(route.method, &format!("{target}{slash}{query}")).unwrap();
                assert_eq!(operation, route.operation, "{} {target}", route.method);
                assert_eq!(labels.len(), route.segments.iter().filter(|s| **s == Segment::Label).count());
            }
            reached.insert(route.operation);
        }
    }
    assert_eq!(reached.len(), Operation::ALL.len());
}

#[test]
fn labels_are_decoded_once_after_the_path_is_cut() {
    let invoke = |name: &str| named("POST", &format!("/2015-03-31/functions/{name}/invocations"));
    let label = |name: &str| invoke(name).unwrap().1.concat();
    assert_eq!(label("hello"), "hello");
    assert_eq!(label("hello%3A%24LATEST"), "hello:$LATEST");
    assert_eq!(label("hello:$LATEST"), "hello:$LATEST");
    assert_eq!(label("a%2Fb"), "a/b");
    assert_eq!(label("a%253Ab"), "a%3Ab");
    assert_eq!(invoke("a%FFb"), Err(Unroutable::Undecodable));
    assert_eq!(invoke("a%2"), Err(Unroutable::Undecodable));
}

#[test]
fn what_is_no_operation_says_why() {
    for path in
        ["", "/", "//", "/2014-11-13", "/2014-11-13/functions//invoke-async", "/a/b/c/d/e/f/g/h/i/j/k"]
    {
        assert_eq!(named("POST", path), Err(Unroutable::UnknownPath), "{path}");
    }
    assert_eq!(named("POST", "/2014-11-13/functions/f/invoke-async//"), Err(Unroutable::UnknownPath));
    assert_eq!(named("GET", "/2014-11-13/functions/f/invoke-async/"), Err(Unroutable::WrongMethod));
    assert_eq!(named("post", "/2014-11-13/functions/f/invoke-async/"), Err(Unroutable::WrongMethod));
}

#[test]
fn a_query_pair_chooses_between_operations_of_one_path() {
    let path = "/2019-09-30/functions/f/provisioned-concurrency";
    assert_eq!(named("GET", path).unwrap().0, Operation::GetProvisionedConcurrencyConfig);
    assert_eq!(
        named("GET", &format!("{path}?List=ALL")).unwrap().0,
        Operation::ListProvisionedConcurrencyConfigs
    );
    assert_eq!(
        named("GET", "/2018-10-31/layers?find=LayerVersion").unwrap().0,
        Operation::GetLayerVersionByArn
    );
}

proptest! {
    #[test]
    fn any_target_is_routed_or_refused(method in "[A-Z]{1,8}", target in "/[ -~]{0,300}") {
        let _ = named(&method, &target);
    }
}
