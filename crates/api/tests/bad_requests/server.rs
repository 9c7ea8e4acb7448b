//! A whole server on a free port, and a client that sends exactly the bytes it is told to.

use std::io::{Cursor, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use lambent_api::access::SessionGuard;
use lambent_api::rate::{Rate, RateLimiter};
use lambent_api::sigv4::{self, Credentials, PayloadHash, Scope, Secret};
use lambent_api::state::StateCell;
use lambent_api::{Access, AppState, Auth, Door, Guard, Identity, Limits, PrivateDoor, Registry, Tls};
use lambent_domain::arn::{AccountId, Region};
use lambent_domain::disposition::{EventInvokeConfig, RetrySchedule};
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use lambent_engine::logs::{LogLimits, LogStore};
use lambent_engine::runtimes::{self, Runtimes};
use lambent_engine::tasks::Tasks;
use lambent_engine::{Engine, EngineOptions, Parts, PrivateApi};
use lambent_sandbox::{Isolation, Network, Spawner};
use lambent_store::access::{PolicyText, Role, RoleName};
use lambent_store::embedded::{EmbeddedStore, Options};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A function that is there; its runtime is not, so nothing is ever started.
pub(crate) const FUNCTION: &str = "there";
/// Long enough for any answer; a test that waits this long has found a hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The function's own role, by which it may call every function and do nothing else.
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/r";
pub(crate) const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:there";

pub(crate) struct Server {
    address: SocketAddr,
    front: Tasks,
    private: PrivateDoor,
    /// The keys that it knows.
    pub(crate) registry: Registry,
    runtime: Option<Runtime>,
    _data: TempDir,
}

/// How a server is set up.
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) auth: Auth,
    pub(crate) rate: Option<Rate>,
    pub(crate) tls: Option<Arc<Tls>>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { limits: limits(), auth: Auth::Loopback, rate: None, tls: None }
    }
}

/// What serves a sandbox's private API.
pub(crate) type Served = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The private API of a sandbox that has no function in it.
pub(crate) struct Sandbox {
    pub(crate) address: SocketAddr,
    tasks: Tasks,
}

/// An answer taken apart.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    /// A header's value, if there is such a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// Clients quote it when they ask what happened, so every answer of ours has one, refusals too.
    pub(crate) fn has_request_id(&self) -> bool {
        let id = self.header("x-amzn-requestid").and_then(|id| uuid::Uuid::try_parse(id).ok().zip(Some(id)));
        id.is_some_and(|(uuid, text)| uuid.hyphenated().to_string() == text)
    }
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(limits())
    }

    pub(crate) fn start_with(limits: Limits) -> Self {
        let server = Self::set_up(Setup { limits, ..Setup::default() });
        let created = server.ask("POST", "/2015-03-31/functions", &[], create_body(FUNCTION).as_bytes());
        assert_eq!(created.status, 201, "{created:?}");
        server
    }

    /// One without a function.
    pub(crate) fn set_up(setup: Setup) -> Self {
        let Setup { limits, auth, rate, tls } = setup;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let data = tempfile::tempdir().unwrap();
        let front = Tasks::new();
        let (address, private, registry) = runtime.block_on(async {
            let state = Arc::new(state(&data, auth, rate));
            let registry = state.access.registry.clone();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let door = Door::public(Arc::clone(&state), Guard::default(), limits.clone());
            match tls {
                Some(tls) => {
                    front.spawn(lambent_api::serve_tls(vec![listener], tls, door, front.stopping()));
                }
                None => front.spawn(lambent_api::serve(vec![listener], door, front.stopping())),
            }
            let cell = StateCell::default();
            let (sessions, identity) = (state.access.registry.sessions().clone(), state.identity.clone());
            let clock = Arc::clone(&state.clock);
            cell.set(state).unwrap();
            (address, PrivateDoor::new(cell, sessions, identity, clock, limits), registry)
        });
        Self { address, front, private, registry, runtime: Some(runtime), _data: data }
    }

    /// What the function `there` would sign with in that role, until the guard is dropped.
    pub(crate) fn session(&self, role: &str) -> (Credentials, SessionGuard) {
        let session = self.registry.sessions().issue(role, FUNCTION_ARN, SystemClock.now()).unwrap();
        let credentials = Credentials {
            access_key_id: session.access_key_id.to_string(),
            secret: Secret::new(session.secret.expose()),
            session_token: Some(session.token.expose().to_owned()),
        };
        (credentials, session.guard)
    }

    /// One well-formed request on a connection of its own.
    pub(crate) fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        ask_at(self.address, method, target, headers, body)
    }

    /// One more sandbox; `spawn` starts what serves it.
    pub(crate) fn sandbox(&self, spawn: fn(&Tasks, Served)) -> Sandbox {
        let tasks = self.front.child();
        let address = self.runtime().block_on(async {
            // Another address of loopback, as a sandbox's listener has an address of its own.
            let listener = TcpListener::bind("127.0.0.9:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            spawn(&tasks, self.private.serve(listener, address, tasks.stopping()));
            address
        });
        Sandbox { address, tasks }
    }

    /// Ends a sandbox; says whether what served it ended too.
    pub(crate) fn end(&self, sandbox: &Sandbox, at_most: Duration) -> bool {
        sandbox.tasks.stop();
        self.runtime().block_on(sandbox.tasks.finished(at_most))
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().unwrap()
    }

    /// Sends pieces as they are, stops sending, and reads until the server closes.
    pub(crate) fn raw(&self, pieces: &[&[u8]]) -> String {
        exchange(self.connect(), pieces)
    }

    /// Sends pieces and keeps the connection open without sending more; what comes back until the server closes.
    pub(crate) fn raw_and_wait(&self, pieces: &[&[u8]]) -> String {
        let mut stream = self.connect();
        for piece in pieces {
            stream.write_all(piece).unwrap();
        }
        read_to_end(&mut stream)
    }

    pub(crate) fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.front.stop();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(10));
        }
    }
}

/// One well-formed request; whatever the answer is, it has a request id.
pub(crate) fn ask_at(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let mut request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = request.into_bytes();
    bytes.extend_from_slice(body);
    let replies = exchange(connect(address), &[&bytes]);
    let reply = parse(&replies).unwrap_or_else(|| panic!("no answer to {method} {target}: {replies}"));
    assert!(reply.has_request_id(), "{method} {target}: {reply:?}");
    reply
}

/// The headers that sign a request now, `Host` among them.
pub(crate) fn signed(
    credentials: &Credentials,
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<(String, String)> {
    let mut all = http::HeaderMap::new();
    all.insert("host", address.to_string().parse().unwrap());
    for (name, value) in headers {
        all.append(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    let (method, uri) = (method.parse().unwrap(), target.parse().unwrap());
    let service = if target == "/" { "logs" } else { "lambda" };
    let scope = Scope { region: "us-east-1", service };
    let added =
        sigv4::sign(&method, &uri, &all, PayloadHash::Of(body), credentials, scope, SystemClock.now())
            .unwrap();
    for (name, value) in added {
        all.insert(name, value);
    }
    all.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

/// One well-formed request, signed.
pub(crate) fn ask_signed(
    credentials: &Credentials,
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let headers = signed(credentials, address, method, target, headers, body);
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    ask_at(address, method, target, &headers, body)
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn exchange(mut stream: TcpStream, pieces: &[&[u8]]) -> String {
    for piece in pieces {
        // A server may refuse before it has been told everything.
        if stream.write_all(piece).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    read_to_end(&mut stream)
}

pub(crate) fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the server neither answered nor closed: {error}"),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) fn parse(text: &str) -> Option<Reply> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Reply { status, head: head.to_owned(), body: body.to_owned() })
}

pub(crate) fn limits() -> Limits {
    Limits {
        head_timeout: Duration::from_secs(2),
        body_grace: Duration::from_secs(2),
        drain_max: Duration::from_secs(2),
        ..Limits::default()
    }
}

pub(crate) fn state(data: &TempDir, auth: Auth, rate: Option<Rate>) -> AppState {
    let clock = Arc::new(SystemClock);
    let store = EmbeddedStore::open(&data.path().join("store"), Options::default(), clock.clone()).unwrap();
    let logs = LogStore::open(data.path().join("logs"), LogLimits::default(), clock.clone()).unwrap();
    let scratch_dir = data.path().join("scratch");
    std::fs::create_dir(&scratch_dir).unwrap();
    let spawner = Spawner::new(lambent_sandbox::Options {
        isolation: Isolation::None,
        scratch_dir,
        ..Default::default()
    });
    let identity = Identity {
        region: Region::new("us-east-1").unwrap(),
        account: AccountId::new("000000000000").unwrap(),
    };
    let options = EngineOptions {
        region: identity.region.clone(),
        account: identity.account.clone(),
        concurrency_limit: 10,
        idle_timeout: Duration::from_secs(60),
        lifetime_max: Duration::from_secs(3_600),
        network: Network::None,
        retries: RetrySchedule::default(),
        events: EventInvokeConfig::default(),
        stream_bytes_per_second: None,
    };
    let parts = Parts {
        resources: store.resources.clone(),
        queue: store.events.clone(),
        code: store.code.clone(),
        logs,
        runtimes: Arc::new(Runtimes::discover(runtimes::Options::default())),
        spawner: spawner.unwrap(),
        clock: clock.clone(),
        private_api: None,
    };
    let engine = Engine::start(options, parts);
    let access = Access {
        auth,
        registry: Registry::new(identity.account.clone(), vec![role()], 10),
        rate: rate.map(RateLimiter::new),
        https: false,
    };
    let code = store.code.clone();
    AppState::new(store.resources.clone(), store.events.clone(), code, engine, clock, identity, access)
}

fn role() -> Role {
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*"}]}"#;
    Role { name: RoleName::new("r").unwrap(), policy: PolicyText::new(policy).unwrap() }
}

/// A package with one file.
pub(crate) fn zip() -> Vec<u8> {
    zip_of("index.rb", b"def handler; end")
}

pub(crate) fn zip_of(name: &str, text: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let executable = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    writer.start_file(name, executable).unwrap();
    writer.write_all(text).unwrap();
    writer.finish().unwrap().into_inner()
}

/// A CreateFunction request that is as it should be.
pub(crate) fn create_body(name: &str) -> String {
    creation(name, "ruby3.3", &zip())
}

/// The same for a function that can be started and then says nothing for a minute.
pub(crate) fn create_sleeper(name: &str) -> String {
    creation(name, "provided.al2023", &zip_of("bootstrap", b"#!/bin/sh\nexec sleep 60\n")).replacen(
        '{',
        r#"{"Timeout":60,"#,
        1,
    )
}

pub(crate) fn creation(name: &str, runtime: &str, zip: &[u8]) -> String {
    let zip = base64::engine::general_purpose::STANDARD.encode(zip);
    format!(
        r#"{{"FunctionName":"{name}","Runtime":"{runtime}","Role":"arn:aws:iam::000000000000:role/r","Handler":"index.handler","Code":{{"ZipFile":"{zip}"}}}}"#
    )
}
