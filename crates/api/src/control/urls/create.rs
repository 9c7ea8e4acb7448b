//! CreateFunctionUrlConfig.

use http::StatusCode;
use lambent_domain::configuration::TenantIsolation;
use lambent_domain::function::{FunctionUrl, UrlAuthType, UrlInvokeMode};
use uuid::Uuid;

use super::{Call, auth_type, change, cors, function, invoke_mode, representation, scope};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{CreateFunctionUrlConfigRequest, CreateFunctionUrlConfigResponse};
use crate::response::{self, Answer};
use crate::url::UrlId;

pub(crate) async fn create(
    call: &Call<'_>,
    request: CreateFunctionUrlConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    function(call, &target)?;
    let (now, id) = (call.state.clock.now(), new_id(call));
    let url = FunctionUrl {
        url_id: id.to_string(),
        auth_type: auth_type(request.auth_type.as_deref()).unwrap_or(UrlAuthType::AwsIam),
        invoke_mode: invoke_mode(request.invoke_mode.as_deref()).unwrap_or(UrlInvokeMode::Buffered),
        cors: request.cors.as_ref().and_then(cors),
        created: now,
        last_modified: now,
    };
    change::function(call.state, &target, |function| {
        let scope = scope(&target, function)?;
        if function.urls.contains_key(&scope) {
            return Err(ApiError::conflict(format!(
                "Failed to create function url config for [functionArn = {}]. Error message:  FunctionUrlConfig exists \
                 for this Lambda function",
                target.arn
            )));
        }
        if function.latest.configuration.tenant_isolation == TenantIsolation::PerTenant {
            return Err(ApiError::invalid_parameter(
                "Function URLs are not supported for functions with tenant isolation.",
            ));
        }
        function.urls.insert(scope, url.clone());
        Ok(())
    })
    .await?;
    let config = representation::of(call, &target.arn, &url)?;
    let answer = CreateFunctionUrlConfigResponse {
        function_url: config.function_url,
        function_arn: config.function_arn,
        auth_type: config.auth_type,
        cors: config.cors,
        creation_time: config.creation_time,
        // Recorded: it comes back only if it was sent.
        invoke_mode: request.invoke_mode,
    };
    response::json(StatusCode::CREATED, &answer)
}

/// An identifier that no URL has. Chance makes them unique; looking costs nothing.
fn new_id(call: &Call<'_>) -> UrlId {
    loop {
        let id = UrlId::from_random(random());
        if !call.state.urls.has(&id) {
            return id;
        }
    }
}

/// From the operating system, by way of random UUIDs: all of their bytes but the two that have fixed bits.
fn random() -> [u8; UrlId::RANDOM_BYTES] {
    let uuids = [Uuid::new_v4(), Uuid::new_v4()];
    let bytes = uuids.iter().flat_map(|uuid| uuid.as_bytes().iter().enumerate());
    let whole = bytes.filter(|(at, _)| !matches!(at, 6 | 8)).map(|(_, byte)| *byte);
    let mut random = [0; UrlId::RANDOM_BYTES];
    for (to, byte) in random.iter_mut().zip(whole) {
        *to = byte;
    }
    random
}
