//! The ARN that a request is about, as far as path and query say.
//!
//! It is written in one form, however the caller wrote it: a policy that denies something must not be passed by with
//! another partition, a version of a layer with a zero in front, or anything else that the handlers read as the same.

use lambent_domain::arn::FunctionArn;
use lambent_domain::layer::LayerArn;
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
        Target::LayerVersion => Some(format!("{}:{}", layer(identity, first), whole(second))),
        Target::LayerVersionByArn => query.get("Arn").and_then(canonical),
        Target::EventSourceMapping => Some(ours(identity, "event-source-mapping", first)),
        Target::CapacityProvider => Some(named(identity, "capacity-provider", first)),
        Target::CodeSigningConfig | Target::DurableExecution | Target::ByArn => canonical(first),
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

/// The layer as such, even where its ARN goes on with a version.
fn layer(identity: &Identity, name: &str) -> String {
    match LayerArn::parse(name) {
        Ok(arn) => LayerArn { version: None, ..arn }.to_string(),
        Err(_) => named(identity, "layer", name),
    }
}

/// A number as it is printed, which `03` and `+3` are not; what is no number is left as it is.
fn whole(text: &str) -> String {
    text.parse::<i64>().map_or_else(|_| text.to_owned(), |number| number.to_string())
}

/// A thing that is named by its bare name or by its ARN.
fn named(identity: &Identity, kind: &str, name: &str) -> String {
    canonical(name).unwrap_or_else(|| ours(identity, kind, name))
}

fn ours(identity: &Identity, kind: &str, name: &str) -> String {
    format!("arn:aws:lambda:{}:{}:{kind}:{name}", identity.region, identity.account)
}

/// The one form of an ARN of Lambda's; `None` for what is no ARN.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let rest = text.strip_prefix("arn:")?;
    if let Ok(arn) = LayerArn::parse(text) {
        return Some(arn.to_string());
    }
    // Whatever the partition is called, it is this server.
    let (_, behind) = rest.split_once(':')?;
    let arn = format!("arn:aws:{behind}");
    match (arn.split(':').nth(5), FunctionReference::parse(&arn)) {
        (
            Some("function"),
            Ok(FunctionReference { region: Some(region), account: Some(account), name, qualifier }),
        ) => Some(FunctionArn { region, account, name, qualifier }.to_string()),
        _ => Some(arn),
    }
}
