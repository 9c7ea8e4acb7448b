//! Host names of function URLs: `<url-id>.lambda-url.<region>.` and a name of the server.

use std::fmt;

/// Names that always follow the region, besides those of the configuration: ours, and AWS's, which a client may send to
/// a server that stands in for it.
const SUFFIXES: [&str; 2] = ["localhost", "on.aws"];
const SERVICE_LABEL: &str = "lambda-url";
const ID_CHARACTERS: usize = 32;

/// The name of a function URL among all others: 32 lower-case letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UrlId(String);

impl UrlId {
    /// How many random bytes make an identifier, five bits a character.
    pub const RANDOM_BYTES: usize = ID_CHARACTERS * 5 / 8;

    pub fn from_random(random: [u8; Self::RANDOM_BYTES]) -> Self {
        let mut id = String::with_capacity(ID_CHARACTERS);
        let (mut bits, mut count) = (0_u16, 0);
        for byte in random {
            bits = bits << 8 | u16::from(byte);
            count += 8;
            while count >= 5 {
                count -= 5;
                id.push(character(bits >> count & 31));
                bits &= (1 << count) - 1;
            }
        }
        Self(id)
    }

    /// Reads an identifier in any case, as it stands in a host name.
    pub fn parse(text: &str) -> Option<Self> {
        let legal = text.len() == ID_CHARACTERS && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        legal.then(|| Self(text.to_ascii_lowercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UrlId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn character(five_bits: u16) -> char {
    let five_bits = u8::try_from(five_bits).unwrap_or_default();
    char::from(if five_bits < 26 { b'a' + five_bits } else { b'2' + (five_bits - 26) })
}

/// What a `Host` header says when it has the form of a function URL's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlHost {
    /// `None` when the first label cannot be an identifier; such a URL is never found.
    pub id: Option<UrlId>,
    pub region: String,
    /// The whole name, in lower case and without its port.
    pub domain_name: String,
    /// The port, if it is said.
    pub port: Option<u16>,
}

impl UrlHost {
    /// Reads a `Host` header; `None` if it is no function URL's. `names` are the server's configured ones.
    pub fn parse(host: &str, names: &[String]) -> Option<Self> {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => {
                (name, port.parse().ok())
            }
            Some(_) => return None,
            None => (host, None),
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        let mut labels = name.splitn(4, '.');
        let (id, service, region, suffix) = (labels.next()?, labels.next()?, labels.next()?, labels.next()?);
        let is_suffix = |ours: &str| ours.eq_ignore_ascii_case(suffix);
        let is_ours = SUFFIXES.into_iter().any(is_suffix) || names.iter().any(|ours| is_suffix(ours));
        if !service.eq_ignore_ascii_case(SERVICE_LABEL) || region.is_empty() || !is_ours {
            return None;
        }
        let (id, region) = (UrlId::parse(id), region.to_ascii_lowercase());
        Some(Self { id, region, domain_name: name.to_ascii_lowercase(), port })
    }
}

/// The URL as AWS's answers show it, with its slash at the end.
pub fn function_url(id: &UrlId, region: &str, name: &str, port: u16, tls: bool) -> String {
    let (scheme, default_port) = if tls { ("https", 443) } else { ("http", 80) };
    let origin = format!("{scheme}://{id}.{SERVICE_LABEL}.{region}.{name}");
    if port == default_port { format!("{origin}/") } else { format!("{origin}:{port}/") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "mq75dt64puwxk3u6gjw2rhak4m0bcmmi";

    fn parse(host: &str) -> Option<UrlHost> {
        UrlHost::parse(host, &["Lambent.test".to_owned()])
    }

    #[test]
    fn hosts_of_urls_are_recognised() {
        for suffix in
            ["localhost", "localhost:9400", "LOCALHOST", "localhost.:1", "on.aws", "lambent.test:443"]
        {
            let parsed = parse(&format!("{ID}.lambda-url.us-east-1.{suffix}")).unwrap();
            assert_eq!(parsed.id.unwrap().as_str(), ID, "{suffix}");
            assert_eq!(parsed.region, "us-east-1");
            assert_eq!(
                parsed.port,
                suffix.split_once(':').map(|(_, port)| port.parse().unwrap()),
                "{suffix}"
            );
            let name = suffix.split(':').next().unwrap().trim_end_matches('.').to_lowercase();
            assert_eq!(parsed.domain_name, format!("{ID}.lambda-url.us-east-1.{name}"));
        }
        let shouted = parse(&format!("{}.LAMBDA-URL.US-EAST-1.localhost", ID.to_uppercase())).unwrap();
        assert_eq!(shouted.id.unwrap().as_str(), ID);
        assert_eq!(shouted.region, "us-east-1");
        for id in ["short", "", &"a".repeat(33), &"-".repeat(32)] {
            assert_eq!(parse(&format!("{id}.lambda-url.us-east-1.localhost")).unwrap().id, None, "{id}");
        }
    }

    #[test]
    fn other_hosts_are_not() {
        for host in [
            "",
            "localhost",
            "localhost:9400",
            "lambda-url.us-east-1.localhost",
            "x.lambda-url.localhost",
            "x.lambda-url..localhost",
            "x.execute-api.us-east-1.localhost",
            "x.y.lambda-url.us-east-1.localhost",
            "x.lambda-url.us-east-1.evil.test",
            "x.lambda-url.us-east-1.localhost.evil.test",
            "x.lambda-url.us-east-1.localhost:port",
            "x.lambda-url.us-east-1.localhost@evil.test",
            "x.lambda-url.us-east-1.[::1]:9400",
        ] {
            assert_eq!(parse(host), None, "{host}");
        }
    }

    #[test]
    fn urls_show_only_a_port_that_says_something() {
        let id = UrlId::parse(ID).unwrap();
        let shown = |port, tls| function_url(&id, "eu-west-1", "localhost", port, tls);
        assert_eq!(shown(9_400, false), format!("http://{ID}.lambda-url.eu-west-1.localhost:9400/"));
        assert_eq!(shown(443, true), format!("https://{ID}.lambda-url.eu-west-1.localhost/"));
        assert_eq!(shown(80, false), format!("http://{ID}.lambda-url.eu-west-1.localhost/"));
        assert_eq!(shown(80, true), format!("https://{ID}.lambda-url.eu-west-1.localhost:80/"));
    }

    #[test]
    fn every_bit_of_randomness_counts() {
        assert_eq!(UrlId::from_random([0; 20]).as_str(), "a".repeat(32));
        assert_eq!(UrlId::from_random([255; 20]).as_str(), "7".repeat(32));
        let mut seen = std::collections::HashSet::new();
        for bit in 0..160_usize {
            let mut random = [0; 20];
            random[bit / 8] = 1 << (bit % 8);
            assert!(seen.insert(UrlId::from_random(random)), "{bit}");
        }
    }

    proptest! {
        #[test]
        fn an_identifier_is_found_again_in_its_url(random in any::<[u8; 20]>(), port in any::<u16>(), tls in any::<bool>()) {
            let id = UrlId::from_random(random);
            prop_assert_eq!(UrlId::parse(id.as_str()), Some(id.clone()));
            let url = function_url(&id, "us-east-1", "localhost", port, tls);
            // The model's bounds for a FunctionUrl.
            prop_assert!((40..=100).contains(&url.len()));
            let host = url.split_once("://").unwrap().1.trim_end_matches('/');
            prop_assert_eq!(UrlHost::parse(host, &[]).unwrap().id, Some(id));
        }

        #[test]
        fn any_host_is_read_or_not(host in "\\PC{0,120}", names in prop::collection::vec("\\PC{0,20}", 0..3)) {
            let _ = UrlHost::parse(&host, &names);
        }
    }
}
