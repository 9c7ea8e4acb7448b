//! Against what AWS wrote (recorded 2023 to 2025), with the identifiers of the recordings.

use std::time::Duration;

use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;

use super::*;

const ID: &str = "6960f94b-add0-473c-ab1a-f854a3f92817";
/// 2025-09-02T01:03:57.352Z
const AT: Timestamp = Timestamp::from_millis(1_756_775_037_352);
const DEBUG: LineFormat = LineFormat::Json { level_min: Level::Debug };
const INFO: LineFormat = LineFormat::Json { level_min: Level::Info };
const WARN: LineFormat = LineFormat::Json { level_min: Level::Warn };

fn id() -> RequestId {
    RequestId::parse(ID).unwrap()
}

fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

fn report(status: Status<'static>, init_duration: Option<Duration>) -> SystemEvent<'static> {
    SystemEvent::Report {
        request_id: id(),
        status,
        duration: micros(3_009),
        billed: micros(3_009),
        memory_mb: 128,
        memory_used_mb_max: 36,
        init_duration,
    }
}

fn init_report(phase: InitPhase, status: Status<'static>) -> SystemEvent<'static> {
    SystemEvent::InitReport {
        initialization: InitializationType::OnDemand,
        phase,
        status,
        duration: micros(1_236_040),
    }
}

#[test]
fn text_lines_are_exact() {
    const EXIT: Status<'_> = Status::Error { error_type: "Runtime.ExitError" };
    const RAISED: Status<'_> = Status::Failure { error_type: "Function.Unhandled" };
    let init_start = SystemEvent::InitStart {
        initialization: InitializationType::OnDemand,
        phase: InitPhase::Init,
        runtime_version: "python:3.12.v11",
        runtime_version_arn: "arn:aws:lambda:us-east-1::runtime:0a",
        function_name: "f",
        function_version: "$LATEST",
        instance_id: "i",
        memory_bytes: 1,
    };
    let common = "\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t";
    let table = [
        (
            init_start,
            Some("INIT_START Runtime Version: python:3.12.v11\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:0a\n".to_owned()),
        ),
        (
            SystemEvent::Start { request_id: id(), version: "$LATEST" },
            Some(format!("START RequestId: {ID} Version: $LATEST\n")),
        ),
        (
            SystemEvent::RuntimeDone { request_id: id(), status: EXIT, duration: micros(1), produced_bytes: 0 },
            Some(format!("END RequestId: {ID}\n")),
        ),
        (report(Status::Success, None), Some(format!("REPORT RequestId: {ID}{common}\n"))),
        (report(RAISED, None), Some(format!("REPORT RequestId: {ID}{common}\n"))),
        (
            report(Status::Success, Some(micros(110_100))),
            Some(format!("REPORT RequestId: {ID}{common}Init Duration: 110.10 ms\t\n")),
        ),
        (report(Status::Timeout, None), Some(format!("REPORT RequestId: {ID}{common}Status: timeout\n"))),
        (
            report(EXIT, Some(micros(495_040))),
            Some(format!(
                "REPORT RequestId: {ID}{common}Init Duration: 495.04 ms\tStatus: error\tError Type: Runtime.ExitError\n"
            )),
        ),
        (
            init_report(InitPhase::Init, Status::Timeout),
            Some("INIT_REPORT Init Duration: 1236.04 ms\tPhase: init\tStatus: timeout\n".to_owned()),
        ),
        (
            init_report(InitPhase::Invoke, EXIT),
            Some(
                "INIT_REPORT Init Duration: 1236.04 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\n"
                    .to_owned(),
            ),
        ),
        (init_report(InitPhase::Init, Status::Success), None),
    ];
    for (event, expected) in table {
        assert_eq!(event.render(LineFormat::Text, AT), expected);
    }
}

#[test]
fn json_lines_hold_the_telemetry_records() {
    let table = [
        (
            SystemEvent::Start { request_id: id(), version: "7" },
            format!(
                r#"{{"time":"2025-09-02T01:03:57.352Z","type":"platform.start","record":{{"requestId":"{ID}","version":"7"}}}}"#
            ),
        ),
        (
            report(Status::Success, Some(micros(110_100))),
            format!(
                r#"{{"time":"2025-09-02T01:03:57.352Z","type":"platform.report","record":{{"requestId":"{ID}","status":"success","metrics":{{"durationMs":3.01,"billedDurationMs":4,"memorySizeMB":128,"maxMemoryUsedMB":36,"initDurationMs":110.1}}}}}}"#
            ),
        ),
        (
            SystemEvent::RuntimeDone {
                request_id: id(),
                status: Status::Error { error_type: "Runtime.ExitError" },
                duration: micros(2_500),
                produced_bytes: 9,
            },
            format!(
                r#"{{"time":"2025-09-02T01:03:57.352Z","type":"platform.runtimeDone","record":{{"requestId":"{ID}","status":"error","errorType":"Runtime.ExitError","metrics":{{"durationMs":2.5,"producedBytes":9}}}}}}"#
            ),
        ),
        (
            init_report(InitPhase::Init, Status::Timeout),
            r#"{"time":"2025-09-02T01:03:57.352Z","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"timeout","metrics":{"durationMs":1236.04}}}"#.to_owned(),
        ),
    ];
    for (event, expected) in table {
        assert_eq!(event.render(INFO, AT), Some(expected + "\n"));
    }
}

#[test]
fn the_level_decides_what_a_json_log_holds() {
    let done = |status| SystemEvent::RuntimeDone {
        request_id: id(),
        status,
        duration: Duration::ZERO,
        produced_bytes: 0,
    };
    let start = SystemEvent::Start { request_id: id(), version: "$LATEST" };
    let init_done = |status| SystemEvent::InitRuntimeDone {
        initialization: InitializationType::OnDemand,
        phase: InitPhase::Init,
        status,
    };
    let failure = Status::Failure { error_type: "Function.Unhandled" };
    let table = [
        (start, Level::Info),
        (done(Status::Success), Level::Debug),
        (done(failure), Level::Warn),
        (report(Status::Success, None), Level::Info),
        (report(Status::Timeout, None), Level::Warn),
        (init_done(Status::Success), Level::Debug),
        (init_done(Status::Timeout), Level::Warn),
        (init_report(InitPhase::Init, Status::Success), Level::Debug),
        (SystemEvent::LogsDropped { records: 1, bytes: 2, reason: "slow" }, Level::Warn),
    ];
    for (event, level) in table {
        for (format, level_min) in [(DEBUG, Level::Debug), (INFO, Level::Info), (WARN, Level::Warn)] {
            assert_eq!(event.render(format, AT).is_some(), level >= level_min, "{event:?} at {level_min:?}");
        }
    }
}

#[test]
fn an_init_that_no_call_has_caused_is_reported_at_once() {
    let report = SystemEvent::InitReport {
        initialization: InitializationType::ProvisionedConcurrency,
        phase: InitPhase::Init,
        status: Status::Success,
        duration: micros(1_236_040),
    };
    let at = Timestamp::from_millis(0);
    let line = report.render(LineFormat::Text, at).unwrap();
    assert_eq!(line, "INIT_REPORT Init Duration: 1236.04 ms\tPhase: init\t\n");
    let object = report.render(LineFormat::Json { level_min: Level::Info }, at).unwrap();
    assert!(object.contains(r#""initializationType":"provisioned-concurrency""#), "{object}");
}
