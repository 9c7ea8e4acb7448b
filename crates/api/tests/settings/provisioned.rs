//! Provisioned concurrency. The server may run ten invocations at a time.

use serde_json::{Value, json};

use crate::app::{
    ARN, App, conflict, done, missing, ok, parameter, parameter_without_type, refusal, validation,
};

const CONFIG: &str = "/2019-09-30/functions/there/provisioned-concurrency";

fn wanted(number: u32) -> Value {
    json!({"ProvisionedConcurrentExecutions": number})
}

pub(crate) async fn a_config_lives_as_recorded() {
    let app = App::start().await.with_alias().await;
    let put = app.ask("PUT", &format!("{CONFIG}?Qualifier=live"), wanted(2)).await;
    let beginning = json!({
        "RequestedProvisionedConcurrentExecutions": 2,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "AvailableProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
        "LastModified": "<date>",
    });
    assert_eq!(put, ok(202, beginning));
    assert_eq!(app.ask("PUT", &format!("{CONFIG}?Qualifier=2"), wanted(1)).await.status, 202);
    let got = app.get(&format!("{CONFIG}?Qualifier=live")).await;
    assert_eq!((got.status, &got.body["RequestedProvisionedConcurrentExecutions"]), (200, &2.into()));
    assert_eq!(got.body["LastModified"], "<date>");
    assert!(["IN_PROGRESS", "READY", "FAILED"].contains(&got.body["Status"].as_str().unwrap()), "{got:?}");

    let listed = app.get(&format!("{CONFIG}?List=ALL")).await;
    let configs = listed.body["ProvisionedConcurrencyConfigs"].as_array().unwrap();
    let arns: Vec<_> = configs.iter().map(|config| config["FunctionArn"].as_str().unwrap()).collect();
    assert_eq!(arns, [format!("{ARN}:2"), format!("{ARN}:live")]);
    let page = app.get(&format!("{CONFIG}?List=ALL&MaxItems=1")).await;
    let marker = page.body["NextMarker"].as_str().unwrap();
    let rest = app.get(&format!("{CONFIG}?List=ALL&Marker={marker}")).await;
    assert_eq!(rest.body["ProvisionedConcurrencyConfigs"][0]["FunctionArn"], format!("{ARN}:live"));

    for _ in 0..2 {
        assert_eq!(app.ask("DELETE", &format!("{CONFIG}?Qualifier=live"), Value::Null).await, done());
    }
    let gone = app.get(&format!("{CONFIG}?Qualifier=live")).await;
    let text = "No Provisioned Concurrency Config found for this function";
    let kind = "ProvisionedConcurrencyConfigNotFoundException";
    assert_eq!(gone, refusal(404, kind, json!({"Type": "User", "message": text})));
}

pub(crate) async fn configs_that_may_not_be_are_refused_as_recorded() {
    let app = App::start().await.with_alias().await;
    let (of_one, of_two) = (format!("{CONFIG}?Qualifier=1"), format!("{CONFIG}?Qualifier=2"));
    let (latest, live) = (format!("{CONFIG}?Qualifier=$LATEST"), format!("{CONFIG}?Qualifier=live"));
    let unpublished = "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
    let neither = "The function resource provided must be an alias or a published version.";
    let nobody = "/2019-09-30/functions/nobody/provisioned-concurrency";
    let function = "arn:aws:lambda:us-east-1:000000000000:function";
    let no_alias = |rest: &str| missing(&format!("Cannot find alias arn: {function}:{rest}"));
    let no_version = |rest: &str| missing(&format!("Function not found: {function}:{rest}"));
    app.refuses(vec![
        ("PUT", &latest, wanted(1), parameter(unpublished)),
        ("GET", &latest, Value::Null, parameter(neither)),
        ("DELETE", &latest, Value::Null, parameter(neither)),
        ("PUT", &format!("{CONFIG}?Qualifier=9"), wanted(1), no_version("there:9")),
        ("PUT", &format!("{CONFIG}?Qualifier=none"), wanted(1), no_alias("there:none")),
        ("GET", &format!("{nobody}?Qualifier=none"), Value::Null, no_alias("nobody:none")),
        ("DELETE", &format!("{nobody}?Qualifier=1"), Value::Null, no_version("nobody:1")),
        ("GET", &format!("{nobody}?List=ALL"), Value::Null, no_version("nobody")),
        ("PUT", &of_one, wanted(11), {
            parameter_without_type(
                "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [10].",
            )
        }),
        ("PUT", &of_one, wanted(10), {
            parameter_without_type(
                "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below \
                 its minimum value of [1].",
            )
        }),
        ("PUT", &of_one, wanted(0), {
            validation(
                "'0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater \
                 than or equal to 1",
            )
        }),
        ("PUT", CONFIG, wanted(1), {
            validation("null at 'qualifier' failed to satisfy constraint: Member must not be null")
        }),
    ])
    .await;

    assert_eq!(app.ask("PUT", &live, wanted(1)).await.status, 202);
    let two = json!({"ReservedConcurrentExecutions": 2});
    assert_eq!(app.ask("PUT", "/2017-10-31/functions/there/concurrency", two).await.status, 200);
    let above = "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function";
    let already =
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version";
    app.refuses(vec![
        ("PUT", &of_two, wanted(2), parameter(above)),
        ("PUT", &of_one, wanted(1), conflict("Version is pointed by a Provisioned Concurrency alias")),
    ])
    .await;
    assert_eq!(app.ask("DELETE", &live, Value::Null).await, done());
    assert_eq!(app.ask("PUT", &of_one, wanted(1)).await.status, 202);
    app.refuses(vec![("PUT", &live, wanted(1), conflict(already))]).await;
}
