//! Resource limits of the runtime, inherited by all it starts.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::error::Step;
use crate::wire::Setup;

/// The limits of one sandbox: those AWS was seen to set, and those that stand in for missing cgroups.
#[derive(Debug)]
pub(super) struct Limits(Vec<(Resource, u64)>);

impl Limits {
    pub(super) fn new(setup: &Setup) -> Self {
        let mut limits = vec![
            // One byte, not none: it switches off files and also the host's core-dump program, which would
            // otherwise run as the host's root on a process of the function's making.
            (Resource::Core, 1),
            (Resource::Memlock, 65_536),
            (Resource::Nofile, setup.nofile_max),
        ];
        limits.extend(setup.nproc_max.map(|max| (Resource::Nproc, max)));
        // Not the address space: V8 reserves gigabytes of it and uses little.
        limits.extend(setup.data_bytes_max.map(|max| (Resource::Data, max)));
        Self(limits)
    }

    /// Sets them, hard and soft, or as near as a lower hard limit of the server lets us.
    pub(super) fn apply(&self) -> Result<(), String> {
        for (resource, wanted) in &self.0 {
            let hard = getrlimit(*resource).maximum;
            let value = Some(hard.map_or(*wanted, |hard| hard.min(*wanted)));
            setrlimit(*resource, Rlimit { current: value, maximum: value })
                .step(|| format!("set a resource limit to {wanted}"))?;
        }
        // The stack may grow to what AWS allows, unless the server has less.
        let stack = getrlimit(Resource::Stack);
        let soft = Some(stack.maximum.map_or(STACK_BYTES, |hard| hard.min(STACK_BYTES)));
        setrlimit(Resource::Stack, Rlimit { current: soft, maximum: stack.maximum })
            .step(|| "set the stack limit".to_owned())
    }
}

const STACK_BYTES: u64 = 8 * 1024 * 1024;
