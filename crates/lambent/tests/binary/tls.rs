//! TLS: the real binary, certificates made by OpenSSL, and clients that check them.

use crate::program::{PATIENCE, Server, lambent, run};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// A certificate for 127.0.0.1 under this name, signed by itself, and its key.
fn certificate(dir: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (certificate, key) = (dir.join(format!("{name}.crt")), dir.join(format!("{name}.key")));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"])
        .args(["-days", "2", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-subj"])
        .arg(format!("/CN={name}"))
        .arg("-out")
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (certificate, key)
}

struct Secure {
    server: Server,
    dir: tempfile::TempDir,
    said: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

fn secure() -> Secure {
    let dir = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate(dir.path(), "first");
    let said = dir.path().join("said");
    let flags = ["--tls-certificate", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let stderr = File::create(&said).unwrap().into();
    let server = Server::start_saying(&dir.path().join("data"), &flags, stderr);
    assert!(server.endpoint.starts_with("https://127.0.0.1:"), "{}", server.endpoint);
    Secure { server, dir, said, certificate, key }
}

impl Secure {
    fn address(&self) -> &str {
        self.server.endpoint.strip_prefix("https://").unwrap()
    }

    /// What OpenSSL's client says of the connection.
    fn shaken(&self, arguments: &[&str]) -> String {
        let output = Command::new("openssl")
            .args(["s_client", "-connect", self.address()])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn await_said(&self, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !fs::read_to_string(&self.said).unwrap().contains(words) {
            assert!(Instant::now() < deadline, "the server never said {words:?}");
        }
    }
}

#[test]
fn clients_that_trust_the_certificate_are_served_and_others_go_away() {
    let secure = secure();
    let endpoint = secure.server.endpoint.clone();
    let trusted = ["functions", "--endpoint", &endpoint, "--ca-file", secure.certificate.to_str().unwrap()];
    assert!(run(&trusted).code(0).stdout().starts_with("NAME"));
    let (other, _) = certificate(secure.dir.path(), "other");
    let distrusted = ["functions", "--endpoint", &endpoint, "--ca-file", other.to_str().unwrap()];
    let refused = run(&distrusted).code(1);
    assert!(refused.stderr().contains("certificate"), "{}", refused.stderr());
    // Another TLS than ours, both versions, and HTTP/1.1 chosen by name.
    let ca = secure.certificate.to_str().unwrap();
    for version in ["-tls1_2", "-tls1_3"] {
        let said = secure.shaken(&[version, "-CAfile", ca, "-alpn", "h2,http/1.1"]);
        assert!(said.contains("Verify return code: 0 (ok)"), "{version}: {said}");
        assert!(said.contains("ALPN protocol: http/1.1"), "{version}: {said}");
    }
    assert!(!secure.shaken(&["-tls1_1"]).contains("BEGIN CERTIFICATE"));
}

#[test]
fn beyond_loopback_clients_must_sign_whatever_name_they_use() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = started(&["0.0.0.0:0"], dir.path());
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.split_once("https://0.0.0.0:").unwrap().1.split(' ').next().unwrap().to_owned();
    let ca = dir.path().join("own.crt");
    let url = format!("https://127.0.0.1:{port}");
    let functions = ["functions", "--endpoint", &url, "--ca-file", ca.to_str().unwrap()];
    let unsigned = run(&functions).code(5);
    assert!(unsigned.stderr().contains("MissingAuthenticationTokenException"), "{}", unsigned.stderr());
    let data = dir.path().join("data");
    run(&[&functions[..], &["--data-dir", data.to_str().unwrap()]].concat()).code(0);
    let named = Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", &format!("127.0.0.1:{port}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut named = named.unwrap();
    let request = b"GET /2015-03-31/functions HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n";
    named.stdin.as_mut().unwrap().write_all(request).unwrap();
    let mut answer = String::new();
    named.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
    named.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("MissingAuthentication"), "{answer}");
    server.kill().unwrap();
    server.wait().unwrap();
}

/// A host where no namespaces may be made: only a server on loopback does without.
#[test]
fn a_host_that_cannot_confine_does_not_listen_beyond_loopback() {
    let dir = tempfile::tempdir().unwrap();
    let confined = "echo 0 > /proc/sys/user/max_user_namespaces && \
                    exec setpriv --bounding-set -all --inh-caps -all --no-new-privs \"$@\"";
    let wrapper = ["unshare", "--user", "--map-root-user", "sh", "-c", confined, "sh"];
    let refused = started(&[&wrapper[..], &["0.0.0.0:0"]].concat(), dir.path()).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(6), "{said}");
    assert!(said.contains("hint: a server that listens beyond loopback must confine functions"), "{said}");
    assert!(!said.contains("AWS_SECRET_ACCESS_KEY"), "a key was made for nothing: {said}");

    let mut taken = started(&[&wrapper[..], &["127.0.0.1:0"]].concat(), dir.path());
    let mut line = String::new();
    BufReader::new(taken.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("functions are NOT confined"), "{line}");
    taken.kill().unwrap();
    taken.wait().unwrap();
}

/// A server with a certificate, at the last of the arguments; those before it are a program to start it through.
fn started(arguments: &[&str], dir: &Path) -> Child {
    let (listen, wrapper) = arguments.split_last().unwrap();
    let (certificate, key) = certificate(dir, "own");
    let server = lambent(&["serve", "--listen", listen, "--data-dir"]);
    let words: Vec<_> = wrapper.iter().map(AsRef::as_ref).chain([server.get_program()]).collect();
    let (program, words) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(words).args(server.get_args()).arg(dir.join("data"));
    command.arg("--tls-certificate").arg(certificate).arg("--tls-key").arg(key);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn what_is_not_tls_is_closed_and_holds_nobody_up() {
    let secure = secure();
    let mut stream = TcpStream::connect(secure.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // A reset is as good an end as any.
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.len() < 16 && !answer.starts_with(b"HTTP"), "{answer:?}");
    // Nor does one who says nothing.
    let _silent = TcpStream::connect(secure.address()).unwrap();
    let ca = secure.certificate.to_str().unwrap();
    run(&["functions", "--endpoint", &secure.server.endpoint, "--ca-file", ca]).code(0);
}

#[test]
fn a_new_certificate_counts_without_a_restart_and_a_broken_one_does_not() {
    let secure = secure();
    assert!(secure.shaken(&[]).contains("CN = first") || secure.shaken(&[]).contains("CN=first"));
    let (certificate, key) = certificate(secure.dir.path(), "second");
    fs::rename(&key, &secure.key).unwrap();
    // The key is another's now: what was read stays.
    secure.await_said("the old one stays");
    assert!(secure.shaken(&[]).contains("first"));
    fs::rename(&certificate, &secure.certificate).unwrap();
    secure.await_said("new connections get the new certificate");
    let said = secure.shaken(&[]);
    assert!(said.contains("second") && !said.contains("first"), "{said}");
    fs::write(&secure.certificate, "soup").unwrap();
    secure.await_said("holds no certificate in PEM form");
    assert!(secure.shaken(&[]).contains("second"));
}

#[test]
fn a_certificate_that_cannot_be_used_is_refused_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let (first, first_key) = certificate(dir.path(), "first");
    let (_, second_key) = certificate(dir.path(), "second");
    let missing = dir.path().join("missing.pem");
    let cases = [
        (&first, &second_key, "can't be used together", "hint: the key must be the one"),
        (&first_key, &first_key, "holds no certificate", "hint: name the file that begins with"),
        (&first, &first, "holds no private key", "hint: take the password off"),
        (&missing, &first_key, "No such file", "hint: the server's user must be able to read"),
    ];
    for (certificate, key, expected, hint) in cases {
        let data = dir.path().join("data");
        let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
        let refused = run(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            data.to_str().unwrap(),
            "--tls-certificate",
            certificate,
            "--tls-key",
            key,
        ])
        .code(6);
        assert!(
            refused.stderr().contains(expected) && refused.stderr().contains(hint),
            "{}",
            refused.stderr()
        );
        assert!(!data.exists(), "a data directory was made for nothing");
    }
}
