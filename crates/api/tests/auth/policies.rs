//! Policies from end to end: who may what, on which version of which function, and under which conditions.

use super::fixture::{Fixture, refusal};
use super::reference::Key;
use super::server::create_body;

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000";

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#)
}

fn deny(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Deny","Action":"{action}","Resource":"{resource}"}}"#)
}

fn allow_if(action: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*","Condition":{condition}}}"#)
}

/// Whether the key is let through: whatever the answer is then, it is not a refusal of access.
fn may(fixture: &Fixture, key: &Key, method: &str, target: &str, body: &str) -> bool {
    let (status, kind, message) = refusal(&fixture.ask(key, method, target, body.as_bytes()));
    assert_ne!(kind, "SerializationException", "{method} {target}: {message}");
    let refused = kind == "AccessDeniedException";
    assert_eq!(refused, status == 403, "{method} {target}: {kind}: {message}");
    !refused
}

fn invoke(function: &str) -> String {
    format!("/2014-11-13/functions/{function}/invoke-async/")
}

pub(crate) fn a_key_may_do_what_its_policy_says() {
    let fixture = Fixture::start();
    fixture.create("other");
    let function = format!("{ARN}:function:there");
    let whole = fixture.key("whole", &allow("lambda:InvokeFunction", &function));
    let every = fixture.key("every", &allow("lambda:InvokeFunction", &format!("{function}:*")));
    let both = [
        allow("lambda:Invoke*", &format!("{ARN}:function:*")),
        deny("lambda:*", &format!("{ARN}:function:other*")),
    ];
    let both = fixture.key("both", &both.join(","));
    let reader = fixture.key("reader", &allow("lambda:Get*", &function));
    // The ARN is that of what the caller named: a version or an alias is another resource than the function.
    for (name, whole_may, every_may, both_may) in [
        ("there", true, false, true),
        ("there:$LATEST", false, true, true),
        ("there:1", false, true, true),
        ("arn:aws:lambda:us-east-1:000000000000:function:there", true, false, true),
        ("000000000000:function:there", true, false, true),
        ("other", false, false, false),
        ("other:prod", false, false, false),
        ("absent", false, false, true),
    ] {
        let target = invoke(name);
        let judged = [&whole, &every, &both].map(|key| may(&fixture, key, "POST", &target, "{}"));
        assert_eq!(judged, [whole_may, every_may, both_may], "{name}");
        assert!(!may(&fixture, &reader, "POST", &target, "{}"), "{name}");
    }
    let qualified = "/2015-03-31/functions/there/invocations?Qualifier=prod";
    assert!(
        !may(&fixture, &whole, "POST", qualified, "{}") && may(&fixture, &every, "POST", qualified, "{}")
    );
    assert!(may(&fixture, &reader, "GET", "/2015-03-31/functions/there", ""));
    assert!(!may(&fixture, &reader, "GET", "/2015-03-31/functions/other", ""));
    assert!(!may(&fixture, &reader, "GET", "/2015-03-31/functions", ""), "a list is of no function");
    assert!(!may(&fixture, &reader, "DELETE", "/2015-03-31/functions/there", ""));
    // Another spelling is no way around a refusal.
    let careful = [allow("*", "*"), deny("lambda:PutResourcePolicy", &function)].join(",");
    let careful = fixture.key("careful", &careful);
    for partition in ["aws", "aws-cn", ""] {
        let target = format!(
            "/2026-07-09/resource-policy/arn:{partition}:lambda:us-east-1:000000000000:function:there"
        );
        assert!(!may(&fixture, &careful, "PUT", &target, r#"{"Policy":"{}"}"#), "{partition}");
    }
    let events = fixture.key("events", &allow("lambent:ListEvents", &function));
    assert!(may(&fixture, &events, "GET", "/_lambent/v1/events?function=there", ""));
    assert!(!may(&fixture, &events, "GET", "/_lambent/v1/events?function=other", ""));
    assert!(!may(&fixture, &events, "GET", "/metrics", ""));
}

/// One request by keys that may do `action` under each of these conditions.
fn under(fixture: &Fixture, action: &str, ask: (&str, &str, &str), cases: &[(&str, bool)]) {
    let (method, target, body) = ask;
    for (condition, expected) in cases {
        let name = super::reference::hash(format!("{target}{body}{condition}").as_bytes());
        let name = format!("k{}", &name[..32]);
        let key = fixture.key(&name, &allow_if(action, condition));
        assert_eq!(
            may(fixture, &key, method, target, body),
            *expected,
            "{method} {target} {body}: {condition}"
        );
    }
}

pub(crate) fn conditions_count() {
    let fixture = Fixture::start();
    let all = "lambda:*";
    let functions = "/2015-03-31/functions";
    let configuration = "/2015-03-31/functions/there/configuration";
    let cases = [
        (r#"{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, false),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, true),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, false),
        (r#"{"StringLike":{"aws:username":"k*"}}"#, true),
        (r#"{"DateGreaterThan":{"aws:CurrentTime":"2100-01-01T00:00:00Z"}}"#, false),
    ];
    under(&fixture, all, ("GET", configuration, ""), &cases);

    let tagged =
        |tag: &str| create_body("tagged").replacen('{', &format!(r#"{{"Tags":{{"team":"{tag}"}},"#), 1);
    let by_tag = r#"{"StringEquals":{"aws:RequestTag/team":"right"}}"#;
    under(&fixture, all, ("POST", functions, &tagged("right")), &[(by_tag, true)]);
    under(&fixture, all, ("POST", functions, &tagged("wrong one")), &[(by_tag, false)]);
    under(&fixture, all, ("POST", functions, &create_body("tagged")), &[(by_tag, false)]);
    let keys = [
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#, true),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["other"]}}"#, false),
    ];
    under(&fixture, all, ("POST", functions, &tagged("any")), &keys);
    // A tag of the function is known once it is there.
    let has_tag = [(r#"{"StringEquals":{"aws:ResourceTag/team":"right"}}"#, true)];
    under(&fixture, all, ("GET", "/2015-03-31/functions/tagged", ""), &has_tag);
    under(&fixture, all, ("GET", "/2015-03-31/functions/there", ""), &[(has_tag[0].0, false)]);

    let permission = |principal: &str| {
        format!(r#"{{"StatementId":"s","Action":"lambda:InvokeFunction","Principal":"{principal}"}}"#)
    };
    let to_s3 = r#"{"StringEquals":{"lambda:Principal":"s3.amazonaws.com"}}"#;
    let policy = "/2015-03-31/functions/there/policy";
    under(&fixture, all, ("POST", policy, &permission("*")), &[(to_s3, false)]);
    under(&fixture, all, ("POST", policy, &permission("s3.amazonaws.com")), &[(to_s3, true)]);

    let layered = |layer: &str| format!(r#"{{"Layers":["{layer}"]}}"#);
    // GetLayerVersion has no layers in its body: the condition on all of none holds.
    let good = r#"{"ForAllValues:StringLike":{"lambda:Layer":["arn:aws:*:layer:good:3"]}}"#;
    for (layer, expected) in [
        (format!("{ARN}:layer:good:3"), true),
        (format!("{ARN}:layer:other:3"), false),
        ("arn:aws-cn:lambda:us-east-1:000000000000:layer:good:3".to_owned(), true),
        ("arn:aws-cn:lambda:us-east-1:000000000000:layer:others:3".to_owned(), false),
    ] {
        under(&fixture, all, ("PUT", configuration, &layered(&layer)), &[(good, expected)]);
    }
}

pub(crate) fn policies_of_functions_count() {
    let fixture = Fixture::start();
    let ann = fixture.key("ann", &allow("s3:GetObject", "*"));
    let bob = fixture.key("bob", &allow("s3:GetObject", "*"));
    assert!(!may(&fixture, &ann, "POST", &invoke("there"), "{}"));
    let given = br#"{"StatementId":"ann","Action":"lambda:InvokeFunction","Principal":"arn:aws:iam::000000000000:user/ann"}"#;
    let added = fixture.ask(&fixture.owner, "POST", "/2015-03-31/functions/there/policy", given);
    assert_eq!(added.status, 201, "{added:?}");
    assert!(may(&fixture, &ann, "POST", &invoke("there"), "{}"));
    assert!(
        !may(&fixture, &ann, "POST", &invoke("there:1"), "{}"),
        "the policy is that of the whole function"
    );
    assert!(!may(&fixture, &ann, "GET", "/2015-03-31/functions/there", ""), "one action was given");
    assert!(!may(&fixture, &bob, "POST", &invoke("there"), "{}"));

    // An explicit deny ends the matter, whoever it is.
    let document = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "nobody", "Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunction",
            "Resource": format!("{ARN}:function:there"),
        }],
    });
    let put = serde_json::json!({ "Policy": document.to_string() }).to_string();
    let target = format!("/2026-07-09/resource-policy/{ARN}:function:there");
    let reply = fixture.ask(&fixture.owner, "PUT", &target, put.as_bytes());
    assert_eq!(reply.status, 200, "{reply:?}");
    for (key, user) in [(&fixture.owner, "owner"), (&ann, "ann")] {
        let (status, _, message) = refusal(&fixture.ask(key, "POST", &invoke("there"), b"{}"));
        let expected = format!(
            "User: arn:aws:iam::000000000000:user/{user} is not authorized to perform: lambda:InvokeFunction on resource: \
             {ARN}:function:there with an explicit deny in a resource-based policy"
        );
        assert_eq!((status, message), (403, expected));
    }
    assert!(may(&fixture, &fixture.owner, "GET", "/2015-03-31/functions/there", ""));
}

pub(crate) fn layers_have_to_be_readable_to_whoever_uses_them() {
    let fixture = Fixture::start();
    let functions = allow("lambda:*", &format!("{ARN}:function:*"));
    let without = fixture.key("without", &functions);
    let with = fixture
        .key("with", &[functions, allow("lambda:GetLayerVersion", &format!("{ARN}:layer:good:*"))].join(","));
    let layers = |names: &[&str]| {
        let arns: Vec<String> = names.iter().map(|name| format!("\"{ARN}:layer:{name}:1\"")).collect();
        format!(r#""Layers":[{}]"#, arns.join(","))
    };
    let create = |layers: &str| create_body("layered").replacen('{', &format!("{{{layers},"), 1);
    let configuration = "/2015-03-31/functions/there/configuration";
    for (key, names, expected) in [
        (&without, &["good"][..], false),
        (&with, &["good"], true),
        (&with, &["good", "bad"], false),
        (&without, &[], true),
    ] {
        let layers = layers(names);
        assert_eq!(may(&fixture, key, "PUT", configuration, &format!("{{{layers}}}")), expected, "{names:?}");
        assert_eq!(
            may(&fixture, key, "POST", "/2015-03-31/functions", &create(&layers)),
            expected,
            "{names:?}"
        );
    }
    let (_, _, message) =
        refusal(&fixture.ask(&with, "PUT", configuration, format!("{{{}}}", layers(&["bad"])).as_bytes()));
    assert!(
        message.contains("to perform: lambda:GetLayerVersion on resource: ")
            && message.contains(":layer:bad:1 "),
        "{message}"
    );
}
