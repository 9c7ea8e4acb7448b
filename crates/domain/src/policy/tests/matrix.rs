//! Tables of requests and what becomes of them: identity × resource × condition × deny.
//!
//! A row is `name | who | action on resource | identity policy | resource policy | condition keys | decision`. A
//! statement is `Allow|Deny ACTION RESOURCE [to KIND=PRINCIPAL] [if OPERATOR KEY VALUE [and …]]`; `!` in front of an
//! action, a resource or a principal makes it `NotAction` and so on; `+` separates alternatives, `;` statements, `-` is
//! nothing or the ordinary thing. A policy that starts with `2008` is of the old version.

use std::fmt::Write as _;

use crate::arn::AccountId;
use crate::policy::{AccessRequest, Context, Decision, Policy, PolicyKind, Principal, decide};

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";

#[test]
fn every_row_is_decided_as_it_says() {
    let tables = [
        ("accounts", include_str!("accounts.txt")),
        ("patterns", include_str!("patterns.txt")),
        ("text_conditions", include_str!("text_conditions.txt")),
        ("other_conditions", include_str!("other_conditions.txt")),
    ];
    let (mut rows, mut wrong) = (0, String::new());
    for (table, text) in tables {
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            rows += 1;
            if let Err(complaint) = judge(line) {
                writeln!(wrong, "{table}: {line}\n    {complaint}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(rows >= 150, "only {rows} rows were found");
}

fn judge(line: &str) -> Result<(), String> {
    let columns: Vec<&str> = line.split(" | ").map(str::trim).collect();
    let [_, who, asked, identity, resource, keys, expected] = columns[..] else {
        return Err(format!("{} columns", columns.len()));
    };
    let principal = principal(who);
    let (action, on) =
        if asked == "-" { ("lambda:InvokeFunction", "fn:hello") } else { asked.split_once(' ').unwrap() };
    let on = expanded(on);
    let identity = policy(identity, PolicyKind::Identity)?;
    let resource = policy(resource, PolicyKind::Resource)?;
    let mut context = Context::of(&principal);
    for pair in keys.split(' ').filter(|pair| *pair != "-") {
        let (key, values) = pair.split_once('=').ok_or("a key without a value")?;
        context.set_all(key, values.split('+').filter(|value| !value.is_empty()).map(expanded));
    }
    let request = AccessRequest { principal: &principal, action, resource: &on, context: &context };
    let own: Vec<&Policy> = identity.iter().collect();
    let decision = word(decide(&request, &own, resource.as_ref()));
    if decision == expected { Ok(()) } else { Err(format!("decided {decision}")) }
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::DeniedExplicitly(PolicyKind::Identity) => "denied by identity",
        Decision::DeniedExplicitly(PolicyKind::Resource) => "denied by resource",
        Decision::NotAllowed(PolicyKind::Identity) => "identity silent",
        Decision::NotAllowed(PolicyKind::Resource) => "resource silent",
    }
}

fn principal(who: &str) -> Principal {
    let (who, account) = match who.strip_prefix("other ") {
        Some(who) => (who, OTHER),
        None => (who, ACCOUNT),
    };
    let id = AccountId::new(account).unwrap();
    match who {
        "nobody" => Principal::Anonymous,
        "root" => Principal::Root { account: id },
        "s3" => Principal::Service { name: "s3.amazonaws.com".to_owned() },
        "worker" => Principal::AssumedRole {
            role_arn: format!("arn:aws:iam::{account}:role/worker"),
            session_arn: format!("arn:aws:sts::{account}:assumed-role/worker/env1"),
            user_id: "AROAEXAMPLE:env1".to_owned(),
            account: id,
        },
        name => Principal::User {
            arn: format!("arn:aws:iam::{account}:user/{name}"),
            name: name.to_owned(),
            user_id: format!("AIDA{}", name.to_uppercase()),
            account: id,
        },
    }
}

/// `fn:hello`, `user:ann`, `role:worker` and `session:worker/env1` stand for ARNs.
fn expanded(text: &str) -> String {
    [
        ("fn:", format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:")),
        ("user:", format!("arn:aws:iam::{ACCOUNT}:user/")),
        ("role:", format!("arn:aws:iam::{ACCOUNT}:role/")),
        ("session:", format!("arn:aws:sts::{ACCOUNT}:assumed-role/")),
    ]
    .iter()
    .find_map(|(short, long)| text.strip_prefix(short).map(|rest| format!("{long}{rest}")))
    .unwrap_or_else(|| text.to_owned())
}

fn policy(text: &str, kind: PolicyKind) -> Result<Option<Policy>, String> {
    if text == "-" {
        return Ok(None);
    }
    let (version, text) = match text.strip_prefix("2008 ") {
        Some(text) => ("2008-10-17", text),
        None => ("2012-10-17", text),
    };
    let statements: Vec<String> = text.split("; ").map(statement).collect();
    let document = format!(r#"{{"Version":"{version}","Statement":[{}]}}"#, statements.join(","));
    Policy::parse(&document, kind, 20_480).map(Some).map_err(|error| format!("{error}: {document}"))
}

fn statement(text: &str) -> String {
    let (head, conditions) = match text.split_once(" if ") {
        Some((head, conditions)) => (head, Some(conditions)),
        None => (text, None),
    };
    let words: Vec<&str> = head.split(' ').collect();
    let mut members = vec![
        format!(r#""Effect":"{}""#, words[0]),
        element("Action", words[1], list),
        element("Resource", words[2], list),
    ];
    if let Some(principal) = words.get(4) {
        members.push(element("Principal", principal, |text| match text.split_once('=') {
            Some((kind, names)) => format!(r#"{{"{kind}":{}}}"#, list(names)),
            None => format!("{text:?}"),
        }));
    }
    if let Some(conditions) = conditions {
        let operators: Vec<String> = conditions
            .split(" and ")
            .map(|condition| {
                let words: Vec<&str> = condition.split(' ').collect();
                format!(r#""{}":{{"{}":{}}}"#, words[0], words[1], list(words[2]))
            })
            .collect();
        members.push(format!(r#""Condition":{{{}}}"#, operators.join(",")));
    }
    format!("{{{}}}", members.join(","))
}

fn element(name: &str, text: &str, written: impl Fn(&str) -> String) -> String {
    match text.strip_prefix('!') {
        Some(text) => format!(r#""Not{name}":{}"#, written(text)),
        None => format!(r#""{name}":{}"#, written(text)),
    }
}

fn list(text: &str) -> String {
    let values: Vec<String> = text.split('+').map(|value| format!("{:?}", expanded(value))).collect();
    if let [one] = values.as_slice() { one.clone() } else { format!("[{}]", values.join(",")) }
}
