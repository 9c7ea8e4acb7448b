//! ListFunctions, in order of names, and of versions if those are asked for.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::{Function, FunctionVersion};
use lambent_domain::qualifier::{Qualifier, Version};

use super::{Call, representation};
use crate::control::paging::{PAGE_MAX, Page};
use crate::error::ApiError;
use crate::generated::lambda::shapes::{ListFunctionsRequest, ListFunctionsResponse};
use crate::response::{self, Answer};

/// Where a version stands in the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    name: FunctionName,
    version: Version,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.name, self.version)
    }
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let (name, version) = text.split_once(':')?;
        let version = Version::try_from(version.to_owned()).ok()?;
        Some(Self { name: FunctionName::new(name).ok()?, version })
    }

    fn of(version: &FunctionVersion) -> Self {
        Self { name: version.configuration.name.clone(), version: version.version }
    }
}

/// `MasterRegion` is for copies of functions at the edge of AWS's network, of which there are none here.
pub(crate) fn list(call: &Call<'_>, request: ListFunctionsRequest) -> Result<Answer, ApiError> {
    let page = Page::read(request.marker.as_deref(), request.max_items, PAGE_MAX, Place::read)?;
    let every = request.function_version.is_some();
    let versions = candidates(call, &page, every);
    let (versions, next_marker) = page.cut(versions, |version| Place::of(version));
    let functions = versions.iter().map(|version| {
        // With versions asked for, ARNs name the version.
        let qualifier = every.then(|| Qualifier::from(version.version.to_string()));
        let arn = call.state.identity.function_arn(version.configuration.name.clone(), qualifier);
        representation::listed(version, &arn)
    });
    let functions = functions.collect::<Result<Vec<_>, _>>()?;
    response::json(StatusCode::OK, &ListFunctionsResponse { next_marker, functions: Some(functions) })
}

/// Enough versions to fill the page: the rest of the function that the page before ended in, and those behind it.
fn candidates(call: &Call<'_>, page: &Page<Place>, every: bool) -> Vec<Arc<FunctionVersion>> {
    let store = &call.state.resources.functions;
    let after = page.after().map(|place| place.name.as_str());
    let begun: Option<Arc<Function>> = after.filter(|_| every).and_then(|name| store.find(name));
    let functions = begun.into_iter().chain(store.list(after, page.fetch()));
    let mut versions = Vec::new();
    for function in functions {
        if every {
            versions.extend(function.versions().map(|version| function.as_seen(version)));
        } else {
            versions.push(function.as_seen(&function.latest));
        }
    }
    versions
}
