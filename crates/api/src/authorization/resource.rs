//! The ARN that a request is about, as far as path and query say.

use lambent_domain::arn::FunctionArn;
use lambent_domain::qualifier::Qualifier;
use lambent_domain::reference::FunctionReference;

use super::actions::{Target, requirement};
use crate::generated::lambda::operations::Operation;
use crate::naming::Identity;
use crate::route::{Labels, Query};

/// What a request acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    Arn(String),
    /// `*`.
    Anything,
    /// A member of the body says.
    InBody(BodyMember),
    /// The durable execution that waits for this callback.
    Callback(String),
    /// What should name it is no name, which validation will say.
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
    let arn = match requirement(operation).target {
        Target::Function => function(identity, first, query.get("Qualifier")),
        Target::FunctionByName => function(identity, first, None),
        Target::WholeFunction => whole_function(identity, first),
        Target::Layer => Some(layer(identity, first)),
        Target::LayerVersion => Some(format!("{}:{second}", layer(identity, first))),
        Target::LayerVersionByArn => query.get("Arn").and_then(by_arn),
        Target::EventSourceMapping => Some(ours(identity, "event-source-mapping", first)),
        Target::CapacityProvider => Some(named(identity, "capacity-provider", first)),
        Target::CodeSigningConfig | Target::DurableExecution | Target::ByArn => by_arn(first),
        Target::Callback => return Resource::Callback(first.to_string()),
        Target::NewFunction => return Resource::InBody(BodyMember::FunctionName),
        Target::NewCapacityProvider => return Resource::InBody(BodyMember::CapacityProviderName),
        Target::NewEventSourceMapping => return Resource::InBody(BodyMember::MappedFunctionName),
        Target::Anything => return Resource::Anything,
    };
    arn.map_or(Resource::Unnamed, Resource::Arn)
}

/// The ARN of the function that a body names, in any of the forms a name may have; for CreateFunction the whole
/// function, for an event source mapping the version or alias as well.
pub fn function_in_body(member: BodyMember, identity: &Identity, name: &str) -> Option<String> {
    match member {
        BodyMember::FunctionName => whole_function(identity, name),
        BodyMember::MappedFunctionName => function(identity, name, None),
        BodyMember::CapacityProviderName => Some(named(identity, "capacity-provider", name)),
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

fn function(identity: &Identity, name: &str, qualifier: Option<&str>) -> Option<String> {
    let mut reference = FunctionReference::parse(name).ok()?;
    let suffix = reference.qualifier.take();
    let qualifier = qualifier.map(Qualifier::from).or(suffix);
    Some(function_arn(identity, reference, qualifier).to_string())
}

fn whole_function(identity: &Identity, name: &str) -> Option<String> {
    Some(function_arn(identity, FunctionReference::parse(name).ok()?, None).to_string())
}

fn layer(identity: &Identity, name: &str) -> String {
    named(identity, "layer", name)
}

/// A thing that is named by its bare name or by its ARN.
fn named(identity: &Identity, kind: &str, name: &str) -> String {
    by_arn(name).unwrap_or_else(|| ours(identity, kind, name))
}

fn ours(identity: &Identity, kind: &str, name: &str) -> String {
    format!("arn:aws:lambda:{}:{}:{kind}:{name}", identity.region, identity.account)
}

fn by_arn(text: &str) -> Option<String> {
    text.starts_with("arn:").then(|| text.to_owned())
}
