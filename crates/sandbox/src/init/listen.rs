//! The TCP listeners, made where the function is, so that nobody else can reach them.

use std::net::{Ipv4Addr, TcpListener};

use crate::error::Step;
use crate::wire::{Mode, Setup};
use crate::{FIRST_PORT, Network};

/// As many listeners as the set-up says, in order.
pub(super) fn listen(setup: &Setup) -> Result<Vec<TcpListener>, String> {
    let own_network = setup.network == Network::None && !matches!(setup.mode, Mode::Plain { .. });
    (0..setup.listeners)
        .zip(FIRST_PORT..)
        .map(|(_, port)| {
            // In a network of one's own every address is one's own loopback, and programs may use any of them.
            let address = if own_network { (Ipv4Addr::UNSPECIFIED, port) } else { (Ipv4Addr::LOCALHOST, 0) };
            TcpListener::bind(address).step(|| format!("listen on {}:{}", address.0, address.1))
        })
        .collect()
}
