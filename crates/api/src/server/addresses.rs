//! How many connections each address has: no one client may take them all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections by the address they come from. This machine's own are not counted: everything on it shares one address.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    connections: Arc<Mutex<HashMap<IpAddr, usize>>>,
    max_each: usize,
}

/// One connection's place; free again when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    /// Of `connections_max` connections in all, one address may have a quarter.
    pub(super) fn new(connections_max: usize) -> Self {
        Self { connections: Arc::default(), max_each: (connections_max / 4).max(1) }
    }

    /// A place for a connection from this address; the error says that it has as many as it may. `None` is a place that is
    /// not counted.
    pub(super) fn seat(&self, address: IpAddr) -> Result<Option<Seat>, Crowded> {
        let address = address.to_canonical();
        if address.is_loopback() {
            return Ok(None);
        }
        let mut connections = self.lock();
        let count = connections.entry(address).or_default();
        if *count >= self.max_each {
            return Err(Crowded);
        }
        *count += 1;
        Ok(Some(Seat { addresses: self.clone(), address }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An address has as many connections as it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crowded;

impl Drop for Seat {
    fn drop(&mut self) {
        let mut connections = self.addresses.lock();
        if let Some(count) = connections.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                connections.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_leaves_the_rest() {
        let addresses = Addresses::new(8);
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        // The same address, as a socket of both families shows it.
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        let seats = [addresses.seat(one).unwrap(), addresses.seat(mapped).unwrap()];
        assert_eq!(addresses.seat(one).err(), Some(Crowded));
        assert!(addresses.seat(other).is_ok());
        for _ in 0..100 {
            assert!(addresses.seat("127.0.0.1".parse().unwrap()).unwrap().is_none());
        }
        drop(seats);
        assert!(addresses.lock().is_empty());
        assert!(addresses.seat(one).is_ok());
    }
}
