//! Which function a URL belongs to: asked for every request to a URL, so that none walks through all functions.
//!
//! The store has the truth; this only says where to look, and whoever looks compares. It is filled at the start, and told
//! of every change of a function after it was made. Being told twice, or late, does no harm: what counts is what the
//! store says while the index is held.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use lambent_domain::arn::FunctionName;
use lambent_domain::function::{Function, Scope};

use crate::url::UrlId;

/// Shared by all requests.
#[derive(Debug, Default)]
pub(crate) struct UrlIndex {
    table: RwLock<Table>,
}

/// Whose URL it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) function: FunctionName,
    pub(super) scope: Scope,
}

#[derive(Debug, Default)]
struct Table {
    places: HashMap<UrlId, Place>,
    /// The URLs of every function that has any.
    urls: HashMap<FunctionName, Vec<UrlId>>,
}

impl UrlIndex {
    /// One that knows the URLs of these functions.
    pub(crate) fn of(functions: &[Arc<Function>]) -> Self {
        let mut table = Table::default();
        for function in functions {
            table.put(&function.name, Some(function));
        }
        Self { table: RwLock::new(table) }
    }

    /// Follows a change of a function. `look` gives it as it is stored now; none if it is gone.
    pub(crate) fn follow(&self, name: &FunctionName, look: impl FnOnce() -> Option<Arc<Function>>) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        // Looked up only now, so that of two changes at a time the later one counts.
        let function = look();
        table.put(name, function.as_deref());
    }

    pub(super) fn find(&self, id: &UrlId) -> Option<Place> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).places.get(id).cloned()
    }

    /// Whether a URL has that identifier.
    pub(crate) fn has(&self, id: &UrlId) -> bool {
        self.find(id).is_some()
    }
}

impl Table {
    fn put(&mut self, name: &FunctionName, function: Option<&Function>) {
        for id in self.urls.remove(name).unwrap_or_default() {
            self.places.remove(&id);
        }
        let mut ids = Vec::new();
        for (scope, url) in function.into_iter().flat_map(|function| &function.urls) {
            let Some(id) = UrlId::parse(&url.url_id) else { continue };
            self.places.insert(id.clone(), Place { function: name.clone(), scope: scope.clone() });
            ids.push(id);
        }
        if !ids.is_empty() {
            self.urls.insert(name.clone(), ids);
        }
    }
}

#[cfg(test)]
mod tests {
    use lambent_domain::configuration::FunctionConfiguration;
    use lambent_domain::function::{
        CodePackage, CodeSha256, FunctionUrl, FunctionVersion, UrlAuthType, UrlInvokeMode,
    };
    use lambent_domain::qualifier::Version;
    use lambent_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn id(letter: &str) -> UrlId {
        UrlId::parse(&letter.repeat(32)).unwrap()
    }

    /// A function with URLs: a scope and the letter of the identifier for each.
    fn function(name: &str, urls: &[(&str, &str)]) -> Arc<Function> {
        let version = FunctionVersion {
            configuration: FunctionConfiguration::new(FunctionName::new(name).unwrap()),
            version: Version::Latest,
            code: CodePackage { sha256: CodeSha256::new([1; 32]), zip_bytes: 7 },
            revision_id: Uuid::nil(),
            last_modified: Timestamp::from_millis(1),
        };
        let mut function = Function::new(version);
        for (scope, letter) in urls {
            let url = FunctionUrl {
                url_id: id(letter).to_string(),
                auth_type: UrlAuthType::None,
                invoke_mode: UrlInvokeMode::Buffered,
                cors: None,
                created: Timestamp::from_millis(1),
                last_modified: Timestamp::from_millis(1),
            };
            function.urls.insert(Scope::from((*scope).to_owned()), url);
        }
        Arc::new(function)
    }

    fn found(index: &UrlIndex, letter: &str) -> Option<String> {
        index.find(&id(letter)).map(|place| format!("{}:{}", place.function, place.scope))
    }

    #[test]
    fn urls_come_and_go_with_their_functions() {
        let index = UrlIndex::of(&[function("f", &[("", "a"), ("live", "b")]), function("g", &[("", "c")])]);
        let shown = |index: &UrlIndex| ["a", "b", "c", "d"].map(|letter| found(index, letter));
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(shown(&index), [text("f:"), text("f:live"), text("g:"), None]);
        let name = FunctionName::new("f").unwrap();
        index.follow(&name, || Some(function("f", &[("live", "d")])));
        assert_eq!(shown(&index), [None, None, text("g:"), text("f:live")]);
        assert!(index.has(&id("d")) && !index.has(&id("a")));
        index.follow(&name, || None);
        index.follow(&name, || None);
        assert_eq!(shown(&index), [None, None, text("g:"), None]);
        assert_eq!(
            index.table.read().unwrap().urls.len(),
            1,
            "a function without URLs leaves nothing behind"
        );
    }
}
