//! The contract of `ResourceStore`, held by functions and layers.

use crate::backend::{Backend, name};
use lambent_domain::configuration::FunctionConfiguration;
use lambent_domain::function::{CodePackage, CodeSha256, Function, FunctionVersion};
use lambent_domain::layer::{Layer, LayerName, LayerVersion};
use lambent_domain::qualifier::Version;
use lambent_domain::record::Record;
use lambent_domain::time::Timestamp;
use lambent_store::resources::{ChangeError, FunctionStore};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

fn package(number: u8) -> CodePackage {
    CodePackage { sha256: CodeSha256::new([number; 32]), zip_bytes: 7 }
}

fn version(function: &str, number: Version, text: &str) -> FunctionVersion {
    FunctionVersion {
        configuration: FunctionConfiguration {
            description: text.to_owned(),
            environment: BTreeMap::from([("KEY".to_owned(), "välue\n".to_owned())]),
            ..FunctionConfiguration::new(name(function))
        },
        version: number,
        code: package(9),
        revision_id: Uuid::from_u128(7),
        last_modified: Timestamp::from_millis(5),
    }
}

fn function(function: &str, text: &str) -> Function {
    Function::new(version(function, Version::Latest, text))
}

fn description(functions: &FunctionStore, function: &str) -> Option<String> {
    functions.find(function).map(|function| function.latest.configuration.description.clone())
}

pub(crate) async fn what_is_created_is_found_also_after_a_restart(store: &mut impl Backend) {
    let created = store.resources().functions.create(function("f", "one")).await.unwrap();
    assert_eq!(*created, Function { generation: 1, ..function("f", "one") });
    store.reopen().await;
    assert_eq!(store.resources().functions.find("f"), Some(created));
    assert_eq!(store.resources().functions.find("g"), None);
}

pub(crate) async fn a_name_is_taken_once(store: &mut impl Backend) {
    let functions = &store.resources().functions;
    functions.create(function("f", "one")).await.unwrap();
    let again = functions.create(function("f", "two")).await;
    assert!(matches!(again, Err(ChangeError::AlreadyExists)));
    assert_eq!(description(&**functions, "f").unwrap(), "one");
}

pub(crate) async fn of_two_creations_at_once_one_wins(store: &mut impl Backend) {
    let functions = &store.resources().functions;
    let (one, other) =
        tokio::join!(functions.create(function("f", "one")), functions.create(function("f", "two")));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
}

pub(crate) async fn a_change_needs_the_present_generation(store: &mut impl Backend) {
    let functions = &store.resources().functions;
    let missing = functions.replace(function("f", "two")).await;
    assert!(matches!(missing, Err(ChangeError::NotFound)));
    let created = functions.create(function("f", "one")).await.unwrap();
    let changed = |text| Function { generation: created.generation, ..function("f", text) };
    let replaced = functions.replace(changed("two")).await.unwrap();
    assert!(replaced.generation > created.generation);
    let late = functions.replace(changed("three")).await;
    assert!(matches!(late, Err(ChangeError::Conflict)));
    let late = functions.delete("f", Some(created.generation)).await;
    assert!(matches!(late, Err(ChangeError::Conflict)));
    store.reopen().await;
    assert_eq!(description(&*store.resources().functions, "f").unwrap(), "two");
}

pub(crate) async fn a_resource_that_was_made_anew_is_another(store: &mut impl Backend) {
    let functions = &store.resources().functions;
    let first = functions.create(function("f", "one")).await.unwrap();
    functions.delete("f", None).await.unwrap();
    functions.create(function("f", "anew")).await.unwrap();
    let late = functions.replace(Function::clone(&first)).await;
    assert!(matches!(late, Err(ChangeError::Conflict)), "what was deleted has come back");
    assert_eq!(description(&**functions, "f").unwrap(), "anew");
}

pub(crate) async fn parts_come_and_go_with_their_resource(store: &mut impl Backend) {
    let functions = Arc::clone(&store.resources().functions);
    // A neighbour whose name begins alike must not take the other's parts.
    functions.create(function("f-2", "neighbour")).await.unwrap();
    let mut made = Function::clone(&*functions.create(function("f", "one")).await.unwrap());
    for number in [1, 2, 300] {
        made.published.insert(number, Arc::new(version("f", Version::Number(number), "published")));
    }
    let mut made = Function::clone(&*functions.replace(made).await.unwrap());
    made.published.remove(&2);
    let made = functions.replace(made).await.unwrap();
    assert_eq!(made.published.keys().copied().collect::<Vec<_>>(), [1, 300]);
    drop(functions);
    store.reopen().await;
    let functions = &store.resources().functions;
    assert_eq!(functions.find("f").unwrap(), made);
    assert!(functions.find("f-2").unwrap().published.is_empty());
    functions.delete("f", None).await.unwrap();
    functions.create(function("f", "again")).await.unwrap();
    store.reopen().await;
    assert!(store.resources().functions.find("f").unwrap().published.is_empty());
}

pub(crate) async fn what_is_deleted_stays_deleted(store: &mut impl Backend) {
    let functions = &store.resources().functions;
    functions.create(function("f", "one")).await.unwrap();
    functions.delete("f", None).await.unwrap();
    assert!(matches!(functions.delete("f", None).await, Err(ChangeError::NotFound)));
    store.reopen().await;
    let functions = &store.resources().functions;
    assert_eq!(functions.find("f"), None);
    functions.create(function("f", "two")).await.unwrap();
}

pub(crate) async fn the_listing_is_by_name_and_paged(store: &mut impl Backend) {
    let functions = &store.resources().functions;
    for created in ["b", "a-2", "c", "a", "a_1"] {
        functions.create(function(created, "one")).await.unwrap();
    }
    let mut listed: Vec<String> = Vec::new();
    loop {
        let page = functions.list(listed.last().map(String::as_str), 2);
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        listed.extend(page.iter().map(|function| function.name.to_string()));
    }
    assert_eq!(listed, ["a", "a-2", "a_1", "b", "c"]);
}

fn layer(number: u8) -> Layer {
    let version = LayerVersion {
        number: 1,
        code: package(number),
        description: String::new(),
        compatible_runtimes: None,
        compatible_architectures: None,
        license_info: None,
        created: Timestamp::from_millis(1),
    };
    Layer {
        name: LayerName::new("tools").unwrap(),
        generation: 0,
        versions: BTreeMap::from([(1, Arc::new(version))]),
        last_version: 1,
        policies: BTreeMap::new(),
    }
}

pub(crate) async fn packages_are_in_use_while_a_function_or_a_layer_names_them(store: &mut impl Backend) {
    let with_code = |name: &str, number| {
        Function::new(FunctionVersion { code: package(number), ..version(name, Version::Latest, "") })
    };
    let in_use = |store: &dyn Backend| {
        let packages = store.resources().packages_in_use();
        packages.into_iter().map(|sha256| sha256.as_bytes()[0]).collect::<BTreeSet<_>>()
    };
    assert_eq!(in_use(store), BTreeSet::new());
    for (name, number) in [("a", 1), ("b", 1), ("c", 2)] {
        store.resources().functions.create(with_code(name, number)).await.unwrap();
    }
    store.resources().layers.create(layer(4)).await.unwrap();
    assert_eq!(in_use(store), [1, 2, 4].into());
    store.resources().functions.delete("b", None).await.unwrap();
    let present = store.resources().functions.find("c").unwrap().generation;
    let changed = Function { generation: present, ..with_code("c", 3) };
    store.resources().functions.replace(changed).await.unwrap();
    assert_eq!(in_use(store), [1, 3, 4].into());
    store.reopen().await;
    assert_eq!(in_use(store), [1, 3, 4].into());
    store.resources().layers.delete("tools", None).await.unwrap();
    assert_eq!(in_use(store), [1, 3].into());
}

pub(crate) async fn kinds_do_not_mix(store: &mut impl Backend) {
    let record = |document: &str| Record {
        id: "one".to_owned(),
        generation: 0,
        function: None,
        last_modified: Timestamp::from_millis(1),
        tags: BTreeMap::new(),
        document: document.to_owned(),
    };
    store.resources().code_signing_configs.create(record("{}")).await.unwrap();
    store.resources().event_source_mappings.create(record("{\"a\":1}")).await.unwrap();
    store.reopen().await;
    assert_eq!(store.resources().code_signing_configs.find("one").unwrap().document, "{}");
    assert_eq!(store.resources().event_source_mappings.find("one").unwrap().document, "{\"a\":1}");
    assert_eq!(store.resources().functions.list(None, 10), []);
}
