//! `lambent events …`: what became of events, and what can be done to them.

mod act;
mod list;
mod queue;
mod redrive;
mod send;
mod show;
mod wait;

use super::{Context, End};
use crate::cli::events::EventsCommand;
use crate::failure::{Exit, Failure};

pub(super) async fn run(context: &Context, command: EventsCommand) -> Result<(), End> {
    match command {
        EventsCommand::List(args) => list::run(context, &args).await,
        EventsCommand::Show(args) => show::run(context, &args).await,
        EventsCommand::Wait(args) => wait::run(context, &args).await,
        EventsCommand::Cancel(args) => act::cancel(context, &args).await,
        EventsCommand::Redrive(args) => redrive::run(context, &args).await,
        EventsCommand::Purge(args) => queue::purge(context, &args).await,
        EventsCommand::Pause(args) => queue::set_paused(context, &args, true).await,
        EventsCommand::Resume(args) => queue::set_paused(context, &args, false).await,
        EventsCommand::Stats(args) => queue::stats(context, &args).await,
        EventsCommand::Send(args) => send::run(context, &args).await,
    }
}

/// Goes on only if it was agreed to: by `--yes`, or by the person at the terminal.
fn agree(context: &Context, yes: bool, doing: &str, question: &str) -> Result<(), End> {
    if yes {
        return Ok(());
    }
    match context.output.ask(question) {
        Some(true) => Ok(()),
        Some(false) => {
            context.output.note("nothing was done");
            Err(End::Said(Exit::Failed))
        }
        None => Err(Failure::new(Exit::Usage, doing, "nobody can be asked whether it is meant")
            .hint("--yes says that it is")
            .into()),
    }
}

/// A number of things, in words.
fn count(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_is_no_plural() {
        assert_eq!(
            [0, 1, 2].map(|number| super::count(number, "event")),
            ["0 events", "1 event", "2 events"]
        );
    }
}
