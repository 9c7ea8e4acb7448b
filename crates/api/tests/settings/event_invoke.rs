//! Event invoke configs.

use serde_json::{Value, json};

use crate::app::{ARN, App, done, missing, ok, parameter, validation};

const CONFIG: &str = "/2019-09-25/functions/there/event-invoke-config";
const UNKNOWN: &str = "The function doesn't exist.";

/// A config as AWS describes it: destinations are always there, retries and age only when they are set.
fn described(qualifier: &str, set: Value) -> Value {
    let mut all = json!({
        "DestinationConfig": {"OnFailure": {}, "OnSuccess": {}},
        "FunctionArn": format!("{ARN}:{qualifier}"),
        "LastModified": "<datetime>",
    });
    all.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
    all
}

pub(crate) async fn a_config_lives_as_recorded() {
    let app = App::start().await.with_alias().await;
    let retries = |number: u32| json!({"MaximumRetryAttempts": number});
    let base = "/2019-09-25/functions";
    for (target, qualifier) in [
        (CONFIG.to_owned(), "$LATEST"),
        (format!("{CONFIG}?Qualifier=$LATEST"), "$LATEST"),
        (format!("{CONFIG}?Qualifier=1"), "1"),
        (format!("{CONFIG}?Qualifier=live"), "live"),
        (format!("{base}/{ARN}:live/event-invoke-config"), "live"),
        (format!("{base}/{ARN}:live/event-invoke-config?Qualifier=live"), "live"),
        (format!("{base}/there:live/event-invoke-config?Qualifier=live"), "live"),
        (format!("{base}/there:1/event-invoke-config"), "1"),
    ] {
        let put = app.ask("PUT", &target, retries(1)).await;
        assert_eq!(put, ok(200, described(qualifier, retries(1))), "{target}");
    }
    let both = json!({"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60});
    assert_eq!(app.ask("PUT", CONFIG, both.clone()).await, ok(200, described("$LATEST", both.clone())));
    // What is put takes the place of everything; what is updated, of what is given.
    assert_eq!(app.ask("PUT", CONFIG, retries(0)).await, ok(200, described("$LATEST", retries(0))));
    assert_eq!(app.get(CONFIG).await, ok(200, described("$LATEST", retries(0))));
    assert_eq!(app.ask("PUT", CONFIG, both).await.status, 200);
    let merged = json!({"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60});
    assert_eq!(app.ask("POST", CONFIG, retries(0)).await, ok(200, described("$LATEST", merged.clone())));

    let listed = app.get(&format!("{CONFIG}/list")).await;
    let all = [described("$LATEST", merged), described("1", retries(1)), described("live", retries(1))];
    assert_eq!(listed, ok(200, json!({"FunctionEventInvokeConfigs": all})));
    let page = app.get(&format!("{CONFIG}/list?MaxItems=2")).await;
    let marker = page.body["NextMarker"].as_str().unwrap();
    let rest = app.get(&format!("{CONFIG}/list?MaxItems=2&Marker={marker}")).await;
    assert_eq!(rest, ok(200, json!({"FunctionEventInvokeConfigs": [all[2]]})));

    for qualifier in ["$LATEST", "1", "live"] {
        let target = format!("{CONFIG}?Qualifier={qualifier}");
        assert_eq!(app.ask("DELETE", &target, Value::Null).await, done());
    }
    assert_eq!(app.get(&format!("{CONFIG}/list")).await, ok(200, json!({"FunctionEventInvokeConfigs": []})));
}

pub(crate) async fn destinations_are_kept_and_cleared() {
    let app = App::start().await;
    app.create("other").await;
    let to = |on_success: Value, on_failure: Value| json!({"DestinationConfig": {"OnSuccess": on_success, "OnFailure": on_failure}});
    let arn = |arn: &str| json!({"Destination": arn});
    let other = arn("arn:aws:lambda:us-east-1:000000000000:function:other");
    let (queue, bucket) = (arn("arn:aws:sqs:us-east-1:000000000000:q"), arn("arn:aws:s3:::bucket"));
    let answer = |set: Value| ok(200, described("$LATEST", set));
    for (sent, kept) in [
        (to(other.clone(), json!({})), to(other.clone(), json!({}))),
        (to(queue.clone(), bucket.clone()), to(queue.clone(), bucket.clone())),
        (to(arn(""), arn("")), to(json!({}), json!({}))),
        (json!({"DestinationConfig": {"OnFailure": queue.clone()}}), to(json!({}), queue.clone())),
        (json!({"DestinationConfig": {}}), to(json!({}), json!({}))),
    ] {
        assert_eq!(app.ask("PUT", CONFIG, sent.clone()).await, answer(kept), "{sent}");
    }
    assert_eq!(
        app.ask("POST", CONFIG, to(queue.clone(), json!({}))).await,
        answer(to(queue.clone(), json!({})))
    );
    let kept = app.ask("POST", CONFIG, json!({"MaximumRetryAttempts": 1})).await;
    let mut expected = to(queue, json!({}));
    expected["MaximumRetryAttempts"] = 1.into();
    assert_eq!(kept, answer(expected));
}

pub(crate) async fn configs_that_may_not_be_are_refused_as_recorded() {
    let app = App::start().await.with_alias().await;
    let absent = |rest: &str| {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function";
        missing(&format!("The function {arn}:{rest} doesn't have an EventInvokeConfig"))
    };
    let derived = "The derived qualifier from the function name does not match the specified qualifier.";
    let nothing = "You must specify at least one of error handling or destination setting.";
    let itself = "You can't specify the function as a destination for itself.";
    let retry = || json!({"MaximumRetryAttempts": 1});
    let on_success = |arn: &str| json!({"DestinationConfig": {"OnSuccess": {"Destination": arn}}});
    let on_failure = |arn: &str| json!({"DestinationConfig": {"OnFailure": {"Destination": arn}}});
    let invalid = |on_success: &str, on_failure: &str| {
        parameter(&format!(
            "The provided destination config DestinationConfig(onSuccess={on_success}, onFailure={on_failure}) is invalid."
        ))
    };
    let unknown_arn = "arn:aws:lambda:us-east-1:000000000000:function:doesnotexist";
    let iam = "arn:aws:iam:us-east-1:000000000000:function:there";
    let bucket = "arn:aws:s3:::bucket";
    let nobody = "/2019-09-25/functions/nobody/event-invoke-config";
    let of_live = "/2019-09-25/functions/there:live/event-invoke-config";
    app.refuses(vec![
        ("PUT", nobody, retry(), missing(UNKNOWN)),
        ("POST", nobody, retry(), missing(UNKNOWN)),
        ("GET", &format!("{nobody}/list"), Value::Null, missing(UNKNOWN)),
        ("GET", nobody, Value::Null, absent("nobody:$LATEST")),
        ("DELETE", nobody, Value::Null, absent("nobody:$LATEST")),
        ("PUT", &format!("{CONFIG}?Qualifier=none"), retry(), missing(UNKNOWN)),
        ("PUT", &format!("{CONFIG}?Qualifier=9"), retry(), missing(UNKNOWN)),
        ("GET", &format!("{CONFIG}?Qualifier=none"), Value::Null, absent("there:none")),
        ("GET", &format!("{CONFIG}?Qualifier=live"), Value::Null, absent("there:live")),
        ("POST", &format!("{CONFIG}?Qualifier=live"), retry(), absent("there:live")),
        ("POST", CONFIG, retry(), absent("there:$LATEST")),
        ("DELETE", CONFIG, Value::Null, absent("there:$LATEST")),
        ("PUT", CONFIG, json!({}), parameter(nothing)),
        ("PUT", nobody, json!({}), parameter(nothing)),
        ("POST", CONFIG, json!({}), parameter(nothing)),
        ("PUT", &format!("{of_live}?Qualifier=1"), retry(), parameter(derived)),
        ("POST", &format!("{of_live}?Qualifier=1"), json!({}), parameter(derived)),
        ("PUT", CONFIG, on_success(unknown_arn), parameter(&format!("The destination ARN {unknown_arn} is invalid."))),
        ("PUT", CONFIG, on_success(ARN), parameter(itself)),
        ("PUT", CONFIG, on_failure(&format!("{ARN}:live")), parameter(itself)),
        ("PUT", CONFIG, on_success(iam), invalid(&format!("OnSuccess(destination={iam})"), "null")),
        ("PUT", CONFIG, on_success(bucket), invalid(&format!("OnSuccess(destination={bucket})"), "null")),
        ("PUT", CONFIG, on_failure(iam), invalid("null", &format!("OnFailure(destination={iam})"))),
        ("PUT", CONFIG, json!({"MaximumRetryAttempts": 3}), {
            validation(
                "'3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2",
            )
        }),
        ("PUT", CONFIG, on_failure("arn:aws:_-/!lambda:us-east-1:000000000000:function:there"), {
            validation(
                "'arn:aws:_-/!lambda:us-east-1:000000000000:function:there' at 'destinationConfig.onFailure.destination' \
                 failed to satisfy constraint: Member must satisfy regular expression pattern: \
                 $|kafka://([^.]([a-zA-Z0-9\\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:((eusc-)?[a-z]{2}((-gov)|\
                 (-iso([a-z]?)))?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)",
            )
        }),
    ])
    .await;
    assert_eq!(app.get(&format!("{CONFIG}/list")).await, ok(200, json!({"FunctionEventInvokeConfigs": []})));
}
