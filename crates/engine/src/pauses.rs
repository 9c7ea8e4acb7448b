//! Which functions' queues are paused, and how their lanes learn that one is not any more.

use lambent_domain::arn::FunctionName;
use std::collections::HashSet;
use tokio::sync::watch;

/// See the module's text. As many names as functions have been paused and not resumed.
#[derive(Debug)]
pub(crate) struct Pauses(watch::Sender<HashSet<FunctionName>>);

impl Pauses {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(HashSet::new()))
    }

    /// Takes over what a function's owner has set.
    pub(crate) fn set(&self, function: &FunctionName, paused: bool) {
        self.0.send_if_modified(
            |names| {
                if paused { names.insert(function.clone()) } else { names.remove(function) }
            },
        );
    }

    pub(crate) fn is_paused(&self, function: &FunctionName) -> bool {
        let names = self.0.borrow();
        !names.is_empty() && names.contains(function)
    }

    /// Waits until the function's queue is not paused; usually it is not.
    pub(crate) async fn resumed(&self, function: &FunctionName) {
        if self.is_paused(function) {
            // Fails only if the sender is gone, which is here.
            let _ = self.0.subscribe().wait_for(|names| !names.contains(function)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_lane_waits_while_its_function_is_paused() {
        let pauses = Pauses::new();
        let [one, other] = ["one", "other"].map(|name| FunctionName::new(name).unwrap());
        pauses.set(&one, true);
        pauses.set(&one, true);
        pauses.resumed(&other).await;
        let waits =
            async |name| tokio::time::timeout(Duration::from_secs(60), pauses.resumed(name)).await.is_err();
        assert!(waits(&one).await);
        // Another one's change wakes nobody.
        pauses.set(&other, true);
        pauses.set(&other, false);
        assert!(waits(&one).await && pauses.is_paused(&one));
        let ((), ()) = tokio::join!(pauses.resumed(&one), async { pauses.set(&one, false) });
        assert!(!pauses.is_paused(&one));
    }
}
