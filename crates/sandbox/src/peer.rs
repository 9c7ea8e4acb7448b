//! Whose process is at the other end of a loopback connection: for listeners that others on the machine could
//! reach, because they are in the host's network.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The tables of this network namespace. A connection between two IPv4 addresses is in the second one if its
/// program made the socket for both families.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// The user that owns the socket at the other end of a connection of this machine: the one bound to `peer` and
/// connected to `local`, as [`std::net::TcpStream`] names them. `None` if there is none in this network
/// namespace, or its process has closed it already, which is no proof of anything: refuse it.
///
/// Reads the list of all TCP sockets, so it takes longer on a machine with many of them; ask once per
/// connection. Users of other user namespaces are named as the reader's own namespace sees them.
///
/// # Errors
/// The kernel's lists cannot be read.
pub fn peer_uid(local: SocketAddr, peer: SocketAddr) -> io::Result<Option<u32>> {
    for table in TABLES {
        let file = match File::open(table) {
            // A kernel without IPv6.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            file => file?,
        };
        if let Some(uid) = owner(BufReader::new(file), canonical(peer), canonical(local))? {
            return Ok(Some(uid));
        }
    }
    Ok(None)
}

/// The owner of the socket with this address connected to that one, from a table's lines.
fn owner(table: impl BufRead, here: (IpAddr, u16), there: (IpAddr, u16)) -> io::Result<Option<u32>> {
    for line in table.lines() {
        if let Some(row) = Row::parse(&line?)
            && (row.here, row.there) == (here, there)
        {
            // A socket without an inode has no owner any more and shows user 0.
            return Ok((row.inode != 0).then_some(row.uid));
        }
    }
    Ok(None)
}

struct Row {
    here: (IpAddr, u16),
    there: (IpAddr, u16),
    uid: u32,
    inode: u64,
}

impl Row {
    /// `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_whitespace().skip(1);
        let (here, there) = (address(fields.next()?)?, address(fields.next()?)?);
        let mut fields = fields.skip(4);
        let (uid, _timeout, inode) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Self { here, there, uid: uid.parse().ok()?, inode: inode.parse().ok()? })
    }
}

/// An address as the kernel prints it: words of four bytes as this machine reads them, a colon, the port.
fn address(text: &str) -> Option<(IpAddr, u16)> {
    let (words, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |from: usize| {
        let digits = words.get(from..from.checked_add(8)?)?;
        u32::from_str_radix(digits, 16).ok().map(u32::to_ne_bytes)
    };
    let ip = match words.len() {
        8 => IpAddr::from(word(0)?),
        32 => {
            let mut bytes = [0; 16];
            for (to, from) in bytes.chunks_exact_mut(4).zip([0, 8, 16, 24]) {
                to.copy_from_slice(&word(from)?);
            }
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some((ip, port))
}

fn canonical(address: SocketAddr) -> (IpAddr, u16) {
    (address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn finds_itself_until_it_closes() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else {
                eprintln!("SKIPPED: no {address} here");
                continue;
            };
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (server, peer) = listener.accept().unwrap();
            let local = server.local_addr().unwrap();
            let own = rustix::process::geteuid().as_raw();
            assert_eq!(peer_uid(local, peer).unwrap(), Some(own));
            // The other way round it is the server's own socket.
            assert_eq!(peer_uid(peer, local).unwrap(), Some(own));
            assert_eq!(peer_uid(local, (peer.ip(), 1).into()).unwrap(), None);
            drop(client);
            assert_eq!(peer_uid(local, peer).unwrap(), None, "a closed socket has no owner");
        }
    }

    #[test]
    fn an_ipv6_socket_may_speak_ipv4() {
        let Ok(listener) = TcpListener::bind("[::]:0") else {
            eprintln!("SKIPPED: no IPv6 here");
            return;
        };
        let port = listener.local_addr().unwrap().port();
        let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (server, peer) = listener.accept().unwrap();
        let own = Some(rustix::process::geteuid().as_raw());
        assert_eq!(peer_uid(server.local_addr().unwrap(), peer).unwrap(), own);
        assert_eq!(peer_uid(client.local_addr().unwrap(), client.peer_addr().unwrap()).unwrap(), own);
    }

    #[test]
    fn reads_the_kernels_lines() {
        let line =
            "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 77 1";
        let (here, there) = (("127.0.0.1", 8080), ("127.0.0.1", 50_000));
        let parsed = |(ip, port): (&str, u16)| (ip.parse::<IpAddr>().unwrap(), port);
        if cfg!(target_endian = "little") {
            assert_eq!(owner(line.as_bytes(), parsed(here), parsed(there)).unwrap(), Some(1000));
            let orphan = line.replace(" 77 ", " 0 ");
            assert_eq!(owner(orphan.as_bytes(), parsed(here), parsed(there)).unwrap(), None);
        }
        for broken in ["", "  sl  local_address rem_address   st", "1: x:y z 1 2 3 4 5 6 7", "1: 01:1 01:1"] {
            assert!(Row::parse(broken).is_none(), "{broken}");
        }
    }
}
