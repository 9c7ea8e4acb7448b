//! ListFunctionUrlConfigs: the function's own URL, then those of its aliases by name.

use http::StatusCode;

use super::{Call, function, representation};
use crate::control::paging::{PAGE_MAX, Page};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{ListFunctionUrlConfigsRequest, ListFunctionUrlConfigsResponse};
use crate::response::{self, Answer};

pub(crate) fn list(call: &Call<'_>, request: ListFunctionUrlConfigsRequest) -> Result<Answer, ApiError> {
    let target = call.target(request.function_name.as_deref(), None)?;
    let function = function(call, &target)?;
    // The ARN, which every URL has and no two share: a scope may be empty, and no marker is.
    let key = |text: &str| Some(text.to_owned());
    let page = Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, key)?;
    let all = function.urls.iter().map(|(scope, url)| {
        let arn = call.state.identity.function_arn(function.name.clone(), scope.0.clone());
        representation::of(call, &arn, url)
    });
    let mut all = all.collect::<Result<Vec<_>, _>>()?;
    all.sort_by(|one, other| one.function_arn.cmp(&other.function_arn));
    let (shown, next_marker) = page.cut(all, |url| url.function_arn.clone().unwrap_or_default());
    let answer = ListFunctionUrlConfigsResponse { function_url_configs: Some(shown), next_marker };
    response::json(StatusCode::OK, &answer)
}
