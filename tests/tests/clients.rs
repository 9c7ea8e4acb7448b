//! Strangers' clients against a server that takes signed requests only: each runs one common script, and boto3 drives
//! every operation that there is.
//!
//! The script creates a function, publishes it, makes an alias, adds a permission, invokes in every way by the alias, calls
//! the function's URL, reads its log and deletes it; its texts are in `tests/clients`.

use lambent_tests::{Script, Server, prepared};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;

fn server() -> Server {
    let server = Server::start_with(&["--auth", "required"], &[]);
    let unsigned = server.request("GET", "/2015-03-31/functions", &[], b"");
    assert_eq!(unsigned.status, 403, "{}", unsigned.text());
    server
}

#[test]
fn boto3_runs_the_common_script() {
    let _ = Script::of(&server(), prepared("LAMBENT_TEST_PYTHON"), "python/script.py").output();
}

#[test]
fn version_1_of_the_aws_cli_runs_the_common_script() {
    let server = server();
    let mut script = Script::of(&server, "sh", "cli/script.sh");
    script.command().env("AWS", prepared("LAMBENT_TEST_AWS"));
    let _ = script.output();
}

#[test]
fn version_2_of_the_aws_cli_runs_the_common_script() {
    let server = server();
    let mut script = Script::of(&server, "sh", "cli/script.sh");
    script.command().env("AWS", prepared("LAMBENT_TEST_AWS_2"));
    let _ = script.output();
}

#[test]
fn the_sdk_for_javascript_runs_the_common_script() {
    let server = server();
    let mut script = Script::new(&server, "node");
    // Modules are looked for upwards of the script: it needs a folder with both.
    let text = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/javascript/script.mjs");
    fs::copy(text, script.directory().join("script.mjs")).unwrap();
    symlink(prepared("LAMBENT_TEST_NODE_MODULES"), script.directory().join("node_modules")).unwrap();
    script.command().arg("script.mjs");
    let _ = script.output();
}

#[test]
fn the_sdk_for_rust_runs_the_common_script() {
    let _ = Script::new(&server(), prepared("LAMBENT_TEST_RUST_CLIENT")).output();
}

#[test]
fn the_sdk_for_go_runs_the_common_script() {
    let _ = Script::new(&server(), prepared("LAMBENT_TEST_GO_CLIENT")).output();
}

#[test]
fn ruby_with_the_signer_of_its_sdk_runs_the_common_script() {
    let _ = Script::of(&server(), "ruby", "ruby/script.rb").output();
}

#[test]
fn cargo_lambda_deploys_and_invokes() {
    const ROLE: &str = "arn:aws:iam::000000000000:role/test";
    let server = server();
    let url = server.url();
    let cargo_lambda = |arguments: &[&str]| {
        let mut script = Script::new(&server, prepared("LAMBENT_TEST_CARGO_LAMBDA"));
        // It looks at the project it is called in, which here has nothing in it.
        fs::create_dir(script.directory().join("src")).unwrap();
        fs::write(script.directory().join("src/main.rs"), "fn main() {}\n").unwrap();
        let manifest = "[package]\nname = \"hello\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        fs::write(script.directory().join("Cargo.toml"), manifest).unwrap();
        script.command().arg("lambda").args(arguments).args(["--endpoint-url", &url]).arg("hello");
        script.output()
    };
    let binary = prepared("LAMBENT_TEST_RUST_HELLO");
    let binary = binary.to_str().unwrap();
    let deploy = ["deploy", "--role", ROLE, "--binary-path", binary, "--output-format", "json"];
    let deployed = cargo_lambda(&deploy);
    assert!(deployed.contains("arn:aws:lambda:us-east-1:000000000000:function:hello"), "{deployed}");
    let said = cargo_lambda(&["invoke", "--remote", "--data-ascii", r#"{"name":"cargo"}"#]);
    assert!(said.contains("cargo"), "{said}");
    // Again it is an update.
    let _ = cargo_lambda(&deploy);
}

/// What `docs/COMPATIBILITY.md` says of each operation. Kept only is answered too.
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]
fn told() -> BTreeMap<&'static str, &'static str> {
    const PAGE: &str = include_str!("../../docs/COMPATIBILITY.md");
    let (_, table) = PAGE.split_once("<!-- begin: ").unwrap();
    let (table, _) = table.split_once("<!-- end -->").unwrap();
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        (cells[1], if cells[2] == "not yet" { "not yet" } else { "works" })
    })
    .collect()
}

#[test]
fn boto3_drives_every_operation_as_the_page_says() {
    let server = server();
    let said = Script::of(&server, prepared("LAMBENT_TEST_PYTHON"), "every_operation").output();
    let seen: BTreeMap<&str, &str> = said.lines().filter_map(|line| line.split_once('\t')).collect();
    let told = told();
    assert_eq!(told.len(), 91);
    let differs = |operation: &&&str| seen.get(**operation) != told.get(**operation);
    let differing: Vec<String> = told
        .keys()
        .filter(differs)
        .map(|operation| {
            let (said, found) = (told[operation], seen.get(operation).copied().unwrap_or("nothing"));
            format!("{operation}: the page says `{said}`, boto3 saw `{found}`")
        })
        .collect();
    assert!(differing.is_empty() && seen.len() == told.len(), "{}\n{said}", differing.join("\n"));
}
