//! Access keys and roles: the first start, the commands beside a server that runs, and what is refused.

use crate::program::{Finished, PATIENCE, Server, lambent, python, run};
use std::fs::{self, File, Permissions};
use std::io::BufRead as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;

const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Tells its credentials.
const TELLS: &str = "import os\ndef handler(event, context):\n    return [os.environ[name] for name in \
                     ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN')]\n";

fn at(data: &Path, arguments: &[&str]) -> Finished {
    run(&[arguments, &["--data-dir", data.to_str().unwrap()]].concat())
}

/// What comes behind `export NAME=`.
fn exported(text: &str, name: &str) -> String {
    let start = format!("export {name}=");
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(start.as_str()));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
}

/// The path of the only file in a directory.
fn only_file(dir: &Path) -> std::path::PathBuf {
    let files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    file.clone()
}

#[test]
fn the_first_start_makes_a_key_and_shows_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let refused = at(&data, &["env"]).code(1);
    assert!(refused.stderr().contains("hint: start it first: `lambent serve`"), "{}", refused.stderr());
    assert!(!data.exists(), "env made a directory");

    let said = dir.path().join("said");
    let mut server = Server::start_saying(&data, &[], File::create(&said).unwrap().into());
    let first = fs::read_to_string(&said).unwrap();
    let file = only_file(&data.join("access/keys"));
    assert!(first.contains(&format!("kept in {}", file.display())), "{first}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    // While the server holds the data directory.
    let env = at(&data, &["env", "--listen", "127.0.0.1:9"]).code(0).stdout();
    let (id, secret) = (exported(&env, "AWS_ACCESS_KEY_ID"), exported(&env, "AWS_SECRET_ACCESS_KEY"));
    assert!(id.starts_with("AKIA") && id.len() == 20 && secret.len() == 40, "{env}");
    // What is not a terminal may be kept for ever.
    assert!(first.contains(&id) && !first.contains(&secret), "{first}");
    assert_eq!(exported(&env, "AWS_ENDPOINT_URL"), "http://127.0.0.1:9");
    assert_eq!(exported(&env, "AWS_REGION"), "us-east-1");
    assert_eq!(exported(&env, "AWS_DEFAULT_REGION"), "us-east-1");

    server.signal(rustix::process::Signal::TERM);
    assert!(server.ended().success());
    let _server = Server::start_saying(&data, &[], File::create(&said).unwrap().into());
    assert!(!fs::read_to_string(&said).unwrap().contains("access key"));
}

#[test]
fn a_person_at_a_terminal_is_shown_the_first_secret() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let command = format!(
        "exec {} serve --listen 127.0.0.1:0 --data-dir {}",
        env!("CARGO_BIN_EXE_lambent"),
        data.display()
    );
    // `script` gives its command a terminal.
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).current_dir(dir.path());
    script.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
    let mut child = script.spawn().expect("script is there");
    let mut shown = String::new();
    for line in std::io::BufReader::new(child.stdout.take().unwrap()).lines() {
        shown.push_str(&line.unwrap());
        shown.push('\n');
        if shown.contains("is ready") {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let env = at(&data, &["env"]).code(0).stdout();
    assert_eq!(shown.matches(&exported(&env, "AWS_SECRET_ACCESS_KEY")).count(), 1, "{shown}");
}

#[test]
fn keys_are_made_listed_disabled_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let _server = Server::start_saying(&data, &[], std::process::Stdio::null());
    let policy = dir.path().join("policy.json");
    fs::write(&policy, POLICY.replace("\"*\",\"Resource", "\"lambda:Invoke*\",\"Resource")).unwrap();
    let made = at(&data, &["keys", "create", "ci", "--policy", policy.to_str().unwrap()]).code(0);
    let (id, secret) =
        (exported(&made.stdout(), "AWS_ACCESS_KEY_ID"), exported(&made.stdout(), "AWS_SECRET_ACCESS_KEY"));
    assert!(made.stderr().contains("may do what its policy says"), "{}", made.stderr());
    let json = at(&data, &["keys", "create", "all", "--output", "json"]).code(0);
    assert!(json.stderr().contains("may do EVERYTHING"), "{}", json.stderr());
    let json: serde_json::Value = serde_json::from_str(&json.stdout()).unwrap();
    assert!(json["secretAccessKey"].is_string() && json["accessKeyId"].is_string(), "{json}");

    let listed = at(&data, &["keys", "list"]).code(0).stdout();
    let row = listed.lines().find(|line| line.starts_with(&id)).unwrap_or_else(|| panic!("{listed}"));
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!((cells[1], cells[2], cells[4]), ("ci", "active", "policy"), "{row}");
    assert!(listed.lines().count() == 4 && !listed.contains(&secret), "{listed}");
    let listed = at(&data, &["keys", "list", "--output", "json"]).code(0).stdout();
    assert!(!listed.contains(&secret) && !listed.contains("secret"), "{listed}");

    at(&data, &["keys", "disable", "default"]).code(0);
    let env = at(&data, &["env"]).code(0).stdout();
    assert_eq!(exported(&env, "AWS_ACCESS_KEY_ID"), id, "the oldest active key is another now");
    let refused = at(&data, &["env", "--key", "default"]).code(1);
    assert!(refused.stderr().contains("`default` is disabled\nhint: `lambent keys enable default`"));
    at(&data, &["keys", "enable", "default"]).code(0);
    at(&data, &["env", "--key", "default"]).code(0);

    at(&data, &["keys", "delete", &id]).code(0);
    let gone = at(&data, &["keys", "delete", "ci"]).code(1);
    assert!(gone.stderr().contains("failed to delete the key ci: there is no key `ci`"), "{}", gone.stderr());
}

#[test]
fn what_is_no_key_or_policy_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let unused = at(&data, &["keys", "list"]).code(1);
    assert!(unused.stderr().contains("no server has been started on"), "{}", unused.stderr());
    drop(Server::start_saying(&data, &[], std::process::Stdio::null()));
    at(&data, &["keys", "create", "a/b"]).code(2);
    let taken = at(&data, &["keys", "create", "default"]).code(1);
    assert!(taken.stderr().contains("there is a key `default` already"), "{}", taken.stderr());
    let policy = dir.path().join("policy.json");
    fs::write(&policy, "{\"Effect\":\"Allow\"}").unwrap();
    let refused = at(&data, &["keys", "create", "x", "--policy", policy.to_str().unwrap()]).code(1);
    assert!(
        refused.stderr().contains("policy.json: ") && refused.stderr().contains("\nhint: a policy"),
        "{}",
        refused.stderr()
    );

    // The rest is listed, and the exit code says that something is wrong.
    let file = only_file(&data.join("access/keys"));
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let open = at(&data, &["keys", "list"]).code(1);
    assert!(open.stderr().contains("is open to other users (mode 644)"), "{}", open.stderr());
    let none = at(&data, &["env"]).code(1);
    assert!(none.stderr().contains("there is none that is active\nhint: "), "{}", none.stderr());
}

#[test]
fn roles_are_put_shown_listed_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let config = dir.path().join("l.toml");
    fs::write(&config, format!("[roles]\nfixed = '{POLICY}'\n")).unwrap();
    let config = config.to_str().unwrap();
    drop(Server::start_saying(&data, &["--config", config], std::process::Stdio::null()));
    let policy = dir.path().join("policy.json");
    fs::write(&policy, POLICY).unwrap();
    let policy = policy.to_str().unwrap();
    at(&data, &["roles", "put", "worker", "--policy", policy]).code(0);
    assert_eq!(at(&data, &["roles", "show", "worker"]).code(0).stdout(), format!("{POLICY}\n"));
    let listed = at(&data, &["roles", "list", "--output", "json", "--config", config]).code(0).stdout();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((&listed[0]["name"], &listed[0]["source"]), (&"fixed".into(), &"configuration".into()));
    assert_eq!((&listed[1]["name"], &listed[1]["source"]), (&"worker".into(), &"file".into()));
    let fixed = at(&data, &["roles", "delete", "fixed", "--config", config]).code(1);
    assert!(fixed.stderr().contains("it is a role of the configuration"), "{}", fixed.stderr());
    at(&data, &["roles", "delete", "worker"]).code(0);
    at(&data, &["roles", "show", "worker"]).code(1);
    at(&data, &["roles", "put", "../x", "--policy", policy]).code(2);
}

#[test]
fn a_key_that_changes_beside_the_server_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let said = dir.path().join("said");
    let _server = Server::start_saying(&data, &[], File::create(&said).unwrap().into());
    at(&data, &["keys", "create", "second"]).code(0);
    let deadline = Instant::now() + PATIENCE;
    while !fs::read_to_string(&said).unwrap().contains("keys=2") {
        assert!(Instant::now() < deadline, "the server never noticed");
    }
}

#[test]
fn every_environment_has_credentials_of_its_own() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start_saying(data.path(), &[], std::process::Stdio::null());
    let (_directory, path) = python(TELLS);
    let mut ids = Vec::new();
    for name in ["one", "two"] {
        server.client(&["deploy", name, path.to_str().unwrap()]).code(0);
        let answer = server.client(&["invoke", name]).code(0).stdout();
        let [id, secret, token]: [String; 3] = serde_json::from_str(&answer).unwrap();
        assert!(id.starts_with("ASIA") && secret.len() == 40 && token.len() == 64, "{answer}");
        // A warm environment keeps them. On a busy machine it may not be back yet, and another is started.
        let deadline = Instant::now() + PATIENCE;
        while server.client(&["invoke", name]).code(0).stdout() != answer {
            assert!(Instant::now() < deadline, "credentials change from one invocation to the next");
        }
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn an_environment_that_has_become_too_old_gives_way_to_another() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("l.toml");
    fs::write(&config, "[environments]\nlifetime_max_secs = 1\n").unwrap();
    let flags = ["--config", config.to_str().unwrap()];
    let server = Server::start_saying(&dir.path().join("data"), &flags, std::process::Stdio::null());
    let (_directory, path) = python(TELLS);
    server.client(&["deploy", "f", path.to_str().unwrap()]).code(0);
    let first = server.client(&["invoke", "f"]).code(0).stdout();
    let deadline = Instant::now() + PATIENCE;
    // The idle timeout is five minutes: only its age can end it, and busy as it is, only between two invocations.
    while server.client(&["invoke", "f"]).code(0).stdout() == first {
        assert!(Instant::now() < deadline, "the environment lives for ever");
    }
}

/// Every command that talks to a server, where everybody has to sign.
#[test]
fn the_commands_sign_with_the_data_directorys_key() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let said = dir.path().join("said");
    let server = Server::start_saying(&data, &["--auth", "required"], File::create(&said).unwrap().into());
    let key = ["--data-dir", data.to_str().unwrap()];
    let signed = |arguments: &[&str]| server.client(&[arguments, &key].concat());
    let (_directory, path) =
        python("def handler(event, context):\n    print('signed for')\n    return event\n");
    let path = path.to_str().unwrap();
    signed(&["deploy", "f", path]).code(0);
    assert_eq!(signed(&["invoke", "f", "--payload", "{\"a\":1}"]).code(0).stdout(), "{\"a\": 1}\n");
    assert_eq!(signed(&["invoke", "f", "--event"]).code(0).stdout().trim_end().len(), 36);
    assert!(signed(&["functions"]).code(0).stdout().contains("f "));
    assert!(signed(&["logs", "f"]).code(0).stdout().contains("signed for\n"));
    let unsigned = server.client(&["functions"]).code(5);
    assert!(unsigned.stderr().contains("MissingAuthenticationTokenException"), "{}", unsigned.stderr());

    // The variables that `lambent env` prints do as well, and a key that may not is told so.
    let policy = dir.path().join("policy.json");
    fs::write(&policy, POLICY.replace("\"*\",\"Resource", "\"lambda:Invoke*\",\"Resource")).unwrap();
    let made = at(&data, &["keys", "create", "few", "--policy", policy.to_str().unwrap()]).code(0).stdout();
    let few = |arguments: &[&str]| {
        let mut command = lambent(arguments);
        command.args(["--endpoint", &server.endpoint]);
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            command.env(name, exported(&made, name));
        }
        Finished(command.output().unwrap())
    };
    let deadline = Instant::now() + PATIENCE;
    let refused = loop {
        let refused = few(&["functions"]);
        // The server looks at its keys once a second.
        if !refused.stderr().contains("UnrecognizedClientException") {
            break refused.code(5);
        }
        assert!(Instant::now() < deadline, "the new key never counts");
    };
    let expected = "user/few is not authorized to perform: lambda:ListFunctions on resource: * because";
    assert!(refused.stderr().contains(expected), "{}", refused.stderr());
    few(&["invoke", "f"]).code(0);
    // The operator reads who was refused what, and no secret.
    let said = fs::read_to_string(&said).unwrap();
    let line =
        said.lines().find(|line| line.contains("access was denied")).unwrap_or_else(|| panic!("{said}"));
    for part in
        ["INFO", "user/few", "lambda:ListFunctions", "request.id", &exported(&made, "AWS_ACCESS_KEY_ID")]
    {
        assert!(line.contains(part), "no {part} in {line}");
    }
    assert!(!said.contains(&exported(&made, "AWS_SECRET_ACCESS_KEY")));
}

#[test]
fn the_command_line_of_env_is_for_a_shell() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    drop(Server::start_saying(&data, &[], std::process::Stdio::null()));
    let script = format!(
        "eval \"$({} env --data-dir {})\" && echo \"$AWS_ACCESS_KEY_ID $AWS_ENDPOINT_URL\"",
        lambent(&[]).get_program().to_str().unwrap(),
        data.display()
    );
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with("AKIA") && text.ends_with(" http://127.0.0.1:9400\n"), "{text}");
}
