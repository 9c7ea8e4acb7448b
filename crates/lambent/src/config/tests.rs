use super::*;
use crate::failure::{Exit, Failure};
use lambent_api::Auth;
use std::io::Write;

const NONE: Environment_ = [];
type Environment_ = [(&'static str, &'static str); 0];

fn toml(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn flag(flag: &'static str, key: &'static Key, text: &str) -> Flag {
    Flag { flag, key, text: text.to_owned() }
}

fn failure(text: &str, environment: Environment, flags: &[Flag]) -> String {
    let file = toml(text);
    let failure = Failure::from(load(Some(file.path()), &environment, flags).unwrap_err());
    assert_eq!(failure.exit(), Exit::Configuration);
    failure.to_string().replace(&file.path().display().to_string(), "FILE")
}

#[test]
fn a_later_source_wins_and_its_name_is_kept() {
    let file =
        toml("[server]\nregion = \"eu-west-1\"\naccount = \"111111111111\"\nlisten = \"127.0.0.1:1\"\n");
    let environment = Environment::from([
        ("LAMBENT_SERVER_ACCOUNT", "222222222222"),
        ("LAMBENT_SERVER_LISTEN", "127.0.0.1:2"),
    ]);
    let flags = [flag("--listen", &server::LISTEN, "127.0.0.1:3")];
    let (settings, config) = load(Some(file.path()), &environment, &flags).unwrap();
    assert_eq!(config.server.region.as_str(), "eu-west-1");
    assert_eq!(config.server.account.as_str(), "222222222222");
    assert_eq!(config.server.listen.port(), 3);
    let origin = |key| settings.origin(key).to_string();
    assert_eq!(origin(&server::REGION), file.path().display().to_string());
    assert_eq!(origin(&server::ACCOUNT), "LAMBENT_SERVER_ACCOUNT");
    assert_eq!(origin(&server::LISTEN), "--listen");
    assert_eq!(origin(&server::DATA_DIR), "default");
}

#[test]
fn the_defaults_are_valid_and_the_safe_ones() {
    let (settings, config) = load(None, &Environment::from(NONE), &[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:9400");
    assert_eq!(config.server.account.as_str(), "000000000000");
    assert_eq!(config.events.retry_base_delay.as_secs(), 60);
    assert_eq!((config.events.retry_attempts_max, config.events.age_max.as_secs()), (2, 21_600));
    assert_eq!(config.environments.isolation, lambent_sandbox::Isolation::Auto);
    assert_eq!(config.environments.network, lambent_sandbox::Network::None);
    assert_eq!(config.environments.concurrency, None);
    assert!(settings.get(&environments::CONCURRENCY).is_none());
}

#[test]
fn what_is_not_a_setting_is_an_error_that_names_the_nearest() {
    let cases = [
        ("[server]\nlistne = \"x\"", "FILE: `server.listne` is not a setting", "`server.listen`"),
        ("[sever]\nlisten = \"x\"", "FILE: `sever` is not a setting", "`server`"),
        ("listen = \"x\"", "FILE: `listen` is not a setting", "reference"),
        ("[logs]\nqqqq = 1", "FILE: `logs.qqqq` is not a setting", "reference"),
    ];
    for (text, message, hint) in cases {
        let failure = failure(text, Environment::from(NONE), &[]);
        let (first, second) = failure.split_once("\nhint: ").unwrap();
        assert_eq!(first, format!("failed to read the configuration: {message}"));
        assert!(second.contains(hint), "{second}");
    }
}

#[test]
fn values_must_fit_and_the_message_names_place_key_and_range() {
    let cases = [
        ("[events]\nretry_base_delay_secs = 3601", "from 0 to 3600, and is 3601"),
        ("[events]\nretry_base_delay_secs = -1", "from 0 to 3600, and is -1"),
        ("[events]\nretry_base_delay_secs = \"60\"", "from 0 to 3600, and is a string"),
        ("[environments]\nisolation = \"some\"", "one of auto, required, none, and is `some`"),
        ("[environments]\nconcurrency = 1", "from 2 to 100000, and is 1"),
        ("[runtimes]\npaths = [\"bin\"]", "absolute paths, and is `bin`"),
        ("[runtimes]\npaths = \"/bin\"", "a list of texts, and is a string"),
        ("[runtimes]\npaths = [1]", "a list of texts, and is a list with something else in it"),
        ("[server]\nlisten = \"9400\"", "an IP address with a port, such as 127.0.0.1:9400, and is `9400`"),
        ("[server]\nregion = \"Mars\"", "a region such as us-east-1, and is `Mars`"),
        ("[server]\naccount = \"12\"", "twelve digits, and is `12`"),
    ];
    for (text, expected) in cases {
        let failure = failure(text, Environment::from(NONE), &[]);
        let key = text.lines().last().unwrap().split_once(' ').unwrap().0;
        assert!(failure.contains(&format!(".{key} must be ")), "{failure}");
        assert!(failure.contains("FILE: ") && failure.ends_with(expected), "{failure}");
    }
}

#[test]
fn variables_and_flags_are_judged_like_the_file() {
    let slips = ["LAMBENT_SERVER_LISTNE", "LAMBENT_SERVERS_LISTEN", "LAMBENT_LOGS_QQQQ"];
    for name in slips {
        let failure = failure("", Environment::from([(name, "x")]), &[]);
        assert!(failure.contains(&format!("{name}: `{name}` is not a setting")), "{failure}");
    }
    let unrelated = Environment::from([("LAMBENT_ENDPOINT", "x"), ("LAMBENT_TESTS", "x"), ("HOME", "x")]);
    load(None, &unrelated, &[]).unwrap();

    let wrong = failure("", Environment::from([("LAMBENT_LOGS_LEVEL", "loud")]), &[]);
    assert!(wrong.contains("LAMBENT_LOGS_LEVEL: logs.level must be one of error"), "{wrong}");
    let wrong = failure("", Environment::from(NONE), &[flag("--listen", &server::LISTEN, "here")]);
    assert!(wrong.contains("--listen: server.listen must be"), "{wrong}");
}

#[test]
fn beyond_loopback_authentication_is_required_whatever_is_not_said() {
    let certificate = [
        flag("--tls-certificate", &server::TLS_CERTIFICATE, "c.pem"),
        flag("--tls-key", &server::TLS_KEY, "k.pem"),
    ];
    let listening = |address: &str, auth: Option<&str>| {
        let mut flags = certificate.to_vec();
        flags.push(flag("--listen", &server::LISTEN, address));
        flags.extend(auth.map(|auth| flag("--auth", &server::AUTH, auth)));
        load(None, &Environment::from(NONE), &flags).map(|(_, config)| config.server.auth)
    };
    for address in ["0.0.0.0:9400", "10.0.0.1:80", "[::]:9400", "[2001:db8::1]:1"] {
        assert_eq!(listening(address, None).unwrap(), Auth::Required, "{address}");
        assert_eq!(listening(address, Some("required")).unwrap(), Auth::Required, "{address}");
        let refused = Failure::from(listening(address, Some("loopback")).unwrap_err()).to_string();
        assert!(refused.contains("--auth: server.auth can't be `loopback`"), "{refused}");
        assert!(refused.contains("hint: leave it out or say `required`"), "{refused}");
    }
    for address in ["127.0.0.1:0", "127.8.8.8:1", "[::1]:9400", "localhost:9400"] {
        assert_eq!(listening(address, None).unwrap(), Auth::Loopback, "{address}");
        assert_eq!(listening(address, Some("required")).unwrap(), Auth::Required, "{address}");
    }
}

#[test]
fn beyond_loopback_something_must_speak_https() {
    let listen = flag("--listen", &server::LISTEN, "0.0.0.0:9400");
    let refused = failure("", Environment::from(NONE), std::slice::from_ref(&listen));
    assert!(refused.contains("--listen: server.listen can't be 0.0.0.0:9400: beyond loopback"), "{refused}");
    assert!(refused.contains("hint: name a certificate with --tls-certificate"), "{refused}");
    let proxied = toml("[server]\ntls_terminated_by_proxy = true\n");
    let (_, config) =
        load(Some(proxied.path()), &Environment::from(NONE), std::slice::from_ref(&listen)).unwrap();
    assert!(config.server.tls.is_none() && config.server.tls_terminated_by_proxy);
    let variable = Environment::from([("LAMBENT_SERVER_TLS_TERMINATED_BY_PROXY", "true")]);
    load(None, &variable, std::slice::from_ref(&listen)).unwrap();
    let variable = Environment::from([("LAMBENT_SERVER_TLS_TERMINATED_BY_PROXY", "yes")]);
    let unfit = failure("", variable, &[]);
    assert!(unfit.ends_with("tls_terminated_by_proxy must be true or false, and is `yes`"), "{unfit}");
}

#[test]
fn a_certificate_and_its_key_go_together() {
    for (given, missing) in [("certificate", "key"), ("key", "certificate")] {
        let text = format!("[server]\ntls_{given} = \"x.pem\"");
        let refused = failure(&text, Environment::from(NONE), &[]);
        assert!(
            refused.contains(&format!("tls_{given} can't be `x.pem`: there is no server.tls_{missing}")),
            "{refused}"
        );
    }
}

#[test]
fn roles_have_names_of_their_own_and_policies_in_place_or_in_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let statement = "{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}";
    let (one, list) = (format!("{{\"Statement\": {statement}}}"), format!("{{\"Statement\":[{statement}]}}"));
    std::fs::write(dir.path().join("b.json"), &list).unwrap();
    let path = dir.path().join("l.toml");
    std::fs::write(&path, format!("[roles]\na = '{one}'\n\"b+=\" = \"b.json\"\n")).unwrap();
    let (settings, config) = load(Some(&path), &Environment::from(NONE), &[]).unwrap();
    let roles: Vec<_> = config.roles.iter().map(|role| (role.name.as_str(), role.policy.as_str())).collect();
    assert_eq!(roles, [("a", one.as_str()), ("b+=", list.as_str())]);
    let shown = show::show(&settings);
    assert!(shown.iter().any(|shown| shown.key == "roles.b+=" && shown.value == "b.json"), "{shown:?}");
}

#[test]
fn a_role_that_is_none_is_refused_by_its_name() {
    let cases = [
        ("a = 1", "roles.a must be a policy in JSON, or a file's path: it is of type integer"),
        ("a = \"/no/such.json\"", "/no/such.json: No such file or directory"),
        ("a = '{}'", "it is no policy: Missing required field Statement"),
        ("a = '{'", "it is no policy: This policy contains invalid Json"),
        (
            "\"a b\" = '{\"Statement\":[]}'",
            "roles.a b must be a policy in JSON, or a file's path: malformed role name",
        ),
    ];
    for (line, expected) in cases {
        let refused = failure(&format!("[roles]\n{line}"), Environment::from(NONE), &[]);
        assert!(refused.contains("FILE: roles.") && refused.contains(expected), "{refused}");
    }
    let variable = Environment::from([("LAMBENT_ROLES_A", "{}")]);
    assert!(failure("", variable, &[]).contains("`LAMBENT_ROLES_A` is not a setting"));
}

#[test]
fn callers_are_held_to_a_rate_only_if_somebody_says_so() {
    let (_, config) = load(None, &Environment::from(NONE), &[]).unwrap();
    assert_eq!(config.limits.rate_per_caller, None);
    let variable = Environment::from([("LAMBENT_LIMITS_REQUESTS_PER_SECOND_PER_CALLER", "5")]);
    let rate = load(None, &variable, &[]).unwrap().1.limits.rate_per_caller.unwrap();
    assert_eq!((rate.per_second.get(), rate.burst.get()), (5, 1_000));
}

#[test]
fn lists_come_from_arrays_or_commas() {
    let file = toml("[server]\nhost_names = [\"Lambent.test\"]\n");
    let environment = Environment::from([("LAMBENT_RUNTIMES_PATHS", "/a, /b")]);
    let (_, config) = load(Some(file.path()), &environment, &[]).unwrap();
    assert_eq!(config.server.host_names, ["lambent.test"]);
    assert_eq!(config.runtimes.paths, [Path::new("/a"), Path::new("/b")]);
}

#[test]
fn a_file_that_is_missing_or_not_toml_is_an_error() {
    let missing =
        Failure::from(load(Some(Path::new("/no/such.toml")), &Environment::from(NONE), &[]).unwrap_err());
    assert!(missing.to_string().contains("/no/such.toml: "), "{missing}");
    let broken = failure("[server\n", Environment::from(NONE), &[]);
    assert!(broken.contains("FILE: ") && broken.contains("line 1"), "{broken}");
}

#[test]
fn every_setting_is_shown_once_with_its_origin() {
    let environment = Environment::from([("LAMBENT_LOGS_LEVEL", "debug")]);
    let settings = Settings::read(None, &environment, &[]).unwrap();
    let shown = show::show(&settings);
    assert_eq!(shown.len(), SECTIONS.iter().map(|section| section.keys.len()).sum::<usize>());
    let level = shown.iter().find(|shown| shown.key == "logs.level").unwrap();
    assert_eq!((level.value.as_str(), level.origin.as_str()), ("debug", "LAMBENT_LOGS_LEVEL"));
    let concurrency = shown.iter().find(|shown| shown.key == "environments.concurrency").unwrap();
    assert_eq!(concurrency.value, "(from memory and cores)");
}

#[test]
fn keys_are_unique_and_stand_in_their_own_section() {
    let mut paths = std::collections::BTreeSet::new();
    for section in &SECTIONS {
        for key in section.keys {
            assert_eq!(key.section, section.name, "{}", key.path());
            assert!(paths.insert(key.variable()), "{}", key.path());
        }
    }
}

#[test]
fn a_secret_is_neither_shown_nor_quoted() {
    static SECRET: Key = Key {
        section: "server",
        name: "secret",
        kind: key::Kind::Secret,
        default: key::Default::Fixed("hush"),
        since: "0.1.0",
        doc: "",
    };
    let mut settings = Settings::default();
    settings.lay_text(&SECRET, "hush", settings::Origin::Default).unwrap();
    assert_eq!(show::show_one(&settings, &SECRET).value, "(hidden)");
    let unfit = settings::unfit_for(&SECRET, settings::Origin::Default, "`hush`".to_owned());
    assert!(!unfit.to_string().contains("hush"), "{unfit}");
}

#[test]
fn the_reference_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONFIGURATION.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == reference::markdown(),
        "docs/CONFIGURATION.md is not fresh: run `cargo run -- config reference > docs/CONFIGURATION.md`"
    );
}

#[test]
fn an_s3_is_an_endpoint_and_a_whole_key() {
    let read = |text: &str| {
        load(Some(toml(text).path()), &Environment::from(NONE), &[]).map(|(_, config)| config.aws)
    };
    assert!(read("").unwrap().code.is_none());
    let aws = read("[aws]\nendpoint_url = \"http://127.0.0.1:9000\"\n").unwrap();
    assert_eq!(aws.code.unwrap().to_string(), "http://127.0.0.1:9000");
    assert!(aws.s3.credentials.is_none());
    let aws = read(
        "[server]\nregion = \"eu-west-1\"\n[aws]\nendpoint_url = \"http://a.test\"\ns3_endpoint_url = \"https://b.test\"\n\
         access_key_id = \"AKID\"\nsecret_access_key = \"hush\"\nsession_token = \"token\"\n",
    );
    let aws = aws.unwrap();
    assert_eq!(
        (aws.code.unwrap().to_string().as_str(), aws.s3.region.as_deref()),
        ("https://b.test:443", Some("eu-west-1"))
    );
    assert_eq!(aws.s3.credentials.unwrap().session_token(), Some("token"));
    for (text, complaint) in [
        ("[aws]\ns3_endpoint_url = \"b.test\"\n", "aws.s3_endpoint_url must be a URL such as"),
        ("[aws]\naccess_key_id = \"AKID\"\n", "an access key is its id and its secret"),
        ("[aws]\nsecret_access_key = \"hush\"\n", "an access key is its id and its secret"),
        ("[aws]\nsession_token = \"hush\"\n", "an access key is its id and its secret"),
    ] {
        let said = failure(text, Environment::from(NONE), &[]);
        assert!(said.contains(complaint) && !said.contains("hush"), "{said}");
    }
}
