//! Permissions of functions, versions and aliases, statement by statement.

use serde_json::{Value, json};

use crate::app::{ARN, App, conflict, done, missing, ok, parameter, refusal, stale};

pub(crate) const POLICY: &str = "/2015-03-31/functions/there/policy";
const READ_BY: &str = "GetFunction/GetAlias";
pub(crate) const GONE: &str = "The resource you requested does not exist.";

pub(crate) fn permission(sid: &str) -> Value {
    json!({"StatementId": sid, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"})
}

pub(crate) fn statement(sid: &str, resource: &str) -> String {
    written(sid, r#"{"Service":"s3.amazonaws.com"}"#, "InvokeFunction", resource, "")
}

fn written(sid: &str, principal: &str, action: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Sid":"{sid}","Effect":"Allow","Principal":{principal},"Action":"lambda:{action}","Resource":"{resource}"{condition}}}"#
    )
}

pub(crate) fn policy(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Id":"default","Statement":[{}]}}"#, statements.join(","))
}

fn got(statements: &[String]) -> crate::app::Answer {
    ok(200, json!({"Policy": policy(statements), "RevisionId": "<revision>"}))
}

pub(crate) async fn permissions_are_written_as_recorded() {
    let app = App::start().await;
    let bucket = "arn:aws:s3:::bucket";
    let service = r#"{"Service":"s3.amazonaws.com"}"#;
    let account = r#","Condition":{"StringEquals":{"AWS:SourceAccount":"000000000000"}}"#;
    let source = format!(r#","Condition":{{"ArnLike":{{"AWS:SourceArn":"{bucket}"}}}}"#);
    let token = r#","Condition":{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.1"}}"#;
    let all = format!(
        r#","Condition":{{"StringEquals":{{"lambda:FunctionUrlAuthType":"NONE","aws:PrincipalOrgID":"o-1234567890","AWS:SourceAccount":"000000000000"}},"ArnLike":{{"AWS:SourceArn":"{bucket}"}}}}"#
    );
    let root = r#"{"AWS":"arn:aws:iam::111111111111:root"}"#;
    let user = "arn:aws:iam::111111111111:user/somebody";
    let user_element = format!(r#"{{"AWS":"{user}"}}"#);
    for (given, principal, action, condition) in [
        (json!({}), service, "InvokeFunction", ""),
        (json!({"SourceArn": bucket}), service, "InvokeFunction", source.as_str()),
        (json!({"Principal": "*", "SourceAccount": "000000000000"}), r#""*""#, "InvokeFunction", account),
        (json!({"Principal": "111111111111"}), root, "InvokeFunction", ""),
        (json!({"Principal": user}), user_element.as_str(), "InvokeFunction", ""),
        (json!({"Action": "lambda:*"}), service, "*", ""),
        (
            json!({"Principal": "*", "EventSourceToken": "amzn1.ask.skill.1"}),
            r#""*""#,
            "InvokeFunction",
            token,
        ),
        (
            json!({
                "Action": "lambda:InvokeFunctionUrl", "Principal": "*", "SourceArn": bucket,
                "SourceAccount": "000000000000", "PrincipalOrgID": "o-1234567890",
                "FunctionUrlAuthType": "NONE",
            }),
            r#""*""#,
            "InvokeFunctionUrl",
            all.as_str(),
        ),
    ] {
        let mut body = permission("sid");
        body.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        let expected = written("sid", principal, action, ARN, condition);
        let added = app.ask("POST", POLICY, body).await;
        assert_eq!(added, ok(201, json!({"Statement": expected})), "{given}");
        assert_eq!(app.get(POLICY).await, got(&[expected]), "{given}");
        assert_eq!(app.delete(&format!("{POLICY}/sid")).await, done());
    }
}

pub(crate) async fn a_policy_lives_as_recorded() {
    let app = App::start().await;
    assert_eq!(app.get(POLICY).await, missing(GONE));
    let all = ["logs", "kinesis", "third"].map(|sid| statement(sid, ARN));
    for sid in ["logs", "kinesis", "third"] {
        let added = app.ask("POST", POLICY, permission(sid)).await;
        assert_eq!(added, ok(201, json!({"Statement": statement(sid, ARN)})));
    }
    assert_eq!(app.get(POLICY).await, got(&all), "in the order they were added");
    let by_arn = POLICY.replace("there", &ARN.replace(':', "%3A"));
    assert_eq!(app.get(&by_arn).await, got(&all));
    let nothing = missing("Statement none is not found in resource policy.");
    assert_eq!(app.delete(&format!("{POLICY}/none")).await, nothing);
    assert_eq!(app.delete(&format!("{POLICY}/kinesis")).await, done());
    assert_eq!(app.get(POLICY).await, got(&[all[0].clone(), all[2].clone()]));
    for sid in ["logs", "third"] {
        assert_eq!(app.delete(&format!("{POLICY}/{sid}")).await, done());
    }
    assert_eq!(app.get(POLICY).await, missing(GONE));
    assert_eq!(app.ask("POST", POLICY, permission("logs")).await.status, 201);
    assert_eq!(app.delete("/2015-03-31/functions/there").await, done());
    app.create("there").await;
    assert_eq!(app.get(POLICY).await, missing(GONE), "a policy goes with its function");
}

pub(crate) async fn versions_and_aliases_have_policies_of_their_own() {
    let app = App::start().await.with_alias().await;
    for qualifier in ["1", "live"] {
        let target = format!("{POLICY}?Qualifier={qualifier}");
        assert_eq!(app.get(&target).await, missing(GONE));
        let expected = statement("sid", &format!("{ARN}:{qualifier}"));
        let added = app.ask("POST", &target, permission("sid")).await;
        assert_eq!(added, ok(201, json!({"Statement": expected})));
        assert_eq!(app.get(&target).await, got(std::slice::from_ref(&expected)));
        let in_name = POLICY.replace("there", &format!("there:{qualifier}"));
        assert_eq!(app.get(&in_name).await, got(&[expected]));
    }
    assert_eq!(app.get(POLICY).await, missing(GONE));
    assert_eq!(app.get(&format!("{POLICY}?Qualifier=2")).await, missing(GONE));
    assert_eq!(app.delete(&format!("{POLICY}/sid?Qualifier=1")).await, done());
    assert_eq!(app.get(&format!("{POLICY}?Qualifier=1")).await, missing(GONE));
    assert_eq!(app.get(&format!("{POLICY}?Qualifier=live")).await.status, 200);
    assert_eq!(app.delete("/2015-03-31/functions/there/aliases/live").await, done());
    let app = app.with_alias().await;
    assert_eq!(app.get(&format!("{POLICY}?Qualifier=live")).await, missing(GONE));
}

pub(crate) async fn a_revision_is_that_of_what_the_policy_is_attached_to() {
    let app = App::start().await.with_alias().await;
    let configuration = "/2015-03-31/functions/there/configuration";
    for (qualifier, shown_by) in [
        ("", configuration.to_owned()),
        ("Qualifier=1", format!("{configuration}?Qualifier=1")),
        ("Qualifier=live", "/2015-03-31/functions/there/aliases/live".to_owned()),
    ] {
        let target = format!("{POLICY}?{qualifier}");
        let before = app.read(&shown_by, "RevisionId").await;
        let at = |sid: &str, revision: &Value| {
            let mut body = permission(sid);
            body["RevisionId"] = revision.clone();
            body
        };
        assert_eq!(app.ask("POST", &target, at("first", &before)).await.status, 201, "{qualifier}");
        let after = app.read(&shown_by, "RevisionId").await;
        assert_ne!(after, before, "{qualifier}");
        assert_eq!(app.read(&target, "RevisionId").await, after, "{qualifier}");
        assert_eq!(app.ask("POST", &target, at("second", &before)).await, stale(READ_BY), "{qualifier}");
        assert_eq!(app.ask("POST", &target, at("second", &after)).await.status, 201, "{qualifier}");
        let removal = |revision: &Value| {
            format!("{POLICY}/first?{qualifier}&RevisionId={}", revision.as_str().unwrap())
        };
        assert_eq!(app.delete(&removal(&after)).await, stale(READ_BY), "{qualifier}");
        let latest = app.read(&target, "RevisionId").await;
        assert_eq!(app.delete(&removal(&latest)).await, done(), "{qualifier}");
        assert_ne!(app.read(&shown_by, "RevisionId").await, latest, "{qualifier}");
    }
    // One revision for permissions and configuration: a change of either is a change for the other.
    let seen = app.read(POLICY, "RevisionId").await;
    let change = |revision: &Value| json!({"Description": "text", "RevisionId": revision});
    assert_eq!(app.ask("PUT", configuration, change(&seen)).await.status, 200);
    assert_eq!(app.ask("PUT", configuration, change(&seen)).await.status, 412);
    assert_eq!(app.read(POLICY, "RevisionId").await, app.read(configuration, "RevisionId").await);
    let listed = app.read("/2015-03-31/functions", "Functions").await;
    assert_eq!(listed[0]["RevisionId"], app.read(configuration, "RevisionId").await);
}

pub(crate) async fn permissions_that_may_not_be_are_refused_as_recorded() {
    let app = App::start().await.with_alias().await;
    assert_eq!(app.ask("POST", POLICY, permission("sid")).await.status, 201);
    let with = |member: &str, value: &str| {
        let mut body = permission("other");
        body[member] = value.into();
        body
    };
    let nobody = POLICY.replace("there", "nobody");
    let nobody_arn = "arn:aws:lambda:us-east-1:000000000000:function:nobody";
    let not_found = |rest: &str| missing(&format!("Function not found: {ARN}{rest}"));
    let no_alias = missing(&format!("Cannot find alias arn: {ARN}:none"));
    let no_policy = || missing("No policy is associated with the given resource.");
    let latest = || parameter("We currently do not support adding policies for $LATEST.");
    let exists = "The statement id (sid) provided already exists. Please provide a new statement id, or remove the \
                  existing statement.";
    let principal = "The provided principal was invalid. Please check the principal and try again.";
    let url = "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action";
    app.refuses(vec![
        ("POST", &nobody, permission("sid"), missing(&format!("Function not found: {nobody_arn}"))),
        ("POST", &format!("{nobody}?Qualifier=$LATEST"), permission("sid"), latest()),
        ("POST", &format!("{POLICY}?Qualifier=$LATEST"), permission("other"), latest()),
        ("POST", &POLICY.replace("there", "there:$LATEST"), permission("other"), latest()),
        ("POST", &format!("{POLICY}?Qualifier=9"), permission("sid"), not_found(":9")),
        ("POST", &format!("{POLICY}?Qualifier=none"), permission("sid"), no_alias),
        ("POST", &format!("{}?Qualifier=2", POLICY.replace("there", "there:1")), permission("sid"), {
            parameter("The derived qualifier from the function name does not match the specified qualifier.")
        }),
        ("POST", POLICY, permission("sid"), conflict(exists)),
        // The revision comes before the statement.
        (
            "POST",
            POLICY,
            json!({
                "StatementId": "sid", "Action": "lambda:InvokeFunction", "Principal": "nobody",
                "RevisionId": "00000000-0000-4000-8000-000000000000",
            }),
            stale(READ_BY),
        ),
        ("POST", POLICY, with("Principal", "nobody"), parameter(principal)),
        ("POST", POLICY, with("Principal", "arn:aws:iam::1:user/u"), parameter(principal)),
        ("POST", POLICY, with("FunctionUrlAuthType", "NONE"), parameter(url)),
        ("GET", &nobody, Value::Null, missing(GONE)),
        ("GET", &format!("{POLICY}?Qualifier=none"), Value::Null, missing(GONE)),
        (
            "DELETE",
            &format!("{nobody}/sid"),
            Value::Null,
            missing(&format!("No policy found for: {nobody_arn}")),
        ),
        ("DELETE", &format!("{POLICY}/sid?Qualifier=1"), Value::Null, no_policy()),
        ("DELETE", &format!("{POLICY}/none?RevisionId=x"), Value::Null, {
            missing("Statement none is not found in resource policy.")
        }),
        ("DELETE", &format!("{POLICY}/sid?RevisionId=x"), Value::Null, stale(READ_BY)),
    ])
    .await;
    assert_eq!(app.get(POLICY).await, got(&[statement("sid", ARN)]), "nothing was changed");
}

pub(crate) async fn members_that_the_model_does_not_allow_are_refused() {
    let app = App::start().await;
    let with = |member: &str, value: &str| {
        let mut body = permission("sid");
        body[member] = value.into();
        body
    };
    for (member, value) in [
        ("StatementId", "a b"),
        ("StatementId", ""),
        ("Action", "s3:GetObject"),
        ("SourceAccount", "1"),
        ("SourceArn", "bucket"),
        ("PrincipalOrgID", "org"),
        ("FunctionUrlAuthType", "MAYBE"),
    ] {
        let refused = app.ask("POST", POLICY, with(member, value)).await;
        assert_eq!(refused.kind.as_deref(), Some("ValidationException"), "{member} {value} {refused:?}");
    }
    assert_eq!(app.get(POLICY).await, missing(GONE));
}

pub(crate) async fn a_policy_has_a_most() {
    let app = App::start().await;
    let whole = |filler: usize| {
        let condition =
            format!(r#","Condition":{{"StringEquals":{{"aws:username":"{}"}}}}"#, "x".repeat(filler));
        policy(&[written("long", r#""*""#, "InvokeFunction", ARN, &condition)])
    };
    let (limit, added) = (20_480, statement("added", ARN).len() + 1);
    let target = format!("/2026-07-09/resource-policy/{}", ARN.replace(':', "%3A"));
    for (room, fits) in [(added - 1, false), (added, true)] {
        let text = whole(limit - whole(0).len() - room);
        assert_eq!(app.ask("PUT", &target, json!({"Policy": text})).await.status, 200);
        let answer = app.ask("POST", POLICY, permission("added")).await;
        if fits {
            assert_eq!(answer.status, 201);
            assert_eq!(app.read(POLICY, "Policy").await.as_str().unwrap().len(), limit);
        } else {
            let text = format!("The final policy size ({}) is bigger than the limit ({limit}).", limit + 1);
            let body = json!({"Type": "User", "message": text});
            assert_eq!(answer, refusal(400, "PolicyLengthExceededException", body));
        }
    }
}
