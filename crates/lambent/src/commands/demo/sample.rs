//! The sample function, in the first language that this host has.

use crate::client::functions::Desired;
use crate::client::{Client, ClientError};
use crate::failure::Failure;
use crate::host;
use crate::package::{Language, single_file};
use http_body_util::{BodyExt, Full};
use lambent_engine::runtimes::Runtimes;

/// The name in the request on AWS's page.
pub(super) const NAME: &str = "helloworld";

const PYTHON: &str = include_str!("../../../../../examples/functions/python-hello/lambda_function.py");
const NODE: &str = include_str!("../../../../../examples/functions/node-hello/index.mjs");

/// What is deployed.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) runtime: String,
    pub(super) handler: &'static str,
    file: &'static str,
    source: &'static str,
}

/// Python before Node.js: it starts faster.
pub(super) async fn choose(runtimes: &Runtimes) -> Result<Sample, Failure> {
    let installed = runtimes.installed().await;
    let newest = |language| host::newest(installed.iter().map(|found| found.identifier.as_str()), language);
    if let Some(runtime) = newest(Language::Python) {
        let handler = "lambda_function.lambda_handler";
        return Ok(Sample { runtime, handler, file: "lambda_function.py", source: PYTHON });
    }
    if let Some(runtime) = newest(Language::Node) {
        return Ok(Sample { runtime, handler: "index.handler", file: "index.mjs", source: NODE });
    }
    Err(Failure::failed(
        "find a language for the sample function",
        "this host has neither Python 3 nor Node.js",
    )
    .hint("install one, such as `apt install python3`; `lambent doctor` shows what is found"))
}

/// Makes the function, or makes the one that is there the sample.
pub(super) async fn deploy(client: &Client, sample: &Sample) -> Result<(), Failure> {
    let failed = |error: ClientError| error.failure(format!("deploy {NAME}"));
    let zip = single_file(sample.file, sample.source)?;
    let desired = Desired {
        runtime: Some(sample.runtime.clone()),
        handler: Some(sample.handler.to_owned()),
        role: Some("arn:aws:iam::000000000000:role/lambent".to_owned()),
        timeout: Some(10),
        ..Desired::default()
    };
    let upload = |body| Full::new(body).boxed();
    match client.function(NAME).await {
        Ok(_) => {
            client.update_code(NAME, &zip, upload).await.map_err(failed)?;
            client.update_configuration(NAME, &desired).await.map_err(failed)?;
        }
        Err(error) if error.is_not_found() => {
            client.create_function(NAME, &desired, &zip, upload).await.map_err(failed)?;
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(())
}
