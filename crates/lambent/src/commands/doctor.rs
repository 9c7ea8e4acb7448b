//! `lambent doctor`: what this machine can do for functions, tried and not guessed, and how to get what is missing.

use super::{Context, End};
use crate::cli::{DoctorArgs, Format};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::host;
use crate::output::{Output, Paint, table};
use lambent_sandbox::{Isolation, ProbeReport};
use serde::Serialize;
use std::path::Path;

/// The report. Its JSON is part of the outside view.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    version: &'static str,
    user: User,
    isolation: IsolationReport,
    runtimes: Vec<RuntimeReport>,
    limits: Limits,
    data_dir: DataDir,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: u32,
    root: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct IsolationReport {
    /// Whether functions can be confined here.
    confined: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How long building a sandbox takes, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    build_micros: Option<u64>,
    mechanisms: Vec<Mechanism>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mechanism {
    name: String,
    available: bool,
    /// Whether functions can't be confined without it.
    necessary: bool,
    detail: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    remedy: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RuntimeReport {
    identifier: String,
    version: String,
    program: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    cores: usize,
    memory_bytes: u64,
    /// What the server would run at a time with the settings as they are.
    concurrency: usize,
    open_files: Option<u64>,
    open_files_max: Option<u64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DataDir {
    path: String,
    exists: bool,
    free_bytes: Option<u64>,
}

pub(super) async fn run(context: &Context, args: DoctorArgs) -> Result<(), End> {
    let (_, config) = context.load(&args.serve)?;
    let report = examine(context, &config).await?;
    match args.output {
        Format::Json => {
            let text = serde_json::to_string_pretty(&report);
            context.output.line(&text.map_err(|error| Failure::failed("print the report", error))?)?;
        }
        Format::Table => context.output.data(as_text(context.output, &report).as_bytes())?,
    }
    let must_confine = config.environments.isolation != Isolation::None;
    if must_confine && !report.isolation.confined { Err(End::Said(Exit::Failed)) } else { Ok(()) }
}

async fn examine(context: &Context, config: &Config) -> Result<Report, Failure> {
    let options = lambent_sandbox::Options::default();
    let probed = tokio::task::spawn_blocking(move || lambent_sandbox::probe(&options)).await;
    let probed = probed.map_err(|error| Failure::failed("try the sandbox", error))?;
    let probed = probed.map_err(|error| Failure::failed("try the sandbox", error))?;
    let mut installed = host::runtimes(&context.environment, &config.runtimes.paths).installed().await;
    installed.sort_by_key(|runtime| host::age_rank(&runtime.identifier));
    let runtimes = installed.into_iter().map(|runtime| RuntimeReport {
        identifier: runtime.identifier,
        version: runtime.version,
        program: runtime.program.display().to_string(),
    });
    let (open_files, open_files_max) = host::descriptors();
    let id = rustix::process::geteuid();
    Ok(Report {
        version: env!("CARGO_PKG_VERSION"),
        user: User { id: id.as_raw(), root: id.is_root() },
        isolation: isolation(probed),
        runtimes: runtimes.collect(),
        limits: Limits {
            cores: host::cores(),
            memory_bytes: host::memory_bytes(),
            concurrency: config.environments.concurrency.unwrap_or_else(host::default_concurrency),
            open_files,
            open_files_max,
        },
        data_dir: data_dir(&config.server.data_dir),
    })
}

fn isolation(probed: ProbeReport) -> IsolationReport {
    let mechanisms = probed.mechanisms.into_iter().map(|found| Mechanism {
        name: found.name.to_owned(),
        available: found.available,
        necessary: found.necessary,
        detail: found.detail,
        remedy: found.remedy.to_owned(),
    });
    IsolationReport {
        confined: probed.confined.is_ok(),
        reason: probed.confined.err(),
        build_micros: probed.build_time.and_then(|time| u64::try_from(time.as_micros()).ok()),
        mechanisms: mechanisms.collect(),
    }
}

fn data_dir(path: &Path) -> DataDir {
    DataDir {
        path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string(),
        exists: path.is_dir(),
        free_bytes: host::disk_free_bytes(path),
    }
}

fn as_text(output: Output, report: &Report) -> String {
    let heading = |text: &str| format!("{}\n", output.paint(Paint::Bold, text));
    let who = if report.user.root { "root".to_owned() } else { format!("user {}", report.user.id) };
    let mut text = format!("Lambent {} on this machine, as {who}\n\n", report.version);
    text.push_str(&heading("Isolation"));
    text.push_str(&isolation_text(output, &report.isolation));
    text.push_str(&format!("\n{}", heading("Runtimes")));
    text.push_str(&runtimes_text(&report.runtimes));
    text.push_str(&format!("\n{}", heading("Limits")));
    text.push_str(&limits_text(report));
    text
}

fn isolation_text(output: Output, isolation: &IsolationReport) -> String {
    let mut rows = Vec::new();
    for found in &isolation.mechanisms {
        let mark = match (found.available, found.necessary) {
            (true, _) => "yes",
            (false, false) => "no",
            (false, true) => "NO",
        };
        rows.push(vec![format!("  {}", found.name), mark.to_owned(), found.detail.clone()]);
        if !found.available && !found.remedy.is_empty() {
            rows.push(vec![String::new(), String::new(), format!("-> {}", found.remedy)]);
        }
    }
    let time = isolation
        .build_micros
        .map(|micros| format!(" (a sandbox takes {}.{} ms)", micros / 1000, micros % 1000 / 100));
    let verdict = match &isolation.reason {
        None => output.paint(Paint::Green, &format!("functions are confined{}", time.unwrap_or_default())),
        Some(why) => output.paint(Paint::Red, &format!("functions can NOT be confined: {why}")),
    };
    format!("{}  {verdict}\n", table(&rows))
}

fn runtimes_text(runtimes: &[RuntimeReport]) -> String {
    let mut rows: Vec<Vec<String>> = runtimes
        .iter()
        .map(|found| vec![format!("  {}", found.identifier), found.version.clone(), found.program.clone()])
        .collect();
    rows.push(vec![
        "  provided.al2023".to_owned(),
        "-".to_owned(),
        "the function's own bootstrap".to_owned(),
    ]);
    let mut text = table(&rows);
    for (prefix, name, package) in [("python", "Python 3", "python3"), ("nodejs", "Node.js", "nodejs")] {
        if !runtimes.iter().any(|found| found.identifier.starts_with(prefix)) {
            text.push_str(&format!(
                "  no {name} was found -> install one (`apt install {package}`, or any version with pyenv, uv or \
                 nvm), or name its directory in runtimes.paths\n"
            ));
        }
    }
    text
}

fn limits_text(report: &Report) -> String {
    let Limits { cores, memory_bytes, concurrency, open_files, open_files_max } = report.limits;
    let number = |limit: Option<u64>| limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string());
    let free = report.data_dir.free_bytes.map_or_else(|| "unknown".to_owned(), mebibytes);
    let state = if report.data_dir.exists { "" } else { ", not made yet" };
    let row = |name: &str, value: String| vec![format!("  {name}"), value];
    table(&[
        row("processors", cores.to_string()),
        row("memory", mebibytes(memory_bytes)),
        row("concurrency", format!("{concurrency} invocations at a time (environments.concurrency)")),
        row(
            "open files",
            format!("{}, raised to {} by the server", number(open_files), number(open_files_max)),
        ),
        row("data directory", format!("{}{state}, {free} free", report.data_dir.path)),
    ])
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
