//! Tokens that say where the next page begins. To the caller they are opaque; one we did not make is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lambent_engine::logs::{Position, StreamCursor};

use super::failure::Failure;

pub(super) fn of_name(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

pub(super) fn name(token: &str) -> Result<String, Failure> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Failure::invalid_token())?;
    String::from_utf8(bytes).map_err(|_| Failure::invalid_token())
}

pub(super) fn of_stream(cursor: &StreamCursor) -> String {
    of_name(&format!("{} {}", cursor.last_event, cursor.name))
}

pub(super) fn stream(token: &str) -> Result<StreamCursor, Failure> {
    let token = name(token)?;
    let (last_event, name) = token.split_once(' ').ok_or_else(Failure::invalid_token)?;
    let last_event = last_event.parse().map_err(|_| Failure::invalid_token())?;
    Ok(StreamCursor { last_event, name: name.to_owned() })
}

pub(super) fn position(token: &str) -> Result<Position, Failure> {
    Position::from_digits(token).ok_or_else(Failure::invalid_token)
}
