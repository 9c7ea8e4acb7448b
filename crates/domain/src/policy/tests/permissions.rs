//! Permissions as AWS writes them, and the life of a policy made of them.

use crate::policy::permission::{self, FunctionPermission, LayerPermission, PermissionError};
use crate::policy::{AccessRequest, Context, Policy, PolicyKind, Principal, decide};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:f";
const LAYER: &str = "arn:aws:lambda:us-east-1:111122223333:layer:l:1";

fn plain<'a>(sid: &'a str, principal: &'a str) -> FunctionPermission<'a> {
    FunctionPermission {
        statement_id: sid,
        action: "lambda:InvokeFunction",
        principal,
        source_arn: None,
        source_account: None,
        event_source_token: None,
        principal_org_id: None,
        function_url_auth_type: None,
        invoked_via_function_url: None,
        resource: FUNCTION,
    }
}

/// The members before a condition.
fn head(sid: &str, principal: &str, action: &str) -> String {
    format!(
        r#""Sid":"{sid}","Effect":"Allow","Principal":{principal},"Action":"lambda:{action}","Resource":"{FUNCTION}""#
    )
}

fn check(permission: FunctionPermission<'_>, head: &str, condition: &str) {
    let comma = if condition.is_empty() { "" } else { r#","Condition":"# };
    let statement = permission.statement().unwrap();
    assert_eq!(statement.to_string(), format!("{{{head}{comma}{condition}}}"));
    // What AddPermission writes is always a policy.
    permission::add(None, &statement).unwrap();
}

#[test]
fn statements_for_services() {
    let bucket = FunctionPermission {
        source_arn: Some("arn:aws:s3:::b"),
        source_account: Some("111122223333"),
        ..plain("s3", "s3.amazonaws.com")
    };
    let everything = FunctionPermission {
        principal_org_id: Some("o-exampleorg"),
        event_source_token: Some("t"),
        function_url_auth_type: Some("AWS_IAM"),
        ..bucket
    };
    let s3 = head("s3", r#"{"Service":"s3.amazonaws.com"}"#, "InvokeFunction");
    check(plain("s3", "s3.amazonaws.com"), &s3, "");
    check(
        bucket,
        &s3,
        r#"{"StringEquals":{"AWS:SourceAccount":"111122223333"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}"#,
    );
    check(
        everything,
        &s3,
        r#"{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM","aws:PrincipalOrgID":"o-exampleorg","AWS:SourceAccount":"111122223333","lambda:EventSourceToken":"t"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}"#,
    );
    let alexa = head("alexa", r#"{"Service":"alexa-appkit.amazon.com"}"#, "InvokeFunction");
    check(plain("alexa", "alexa-appkit.amazon.com"), &alexa, "");
}

#[test]
fn statements_for_people_and_everybody() {
    let account = head("acct", r#"{"AWS":"arn:aws:iam::444455556666:root"}"#, "InvokeFunction");
    check(plain("acct", "444455556666"), &account, "");
    let user = head("user", r#"{"AWS":"arn:aws:iam::444455556666:user/ann"}"#, "InvokeFunction");
    check(plain("user", "arn:aws:iam::444455556666:user/ann"), &user, "");
    let url = FunctionPermission {
        action: "lambda:InvokeFunctionUrl",
        function_url_auth_type: Some("NONE"),
        ..plain("url", "*")
    };
    let condition = r#"{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}"#;
    check(url, &head("url", r#""*""#, "InvokeFunctionUrl"), condition);
    let via = FunctionPermission { invoked_via_function_url: Some(true), ..plain("via", "*") };
    let condition = r#"{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}"#;
    check(via, &head("via", r#""*""#, "InvokeFunction"), condition);
}

#[test]
fn principals_that_are_none() {
    for bad in ["1234", "ann", "user/ann", "s3"] {
        assert_eq!(plain("x", bad).statement(), Err(PermissionError::Principal), "{bad}");
    }
    // It has the form of a principal, and is none: only the policy as a whole can tell.
    let statement = plain("x", "arn:aws:s3:::b").statement().unwrap();
    assert_eq!(permission::add(None, &statement), Err(PermissionError::Principal));
}

#[test]
fn layer_statements() {
    let permission = LayerPermission {
        statement_id: "org",
        action: "lambda:GetLayerVersion",
        principal: "*",
        organization_id: Some("o-exampleorg"),
        resource: LAYER,
    };
    let policy = permission::add(None, &permission.statement().unwrap()).unwrap();
    let expected = format!(
        r#"{{"Version":"2012-10-17","Id":"default","Statement":[{{"Sid":"org","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"{LAYER}","Condition":{{"StringEquals":{{"aws:PrincipalOrgID":"o-exampleorg"}}}}}}]}}"#
    );
    assert_eq!(policy.to_string(), expected);
    let account = LayerPermission { principal: "444455556666", organization_id: None, ..permission };
    let printed = account.statement().unwrap().to_string();
    assert!(printed.contains(r#""Principal":{"AWS":"arn:aws:iam::444455556666:root"}"#), "{printed}");
}

#[test]
fn statements_come_and_go_by_their_ids() {
    let s3 = plain("s3", "s3.amazonaws.com").statement().unwrap();
    let sqs = plain("sqs", "sqs.amazonaws.com").statement().unwrap();
    let first = permission::add(None, &s3).unwrap();
    assert_eq!(first.to_string(), format!(r#"{{"Version":"2012-10-17","Id":"default","Statement":[{s3}]}}"#));
    let both = permission::add(Some(&first), &sqs).unwrap();
    assert_eq!(
        both.to_string(),
        format!(r#"{{"Version":"2012-10-17","Id":"default","Statement":[{s3},{sqs}]}}"#)
    );
    assert_eq!(
        permission::add(Some(&both), &s3).unwrap_err().to_string(),
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement."
    );
    assert_eq!(permission::remove(Some(&both), "sqs"), Ok(Some(first.clone())));
    assert_eq!(permission::remove(Some(&first), "s3"), Ok(None));
    let missing = permission::remove(Some(&first), "non-existent").unwrap_err();
    assert_eq!(missing.to_string(), "Statement non-existent is not found in resource policy.");
    let none = permission::remove(None, "s3").unwrap_err();
    assert_eq!(none.to_string(), "No policy is associated with the given resource.");
}

#[test]
fn a_policy_ends_at_twenty_kilobytes() {
    let mut policy: Option<Policy> = None;
    for index in 0..1_000 {
        let sid = format!("s{index}");
        match permission::add(policy.as_ref(), &plain(&sid, "s3.amazonaws.com").statement().unwrap()) {
            Ok(longer) => policy = Some(longer),
            Err(error) => {
                let bytes = policy.expect("a first statement").to_string().len();
                assert!((20_300..=20_480).contains(&bytes), "{bytes}");
                let text = error.to_string();
                assert!(text.starts_with("The final policy size (20"), "{text}");
                assert!(text.ends_with(") is bigger than the limit (20480)."), "{text}");
                return;
            }
        }
    }
    panic!("the policy never ended");
}

#[test]
fn a_permission_does_what_it_says() {
    let bucket = FunctionPermission {
        source_arn: Some("arn:aws:s3:::b"),
        source_account: Some("111122223333"),
        ..plain("s3", "s3.amazonaws.com")
    };
    let policy = permission::add(None, &bucket.statement().unwrap()).unwrap();
    assert_eq!(Policy::parse(&policy.to_string(), PolicyKind::Resource, 20_480), Ok(policy.clone()));
    let service = Principal::Service { name: "s3.amazonaws.com".to_owned() };
    for (arn, allowed) in [("arn:aws:s3:::b", true), ("arn:aws:s3:::c", false)] {
        let mut context = Context::of(&service);
        context.set("aws:SourceArn", arn);
        context.set("aws:SourceAccount", "111122223333");
        let request = AccessRequest {
            principal: &service,
            action: "lambda:InvokeFunction",
            resource: FUNCTION,
            context: &context,
        };
        assert_eq!(decide(&request, &[], Some(&policy)).is_allowed(), allowed, "{arn}");
    }
}
