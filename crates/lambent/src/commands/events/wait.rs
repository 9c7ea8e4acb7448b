//! `lambent events wait`: one line for each event, and an exit code for all.

use super::super::event_text::{detail, state_name};
use super::super::keys::json;
use super::super::waiting::{self, CtrlC, Waited};
use super::super::{Context, End};
use crate::cli::Format;
use crate::cli::events::WaitArgs;
use crate::failure::Exit;
use lambent_domain::event::EventStatus;
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use tokio::time::Instant;

pub(super) async fn run(context: &Context, args: &WaitArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let deadline = args.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut ctrl_c = CtrlC::listen()?;
    let as_lines = args.format.format() == Format::Table;
    let (mut ends, mut exits) = (Vec::new(), Vec::new());
    for (index, id) in args.ids.iter().enumerate() {
        let title = match args.ids.len() {
            1 => format!("event {id}"),
            all => format!("event {id} ({} of {all})", index.saturating_add(1)),
        };
        let event = match waiting::settled(context, &client, &mut ctrl_c, id, deadline, &title).await? {
            Waited::Settled(event) => event,
            Waited::TimedOut(Some(event)) => event,
            Waited::TimedOut(None) => {
                context.output.note(&format!("the time was up before the server told anything of {id}"));
                exits.push(Exit::StillWaiting);
                continue;
            }
            Waited::Interrupted => {
                let rest: Vec<&str> = args.ids.iter().skip(index).map(String::as_str).collect();
                return Err(waiting::interrupted(context, &rest));
            }
        };
        exits.extend(waiting::exit(event.state));
        if as_lines {
            context.output.line(&line(&event))?;
        } else {
            ends.push(*event);
        }
    }
    if !as_lines {
        context.output.data(json(&ends)?.as_bytes())?;
    }
    waiting::worst(exits).map_or(Ok(()), |exit| Err(End::Said(exit)))
}

fn line(event: &EventStatus) -> String {
    let detail = detail(event, SystemClock.now());
    format!("{}  {}  {detail}", event.request_id, state_name(event.state)).trim_end().to_owned()
}
