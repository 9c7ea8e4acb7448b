//! What the platform itself writes into a function's log.
//!
//! A [`SystemEvent`] becomes a line of text or, with the JSON log format, an object if its
//! level is high enough. Pure: the time is given.

mod event;
mod json;
mod tail;
mod text;

pub use event::{InitPhase, InitializationType, Level, LineFormat, Status, SystemEvent};
pub use tail::Tail;

use lambent_domain::time::Timestamp;

impl SystemEvent<'_> {
    /// The record's message with its newline; `None` if this event leaves no line in this format.
    #[must_use]
    pub fn render(&self, format: LineFormat, at: Timestamp) -> Option<String> {
        match format {
            LineFormat::Text => text::render(self),
            LineFormat::Json { level_min } => (self.level() >= level_min).then(|| json::render(self, at)),
        }
    }
}

#[cfg(test)]
mod tests;
