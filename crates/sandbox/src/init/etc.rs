//! `/etc` as the function sees it: a few of the host's files that say nothing about the host's people, and ours.

use std::fs;

use super::identity::{USER_NAME, inside};
use super::root::HOST_NAME;
use crate::wire::Setup;
use crate::{Network, SANDBOX_ADDRESS};

/// What is taken from the host where it exists: the loader's cache, certificates, alternatives, time zone and
/// name tables.
pub(super) const SHARED: &[&str] = &[
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/ca-certificates.conf",
    "/etc/crypto-policies",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/cert.pem",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/cert.pem",
    "/etc/ssl/openssl.cnf",
];

/// Our own files and their contents. Reads the host's, so it must be asked before the root changes.
pub(super) fn files(setup: &Setup) -> Vec<(&'static str, String)> {
    let (uid, gid) = inside(&setup.mode);
    let passwd = format!(
        "root:x:0:0:root:/:/sbin/nologin\n{USER_NAME}:x:{uid}:{gid}::/tmp:/sbin/nologin\n\
         nobody:x:65534:65534:nobody:/:/sbin/nologin\n"
    );
    let group = format!("root:x:0:\n{USER_NAME}:x:{gid}:\nnogroup:x:65534:\n");
    let address = match setup.network {
        Network::None => SANDBOX_ADDRESS,
        Network::Host => std::net::Ipv4Addr::LOCALHOST,
    };
    let hosts = format!("127.0.0.1 localhost\n::1 localhost\n{address} sandbox.localdomain {HOST_NAME}\n");
    let resolv_conf = match setup.network {
        Network::None => String::new(),
        Network::Host => fs::read_to_string("/etc/resolv.conf").unwrap_or_default(),
    };
    vec![
        ("/etc/passwd", passwd),
        ("/etc/group", group),
        ("/etc/hosts", hosts),
        ("/etc/hostname", format!("{HOST_NAME}\n")),
        ("/etc/resolv.conf", resolv_conf),
        ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n".to_owned()),
    ]
}
