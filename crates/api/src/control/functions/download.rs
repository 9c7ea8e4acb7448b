//! `Code.Location`: a URL of this server's own that really gives the package, to whoever was given it, for a while.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use lambent_domain::function::CodeSha256;
use lambent_domain::time::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::control::blocking;
use crate::error::ApiError;
use crate::response::{self, Answer};
use crate::state::AppState;

/// As long as the URLs that AWS gives.
const VALID_FOR: Duration = Duration::from_secs(600);
/// The oldest tickets give way to new ones.
const TICKETS_MAX: usize = 1_024;
/// Packages are sent from memory, so only so many at a time.
const AT_A_TIME: usize = 4;

/// The tickets that are valid now. They are random, and lost with the server.
#[derive(Debug)]
pub(crate) struct Downloads {
    tickets: Mutex<VecDeque<Ticket>>,
    room: Semaphore,
}

#[derive(Debug)]
struct Ticket {
    id: Uuid,
    code: CodeSha256,
    expires_at: Timestamp,
}

impl Default for Downloads {
    fn default() -> Self {
        Self { tickets: Mutex::default(), room: Semaphore::new(AT_A_TIME) }
    }
}

impl Downloads {
    /// A ticket for a package: 122 random bits, which nobody guesses.
    pub(super) fn issue(&self, code: CodeSha256, now: Timestamp) -> Uuid {
        let id = Uuid::new_v4();
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|ticket| ticket.expires_at > now);
        if tickets.len() >= TICKETS_MAX {
            tickets.pop_front();
        }
        tickets.push_back(Ticket { id, code, expires_at: now.plus(VALID_FOR) });
        id
    }

    fn redeem(&self, id: Uuid, now: Timestamp) -> Option<CodeSha256> {
        let tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.iter().find(|ticket| ticket.id == id && ticket.expires_at > now).map(|ticket| ticket.code)
    }
}

/// `GET /_lambent/v1/code/<ticket>`.
pub(crate) async fn download(state: &AppState, ticket: &str) -> Result<Answer, ApiError> {
    let missing = || ApiError::access_denied("This URL has expired or was never given.");
    let ticket = Uuid::try_parse(ticket).map_err(|_| missing())?;
    let sha256 = state.downloads.redeem(ticket, state.clock.now()).ok_or_else(missing)?;
    let _place = state.downloads.room.acquire().await.map_err(ApiError::internal)?;
    let code = std::sync::Arc::clone(&state.code);
    let zip = blocking(move || code.read_zip(sha256).map_err(ApiError::internal)).await?;
    let zip = zip.ok_or_else(missing)?;
    Ok(response::with_body(HeaderValue::from_static("application/zip"), zip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_expire_and_their_number_is_bounded() {
        let downloads = Downloads::default();
        let (code, now) = (CodeSha256::new([7; 32]), Timestamp::from_millis(1_000));
        let first = downloads.issue(code, now);
        assert_eq!(downloads.redeem(first, now), Some(code));
        assert_eq!(downloads.redeem(Uuid::new_v4(), now), None);
        assert_eq!(downloads.redeem(first, now.plus(VALID_FOR)), None);
        for _ in 0..2 * TICKETS_MAX {
            downloads.issue(code, now);
        }
        assert_eq!(downloads.redeem(first, now), None);
        assert_eq!(downloads.tickets.lock().unwrap().len(), TICKETS_MAX);
    }
}
