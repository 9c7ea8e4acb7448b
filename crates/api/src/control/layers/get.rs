//! GetLayerVersion and GetLayerVersionByArn.

use http::StatusCode;
use lambent_domain::layer::{LayerArn, LayerName};

use super::{Call, content, created, local, name, said, version};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    GetLayerVersionByArnRequest, GetLayerVersionRequest, GetLayerVersionResponse,
};
use crate::response::{self, Answer};

pub(crate) fn get_version(call: &Call<'_>, request: GetLayerVersionRequest) -> Result<Answer, ApiError> {
    let name = name(call, request.layer_name.as_deref())?;
    describe(call, &name, request.version_number)
}

pub(crate) fn get_version_by_arn(
    call: &Call<'_>,
    request: GetLayerVersionByArnRequest,
) -> Result<Answer, ApiError> {
    let arn = LayerArn::parse(request.arn.as_deref().unwrap_or_default());
    let arn = local(call, arn.map_err(|_| super::not_found())?)?;
    describe(call, &arn.name, arn.version.and_then(|number| i64::try_from(number).ok()))
}

fn describe(call: &Call<'_>, name: &LayerName, number: Option<i64>) -> Result<Answer, ApiError> {
    let (_, version) = version(call, name, number)?;
    let identity = &call.state.identity;
    let answer = GetLayerVersionResponse {
        content: Some(content(call, &version)),
        layer_arn: Some(identity.layer_arn(name.clone(), None).to_string()),
        layer_version_arn: Some(identity.layer_arn(name.clone(), Some(version.number)).to_string()),
        description: Some(version.description.clone()),
        created_date: created(&version)?,
        version: i64::try_from(version.number).ok(),
        compatible_runtimes: said(&version.compatible_runtimes),
        compatible_architectures: said(&version.compatible_architectures),
        license_info: version.license_info.clone(),
    };
    response::json(StatusCode::OK, &answer)
}
