//! Reserved concurrency and account settings. The server may run ten invocations at a time.

use serde_json::{Value, json};

use crate::app::{ARN, App, done, missing, ok, parameter, parameter_without_type, validation};

const PUT: &str = "/2017-10-31/functions/there/concurrency";
const GET: &str = "/2019-09-30/functions/there/concurrency";

fn reserved(number: u32) -> Value {
    json!({"ReservedConcurrentExecutions": number})
}

async fn unreserved(app: &App) -> i64 {
    let settings = app.get("/2016-08-19/account-settings").await;
    settings.body["AccountLimit"]["UnreservedConcurrentExecutions"].as_i64().unwrap()
}

pub(crate) async fn a_reservation_lives_as_recorded() {
    let app = App::start().await;
    assert_eq!(app.get(GET).await, ok(200, json!({})));
    for number in [0, 1, 9] {
        assert_eq!(app.ask("PUT", PUT, reserved(number)).await, ok(200, reserved(number)));
        assert_eq!(app.get(GET).await, ok(200, reserved(number)));
        let function = app.get("/2015-03-31/functions/there").await;
        assert_eq!(function.body["Concurrency"], reserved(number));
    }
    assert_eq!(unreserved(&app).await, 1);
    assert_eq!(app.ask("DELETE", PUT, Value::Null).await, done());
    assert_eq!(app.ask("DELETE", PUT, Value::Null).await, done());
    assert_eq!(app.get(GET).await, ok(200, json!({})));
    assert_eq!(unreserved(&app).await, 10);
}

pub(crate) async fn reservations_that_may_not_be_are_refused_as_recorded() {
    let app = App::start().await.with_alias().await;
    app.create("other").await;
    let other = "/2017-10-31/functions/other/concurrency";
    assert_eq!(app.ask("PUT", other, reserved(4)).await, ok(200, reserved(4)));
    let provisioned = "/2019-09-30/functions/there/provisioned-concurrency?Qualifier=1";
    let two = json!({"ProvisionedConcurrentExecutions": 2});
    assert_eq!(app.ask("PUT", provisioned, two).await.status, 202);
    let only_functions = "This operation is permitted on Lambda functions only. Aliases and versions do not support this \
                          operation. Please specify either a function name or an unqualified function ARN.";
    let below = "Specified ReservedConcurrentExecutions for function decreases account's \
                 UnreservedConcurrentExecution below its minimum value of [1].";
    let nobody = "/2017-10-31/functions/nobody/concurrency";
    let not_found = "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody";
    app.refuses(vec![
        ("PUT", nobody, reserved(0), missing(&format!("{not_found}:$LATEST"))),
        ("DELETE", nobody, Value::Null, missing(&format!("{not_found}:$LATEST"))),
        ("GET", "/2019-09-30/functions/nobody/concurrency", Value::Null, missing(not_found)),
        ("PUT", &format!("/2017-10-31/functions/{ARN}:live/concurrency"), reserved(1), parameter(only_functions)),
        ("PUT", "/2017-10-31/functions/there:$LATEST/concurrency", reserved(1), parameter(only_functions)),
        ("PUT", PUT, reserved(6), parameter_without_type(below)),
        ("PUT", PUT, reserved(u32::MAX), parameter_without_type(below)),
        ("PUT", PUT, json!({"ReservedConcurrentExecutions": i64::MAX}), parameter_without_type(below)),
        ("PUT", PUT, reserved(1), {
            parameter_without_type(
                " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
            )
        }),
        ("PUT", PUT, json!({"ReservedConcurrentExecutions": -1}), {
            validation(
                "'-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater \
                 than or equal to 0",
            )
        }),
        ("PUT", PUT, json!({}), {
            validation("null at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must not be null")
        }),
    ])
    .await;
    assert_eq!(app.ask("PUT", PUT, reserved(5)).await.status, 200, "nine of ten are taken by both together");
}

pub(crate) async fn of_many_reservations_at_a_time_no_two_are_of_the_same() {
    let app = std::sync::Arc::new(App::start().await);
    for number in 0..6 {
        app.create(&format!("f{number}")).await;
    }
    let puts = (0..6).map(|number| {
        let app = std::sync::Arc::clone(&app);
        let target = format!("/2017-10-31/functions/f{number}/concurrency");
        async move { app.ask("PUT", &target, reserved(3)).await.status }
    });
    let mut tasks: tokio::task::JoinSet<u16> = puts.collect();
    let mut granted = 0;
    while let Some(status) = tasks.join_next().await {
        granted += u32::from(status.unwrap() == 200);
    }
    assert_eq!((granted, unreserved(&app).await), (3, 1));
}

pub(crate) async fn the_account_is_counted() {
    let app = App::start().await;
    let zip_bytes = i64::try_from(crate::server::zip().len()).unwrap();
    app.create("other").await;
    let settings = app.get("/2016-08-19/account-settings").await;
    let expected = json!({
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800_i64,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": 10,
            "UnreservedConcurrentExecutions": 10,
        },
        // `$LATEST` of both, and two published versions.
        "AccountUsage": {"TotalCodeSize": 4 * zip_bytes, "FunctionCount": 2},
    });
    assert_eq!(settings, ok(200, expected));
}
