//! CreateCodeSigningConfig, GetCodeSigningConfig, UpdateCodeSigningConfig, DeleteCodeSigningConfig and
//! ListCodeSigningConfigs.

use http::StatusCode;
use lambent_domain::record::Record;
use lambent_store::resources::ChangeError;
use uuid::Uuid;

use super::{Call, asked_for, described, missing};
use crate::control::paging::{PAGE_MAX, Page};
use crate::control::{change, tags};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    CodeSigningConfig, CodeSigningPolicies, CreateCodeSigningConfigRequest, CreateCodeSigningConfigResponse,
    DeleteCodeSigningConfigRequest, GetCodeSigningConfigRequest, GetCodeSigningConfigResponse,
    ListCodeSigningConfigsRequest, ListCodeSigningConfigsResponse, UpdateCodeSigningConfigRequest,
    UpdateCodeSigningConfigResponse,
};
use crate::response::{self, Answer};

pub(crate) async fn create(
    call: &Call<'_>,
    request: CreateCodeSigningConfigRequest,
) -> Result<Answer, ApiError> {
    let tags = tags::given(request.tags)?;
    let policies =
        request.code_signing_policies.and_then(|policies| policies.untrusted_artifact_on_deployment);
    let kept = CodeSigningConfig {
        description: request.description,
        allowed_publishers: request.allowed_publishers,
        code_signing_policies: Some(CodeSigningPolicies {
            untrusted_artifact_on_deployment: policies.or_else(|| Some("Warn".to_owned())),
        }),
        ..CodeSigningConfig::default()
    };
    let record = Record {
        id: id(Uuid::new_v4()),
        generation: 0,
        function: None,
        last_modified: call.state.clock.now(),
        tags,
        document: document(&kept)?,
    };
    let record = call.state.resources.code_signing_configs.create(record).await.map_err(not_stored)?;
    let answer = CreateCodeSigningConfigResponse { code_signing_config: Some(described(call, &record)?) };
    response::json(StatusCode::CREATED, &answer)
}

pub(crate) fn get(call: &Call<'_>, request: GetCodeSigningConfigRequest) -> Result<Answer, ApiError> {
    let record = asked_for(call, request.code_signing_config_arn.as_deref().unwrap_or_default())?;
    let answer = GetCodeSigningConfigResponse { code_signing_config: Some(described(call, &record)?) };
    response::json(StatusCode::OK, &answer)
}

/// What is not given stays as it was.
pub(crate) async fn update(
    call: &Call<'_>,
    request: UpdateCodeSigningConfigRequest,
) -> Result<Answer, ApiError> {
    let arn = request.code_signing_config_arn.as_deref().unwrap_or_default();
    let present = asked_for(call, arn)?;
    let now = call.state.clock.now();
    let configs = &*call.state.resources.code_signing_configs;
    let (record, ()) = change::resource(
        configs,
        &present.id,
        || missing(arn),
        |record| {
            let mut kept: CodeSigningConfig =
                serde_json::from_str(&record.document).map_err(ApiError::internal)?;
            kept.description = request.description.clone().or(kept.description);
            kept.allowed_publishers = request.allowed_publishers.clone().or(kept.allowed_publishers);
            kept.code_signing_policies = request.code_signing_policies.clone().or(kept.code_signing_policies);
            record.document = document(&kept)?;
            record.last_modified = now;
            Ok(())
        },
    )
    .await?;
    let answer = UpdateCodeSigningConfigResponse { code_signing_config: Some(described(call, &record)?) };
    response::json(StatusCode::OK, &answer)
}

/// A configuration that a function names stays.
pub(crate) async fn delete(
    call: &Call<'_>,
    request: DeleteCodeSigningConfigRequest,
) -> Result<Answer, ApiError> {
    let arn = request.code_signing_config_arn.as_deref().unwrap_or_default();
    let record = asked_for(call, arn)?;
    let functions = call.state.resources.functions.list(None, usize::MAX);
    if functions.iter().any(|function| function.code_signing_config.as_deref() == Some(arn)) {
        return Err(ApiError::conflict(format!(
            "The code signing configuration {arn} is in use by at least one function and cannot be deleted."
        )));
    }
    let deleted = call.state.resources.code_signing_configs.delete(&record.id, None).await;
    match deleted {
        Ok(()) => Ok(response::empty(StatusCode::NO_CONTENT)),
        Err(ChangeError::NotFound) => Err(missing(arn)),
        Err(error) => Err(not_stored(error)),
    }
}

pub(crate) fn list(call: &Call<'_>, request: ListCodeSigningConfigsRequest) -> Result<Answer, ApiError> {
    let page =
        Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, |key| Some(key.to_owned()))?;
    let configs = &call.state.resources.code_signing_configs;
    let all = configs.list(page.after().map(String::as_str), page.fetch());
    let (shown, next_marker) = page.cut(all, |record| record.id.clone());
    let described = shown.iter().map(|record| described(call, record));
    let code_signing_configs = Some(described.collect::<Result<_, _>>()?);
    response::json(StatusCode::OK, &ListCodeSigningConfigsResponse { next_marker, code_signing_configs })
}

/// `csc-` and 17 lower-case hexadecimal digits.
fn id(random: Uuid) -> String {
    let digits: String = random.simple().to_string().chars().take(17).collect();
    format!("csc-{digits}")
}

fn document(kept: &CodeSigningConfig) -> Result<String, ApiError> {
    serde_json::to_string(kept).map_err(ApiError::internal)
}

fn not_stored(error: ChangeError) -> ApiError {
    match error {
        ChangeError::Storage(error) => error.into(),
        error @ (ChangeError::AlreadyExists | ChangeError::NotFound | ChangeError::Conflict) => {
            ApiError::internal(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::lambda::constraints::CODE_SIGNING_CONFIG_ARN;

    #[test]
    fn an_id_is_one_that_the_service_model_takes() {
        let arn = format!(
            "arn:aws:lambda:us-east-1:000000000000:code-signing-config:{}",
            id(Uuid::from_u128(u128::MAX))
        );
        assert!(CODE_SIGNING_CONFIG_ARN.pattern.as_ref().unwrap().matches(&arn), "{arn}");
    }
}
