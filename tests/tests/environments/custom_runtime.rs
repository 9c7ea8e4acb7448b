//! AWS's own Python client, unmodified, as a custom runtime: a package that brings it along and starts it.

use crate::function::Function;
use lambent_tests::{Package, Server, prepared};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

const CODE: &str = "
import os
def handler(event, context):
    print('got', event['n'])
    if event['n'] < 0:
        raise ValueError('below nothing')
    return {'n': event['n'] + 1, 'id': context.aws_request_id, 'name': context.function_name,
            'managed': 'AWS_EXECUTION_ENV' in os.environ, 'left': context.get_remaining_time_in_millis()}
";

#[test]
fn awslambdaric_runs_unmodified() {
    let (site_packages, interpreter) = client_and_interpreter();
    let mut package = Package::of("app.py", CODE);
    let bootstrap = format!("#!/bin/sh\nexec {interpreter} -m awslambdaric \"$_HANDLER\"\n");
    package.add("bootstrap", bootstrap.as_bytes(), 0o755);
    for name in ["awslambdaric", "simplejson", "snapshot_restore_py", "runtime_client"] {
        add_all(&mut package, &site_packages, name);
    }
    let server = Server::start();
    let function = Function::of(&server, "provided.al2023", "app.handler", package, json!({ "Timeout": 60 }));

    let run = function.run(&json!({ "n": 1 }));
    let payload = run.succeeded();
    assert_eq!(payload["n"], 2, "{payload}");
    assert_eq!(payload["id"], run.id.as_str(), "{payload}");
    assert_eq!(
        (payload["name"].as_str(), payload["managed"].as_bool()),
        (Some("own"), Some(false)),
        "{payload}"
    );
    assert!((1..=60_000).contains(&payload["left"].as_u64().unwrap()), "{payload}");

    let run = function.run(&json!({ "n": -1 }));
    let error: serde_json::Value = serde_json::from_str(&run.failed()).unwrap();
    assert_eq!(
        (&error["errorType"], &error["errorMessage"]),
        (&json!("ValueError"), &json!("below nothing"))
    );
    assert_eq!(error["requestId"], run.id.as_str(), "{error}");
    let log = function.log();
    assert!(log.written_in(&run).contains(&"got -1\n".to_owned()), "{:#?}", log.0);
    assert!(log.written_in(&run).iter().any(|line| line.starts_with("[ERROR] ValueError: below nothing")));
}

/// Where the client is, and an interpreter for which its native part was built and that a custom runtime can see: the
/// system's own below `/usr`. What lies below somebody's home directory is only mounted for managed runtimes.
fn client_and_interpreter() -> (PathBuf, String) {
    let print = "import awslambdaric, os, sys\n\
        print(os.path.dirname(os.path.dirname(awslambdaric.__file__)))\n\
        print('python%d.%d' % sys.version_info[:2])";
    let output = Command::new(prepared("LAMBENT_TEST_PYTHON")).args(["-c", print]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let (packages, name) = (lines.next().unwrap(), lines.next().unwrap());
    let places = [format!("/usr/bin/{name}"), format!("/usr/local/bin/{name}")];
    let interpreter = places.iter().find(|place| Path::new(place).exists()).cloned();
    let interpreter = interpreter.unwrap_or_else(|| {
        panic!("this test needs a {name} below /usr, for example from the Debian package {name}")
    });
    (packages.into(), interpreter)
}

/// Adds a module or a package of modules, whatever its file is called behind its name.
fn add_all(package: &mut Package, folder: &Path, name: &str) {
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let file = entry.file_name().into_string().unwrap();
        if file == name || file.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')) {
            add_tree(package, &entry.path(), &file);
            found += 1;
        }
    }
    assert!(found > 0, "no {name} in {}", folder.display());
}

fn add_tree(package: &mut Package, path: &Path, name: &str) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap().flatten() {
            let file = entry.file_name().into_string().unwrap();
            if file != "__pycache__" {
                add_tree(package, &entry.path(), &format!("{name}/{file}"));
            }
        }
    } else {
        package.add(name, &std::fs::read(path).unwrap(), 0o755);
    }
}
