//! Any bytes as a deployment package, in a directory of its own that must hold nothing strange afterwards.
#![no_main]

use lambent_store::code::CodeStore;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = CodeStore::open(&directory.path().join("code")).expect("a store");
    if let Ok(stored) = store.put(bytes) {
        assert!(stored.task_dir().starts_with(directory.path()));
        let upload = store.read_zip(stored.package.sha256).expect("the upload is readable");
        assert_eq!(upload.as_deref(), Some(bytes));
    }
    // Nothing has left the store's own directory.
    let outside = std::fs::read_dir(directory.path()).expect("the directory").count();
    assert_eq!(outside, 1);
});
