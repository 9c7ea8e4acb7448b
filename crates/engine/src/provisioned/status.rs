//! What can be told of a setting.

use super::{Kept, Provisioner};
use crate::pool::Pool;
use lambent_domain::arn::FunctionName;
use lambent_domain::qualifier::Qualifier;
use std::collections::HashMap;
use uuid::Uuid;

/// AWS's word for a function whose code cannot be initialised.
const INIT_FAILURE: &str = "FUNCTION_ERROR_INIT_FAILURE";

/// How far a setting of provisioned concurrency is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvisionedStatus {
    /// How many environments were asked for.
    pub requested: u32,
    /// How many there are.
    pub allocated: u32,
    /// How many of those take calls: all of them, idle or busy.
    pub available: u32,
    /// Whether that is all.
    pub state: ProvisionedState,
}

/// `Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProvisionedState {
    /// Environments are missing and being made.
    InProgress,
    /// All are there.
    Ready,
    /// Some could not be initialised. It is tried again, ever more rarely.
    Failed {
        /// `StatusReason`.
        reason: &'static str,
    },
}

impl Provisioner {
    /// How far a setting is; none where there is no such setting.
    pub(crate) fn status(
        &self,
        pool: &Pool,
        function: &FunctionName,
        qualifier: &Qualifier,
    ) -> Option<ProvisionedStatus> {
        self.lock().of.get(function)?.status(pool, qualifier)
    }
}

impl Kept {
    fn status(&self, pool: &Pool, qualifier: &Qualifier) -> Option<ProvisionedStatus> {
        // Environments of a version that two settings name are the first one's first.
        let mut left: HashMap<Uuid, usize> = HashMap::new();
        for setting in &self.plan.settings {
            let mut allocated = 0_usize;
            for (revision, number) in &setting.parts {
                let ready = left.entry(*revision).or_insert_with(|| pool.ready(*revision));
                let own = (*ready).min(*number);
                *ready -= own;
                allocated += own;
            }
            if setting.qualifier == *qualifier {
                let failed = setting.parts.iter().any(|(revision, _)| {
                    self.failures.get(revision).is_some_and(|failure| failure.of_function)
                });
                let allocated = u32::try_from(allocated).unwrap_or(u32::MAX);
                return Some(ProvisionedStatus {
                    requested: setting.requested,
                    allocated,
                    available: allocated,
                    state: if allocated >= setting.requested {
                        ProvisionedState::Ready
                    } else if failed {
                        ProvisionedState::Failed { reason: INIT_FAILURE }
                    } else {
                        ProvisionedState::InProgress
                    },
                });
            }
        }
        None
    }
}
