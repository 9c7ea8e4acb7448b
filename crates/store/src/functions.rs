//! What functions there are. Station 4, resolve, is [`FunctionStore::resolve`].

use async_trait::async_trait;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::{CodeSha256, FunctionVersion};
use lambent_domain::qualifier::Qualifier;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// Functions, durable when a change returns.
///
/// A version is handed out as a shared, immutable snapshot; a change makes a new snapshot with a new revision id.
#[async_trait]
pub trait FunctionStore: Send + Sync + std::fmt::Debug {
    /// Adds a function that is not there yet.
    async fn create(&self, version: FunctionVersion) -> Result<Arc<FunctionVersion>, FunctionStoreError>;

    /// Finds the version that a qualifier means now; none means `$LATEST`. Never waits for a disk.
    async fn resolve(
        &self,
        name: &FunctionName,
        qualifier: Option<&Qualifier>,
    ) -> Result<Arc<FunctionVersion>, ResolveError>;

    /// Puts `version` in the place of the function's `$LATEST`, provided that its revision is still `expected`.
    async fn replace(
        &self,
        expected: Uuid,
        version: FunctionVersion,
    ) -> Result<Arc<FunctionVersion>, FunctionStoreError>;

    /// Removes a function with all its versions.
    async fn delete(&self, name: &FunctionName) -> Result<(), FunctionStoreError>;

    /// Up to `limit` functions in order of their names, from the first behind `after`.
    async fn list(
        &self,
        after: Option<&FunctionName>,
        limit: usize,
    ) -> Result<Vec<Arc<FunctionVersion>>, FunctionStoreError>;

    /// The code packages that any version of any function names now: what [`crate::code::CodeStore::collect`] has to
    /// leave. Every change that was reported as made before the call is in it. An error means that nothing is known,
    /// and nothing may be removed.
    async fn packages_in_use(&self) -> Result<HashSet<CodeSha256>, FunctionStoreError>;
}

/// Why a name and qualifier lead nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// There is no function of that name.
    #[error("no such function")]
    FunctionNotFound,
    /// There is, but no such version or alias of it.
    #[error("no such version or alias")]
    QualifierNotFound,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum FunctionStoreError {
    /// A function of that name is there already.
    #[error("function exists already")]
    AlreadyExists,
    /// There is no function of that name.
    #[error("no such function")]
    NotFound,
    /// It was changed by somebody else meanwhile.
    #[error("revision differs")]
    RevisionMismatch,
    /// The store can't take it; nothing was changed.
    #[error(transparent)]
    Storage(#[from] crate::StorageError),
}
