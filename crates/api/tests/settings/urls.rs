//! Function URLs: their configuration as recorded, and who gets past them. The function itself never runs here, so who
//! may call it is told by the 502.

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use lambent_api::{Door, Guard, Limits};
use lambent_domain::configuration::TenantIsolation;
use lambent_domain::function::{Function, FunctionVersion};
use serde_json::{Value, json};

use crate::app::{ARN, Answer, App, conflict, done, missing, ok, parameter, validation};

const URL: &str = "/2021-10-31/functions/there/url";
const FORBIDDEN: &str = "{\"Message\":\"Forbidden. For troubleshooting Function URL authorization issues, see: \
                         https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html\"}";
const NOWHERE: &str = "{\"Message\":null}";

fn of_alias(method: &str) -> (&str, &'static str) {
    (method, "/2021-10-31/functions/there/url?Qualifier=live")
}

/// Takes the URL and the dates out of an answer, which must have their form.
fn redacted(mut answer: Answer) -> (Answer, String) {
    let url = answer.body["FunctionUrl"].as_str().unwrap().to_owned();
    let host = url.strip_prefix("http://").unwrap().strip_suffix('/').unwrap();
    let (id, rest) = host.split_once('.').unwrap();
    assert_eq!((id.len(), rest), (32, "lambda-url.us-east-1.localhost"), "{url}");
    answer.body["FunctionUrl"] = "<url>".into();
    for member in ["CreationTime", "LastModifiedTime"] {
        if let Some(date) = answer.body.get_mut(member) {
            let text = date.as_str().unwrap();
            assert!(text.len() == 24 && text.ends_with('Z'), "{text}");
            *date = "<date>".into();
        }
    }
    (answer, host.to_owned())
}

async fn made(app: &App, target: &str, body: Value) -> String {
    let answer = app.ask("POST", target, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    redacted(answer).1
}

/// One request to a URL: the status, the body, and the headers.
async fn call(app: &App, host: &str, method: &str, headers: &[(&str, &str)]) -> (u16, String, HeaderMap) {
    let door = Door::public(app.state.clone(), Guard::default(), Limits::default());
    let mut request = Request::builder().method(method).uri("/a/b?c=d").header("host", host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = door.answer(request.body(Full::<Bytes>::default()).unwrap()).await;
    let (parts, body) = answer.into_parts();
    assert!(parts.headers.contains_key("x-amzn-requestid"));
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    (parts.status.as_u16(), body, parts.headers)
}

async fn judged(app: &App, host: &str) -> (u16, String) {
    let (status, body, _) = call(app, host, "GET", &[]).await;
    (status, body)
}

async fn permit(app: &App, qualifier: &str, permission: Value) {
    let answer = app.ask("POST", &format!("/2015-03-31/functions/there/policy{qualifier}"), permission).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

fn for_the_url(auth_type: &str) -> Value {
    json!({"StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "Principal": "*",
           "FunctionUrlAuthType": auth_type})
}

fn for_the_function() -> Value {
    json!({"StatementId": "function", "Action": "lambda:InvokeFunction", "Principal": "*",
           "InvokedViaFunctionUrl": true})
}

pub(crate) async fn a_url_lives_as_recorded() {
    let app = App::start().await;
    let created = app.ask("POST", URL, json!({"AuthType": "NONE"})).await;
    let (created, host) = redacted(created);
    let base =
        json!({"FunctionUrl": "<url>", "FunctionArn": ARN, "AuthType": "NONE", "CreationTime": "<date>"});
    assert_eq!(created, ok(201, base.clone()));
    let exists = format!(
        "Failed to create function url config for [functionArn = {ARN}]. Error message:  FunctionUrlConfig exists for \
         this Lambda function"
    );
    assert_eq!(app.ask("POST", URL, json!({"AuthType": "NONE"})).await, conflict(&exists));
    let mut whole = base;
    whole["LastModifiedTime"] = "<date>".into();
    whole["InvokeMode"] = "BUFFERED".into();
    assert_eq!(redacted(app.get(URL).await), (ok(200, whole.clone()), host.clone()));
    whole["AuthType"] = "AWS_IAM".into();
    let updated = app.ask("PUT", URL, json!({"AuthType": "AWS_IAM"})).await;
    assert_eq!(redacted(updated), (ok(200, whole.clone()), host.clone()));
    let cors = json!({"AllowOrigins": ["https://a.test"], "MaxAge": 300, "AllowCredentials": false});
    whole["Cors"] = cors.clone();
    whole["InvokeMode"] = "RESPONSE_STREAM".into();
    let updated = app.ask("PUT", URL, json!({"Cors": cors, "InvokeMode": "RESPONSE_STREAM"})).await;
    assert_eq!(redacted(updated).0, ok(200, whole.clone()));
    whole.as_object_mut().unwrap().remove("Cors");
    assert_eq!(redacted(app.ask("PUT", URL, json!({"Cors": {}})).await).0, ok(200, whole));
    assert_eq!(app.ask("DELETE", URL, Value::Null).await, done());
    assert_eq!(app.get(URL).await, missing("The resource you requested does not exist."));
    assert_eq!(judged(&app, &host).await, (403, NOWHERE.to_owned()));
    let again = made(&app, URL, json!({"AuthType": "NONE", "InvokeMode": "BUFFERED"})).await;
    assert_ne!(again, host);
}

pub(crate) async fn urls_are_listed_in_pages() {
    let app = App::start().await.with_alias().await;
    let list = "/2021-10-31/functions/there/urls";
    assert_eq!(app.get(list).await, ok(200, json!({"FunctionUrlConfigs": []})));
    made(&app, of_alias("POST").1, json!({"AuthType": "AWS_IAM"})).await;
    made(&app, URL, json!({"AuthType": "NONE"})).await;
    let arns = |answer: &Answer| {
        let configs = answer.body["FunctionUrlConfigs"].as_array().unwrap().clone();
        configs
            .into_iter()
            .map(|config| config["FunctionArn"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(arns(&app.get(list).await), [ARN.to_owned(), format!("{ARN}:live")]);
    let first = app.get(&format!("{list}?MaxItems=1")).await;
    assert_eq!(arns(&first), [ARN]);
    let marker = first.body["NextMarker"].as_str().unwrap();
    let second = app.get(&format!("{list}?MaxItems=1&Marker={marker}")).await;
    assert_eq!(arns(&second), [format!("{ARN}:live")]);
    assert!(second.body.get("NextMarker").is_none(), "{second:?}");
    let unknown = app.get("/2021-10-31/functions/doesnotexist/urls").await;
    assert_eq!(unknown, missing("Function does not exist"));
}

pub(crate) async fn configs_that_may_not_be_are_refused_as_recorded() {
    let app = App::start().await.with_alias().await;
    let path = |name: &str, qualifier: &str| format!("/2021-10-31/functions/{name}/url{qualifier}");
    let constraint = "at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: \
                      ((?!^\\d+$)^[0-9a-zA-Z-_]+$)";
    let mut rows = Vec::new();
    let targets = [
        path("doesnotexist", ""),
        path("doesnotexist", "?Qualifier=1"),
        path("there", "?Qualifier=1"),
        path("there", "?Qualifier=$LATEST"),
        path("there", "?Qualifier=v1"),
        path("there:live", "?Qualifier=other"),
        path("there", ""),
    ];
    for (method, body) in [
        ("POST", json!({"AuthType": "NONE"})),
        ("GET", Value::Null),
        ("PUT", json!({"AuthType": "AWS_IAM"})),
        ("DELETE", Value::Null),
    ] {
        let no_url = missing("The resource you requested does not exist.");
        let no_function = || missing("Function does not exist");
        let nothing = if matches!(method, "POST" | "PUT") { no_function() } else { no_url.clone() };
        let differ = "The derived qualifier from the function name does not match the specified qualifier.";
        let expected = [
            nothing.clone(),
            validation(&format!("'1' {constraint}")),
            validation(&format!("'1' {constraint}")),
            validation(&format!("'$LATEST' {constraint}")),
            nothing,
            parameter(differ),
            no_url,
        ];
        for (target, expected) in targets.iter().zip(expected) {
            // A function without a URL may have one.
            if method != "POST" || target != URL {
                rows.push((method, target.as_str(), body.clone(), expected));
            }
        }
    }
    app.refuses(rows).await;
    for (body, member) in [
        (json!({}), "authType"),
        (json!({"AuthType": "OPEN"}), "authType"),
        (json!({"AuthType": "NONE", "InvokeMode": "STREAM"}), "invokeMode"),
        (json!({"AuthType": "NONE", "Cors": {"MaxAge": 86_401}}), "cors.maxAge"),
        (json!({"AuthType": "NONE", "Cors": {"AllowMethods": ["TOOLONG"]}}), "cors.allowMethods"),
    ] {
        let answer = app.ask("POST", URL, body).await;
        assert_eq!((answer.status, answer.kind.as_deref()), (400, Some("ValidationException")), "{answer:?}");
        assert!(answer.body["message"].as_str().unwrap().contains(&format!("'{member}'")), "{answer:?}");
    }
}

pub(crate) async fn a_function_of_tenants_has_no_url() {
    let app = App::start().await;
    let functions = &app.state.resources.functions;
    let mut function = Function::clone(&functions.find("there").unwrap());
    let mut latest = FunctionVersion::clone(&function.latest);
    latest.configuration.tenant_isolation = TenantIsolation::PerTenant;
    function.latest = latest.into();
    functions.replace(function).await.unwrap();
    let refused = app.ask("POST", URL, json!({"AuthType": "NONE"})).await;
    assert_eq!(refused, parameter("Function URLs are not supported for functions with tenant isolation."));
}

pub(crate) async fn an_open_url_needs_both_permissions() {
    let app = App::start().await.with_alias().await;
    let host = made(&app, URL, json!({"AuthType": "NONE"})).await;
    let alias = made(&app, of_alias("POST").1, json!({"AuthType": "NONE"})).await;
    let forbidden = (403, FORBIDDEN.to_owned());
    assert_eq!(judged(&app, &host).await, forbidden);
    permit(&app, "", for_the_url("NONE")).await;
    assert_eq!(judged(&app, &host).await, forbidden, "one is not enough");
    permit(&app, "", for_the_function()).await;
    let runs = (502, "Internal Server Error".to_owned());
    assert_eq!(judged(&app, &host).await, runs);
    assert_eq!(judged(&app, &host.to_uppercase().replace("LOCALHOST", "localhost:9400")).await, runs);
    // Whatever signature it has is the function's business.
    let (status, ..) = call(&app, &host, "POST", &[("authorization", "AWS4-HMAC-SHA256 nonsense")]).await;
    assert_eq!(status, 502);
    // The policy of the function is not that of its alias, and going by the API is another way in.
    assert_eq!(judged(&app, &alias).await, forbidden);
    permit(&app, "?Qualifier=live", for_the_url("NONE")).await;
    permit(&app, "?Qualifier=live", for_the_function()).await;
    assert_eq!(judged(&app, &alias).await, runs);
    let removed = app.ask("DELETE", "/2015-03-31/functions/there/aliases/live", Value::Null).await;
    assert_eq!(removed, done());
    assert_eq!(judged(&app, &alias).await, (403, NOWHERE.to_owned()));
    assert_eq!(app.ask("DELETE", "/2015-03-31/functions/there", Value::Null).await, done());
    assert_eq!(judged(&app, &host).await, (403, NOWHERE.to_owned()));
}

pub(crate) async fn a_signed_url_is_for_those_who_sign() {
    let app = App::start().await;
    let host = made(&app, URL, json!({"AuthType": "AWS_IAM"})).await;
    permit(&app, "", for_the_url("AWS_IAM")).await;
    permit(&app, "", for_the_function()).await;
    assert_eq!(judged(&app, &host).await, (403, FORBIDDEN.to_owned()));
    let authorization = "AWS4-HMAC-SHA256 Credential=test/20261128/us-east-1/lambda/aws4_request, \
                         SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000";
    let signed = [("authorization", authorization), ("x-amz-date", "20261128T000000Z")];
    let (status, body, headers) = call(&app, &host, "GET", &signed).await;
    assert_eq!(
        (status, headers["x-amzn-errortype"].to_str().unwrap()),
        (403, "UnrecognizedClientException"),
        "{body}"
    );
    assert_eq!(
        app.get("/2015-03-31/functions/there").await.status,
        200,
        "the API itself trusts this machine"
    );
}

pub(crate) async fn pages_ask_first() {
    let app = App::start().await;
    let cors = json!({"AllowOrigins": ["https://a.test"], "AllowMethods": ["PUT"], "MaxAge": 5});
    let host = made(&app, URL, json!({"AuthType": "AWS_IAM", "Cors": cors})).await;
    let asks = [
        ("origin", "https://a.test"),
        ("access-control-request-method", "PUT"),
        ("sec-fetch-site", "cross-site"),
    ];
    let (status, body, headers) = call(&app, &host, "OPTIONS", &asks).await;
    assert_eq!((status, body.as_str()), (200, ""));
    assert_eq!(headers["access-control-allow-origin"], "https://a.test");
    assert_eq!(headers["access-control-allow-methods"], "PUT");
    let (status, ..) = call(&app, &host, "OPTIONS", &asks[..1]).await;
    assert_eq!(status, 403, "any other request has to be allowed");
    assert_eq!(redacted(app.ask("PUT", URL, json!({"AuthType": "NONE"})).await).1, host);
    permit(&app, "", for_the_url("NONE")).await;
    permit(&app, "", for_the_function()).await;
    let (status, _, headers) = call(&app, &host, "PUT", &asks[..1]).await;
    assert_eq!(status, 502);
    assert_eq!(headers["access-control-allow-origin"], "https://a.test", "the page may read the failure too");
}

pub(crate) async fn hosts_of_no_url_lead_nowhere() {
    let app = App::start().await;
    let host = made(&app, URL, json!({"AuthType": "NONE"})).await;
    permit(&app, "", for_the_url("NONE")).await;
    permit(&app, "", for_the_function()).await;
    let nowhere = (403, NOWHERE.to_owned());
    for other in [
        format!("{}.lambda-url.us-east-1.localhost", "a".repeat(32)),
        "short.lambda-url.us-east-1.localhost".to_owned(),
        host.replace("us-east-1", "eu-west-1"),
    ] {
        assert_eq!(judged(&app, &other).await, nowhere, "{other}");
    }
    assert_eq!(judged(&app, &host.replace("localhost", "evil.test")).await.0, 403);
    assert_eq!(judged(&app, &host.replace("localhost", "on.aws")).await.0, 502);
}
