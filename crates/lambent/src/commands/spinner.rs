//! A line on the terminal that says that something still happens.

use crate::output::Output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(100);

/// The line. It goes away with this value; where nobody looks there is none.
#[derive(Debug)]
pub(super) struct Spinner(ProgressBar);

impl Spinner {
    pub(super) fn new(output: Output, message: impl Into<String>) -> Self {
        if !output.shows_progress() {
            return Self(ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()));
        }
        let bar = ProgressBar::new_spinner().with_message(message.into());
        // Cut where the terminal ends: a line that wraps could not be taken back.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// Says something else.
    pub(super) fn say(&self, message: impl Into<String>) {
        self.0.set_message(message.into());
    }

    /// Runs something that prints, with the line out of its way.
    pub(super) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
