//! What a request needs to be allowed: the action and the resource, as AWS's Service Authorization Reference has them,
//! and what a caller is told who may not.
//!
//! The resource is what the *caller* named, so that asking reveals nothing: whether it exists is looked at afterwards.
//! Only what an operation itself reads makes up its resource; a `Qualifier` that an operation ignores is ignored here
//! too, or it could be used to be judged by another ARN than the one that is acted on.

pub mod actions;
mod authorize;
pub mod denied;
pub mod logs;
pub mod own;
mod refusals;
mod resource;

pub use authorize::Peer;
pub(crate) use authorize::{Asked, Subject};
pub(crate) use refusals::Refusals;
pub(crate) use resource::canonical;
pub use resource::{BodyMember, Resource, function_arn, function_in_body, resource_arn};

#[cfg(test)]
mod tests;
