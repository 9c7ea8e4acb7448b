//! How much isolation this host really gives: decided by trying, once, when the server starts.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cgroup::Hierarchies;
use crate::notice::Notice;
use crate::spawner::{Inner, Spawner};
use crate::spec::{Network, Program, SandboxSpec};
use crate::{Isolation, Level, SandboxError};

impl Inner {
    /// Settles for the strongest that works, and notes what it does without.
    pub(crate) fn choose(&mut self) -> Result<(), SandboxError> {
        let levels: &[Level] = match self.options.isolation {
            Isolation::Auto => &[Level::Confined, Level::Plain],
            Isolation::Required => &[Level::Confined],
            Isolation::None => &[Level::Plain],
        };
        let mut refused = String::new();
        for level in levels {
            self.level = *level;
            if *level == Level::Plain && !refused.is_empty() {
                let lost =
                    format!("namespaces: functions run with the server's own rights, because {refused}");
                self.missing.insert(0, lost);
            }
            let Err(error) = self.try_out() else { return Ok(()) };
            // Groups that can be made but not joined, as under a real-time scheduler, are no use.
            let hierarchies = std::mem::take(&mut self.hierarchies);
            if self.try_out().is_ok() {
                self.missing.push(format!("cgroups: they are there, but {error}"));
                self.missing.extend(missing_controllers(&self.hierarchies));
                return Ok(());
            }
            self.hierarchies = hierarchies;
            refused = error.to_string();
        }
        Err(SandboxError::Unsupported(refused))
    }

    /// Builds one sandbox and goes as far as the start of a program that cannot be one.
    fn try_out(&self) -> Result<(), SandboxError> {
        let mut spawned = Spawner { inner: Arc::new(self.clone()) }.spawn(&trial_spec())?;
        let root = PathBuf::from("/");
        spawned.sandbox.start(&Program { path: root.clone(), args: vec![], env: vec![], cwd: root })?;
        let notice = spawned.notices.wait_next(self.options.timeout);
        match notice.map_err(|error| SandboxError::io("hear the sandbox", error))? {
            Some(Notice::StartFailed { reason }) if reason.starts_with("run /:") => Ok(()),
            Some(Notice::StartFailed { reason }) => Err(SandboxError::Setup(reason)),
            other => Err(SandboxError::Setup(format!("no program was refused but there was {other:?}"))),
        }
    }
}

/// The least that goes through every step.
pub(crate) fn trial_spec() -> SandboxSpec {
    SandboxSpec {
        id: "trial".to_owned(),
        network: Network::None,
        task_dir: "/usr".into(),
        opt_dir: None,
        runtime_files: Arc::new([]),
        read_only_trees: Vec::new(),
        tmp_bytes: 1024 * 1024,
        memory_bytes: 64 * 1024 * 1024,
        pids_max: 4,
        nofile_max: 64,
        cpu_millis: None,
        listeners: 1,
    }
}

/// What each absent controller means for the operator.
pub(crate) fn missing_controllers(hierarchies: &Hierarchies) -> Vec<String> {
    let have = [
        ("memory", hierarchies.memory.is_some(), "allocations fail at a limit per process instead"),
        ("pids", hierarchies.pids.is_some(), "processes are counted per user instead"),
        ("cpu", hierarchies.cpu.is_some(), "a function may use every core"),
        (
            "freezer",
            hierarchies.freezer.is_some(),
            "idle functions are stopped with SIGSTOP, which they can see",
        ),
    ];
    have.into_iter()
        .filter(|(_, present, _)| !present)
        .map(|(name, _, instead)| format!("cgroup {name}: {instead}"))
        .collect()
}
