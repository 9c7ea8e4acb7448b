//! A server where everybody has to sign, and keys for it.

use lambent_api::Auth;
use lambent_domain::time::Timestamp;
use lambent_store::access::{AccessStore, KeyName, KeyStatus, PolicyText};

use super::reference::{Key, Sent};
use super::server::{self, FUNCTION, Reply, Server, Setup, create_body};

pub(crate) struct Fixture {
    pub(crate) server: Server,
    keys: AccessStore,
    _keys_dir: tempfile::TempDir,
    /// May do everything.
    pub(crate) owner: Key,
}

impl Fixture {
    /// One with the function `there`.
    pub(crate) fn start() -> Self {
        let fixture = Self::set_up(Setup { auth: Auth::Required, ..Setup::default() });
        fixture.create(FUNCTION);
        fixture
    }

    /// One without any.
    pub(crate) fn set_up(setup: Setup) -> Self {
        let server = Server::set_up(setup);
        let keys_dir = tempfile::tempdir().unwrap();
        let keys = AccessStore::new(keys_dir.path());
        let owner = create(&keys, "owner", None);
        server.registry.replace(&keys.read().unwrap());
        Self { server, keys, _keys_dir: keys_dir, owner }
    }

    /// One more key. Its policy is the statements of one, without the brackets around them.
    pub(crate) fn key(&self, name: &str, statements: &str) -> Key {
        let policy = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let key = create(&self.keys, name, Some(&policy));
        self.reread();
        key
    }

    pub(crate) fn disable(&self, name: &str) {
        self.keys.set_key_status(name, KeyStatus::Disabled).unwrap();
        self.reread();
    }

    fn reread(&self) {
        self.server.registry.replace(&self.keys.read().unwrap());
    }

    pub(crate) fn create(&self, name: &str) {
        let created = self.ask(&self.owner, "POST", "/2015-03-31/functions", create_body(name).as_bytes());
        assert_eq!(created.status, 201, "{created:?}");
    }

    /// One request with a right signature.
    pub(crate) fn ask(&self, key: &Key, method: &str, target: &str, body: &[u8]) -> Reply {
        server::ask_signed(&key.credentials(), self.server.address(), method, target, &[], body)
    }

    /// A request to be signed.
    pub(crate) fn request(&self, method: &str, target: &str, body: &[u8]) -> Sent {
        Sent::new(method, target, body).with("host", &self.server.address().to_string())
    }

    pub(crate) fn send(&self, sent: &Sent) -> Reply {
        let headers: Vec<(&str, &str)> =
            sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.server.ask(&sent.method, &sent.target, &headers, &sent.body)
    }

    /// The session of the function `there` in that role; it lasts as long as what is beside it.
    pub(crate) fn session(&self, since: Timestamp) -> (Key, impl Drop + use<>) {
        let session =
            self.server.registry.sessions().issue(server::ROLE, server::FUNCTION_ARN, since).unwrap();
        let key = Key {
            id: session.access_key_id.to_string(),
            secret: session.secret.expose().to_owned(),
            token: Some(session.token.expose().to_owned()),
        };
        (key, session.guard)
    }
}

fn create(keys: &AccessStore, name: &str, policy: Option<&str>) -> Key {
    let policy = policy.map(|text| PolicyText::new(text).unwrap_or_else(|fault| panic!("{text}: {fault}")));
    let key = keys.create_key(KeyName::new(name).unwrap(), policy, Timestamp::from_millis(1)).unwrap();
    Key { id: key.id.to_string(), secret: key.secret.expose().to_owned(), token: None }
}

/// Status, error name and message of a refusal.
pub(crate) fn refusal(reply: &Reply) -> (u16, String, String) {
    let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let message = body.get("Message").or_else(|| body.get("message")).and_then(|text| text.as_str());
    let kind = reply.header("x-amzn-errortype").unwrap_or("none");
    (reply.status, kind.to_owned(), message.unwrap_or_default().to_owned())
}
