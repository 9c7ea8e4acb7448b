//! `lambent deploy NAME PATH`: code and configuration of a function, made or brought up to date.

use super::upload::Upload;
use super::{Context, End};
use crate::cli::DeployArgs;
use crate::client::functions::{Desired, Function, Variables};
use crate::client::{Body, Client, ClientError};
use crate::failure::{Exit, Failure};
use crate::host;
use crate::package::{Guess, Language, Package};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use lambent_domain::runtime::{Runtime, RuntimeFamily};

/// Kept for AWS's sake: nobody assumes it.
const ROLE: &str = "arn:aws:iam::000000000000:role/lambent";

pub(super) async fn run(context: &Context, args: DeployArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let package = Package::read(&args.path)?;
    let failed = |error: ClientError| error.failure(format!("deploy {}", args.name));
    let function = match client.function(&args.name).await {
        Ok(present) => update(context, &client, &args, &package, &present).await?,
        Err(error) if error.is_not_found() => {
            let desired = for_new(context, &args, &package.guess).await?;
            let upload = |body| upload(context, body);
            client.create_function(&args.name, &desired, &package.zip, upload).await.map_err(failed)?
        }
        Err(error) => return Err(failed(error).into()),
    };
    Ok(context.output.line(&function.function_arn)?)
}

/// What was typed, and nothing else.
fn typed(args: &DeployArgs) -> Desired {
    let variables = || Variables { variables: args.variables.iter().cloned().collect() };
    Desired {
        runtime: args.runtime.clone(),
        handler: args.handler.clone(),
        role: args.role.clone(),
        timeout: args.timeout,
        memory_size: args.memory,
        description: args.description.clone(),
        environment: (!args.variables.is_empty()).then(variables),
    }
}

/// What was typed, and for the rest what the files say.
async fn for_new(context: &Context, args: &DeployArgs, guess: &Guess) -> Result<Desired, Failure> {
    let mut desired = typed(args);
    desired.role.get_or_insert_with(|| ROLE.to_owned());
    if desired.runtime.is_some() && desired.handler.is_some() {
        return Ok(desired);
    }
    match guess {
        Guess::Plain { language, handler } => {
            if desired.runtime.is_none() {
                desired.runtime = Some(runtime_for(context, *language).await);
            }
            desired.handler.get_or_insert_with(|| handler.clone());
        }
        // A handler means nothing to a runtime of the function's own, so it need not be typed.
        Guess::Unclear(_) if is_provided(desired.runtime.as_deref()) => {
            desired.handler = Some("bootstrap".to_owned());
        }
        Guess::Unclear(why) => {
            let doing = format!("guess runtime and handler of {}", args.name);
            return Err(Failure::new(Exit::Usage, doing, why)
                .hint("say them: --runtime python3.12 --handler FILE.FUNCTION"));
        }
    }
    let (runtime, handler) = (desired.runtime.as_deref(), desired.handler.as_deref());
    context.output.note(&format!(
        "runtime {}, handler {} (--runtime and --handler say otherwise)",
        runtime.unwrap_or_default(),
        handler.unwrap_or_default()
    ));
    Ok(desired)
}

fn is_provided(runtime: Option<&str>) -> bool {
    runtime.is_some_and(|runtime| Runtime::new(runtime).family() == RuntimeFamily::Provided)
}

/// The newest runtime of the language that this host has, since the server mostly is this host; one that AWS
/// has where there is none.
async fn runtime_for(context: &Context, language: Language) -> String {
    let installed = match language {
        Language::Provided => None,
        Language::Python | Language::Node => {
            let installed = host::runtimes(&context.environment, &[]).installed().await;
            host::newest(installed.iter().map(|runtime| runtime.identifier.as_str()), language)
        }
    };
    installed.unwrap_or_else(|| {
        let usual = match language {
            Language::Python => "python3.13",
            Language::Node => "nodejs22.x",
            Language::Provided => "provided.al2023",
        };
        usual.to_owned()
    })
}

/// Code first: a configuration may name a handler that only the new code has.
async fn update(
    context: &Context,
    client: &Client,
    args: &DeployArgs,
    package: &Package,
    present: &Function,
) -> Result<Function, Failure> {
    let failed = |error: ClientError| error.failure(format!("update {}", args.name));
    let desired = typed(args);
    if let (None, Guess::Plain { language, handler }) = (&desired.runtime, &package.guess) {
        let runs = present.runtime.as_deref().unwrap_or_default();
        if !speaks(runs, *language) {
            context.output.note(&format!(
                "the files look like {handler} of another runtime; the function stays on {runs} unless --runtime \
                 and --handler say otherwise"
            ));
        }
    }
    let upload = |body| upload(context, body);
    let mut function = client.update_code(&args.name, &package.zip, upload).await.map_err(failed)?;
    if !desired.is_empty() {
        function = client.update_configuration(&args.name, &desired).await.map_err(failed)?;
    }
    Ok(function)
}

fn speaks(runtime: &str, language: Language) -> bool {
    match Runtime::new(runtime).family() {
        RuntimeFamily::Python { .. } => language == Language::Python,
        RuntimeFamily::Node { .. } => language == Language::Node,
        RuntimeFamily::Provided | RuntimeFamily::Other => language == Language::Provided,
    }
}

/// The body of an upload; with a bar while somebody looks.
fn upload(context: &Context, body: Bytes) -> Body {
    if context.output.shows_progress() { Upload::new(body).boxed() } else { Full::new(body).boxed() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use crate::environment::Environment;
    use crate::output::Output;
    use clap::Parser;

    async fn desired(arguments: &[&str], guess: Guess) -> Result<Desired, Failure> {
        let environment = Environment::default();
        let context = Context { output: Output::new(&environment), environment };
        let cli = Cli::try_parse_from(["lambent", "deploy", "f", "."].iter().chain(arguments)).unwrap();
        let Command::Deploy(args) = cli.command else { panic!("not deploy") };
        for_new(&context, &args, &guess).await
    }

    fn plain() -> Guess {
        Guess::Plain { language: Language::Provided, handler: "bootstrap".to_owned() }
    }

    #[tokio::test]
    async fn what_is_typed_beats_what_is_guessed() {
        let guessed = desired(&[], plain()).await.unwrap();
        assert_eq!(guessed.runtime.as_deref(), Some("provided.al2023"));
        assert_eq!((guessed.handler.as_deref(), guessed.role.as_deref()), (Some("bootstrap"), Some(ROLE)));
        let typed =
            desired(&["--runtime", "python3.9", "--handler", "a.b", "--role", "r"], plain()).await.unwrap();
        assert_eq!(typed.runtime.as_deref(), Some("python3.9"));
        assert_eq!((typed.handler.as_deref(), typed.role.as_deref()), (Some("a.b"), Some("r")));
    }

    #[tokio::test]
    async fn what_is_neither_typed_nor_plain_is_asked_for() {
        let unclear = || Guess::Unclear("no idea".to_owned());
        for arguments in [&[][..], &["--runtime", "python3.9"], &["--handler", "a.b"]] {
            let failure = desired(arguments, unclear()).await.unwrap_err();
            assert_eq!(failure.exit(), Exit::Usage);
            assert!(failure.to_string().contains("no idea\nhint: say them"), "{failure}");
        }
        assert!(desired(&["--runtime", "python3.9", "--handler", "a.b"], unclear()).await.is_ok());
        assert!(desired(&["--runtime", "provided.al2"], unclear()).await.is_ok());
    }

    #[test]
    fn variables_are_sent_only_when_typed() {
        let parse = |arguments: &[&str]| {
            let cli = Cli::try_parse_from(["lambent", "deploy", "f", "."].iter().chain(arguments)).unwrap();
            let Command::Deploy(args) = cli.command else { panic!("not deploy") };
            typed(&args)
        };
        assert!(parse(&[]).is_empty());
        let variables = parse(&["--env", "A=1", "--env", "B="]).environment.unwrap().variables;
        assert_eq!(variables, [("A", "1"), ("B", "")].map(|(a, b)| (a.to_owned(), b.to_owned())).into());
    }
}
