//! What holds for any policy and any request.

use std::time::Instant;

use proptest::prelude::*;

use crate::arn::AccountId;
use crate::policy::pattern::{Case, Pattern};
use crate::policy::{AccessRequest, Context, Policy, PolicyKind, Principal, decide, harness};

/// Any JSON, with the words of a policy likelier than others.
fn json() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        4 => "(Statement|Effect|Allow|Deny|Action|NotAction|Resource|NotResource|Principal|NotPrincipal|AWS|Service|Condition|Sid|Version|2012-10-17|Id)",
        2 => "(\\*|lambda:[*?A-Za-z]{0,8}|arn:aws:[a-z*]{0,6}:[$*{}'a:,]{0,9}|[0-9]{12}|aws:[a-z]{1,5})",
        2 => "(ForAllValues:|ForAnyValue:|)(String|Arn|Numeric|Date|Bool|IpAddress|Null)(Not|)(Equals|Like|LessThan|)(IfExists|)",
        1 => "[ !#-\\[\\]-~é]{0,6}",
    ]
    .prop_map(|text| format!("\"{text}\""));
    let leaf = prop_oneof![6 => text.clone(), 1 => Just("null".to_owned()), 1 => Just("true".to_owned()), 1 => "-?[1-9][0-9]{0,30}"];
    leaf.prop_recursive(7, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(|list| format!("[{}]", list.join(","))),
            proptest::collection::vec((text.clone(), inner), 0..6).prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// A statement that is sure to be one, of an identity policy or of a resource's.
fn statement(effect: &'static str, kind: PolicyKind) -> impl Strategy<Value = String> {
    let action = prop_oneof!["lambda:(Get|Invoke|\\*|I\\*)", Just("*".to_owned())];
    let resource =
        prop_oneof!["arn:aws:lambda:(\\*|us-east-1):[*1]{1,2}:function:[ab*?]{1,3}", Just("*".to_owned())];
    let principal = prop_oneof![
        Just("\"*\""),
        Just(r#"{"AWS":"111122223333"}"#),
        Just(r#"{"AWS":"arn:aws:iam::111122223333:user/ann"}"#),
        Just(r#"{"Service":"s3.amazonaws.com"}"#),
    ];
    let condition = prop_oneof![
        2 => Just(String::new()),
        1 => "(String|Arn)(Not|)(Equals|Like)(IfExists|)".prop_map(|operator| format!(r#","Condition":{{"{operator}":{{"aws:x":["a","b*"]}}}}"#)),
    ];
    let negation = || prop_oneof![3 => Just(""), 1 => Just("Not")];
    (action, resource, principal, condition, negation(), negation(), negation()).prop_map(
        move |(action, resource, principal, condition, no_action, no_resource, no_principal)| {
            let principal = match kind {
                PolicyKind::Identity => String::new(),
                PolicyKind::Resource => format!(r#","{no_principal}Principal":{principal}"#),
            };
            format!(
                r#"{{"Effect":"{effect}","{no_action}Action":"{action}","{no_resource}Resource":"{resource}"{principal}{condition}}}"#
            )
        },
    )
}

fn statements(kind: PolicyKind) -> impl Strategy<Value = Vec<String>> {
    let either = prop_oneof![3 => statement("Allow", kind).boxed(), 1 => statement("Deny", kind).boxed()];
    proptest::collection::vec(either, 1..4)
}

fn policy(statements: &[String], kind: PolicyKind) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    Policy::parse(&text, kind, 20_480).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn principals() -> impl Strategy<Value = Principal> {
    let account = |number: &str| AccountId::new(number).unwrap();
    prop_oneof![
        Just(Principal::Anonymous),
        Just(Principal::Root { account: account("111122223333") }),
        Just(Principal::Service { name: "s3.amazonaws.com".to_owned() }),
        prop_oneof![Just("111122223333"), Just("444455556666")].prop_map(move |number| Principal::User {
            arn: format!("arn:aws:iam::{number}:user/ann"),
            name: "ann".to_owned(),
            user_id: "AIDAANN".to_owned(),
            account: account(number),
        }),
    ]
}

/// Dynamic programming over every prefix: slow, and easy to believe.
fn oracle(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    for piece in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        for length in 0..=text.len() {
            next[length] = match piece {
                '*' => row[length] || (length > 0 && next[length - 1]),
                '?' => length > 0 && row[length - 1],
                other => length > 0 && row[length - 1] && text[length - 1] == other,
            };
        }
        row = next;
    }
    row[text.len()]
}

proptest! {
    #[test]
    fn any_json_is_a_policy_or_is_refused(
        document in json(),
        who in "user [a-c]|root|service s3.amazonaws.com|",
        resource in "arn:aws:lambda:us-east-1:[1-4]{12}:function:[a-c]|\\*",
    ) {
        harness::policies(format!("{who}\nlambda:InvokeFunction\n{resource}\naws:x\na|b\n{document}").as_bytes());
    }

    #[test]
    fn any_bytes_are_a_policy_or_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        harness::policies(&bytes);
    }

    #[test]
    fn one_more_deny_never_allows(
        mut identity in statements(PolicyKind::Identity),
        mut shared in statements(PolicyKind::Resource),
        own_deny in statement("Deny", PolicyKind::Identity),
        shared_deny in statement("Deny", PolicyKind::Resource),
        at in 0usize..4,
        to_identity in any::<bool>(),
        who in principals(),
        value in "|a|b|bc|d",
        function in "[ab]{1,2}",
    ) {
        let mut context = Context::of(&who);
        context.set_all("aws:x", Some(value.as_str()).filter(|value| !value.is_empty()));
        let resource = format!("arn:aws:lambda:us-east-1:111122223333:function:{function}");
        let request = AccessRequest { principal: &who, action: "lambda:Invoke", resource: &resource, context: &context };
        let judge = |identity: &[String], shared: &[String]| {
            let (identity, shared) = (policy(identity, PolicyKind::Identity), policy(shared, PolicyKind::Resource));
            decide(&request, &[&identity], Some(&shared)).is_allowed()
        };
        let before = judge(&identity, &shared);
        if to_identity {
            identity.insert(at.min(identity.len()), own_deny);
        } else {
            shared.insert(at.min(shared.len()), shared_deny);
        }
        prop_assert!(before || !judge(&identity, &shared));
    }

    #[test]
    fn the_matcher_agrees_with_the_oracle(pattern in "[ab*?é]{0,8}", text in "[abé]{0,12}") {
        prop_assert_eq!(Pattern::with_wildcards(&pattern).matches(&text, Case::Matters), oracle(&pattern, &text));
    }
}

#[test]
fn no_pattern_takes_exponential_time() {
    let (pattern, text) = ("*a".repeat(500) + "b", "a".repeat(10_000));
    let started = Instant::now();
    assert!(!Pattern::with_wildcards(&pattern).matches(&text, Case::Ignored));
    // Five million steps at most; a matcher that tries every split would not end in a lifetime.
    assert!(started.elapsed().as_secs() < 20);
}
