//! Every task has an owner: a [`Tasks`] that can tell it to stop and wait until it has.

use std::future::Future;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A group of tasks that stop together.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// An empty group.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A group that stops when this one does, and may stop alone. Its tasks are its own to wait for.
    #[must_use]
    pub fn child(&self) -> Self {
        Self { tracker: TaskTracker::new(), stop: self.stop.child_token() }
    }

    /// Starts a task that ends by itself, soon, or watches [`Tasks::stopping`].
    #[expect(clippy::disallowed_methods, reason = "this is the owner that the rule asks for")]
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(self.tracker.track_future(task));
    }

    /// Starts a task that is dropped at its next await point when the group stops.
    pub fn spawn_until_stopped<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop.clone();
        self.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = task => {}
            }
        });
    }

    /// Resolves when the group is told to stop.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Tells every task to stop; does not wait.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until every task has ended, at most this long; says whether they all did.
    pub async fn finished(&self, at_most: Duration) -> bool {
        self.tracker.close();
        tokio::time::timeout(at_most, self.tracker.wait()).await.is_ok()
    }

    /// How many run now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tracker.len()
    }

    /// Whether none runs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tracker.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stopped_group_ends_its_tasks_and_its_childrens() {
        let parent = Tasks::new();
        let child = parent.child();
        child.spawn_until_stopped(std::future::pending());
        parent.spawn_until_stopped(std::future::pending());
        parent.stop();
        assert!(parent.finished(Duration::from_secs(5)).await);
        assert!(child.finished(Duration::from_secs(5)).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_end_is_reported() {
        let tasks = Tasks::new();
        tasks.spawn(std::future::pending());
        tasks.stop();
        assert!(!tasks.finished(Duration::from_secs(1)).await);
        assert_eq!(tasks.len(), 1);
    }
}
