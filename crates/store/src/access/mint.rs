//! New ids and secrets, from the operating system's own random numbers.

use super::key::{AccessKeyId, Secret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustix::rand::{GetRandomFlags, getrandom};
use std::io;

/// RFC 4648's base 32.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The id of a key that lasts.
pub(super) fn key_id() -> io::Result<AccessKeyId> {
    id("AKIA")
}

/// The id of a key that lasts as long as a session.
///
/// # Errors
/// When the system has no random numbers.
pub fn session_key_id() -> io::Result<AccessKeyId> {
    id("ASIA")
}

/// The private half of a key that lasts.
pub(super) fn key_secret() -> io::Result<Secret> {
    secret::<30>()
}

/// The private half of a session's key.
///
/// # Errors
/// When the system has no random numbers.
pub fn session_secret() -> io::Result<Secret> {
    secret::<30>()
}

/// What a session's requests carry beside their signature.
///
/// # Errors
/// When the system has no random numbers.
pub fn session_token() -> io::Result<Secret> {
    secret::<48>()
}

fn id(prefix: &str) -> io::Result<AccessKeyId> {
    let mut text = prefix.to_owned();
    for byte in random::<16>()? {
        // 32 divides 256, so every character is as likely as any other.
        let character = BASE32.get(usize::from(byte % 32)).copied().unwrap_or(b'A');
        text.push(char::from(character));
    }
    AccessKeyId::new(&text).map_err(io::Error::other)
}

fn secret<const BYTES: usize>() -> io::Result<Secret> {
    Secret::new(&BASE64.encode(random::<BYTES>()?)).map_err(io::Error::other)
}

fn random<const BYTES: usize>() -> io::Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    // The kernel gives as much as this at once; less is a fault and not a reason to go on with zeroes.
    match getrandom(&mut bytes, GetRandomFlags::empty())? {
        filled if filled == BYTES => Ok(bytes),
        _ => Err(io::Error::other("the system gave too few random numbers")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_secrets_have_awss_form_and_never_repeat() {
        let (first, second) = (key_id().unwrap(), key_id().unwrap());
        assert!(first.as_str().starts_with("AKIA") && first.as_str().len() == 20);
        assert!(session_key_id().unwrap().as_str().starts_with("ASIA"));
        assert_ne!(first, second);
        let (first, second) = (key_secret().unwrap(), key_secret().unwrap());
        assert_eq!(first.expose().len(), 40);
        assert_ne!(first.expose(), second.expose());
        assert_eq!(session_token().unwrap().expose().len(), 64);
        assert!(!format!("{first:?}").contains(first.expose()));
    }
}
