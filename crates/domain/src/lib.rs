//! Lambent's words and its decisions.
//!
//! Everything here is a value or a pure function: no I/O, no async, no clock and no randomness. Code that
//! depends on the time takes `now`; code that depends on chance takes the random number. So every rule of AWS
//! Lambda that Lambent keeps can be tested as a table.

pub mod arn;
pub mod attempt;
pub mod configuration;
pub mod crowding;
pub mod delivery;
pub mod disposition;
pub mod event;
pub mod event_invoke;
pub mod function;
pub mod invocation;
pub mod invocation_record;
pub mod layer;
pub mod limits;
pub mod lineage;
pub mod outcome;
pub mod policy;
pub mod qualifier;
pub mod record;
pub mod reference;
pub mod request_id;
pub mod retry_policy;
pub mod runtime;
pub mod tags;
pub mod tenant;
pub mod time;
