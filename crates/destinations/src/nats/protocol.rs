//! The text of the protocol: what is written, and what is read. Pure.

use serde_json::{Value, json};

/// What a server says, as far as a publisher has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Who it is: JSON.
    Info(String),
    Ping,
    Pong,
    Ok,
    Error(String),
    /// A message with so many bytes of headers and in all.
    Message {
        header_bytes: usize,
        bytes: usize,
    },
    /// A line that is none of these.
    Unknown,
}

/// Reads one line without its end.
pub(super) fn read(line: &str) -> Said {
    let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    match word.to_ascii_uppercase().as_str() {
        "INFO" => Said::Info(rest.to_owned()),
        "PING" => Said::Ping,
        "PONG" => Said::Pong,
        "+OK" => Said::Ok,
        "-ERR" => Said::Error(rest.trim().trim_matches('\'').to_owned()),
        "MSG" => match number(rest.split_whitespace().last()) {
            Some(bytes) => Said::Message { header_bytes: 0, bytes },
            None => Said::Unknown,
        },
        "HMSG" => {
            let mut numbers = rest.split_whitespace().rev();
            match (number(numbers.next()), number(numbers.next())) {
                (Some(bytes), Some(header_bytes)) if header_bytes <= bytes => {
                    Said::Message { header_bytes, bytes }
                }
                _ => Said::Unknown,
            }
        }
        _ => Said::Unknown,
    }
}

/// What matters of a server's INFO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Info {
    pub(super) tls_required: bool,
    pub(super) headers: bool,
    pub(super) payload_bytes_max: usize,
}

impl Info {
    pub(super) fn read(text: &str) -> Option<Self> {
        let info: Value = serde_json::from_str(text).ok()?;
        let is = |name: &str| info.get(name).and_then(Value::as_bool).unwrap_or(false);
        let most =
            info.get("max_payload").and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok());
        Some(Self {
            tls_required: is("tls_required"),
            headers: is("headers"),
            payload_bytes_max: most.unwrap_or(1_048_576),
        })
    }
}

/// The line that logs in. Not for any log.
pub(super) fn connect(user: &str, password: Option<&str>, token: Option<&str>, tls: bool) -> String {
    let mut options = json!({
        "verbose": false, "pedantic": false, "tls_required": tls, "name": "lambent", "lang": "rust",
        "version": env!("CARGO_PKG_VERSION"), "protocol": 1, "headers": true, "no_responders": true, "echo": false,
    });
    if let Some(options) = options.as_object_mut() {
        if !user.is_empty() {
            options.insert("user".to_owned(), user.into());
        }
        let secrets = [("pass", password), ("auth_token", token)];
        options
            .extend(secrets.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
    }
    format!("CONNECT {options}\r\n")
}

/// A message with headers. Line ends in a header's value would begin another one.
pub(super) fn publish(
    subject: &str,
    reply: Option<&str>,
    headers: &[(&str, String)],
    body: &[u8],
) -> Vec<u8> {
    let mut head = String::from("NATS/1.0\r\n");
    for (name, value) in headers {
        let value: String =
            value.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let reply = reply.map(|reply| format!(" {reply}")).unwrap_or_default();
    let mut text =
        format!("HPUB {subject}{reply} {} {}\r\n{head}", head.len(), head.len() + body.len()).into_bytes();
    text.extend_from_slice(body);
    text.extend_from_slice(b"\r\n");
    text
}

/// What a stream's answer to a message says: that it has it, or why not.
pub(super) fn confirmation(headers: &[u8], body: &[u8]) -> Result<(), String> {
    let headers = String::from_utf8_lossy(headers);
    if headers.starts_with("NATS/1.0 503") {
        return Err("no stream takes this subject".to_owned());
    }
    let answer: Value = serde_json::from_slice(body).map_err(|_| "what answered is no stream".to_owned())?;
    if let Some(error) = answer.get("error") {
        let said = error.get("description").and_then(Value::as_str).unwrap_or("unknown error");
        return Err(format!("the stream refused the message: {said}"));
    }
    let is_stream = answer.get("stream").is_some_and(Value::is_string);
    if is_stream { Ok(()) } else { Err("what answered is no stream".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        for (line, said) in [
            ("INFO {\"a\":1}", Said::Info("{\"a\":1}".to_owned())),
            ("PING", Said::Ping),
            ("pong", Said::Pong),
            ("+OK", Said::Ok),
            ("-ERR 'Authorization Violation'", Said::Error("Authorization Violation".to_owned())),
            ("MSG _INBOX.1 1 30", Said::Message { header_bytes: 0, bytes: 30 }),
            ("HMSG _INBOX.1 1 16 16", Said::Message { header_bytes: 16, bytes: 16 }),
            ("HMSG _INBOX.1 1 17 16", Said::Unknown),
            ("MSG", Said::Unknown),
            ("", Said::Unknown),
        ] {
            assert_eq!(read(line), said, "{line}");
        }
        let info = Info::read("{\"headers\":true,\"max_payload\":5,\"tls_required\":true}");
        assert_eq!(info, Some(Info { tls_required: true, headers: true, payload_bytes_max: 5 }));
        assert_eq!(Info::read("x"), None);
    }

    #[test]
    fn a_message_has_its_lengths_and_a_header_stays_one() {
        let text = publish("a.b", Some("_INBOX.1"), &[("X", "1\r\nY: 2".to_owned())], b"{}");
        let head = "NATS/1.0\r\nX: 1  Y: 2\r\n\r\n";
        let expected = format!("HPUB a.b _INBOX.1 {} {}\r\n{head}{{}}\r\n", head.len(), head.len() + 2);
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }

    #[test]
    fn only_a_stream_confirms() {
        assert_eq!(confirmation(b"", br#"{"stream":"S","seq":1}"#), Ok(()));
        for (headers, body, why) in [
            (&b"NATS/1.0 503\r\n\r\n"[..], &b""[..], "no stream"),
            (b"", br#"{"error":{"code":503,"description":"full"}}"#, "full"),
            (b"", b"hello", "no stream"),
            (b"", b"{}", "no stream"),
        ] {
            let said = confirmation(headers, body).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn only_given_credentials_are_sent() {
        let line = connect("u", Some("p"), None, false);
        let options: Value = serde_json::from_str(line.strip_prefix("CONNECT ").unwrap()).unwrap();
        assert_eq!((options["user"].as_str(), options["pass"].as_str()), (Some("u"), Some("p")));
        assert!(options.get("auth_token").is_none());
        assert!(!connect("", None, None, true).contains("user"));
    }
}
