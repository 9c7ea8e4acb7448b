//! Whether the caller may do what an operation of the control plane does: the action, the resource as the caller named it,
//! and what of the body policies know as condition keys.

use std::collections::BTreeMap;

use lambent_domain::policy::Context;
use serde::Deserialize;

use super::read_body;
use crate::authorization::actions::requirement;
use crate::authorization::{Asked, BodyMember, Resource, Subject, canonical, function_in_body, resource_arn};
use crate::error::ApiError;
use crate::generated::lambda::operations::Operation;
use crate::route::{Labels, Query};

/// The resource of an action on nothing in particular.
const ANYTHING: &str = "*";

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
    vpc_config: Option<SaidOfVpc>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SaidOfVpc {
    subnet_ids: Option<Vec<String>>,
    security_group_ids: Option<Vec<String>>,
}

/// Refuses what the caller may not do. It comes before the handler, so that no handler can forget it.
pub(crate) fn authorize(
    asked: &Asked<'_>,
    operation: Operation,
    labels: &Labels<'_>,
    query: &Query,
    body: &[u8],
) -> Result<(), ApiError> {
    let identity = &asked.state.identity;
    let resource = resource_arn(operation, identity, labels, query);
    // Most callers may do everything, and for them a large body need not be read once more.
    let arn = if let Resource::Arn(arn) = &resource { arn } else { ANYTHING };
    if !asked.is_to_be_decided(Subject::Arn(arn)) {
        return Ok(());
    }
    let said: Said = read_body(body)?;
    let in_body = |member: BodyMember| {
        let name = match member {
            BodyMember::FunctionName | BodyMember::MappedFunctionName => &said.function_name,
            BodyMember::CapacityProviderName => &said.capacity_provider_name,
        };
        function_in_body(member, identity, name.as_deref()?)
    };
    let (mut named, mut mapped) = (None, None);
    match &resource {
        Resource::InBody(member @ BodyMember::MappedFunctionName) => mapped = in_body(*member),
        Resource::InBody(member) => named = in_body(*member),
        // What cannot be named is judged as anything at all; validation will say what is wrong with it.
        Resource::Arn(_) | Resource::Anything | Resource::Callback(_) | Resource::Unnamed => {}
    }
    // A mapping may be pointed at another function later on.
    if operation == Operation::UpdateEventSourceMapping {
        mapped = in_body(BodyMember::MappedFunctionName);
    }
    let arn = named.as_deref().unwrap_or(arn);
    let layers = said.layers();
    asked.authorize(requirement(operation).action, Subject::Arn(arn), |context| {
        said.tell(context);
        if let Some(layers) = &layers {
            context.set_all("lambda:Layer", layers.clone());
        }
        if let Some(function) = mapped {
            context.set("lambda:FunctionArn", function);
        }
        let keys: Vec<String> = query.all("tagKeys").map(str::to_owned).collect();
        if !keys.is_empty() {
            context.set_all("aws:TagKeys", keys);
        }
    })?;
    // Whoever puts a layer into a function can read it there.
    for layer in layers.iter().flatten() {
        asked.authorize(requirement(Operation::GetLayerVersion).action, Subject::Arn(layer), |_| ())?;
    }
    Ok(())
}

impl Said {
    /// The layers that a function is to have, each in the form that its policies have.
    fn layers(&self) -> Option<Vec<String>> {
        let layers = self.layers.as_ref()?;
        Some(layers.iter().map(|layer| canonical(layer).unwrap_or_else(|| layer.clone())).collect())
    }

    fn tell(&self, context: &mut Context<'_>) {
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
                context.set(key, value.clone());
            }
        }
        let vpc = self.vpc_config.as_ref();
        let several = [
            ("lambda:SubnetIds", vpc.and_then(|vpc| vpc.subnet_ids.as_ref())),
            ("lambda:SecurityGroupIds", vpc.and_then(|vpc| vpc.security_group_ids.as_ref())),
        ];
        for (key, values) in several {
            if let Some(values) = values {
                context.set_all(key, values.clone());
            }
        }
        if let Some(tags) = &self.tags {
            for (key, value) in tags {
                context.set(format!("aws:RequestTag/{key}"), value.clone());
            }
            context.set_all("aws:TagKeys", tags.keys().cloned().collect::<Vec<_>>());
        }
    }
}
