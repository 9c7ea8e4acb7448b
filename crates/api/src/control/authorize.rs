//! Whether the caller may do what an operation of the control plane does: the action, the resource as the caller named it,
//! and what of the body policies know as condition keys.

use std::collections::BTreeMap;

use bytes::Bytes;
use lambent_domain::arn::FunctionArn;
use lambent_domain::layer::{LAYERS_MAX, LayerArn};
use lambent_domain::policy::Context;
use lambent_domain::reference::FunctionReference;
use serde::Deserialize;

use super::read_body;
use crate::authenticate::AT_ONCE_BYTES_MAX;
use crate::authorization::actions::requirement;
use crate::authorization::{Asked, BodyMember, Resource, Subject, function_in_body, resource_arn};
use crate::error::ApiError;
use crate::generated::lambda::operations::Operation;
use crate::generated::lambda::shapes::{DestinationConfig, EventSourceMappingConfiguration};
use crate::naming::Identity;
use crate::route::{Labels, Query};

/// What a caller must be allowed to do to a function that it has outcomes sent to: AWS asks that of the execution role.
const INVOKE: &str = "lambda:InvokeFunction";

/// What of a body matters to policies, whatever operation it is of. A member is of the model's type wherever the model has
/// it, so that a body which cannot be read here cannot be read by its handler either.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Said {
    function_name: Option<String>,
    capacity_provider_name: Option<String>,
    principal: Option<String>,
    function_url_auth_type: Option<String>,
    auth_type: Option<String>,
    layers: Option<Vec<String>>,
    code_signing_config_arn: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    destination_config: Option<DestinationConfig>,
    vpc_config: Option<SaidOfVpc>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SaidOfVpc {
    subnet_ids: Option<Vec<String>>,
    security_group_ids: Option<Vec<String>>,
}

/// Refuses what the caller may not do. It comes before the handler, so that no handler can forget it.
pub(crate) async fn authorize(
    asked: &Asked<'_>,
    operation: Operation,
    labels: &Labels<'_>,
    query: &Query,
    body: &Bytes,
) -> Result<(), ApiError> {
    let identity = &asked.state.identity;
    let resource = resource_arn(operation, identity, labels, query);
    let named = match &resource {
        Resource::Named(subject) => subject.clone(),
        // What cannot be named is judged as anything at all; validation will say what is wrong with it.
        Resource::InBody(_) | Resource::Callback(_) | Resource::Unnamed => Subject::Anything,
    };
    let mut question = asked.about(named);
    let names_destinations = matches!(
        operation,
        Operation::PutFunctionEventInvokeConfig | Operation::UpdateFunctionEventInvokeConfig
    );
    // Most callers may do everything, and for them a large body need not be read once more.
    if !question.is_open() && !names_destinations {
        return Ok(());
    }
    let said = read(body).await?;
    if let Resource::InBody(member @ (BodyMember::FunctionName | BodyMember::CapacityProviderName)) = resource
    {
        question = asked.about(said.names(member, identity).unwrap_or(Subject::Anything));
    }
    let layers = said.layers()?;
    let action = requirement(operation).action;
    for mapped in mapped(asked, operation, labels, &said)? {
        question.decide(action, |context| {
            said.tell(context);
            if let Some(layers) = &layers {
                context.set_all("lambda:Layer", layers.iter().map(Subject::to_string));
            }
            if let Some(function) = mapped {
                context.set("lambda:FunctionArn", function);
            }
            let mut keys = query.all("tagKeys").peekable();
            if keys.peek().is_some() {
                context.set_all("aws:TagKeys", keys);
            }
        })?;
    }
    if names_destinations {
        said.destinations().try_for_each(|function| asked.authorize(INVOKE, function))?;
    }
    // Whoever puts a layer into a function can read it there.
    let action = requirement(Operation::GetLayerVersion).action;
    layers.into_iter().flatten().try_for_each(|layer| asked.authorize(action, layer))
}

/// Reads a body here if it is small, and where it may take its time if it is not.
async fn read(body: &Bytes) -> Result<Said, ApiError> {
    if body.len() <= AT_ONCE_BYTES_MAX {
        return read_body(body);
    }
    let body = body.clone();
    super::blocking(move || read_body(&body)).await
}

/// The functions of an event source mapping: the one it has and the one it is to have, each of which has to be allowed.
/// Whatever is no operation on a mapping is judged once, without one.
fn mapped(
    asked: &Asked<'_>,
    operation: Operation,
    labels: &Labels<'_>,
    said: &Said,
) -> Result<Vec<Option<String>>, ApiError> {
    let [uuid, ..] = labels;
    let stored = || -> Result<Option<String>, ApiError> {
        let Some(record) = asked.state.resources.event_source_mappings.find(uuid) else { return Ok(None) };
        let kept: EventSourceMappingConfiguration =
            serde_json::from_str(&record.document).map_err(ApiError::internal)?;
        Ok(kept.function_arn)
    };
    let named = || {
        let subject = said.names(BodyMember::MappedFunctionName, &asked.state.identity);
        subject.map(|subject| subject.to_string())
    };
    Ok(match operation {
        Operation::CreateEventSourceMapping => vec![named()],
        Operation::GetEventSourceMapping | Operation::DeleteEventSourceMapping => vec![stored()?],
        Operation::UpdateEventSourceMapping if said.function_name.is_some() => vec![stored()?, named()],
        Operation::UpdateEventSourceMapping => vec![stored()?],
        _ => vec![None],
    })
}

impl Said {
    /// What one of the members names.
    fn names(&self, member: BodyMember, identity: &Identity) -> Option<Subject> {
        let name = match member {
            BodyMember::FunctionName | BodyMember::MappedFunctionName => &self.function_name,
            BodyMember::CapacityProviderName => &self.capacity_provider_name,
        };
        function_in_body(member, identity, name.as_deref()?)
    }

    /// The layers that a function is to have, in the form that they are judged by.
    fn layers(&self) -> Result<Option<Vec<Subject>>, ApiError> {
        let Some(layers) = &self.layers else { return Ok(None) };
        if layers.len() > LAYERS_MAX {
            return Err(ApiError::invalid_parameter(format!(
                "Cannot reference more than {LAYERS_MAX} layers."
            )));
        }
        let subject = |layer: &String| LayerArn::parse(layer).map_or(Subject::Anything, Subject::Layer);
        Ok(Some(layers.iter().map(subject).collect()))
    }

    /// The functions that outcomes are to be sent to. Whatever else is named there is none that can be invoked.
    fn destinations(&self) -> impl Iterator<Item = Subject> {
        let config = self.destination_config.as_ref();
        let on_failure = config.and_then(|config| config.on_failure.as_ref()?.destination.as_deref());
        let on_success = config.and_then(|config| config.on_success.as_ref()?.destination.as_deref());
        [on_failure, on_success].into_iter().flatten().filter_map(|destination| {
            let named = FunctionReference::parse(destination).ok()?;
            let (region, account) = (named.region?, named.account?);
            let (name, qualifier) = (named.name, named.qualifier);
            Some(Subject::Function(FunctionArn { region, account, name, qualifier }))
        })
    }

    fn tell<'a>(&'a self, context: &mut Context<'a>) {
        let one = [
            ("lambda:Principal", &self.principal),
            (
                "lambda:FunctionUrlAuthType",
                if self.auth_type.is_some() { &self.auth_type } else { &self.function_url_auth_type },
            ),
            ("lambda:CodeSigningConfigArn", &self.code_signing_config_arn),
        ];
        for (key, value) in one {
            if let Some(value) = value {
                context.set(key, value.as_str());
            }
        }
        let vpc = self.vpc_config.as_ref();
        let several = [
            ("lambda:SubnetIds", vpc.and_then(|vpc| vpc.subnet_ids.as_ref())),
            ("lambda:SecurityGroupIds", vpc.and_then(|vpc| vpc.security_group_ids.as_ref())),
        ];
        for (key, values) in several {
            if let Some(values) = values {
                context.set_all(key, values.iter().map(String::as_str));
            }
        }
        if let Some(tags) = &self.tags {
            context.set_request_tags(tags.iter().map(|(key, value)| (key.as_str(), value.as_str())));
            context.set_all("aws:TagKeys", tags.keys().map(String::as_str));
        }
    }
}
