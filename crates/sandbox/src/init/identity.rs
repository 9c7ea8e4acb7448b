//! Who the sandbox is: never user 0, and without a capability.

use std::fs;

use rustix::process::{Gid, Uid};
use rustix::thread::{CapabilitySet, CapabilitySets};

use crate::error::Step;
use crate::wire::Mode;

/// The function's user inside a user namespace, with the name AWS gives it.
pub(super) const USER_ID: u32 = 1051;

/// The function's user name.
pub(super) const USER_NAME: &str = "sbx_user1051";

/// The user and group the function has as it sees itself.
pub(super) fn inside(mode: &Mode) -> (u32, u32) {
    match mode {
        Mode::Rooted { uid, gid } => (*uid, *gid),
        Mode::Rootless { .. } | Mode::Plain { .. } => (USER_ID, USER_ID),
    }
}

/// In a new user namespace, says that its one user is the server's.
pub(super) fn map_user(mode: &Mode) -> Result<(), String> {
    let Mode::Rootless { uid, gid } = mode else { return Ok(()) };
    let write = |file: &str, text: String| {
        let path = format!("/proc/self/{file}");
        fs::write(&path, text).step(|| format!("write {path}"))
    };
    write("uid_map", format!("{USER_ID} {uid} 1"))?;
    // Whoever maps a group without privilege must give up changing groups.
    write("setgroups", "deny".to_owned())?;
    write("gid_map", format!("{USER_ID} {gid} 1"))
}

/// Gives up the bounding set, the host's user and groups, and every capability, for good.
pub(super) fn give_up_rights(mode: &Mode) -> Result<(), String> {
    for bit in 0..u64::BITS {
        let capability = CapabilitySet::from_bits_retain(1 << bit);
        // The kernel says EINVAL behind its last capability.
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            Ok(()) => {}
            Err(rustix::io::Errno::INVAL) => break,
            Err(errno) => return Err(format!("drop capability {bit} from the bounding set: {errno}")),
        }
    }
    if let Mode::Rooted { uid, gid } = *mode {
        let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
        rustix::thread::set_thread_groups(&[]).step(|| "leave the server's groups".to_owned())?;
        rustix::thread::set_thread_res_gid(gid, gid, gid).step(|| "change group".to_owned())?;
        rustix::thread::set_thread_res_uid(uid, uid, uid).step(|| "change user".to_owned())?;
    }
    rustix::thread::clear_ambient_capability_set().step(|| "clear ambient capabilities".to_owned())?;
    let none = CapabilitySet::empty();
    let none = CapabilitySets { effective: none, permitted: none, inheritable: none };
    rustix::thread::set_capabilities(None, none).step(|| "give up capabilities".to_owned())
}
