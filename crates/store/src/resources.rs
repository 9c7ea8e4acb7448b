//! What is there besides events: functions, layers, and records of other things.
//!
//! Each is an aggregate, read and replaced as a whole: [`ResourceStore`] is the one contract for all of them, and
//! [`Resources`] is where they are found.

use crate::StorageError;
use async_trait::async_trait;
use lambent_domain::function::{CodeSha256, Function, FunctionVersion};
use lambent_domain::layer::{Layer, LayerVersion};
use lambent_domain::record::Record;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;
use std::sync::Arc;

/// Something that is read and replaced as a whole.
pub trait Resource: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// What it is made of that never changes once it is there, such as published versions. Parts are stored on their
    /// own, so that a change does not write all of them again; the resource leaves them out of its serialised form.
    type Part: Debug + Send + Sync + Serialize + DeserializeOwned + 'static;

    /// What it is called; unique, and free of null characters.
    fn key(&self) -> &str;

    /// Which state of which resource this is. One that was deleted and made anew is another.
    fn generation(&self) -> u64;

    /// For the store alone.
    fn set_generation(&mut self, generation: u64);

    /// Its parts by number; none when it has no parts.
    fn parts(&self) -> Option<&BTreeMap<u64, Arc<Self::Part>>>;

    /// For the store alone, when it reads a resource.
    fn put_part(&mut self, number: u64, part: Arc<Self::Part>);

    /// Reads what the first version of Lambent has written of such a resource, if it had it.
    fn from_form_1(_json: &[u8]) -> Option<serde_json::Result<Self>> {
        None
    }
}

/// Resources of one kind, durable when a change returns.
///
/// All of them are in memory, so reading never waits. One is handed out as a shared, immutable snapshot; a change puts
/// a new snapshot in its place, provided that the present one is still that from which the new one was made.
#[async_trait]
pub trait ResourceStore<T: Resource>: Send + Sync + Debug {
    /// The resource of that name.
    fn find(&self, key: &str) -> Option<Arc<T>>;

    /// Up to `limit` resources in order of their keys, from the first behind `after`.
    fn list(&self, after: Option<&str>, limit: usize) -> Vec<Arc<T>>;

    /// Adds a resource that is not there yet.
    async fn create(&self, resource: T) -> Result<Arc<T>, ChangeError>;

    /// Puts `resource` in the place of the one of its key, provided that its generation is still `resource`'s.
    async fn replace(&self, resource: T) -> Result<Arc<T>, ChangeError>;

    /// Removes a resource with all its parts; with `expected`, only at that generation.
    async fn delete(&self, key: &str, expected: Option<u64>) -> Result<(), ChangeError>;
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// One of that key is there already.
    #[error("it exists already")]
    AlreadyExists,
    /// There is none of that key.
    #[error("there is none of that name")]
    NotFound,
    /// It was changed by somebody else meanwhile.
    #[error("it was changed meanwhile")]
    Conflict,
    /// The store can't take it; nothing was changed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Functions. Station 4, resolve, is [`ResourceStore::find`] and [`Function::resolve`].
pub type FunctionStore = dyn ResourceStore<Function>;

/// All of them.
#[derive(Debug, Clone)]
pub struct Resources {
    /// The functions.
    pub functions: Arc<FunctionStore>,
    /// The layers.
    pub layers: Arc<dyn ResourceStore<Layer>>,
    /// The code signing configurations.
    pub code_signing_configs: Arc<dyn ResourceStore<Record>>,
    /// The event source mappings.
    pub event_source_mappings: Arc<dyn ResourceStore<Record>>,
}

impl Resources {
    /// The code packages that any version of any function, or any layer, names now: what
    /// [`crate::code::CodeStore::collect`] has to leave. Every change that was reported as made before the call is in it.
    #[must_use]
    pub fn packages_in_use(&self) -> HashSet<CodeSha256> {
        let mut in_use = HashSet::new();
        for function in self.functions.list(None, usize::MAX) {
            in_use.extend(function.packages().map(|package| package.sha256));
        }
        for layer in self.layers.list(None, usize::MAX) {
            in_use.extend(layer.versions.values().map(|version| version.code.sha256));
        }
        in_use
    }
}

impl Resource for Function {
    type Part = FunctionVersion;

    fn key(&self) -> &str {
        self.name.as_str()
    }

    fn generation(&self) -> u64 {
        self.generation
    }

    fn set_generation(&mut self, generation: u64) {
        self.generation = generation;
    }

    fn parts(&self) -> Option<&BTreeMap<u64, Arc<FunctionVersion>>> {
        Some(&self.published)
    }

    fn put_part(&mut self, number: u64, part: Arc<FunctionVersion>) {
        self.published.insert(number, part);
    }

    /// It had functions of one version each.
    fn from_form_1(json: &[u8]) -> Option<serde_json::Result<Self>> {
        Some(serde_json::from_slice(json).map(Self::new))
    }
}

impl Resource for Layer {
    type Part = LayerVersion;

    fn key(&self) -> &str {
        self.name.as_str()
    }

    fn generation(&self) -> u64 {
        self.generation
    }

    fn set_generation(&mut self, generation: u64) {
        self.generation = generation;
    }

    fn parts(&self) -> Option<&BTreeMap<u64, Arc<LayerVersion>>> {
        Some(&self.versions)
    }

    fn put_part(&mut self, number: u64, part: Arc<LayerVersion>) {
        self.versions.insert(number, part);
    }
}

impl Resource for Record {
    type Part = ();

    fn key(&self) -> &str {
        &self.id
    }

    fn generation(&self) -> u64 {
        self.generation
    }

    fn set_generation(&mut self, generation: u64) {
        self.generation = generation;
    }

    fn parts(&self) -> Option<&BTreeMap<u64, Arc<()>>> {
        None
    }

    fn put_part(&mut self, _number: u64, _part: Arc<()>) {}
}
