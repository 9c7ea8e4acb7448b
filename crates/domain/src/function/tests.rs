use super::*;
use crate::configuration::FunctionConfiguration;
use crate::time::Timestamp;
use uuid::Uuid;

fn version(version: Version) -> FunctionVersion {
    FunctionVersion {
        configuration: FunctionConfiguration::new(FunctionName::new("f").unwrap()),
        version,
        code: CodePackage { sha256: CodeSha256::new([1; 32]), zip_bytes: 7 },
        revision_id: Uuid::from_u128(1),
        last_modified: Timestamp::from_millis(1),
    }
}

pub(crate) fn published(numbers: impl IntoIterator<Item = u64>) -> Function {
    let mut function = Function::new(version(Version::Latest));
    for number in numbers {
        function.published.insert(number, Arc::new(version(Version::Number(number))));
    }
    function
}

fn alias(number: u64, routing: Option<AliasRouting>) -> Alias {
    Alias {
        name: "live".into(),
        version: Version::Number(number),
        description: String::new(),
        routing,
        revision_id: Uuid::from_u128(2),
    }
}

#[test]
fn a_qualifier_means_one_version() {
    let mut function = published([1, 3]);
    function.aliases.insert("live".into(), alias(1, None));
    let resolved = |qualifier: Option<&str>| {
        function.resolve(qualifier.map(Qualifier::from).as_ref(), 0).map(|version| version.version)
    };
    assert_eq!(resolved(None), Some(Version::Latest));
    assert_eq!(resolved(Some("$LATEST")), Some(Version::Latest));
    assert_eq!(resolved(Some("$LATEST.PUBLISHED")), Some(Version::Number(3)));
    assert_eq!(resolved(Some("1")), Some(Version::Number(1)));
    assert_eq!(resolved(Some("2")), None);
    assert_eq!(resolved(Some("live")), Some(Version::Number(1)));
    assert_eq!(resolved(Some("other")), None);
}

#[test]
fn an_alias_shares_its_calls_by_weight() {
    let routed = |weight| alias(1, Some(AliasRouting { version: 2, weight }));
    let share = |alias: &Alias| {
        let step = u32::MAX / 1_000;
        (0..1_000).filter(|call| alias.choose(call * step) == Version::Number(2)).count()
    };
    assert_eq!(share(&alias(1, None)), 0);
    assert_eq!(share(&routed(0.0)), 0);
    assert_eq!(share(&routed(0.25)), 251);
    assert_eq!(share(&routed(1.0)), 1_000);
    assert_eq!(routed(1.0).choose(u32::MAX), Version::Number(2));
}

#[test]
fn publishing_the_same_again_is_noticed() {
    let latest = version(Version::Latest);
    let mut once = version(Version::Number(1));
    once.configuration.description = "only the text differs".to_owned();
    once.revision_id = Uuid::from_u128(9);
    assert!(latest.is_published_as(&once));
    let mut changed = latest.clone();
    changed.configuration.memory_mb += 1;
    assert!(!changed.is_published_as(&once));
    let mut other_code = latest;
    other_code.code.sha256 = CodeSha256::new([2; 32]);
    assert!(!other_code.is_published_as(&once));
}

fn publication(number: u128, description: Option<&str>) -> Publication {
    Publication {
        description: description.map(str::to_owned),
        version_revision: Uuid::from_u128(number),
        latest_revision: Uuid::from_u128(number + 1),
    }
}

#[test]
fn a_version_is_published_once() {
    let mut function = published([]);
    let (first, new) = function.publish(&publication(10, Some("mine")));
    assert!(new);
    assert_eq!((first.version, first.revision_id), (Version::Number(1), Uuid::from_u128(10)));
    assert_eq!(first.configuration.description, "mine");
    assert_eq!(function.latest.revision_id, Uuid::from_u128(11));
    assert_eq!(function.latest.configuration.description, "");
    let (again, new) = function.publish(&publication(20, Some("yours")));
    assert!(!new && Arc::ptr_eq(&first, &again));
    assert_eq!(function.latest.revision_id, Uuid::from_u128(11), "nothing was published");
    // The description of `$LATEST` counts, as recorded.
    Arc::make_mut(&mut function.latest).configuration.description = "second".to_owned();
    let (second, new) = function.publish(&publication(30, None));
    assert!(new);
    assert_eq!((second.version, second.configuration.description.as_str()), (Version::Number(2), "second"));
    assert!(!function.publish(&publication(40, None)).1);
}

#[test]
fn a_removed_version_takes_its_settings_along_and_not_its_number() {
    let mut function = published([]);
    function.publish(&publication(10, None));
    let scope = Scope(Some(Qualifier::Version(1)));
    let provisioned = ProvisionedConcurrency { requested: 1, last_modified: Timestamp::from_millis(1) };
    function.provisioned.insert(Qualifier::Version(1), provisioned.clone());
    function.provisioned.insert(Qualifier::Version(2), provisioned);
    function.async_invoke.insert(Qualifier::Version(1), AsyncInvokeSettings::default());
    let url = FunctionUrl {
        url_id: "u".repeat(32),
        auth_type: UrlAuthType::None,
        invoke_mode: UrlInvokeMode::Buffered,
        cors: None,
        created: Timestamp::from_millis(1),
        last_modified: Timestamp::from_millis(1),
    };
    function.urls.insert(scope, url);
    function.aliases.insert("live".into(), alias(7, Some(AliasRouting { version: 1, weight: 0.1 })));
    assert_eq!(function.remove_version(1), Err(NamedByAliases(vec!["live".into()])));
    assert_eq!(function.remove_version(7), Err(NamedByAliases(vec!["live".into()])));
    function.aliases.clear();
    assert_eq!(function.remove_version(1), Ok(true));
    assert!(function.urls.is_empty() && function.async_invoke.is_empty());
    assert_eq!(function.provisioned.keys().collect::<Vec<_>>(), [&Qualifier::Version(2)]);
    assert_eq!(function.remove_version(1), Ok(false));
    let (next, new) = function.publish(&publication(20, None));
    assert!(new);
    assert_eq!(next.version, Version::Number(2));
}

#[test]
fn a_scope_is_kept_as_its_qualifier() {
    for text in ["", "$LATEST", "7", "live"] {
        assert_eq!(String::from(Scope::from(text.to_owned())), text);
    }
    assert!(Scope::default() < Scope::from("$LATEST".to_owned()));
}
