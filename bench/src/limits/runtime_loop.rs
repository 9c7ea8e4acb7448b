//! A Runtime API with nothing behind it: one payload, handed out again and again to runtime programs
//! that are not confined. No queue, no disk, no log, no clients: what a language's runtime can do here.

use super::listen;
use crate::failure::Failure;
use crate::process;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

const WARM_UP: Duration = Duration::from_millis(500);
/// A runtime program that has not answered once by then does not work.
const FIRST_ANSWER_MAX: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(5);

/// A moment well after this century: the deadline of every invocation here, in milliseconds.
const DEADLINE_MILLIS: &str = "4102444800000";

/// What is printed for the process that asked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct LoopFigures {
    pub(crate) per_second: f64,
}

/// Answers posted since the start. One thread serves all, so nothing needs a lock.
type Answers = Rc<Cell<u64>>;

/// Measures, prints, and takes the programs down.
pub(super) async fn measure(
    payload: Bytes,
    processes: u16,
    window: Duration,
    program: Vec<OsString>,
) -> Result<(), Failure> {
    let measuring = async move {
        let listener = listen().await?;
        let address = listener.local_addr().map_err(|cause| Failure::at("listen", cause))?;
        let answers = Answers::default();
        let serving = tokio::task::spawn_local(serve(listener, payload, Rc::clone(&answers)));
        let started: Result<Vec<Child>, Failure> = (0..processes).map(|_| start(&program, address)).collect();
        let started = started?;
        wait_for_the_first(&answers).await?;
        sleep(WARM_UP).await;
        let (before, from) = (answers.get(), Instant::now());
        sleep(window).await;
        let figures =
            LoopFigures { per_second: (answers.get() - before) as f64 / from.elapsed().as_secs_f64() };
        drop(started);
        serving.abort();
        print(figures)
    };
    LocalSet::new().run_until(measuring).await
}

#[expect(clippy::print_stdout, reason = "for the process that started this one")]
fn print(figures: LoopFigures) -> Result<(), Failure> {
    let text = serde_json::to_string(&figures).map_err(|cause| Failure::at("write figures", cause))?;
    println!("{text}");
    Ok(())
}

async fn wait_for_the_first(answers: &Answers) -> Result<(), Failure> {
    let deadline = Instant::now() + FIRST_ANSWER_MAX;
    while answers.get() == 0 {
        if Instant::now() > deadline {
            return Err(Failure::new("the runtime program did not answer its first invocation"));
        }
        sleep(LOOK).await;
    }
    Ok(())
}

/// One runtime program with the variables a runtime expects.
fn start(program: &[OsString], address: SocketAddr) -> Result<Child, Failure> {
    let (path, arguments) =
        program.split_first().ok_or_else(|| Failure::new("no runtime program was given"))?;
    let variables = [
        ("AWS_LAMBDA_FUNCTION_NAME", "loop"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/loop"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "loop"),
    ];
    process::spawn(
        Command::new(path)
            .args(arguments)
            .envs(variables)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .stdout(Stdio::null()),
    )
}

async fn serve(listener: TcpListener, payload: Bytes, answers: Answers) {
    while let Ok((stream, _)) = listener.accept().await {
        if stream.set_nodelay(true).is_err() {
            continue;
        }
        let (payload, answers) = (payload.clone(), Rc::clone(&answers));
        let service = service_fn(move |request| handle(request, payload.clone(), Rc::clone(&answers)));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::task::spawn_local(connection);
    }
}

async fn handle(
    request: Request<Incoming>,
    payload: Bytes,
    answers: Answers,
) -> Result<Response<Full<Bytes>>, http::Error> {
    let answer = Response::builder();
    if request.method() == Method::GET {
        return answer
            .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            .header("lambda-runtime-deadline-ms", DEADLINE_MILLIS)
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:000000000000:function:loop",
            )
            .body(Full::new(payload));
    }
    let is_response = request.uri().path().ends_with("/response");
    let whole = request.into_body().collect().await.is_ok();
    if is_response && whole {
        answers.set(answers.get() + 1);
    }
    answer.status(StatusCode::ACCEPTED).body(Full::new(Bytes::from_static(b"{\"status\":\"OK\"}\n")))
}
