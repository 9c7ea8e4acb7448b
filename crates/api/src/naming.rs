//! Stations 3 and 4 as far as names go: what a caller's name and qualifier mean on this server.
//!
//! The order of the complaints is recorded: syntax of all members together, then the region, then the account, then
//! whether name and qualifier agree, and only then whether there is such a function.

use std::sync::Arc;

use lambent_domain::arn::{AccountId, FunctionArn, Region};
use lambent_domain::function::FunctionVersion;
use lambent_domain::qualifier::Qualifier;
use lambent_domain::reference::{FunctionReference, REFERENCE_BYTES_MAX};
use lambent_store::functions::{FunctionStore, ResolveError};

use crate::error::ApiError;
use crate::generated::lambda::constraints;
use crate::model::{Text, Violations};

/// Whose functions live here.
#[derive(Clone, Debug)]
pub struct Identity {
    pub region: Region,
    pub account: AccountId,
}

/// A function and, if the caller named one, the version or alias that is meant.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) arn: FunctionArn,
}

/// Reads a `FunctionName`; a name that is none leaves its complaint in `found`.
pub(crate) fn reference(name: &str, constraint: &Text, found: &mut Violations) -> Option<FunctionReference> {
    let reference = FunctionReference::parse(name).ok();
    if reference.is_some() && name.len() <= REFERENCE_BYTES_MAX.min(constraint.max.unwrap_or(usize::MAX)) {
        return reference;
    }
    let before = found.count_of_complaints();
    found.text("functionName", Some(name), constraint);
    if found.count_of_complaints() == before {
        let pattern = constraint.pattern.as_ref().map_or("", |pattern| pattern.printed);
        let demand = format!("Member must satisfy regular expression pattern: {pattern}");
        found.complain("functionName", Some(&name), &demand);
    }
    None
}

/// Reads a `Qualifier` parameter; one that is none leaves its complaint in `found`.
pub(crate) fn qualifier(text: Option<&str>, found: &mut Violations) -> Option<Qualifier> {
    let text = text?;
    found.text("qualifier", Some(text), &constraints::NUMERIC_LATEST_PUBLISHED_OR_ALIAS_QUALIFIER);
    Some(Qualifier::from(text))
}

impl Identity {
    /// What `reference` means here, with the qualifier given beside it.
    pub(crate) fn target(
        &self,
        reference: FunctionReference,
        qualifier: Option<Qualifier>,
    ) -> Result<Target, ApiError> {
        let FunctionReference { region, account, name, qualifier: suffix } = reference;
        if let Some(theirs) = region.filter(|theirs| *theirs != self.region) {
            return Err(ApiError::other_region(&theirs, &self.region));
        }
        if account.is_some_and(|theirs| theirs != self.account) {
            // Resource policies, which could allow it, are not there yet.
            return Err(ApiError::access_denied("Functions of other accounts are not reachable."));
        }
        let qualifier = match (suffix, qualifier) {
            (Some(suffix), Some(given)) if suffix != given => return Err(ApiError::qualifiers_differ()),
            (suffix, given) => given.or(suffix),
        };
        let (region, account) = (self.region.clone(), self.account.clone());
        Ok(Target { arn: FunctionArn { region, account, name, qualifier } })
    }
}

impl Target {
    /// Station 4, resolve, for the control plane: the ARN in a complaint is the one the caller meant.
    pub(crate) async fn resolve(
        &self,
        functions: &dyn FunctionStore,
    ) -> Result<Arc<FunctionVersion>, ApiError> {
        let resolved = functions.resolve(&self.arn.name, self.arn.qualifier.as_ref()).await;
        resolved.map_err(|error| match error {
            ResolveError::FunctionNotFound | ResolveError::QualifierNotFound => {
                ApiError::function_not_found(&self.arn)
            }
        })
    }

    /// Station 4, resolve, for invocations: an unqualified ARN is complained about as `$LATEST`.
    pub(crate) async fn resolve_to_invoke(
        &self,
        functions: &dyn FunctionStore,
    ) -> Result<Arc<FunctionVersion>, ApiError> {
        let resolved = functions.resolve(&self.arn.name, self.arn.qualifier.as_ref()).await;
        resolved.map_err(|error| match error {
            ResolveError::FunctionNotFound | ResolveError::QualifierNotFound => {
                let mut arn = self.arn.clone();
                arn.qualifier = arn.qualifier.or(Some(Qualifier::Latest));
                ApiError::function_not_found(&arn)
            }
        })
    }
}
