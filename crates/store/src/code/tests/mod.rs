//! Packages good and bad, put into a store in a temporary directory.

mod raw_zip;

use super::unpack::unpack_within;
use super::*;
use proptest::prelude::*;
use raw_zip::{Entry, RawZip, entry};
use std::io::{Cursor, Write};
use std::sync::atomic::Ordering;
use zip::write::{SimpleFileOptions, ZipWriter};

pub(super) fn store() -> (tempfile::TempDir, CodeStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = CodeStore::open(&dir.path().join("code")).unwrap();
    (dir, store)
}

/// What is there besides the key.
fn left_in(dir: &tempfile::TempDir) -> Vec<std::ffi::OsString> {
    let names = fs::read_dir(dir.path().join("code")).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name != "download.key").collect()
}

/// A package of files and, where the text is an arrow and a target, links.
pub(super) fn package_of(entries: &[(&str, &str)]) -> Vec<u8> {
    RawZip::of(entries.iter().map(|(name, text)| match text.strip_prefix("-> ") {
        Some(target) => entry(name, target.as_bytes()).mode(0o120_777),
        None => entry(name, text.as_bytes()),
    }))
}

/// A package as any tool would make it.
fn ordinary(text: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let file = SimpleFileOptions::default();
    zip.start_file("bootstrap", file.unix_permissions(0o4755)).unwrap();
    zip.write_all(b"#!/bin/sh\n").unwrap();
    zip.start_file("lib/handler.py", file.unix_permissions(0o640)).unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    zip.add_directory("empty", file).unwrap();
    zip.add_symlink("lib/link.py", "handler.py", file).unwrap();
    zip.finish().unwrap().into_inner()
}

fn refusal(zip: &[u8]) -> PackageError {
    let (dir, store) = store();
    let error = match store.put(zip) {
        Err(PutError::Package(error)) => error,
        other => panic!("not refused: {other:?}"),
    };
    let left = left_in(&dir);
    assert!(left.is_empty(), "something was left behind: {left:?}");
    error
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_package_is_unpacked_with_its_links_and_the_right_to_execute() {
    let (_dir, store) = store();
    let zip = ordinary("print()");
    let stored = store.put(&zip).unwrap();
    assert_eq!(stored.package.zip_bytes, zip.len() as u64);
    let task = store.task_dir(stored.package.sha256).unwrap();
    assert_eq!(fs::read(task.join("lib/handler.py")).unwrap(), b"print()");
    assert_eq!(fs::read_link(task.join("lib/link.py")).unwrap(), Path::new("handler.py"));
    assert_eq!(fs::read(task.join("lib/link.py")).unwrap(), b"print()");
    assert_eq!(store.unzipped_bytes(stored.package.sha256).unwrap(), Some(10 + 7));
    assert_eq!(store.unzipped_bytes(CodeSha256::new([0; 32])).unwrap(), None);
    assert_eq!(mode(&task.join("bootstrap")), 0o555);
    assert_eq!(mode(&task.join("lib/handler.py")), 0o444);
    for directory in ["", "lib", "empty"] {
        assert_eq!(mode(&task.join(directory)), 0o755, "{directory}");
    }
    let (mut file, bytes) = store.open_zip(stored.package.sha256).unwrap().unwrap();
    let mut kept = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut kept).unwrap();
    assert_eq!((bytes, kept), (zip.len() as u64, zip));
}

#[test]
fn the_name_is_the_content_s_digest_and_the_same_content_is_kept_once() {
    let (dir, store) = store();
    let first = store.put(&ordinary("a")).unwrap();
    let again = store.put(&ordinary("a")).unwrap();
    let other = store.put(&ordinary("b")).unwrap();
    assert_eq!(first.package, again.package);
    assert_ne!(first.package.sha256, other.package.sha256);
    assert_eq!(left_in(&dir).len(), 2);
    assert!(store.open_zip(CodeSha256::new([0; 32])).unwrap().is_none());
    assert_eq!(store.task_dir(CodeSha256::new([0; 32])), None);
}

#[test]
fn the_same_package_from_many_sides_at_once() {
    let (dir, store) = store();
    let zip = ordinary("race");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| store.put(&zip).unwrap());
        }
    });
    assert_eq!(left_in(&dir).len(), 1);
}

#[test]
fn no_put_returns_before_the_package_s_name_is_flushed() {
    let (_dir, store) = store();
    store.fault.store(true, Ordering::Relaxed);
    // The first one has put it in place and failed to flush; the second one finds it there.
    for _ in 0..2 {
        assert!(matches!(store.put(&ordinary("a")), Err(PutError::Storage(_))));
    }
    store.fault.store(false, Ordering::Relaxed);
    store.put(&ordinary("a")).unwrap();
}

#[test]
fn what_is_unused_at_two_collections_in_a_row_goes() {
    let (dir, store) = store();
    let put = |text| store.put(&ordinary(text)).unwrap().package.sha256;
    let [used, unused, used_again] = ["used", "unused", "used again"].map(put);
    let in_use = HashSet::from([used]);
    assert_eq!(store.collect(&in_use).unwrap(), 0);
    assert_eq!(store.collect(&HashSet::from([used, used_again])).unwrap(), 1);
    assert!(store.task_dir(unused).is_none());
    // Its time in use lies between, so it has another collection to go.
    assert_eq!(store.collect(&in_use).unwrap(), 0);
    assert!(store.task_dir(used_again).is_some());
    assert_eq!(store.collect(&in_use).unwrap(), 1);
    assert_eq!(left_in(&dir).len(), 1);
    // What was removed can be put again.
    store.put(&ordinary("unused")).unwrap();
    assert!(store.task_dir(unused).is_some());
}

#[test]
fn what_is_held_stays() {
    let (_dir, store) = store();
    let collect = || store.collect(&HashSet::new()).unwrap();
    let fresh = store.put(&ordinary("a")).unwrap();
    let package = fresh.package.clone();
    assert_eq!([collect(), collect()], [0, 0]);
    let held = store.hold(&package).unwrap();
    drop(fresh);
    assert_eq!([collect(), collect()], [0, 0]);
    assert_eq!(fs::read(held.task_dir().join("lib/handler.py")).unwrap(), b"a");
    drop(held);
    // A function may have come to name it while it was held: the next collection is told of that, so this one is not.
    assert_eq!(collect(), 0);
    drop(store.put(&ordinary("a")).unwrap());
    assert_eq!([collect(), collect()], [0, 1]);
    assert!(store.hold(&package).is_none());
    store.put(&ordinary("a")).unwrap();
}

#[test]
fn what_is_no_package_is_not_collected() {
    let (dir, store) = store();
    for name in ["lost+found", &"F".repeat(64), &"g".repeat(64), &"0".repeat(63)] {
        fs::create_dir(dir.path().join("code").join(name)).unwrap();
    }
    assert_eq!([(); 2].map(|()| store.collect(&HashSet::new()).unwrap()), [0, 0]);
    assert_eq!(left_in(&dir).len(), 4);
}

#[test]
fn what_a_crash_left_half_unpacked_is_cleared_away() {
    let (dir, store) = store();
    let stored = store.put(&ordinary("a")).unwrap();
    let code = dir.path().join("code");
    fs::create_dir_all(code.join(".new-abc/task")).unwrap();
    let store = CodeStore::open(&code).unwrap();
    assert!(!code.join(".new-abc").exists());
    assert!(store.task_dir(stored.package.sha256).is_some());
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in
        ["../evil", "a/../../evil", "/etc/evil", "..\\evil", "C:\\evil", "a\0b", "a/..", "\\\\host\\share"]
    {
        let zip = RawZip::of([entry(name, b"x"), entry("good", b"x")]);
        assert!(matches!(refusal(&zip), PackageError::UnsafeName(_)), "{name:?}");
    }
    let not_utf8 = RawZip::of([Entry { name: b"\xff\xfe".to_vec(), ..entry("", b"x") }]);
    assert!(matches!(refusal(&not_utf8), PackageError::UnsafeName(_)));
}

#[test]
fn links_that_lead_out_are_refused() {
    for target in ["..", "../../etc/passwd", "/etc/passwd", "", "a\0b", "link"] {
        let zip = RawZip::of([entry("good", b"x"), entry("link", target.as_bytes()).mode(0o120_777)]);
        assert!(matches!(refusal(&zip), PackageError::UnsafeLink(_)), "{target:?}");
    }
}

#[test]
fn nothing_is_written_through_a_link() {
    let zip =
        RawZip::of([entry("dir", b"good").mode(0o120_777), entry("dir/evil", b"x"), entry("good/a", b"x")]);
    assert!(matches!(refusal(&zip), PackageError::Duplicate(_)));
}

#[test]
fn two_entries_for_one_place_are_refused() {
    for (one, other) in [("a", "a"), ("a", "./a"), ("a/b", "a//b"), ("a", "a/b"), ("a/", "a"), ("a/b", "a")] {
        let zip = RawZip::of([entry(one, b""), entry(other, b""), entry("z", b"3")]);
        assert!(matches!(refusal(&zip), PackageError::Duplicate(_)), "{one} and {other}");
    }
}

#[test]
fn special_files_and_encrypted_ones_are_refused() {
    for kind in [0o010_644, 0o020_644, 0o060_644, 0o140_644, 0o040_755] {
        let zip = RawZip::of([entry("a", b"x").mode(kind)]);
        assert!(matches!(refusal(&zip), PackageError::SpecialFile(_)), "{kind:o}");
    }
    let zip = RawZip::of([Entry { flags: 1, ..entry("a", b"x") }]);
    assert!(matches!(refusal(&zip), PackageError::Encrypted(_)));
}

#[test]
fn what_is_no_package_is_refused() {
    for bad in [&b""[..], b"PK", b"not a zip at all", &ordinary("a")[..60]] {
        assert!(matches!(refusal(bad), PackageError::NotAZip(_)));
    }
    assert_eq!(refusal(&RawZip::of([])), PackageError::Empty);
    assert_eq!(refusal(&RawZip::of([entry("only/", b"").mode(0o040_755)])), PackageError::Empty);
    let wrong_sum = RawZip::of([Entry { crc32: Some(1), ..entry("a", b"x") }]);
    assert!(matches!(refusal(&wrong_sum), PackageError::NotAZip(_)));
    let unknown_method = RawZip::of([Entry { method: 99, ..entry("a", b"x") }]);
    assert!(matches!(refusal(&unknown_method), PackageError::NotAZip(_)));
    assert_eq!(refusal(&vec![0; ZIPPED_BYTES_MAX + 1]), PackageError::ZippedTooLarge);
}

#[test]
fn too_large_by_its_own_account_is_refused_before_anything_is_inflated() {
    let claims = |bytes| Entry { claimed: Some(bytes), ..entry("a", b"x") };
    assert_eq!(refusal(&RawZip::of([claims(262_144_001)])), PackageError::UnzippedTooLarge);
    let together = RawZip::of([claims(200_000_000), Entry { name: b"b".to_vec(), ..claims(200_000_000) }]);
    assert_eq!(refusal(&together), PackageError::UnzippedTooLarge);
}

#[test]
fn a_bomb_that_lies_about_its_size_is_stopped_while_inflating() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bomb", SimpleFileOptions::default()).unwrap();
    zip.write_all(&vec![0; 1 << 20]).unwrap();
    let honest = zip.finish().unwrap().into_inner();
    assert!(honest.len() < 4096);
    let lying = raw_zip::claim_ten_bytes(honest.clone());
    let dir = tempfile::tempdir().unwrap();
    let refused = |name: &str, zip: &[u8]| {
        let task = dir.path().join(name);
        let result = unpack_within(zip, &task, 100_000);
        assert!(fs::metadata(task.join("bomb")).unwrap().len() <= 100_000, "{name}");
        match result {
            Err(PutError::Package(error)) => error,
            other => panic!("{name} was not refused: {other:?}"),
        }
    };
    assert_eq!(refused("honest", &honest), PackageError::UnzippedTooLarge);
    assert!(matches!(refused("lying", &lying), PackageError::NotAZip(_)));
    unpack_within(&honest, &dir.path().join("fits"), 1 << 20).unwrap();
}

#[test]
fn too_many_entries_are_refused_also_when_names_only_imply_them() {
    let deep = |number: usize| entry(&format!("{number}/{}", "d/".repeat(1_500)), b"").mode(0o040_755);
    let zip = RawZip::of((0..100).map(deep));
    assert_eq!(refusal(&zip), PackageError::TooManyEntries);
}

#[test]
fn messages_show_names_without_control_characters_and_cut() {
    let zip = RawZip::of([entry(&format!("../\x1b[2J{}", "x".repeat(3_000)), b"x")]);
    let message = refusal(&zip).to_string();
    assert!(message.len() < 300 && !message.contains('\x1b'), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is done to a package, the answer is a package or a refusal, and nothing appears outside of its place.
    #[test]
    fn damaged_packages_do_no_harm(damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut zip = ordinary("print()");
        for (at, byte) in damage {
            let at = at.index(zip.len());
            zip[at] = byte;
        }
        let (dir, store) = store();
        if let Err(PutError::Storage(error)) = store.put(&zip) {
            prop_assert!(false, "blamed on the disk: {}", error);
        }
        let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        prop_assert_eq!(names, ["code"]);
    }

    /// Arbitrary names and kinds: everything that is taken lies inside, and no link resolves to the outside.
    #[test]
    fn arbitrary_trees_stay_inside(
        entries in proptest::collection::vec(("[ab./\\\\]{1,7}", prop::sample::select(vec![0o100_644, 0o120_777, 0o040_755]), "[ab./]{1,8}"), 1..8)
    ) {
        let zip = RawZip::of(entries.iter().map(|(name, mode, content)| entry(name, content.as_bytes()).mode(*mode)));
        let (dir, store) = store();
        let Ok(stored) = store.put(&zip) else { return Ok(()) };
        let task = store.task_dir(stored.package.sha256).unwrap().canonicalize().unwrap();
        let mut open = vec![task.clone()];
        while let Some(directory) = open.pop() {
            for found in fs::read_dir(directory).unwrap() {
                let found = found.unwrap();
                if let Ok(end) = found.path().canonicalize() {
                    prop_assert!(end.starts_with(&task), "{:?} leads to {:?}", found.path(), end);
                }
                if found.file_type().unwrap().is_dir() {
                    open.push(found.path());
                }
            }
        }
        drop(dir);
    }
}
