//! Function URLs: made, read, changed, removed and listed. How they are served is [`crate::function_urls`]'s affair.
//!
//! A function has one URL of its own and one for each alias; versions have none. The texts of the refusals are recorded
//! from AWS, which says it in two ways when there is nothing to be found.

mod create;
mod delete;
mod get;
mod list;
mod representation;
mod update;

pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use get::get;
pub(crate) use list::list;
pub(crate) use update::update;

use std::sync::Arc;

use lambent_domain::function::{Function, FunctionUrl, Scope, UrlAuthType, UrlCors, UrlInvokeMode};
use lambent_domain::qualifier::Qualifier;

use super::{Call, change};
use crate::error::ApiError;
use crate::generated::lambda::shapes::Cors;
use crate::naming::Target;

/// The function of an operation that makes, changes or lists.
fn function(call: &Call<'_>, target: &Target) -> Result<Arc<Function>, ApiError> {
    call.state.resources.functions.find(target.arn.name.as_str()).ok_or_else(no_function)
}

fn no_function() -> ApiError {
    ApiError::not_found("Function does not exist")
}

fn no_url() -> ApiError {
    ApiError::not_found("The resource you requested does not exist.")
}

/// What the URL belongs to. The service model lets nothing but aliases through, and they must be there.
fn scope(target: &Target, function: &Function) -> Result<Scope, ApiError> {
    match &target.arn.qualifier {
        None => Ok(Scope(None)),
        Some(Qualifier::Alias(name)) if function.aliases.contains_key(name) => {
            Ok(Scope(target.arn.qualifier.clone()))
        }
        Some(_) => Err(no_function()),
    }
}

/// A URL that is there, of a function that may not be.
fn found(call: &Call<'_>, target: &Target) -> Result<FunctionUrl, ApiError> {
    let function = call.state.resources.functions.find(target.arn.name.as_str()).ok_or_else(no_url)?;
    function.urls.get(&Scope(target.arn.qualifier.clone())).cloned().ok_or_else(no_url)
}

/// What is left out is the URL's business; what stands there has been held against the model.
fn auth_type(said: Option<&str>) -> Option<UrlAuthType> {
    said.map(|said| if said == UrlAuthType::None.as_str() { UrlAuthType::None } else { UrlAuthType::AwsIam })
}

fn invoke_mode(said: Option<&str>) -> Option<UrlInvokeMode> {
    let streams = |said| said == UrlInvokeMode::ResponseStream.as_str();
    said.map(|said| if streams(said) { UrlInvokeMode::ResponseStream } else { UrlInvokeMode::Buffered })
}

/// `Cors` as it is kept; with nothing in it, it is as if there were none.
fn cors(said: &Cors) -> Option<UrlCors> {
    let kept = UrlCors {
        allow_credentials: said.allow_credentials,
        allow_headers: said.allow_headers.clone(),
        allow_methods: said.allow_methods.clone(),
        allow_origins: said.allow_origins.clone(),
        expose_headers: said.expose_headers.clone(),
        max_age_secs: said.max_age.and_then(|secs| u32::try_from(secs).ok()),
    };
    (kept != UrlCors::default()).then_some(kept)
}
