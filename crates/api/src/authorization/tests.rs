//! Every operation's action and resource, and the texts of refusals.

use std::collections::BTreeSet;

use lambent_domain::arn::{AccountId, FunctionArn, FunctionName, Region};
use lambent_domain::layer::LayerArn;
use lambent_domain::policy::{AccessRequest, Context, Decision, PolicyKind, Principal};
use lambent_domain::reference::FunctionReference;

use super::actions::{Target, requirement};
use super::{BodyMember, Resource, Subject, denied, function_in_body, logs, own, resource_arn};
use crate::generated::lambda::operations::Operation;
use crate::generated::lambda::routes::ROUTES;
use crate::generated::logs::operations::Operation as LogOperation;
use crate::model::Segment;
use crate::naming::Identity;
use crate::route::{Query, route};

const PREFIX: &str = "arn:aws:lambda:us-east-1:111122223333:";
const EXECUTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:hello:1/durable-execution/a/b";

fn identity() -> Identity {
    Identity { region: Region::new("us-east-1").unwrap(), account: AccountId::new("111122223333").unwrap() }
}

/// What an ARN in its one form names.
fn subject(arn: &str) -> Subject {
    let function = || {
        let FunctionReference { name, qualifier, region, account } = FunctionReference::parse(arn).ok()?;
        Some(Subject::Function(FunctionArn { region: region?, account: account?, name, qualifier }))
    };
    match arn.split(':').nth(5) {
        Some("function") => function().unwrap_or(Subject::Other(arn.to_owned())),
        Some("layer") => Subject::Layer(LayerArn::parse(arn).unwrap()),
        _ => Subject::Other(arn.to_owned()),
    }
}

fn arn(rest: &str) -> Resource {
    let subject = subject(&format!("{PREFIX}{rest}"));
    assert_eq!(subject.to_string(), format!("{PREFIX}{rest}"));
    Resource::Named(subject)
}

/// What is asked for by a request line, as the front door would.
fn asked(method: &str, target: &str) -> (Operation, Resource) {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let query = Query::parse(query).unwrap();
    let routed = route(method, path, &query).unwrap();
    (routed.operation, resource_arn(routed.operation, &identity(), &routed.labels, &query))
}

#[test]
fn every_action_is_named_as_its_operation_but_for_these() {
    let others: Vec<(&str, &str)> = Operation::ALL
        .iter()
        .map(|operation| (operation.traits().name, requirement(*operation).action))
        .filter(|(name, action)| *action != format!("lambda:{name}"))
        .collect();
    assert_eq!(
        others,
        [
            ("GetLayerVersionByArn", "lambda:GetLayerVersion"),
            ("Invoke", "lambda:InvokeFunction"),
            ("InvokeAsync", "lambda:InvokeFunction"),
            ("InvokeWithResponseStream", "lambda:InvokeFunction"),
        ]
    );
}

/// Labels, and the rest of a query, that an operation on `target` would have; and what it is then about.
fn example(target: Target) -> ([&'static str; 3], &'static str, Resource) {
    let csc = "arn:aws:lambda:us-east-1:111122223333:code-signing-config:csc-1";
    match target {
        Target::Function => (["hello", "x", ""], "Qualifier=prod", arn("function:hello:prod")),
        Target::FunctionByName => (["hello:prod", "x", ""], "Qualifier=other", arn("function:hello:prod")),
        Target::WholeFunction => (["hello:7", "x", ""], "Qualifier=other", arn("function:hello")),
        Target::Layer => (["l", "", ""], "Qualifier=other", arn("layer:l")),
        Target::LayerVersion => (["l", "3", "sid"], "", arn("layer:l:3")),
        Target::LayerVersionByArn => {
            (["", "", ""], "Arn=arn:aws:lambda:us-east-1:111122223333:layer:l:3", arn("layer:l:3"))
        }
        Target::EventSourceMapping => (["uuid-1", "", ""], "", arn("event-source-mapping:uuid-1")),
        Target::CodeSigningConfig => ([csc, "", ""], "", arn("code-signing-config:csc-1")),
        Target::CapacityProvider => (["c", "", ""], "", arn("capacity-provider:c")),
        Target::DurableExecution => ([EXECUTION, "", ""], "", Resource::Named(subject(EXECUTION))),
        Target::Callback => (["call-1", "", ""], "", Resource::Callback("call-1".to_owned())),
        Target::Tagged => ([csc, "", ""], "", arn("code-signing-config:csc-1")),
        Target::NewFunction => (["", "", ""], "", Resource::InBody(BodyMember::FunctionName)),
        Target::NewCapacityProvider => (["", "", ""], "", Resource::InBody(BodyMember::CapacityProviderName)),
        Target::NewEventSourceMapping => {
            (["", "", ""], "FunctionName=x", Resource::InBody(BodyMember::MappedFunctionName))
        }
        Target::Anything => (["", "", ""], "FunctionName=x&Qualifier=y", Resource::Named(Subject::Anything)),
    }
}

#[test]
fn every_route_leads_to_a_resource() {
    let mut seen = BTreeSet::new();
    for dated in ROUTES {
        for route in dated.routes {
            let (labels, query, expected) = example(requirement(route.operation).target);
            let mut labels = labels.iter().map(|label| label.replace('/', "%2F"));
            let mut path = format!("/{}", dated.date);
            for segment in route.segments {
                path.push('/');
                match segment {
                    Segment::Literal(literal) => path.push_str(literal),
                    Segment::Label => path.push_str(&labels.next().expect("a label")),
                }
            }
            let own = route.query.map(|(key, value)| format!("{key}={value}&")).unwrap_or_default();
            let asked = asked(route.method, &format!("{path}?{own}{query}"));
            assert_eq!(asked, (route.operation, expected), "{} {path}", route.method);
            seen.insert(route.operation.traits().name);
        }
    }
    assert_eq!(seen.len(), Operation::ALL.len(), "an operation has no route");
}

#[test]
fn a_function_has_one_arn_however_it_is_named() {
    for (name, query, expected) in [
        ("hello", "", "function:hello"),
        ("hello:prod", "", "function:hello:prod"),
        ("hello", "?Qualifier=$LATEST", "function:hello:$LATEST"),
        ("hello:prod", "?Qualifier=prod", "function:hello:prod"),
        ("111122223333:function:hello", "", "function:hello"),
        ("arn:aws:lambda:us-east-1:111122223333:function:hello:7", "", "function:hello:7"),
    ] {
        let asked = asked("POST", &format!("/2015-03-31/functions/{name}/invocations{query}"));
        assert_eq!(asked, (Operation::Invoke, arn(expected)), "{name}{query}");
    }
    let foreign = "arn:aws:lambda:eu-west-1:444455556666:function:hello";
    let (_, resource) = asked("GET", &format!("/2015-03-31/functions/{foreign}"));
    assert_eq!(resource, Resource::Named(subject(foreign)));
    let (_, resource) = asked("GET", "/2015-03-31/functions/no!name");
    assert_eq!(resource, Resource::Unnamed);
    let (_, resource) = asked("GET", "/2017-03-31/tags/hello");
    assert_eq!(resource, Resource::Unnamed);
}

/// What the handlers take for the same is judged as the same.
#[test]
fn no_spelling_of_an_arn_passes_a_policy_by() {
    let of = |partition: &str, rest: &str| format!("arn:{partition}:lambda:us-east-1:111122223333:{rest}");
    for partition in ["aws-cn", "aws-x", "aws", ""] {
        let of = |rest: &str| of(partition, rest);
        for (target, expected) in [
            (format!("/2026-07-09/resource-policy/{}", of("function:hello:prod")), "function:hello:prod"),
            (format!("/2026-07-09/resource-policy/{}", of("hello")), "function:hello"),
            (format!("/2017-03-31/tags/{}", of("function:hello")), "function:hello"),
            (format!("/2017-03-31/tags/{}", of("event-source-mapping:u")), "event-source-mapping:u"),
            (format!("/2015-03-31/functions/{}", of("hello:prod")), "function:hello:prod"),
            (format!("/2015-03-31/functions/{}?Qualifier=1", of("function:hello")), "function:hello:1"),
            (
                format!("/2020-04-22/code-signing-configs/{}", of("code-signing-config:csc-1")),
                "code-signing-config:csc-1",
            ),
        ] {
            assert_eq!(asked("GET", &target).1, arn(expected), "{target}");
        }
    }
    let of = |rest: &str| of("aws-cn", rest);
    for (target, expected) in [
        (format!("/2018-10-31/layers/{}/versions/3", of("layer:l")), "layer:l:3"),
        (format!("/2018-10-31/layers/{}/versions/3", of("layer:l:9")), "layer:l:3"),
        (format!("/2018-10-31/layers/{}/versions", of("layer:l:9")), "layer:l"),
        (format!("/2018-10-31/layers?find=LayerVersion&Arn={}", of("layer:l:3")), "layer:l:3"),
    ] {
        assert_eq!(asked("GET", &target).1, arn(expected), "{target}");
    }
}

/// Every one of them is refused by validation, whoever asks; nobody is judged by less than `*`.
#[test]
fn what_does_not_parse_names_nothing() {
    let long = "a".repeat(257);
    for target in [
        "/2018-10-31/layers/l/versions/03".to_owned(),
        "/2018-10-31/layers/l/versions/+3".to_owned(),
        "/2018-10-31/layers/l/versions/-3".to_owned(),
        "/2018-10-31/layers/l!/versions/3".to_owned(),
        format!("/2018-10-31/layers?find=LayerVersion&Arn={PREFIX}layer:l:03"),
        format!("/2018-10-31/layers?find=LayerVersion&Arn={PREFIX}function:f"),
        "/2017-03-31/tags/arn:aws:s3:us-east-1:111122223333:function:f".to_owned(),
        "/2017-03-31/tags/arn:aws:lambda:us-east-1:1:function:f".to_owned(),
        format!("/2015-03-31/functions/{long}"),
        format!("/2015-03-31/functions/f?Qualifier={long}"),
    ] {
        assert_eq!(asked("GET", &target).1, Resource::Unnamed, "{target}");
    }
    assert_eq!(function_in_body(BodyMember::FunctionName, &identity(), &long), None);
}

#[test]
fn a_body_names_what_is_made() {
    for (member, name, expected) in [
        (BodyMember::FunctionName, "hello", Some("function:hello")),
        (BodyMember::FunctionName, "hello:1", Some("function:hello")),
        (BodyMember::MappedFunctionName, "hello:prod", Some("function:hello:prod")),
        (BodyMember::CapacityProviderName, "c", Some("capacity-provider:c")),
        (BodyMember::FunctionName, "no!name", None),
    ] {
        let expected = expected.map(|rest| subject(&format!("{PREFIX}{rest}")));
        assert_eq!(function_in_body(member, &identity(), name), expected, "{name}");
    }
}

#[test]
fn logs_are_judged_by_their_streams() {
    let group = "arn:aws:logs:us-east-1:111122223333:log-group:";
    for (name, stream, expected) in [
        ("/aws/lambda/f", "", "/aws/lambda/f:log-stream:"),
        ("g", "s", "g:log-stream:s"),
        ("", "", ":log-stream:"),
    ] {
        assert_eq!(logs::resource(&identity(), name, stream).to_string(), format!("{group}{expected}"));
    }
    assert_eq!(logs::action(LogOperation::FilterLogEvents), "logs:FilterLogEvents");
}

#[test]
fn own_events_are_judged_by_their_function() {
    let hello = FunctionName::new("hello").unwrap();
    assert_eq!(own::resource(&identity(), Some(&hello)).to_string(), format!("{PREFIX}function:hello"));
    assert_eq!(own::resource(&identity(), None).to_string(), "*");
    let names: Vec<&str> = own::Action::ALL.iter().map(|action| action.name()).collect();
    let unique: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!((names.len(), unique.len()), (13, 13));
    for (action, name) in own::Action::ALL.iter().zip(names) {
        assert_eq!(name, format!("lambent:{action:?}"));
    }
}

#[test]
fn refusals_in_the_words_of_aws() {
    let account = AccountId::new("111122223333").unwrap();
    let ann = Principal::User {
        arn: "arn:aws:iam::111122223333:user/ann".to_owned(),
        name: "ann".to_owned(),
        user_id: "AIDAANN".to_owned(),
        account: account.clone(),
    };
    let worker = Principal::AssumedRole {
        role_arn: "arn:aws:iam::111122223333:role/worker".to_owned(),
        session_arn: "arn:aws:sts::111122223333:assumed-role/worker/env1".to_owned(),
        user_id: "AROAWORKER:env1".to_owned(),
        account,
    };
    let said = |principal: &Principal, decision| {
        let resource = format!("{PREFIX}function:hello");
        let context = Context::of(principal);
        let request = AccessRequest {
            principal,
            action: "lambda:InvokeFunction",
            resource: &resource,
            context: &context,
        };
        denied::message(&request, decision)
    };
    for (principal, decision, expected) in [
        (
            &ann,
            Decision::NotAllowed(PolicyKind::Identity),
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: lambda:InvokeFunction on resource: \
             arn:aws:lambda:us-east-1:111122223333:function:hello because no identity-based policy allows the \
             lambda:InvokeFunction action",
        ),
        (
            &worker,
            Decision::NotAllowed(PolicyKind::Resource),
            "User: arn:aws:sts::111122223333:assumed-role/worker/env1 is not authorized to perform: \
             lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:111122223333:function:hello because no \
             resource-based policy allows the lambda:InvokeFunction action",
        ),
        (
            &ann,
            Decision::DeniedExplicitly(PolicyKind::Identity),
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: lambda:InvokeFunction on resource: \
             arn:aws:lambda:us-east-1:111122223333:function:hello with an explicit deny in an identity-based policy",
        ),
        (
            &Principal::Anonymous,
            Decision::DeniedExplicitly(PolicyKind::Resource),
            "User: anonymous is not authorized to perform: lambda:InvokeFunction on resource: \
             arn:aws:lambda:us-east-1:111122223333:function:hello with an explicit deny in a resource-based policy",
        ),
    ] {
        assert_eq!(said(principal, decision).as_deref(), Some(expected));
    }
    assert_eq!(said(&ann, Decision::Allowed), None);
}
