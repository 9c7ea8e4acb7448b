//! Taking events from the queue and deciding about them: E2, E4, E5.

use super::{End, InDoubt, Model, short};
use lambent_domain::arn::FunctionName;
use lambent_domain::disposition::{Disposition, FailureCondition};
use lambent_domain::event::{Event, EventState};
use lambent_domain::function::Function;
use lambent_domain::request_id::RequestId;
use lambent_domain::retry_policy::RetryPolicy;
use lambent_domain::time::{Clock, Timestamp};
use lambent_store::queue::Settlement;
use std::time::Duration;

impl Model {
    /// The queue hands an event out.
    pub(crate) fn received(&mut self, event: &Event) {
        let id = event.request_id;
        self.note(format_args!("receive {}", short(id)));
        let (latest, steady) = (self.clock.latest(), self.clock.steady());
        let Some(known) = self.events.get_mut(&id) else {
            return self.broken("E1", format_args!("{} was never sent", short(id)));
        };
        let (twice, over, early) = (known.leased, known.end.is_some(), latest < known.ready_at);
        let same = known.attempts == event.attempts.len() && known.sent.payload == event.payload;
        known.leased = true;
        known.seen = true;
        known.ran = None;
        if let Some(since) = self.served.insert(event.function.clone(), steady) {
            self.tally.longest_wait = self.tally.longest_wait.max(steady.saturating_sub(since));
        }
        if twice {
            self.broken("E2", format_args!("{} is handed out twice", short(id)));
        }
        if over {
            self.broken("E2", format_args!("{} is handed out after its end", short(id)));
        }
        if early {
            self.broken("delay", format_args!("{} is handed out before its time", short(id)));
        }
        if !same {
            self.broken("E5", format_args!("{} has another payload or other attempts", short(id)));
        }
    }

    /// Given back as it was.
    pub(crate) fn released(&mut self, id: RequestId) {
        self.note(format_args!("release {}", short(id)));
        if let Some(known) = self.events.get_mut(&id) {
            known.leased = false;
        }
    }

    /// The engine has decided. Returns what the event becomes if the store takes it.
    pub(crate) fn decided(&mut self, event: &Event, settlement: &Settlement) -> InDoubt {
        let id = event.request_id;
        let disposition = settlement.disposition;
        self.note(format_args!("settle {} {disposition:?}", short(id)));
        let function = self.function(&event.function);
        let Some(known) = self.events.get_mut(&id) else {
            self.broken("E1", format_args!("{} is settled, and was never sent", short(id)));
            return InDoubt::Retry(self.clock.latest());
        };
        let (ran, leased) = (known.ran.take(), known.leased);
        if !leased || known.end.is_some() {
            self.broken("E2", format_args!("{} is settled when it is not out", short(id)));
        }
        if let Err(why) = self.judge_decision(function.as_deref(), event, disposition, ran) {
            self.broken("E5", format_args!("{} {disposition:?}: {why}", short(id)));
        }
        let state = match disposition {
            Disposition::RetryAt(at) => {
                self.tally.retries += 1;
                // Or later: a pause is kept by the store's time, which may be ahead of the wall clock.
                let retry = InDoubt::Retry(at);
                self.events.entry(id).and_modify(|known| known.in_doubt.push(retry));
                return retry;
            }
            Disposition::Succeeded => EventState::Succeeded,
            Disposition::Failed(_) => EventState::Failed,
            Disposition::Cancelled => EventState::Cancelled,
        };
        self.judge_records(function.as_deref(), event, settlement);
        let end = InDoubt::End(End {
            state,
            told: settlement.records.len(),
            dead_letter: settlement.dead_letter,
            at: self.clock.steady(),
            durable: false,
        });
        self.events.entry(id).and_modify(|known| known.in_doubt.push(end));
        end
    }

    /// E5 and the rules of both regimes, worked out once more.
    fn judge_decision(
        &self,
        function: Option<&Function>,
        event: &Event,
        disposition: Disposition,
        ran: Option<bool>,
    ) -> Result<(), String> {
        let (now, config) = (self.clock.now(), self.config(function, event.qualifier.as_ref()));
        let runs = u32::try_from(event.attempts.len()).unwrap();
        let most = config.event_age_max;
        let too_late = |at: Timestamp| at.since(event.due_at()) >= most;
        let policy = function.and_then(|function| function.retry_policy.as_ref());
        let runs_max = policy.map_or(config.retry_attempts_max + 1, |policy| policy.maximum_attempts);
        let (shortest, longest) = self.pauses_after(runs, policy);
        let allowed = match (ran, disposition) {
            (Some(true), _) => disposition == Disposition::Succeeded,
            (Some(false), Disposition::Failed(FailureCondition::RetriesExhausted)) => runs >= runs_max,
            (Some(false), Disposition::RetryAt(at)) => {
                runs < runs_max && at >= now.plus(shortest) && at <= now.plus(longest) && !too_late(at)
            }
            (Some(false), Disposition::Failed(FailureCondition::EventAgeExceeded)) => {
                runs < runs_max && too_late(now.plus(longest))
            }
            (None, Disposition::RetryAt(at)) => {
                at > now && at <= now.plus(self.shape.retries.put_back_max) && !too_late(at)
            }
            // To the millisecond.
            (None, Disposition::Failed(FailureCondition::EventAgeExceeded)) => {
                too_late(now.plus(Duration::from_millis(1)))
            }
            (None, Disposition::Failed(FailureCondition::ZeroReservedConcurrency)) => {
                function.is_some_and(|function| function.reserved_concurrency == Some(0))
            }
            (None, Disposition::Cancelled) => function.is_none(),
            (Some(false), Disposition::Succeeded | Disposition::Cancelled | Disposition::Failed(_))
            | (None, Disposition::Succeeded | Disposition::Failed(_)) => false,
        };
        if allowed { Ok(()) } else { Err(format!("ran: {ran:?}, {runs} runs, {config:?}, now {now:?}")) }
    }

    /// How long an event waits after so many runs: at least, at most.
    fn pauses_after(&self, runs: u32, policy: Option<&RetryPolicy>) -> (Duration, Duration) {
        let doubled = 2_u32.saturating_pow(runs.saturating_sub(1));
        let Some(policy) = policy else {
            let pause = self.shape.retries.function_error_base.saturating_mul(doubled);
            return (pause, pause);
        };
        let longest = (policy.initial_seconds * f64::from(doubled)).min(policy.maximum_seconds);
        let shortest = longest * (1.0 - policy.jitter);
        // To the millisecond.
        (Duration::from_secs_f64((shortest - 0.001).max(0.0)), Duration::from_secs_f64(longest + 0.001))
    }

    /// The store has answered for the settlement.
    pub(crate) fn settled(
        &mut self,
        id: RequestId,
        name: &FunctionName,
        what: InDoubt,
        settlement: &Settlement,
    ) {
        let Some(known) = self.events.get_mut(&id) else { return };
        known.leased = false;
        known.in_doubt.retain(|doubt| *doubt != what);
        known.attempts += usize::from(settlement.attempt.is_some());
        match what {
            InDoubt::End(end) => self.ended(id, end),
            InDoubt::Retry(ready_at) => known.ready_at = ready_at,
        }
        self.one_less(name);
        self.note(format_args!("settled {}", short(id)));
    }

    /// An event is over, as far as anybody was told.
    pub(crate) fn ended(&mut self, id: RequestId, end: End) {
        let Some(known) = self.events.get_mut(&id) else { return };
        if let Some(before) = known.end.replace(end) {
            self.broken("E2", format_args!("{} ends twice: {before:?}, {end:?}", short(id)));
        }
        self.undurable.push(id);
        match end.state {
            EventState::Succeeded => self.tally.succeeded += 1,
            EventState::Failed => self.tally.failed += 1,
            EventState::Cancelled => self.tally.cancelled += 1,
            EventState::Queued | EventState::Delayed | EventState::Running => {}
        }
    }
}
