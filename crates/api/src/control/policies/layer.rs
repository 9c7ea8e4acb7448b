//! AddLayerVersionPermission, RemoveLayerVersionPermission and GetLayerVersionPolicy.

use http::StatusCode;
use lambent_domain::layer::{Layer, LayerName};
use lambent_domain::policy::permission::{self, LayerPermission};

use super::{Call, expect_revision, layers, refused, revised, revision};
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    AddLayerVersionPermissionRequest, AddLayerVersionPermissionResponse, GetLayerVersionPolicyRequest,
    GetLayerVersionPolicyResponse, RemoveLayerVersionPermissionRequest,
};
use crate::response::{self, Answer};

const READ_BY: &str = "GetLayerPolicy";

/// The version that a policy is attached to.
#[derive(Debug)]
struct Place {
    name: LayerName,
    number: u64,
    arn: String,
}

impl Place {
    fn of(call: &Call<'_>, name: Option<&str>, number: Option<i64>) -> Result<Self, ApiError> {
        let name = layers::name(call, name)?;
        let number = layers::number_of(number)?;
        let arn = call.state.identity.layer_arn(name.clone(), Some(number)).to_string();
        Ok(Self { name, number, arn })
    }

    fn missing(&self) -> ApiError {
        ApiError::not_found(format!("Layer version {} does not exist.", self.arn))
    }

    fn expect_version(&self, layer: &Layer) -> Result<(), ApiError> {
        if layer.versions.contains_key(&self.number) { Ok(()) } else { Err(self.missing()) }
    }

    async fn change<R>(
        &self,
        call: &Call<'_>,
        change: impl Fn(&mut Layer) -> Result<R, ApiError> + Send + Sync,
    ) -> Result<R, ApiError> {
        let layers = &*call.state.resources.layers;
        change::resource(layers, self.name.as_str(), || self.missing(), change).await.map(|(_, said)| said)
    }
}

pub(crate) async fn add_layer_permission(
    call: &Call<'_>,
    request: AddLayerVersionPermissionRequest,
) -> Result<Answer, ApiError> {
    let place = Place::of(call, request.layer_name.as_deref(), request.version_number)?;
    let permission = LayerPermission {
        statement_id: request.statement_id.as_deref().unwrap_or_default(),
        action: request.action.as_deref().unwrap_or_default(),
        principal: request.principal.as_deref().unwrap_or_default(),
        organization_id: request.organization_id.as_deref(),
        resource: &place.arn,
    };
    let (statement, revision_id) = place
        .change(call, |layer| {
            place.expect_version(layer)?;
            let present = layer.policies.get(&place.number);
            expect_revision(revision(present), request.revision_id.as_deref(), READ_BY)?;
            let statement = permission.statement().map_err(refused)?;
            let policy =
                permission::add(present.map(|present| &present.policy), &statement).map_err(refused)?;
            let policy = revised(policy);
            let revision_id = policy.revision_id;
            layer.policies.insert(place.number, policy);
            Ok((statement.to_string(), revision_id))
        })
        .await?;
    let answer = AddLayerVersionPermissionResponse {
        statement: Some(statement),
        revision_id: Some(revision_id.to_string()),
    };
    response::json(StatusCode::CREATED, &answer)
}

pub(crate) async fn remove_layer_permission(
    call: &Call<'_>,
    request: RemoveLayerVersionPermissionRequest,
) -> Result<Answer, ApiError> {
    let place = Place::of(call, request.layer_name.as_deref(), request.version_number)?;
    let sid = request.statement_id.as_deref().unwrap_or_default();
    place
        .change(call, |layer| {
            place.expect_version(layer)?;
            let present = layer.policies.get(&place.number);
            let left = permission::remove(present.map(|present| &present.policy), sid).map_err(refused)?;
            expect_revision(revision(present), request.revision_id.as_deref(), READ_BY)?;
            match left {
                Some(policy) => layer.policies.insert(place.number, revised(policy)),
                None => layer.policies.remove(&place.number),
            };
            Ok(())
        })
        .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn get_layer_policy(
    call: &Call<'_>,
    request: GetLayerVersionPolicyRequest,
) -> Result<Answer, ApiError> {
    let place = Place::of(call, request.layer_name.as_deref(), request.version_number)?;
    let layer = call.state.resources.layers.find(place.name.as_str()).ok_or_else(|| place.missing())?;
    place.expect_version(&layer)?;
    let policy = layer.policies.get(&place.number);
    let policy =
        policy.ok_or_else(|| ApiError::not_found("No policy is associated with the given resource."))?;
    let answer = GetLayerVersionPolicyResponse {
        policy: Some(policy.policy.to_string()),
        revision_id: Some(policy.revision_id.to_string()),
    };
    response::json(StatusCode::OK, &answer)
}
