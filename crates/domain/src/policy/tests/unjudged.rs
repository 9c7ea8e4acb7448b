//! What callers say too much of, or ambiguously, must not decide in their favour.

use crate::arn::AccountId;
use crate::policy::pattern::{Case, Pattern};
use crate::policy::{AccessRequest, Context, Policy, PolicyKind, Principal, decide};

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

/// Whether a user may, who has the given statements.
fn allowed(statements: &str, context: &Context<'_>) -> bool {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let policy = Policy::parse(&text, PolicyKind::Identity, 65_536).unwrap_or_else(|error| panic!("{error}"));
    let ann = Principal::User {
        arn: "arn:aws:iam::111122223333:user/ann".to_owned(),
        name: "ann".to_owned(),
        user_id: "AIDAANN".to_owned(),
        account: AccountId::new("111122223333").unwrap(),
    };
    let resource = "arn:aws:lambda:us-east-1:111122223333:function:hello";
    let request = AccessRequest { principal: &ann, action: "lambda:TagResource", resource, context };
    decide(&request, &[&policy], None).is_allowed()
}

fn statement(effect: &str, operator: &str, key: &str, value: &str) -> String {
    format!(
        r#"{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}}}"#
    )
}

/// Every operator that could be passed by, negated or not.
const OPERATORS: [&str; 7] = [
    "StringEquals",
    "StringNotEquals",
    "StringLikeIfExists",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringNotEquals",
    "ArnLike",
    "Null",
];

fn never_for_and_always_against(key: &str, context: &Context<'_>) {
    for operator in OPERATORS {
        for value in if operator == "Null" { ["true", "false"] } else { ["a", "b"] } {
            let allow = statement("Allow", operator, key, value);
            assert!(!allowed(&allow, context), "{operator} {key} {value} allows");
            let deny = statement("Deny", operator, key, value);
            assert!(!allowed(&format!("{ALL},{deny}"), context), "{operator} {key} {value} does not deny");
        }
    }
}

#[test]
fn tags_that_differ_only_in_case_do_not_decide_for_one_another() {
    let mut context = Context::new();
    context.set_request_tags([("team", "a"), ("TEAM", "b"), ("stage", "c")]);
    never_for_and_always_against("aws:RequestTag/Team", &context);
    assert!(allowed(&statement("Allow", "StringEquals", "aws:RequestTag/Stage", "c"), &context));
    assert!(allowed(ALL, &context));
}

#[test]
fn too_many_tags_and_too_long_values_are_not_judged() {
    let keys: Vec<String> = (0..1_000_000).map(|number| number.to_string()).collect();
    let mut context = Context::new();
    // A search for each of them among all others would not end before the test's time is over.
    context.set_request_tags(keys.iter().map(|key| (key.as_str(), "")));
    context.set_all("aws:TagKeys", keys.iter().map(String::as_str));
    never_for_and_always_against("aws:RequestTag/team", &context);
    never_for_and_always_against("aws:TagKeys", &context);
    let long = "a".repeat(1_000_000);
    context.set("aws:UserAgent", long.as_str());
    context.set_resource_tags([("team", long.as_str())]);
    never_for_and_always_against("aws:UserAgent", &context);
    never_for_and_always_against("aws:ResourceTag/team", &context);
    assert!(allowed(ALL, &context));
}

#[test]
fn variables_do_not_multiply_what_a_caller_says() {
    let mut context = Context::new();
    let longest = "a".repeat(256);
    context.set_request_tags([("x", longest.as_str())]);
    context.set("aws:SourceVpc", "a");
    let many = "${aws:RequestTag/x}".repeat(1_000);
    for (effect, operator) in [("Allow", "StringLike"), ("Allow", "StringNotLike")] {
        assert!(!allowed(&statement(effect, operator, "aws:SourceVpc", &many), &context), "{operator}");
    }
    for operator in ["StringLike", "StringNotLike", "ArnLike", "ArnNotLike"] {
        let deny = statement("Deny", operator, "aws:SourceVpc", &many);
        assert!(!allowed(&format!("{ALL},{deny}"), &context), "{operator}");
    }
    for clause in ["Resource", "NotResource"] {
        let of = |effect: &str| {
            format!(r#"{{"Effect":"{effect}","Action":"*","{clause}":"arn:aws:lambda:*:*:function:{many}"}}"#)
        };
        assert!(!allowed(&of("Allow"), &context), "{clause}");
        assert!(!allowed(&format!("{ALL},{}", of("Deny")), &context), "{clause}");
    }
    let sixteen = "${aws:RequestTag/x}".repeat(16);
    assert!(allowed(&statement("Allow", "StringNotLike", "aws:SourceVpc", &sixteen), &context));
}

#[test]
fn a_pattern_that_asks_for_more_than_there_is_costs_its_length() {
    let (pattern, text) = ("*".to_owned() + &"a".repeat(20_000) + "*b", "a".repeat(19_000));
    let pattern = Pattern::with_wildcards(&pattern);
    // Tried at every place, this would take 180 million steps each time.
    for _ in 0..1_000 {
        assert!(!pattern.matches(&text, Case::Matters));
    }
    assert!(Pattern::with_wildcards("ä?").matches("äö", Case::Matters));
}
