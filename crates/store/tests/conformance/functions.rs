//! The contract of `FunctionStore`.

use crate::backend::{Backend, name};
use lambent_domain::configuration::{FunctionConfiguration, LoggingConfig};
use lambent_domain::function::{CodePackage, CodeSha256, FunctionVersion};
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_domain::time::Timestamp;
use lambent_store::functions::{FunctionStoreError, ResolveError};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn version(function: &str, revision: u128) -> FunctionVersion {
    FunctionVersion {
        configuration: FunctionConfiguration {
            name: name(function),
            role: "arn:aws:iam::000000000000:role/r".to_owned(),
            runtime: None,
            handler: Some("index.handler".to_owned()),
            description: format!("revision {revision}"),
            timeout_secs: 3,
            memory_mb: 128,
            ephemeral_storage_mb: 512,
            environment: BTreeMap::from([("KEY".to_owned(), "välue\n".to_owned())]),
            architecture: "x86_64".to_owned(),
            logging: LoggingConfig::default(),
            tracing_mode: "PassThrough".to_owned(),
            dead_letter_target: None,
            stored_only: BTreeMap::new(),
        },
        version: Version::Latest,
        code: CodePackage { sha256: CodeSha256::new([9; 32]), zip_bytes: 7 },
        revision_id: Uuid::from_u128(revision),
        last_modified: Timestamp::from_millis(5),
    }
}

pub(crate) async fn what_is_created_is_resolved_also_after_a_restart(store: &mut impl Backend) {
    let created = store.functions().create(version("f", 1)).await.unwrap();
    assert_eq!(*created, version("f", 1));
    store.reopen().await;
    let functions = store.functions();
    for qualifier in [None, Some(Qualifier::Latest)] {
        assert_eq!(*functions.resolve(&name("f"), qualifier.as_ref()).await.unwrap(), version("f", 1));
    }
    assert_eq!(functions.resolve(&name("g"), None).await, Err(ResolveError::FunctionNotFound));
    for missing in [Qualifier::Version(1), Qualifier::from("prod"), Qualifier::LatestPublished] {
        assert_eq!(functions.resolve(&name("f"), Some(&missing)).await, Err(ResolveError::QualifierNotFound));
    }
}

pub(crate) async fn a_name_is_taken_once(store: &mut impl Backend) {
    store.functions().create(version("f", 1)).await.unwrap();
    let again = store.functions().create(version("f", 2)).await;
    assert!(matches!(again, Err(FunctionStoreError::AlreadyExists)));
    assert_eq!(*store.functions().resolve(&name("f"), None).await.unwrap(), version("f", 1));
}

pub(crate) async fn of_two_creations_at_once_one_wins(store: &mut impl Backend) {
    let (one, other) =
        tokio::join!(store.functions().create(version("f", 1)), store.functions().create(version("f", 2)));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
}

pub(crate) async fn a_change_needs_the_present_revision(store: &mut impl Backend) {
    let functions = store.functions();
    let missing = functions.replace(Uuid::from_u128(1), version("f", 2)).await;
    assert!(matches!(missing, Err(FunctionStoreError::NotFound)));
    functions.create(version("f", 1)).await.unwrap();
    functions.replace(Uuid::from_u128(1), version("f", 2)).await.unwrap();
    let late = functions.replace(Uuid::from_u128(1), version("f", 3)).await;
    assert!(matches!(late, Err(FunctionStoreError::RevisionMismatch)));
    store.reopen().await;
    assert_eq!(*store.functions().resolve(&name("f"), None).await.unwrap(), version("f", 2));
}

pub(crate) async fn what_is_deleted_stays_deleted(store: &mut impl Backend) {
    store.functions().create(version("f", 1)).await.unwrap();
    store.functions().delete(&name("f")).await.unwrap();
    assert!(matches!(store.functions().delete(&name("f")).await, Err(FunctionStoreError::NotFound)));
    store.reopen().await;
    assert_eq!(store.functions().resolve(&name("f"), None).await, Err(ResolveError::FunctionNotFound));
    store.functions().create(version("f", 2)).await.unwrap();
}

pub(crate) async fn the_listing_is_by_name_and_paged(store: &mut impl Backend) {
    for function in ["b", "a-2", "c", "a", "a_1"] {
        store.functions().create(version(function, 1)).await.unwrap();
    }
    let mut listed = Vec::new();
    loop {
        let page = store.functions().list(listed.last(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        listed.extend(page.iter().map(|function| function.configuration.name.clone()));
    }
    assert_eq!(listed, ["a", "a-2", "a_1", "b", "c"].map(name));
}

pub(crate) async fn packages_are_in_use_while_a_function_names_them(store: &mut impl Backend) {
    let package = |number| CodePackage { sha256: CodeSha256::new([number; 32]), zip_bytes: 7 };
    let with_code =
        |function, revision, number| FunctionVersion { code: package(number), ..version(function, revision) };
    let in_use = async |store: &dyn Backend| {
        let packages = store.functions().packages_in_use().await.unwrap();
        packages.into_iter().map(|sha256| sha256.as_bytes()[0]).collect::<BTreeSet<_>>()
    };
    assert_eq!(in_use(store).await, BTreeSet::new());
    for (function, number) in [("a", 1), ("b", 1), ("c", 2)] {
        store.functions().create(with_code(function, 1, number)).await.unwrap();
    }
    assert_eq!(in_use(store).await, [1, 2].into());
    store.functions().delete(&name("b")).await.unwrap();
    store.functions().replace(Uuid::from_u128(1), with_code("c", 2, 3)).await.unwrap();
    assert_eq!(in_use(store).await, [1, 3].into());
    store.reopen().await;
    assert_eq!(in_use(store).await, [1, 3].into());
}
