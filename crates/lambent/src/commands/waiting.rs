//! Waiting for the end of an event: the server is asked again and again, and may be away for a while.

use super::event_text::{detail, state_name};
use super::spinner::Spinner;
use super::{Context, End};
use crate::client::{Client, ClientError};
use crate::failure::{Exit, Failure};
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, sleep_until};

/// How long one request waits when somebody looks at the spinner, which is as old as the last answer.
const STEP_WATCHED: Duration = Duration::from_secs(1);
/// How long it waits when nobody does.
const STEP: Duration = Duration::from_secs(30);
/// No two requests follow each other faster, whatever the server does.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a server that has answered may be away, as when it is started anew.
const OUTAGE: Duration = Duration::from_secs(60);

/// Why the waiting is over.
#[derive(Debug)]
pub(super) enum Waited {
    /// Because the event is.
    Settled(Box<EventStatus>),
    /// Because the time is up.
    TimedOut(Option<Box<EventStatus>>),
    /// Because somebody pressed Ctrl-C.
    Interrupted,
}

/// Ctrl-C, which ends the waiting and not the program, from [`CtrlC::listen`] on.
#[derive(Debug)]
pub(super) struct CtrlC(Signal);

impl CtrlC {
    pub(super) fn listen() -> Result<Self, Failure> {
        let listening = signal(SignalKind::interrupt());
        listening.map(Self).map_err(|error| Failure::failed("listen for Ctrl-C", error))
    }

    /// Comes back when it was pressed.
    pub(super) async fn pressed(&mut self) {
        // None would mean that it can't come any more.
        if self.0.recv().await.is_none() {
            std::future::pending().await
        }
    }
}

/// Waits until the event is over, until `deadline`, or for Ctrl-C.
pub(super) async fn settled(
    context: &Context,
    client: &Client,
    ctrl_c: &mut CtrlC,
    id: &str,
    deadline: Option<Instant>,
    title: &str,
) -> Result<Waited, Failure> {
    let spinner = Spinner::new(context.output, title);
    let mut last = None;
    let ended = {
        let polling = poll(context, client, id, title, &spinner, &mut last);
        let time_is_up = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = ctrl_c.pressed() => return Ok(Waited::Interrupted),
            settled = polling => Some(settled?),
            () = time_is_up => None,
        }
    };
    Ok(ended.map_or(Waited::TimedOut(last.map(Box::new)), |settled| Waited::Settled(Box::new(settled))))
}

async fn poll(
    context: &Context,
    client: &Client,
    id: &str,
    title: &str,
    spinner: &Spinner,
    last: &mut Option<EventStatus>,
) -> Result<EventStatus, Failure> {
    let step = if context.output.shows_progress() { STEP_WATCHED } else { STEP };
    let mut seen = Instant::now();
    // The first answer tells at once what there is to show.
    let mut at_most = Duration::ZERO;
    loop {
        let asked = Instant::now();
        match client.event_within(id, at_most).await {
            Ok(status) if status.state.is_settled() => return Ok(status),
            Ok(status) => {
                spinner.say(format!("{title}: {}", progress(&status)));
                *last = Some(status);
                (seen, at_most) = (Instant::now(), step);
            }
            Err(error) if last.is_some() && is_away(&error) && seen.elapsed() < OUTAGE => {
                spinner.say(format!("{title}: the server does not answer, trying again"));
            }
            Err(error) => return Err(failure(&error, id)),
        }
        sleep(PAUSE.saturating_sub(asked.elapsed())).await;
    }
}

/// A refused look at an event.
pub(super) fn failure(error: &ClientError, id: &str) -> Failure {
    let failure = error.failure(format!("look at the event {id}"));
    if error.is_not_found() {
        failure.hint("an event's end is known for events.settled_retention_hours; `lambent events list` shows what is known")
    } else {
        failure
    }
}

fn is_away(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::Unreachable { .. } | ClientError::Broken { .. } | ClientError::TimedOut { .. }
    )
}

fn progress(status: &EventStatus) -> String {
    let detail = detail(status, SystemClock.now());
    format!("{} {detail}", state_name(status.state)).trim_end().to_owned()
}

/// The code for an event that is over; none if it succeeded.
pub(super) fn exit(state: EventState) -> Option<Exit> {
    match state {
        EventState::Succeeded => None,
        EventState::Failed => Some(Exit::EventFailed),
        EventState::Cancelled => Some(Exit::EventCancelled),
        EventState::Queued | EventState::Delayed | EventState::Running => Some(Exit::StillWaiting),
    }
}

/// The worst of several ends.
pub(super) fn worst(exits: impl IntoIterator<Item = Exit>) -> Option<Exit> {
    let badness = |exit: &Exit| match exit {
        Exit::EventFailed => 3,
        Exit::EventCancelled => 2,
        Exit::StillWaiting => 1,
        _ => 0,
    };
    exits.into_iter().max_by_key(badness)
}

/// Leaves an event to itself.
pub(super) fn interrupted(context: &Context, ids: &[&str]) -> End {
    let (goes, ids) = (if ids.len() == 1 { "goes" } else { "go" }, ids.join(" "));
    context
        .output
        .note(&format!("no longer waiting; {ids} {goes} on. `lambent events wait {ids}` waits again"));
    End::Said(Exit::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_end_counts() {
        use EventState::{Cancelled, Delayed, Failed, Succeeded};
        let of = |states: &[EventState]| worst(states.iter().filter_map(|state| exit(*state)));
        assert_eq!(of(&[Succeeded, Succeeded]), None);
        assert_eq!(of(&[Succeeded, Delayed]), Some(Exit::StillWaiting));
        assert_eq!(of(&[Cancelled, Delayed, Succeeded]), Some(Exit::EventCancelled));
        assert_eq!(of(&[Cancelled, Failed, Delayed]), Some(Exit::EventFailed));
        assert_eq!(Exit::EventFailed.code(), 7);
    }
}
