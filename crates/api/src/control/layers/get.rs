//! GetLayerVersion and GetLayerVersionByArn.

use http::StatusCode;
use lambent_domain::layer::{LayerArn, LayerName};

use super::{Call, content, created, local, name, number_of, version};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    GetLayerVersionByArnRequest, GetLayerVersionRequest, GetLayerVersionResponse,
};
use crate::response::{self, Answer};

pub(crate) fn get_version(call: &Call<'_>, request: GetLayerVersionRequest) -> Result<Answer, ApiError> {
    let name = name(call, request.layer_name.as_deref())?;
    describe(call, &name, number_of(request.version_number)?)
}

pub(crate) fn get_version_by_arn(
    call: &Call<'_>,
    request: GetLayerVersionByArnRequest,
) -> Result<Answer, ApiError> {
    // The model's pattern has let it pass: what is no such ARN has a name or a number that no layer has.
    let arn = LayerArn::parse(request.arn.as_deref().unwrap_or_default());
    let arn = local(call, arn.map_err(|_| super::not_found())?)?;
    match arn.version {
        Some(0) | None => Err(super::too_low()),
        Some(number) => describe(call, &arn.name, number),
    }
}

fn describe(call: &Call<'_>, name: &LayerName, number: u64) -> Result<Answer, ApiError> {
    let version = version(call, name, number)?;
    let identity = &call.state.identity;
    let answer = GetLayerVersionResponse {
        content: Some(content(call, &version)),
        layer_arn: Some(identity.layer_arn(name.clone(), None).to_string()),
        layer_version_arn: Some(identity.layer_arn(name.clone(), Some(version.number)).to_string()),
        description: Some(version.description.clone()),
        created_date: created(&version)?,
        version: i64::try_from(version.number).ok(),
        compatible_runtimes: version.compatible_runtimes.clone(),
        compatible_architectures: version.compatible_architectures.clone(),
        license_info: version.license_info.clone(),
    };
    response::json(StatusCode::OK, &answer)
}
