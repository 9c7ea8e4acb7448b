//! What a request needs to be allowed: the action and the resource, as AWS's Service Authorization Reference has them,
//! and what a caller is told who may not.
//!
//! The resource is what the *caller* named, so that asking reveals nothing: whether it exists is looked at afterwards.
//! Only what an operation itself reads makes up its resource; a `Qualifier` that an operation ignores is ignored here
//! too, or it could be used to be judged by another ARN than the one that is acted on.
//!
//! What is judged where, each before its handler and on every way in:
//!
//! - Lambda's control plane in `control::authorize`: the action and the [`Target`](actions::Target) of each operation are
//!   the table in [`actions`], [`resource_arn`] reads the [`Subject`] with the handlers' own parsers, and the condition
//!   keys of the body are read there. What no parser reads is judged as `*`, and refused by validation whoever asks.
//! - Invocations in `invoke::invoke`, by the target that is invoked.
//! - CloudWatch Logs in `logs::answer`, by the request that was read and is then answered, and by the log group that it
//!   means; see [`logs`].
//! - Lambent's own API in `own::handle`; see [`own`].
//!
//! What callers say is bounded in [`Context`](lambent_domain::policy::Context): what is too long or ambiguous makes no
//! `Allow` apply and keeps no `Deny` from applying. The identity policies are the caller's, by its key or by its role at
//! that moment; the resource's policy is that of the subject, if it is of this account and region.

pub mod actions;
pub(crate) mod audit;
mod authorize;
pub mod denied;
pub mod logs;
pub mod own;
mod refusals;
mod resource;
mod subject;

pub use audit::TRAIL;
pub(crate) use authorize::Asked;
pub use authorize::Peer;
pub(crate) use refusals::Refusals;
pub use resource::{BodyMember, Resource, function_arn, function_in_body, resource_arn};
pub use subject::Subject;

#[cfg(test)]
mod tests;
