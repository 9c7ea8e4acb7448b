//! The ledger against a plain model: whatever comes in whatever order, nobody has too much, and nobody who could have a
//! place waits for it.

use super::*;
use proptest::prelude::*;

const FUNCTIONS: [&str; 4] = ["a", "b", "c", "d"];

fn name(index: usize) -> FunctionName {
    FunctionName::new(FUNCTIONS[index]).unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    Call(usize),
    Event(usize),
    Provision(usize),
    Leave(prop::sample::Index),
    Release(prop::sample::Index),
    BeginProvisioned(usize),
    EndProvisioned(prop::sample::Index),
    Reserve(usize, Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let function = 0..FUNCTIONS.len();
    prop_oneof![
        4 => function.clone().prop_map(Step::Call),
        4 => function.clone().prop_map(Step::Event),
        2 => function.clone().prop_map(Step::Provision),
        1 => any::<prop::sample::Index>().prop_map(Step::Leave),
        6 => any::<prop::sample::Index>().prop_map(Step::Release),
        2 => function.clone().prop_map(Step::BeginProvisioned),
        2 => any::<prop::sample::Index>().prop_map(Step::EndProvisioned),
        2 => (function, proptest::option::of(0_usize..8)).prop_map(|(f, r)| Step::Reserve(f, r)),
    ]
}

/// What was given out, and what waits.
#[derive(Default)]
struct Model {
    held: Vec<(FunctionName, Taken)>,
    busy: Vec<FunctionName>,
    waiting: Vec<(u64, FunctionName, Purpose)>,
    reservations: HashMap<FunctionName, usize>,
}

impl Model {
    fn runs(&self, function: &FunctionName) -> usize {
        let held =
            self.held.iter().filter(|(of, taken)| of == function && taken.purpose != Purpose::Provisioned);
        held.count() + self.busy.iter().filter(|of| *of == function).count()
    }

    fn take_in(&mut self, grants: Vec<Grant>) {
        for (ticket, function, taken) in grants {
            let at = self.waiting.iter().position(|(waiting, _, _)| *waiting == ticket).expect("it waited");
            let (_, waiter, purpose) = self.waiting.remove(at);
            assert_eq!((waiter, purpose), (function.clone(), taken.purpose));
            self.check_started(&function);
            self.held.push((function, taken));
        }
    }

    /// A run that starts finds fewer than the reservation.
    fn check_started(&self, function: &FunctionName) {
        if let Some(most) = self.reservations.get(function) {
            assert!(self.runs(function) < *most, "{function} runs {} of {most}", self.runs(function));
        }
    }

    fn apply(&mut self, ledger: &mut Ledger, step: &Step) {
        match step {
            Step::Call(function) => {
                if let Ok(taken) = ledger.take(&name(*function), Purpose::Call) {
                    self.check_started(&name(*function));
                    self.held.push((name(*function), taken));
                }
            }
            Step::Event(function) => self.enter(ledger, *function, Purpose::Event),
            Step::Provision(function) => self.enter(ledger, *function, Purpose::Provisioned),
            Step::Leave(which) if !self.waiting.is_empty() => {
                let (ticket, _, _) = self.waiting.remove(which.index(self.waiting.len()));
                ledger.leave(ticket);
            }
            Step::Release(which) if !self.held.is_empty() => {
                let at = which.index(self.held.len());
                let (function, taken) = self.held[at].clone();
                let provisioned = self
                    .held
                    .iter()
                    .filter(|held| held.0 == function && held.1.purpose == Purpose::Provisioned);
                let busy = self.busy.iter().filter(|of| **of == function).count();
                // An environment that ends is not at work.
                if taken.purpose == Purpose::Provisioned && provisioned.count() <= busy {
                    return;
                }
                drop(self.held.remove(at));
                let grants = ledger.release(&function, taken);
                self.take_in(grants);
            }
            Step::BeginProvisioned(function) => {
                let function = name(*function);
                let kept = self
                    .held
                    .iter()
                    .filter(|held| held.0 == function && held.1.purpose == Purpose::Provisioned);
                let busy = self.busy.iter().filter(|of| **of == function).count();
                if busy < kept.count() && ledger.begin_provisioned(&function).is_ok() {
                    self.check_started(&function);
                    self.busy.push(function);
                }
            }
            Step::EndProvisioned(which) if !self.busy.is_empty() => {
                let function = self.busy.remove(which.index(self.busy.len()));
                ledger.end_provisioned(&function);
            }
            Step::Reserve(function, reservation) => {
                match reservation {
                    Some(most) => self.reservations.insert(name(*function), *most),
                    None => self.reservations.remove(&name(*function)),
                };
                let grants = ledger.reserve(&name(*function), *reservation);
                self.take_in(grants);
            }
            Step::Leave(_) | Step::Release(_) | Step::EndProvisioned(_) => {}
        }
    }

    fn enter(&mut self, ledger: &mut Ledger, function: usize, purpose: Purpose) {
        let function = name(function);
        match ledger.take(&function, purpose) {
            Ok(taken) => {
                if purpose == Purpose::Event {
                    self.check_started(&function);
                }
                self.held.push((function, taken));
            }
            Err(_) => {
                let ticket = ledger.wait(&function, purpose);
                self.waiting.push((ticket, function, purpose));
            }
        }
    }
}

proptest! {
    /// C1, over any history.
    #[test]
    fn nobody_ever_has_too_much_and_nobody_waits_for_what_is_free(
        limit in 2_usize..20, steps in proptest::collection::vec(step(), 1..120)
    ) {
        let mut ledger = Ledger::new(limit);
        let mut model = Model::default();
        for step in &steps {
            model.apply(&mut ledger, step);
            prop_assert!(model.held.len() <= limit, "{} of {limit} places", model.held.len());
            let runs: usize = (0..FUNCTIONS.len()).map(|function| model.runs(&name(function))).sum();
            prop_assert!(runs <= limit);
            prop_assert_eq!((ledger.taken, ledger.running(), ledger.busy()), (model.held.len(), runs, model.busy.len()));
            for (_, function, purpose) in &model.waiting {
                let taken = ledger.take(function, *purpose);
                prop_assert!(taken.is_err(), "{} waits for a place that is free", function);
            }
        }
        // Everything goes: nothing is left in the books but the reservations.
        while let Some((ticket, _, _)) = model.waiting.pop() {
            ledger.leave(ticket);
        }
        for function in model.busy.drain(..) {
            ledger.end_provisioned(&function);
        }
        for (function, taken) in model.held.drain(..) {
            prop_assert!(ledger.release(&function, taken).is_empty());
        }
        prop_assert_eq!((ledger.taken, ledger.provisioned, ledger.shared), (0, 0, Use::default()));
        prop_assert_eq!(ledger.functions.len(), model.reservations.len());
    }

    /// What is promised to one function cannot be taken by the others.
    #[test]
    fn a_reservation_is_there_whatever_the_others_do(
        reservation in 1_usize..6, steps in proptest::collection::vec(step(), 1..80)
    ) {
        let mut ledger = Ledger::new(20);
        let mut model = Model::default();
        let _ = ledger.reserve(&name(0), Some(reservation));
        for step in &steps {
            let others = match step {
                Step::Call(f) | Step::Event(f) | Step::Provision(f) | Step::BeginProvisioned(f) => *f != 0,
                Step::Reserve(..) => false,
                Step::Leave(_) | Step::Release(_) | Step::EndProvisioned(_) => true,
            };
            if others {
                model.apply(&mut ledger, step);
            }
        }
        for place in 0..reservation {
            prop_assert!(ledger.take(&name(0), Purpose::Call).is_ok(), "place {place} of {reservation}");
        }
        prop_assert_eq!(ledger.take(&name(0), Purpose::Call), Err(NoPlace::Reserved));
    }
}

#[test]
fn a_reservation_made_while_all_places_are_taken_is_served_first() {
    let mut ledger = Ledger::new(4);
    let others: Vec<Taken> = (0..4).map(|_| ledger.take(&name(1), Purpose::Call).unwrap()).collect();
    assert!(ledger.reserve(&name(0), Some(2)).is_empty());
    assert_eq!(ledger.take(&name(0), Purpose::Call), Err(NoPlace::Shared), "no place is taken away");
    let (reserved, shared) = (ledger.wait(&name(0), Purpose::Event), ledger.wait(&name(2), Purpose::Event));
    let mut granted = Vec::new();
    for taken in others {
        granted.extend(ledger.release(&name(1), taken).into_iter().map(|(ticket, _, _)| ticket));
    }
    assert_eq!(granted, [reserved, shared]);
}

#[test]
fn a_function_whose_last_run_ends_waits_as_one_that_runs_none() {
    let mut ledger = Ledger::new(20);
    let quiet = ledger.take(&name(0), Purpose::Event).unwrap();
    let mut slow = Vec::new();
    while let Ok(taken) = ledger.take(&name(1), Purpose::Event) {
        slow.push(taken);
    }
    let ticket = ledger.wait(&name(0), Purpose::Event);
    // Its second event could not have a place; as a first one it can.
    let grants = ledger.release(&name(0), quiet);
    assert_eq!(grants.iter().map(|(ticket, _, _)| *ticket).collect::<Vec<_>>(), [ticket]);
}

#[test]
fn provisioned_environments_leave_places_to_share() {
    let mut ledger = Ledger::new(10);
    let kept = (0..10).filter(|_| ledger.take(&name(0), Purpose::Provisioned).is_ok()).count();
    assert_eq!(kept, 8);
    assert!(ledger.take(&name(1), Purpose::Event).is_ok());
    assert!(ledger.take(&name(1), Purpose::Call).is_ok());
    assert_eq!(ledger.take(&name(1), Purpose::Call), Err(NoPlace::Shared));
    assert_eq!((ledger.running(), ledger.busy()), (2, 0));
}
