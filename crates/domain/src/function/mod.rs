//! A function with everything that belongs to its name: versions, aliases, and what its owner has set beside them.
//!
//! It is one aggregate: a change reads it, makes a new one by pure code and puts that in the old one's place, provided
//! that nobody else was first ([`Function::generation`]). So no two settings of a function ever contradict each other.

mod alias;
mod aliases;
mod claims;
mod code;
mod publish;
mod revisions;
mod settings;
mod version;

pub use alias::{Alias, AliasRouting};
pub use aliases::{ALIASES_MAX, AliasRefused, AliasSettings};
pub use claims::{ClaimRefused, SharedConcurrency};
pub use code::{CodePackage, CodeSha256};
pub use publish::{NamedByAliases, Publication};
pub use revisions::PermissionRevision;
pub use settings::{
    AsyncInvokeSettings, FunctionUrl, ProvisionedConcurrency, RecursiveLoop, RuntimeManagement, Scope,
    UrlAuthType, UrlCors, UrlInvokeMode,
};
pub use version::FunctionVersion;

use crate::arn::FunctionName;
use crate::policy::ResourcePolicy;
use crate::qualifier::{Qualifier, Version};
use crate::retry_policy::RetryPolicy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// See the module's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: FunctionName,
    /// Counts the changes; the precondition of the next one. Not AWS's revision id, of which each version and alias has
    /// its own.
    pub generation: u64,
    /// `$LATEST`.
    pub latest: Arc<FunctionVersion>,
    /// The published versions by number. Never changed once they are there; stored on their own.
    #[serde(skip)]
    pub published: BTreeMap<u64, Arc<FunctionVersion>>,
    /// The highest number that was ever given to a version: numbers are not used again.
    #[serde(default)]
    pub last_published: u64,
    /// What the description of `$LATEST` was when that version was published, which may have another one itself.
    #[serde(default)]
    pub last_published_description: Option<String>,
    /// Aliases by name.
    #[serde(default)]
    pub aliases: BTreeMap<Arc<str>, Alias>,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// `ReservedConcurrentExecutions`: none is something else than 0, which turns the function off.
    #[serde(default)]
    pub reserved_concurrency: Option<u32>,
    /// `RecursiveLoop`.
    #[serde(default)]
    pub recursive_loop: RecursiveLoop,
    /// ARN of its code signing configuration.
    #[serde(default)]
    pub code_signing_config: Option<String>,
    /// Settings for asynchronous invocation by qualifier; an unqualified setting is that of `$LATEST`.
    #[serde(default)]
    pub async_invoke: BTreeMap<Qualifier, AsyncInvokeSettings>,
    /// Provisioned concurrency of versions and aliases.
    #[serde(default)]
    pub provisioned: BTreeMap<Qualifier, ProvisionedConcurrency>,
    /// Runtime management of versions.
    #[serde(default)]
    pub runtime_management: BTreeMap<Version, RuntimeManagement>,
    /// URLs of the function itself and of its aliases.
    #[serde(default)]
    pub urls: BTreeMap<Scope, FunctionUrl>,
    /// Resource policies of the function itself, of versions and of aliases.
    #[serde(default)]
    pub policies: BTreeMap<Scope, ResourcePolicy>,
    /// What changes of permissions made of the revisions of versions; aliases keep theirs themselves.
    #[serde(default)]
    pub permission_revisions: BTreeMap<Version, PermissionRevision>,
    /// Whether its events wait although they could run. Lambent's own.
    #[serde(default)]
    pub queue_paused: bool,
    /// How function errors of its events are retried; none leaves it to AWS's rule. Lambent's own.
    #[serde(default)]
    pub retry_policy: Option<RetryPolicy>,
}

impl Function {
    /// A function that has just been created.
    #[must_use]
    pub fn new(latest: FunctionVersion) -> Self {
        Self {
            name: latest.configuration.name.clone(),
            generation: 0,
            latest: Arc::new(latest),
            published: BTreeMap::new(),
            last_published: 0,
            last_published_description: None,
            aliases: BTreeMap::new(),
            tags: BTreeMap::new(),
            reserved_concurrency: None,
            recursive_loop: RecursiveLoop::default(),
            code_signing_config: None,
            async_invoke: BTreeMap::new(),
            provisioned: BTreeMap::new(),
            runtime_management: BTreeMap::new(),
            urls: BTreeMap::new(),
            policies: BTreeMap::new(),
            permission_revisions: BTreeMap::new(),
            queue_paused: false,
            retry_policy: None,
        }
    }

    /// Station 4: the version that a qualifier means now; none means `$LATEST`. An alias with two versions chooses by
    /// `chance`, a number that is uniform over all of `u32`.
    #[must_use]
    pub fn resolve(&self, qualifier: Option<&Qualifier>, chance: u32) -> Option<&Arc<FunctionVersion>> {
        match qualifier {
            None | Some(Qualifier::Latest) => Some(&self.latest),
            Some(Qualifier::LatestPublished) => self.published.last_key_value().map(|(_, version)| version),
            Some(Qualifier::Version(number)) => self.published.get(number),
            Some(Qualifier::Alias(name)) => self.version(self.aliases.get(name)?.choose(chance)),
        }
    }

    /// One of its versions.
    #[must_use]
    pub fn version(&self, version: Version) -> Option<&Arc<FunctionVersion>> {
        match version {
            Version::Latest => Some(&self.latest),
            Version::Number(number) => self.published.get(&number),
        }
    }

    /// Every version, `$LATEST` first, then by number.
    pub fn versions(&self) -> impl Iterator<Item = &Arc<FunctionVersion>> {
        std::iter::once(&self.latest).chain(self.published.values())
    }

    /// The packages that any version needs.
    pub fn packages(&self) -> impl Iterator<Item = &CodePackage> {
        self.versions().flat_map(|version| version.packages())
    }
}

#[cfg(test)]
pub(crate) mod tests;
