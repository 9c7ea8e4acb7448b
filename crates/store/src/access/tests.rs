use super::*;
use lambent_domain::time::Timestamp;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"lambda:*","Resource":"*"}]}"#;

fn store() -> (tempfile::TempDir, AccessStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = AccessStore::new(dir.path());
    (dir, store)
}

fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_key_is_written_privately_and_read_back_whole() {
    let (dir, store) = store();
    assert!(!store.is_used());
    assert!(store.read().unwrap().keys.is_empty());
    let policy = PolicyText::new(POLICY).unwrap();
    let key = store.create_key(name("ci"), Some(policy), at(7)).unwrap();
    assert!(store.is_used());
    for part in ["access", "access/keys", "access/roles"] {
        assert_eq!(mode(&dir.path().join(part)), 0o700, "{part}");
    }
    assert_eq!(mode(&store.key_path(&key.id)), 0o600);
    let access = AccessStore::new(dir.path()).read().unwrap();
    let read = access.key("ci").unwrap();
    assert_eq!((&read.id, read.secret.expose()), (&key.id, key.secret.expose()));
    assert_eq!((read.created, read.status), (at(7), KeyStatus::Active));
    assert_eq!(read.policy.as_ref().unwrap().as_str(), POLICY);
    assert_eq!(access.faults, []);
}

#[test]
fn the_oldest_active_key_is_the_first() {
    let (_dir, store) = store();
    store.create_key(name("younger"), None, at(2)).unwrap();
    let older = store.create_key(name("older"), None, at(1)).unwrap();
    assert_eq!(store.read().unwrap().first_active().unwrap().id, older.id);
    store.set_key_status(older.id.as_str(), KeyStatus::Disabled).unwrap();
    assert_eq!(store.read().unwrap().first_active().unwrap().name.as_str(), "younger");
    store.set_key_status("older", KeyStatus::Active).unwrap();
    assert_eq!(store.read().unwrap().first_active().unwrap().id, older.id);
}

#[test]
fn names_are_unique_and_what_is_missing_is_said() {
    let (_dir, store) = store();
    store.create_key(name("a"), None, at(1)).unwrap();
    assert!(matches!(store.create_key(name("a"), None, at(2)), Err(AccessError::NameTaken(_))));
    assert!(matches!(store.delete_key("b"), Err(AccessError::Missing { kind: "key", .. })));
    assert!(matches!(
        store.delete_role(&RoleName::new("r").unwrap()),
        Err(AccessError::Missing { kind: "role", .. })
    ));
    store.delete_key("a").unwrap();
    assert!(store.read().unwrap().keys.is_empty());
}

#[test]
fn the_first_key_is_made_once() {
    let (_dir, store) = store();
    let first = store.create_first_key(name("default"), at(1)).unwrap().unwrap();
    assert!(store.create_first_key(name("default"), at(2)).unwrap().is_none());
    fs::write(store.key_path(&first.id), "soup").unwrap();
    assert!(
        store.create_first_key(name("default"), at(3)).unwrap().is_none(),
        "a key that is there is a key"
    );
}

#[test]
fn a_change_by_another_process_is_noticed_and_nothing_else_is() {
    let (dir, store) = store();
    let other = AccessStore::new(dir.path());
    assert!(store.refresh().unwrap().is_some(), "the first look is news");
    assert!(store.refresh().unwrap().is_none());
    let key = other.create_key(name("a"), None, at(1)).unwrap();
    assert_eq!(store.refresh().unwrap().unwrap().keys.len(), 1);
    assert!(store.refresh().unwrap().is_none());
    other.set_key_status("a", KeyStatus::Disabled).unwrap();
    assert_eq!(store.refresh().unwrap().unwrap().key("a").unwrap().status, KeyStatus::Disabled);
    let role = Role { name: RoleName::new("r").unwrap(), policy: PolicyText::new(POLICY).unwrap() };
    other.put_role(&role).unwrap();
    assert!(store.refresh().unwrap().unwrap().role("r").is_some());
    fs::set_permissions(store.key_path(&key.id), Permissions::from_mode(0o644)).unwrap();
    let access = store.refresh().unwrap().unwrap();
    assert!(access.keys.is_empty() && access.faults[0].why.contains("mode 644"), "{access:?}");
    other.delete_key(key.id.as_str()).unwrap();
    assert!(store.refresh().unwrap().unwrap().faults.is_empty());
}

#[test]
fn a_file_that_is_not_as_it_should_be_grants_nothing_and_is_named() {
    let (dir, store) = store();
    let good = store.create_key(name("good"), None, at(1)).unwrap();
    let text = fs::read_to_string(store.key_path(&good.id)).unwrap();
    let id = "AKIAAAAAAAAAAAAAAAAA";
    let fitted = text.replace(good.id.as_str(), id).replace("\"good\"", "\"bad\"");
    let path = store.key_path(&AccessKeyId::new(id).unwrap());
    let cases = [
        ("soup".to_owned(), "is not what such a file holds, at line 1 column 1"),
        (text.clone(), "is named differently"),
        (fitted.replace("\"active\"", "\"maybe\""), "is not what such a file holds"),
        (fitted.replace("\"bad\"", "\"../bad\""), "has a malformed key name"),
        (fitted.replace(good.secret.expose(), "short"), "has a malformed secret"),
        (fitted.replace("\"status\"", "\"stats\""), "is not what such a file holds"),
        (
            fitted.replacen('{', "{\"policy\":\"{}\",", 1),
            "has a policy that is none: Missing required field Statement",
        ),
        ("x".repeat(300_000), "is larger than"),
    ];
    for (text, expected) in cases {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let access = AccessStore::new(dir.path()).read().unwrap();
        assert_eq!(access.keys.len(), 1, "{expected}");
        let [fault] = access.faults.as_slice() else { panic!("{:?}", access.faults) };
        assert!(fault.to_string().starts_with(&format!("{}: {expected}", path.display())), "{fault}");
        assert!(!fault.to_string().contains(good.secret.expose()));
    }
    fs::write(&path, &fitted).unwrap();
    assert_eq!(store.read().unwrap().faults, []);
    fs::write(&path, fitted.replace("\"bad\"", "\"good\"").replace(": 1,", ": 2,")).unwrap();
    let access = store.read().unwrap();
    assert_eq!(access.key("good").unwrap().id, good.id);
    assert_eq!(access.faults[0].why, "has the name of an older key, `good`");
}

#[test]
fn links_pipes_strays_and_open_directories_are_refused() {
    let (dir, store) = store();
    let key = store.create_key(name("a"), None, at(1)).unwrap();
    let keys = dir.path().join("access/keys");
    std::os::unix::fs::symlink(store.key_path(&key.id), keys.join("AKIABBBBBBBBBBBBBBBB.json")).unwrap();
    fs::create_dir(keys.join("AKIACCCCCCCCCCCCCCCC.json")).unwrap();
    fs::write(keys.join("notes.txt"), "").unwrap();
    fs::write(keys.join(".new-left"), "").unwrap();
    let access = store.read().unwrap();
    assert_eq!((access.keys.len(), access.faults.len()), (1, 3), "{:?}", access.faults);
    fs::set_permissions(&keys, Permissions::from_mode(0o755)).unwrap();
    let access = store.read().unwrap();
    assert!(access.keys.is_empty());
    assert!(access.faults[0].why.contains("mode 755"), "{:?}", access.faults);
}

#[test]
fn what_a_crash_left_unfinished_goes_with_the_next_change() {
    let (dir, store) = store();
    store.create_key(name("a"), None, at(1)).unwrap();
    let left = dir.path().join("access/keys/.new-left");
    fs::write(&left, "half").unwrap();
    store.create_key(name("b"), None, at(1)).unwrap();
    assert!(!left.exists());
}

#[test]
fn one_changes_at_a_time() {
    let (_dir, store) = store();
    let turn = files::begin(&store).unwrap();
    assert!(matches!(store.create_key(name("a"), None, at(1)), Err(AccessError::Busy)));
    drop(turn);
    store.create_key(name("a"), None, at(1)).unwrap();
}
