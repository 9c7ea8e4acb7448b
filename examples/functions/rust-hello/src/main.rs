//! A function for `provided.al2023`: the program is the package's `bootstrap`.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(hello)).await
}

async fn hello(call: LambdaEvent<Value>) -> Result<Value, Error> {
    let (event, context) = call.into_parts();
    let name = event.get("name").and_then(Value::as_str).unwrap_or("world");
    println!("Hello, {name}!");
    Ok(json!({ "greeting": format!("Hello, {name}!"), "requestId": context.request_id, "event": event }))
}
