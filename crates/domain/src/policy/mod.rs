//! Who may do what: IAM's policies, read once and evaluated as a pure function.
//!
//! A [`Policy`] is parsed from IAM's JSON and compiled, so that [`decide`], which is on the path of every invocation,
//! only compares. What was written is kept beside what was compiled: members keep their order and a single value stays
//! a single value, because a caller who asks for a policy must get the text AWS would return.
//!
//! The rules, in the order [`decide`] keeps them:
//!
//! 1. A statement with `Deny` that applies ends the matter.
//! 2. Within one account, either an identity policy or the resource's policy must allow. Between accounts both must.
//! 3. A resource's policy that names an *account* hands the question to that account's identity policies; one that
//!    names a user, a role or everybody answers it.
//! 4. Nothing is allowed that no statement allows, except to the owner of the resource's account.
//! 5. What a caller says at such length, or so ambiguously, that it is not judged, makes no `Allow` apply and keeps no
//!    `Deny` from applying.

mod address;
mod arn_pattern;
mod attached;
mod clause;
mod condition;
mod context;
mod date;
mod decision;
mod document;
pub mod harness;
mod json;
mod malformed;
mod operator;
mod pattern;
pub mod permission;
mod principal;
mod principal_clause;
mod statement;
mod tag_set;
mod template;
mod verdict;

pub use attached::ResourcePolicy;
pub use context::Context;
pub use decision::{AccessRequest, Decision, PolicyKind, decide};
pub use document::Policy;
pub use malformed::{Fault, MalformedPolicy};
pub use principal::Principal;

/// Longest policy of a function or a layer version, in bytes (facts: async-invocation §2).
pub const RESOURCE_POLICY_BYTES_MAX: usize = 20_480;
/// Most statements in one policy.
pub const STATEMENTS_MAX: usize = 512;
/// Most values in one list of a policy: actions, resources, principals, values of a condition.
pub const VALUES_MAX: usize = 1_024;
/// How deep arrays and objects of a policy may nest. A condition's list of values is the sixth level.
pub const NESTING_MAX: usize = 8;

#[cfg(test)]
mod tests;
