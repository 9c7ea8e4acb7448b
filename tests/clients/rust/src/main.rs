//! The common script of the clients, with the SDK for Rust.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_lambda::error::ProvideErrorMetadata;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, FunctionUrlAuthType, InvocationType, LogType, Runtime, State};
use std::env::var;
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const NAME: &str = "from-rust";

fn client() -> Result<Client, Box<dyn Error>> {
    let credentials =
        Credentials::from_keys(var("AWS_ACCESS_KEY_ID")?, var("AWS_SECRET_ACCESS_KEY")?, None);
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(var("AWS_ENDPOINT_URL")?)
        .region(Region::new(var("AWS_REGION")?))
        .credentials_provider(credentials)
        .build();
    Ok(Client::from_conf(config))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = client()?;
    let zip = Blob::new(std::fs::read(var("LAMBENT_TEST_PACKAGE")?)?);
    create(&client, zip).await?;
    publish(&client).await?;
    let accepted = invoke(&client).await?;
    call_url(&client).await?;
    delete(&client).await?;
    println!("{}", serde_json::json!(accepted));
    Ok(())
}

async fn create(client: &Client, zip: Blob) -> Result<(), Box<dyn Error>> {
    let made = client
        .create_function()
        .function_name(NAME)
        .runtime(Runtime::from(var("LAMBENT_TEST_RUNTIME")?.as_str()))
        .role("arn:aws:iam::000000000000:role/test")
        .handler("app.handler")
        .code(FunctionCode::builder().zip_file(zip).build())
        .send()
        .await?;
    assert_eq!(made.version(), Some("$LATEST"));
    while client.get_function_configuration().function_name(NAME).send().await?.state() != Some(&State::Active) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

async fn publish(client: &Client) -> Result<(), Box<dyn Error>> {
    let version = client.publish_version().function_name(NAME).send().await?;
    assert_eq!(version.version(), Some("1"));
    let alias = client.create_alias().function_name(NAME).name("live").function_version("1").send().await?;
    assert!(alias.alias_arn().is_some_and(|arn| arn.ends_with(":function:from-rust:live")));
    let permission = client
        .add_permission()
        .function_name(NAME)
        .qualifier("live")
        .statement_id("bucket")
        .action("lambda:InvokeFunction")
        .principal("s3.amazonaws.com")
        .send()
        .await?;
    assert!(permission.statement().is_some_and(|statement| statement.contains("\"bucket\"")));
    Ok(())
}

/// Gives the request ids of the accepted events.
#[expect(deprecated, reason = "InvokeAsync is, and stays in use")]
async fn invoke(client: &Client) -> Result<Vec<String>, Box<dyn Error>> {
    use aws_sdk_lambda::operation::RequestId;
    let event = || Blob::new(r#"{"n":1}"#);
    let said = client.invoke().function_name(NAME).qualifier("live").log_type(LogType::Tail).payload(event());
    let said = said.send().await?;
    assert_eq!((said.status_code(), said.executed_version()), (200, Some("1")));
    assert!(said.log_result().is_some());
    let payload: serde_json::Value = serde_json::from_slice(said.payload().ok_or("no payload")?.as_ref())?;
    assert_eq!(payload["event"], serde_json::json!({ "n": 1 }));
    let call = || client.invoke().function_name(NAME).qualifier("live").payload(event());
    let queued = call().invocation_type(InvocationType::Event).send().await?;
    assert_eq!(queued.status_code(), 202);
    let dry = call().invocation_type(InvocationType::DryRun).send().await?;
    assert_eq!(dry.status_code(), 204);
    let old = client.invoke_async().function_name("from-rust:live").invoke_args(event().into_inner().into());
    let old = old.send().await?;
    assert_eq!(old.status(), 202);
    let nobody = client.invoke().function_name("nobody").send().await.err().ok_or("no error")?;
    assert_eq!(nobody.code(), Some("ResourceNotFoundException"));
    let ids = [queued.request_id(), old.request_id()];
    ids.into_iter().map(|id| id.map(str::to_owned).ok_or_else(|| "no request id".into())).collect()
}

async fn call_url(client: &Client) -> Result<(), Box<dyn Error>> {
    let open = client.add_permission().function_name(NAME).statement_id("url").principal("*");
    open.action("lambda:InvokeFunctionUrl").function_url_auth_type(FunctionUrlAuthType::None).send().await?;
    let open = client.add_permission().function_name(NAME).statement_id("by-url").principal("*");
    open.action("lambda:InvokeFunction").invoked_via_function_url(true).send().await?;
    let made =
        client.create_function_url_config().function_name(NAME).auth_type(FunctionUrlAuthType::None).send();
    let made = made.await?;
    let host = made.function_url().trim_start_matches("http://").split('/').next().unwrap_or_default();
    // Its name need not be known to this machine's resolver: the server is where the endpoint is.
    let endpoint = var("AWS_ENDPOINT_URL")?;
    let mut server = TcpStream::connect(endpoint.trim_start_matches("http://"))?;
    write!(server, "GET /there HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    server.read_to_string(&mut answer)?;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("/there"), "{answer}");
    Ok(())
}

async fn delete(client: &Client) -> Result<(), Box<dyn Error>> {
    client.delete_function().function_name(NAME).send().await?;
    let gone = client.get_function().function_name(NAME).send().await.err().ok_or("still there")?;
    assert!(gone.into_service_error().is_resource_not_found_exception());
    Ok(())
}
