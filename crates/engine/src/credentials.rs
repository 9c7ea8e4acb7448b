//! What a function signs its calls with: a key of its environment's own, which ends with the environment.

use std::any::Any;
use std::fmt;

/// A session's credentials. They are good for as long as this is held, and no longer than the server says.
pub struct FunctionCredentials {
    /// The public half of the key.
    pub access_key_id: String,
    /// The private half.
    pub secret_access_key: String,
    /// What requests carry beside their signature.
    pub session_token: String,
    /// Whoever issued the credentials takes them back when this is dropped.
    pub guard: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for FunctionCredentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("FunctionCredentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}
