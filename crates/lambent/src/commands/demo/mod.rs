//! `lambent demo`: a server, a sample function, the request of AWS's own documentation, and what becomes of it.
//!
//! It is the same server as `lambent serve` starts, and everything shown is fetched over HTTP as any client would.
//! `--once` is also a self-test: anything that is not as it should be is an error.

mod exchange;
mod sample;
mod story;

use super::event_text::state_name;
use super::serve::{Then, run_server};
use super::{Context, End};
use crate::access;
use crate::cli::DemoArgs;
use crate::client::{Client, Endpoint, Signer};
use crate::config::Config;
use crate::config::logs::LEVEL;
use crate::config::settings::Origin;
use crate::failure::{Exit, Failure};
use crate::output::Paint;
use crate::server::Server;
use crate::telemetry;
use lambent_api::Auth;
use lambent_domain::event::{EventState, EventStatus};

/// What the function is sent.
const PAYLOAD: &str = r#"{"name":"Lambent"}"#;

pub(super) fn run(context: &Context, args: &DemoArgs) -> Result<(), End> {
    let (settings, mut config) = context.load(&args.serve)?;
    if config.server.tls.is_some() {
        let cause =
            "it shows a request byte for byte as it is sent, and the server would take it encrypted only";
        return Err(Failure::new(Exit::Configuration, "show the demo", cause)
            .hint("leave out the certificate, or use `lambent serve` with it")
            .into());
    }
    if settings.origin(&LEVEL) == Origin::Default {
        // The story is told on stdout; only what is wrong may interrupt it.
        config.logs.level = tracing::Level::WARN;
    }
    telemetry::start(&config.logs, context.output);
    run_server(context, &config, async |server: &Server| {
        show(context, &config, server).await?;
        if args.once {
            return Ok(Then::Stop);
        }
        context.output.line("\nServing until Ctrl-C.")?;
        Ok(Then::ServeOn)
    })
}

async fn show(context: &Context, config: &Config, server: &Server) -> Result<(), End> {
    let output = context.output;
    let heading = |text: &str| output.line(&format!("\n{}", output.paint(Paint::Bold, text)));
    output.line(&server.ready_line())?;
    let endpoint = Endpoint::of(server.address())
        .ok_or_else(|| Failure::failed("find the server", format!("{} is no address", server.address())))?;
    let signer = signer(config, server)?;
    let client = Client::new(endpoint).with_signer(signer.clone());

    let sample = sample::choose(server.runtimes()).await?;
    sample::deploy(&client, &sample).await?;
    output.line(&format!(
        "Function {} is deployed: {}, handler {}",
        sample::NAME,
        sample.runtime,
        sample.handler
    ))?;

    heading("The request, as on the page of AWS's InvokeAsync:")?;
    let request = exchange::request(client.endpoint(), sample::NAME, PAYLOAD, signer.as_ref())?;
    output.line(&quoted(&request, '>'))?;
    let started_ms = story::now_ms();
    let answer = exchange::exchange(client.endpoint(), &request).await?;

    heading("The answer: the event is on the disk, and will be run:")?;
    output.line(&quoted(&answer.head, '<'))?;
    let request_id = answer.accepted()?;

    heading("What the function logged:")?;
    for line in story::log_lines(&client, sample::NAME, &request_id, started_ms).await? {
        output.line(&format!("  {}", line.replace('\t', "  ")))?;
    }

    heading("What became of the event:")?;
    let status = story::settled(&client, &request_id).await?;
    show_status(context, &status)?;
    show_next(context, &client, server, signer.is_some())?;
    succeeded(&status)?;
    Ok(())
}

/// Where requests must be signed, a key of the server's own.
fn signer(config: &Config, server: &Server) -> Result<Option<Signer>, Failure> {
    if config.server.auth != Auth::Required {
        return Ok(None);
    }
    let found = access::of_data_dir(server.data_dir())?.read();
    let found = found.map_err(|error| access::failure("read the access keys", &error))?;
    let key = access::active(&found, None)?;
    Ok(Some(Signer::of_key(key, config.server.region.as_str())))
}

fn quoted(message: &str, mark: char) -> String {
    let lines: Vec<String> = message.trim_end().lines().map(|line| format!("  {mark} {line}")).collect();
    lines.join("\n")
}

fn show_status(context: &Context, status: &EventStatus) -> Result<(), End> {
    let paint = if status.state == EventState::Succeeded { Paint::Green } else { Paint::Red };
    let state = context.output.paint(paint, state_name(status.state));
    let attempts = status.attempts.len();
    let plural = if attempts == 1 { "" } else { "s" };
    context.output.line(&format!("  {} {state} after {attempts} attempt{plural}", status.request_id))?;
    for attempt in &status.attempts {
        let error = attempt.error_type.as_deref().map(|error| format!(", {error}")).unwrap_or_default();
        context.output.line(&format!(
            "  attempt {}: version {}, {} ms{error}",
            attempt.number, attempt.executed_version, attempt.duration_ms
        ))?;
    }
    Ok(())
}

fn succeeded(status: &EventStatus) -> Result<(), Failure> {
    if status.state == EventState::Succeeded {
        return Ok(());
    }
    Err(Failure::failed("show the demo", format!("the event ended as {}", state_name(status.state)))
        .hint("the function's log above says why"))
}

fn show_next(context: &Context, client: &Client, server: &Server, signed: bool) -> Result<(), End> {
    let url = client.endpoint();
    let program = std::env::args_os().next().unwrap_or_else(|| "lambent".into());
    let program = program.to_string_lossy();
    let name = sample::NAME;
    let output = context.output;
    // What the first line exports, curl has to be told.
    let sign = if signed {
        " --aws-sigv4 \"aws:amz:$AWS_DEFAULT_REGION:lambda\" --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\""
    } else {
        ""
    };
    let export = format!(
        "  eval \"$({program} env --data-dir {} --listen {})\"",
        server.data_dir().display(),
        url.authority()
    );
    let ours = [
        format!("  curl -i{sign} -d '{{\"name\":\"you\"}}' {url}/2014-11-13/functions/{name}/invoke-async/"),
        format!("  {program} invoke {name} --payload '{{\"name\":\"you\"}}' --tail --endpoint {url}"),
        format!("  {program} logs {name} --follow --endpoint {url}"),
        format!("  curl{sign} '{url}/_lambent/v1/events?function={name}'"),
    ];
    let theirs = [
        format!("  aws lambda invoke --function-name {name} --log-type Tail /dev/stdout"),
        format!("  aws logs tail /aws/lambda/{name} --follow     (AWS CLI 2)"),
    ];
    output.line(&format!("\n{}", output.paint(Paint::Bold, "What to try next, in another terminal:")))?;
    let (first, second) = if signed { (Some(&export), None) } else { (None, Some(&export)) };
    for line in first.into_iter().chain(&ours).chain(second).chain(&theirs) {
        output.line(line)?;
    }
    Ok(())
}
