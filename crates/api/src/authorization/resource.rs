//! What a request is about, as far as path and query say.

use lambent_domain::arn::FunctionArn;
use lambent_domain::layer::{LayerArn, LayerName};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::reference::{FunctionReference, REFERENCE_BYTES_MAX};
use lambent_domain::tags::{self, Tagged, TaggedResource};

use super::Subject;
use super::actions::{Target, requirement};
use crate::generated::lambda::operations::Operation;
use crate::naming::Identity;
use crate::route::{Labels, Query};

/// Longest qualifier, and longest name of what is no function; the service model's bounds are no wider.
const NAME_BYTES_MAX: usize = 256;

/// What a request acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    Named(Subject),
    /// A member of the body says.
    InBody(BodyMember),
    /// The durable execution that waits for this callback.
    Callback(String),
    /// What should name it is no name. It is judged as anything at all, and validation refuses it whoever asks.
    Unnamed,
}

/// Which member of the body names the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyMember {
    /// `FunctionName`: the resource is the function, see [`function_in_body`].
    FunctionName,
    /// `CapacityProviderName`.
    CapacityProviderName,
    /// `FunctionName`: the resource is `*`, and the function the condition key `lambda:FunctionArn`.
    MappedFunctionName,
}

/// What `operation` acts on, by the labels of its path and by its query.
pub fn resource_arn(
    operation: Operation,
    identity: &Identity,
    labels: &Labels<'_>,
    query: &Query,
) -> Resource {
    let [first, second, _] = labels;
    let subject = match requirement(operation).target {
        Target::Function => function(identity, first, query.get("Qualifier")),
        Target::FunctionByName => function(identity, first, None),
        Target::WholeFunction => whole_function(identity, first),
        Target::Layer => layer(identity, first, None),
        Target::LayerVersion => number(second).and_then(|number| layer(identity, first, Some(number))),
        Target::LayerVersionByArn => {
            query.get("Arn").and_then(|arn| LayerArn::parse(arn).ok()).map(Subject::Layer)
        }
        Target::EventSourceMapping => ours(identity, "event-source-mapping", first),
        Target::CapacityProvider => named(identity, "capacity-provider", first),
        Target::CodeSigningConfig | Target::DurableExecution => Subject::other(first),
        Target::Tagged => tagged(first),
        Target::Callback => return Resource::Callback(first.to_string()),
        Target::NewFunction => return Resource::InBody(BodyMember::FunctionName),
        Target::NewCapacityProvider => return Resource::InBody(BodyMember::CapacityProviderName),
        Target::NewEventSourceMapping => return Resource::InBody(BodyMember::MappedFunctionName),
        Target::Anything => Some(Subject::Anything),
    };
    subject.map_or(Resource::Unnamed, Resource::Named)
}

/// What a body names, in any of the forms a name may have; for CreateFunction the whole function, for an event source
/// mapping the version or alias as well.
pub fn function_in_body(member: BodyMember, identity: &Identity, name: &str) -> Option<Subject> {
    match member {
        BodyMember::FunctionName => whole_function(identity, name),
        BodyMember::MappedFunctionName => function(identity, name, None),
        BodyMember::CapacityProviderName => named(identity, "capacity-provider", name),
    }
}

/// The ARN of a function, of this server's account and region where the caller did not say.
pub fn function_arn(
    identity: &Identity,
    reference: FunctionReference,
    qualifier: Option<Qualifier>,
) -> FunctionArn {
    let FunctionReference { region, account, name, .. } = reference;
    FunctionArn {
        region: region.unwrap_or_else(|| identity.region.clone()),
        account: account.unwrap_or_else(|| identity.account.clone()),
        name,
        qualifier,
    }
}

fn function(identity: &Identity, name: &str, qualifier: Option<&str>) -> Option<Subject> {
    let mut reference = reference(name)?;
    let suffix = reference.qualifier.take();
    if qualifier.is_some_and(|qualifier| qualifier.len() > NAME_BYTES_MAX) {
        return None;
    }
    let qualifier = qualifier.map(Qualifier::from).or(suffix);
    Some(Subject::Function(function_arn(identity, reference, qualifier)))
}

fn whole_function(identity: &Identity, name: &str) -> Option<Subject> {
    Some(Subject::Function(function_arn(identity, reference(name)?, None)))
}

fn reference(name: &str) -> Option<FunctionReference> {
    if name.len() > REFERENCE_BYTES_MAX { None } else { FunctionReference::parse(name).ok() }
}

/// A layer by its name or its ARN, whose own version counts for nothing, or the given version of it.
fn layer(identity: &Identity, name: &str, version: Option<u64>) -> Option<Subject> {
    let arn = match LayerArn::parse(name) {
        Ok(arn) => LayerArn { version, ..arn },
        Err(_) => identity.layer_arn(LayerName::new(name).ok()?, version),
    };
    Some(Subject::Layer(arn))
}

/// A number as it is printed; paths have no other.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// What has tags. A function's ARN may not have a qualifier there, and is judged as it stands.
fn tagged(arn: &str) -> Option<Subject> {
    let Tagged { region, account, resource } = tags::parse(arn)?;
    match resource {
        TaggedResource::Function(name, qualifier) if arn.len() <= REFERENCE_BYTES_MAX => {
            Some(Subject::Function(FunctionArn { region, account, name, qualifier }))
        }
        TaggedResource::Function(..) => None,
        TaggedResource::EventSourceMapping(_)
        | TaggedResource::CodeSigningConfig(_)
        | TaggedResource::Other => Subject::other(arn),
    }
}

/// A thing that is named by its bare name or by its ARN.
fn named(identity: &Identity, kind: &str, name: &str) -> Option<Subject> {
    Subject::other(name).or_else(|| ours(identity, kind, name))
}

fn ours(identity: &Identity, kind: &str, name: &str) -> Option<Subject> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_name = (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(legal);
    let arn = || format!("arn:aws:lambda:{}:{}:{kind}:{name}", identity.region, identity.account);
    is_name.then(|| Subject::Other(arn()))
}
