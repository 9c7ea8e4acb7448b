//! Runs of code and the environments that they are in.

use lambent_engine::stats::EngineStats;

use super::family::{COUNTER, Family, GAUGE};

pub(super) fn families(engine: &EngineStats) -> Vec<Family> {
    vec![
        Family::new(
            COUNTER,
            "lambent_invocations_total",
            "Runs of code since start, failures included (CloudWatch: Invocations).",
            engine.invocations,
        ),
        Family::new(
            COUNTER,
            "lambent_errors_total",
            "Runs that ended in a function error since start (CloudWatch: Errors).",
            engine.errors,
        ),
        Family::new(
            COUNTER,
            "lambent_throttles_total",
            "Calls refused for lack of concurrency since start (CloudWatch: Throttles).",
            engine.throttles,
        ),
        Family::new(
            COUNTER,
            "lambent_provisioned_concurrency_invocations_total",
            "Runs in provisioned environments since start (CloudWatch: ProvisionedConcurrencyInvocations).",
            engine.provisioned_invocations,
        ),
        Family::new(
            COUNTER,
            "lambent_provisioned_concurrency_spillover_invocations_total",
            "Runs on demand of versions with provisioned environments since start (CloudWatch: ProvisionedConcurrencySpilloverInvocations).",
            engine.provisioned_spillovers,
        ),
        Family::new(
            GAUGE,
            "lambent_provisioned_concurrent_executions",
            "Invocations running in provisioned environments now (CloudWatch: ProvisionedConcurrentExecutions).",
            engine.provisioned_concurrent_executions,
        ),
        Family::new(
            GAUGE,
            "lambent_concurrent_executions",
            "Invocations running now (CloudWatch: ConcurrentExecutions).",
            engine.concurrent_executions,
        ),
        Family::new(
            GAUGE,
            "lambent_concurrency_limit",
            "Most invocations that may run at a time.",
            engine.concurrency_limit,
        ),
        Family::new(
            COUNTER,
            "lambent_environments_started_total",
            "Execution environments started since start.",
            engine.environments_started,
        ),
        Family::new(
            COUNTER,
            "lambent_environments_failed_total",
            "Execution environments that could not be started.",
            engine.environments_failed,
        ),
        Family::new(
            GAUGE,
            "lambent_environments_idle",
            "Warm execution environments waiting for work.",
            engine.environments_idle,
        ),
    ]
}
