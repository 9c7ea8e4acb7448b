//! Recursion and runtime management.

use serde_json::{Value, json};

use crate::app::{ARN, App, missing, ok, parameter, validation};

pub(crate) async fn recursion_is_stopped_unless_it_is_allowed() {
    let app = App::start().await;
    let target = "/2024-08-31/functions/there/recursion-config";
    let config = |value: &str| json!({"RecursiveLoop": value});
    assert_eq!(app.get(target).await, ok(200, config("Terminate")));
    for value in ["Allow", "Terminate"] {
        assert_eq!(app.ask("PUT", target, config(value)).await, ok(200, config(value)));
        assert_eq!(app.get(target).await, ok(200, config(value)));
    }
    let nobody = "/2024-08-31/functions/nobody/recursion-config";
    let not_found = "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody";
    app.refuses(vec![
        ("GET", nobody, Value::Null, missing(not_found)),
        ("PUT", nobody, config("Allow"), missing(not_found)),
        ("PUT", target, config("Never"), {
            validation(
                "'Never' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy enum value set: [Allow, Terminate]",
            )
        }),
    ])
    .await;
    let qualified = app.get("/2024-08-31/functions/there:1/recursion-config").await;
    assert_eq!(qualified.kind.as_deref(), Some("ValidationException"));
}

pub(crate) async fn runtime_management_is_kept_for_each_version() {
    let app = App::start().await.with_alias().await;
    let target = "/2021-07-20/functions/there/runtime-management-config";
    let of_one = format!("{target}?Qualifier=1");
    let runtime = format!("arn:aws:lambda:us-east-1::runtime:{}", "0".repeat(64));
    let manual = json!({"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": runtime});
    let answer = |arn: &str, config: &Value| {
        let mut config = config.clone();
        config["FunctionArn"] = arn.into();
        ok(200, config)
    };
    let auto = json!({"UpdateRuntimeOn": "Auto"});
    assert_eq!(app.get(target).await, answer(ARN, &auto));
    assert_eq!(app.ask("PUT", &of_one, manual.clone()).await, answer(&format!("{ARN}:1"), &manual));
    assert_eq!(app.get(&of_one).await, answer(&format!("{ARN}:1"), &manual));
    assert_eq!(app.get(target).await, answer(ARN, &auto), "another version has its own");
    let update = json!({"UpdateRuntimeOn": "FunctionUpdate"});
    assert_eq!(app.ask("PUT", target, update.clone()).await, answer(ARN, &update));
    let needed = "RuntimeVersionArn is required when UpdateRuntimeOn is Manual.";
    let versions = "Runtime management configuration belongs to versions. Please specify $LATEST or a published version.";
    app.refuses(vec![
        ("PUT", target, json!({"UpdateRuntimeOn": "Manual"}), parameter(needed)),
        ("PUT", &format!("{target}?Qualifier=live"), auto.clone(), parameter(versions)),
        ("PUT", &format!("{target}?Qualifier=9"), auto, missing(&format!("Function not found: {ARN}:9"))),
        ("GET", &format!("{target}?Qualifier=none"), Value::Null, {
            missing(&format!("Function not found: {ARN}:none"))
        }),
    ])
    .await;
}
