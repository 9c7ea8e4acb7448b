//! Who waits for a place: one line for each kind, in order of arrival.

use super::ledger::Purpose;
use lambent_domain::arn::FunctionName;
use std::collections::{BTreeSet, HashMap};

/// Which line a ticket stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// Waits for one of its function's own places.
    Reserved,
    /// A provisioned environment.
    Provisioned,
    /// An event of a function that runs none.
    FirstEvent,
    /// An event of a function that runs one.
    FurtherEvent,
}

/// See the module's text. Tickets grow, so order of arrival is order of numbers.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    last: u64,
    tickets: HashMap<u64, Ticket>,
    reserved: BTreeSet<u64>,
    provisioned: BTreeSet<u64>,
    first_events: BTreeSet<u64>,
    further_events: BTreeSet<u64>,
}

#[derive(Debug)]
struct Ticket {
    function: FunctionName,
    purpose: Purpose,
    class: Option<Class>,
}

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    /// A new ticket, which is in no line yet.
    pub(super) fn enter(&mut self, function: &FunctionName, purpose: Purpose) -> u64 {
        self.last += 1;
        self.tickets.insert(self.last, Ticket { function: function.clone(), purpose, class: None });
        self.last
    }

    /// Moves a ticket to a line, at its place by arrival.
    pub(super) fn file(&mut self, number: u64, class: Class) {
        let Some(ticket) = self.tickets.get_mut(&number) else { return };
        if let Some(before) = ticket.class.replace(class) {
            self.line_mut(before).remove(&number);
        }
        self.line_mut(class).insert(number);
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<(FunctionName, Purpose)> {
        let ticket = self.tickets.remove(&number)?;
        if let Some(class) = ticket.class {
            self.line_mut(class).remove(&number);
        }
        Some((ticket.function, ticket.purpose))
    }

    pub(super) fn purpose(&self, number: u64) -> Option<Purpose> {
        self.tickets.get(&number).map(|ticket| ticket.purpose)
    }

    pub(super) fn function(&self, number: u64) -> Option<&FunctionName> {
        self.tickets.get(&number).map(|ticket| &ticket.function)
    }

    pub(super) fn first(&self, class: Class) -> Option<u64> {
        self.line(class).first().copied()
    }

    pub(super) fn all(&self, class: Class) -> impl Iterator<Item = u64> {
        self.line(class).iter().copied()
    }

    fn line(&self, class: Class) -> &BTreeSet<u64> {
        match class {
            Class::Reserved => &self.reserved,
            Class::Provisioned => &self.provisioned,
            Class::FirstEvent => &self.first_events,
            Class::FurtherEvent => &self.further_events,
        }
    }

    fn line_mut(&mut self, class: Class) -> &mut BTreeSet<u64> {
        match class {
            Class::Reserved => &mut self.reserved,
            Class::Provisioned => &mut self.provisioned,
            Class::FirstEvent => &mut self.first_events,
            Class::FurtherEvent => &mut self.further_events,
        }
    }
}
