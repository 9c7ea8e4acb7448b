//! The platform's events as JSON objects: `{"time", "type", "record"}`, the records of the Telemetry API.

use std::time::Duration;

use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use serde::Serialize;

use super::event::{InitPhase, InitializationType, Status, SystemEvent};
use super::text::whole_millis;

#[derive(Serialize)]
struct Envelope<'a> {
    time: String,
    #[serde(rename = "type")]
    kind: &'static str,
    record: Record<'a>,
}

/// Members that an event does not have are left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<RequestId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initialization_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runtime_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runtime_version_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_max_memory: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<Metrics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped_records: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped_bytes: Option<u64>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    produced_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billed_duration_ms: Option<u64>,
    #[serde(rename = "memorySizeMB", skip_serializing_if = "Option::is_none")]
    memory_size_mb: Option<u64>,
    #[serde(rename = "maxMemoryUsedMB", skip_serializing_if = "Option::is_none")]
    max_memory_used_mb: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    init_duration_ms: Option<f64>,
}

pub(super) fn render(event: &SystemEvent<'_>, at: Timestamp) -> String {
    let (kind, record) = record(event);
    let envelope = Envelope { time: iso_millis(at), kind, record };
    // Only maps with odd keys can fail to serialise, and there are none.
    let mut line = serde_json::to_string(&envelope).unwrap_or_default();
    line.push('\n');
    line
}

fn record<'a>(event: &SystemEvent<'a>) -> (&'static str, Record<'a>) {
    match *event {
        SystemEvent::InitStart { .. } => ("platform.initStart", init_start(event)),
        SystemEvent::InitRuntimeDone { initialization, phase, status } => {
            ("platform.initRuntimeDone", init(initialization, phase, status, None))
        }
        SystemEvent::InitReport { initialization, phase, status, duration } => {
            ("platform.initReport", init(initialization, phase, status, Some(duration)))
        }
        SystemEvent::Start { request_id, version } => {
            let record = Record { request_id: Some(request_id), version: Some(version), ..Record::default() };
            ("platform.start", record)
        }
        SystemEvent::RuntimeDone { request_id, status, duration, produced_bytes } => {
            let produced_bytes = Some(produced_bytes);
            let metrics = Metrics { duration_ms: millis(duration), produced_bytes, ..Metrics::default() };
            ("platform.runtimeDone", invocation(request_id, status, metrics))
        }
        SystemEvent::Report { request_id, status, .. } => {
            ("platform.report", invocation(request_id, status, report_metrics(event)))
        }
        SystemEvent::LogsDropped { records, bytes, reason } => {
            let record = Record {
                reason: Some(reason),
                dropped_records: Some(records),
                dropped_bytes: Some(bytes),
                ..Record::default()
            };
            ("platform.logsDropped", record)
        }
    }
}

fn init_start<'a>(event: &SystemEvent<'a>) -> Record<'a> {
    let SystemEvent::InitStart {
        initialization,
        phase,
        runtime_version,
        runtime_version_arn,
        function_name,
        function_version,
        instance_id,
        memory_bytes,
    } = *event
    else {
        return Record::default();
    };
    Record {
        initialization_type: Some(initialization.word()),
        phase: Some(phase.word()),
        runtime_version: Some(runtime_version),
        runtime_version_arn: Some(runtime_version_arn),
        function_name: Some(function_name),
        function_version: Some(function_version),
        instance_id: Some(instance_id),
        instance_max_memory: Some(memory_bytes),
        ..Record::default()
    }
}

fn init(
    initialization: InitializationType,
    phase: InitPhase,
    status: Status<'_>,
    duration: Option<Duration>,
) -> Record<'_> {
    Record {
        initialization_type: Some(initialization.word()),
        phase: Some(phase.word()),
        status: Some(status.word()),
        error_type: status.error_type(),
        metrics: duration.map(|duration| Metrics { duration_ms: millis(duration), ..Metrics::default() }),
        ..Record::default()
    }
}

fn invocation(request_id: RequestId, status: Status<'_>, metrics: Metrics) -> Record<'_> {
    Record {
        request_id: Some(request_id),
        status: Some(status.word()),
        error_type: status.error_type(),
        metrics: Some(metrics),
        ..Record::default()
    }
}

fn report_metrics(event: &SystemEvent<'_>) -> Metrics {
    let SystemEvent::Report { duration, billed, memory_mb, memory_used_mb_max, init_duration, .. } = *event
    else {
        return Metrics::default();
    };
    Metrics {
        duration_ms: millis(duration),
        produced_bytes: None,
        billed_duration_ms: Some(whole_millis(billed)),
        memory_size_mb: Some(memory_mb),
        max_memory_used_mb: Some(memory_used_mb_max),
        init_duration_ms: init_duration.map(millis),
    }
}

/// With two decimals, as in the text lines.
fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

fn iso_millis(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX);
    format!("{time:.3}")
}
