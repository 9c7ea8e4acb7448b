//! `lambent env`: what AWS's tools need to talk to the server. It reads the key's file, so it works beside a server that
//! runs, and for whoever may read the data directory.

use super::keys::exports;
use super::{Context, End};
use crate::access;
use crate::cli::EnvArgs;
use crate::config::server::Server;
use crate::failure::Failure;

pub(super) fn run(context: &Context, args: &EnvArgs) -> Result<(), End> {
    let (_, config) = context.load(&args.serve)?;
    let store = access::of_data_dir(&config.server.data_dir)?;
    let found = store.read().map_err(|error| access::failure("read the access keys", &error))?;
    // A fault of another key must not stand in the way of this one.
    for fault in &found.faults {
        context.output.note(&format!("warning: {fault}"));
    }
    let key = access::active(&found, args.key.as_deref())?;
    let text = format!(
        "{}unset AWS_SESSION_TOKEN AWS_PROFILE\nexport AWS_ENDPOINT_URL={}\nexport AWS_REGION={region}\nexport \
         AWS_DEFAULT_REGION={region}\n",
        exports(key),
        endpoint(&config.server),
        region = config.server.region
    );
    Ok(context.output.data(text.as_bytes())?)
}

/// How clients on this machine reach the server: by the first of its names if it speaks https, since certificates are
/// made for names.
fn endpoint(server: &Server) -> String {
    let scheme = if server.tls.is_some() { "https" } else { "http" };
    let name = server.host_names.first().filter(|_| server.tls.is_some());
    let host = match (name, server.listen.ip()) {
        (Some(name), _) => name.clone(),
        (None, std::net::IpAddr::V4(ip)) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        (None, std::net::IpAddr::V6(ip)) if ip.is_unspecified() => "[::1]".to_owned(),
        (None, std::net::IpAddr::V4(ip)) => ip.to_string(),
        (None, std::net::IpAddr::V6(ip)) => format!("[{ip}]"),
    };
    format!("{scheme}://{host}:{}", server.listen.port())
}

/// What the first start says, so that a person can copy it. The secret stands in it only where a person is: what goes
/// into a file or to a service manager may be kept for ever.
pub(super) fn first_key(
    server: &crate::server::Server,
    shows_secret: bool,
) -> Option<Result<String, Failure>> {
    let key = server.first_key()?;
    let store = access::of_data_dir(server.data_dir());
    Some(store.map(|store| {
        if !shows_secret {
            return format!(
                "The first access key, {}, was made. It may do everything. It is kept in {}\nand `lambent env \
                 --data-dir {}` prints it for a shell.\n",
                key.id,
                store.key_path(&key.id).display(),
                server.data_dir().display()
            );
        }
        let lines: Vec<String> = exports(key).lines().map(|line| format!("    {line}")).collect();
        format!(
            "The first access key was made. It may do everything, and its secret is shown only now:\n\n{}\n\n\
             It is kept in {}\nand `lambent env --data-dir {}` prints it for a shell.\n",
            lines.join("\n"),
            store.key_path(&key.id).display(),
            server.data_dir().display()
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::Flag;
    use crate::config::{load, server};
    use crate::environment::Environment;

    #[test]
    fn the_endpoint_is_one_that_a_client_here_can_call() {
        let cases = [
            ("127.0.0.1:9400", "", "http://127.0.0.1:9400"),
            ("[::1]:1", "a.test", "http://[::1]:1"),
            ("0.0.0.0:443", "/c", "https://127.0.0.1:443"),
            ("[::]:443", "/c a.test,b.test", "https://a.test:443"),
            ("192.0.2.1:443", "/c", "https://192.0.2.1:443"),
        ];
        for (listen, rest, expected) in cases {
            let tls = rest.starts_with('/');
            let names = rest.trim_start_matches("/c").trim();
            let environment = Environment::from([("LAMBENT_SERVER_HOST_NAMES", names)]);
            let flag = |flag, key, text: &str| Flag { flag, key, text: text.to_owned() };
            let mut flags = vec![flag("--listen", &server::LISTEN, listen)];
            if tls {
                flags.push(flag("--tls-certificate", &server::TLS_CERTIFICATE, "c"));
                flags.push(flag("--tls-key", &server::TLS_KEY, "k"));
            }
            let (_, config) = load(None, &environment, &flags).unwrap();
            assert_eq!(endpoint(&config.server), expected);
        }
    }
}
