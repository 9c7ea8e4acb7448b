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

#[test]
fn a_scope_is_kept_as_its_qualifier() {
    for text in ["", "$LATEST", "7", "live"] {
        assert_eq!(String::from(Scope::from(text.to_owned())), text);
    }
    assert!(Scope::default() < Scope::from("$LATEST".to_owned()));
}
