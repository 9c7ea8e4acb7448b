use super::*;
use crate::code::tests::{package_of, store};
use std::collections::HashSet;

fn put(store: &CodeStore, entries: &[(&str, &str)]) -> CodePackage {
    store.put(&package_of(entries)).unwrap().package
}

/// Everything in the tree: a directory has a slash behind it, a link an arrow.
fn listing(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(dir).unwrap().display().to_string();
            let metadata = fs::symlink_metadata(&path).unwrap();
            if metadata.is_symlink() {
                found.push(format!("{name} -> {}", fs::read_link(&path).unwrap().display()));
            } else if metadata.is_dir() {
                found.push(format!("{name}/"));
                open.push(path);
            } else {
                found.push(format!("{name}: {}", fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn directories_are_united_and_of_files_the_later_layer_s_is_seen() {
    let (_dir, store) = store();
    let one = put(&store, &[("python/a.py", "a1"), ("python/b.py", "b1"), ("bin/tool", "t1")]);
    let two = put(&store, &[("python/b.py", "b2"), ("python/c.py", "c2")]);
    let merged = store.layers(&[one.clone(), two.clone()]).unwrap();
    assert_eq!(
        listing(merged.dir()),
        ["bin/", "bin/tool: t1", "python/", "python/a.py: a1", "python/b.py: b2", "python/c.py: c2"]
    );
    let other_order = store.layers(&[two, one]).unwrap();
    assert_eq!(fs::read_to_string(other_order.dir().join("python/b.py")).unwrap(), "b1");
    assert_eq!(fs::metadata(merged.dir()).unwrap().mode() & 0o7777, 0o755);
}

#[test]
fn what_is_of_another_kind_in_a_later_layer_takes_the_place_whole() {
    let (_dir, store) = store();
    let one =
        put(&store, &[("a/x", "1"), ("a/y/z", "1"), ("a.b", "1"), ("b", "1"), ("c", "-> a"), ("d", "1")]);
    let two = put(&store, &[("a", "2"), ("b/x", "2"), ("c/x", "2"), ("d", "-> b")]);
    let merged = store.layers(&[one.clone(), two.clone()]).unwrap();
    // Above all nothing was written through the link `c`: there is no `a/x` of the second layer.
    assert_eq!(listing(merged.dir()), ["a.b: 1", "a: 2", "b/", "b/x: 2", "c/", "c/x: 2", "d -> b"]);
    let merged = store.layers(&[two, one.clone()]).unwrap();
    assert_eq!(
        listing(merged.dir()),
        ["a.b: 1", "a/", "a/x: 1", "a/y/", "a/y/z: 1", "b: 1", "c -> a", "d: 1"]
    );
    // And the packages are as they were.
    assert_eq!(fs::read_to_string(store.task_dir(one.sha256).unwrap().join("a/x")).unwrap(), "1");
}

#[test]
fn links_that_lead_out_only_together_are_left_out() {
    let (_dir, store) = store();
    // Alone, `m/n/../../x` is `x`; with `m` a link to the top it is outside.
    let one = put(&store, &[("link", "-> m/n/../../x"), ("f", "1")]);
    let two = put(&store, &[("m", "-> ."), ("n/f", "2")]);
    let merged = store.layers(&[one, two]).unwrap();
    assert_eq!(listing(merged.dir()), ["f: 1", "m -> .", "n/", "n/f: 2"]);
}

#[test]
fn a_list_is_merged_once_and_at_a_start_all_are_gone() {
    let (dir, store) = store();
    let packages = [put(&store, &[("a", "1")]), put(&store, &[("b", "2")])];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| store.layers(&packages).unwrap());
        }
    });
    let merged = store.layers(&packages).unwrap();
    let all = dir.path().join("code").join(LAYERS);
    assert_eq!(fs::read_dir(&all).unwrap().count(), 1);
    let left = fs::read_dir(dir.path().join("code")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with(NEW_PREFIX)));
    drop(merged);
    let store = CodeStore::open(&dir.path().join("code")).unwrap();
    assert!(!all.exists());
    assert_eq!(listing(store.layers(&packages).unwrap().dir()), ["a: 1", "b: 2"]);
}

#[test]
fn merged_layers_go_when_nobody_has_held_them_for_two_collections() {
    let (_dir, store) = store();
    let package = put(&store, &[("a", "1")]);
    let in_use = HashSet::from([package.sha256]);
    let merged = store.layers(std::slice::from_ref(&package)).unwrap();
    let home = merged.dir().to_owned();
    for _ in 0..3 {
        store.collect(&in_use).unwrap();
    }
    assert!(home.exists(), "it is held");
    drop(merged);
    store.collect(&in_use).unwrap();
    assert!(home.exists());
    store.collect(&in_use).unwrap();
    assert!(!home.exists());
    assert!(store.task_dir(package.sha256).is_some(), "the package stays: a function names it");
    // And layers outlive their packages while they are held.
    let merged = store.layers(std::slice::from_ref(&package)).unwrap();
    for _ in 0..2 {
        store.collect(&HashSet::new()).unwrap();
    }
    assert!(store.task_dir(package.sha256).is_none());
    assert_eq!(listing(merged.dir()), ["a: 1"]);
}

#[test]
fn layers_that_are_not_there_or_too_many_are_refused() {
    let (_dir, store) = store();
    let missing = CodePackage { sha256: CodeSha256::new([9; 32]), zip_bytes: 1 };
    assert!(matches!(store.layers(&[missing]), Err(LayersError::Missing(_))));
    let package = put(&store, &[("a/b", "1234"), ("c", "5678")]);
    let source = [store.task_dir(package.sha256).unwrap()];
    let bounded = |entries, bytes| plan(&source, Bounds { entries, bytes });
    assert!(bounded(3, 8).is_ok());
    assert!(matches!(bounded(2, 8), Err(LayersError::TooManyEntries)));
    assert!(matches!(bounded(3, 7), Err(LayersError::TooLarge)));
}
