//! What one client may take from the server (L1): connections, time and memory.

use std::time::Duration;

/// Bounds of the HTTP front.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections served at a time; further ones wait in the listener's backlog.
    pub connections_max: usize,
    /// Request line and headers together, in bytes.
    pub head_bytes_max: usize,
    pub headers_max: usize,
    /// How long a connection may take for a request's head, idle time between requests included.
    pub head_timeout: Duration,
    /// Grace before the rate below counts.
    pub body_grace: Duration,
    /// Slowest rate at which a body may come or an answer may be taken, in bytes per second.
    pub bytes_per_second_min: u64,
    /// How long a client may leave an answer untaken.
    pub write_stall_max: Duration,
    /// Bytes that all bodies being received and handled may hold together, small ones aside.
    pub body_bytes_in_memory_max: usize,
    /// How long requests in flight may take once the server is told to stop.
    pub drain_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            head_bytes_max: 64 * 1024,
            headers_max: 100,
            head_timeout: Duration::from_secs(30),
            body_grace: Duration::from_secs(10),
            bytes_per_second_min: 16 * 1024,
            write_stall_max: Duration::from_secs(30),
            body_bytes_in_memory_max: 512 * 1024 * 1024,
            drain_max: Duration::from_secs(30),
        }
    }
}
