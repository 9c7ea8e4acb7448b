//! Stations 3 and 4 as far as names go: what a caller's name and qualifier mean on this server.
//!
//! The order of the complaints is recorded: syntax of all members together, then the region, then the account, then
//! whether name and qualifier agree, and only then whether there is such a function.

use std::sync::Arc;

use lambent_domain::arn::{AccountId, FunctionArn, FunctionName, Region};
use lambent_domain::function::{Function, FunctionVersion};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::reference::{FunctionReference, REFERENCE_BYTES_MAX};
use lambent_store::resources::Resources;

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

impl Identity {
    /// The ARN of a function that lives here.
    pub(crate) fn function_arn(&self, name: FunctionName, qualifier: Option<Qualifier>) -> FunctionArn {
        FunctionArn { region: self.region.clone(), account: self.account.clone(), name, qualifier }
    }
}

impl Target {
    /// The ARN of the function as such.
    pub(crate) fn unqualified(&self) -> FunctionArn {
        FunctionArn { qualifier: None, ..self.arn.clone() }
    }

    /// The function, whatever the qualifier.
    pub(crate) fn function(&self, resources: &Resources) -> Result<Arc<Function>, ApiError> {
        let found = resources.functions.find(self.arn.name.as_str());
        found.ok_or_else(|| ApiError::function_not_found(&self.arn))
    }

    /// Station 4, resolve, for the control plane: the ARN in a complaint is the one the caller meant, and the revision is
    /// the one that owners see.
    pub(crate) fn resolve(
        &self,
        resources: &Resources,
    ) -> Result<(Arc<Function>, Arc<FunctionVersion>), ApiError> {
        let function = self.function(resources)?;
        // What is read of an alias is always its first version.
        let version = function.resolve(self.arn.qualifier.as_ref(), u32::MAX);
        let version = version.map(|version| function.as_seen(version));
        version.map(|version| (function, version)).ok_or_else(|| ApiError::function_not_found(&self.arn))
    }

    /// Station 4, resolve, for invocations: an unqualified ARN is complained about as `$LATEST`.
    pub(crate) fn resolve_to_invoke(
        &self,
        resources: &Resources,
        chance: u32,
    ) -> Result<(Arc<Function>, Arc<FunctionVersion>), ApiError> {
        let function = resources.functions.find(self.arn.name.as_str());
        let resolved = function.and_then(|function| {
            let version = Arc::clone(function.resolve(self.arn.qualifier.as_ref(), chance)?);
            Some((function, version))
        });
        resolved.ok_or_else(|| {
            let mut arn = self.arn.clone();
            arn.qualifier = arn.qualifier.or(Some(Qualifier::Latest));
            ApiError::function_not_found(&arn)
        })
    }
}
