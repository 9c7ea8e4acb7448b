//! Calls that would make one function run once too often in one chain are stopped, and the function's log says so: on
//! AWS nothing does (facts: async-invocation §8).

use crate::engine::{Refusal, Shared};
use crate::environment::{Workshop, log_stream};
use crate::logs::LogRecord;
use lambent_domain::configuration::LogFormat;
use lambent_domain::function::{FunctionVersion, RecursiveLoop};
use lambent_domain::invocation::Invocation;
use lambent_domain::lineage::{CHAIN_MAX, FunctionHash, enter};
use lambent_domain::request_id::RequestId;
use lambent_store::resources::FunctionStore;

impl Shared {
    /// Puts a synchronous call into its chain, or refuses it because the chain is a circle.
    pub(crate) fn enter(
        &self,
        functions: &FunctionStore,
        mut invocation: Invocation,
    ) -> Result<Invocation, Refusal> {
        let arn = &invocation.invoked_arn;
        let entered = enter(invocation.trace.as_deref(), FunctionHash::of(arn));
        if entered.is_recursion() {
            let function = functions.find(arn.name.as_str());
            let allowed = function.is_some_and(|function| function.recursive_loop == RecursiveLoop::Allow);
            if !allowed {
                self.counters.recursive_invocations_dropped.increment();
                log(&self.workshop, Some(&invocation.version), invocation.request_id);
                return Err(Refusal::Recursion(CHAIN_MAX));
            }
        }
        invocation.trace = Some(entered.context);
        Ok(invocation)
    }
}

/// Writes into the function's log that a call was stopped and why. The line has a stream of its own, because there was
/// no environment that it could have been written in.
pub(crate) fn log(workshop: &Workshop, version: Option<&FunctionVersion>, request_id: RequestId) {
    let Some(version) = version else { return };
    let configuration = &version.configuration;
    let now = workshop.clock.now();
    tracing::warn!(function.name = %configuration.name, request.id = %request_id, "stopped a recursive invocation");
    let words = format!(
        "Recursive invocation stopped: the chain of calls behind this one has {CHAIN_MAX} invocations of the function \
         already. If the loop is intended, allow it with PutFunctionRecursionConfig (RecursiveLoop=Allow)."
    );
    let time = now.to_utc_text();
    let line = match configuration.logging.format {
        LogFormat::Text => format!("{time}\t{request_id}\tERROR\t{words}\n"),
        LogFormat::Json => {
            let object = serde_json::json!({
                "timestamp": time, "level": "ERROR", "requestId": request_id, "message": words,
            });
            format!("{object}\n")
        }
    };
    let stream = log_stream(version, "recursive-invocations", now);
    let writer = workshop.logs.writer(&configuration.log_group(), &stream);
    writer.append(&[LogRecord { timestamp: now, message: line.as_bytes() }]);
}
