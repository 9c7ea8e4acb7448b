//! Aliases.

use serde_json::{Value, json};

use crate::app::{
    ARN, App, conflict, done, missing, ok, parameter, parameter_without_type, refusal, validation,
};

const ALIASES: &str = "/2015-03-31/functions/there/aliases";

fn described(name: &str, version: &str, description: &str) -> Value {
    json!({
        "AliasArn": format!("{ARN}:{name}"),
        "Name": name,
        "FunctionVersion": version,
        "Description": description,
        "RevisionId": "<revision>",
    })
}

fn routed(mut alias: Value, version: &str, weight: f64) -> Value {
    alias["RoutingConfig"] = json!({"AdditionalVersionWeights": {version: weight}});
    alias
}

pub(crate) async fn an_alias_lives_as_recorded() {
    let app = App::start().await;
    let first = json!({
        "Name": "first", "FunctionVersion": "1", "Description": "custom-alias",
        "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.2}},
    });
    let first_described = routed(described("first", "1", "custom-alias"), "2", 0.2);
    assert_eq!(app.ask("POST", ALIASES, first).await, ok(201, first_described.clone()));
    for (name, body, answer) in [
        ("second", json!({"FunctionVersion": "2", "RoutingConfig": {}}), described("second", "2", "")),
        (
            "third",
            json!({"FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {}}}),
            described("third", "1", ""),
        ),
        // Not all digits, so it is a name.
        ("2024-01-02", json!({"FunctionVersion": "$LATEST"}), described("2024-01-02", "$LATEST", "")),
    ] {
        let mut body = body;
        body["Name"] = name.into();
        assert_eq!(app.ask("POST", ALIASES, body).await, ok(201, answer.clone()));
        assert_eq!(app.get(&format!("{ALIASES}/{name}")).await, ok(200, answer));
    }
    let listed = app.get(ALIASES).await;
    let names = |answer: &Value| -> Vec<String> {
        let aliases = answer["Aliases"].as_array().unwrap();
        aliases.iter().map(|alias| alias["Name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&listed.body), ["2024-01-02", "first", "second", "third"]);
    assert_eq!(listed.body["Aliases"][1], first_described);
    assert_eq!(listed.body.as_object().unwrap().len(), 1, "there is no next page");
    let of_version = app.get(&format!("{ALIASES}?FunctionVersion=1")).await;
    assert_eq!(names(&of_version.body), ["first", "third"]);
    let page = app.get(&format!("{ALIASES}?MaxItems=3")).await;
    let rest = app.get(&format!("{ALIASES}?Marker={}", page.body["NextMarker"].as_str().unwrap())).await;
    assert_eq!((names(&page.body).len(), names(&rest.body)), (3, vec!["third".to_owned()]));

    let unrouted = json!({"RoutingConfig": {"AdditionalVersionWeights": {}}});
    let changed = app.ask("PUT", &format!("{ALIASES}/first"), unrouted).await;
    assert_eq!(changed, ok(200, described("first", "1", "custom-alias")));
    let changed = app.ask("PUT", &format!("{ALIASES}/first"), json!({"Description": "other"})).await;
    assert_eq!(changed, ok(200, described("first", "1", "other")));

    let got = app.get("/2015-03-31/functions/there:first/configuration").await;
    assert_eq!(
        (&got.body["Version"], &got.body["FunctionArn"]),
        (&"1".into(), &format!("{ARN}:first").into())
    );
    assert_eq!(app.ask("DELETE", &format!("{ALIASES}/first"), Value::Null).await, done());
    assert_eq!(app.ask("DELETE", &format!("{ALIASES}/first"), Value::Null).await, done());
    assert_eq!(names(&app.get(ALIASES).await.body).len(), 3);
}

pub(crate) async fn aliases_that_may_not_be_are_refused_as_recorded() {
    let app = App::start().await.with_alias().await;
    let alias = |name: &str, version: &str, weights: Value| {
        json!({
            "Name": name, "FunctionVersion": version,
            "RoutingConfig": {"AdditionalVersionWeights": weights},
        })
    };
    let weights = |echo: &str, demands: &str| {
        validation(&format!(
            "'{echo}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map {demands}"
        ))
    };
    let value = "value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have \
                 value greater than or equal to 0.0, Member must not be null]";
    let keys = "keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have \
                length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]";
    let not_found = |rest: &str| missing(&format!("Function not found: {ARN}{rest}"));
    let live = format!("{ALIASES}/live");
    let name_pattern = "failed to satisfy constraint: Member must satisfy regular expression pattern: \
                        (?!^[0-9]+$)([a-zA-Z0-9-_]+)";
    let same = "Invalid function version 1. Function version 1 is already included in routing configuration.";
    app.refuses(vec![
        ("POST", ALIASES, alias("a", "1", json!({"1": 0.5, "2": 0.5})), {
            parameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
        }),
        ("POST", ALIASES, alias("a", "1", json!({"2": 2.0})), weights("{2=2.0}", value)),
        ("POST", ALIASES, alias("a", "1", json!({"2": -1.0})), weights("{2=-1.0}", value)),
        ("POST", ALIASES, alias("a", "1", json!({"$LATEST": 0.5})), weights("{$LATEST=0.5}", keys)),
        ("POST", ALIASES, alias("a", "1", json!({"1": 0.5})), parameter(same)),
        ("POST", ALIASES, alias("a", "10", json!({"2": 0.5})), not_found(":10")),
        ("POST", ALIASES, alias("a", "1", json!({"10": 0.5})), not_found(":10")),
        ("POST", ALIASES, alias("a", "$LATEST", json!({"1": 0.5})), {
            parameter_without_type("$LATEST is not supported for an alias pointing to more than 1 version")
        }),
        ("POST", "/2015-03-31/functions/there-unknown/aliases", alias("a", "1", json!({"2": 0.5})), {
            not_found("-unknown:1")
        }),
        ("POST", ALIASES, alias("live", "1", json!({})), conflict(&format!("Alias already exists: {ARN}:live"))),
        ("POST", ALIASES, alias("2024", "1", json!({})), validation(&format!("'2024' at 'name' {name_pattern}"))),
        ("GET", &format!("{ALIASES}/absent"), Value::Null, {
            missing(&format!("Cannot find alias arn: {ARN}:absent"))
        }),
        ("GET", "/2015-03-31/functions/absent/aliases", Value::Null, {
            missing("Function not found: arn:aws:lambda:us-east-1:000000000000:function:absent")
        }),
        ("GET", &format!("{ALIASES}?Marker=*"), Value::Null, parameter("The provided Marker is not valid.")),
        ("PUT", &format!("{ALIASES}/absent"), json!({}), missing(&format!("Alias not found: {ARN}:absent"))),
        ("PUT", &live, json!({"FunctionVersion": "9"}), not_found(":9")),
        ("PUT", &live, alias("live", "1", json!({"1": 0.5})), parameter(same)),
        ("PUT", &live, json!({"RevisionId": "00000000-0000-0000-0000-000000000000"}), {
            let text = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias \
                        API to retrieve the latest Revision Id";
            refusal(412, "PreconditionFailedException", json!({"Type": "User", "message": text}))
        }),
        ("DELETE", "/2015-03-31/functions/absent/aliases/live", Value::Null, {
            missing("Function not found: arn:aws:lambda:us-east-1:000000000000:function:absent")
        }),
    ])
    .await;
    assert_eq!(app.get(&live).await, ok(200, described("live", "1", "")), "nothing was changed");
}

pub(crate) async fn what_was_set_for_an_alias_goes_with_it() {
    let app = App::start().await.with_alias().await;
    let config = "/2019-09-25/functions/there/event-invoke-config?Qualifier=live";
    let provisioned = "/2019-09-30/functions/there/provisioned-concurrency?Qualifier=live";
    assert_eq!(app.ask("PUT", config, json!({"MaximumRetryAttempts": 0})).await.status, 200);
    assert_eq!(app.ask("PUT", provisioned, json!({"ProvisionedConcurrentExecutions": 1})).await.status, 202);
    assert_eq!(app.ask("DELETE", &format!("{ALIASES}/live"), Value::Null).await, done());
    let app = app.with_alias().await;
    assert_eq!(app.get(config).await.status, 404);
    assert_eq!(app.get(provisioned).await.status, 404);
}
