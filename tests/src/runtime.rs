//! Which runtimes this machine has: the tests run on what they find, not on one version.

use std::process::Command;
use std::sync::OnceLock;

/// The identifier of the Python that the tests' environment was made from, such as `python3.11`.
#[must_use]
pub fn python() -> &'static str {
    static FOUND: OnceLock<String> = OnceLock::new();
    FOUND.get_or_init(|| {
        let print = "import sys; print('python%d.%d' % sys.version_info[:2], end='')";
        said(Command::new(crate::prepared("LAMBENT_TEST_PYTHON")).args(["-c", print]))
    })
}

/// The identifier of the Node.js on the path, such as `nodejs20.x`.
#[must_use]
pub fn node() -> &'static str {
    static FOUND: OnceLock<String> = OnceLock::new();
    FOUND.get_or_init(|| {
        let print = "process.stdout.write(`nodejs${process.versions.node.split('.')[0]}.x`)";
        said(Command::new("node").args(["-e", print]))
    })
}

fn said(command: &mut Command) -> String {
    let output = command.output().expect("the interpreter runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("an identifier")
}
