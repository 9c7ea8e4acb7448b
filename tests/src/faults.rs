//! A disk that fails when it is told to: the library `tests/faults/faults.c`, and the rule it follows.

use std::fs::File;
use std::os::unix::fs::FileExt;
use tempfile::TempDir;

const RULE_BYTES: usize = 512;

/// What a server's disk does wrong. Nothing at first.
#[derive(Debug)]
pub struct Faults {
    rule: File,
    serial: u32,
    directory: TempDir,
}

/// One thing that it does wrong; the words are those of `faults.c`, which explains them.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// `write`, `sync` or `open`.
    pub call: &'static str,
    /// `fail`, `kill`, `part`, `tear`, `hole` or `flip`.
    pub what: &'static str,
    /// The error's number, or a place in thousandths.
    pub value: u64,
    /// A part of the file's path.
    pub path: &'static str,
}

impl Faults {
    /// One that does everything right.
    #[must_use]
    pub fn none() -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let rule = File::create(directory.path().join("rule")).expect("a file for the rule");
        rule.set_len(RULE_BYTES as u64).expect("its length");
        Self { rule, serial: 0, directory }
    }

    /// What a server has to be started with.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, String); 2] {
        let path = |path: &std::path::Path| path.to_str().expect("a path in UTF-8").to_owned();
        [
            ("LD_PRELOAD", path(&crate::prepared("LAMBENT_TEST_FAULTS_LIBRARY"))),
            ("LAMBENT_TEST_FAULTS", path(&self.directory.path().join("rule"))),
        ]
    }

    /// From now on, after so many calls that it could have struck.
    pub fn set(&mut self, fault: Fault, after: u64) {
        self.serial += 1;
        let Fault { call, what, value, path } = fault;
        self.write(&format!("{} {call} {what} {value} {after} {path}", self.serial));
    }

    /// The disk is well again.
    pub fn clear(&mut self) {
        self.write("0");
    }

    fn write(&self, rule: &str) {
        let mut bytes = rule.as_bytes().to_vec();
        bytes.resize(RULE_BYTES, 0);
        self.rule.write_all_at(&bytes, 0).expect("the rule is written");
    }
}
