//! Event invoke configs: how often and how long events of a function, version or alias are tried, and what their
//! outcomes are sent to.

use http::StatusCode;
use lambent_domain::arn::FunctionArn;
use lambent_domain::event_invoke::{DestinationRefused, Outcomes, check_destination};
use lambent_domain::function::{AsyncInvokeSettings, Function};
use lambent_domain::qualifier::Qualifier;
use lambent_store::resources::Resources;

use super::paging::{PAGE_MAX, Page};
use super::{Call, change, date};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{
    DeleteFunctionEventInvokeConfigRequest, DestinationConfig, FunctionEventInvokeConfig,
    GetFunctionEventInvokeConfigRequest, ListFunctionEventInvokeConfigsRequest,
    ListFunctionEventInvokeConfigsResponse, OnFailure, OnSuccess, PutFunctionEventInvokeConfigRequest,
    UpdateFunctionEventInvokeConfigRequest,
};
use crate::naming::Target;
use crate::response::{self, Answer};

/// What a request sets; absent members are those it does not speak of.
struct Wanted {
    retries: Option<i64>,
    age_secs: Option<i64>,
    destinations: Option<DestinationConfig>,
}

/// Replaces everything that was set.
pub(crate) async fn put(
    call: &Call<'_>,
    request: PutFunctionEventInvokeConfigRequest,
) -> Result<Answer, ApiError> {
    let wanted = Wanted {
        retries: request.maximum_retry_attempts,
        age_secs: request.maximum_event_age_in_seconds,
        destinations: request.destination_config,
    };
    wanted.check_some()?;
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    set(call, &target, &wanted, |_, _| Ok(AsyncInvokeSettings::default())).await
}

/// Replaces what is given and leaves the rest.
pub(crate) async fn update(
    call: &Call<'_>,
    request: UpdateFunctionEventInvokeConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let wanted = Wanted {
        retries: request.maximum_retry_attempts,
        age_secs: request.maximum_event_age_in_seconds,
        destinations: request.destination_config,
    };
    wanted.check_some()?;
    set(call, &target, &wanted, |function, qualifier| {
        let present = function.async_invoke.get(qualifier).cloned();
        present.ok_or_else(|| absent(&target, qualifier))
    })
    .await
}

pub(crate) fn get(
    call: &Call<'_>,
    request: &GetFunctionEventInvokeConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let qualifier = qualifier(&target);
    let function = call.state.resources.functions.find(target.arn.name.as_str());
    let settings = function.as_ref().and_then(|function| function.async_invoke.get(&qualifier));
    let settings = settings.ok_or_else(|| absent(&target, &qualifier))?;
    response::json(StatusCode::OK, &representation(settings, &target, &qualifier))
}

pub(crate) async fn delete(
    call: &Call<'_>,
    request: DeleteFunctionEventInvokeConfigRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), request.qualifier.as_deref())?;
    let qualifier = qualifier(&target);
    if call.state.resources.functions.find(target.arn.name.as_str()).is_none() {
        return Err(absent(&target, &qualifier));
    }
    change::function(call.state, &target, |function| {
        let removed = function.async_invoke.remove(&qualifier);
        removed.map(drop).ok_or_else(|| absent(&target, &qualifier))
    })
    .await?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) fn list(
    call: &Call<'_>,
    request: &ListFunctionEventInvokeConfigsRequest,
) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let function = call.state.resources.functions.find(target.arn.name.as_str()).ok_or_else(unknown)?;
    let page = Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, |text| {
        Some(Qualifier::from(text))
    })?;
    let (configs, next_marker) = page.cut(&function.async_invoke, |(qualifier, _)| (*qualifier).clone());
    let configs = configs.into_iter().map(|(qualifier, set)| representation(set, &target, qualifier));
    let answer = ListFunctionEventInvokeConfigsResponse {
        function_event_invoke_configs: Some(configs.collect()),
        next_marker,
    };
    response::json(StatusCode::OK, &answer)
}

/// Puts what is wanted over what `base` says.
async fn set(
    call: &Call<'_>,
    target: &Target,
    wanted: &Wanted,
    base: impl Fn(&Function, &Qualifier) -> Result<AsyncInvokeSettings, ApiError> + Send + Sync,
) -> Result<Answer, ApiError> {
    let (resources, now) = (&call.state.resources, call.state.clock.now());
    let qualifier = qualifier(target);
    resources.functions.find(target.arn.name.as_str()).ok_or_else(unknown)?;
    let (_, settings) = change::function(call.state, target, |function| {
        if function.resolve(Some(&qualifier), u32::MAX).is_none() {
            return Err(unknown());
        }
        let mut settings = base(function, &qualifier)?;
        wanted.check_destinations(target, resources)?;
        wanted.apply(&mut settings);
        settings.last_modified = now;
        function.async_invoke.insert(qualifier.clone(), settings.clone());
        Ok(settings)
    })
    .await?;
    response::json(StatusCode::OK, &representation(&settings, target, &qualifier))
}

impl Wanted {
    fn check_some(&self) -> Result<(), ApiError> {
        if self.retries.is_none() && self.age_secs.is_none() && self.destinations.is_none() {
            return Err(ApiError::invalid_parameter(
                "You must specify at least one of error handling or destination setting.",
            ));
        }
        Ok(())
    }

    /// What outcomes of each kind are sent to; an empty text is none.
    fn on_success(&self) -> Option<&str> {
        let config = self.destinations.as_ref()?.on_success.as_ref()?;
        config.destination.as_deref().filter(|destination| !destination.is_empty())
    }

    fn on_failure(&self) -> Option<&str> {
        let config = self.destinations.as_ref()?.on_failure.as_ref()?;
        config.destination.as_deref().filter(|destination| !destination.is_empty())
    }

    fn apply(&self, settings: &mut AsyncInvokeSettings) {
        let number = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
        settings.retry_attempts_max = number(self.retries).or(settings.retry_attempts_max);
        settings.event_age_max_secs = number(self.age_secs).or(settings.event_age_max_secs);
        if self.destinations.is_some() {
            settings.on_success = self.on_success().map(str::to_owned);
            settings.on_failure = self.on_failure().map(str::to_owned);
        }
    }

    fn check_destinations(&self, target: &Target, resources: &Resources) -> Result<(), ApiError> {
        let both = [(self.on_failure(), Outcomes::Failures), (self.on_success(), Outcomes::Successes)];
        let mut wrong_service = false;
        for (destination, outcomes) in both {
            let Some(destination) = destination else { continue };
            let checked = check_destination(destination, outcomes, &target.arn, |named| {
                let function = resources.functions.find(named.name.as_str());
                function
                    .is_some_and(|function| function.resolve(named.qualifier.as_ref(), u32::MAX).is_some())
            });
            match checked {
                Ok(()) => {}
                // Complained about together, when both have been looked at.
                Err(DestinationRefused::WrongService) => wrong_service = true,
                Err(DestinationRefused::UnknownFunction) => {
                    return Err(ApiError::invalid_parameter(format!(
                        "The destination ARN {destination} is invalid."
                    )));
                }
                Err(DestinationRefused::Itself) => {
                    return Err(ApiError::invalid_parameter(
                        "You can't specify the function as a destination for itself.",
                    ));
                }
            }
        }
        if wrong_service { Err(self.wrong_service()) } else { Ok(()) }
    }

    fn wrong_service(&self) -> ApiError {
        let side = |name: &str, destination: Option<&str>| {
            destination.map_or_else(|| "null".to_owned(), |arn| format!("{name}(destination={arn})"))
        };
        ApiError::invalid_parameter(format!(
            "The provided destination config DestinationConfig(onSuccess={}, onFailure={}) is invalid.",
            side("OnSuccess", self.on_success()),
            side("OnFailure", self.on_failure())
        ))
    }
}

/// What is unqualified is set for `$LATEST`.
fn qualifier(target: &Target) -> Qualifier {
    target.arn.qualifier.clone().unwrap_or(Qualifier::Latest)
}

fn unknown() -> ApiError {
    ApiError::not_found("The function doesn't exist.")
}

fn qualified(target: &Target, qualifier: &Qualifier) -> FunctionArn {
    FunctionArn { qualifier: Some(qualifier.clone()), ..target.arn.clone() }
}

fn absent(target: &Target, qualifier: &Qualifier) -> ApiError {
    ApiError::not_found(format!(
        "The function {} doesn't have an EventInvokeConfig",
        qualified(target, qualifier)
    ))
}

fn representation(
    settings: &AsyncInvokeSettings,
    target: &Target,
    qualifier: &Qualifier,
) -> FunctionEventInvokeConfig {
    FunctionEventInvokeConfig {
        last_modified: Some(date::epoch_seconds(settings.last_modified)),
        function_arn: Some(qualified(target, qualifier).to_string()),
        maximum_retry_attempts: settings.retry_attempts_max.map(i64::from),
        maximum_event_age_in_seconds: settings.event_age_max_secs.map(i64::from),
        destination_config: Some(DestinationConfig {
            on_success: Some(OnSuccess { destination: settings.on_success.clone() }),
            on_failure: Some(OnFailure { destination: settings.on_failure.clone() }),
        }),
    }
}
