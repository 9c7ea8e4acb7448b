//! Whom the function can reach.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::JoinHandle;

use lambent_sandbox::{Exit, Network, peer_uid};

use crate::Attack;
use crate::world::{World, attack};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("reaches_its_own_listeners", reaches_its_own_listeners),
    ("reaches_nobody_else", reaches_nobody_else),
    ("abstract_sockets_of_the_host_are_closed", abstract_sockets_of_the_host_are_closed),
    ("host_network_gets_loopback_listeners", host_network_gets_loopback_listeners),
    ("a_peer_in_the_hosts_network_is_known_by_its_user", a_peer_in_the_hosts_network_is_known_by_its_user),
];

/// Answers `count` connections with a name and what was sent.
fn serve(listener: TcpListener, name: &'static str, count: usize) -> JoinHandle<()> {
    listener.set_nonblocking(false).unwrap();
    std::thread::spawn(move || {
        for _ in 0..count {
            let (mut stream, _) = listener.accept().unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            stream.write_all(format!("{name} heard {text}").as_bytes()).unwrap();
        }
    })
}

fn reaches_its_own_listeners(world: &World) {
    let mut running = world.spawn(&world.spec("one"));
    let mut listeners = std::mem::take(&mut running.spawned.listeners).into_iter();
    let first = serve(listeners.next().unwrap(), "first", 2);
    let second = serve(listeners.next().unwrap(), "second", 1);
    let addresses: Vec<String> =
        running.spawned.sandbox.addresses().iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["169.254.100.1:9001", "169.254.100.1:9002"]);
    running.start(&attack(&["connect", &addresses[0], "127.0.0.1:9001", &addresses[1]]));
    assert_eq!(running.exit(), Exit::Code(0));
    assert_eq!(
        running.finish(Exit::Code(0)).success(),
        "169.254.100.1:9001 first heard 169.254.100.1:9001\n127.0.0.1:9001 first heard 127.0.0.1:9001\n\
         169.254.100.1:9002 second heard 169.254.100.1:9002\n"
    );
    first.join().unwrap();
    second.join().unwrap();
}

fn reaches_nobody_else(world: &World) {
    // The neighbour listens on the same addresses in its own network; the host listens on its loopback.
    let neighbour = world.spawn(&world.spec("neighbour"));
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    host.set_nonblocking(true).unwrap();
    let mut spec = world.spec("one");
    spec.listeners = 0;
    let host_address = host.local_addr().unwrap().to_string();
    let seen = world.run_in(&spec, &attack(&["connect", &host_address, "169.254.100.1:9001", "1.1.1.1:53"]));
    let expected =
        format!("{host_address} unreachable\n169.254.100.1:9001 unreachable\n1.1.1.1:53 unreachable\n");
    assert_eq!(seen.success(), expected);
    for listener in neighbour.spawned.listeners.iter().chain([&host]) {
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }
}

/// They belong to the network namespace, so where that is the host's only Landlock is in the way.
fn abstract_sockets_of_the_host_are_closed(world: &World) {
    let name = format!("lambent-attack-{}-{}", std::process::id(), world.dir.path().display());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
    let _host = UnixListener::bind_addr(&address).unwrap();
    UnixStream::connect_addr(&address).expect("it is there to be reached");
    for (network, errno) in [(Network::None, libc::ECONNREFUSED), (Network::Host, libc::EPERM)] {
        let mut spec = world.spec("one");
        spec.network = network;
        let seen = world.run_in(&spec, &attack(&["abstract", &name])).success();
        assert_eq!(seen, format!("Err(Some({errno}))\n"), "{network:?}");
    }
}

fn host_network_gets_loopback_listeners(world: &World) {
    let mut spec = world.spec("one");
    spec.network = Network::Host;
    let mut running = world.spawn(&spec);
    let address = running.spawned.sandbox.addresses()[0];
    assert!(address.ip().is_loopback() && address.port() != 0, "{address}");
    let server = serve(running.spawned.listeners.remove(0), "server", 1);
    running.start(&attack(&["connect", &address.to_string()]));
    let exit = running.exit();
    let seen = running.finish(exit).success();
    assert_eq!(seen, format!("{address} server heard {address}\n"));
    server.join().unwrap();
}

fn a_peer_in_the_hosts_network_is_known_by_its_user(world: &World) {
    let mut spec = world.spec("one");
    spec.network = Network::Host;
    let (mut running, neighbour) = (world.spawn(&spec), world.spawn(&spec));
    let own = rustix::process::geteuid();
    let uid = running.spawned.sandbox.host_uid();
    assert_eq!(uid.is_some(), own.is_root());
    if own.is_root() {
        assert!(uid != Some(0) && uid != neighbour.spawned.sandbox.host_uid(), "{uid:?}");
    }
    let listener = running.spawned.listeners.remove(0);
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(false).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, peer) = listener.accept().unwrap();
        // It waits for the end of the answer meanwhile, so its socket is there.
        let found = peer_uid(stream.local_addr().unwrap(), peer).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        found
    });
    running.start(&attack(&["connect", &address.to_string()]));
    assert_eq!(running.exit(), Exit::Code(0));
    assert_eq!(server.join().unwrap(), Some(uid.unwrap_or(own.as_raw())));
}
