//! The system calls a function may make: an allow-list. What is not on it answers `EPERM`, so that programs
//! which only try something degrade instead of dying; a call from another architecture's table kills.
//!
//! Left out on purpose: mounting in all its forms, `ptrace` and `process_vm_*`, `pidfd_getfd`, `keyctl` and its
//! family, `bpf`, `perf_event_open`, `userfaultfd`, `io_uring_*` and the older asynchronous I/O, module loading,
//! `kexec_*`, `reboot`, `swapon`, setting clocks, `setns` and `unshare`, `name_to_handle_at` and
//! `open_by_handle_at`, `quotactl`, `acct`, `syslog`, `mknod`, `chroot`, and changing users.
//!
//! Three programs, of which the kernel obeys the sternest answer and of two errors the later program's:
//! the list (`list`), what calls on it may not ask for (`arguments`), and `clone3`, whose arguments no program can
//! see.

mod allowed;
mod list;

use std::collections::BTreeMap;
use std::sync::Arc;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, sock_filter,
};

use crate::SandboxError;
use crate::error::Step;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Compiles the programs, in the order to install them, as the numbers the set-up carries.
pub(crate) fn compile() -> Result<Arc<[Vec<u64>]>, SandboxError> {
    let invalid = |error: BackendError| SandboxError::Setup(format!("seccomp program: {error}"));
    let list = list::compile(allowed::ALLOWED)
        .ok_or_else(|| SandboxError::Setup("no seccomp list for this architecture".to_owned()))?;
    let arguments = refused_arguments().and_then(|rules| refuse(rules, libc::EPERM)).map_err(invalid)?;
    // Told that there is no such call, C libraries use `clone`, whose flags can be judged.
    let clone3 = refuse(BTreeMap::from([(libc::SYS_clone3, vec![])]), libc::ENOSYS).map_err(invalid)?;
    Ok([list, arguments, clone3].iter().map(|program| program.iter().map(pack).collect()).collect())
}

/// Installs the programs for good. `no_new_privs` must be set.
pub(super) fn install(programs: &[Vec<u64>]) -> Result<(), String> {
    for packed in programs {
        let program: BpfProgram = packed.iter().map(|word| unpack(*word)).collect();
        seccompiler::apply_filter(&program).step(|| "install the seccomp program".to_owned())?;
    }
    Ok(())
}

fn refuse(rules: Rules, errno: i32) -> Result<BpfProgram, BackendError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let refusal = SeccompAction::Errno(errno.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, refusal, arch)?.try_into()
}

/// What otherwise allowed calls may not ask for.
fn refused_arguments() -> Result<Rules, BackendError> {
    use SeccompCmpOp::{Eq, MaskedEq, Ne};
    let when = |argument, op, value: u64| SeccompCondition::new(argument, SeccompCmpArgLen::Dword, op, value);
    let one = |argument, op, value| SeccompRule::new(vec![when(argument, op, value)?]);

    // No new namespaces, of any kind.
    let namespaces = allowed::NAMESPACE_FLAGS.map(|flag| one(0, MaskedEq(flag), flag));
    // Ordinary sockets, and the routing questions that getifaddrs asks; no packets, no raw, no VSOCK.
    let netlink = AF_NETLINK;
    let strange = [AF_UNIX, AF_INET, AF_INET6, netlink].map(|family| when(0, Ne, family));
    let mut sockets = vec![SeccompRule::new(strange.into_iter().collect::<Result<_, _>>()?)?];
    for kind in (0..=SOCKET_TYPE_MASK).filter(|kind| !ORDINARY_TYPES.contains(kind)) {
        let strange = vec![when(0, Ne, netlink)?, when(1, MaskedEq(SOCKET_TYPE_MASK), kind)?];
        sockets.push(SeccompRule::new(strange)?);
    }
    sockets.push(SeccompRule::new(vec![when(0, Eq, netlink)?, when(2, Ne, NETLINK_ROUTE)?])?);
    // The personality may be asked for, and be set to the one that is everybody's.
    let personality = SeccompRule::new(vec![when(0, Ne, 0xffff_ffff)?, when(0, Ne, 0)?])?;
    // Nobody types into a terminal on its user's behalf.
    let typing = [one(1, Eq, libc::TIOCSTI)?, one(1, Eq, TIOCLINUX)?];
    Ok(BTreeMap::from([
        (libc::SYS_clone, namespaces.into_iter().collect::<Result<_, _>>()?),
        (libc::SYS_socket, sockets),
        (libc::SYS_personality, vec![personality]),
        (libc::SYS_ioctl, typing.into()),
    ]))
}

const AF_UNIX: u64 = libc::AF_UNIX.unsigned_abs() as u64;
const AF_INET: u64 = libc::AF_INET.unsigned_abs() as u64;
const AF_INET6: u64 = libc::AF_INET6.unsigned_abs() as u64;
const AF_NETLINK: u64 = libc::AF_NETLINK.unsigned_abs() as u64;
const NETLINK_ROUTE: u64 = libc::NETLINK_ROUTE.unsigned_abs() as u64;

/// The type in the second argument of `socket`, without `SOCK_CLOEXEC` and `SOCK_NONBLOCK`.
const SOCKET_TYPE_MASK: u64 = 0xf;

/// Streams, datagrams and packets in sequence.
const ORDINARY_TYPES: [u64; 3] = [1, 2, 5];

const TIOCLINUX: u64 = 0x541c;

fn pack(filter: &sock_filter) -> u64 {
    u64::from(filter.code) << 48
        | u64::from(filter.jt) << 40
        | u64::from(filter.jf) << 32
        | u64::from(filter.k)
}

fn unpack(word: u64) -> sock_filter {
    let [a, b, jt, jf, k @ ..] = word.to_be_bytes();
    sock_filter { code: u16::from_be_bytes([a, b]), jt, jf, k: u32::from_be_bytes(k) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_compile_and_survive_packing() {
        let programs = compile().unwrap();
        assert_eq!(programs.len(), 3);
        for word in programs.iter().flatten() {
            assert_eq!(pack(&unpack(*word)), *word);
        }
    }

    #[test]
    fn dangerous_calls_are_not_on_the_list() {
        for number in [
            libc::SYS_mount,
            libc::SYS_ptrace,
            libc::SYS_bpf,
            libc::SYS_keyctl,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_io_uring_setup,
            libc::SYS_userfaultfd,
            libc::SYS_open_by_handle_at,
            libc::SYS_process_vm_readv,
            libc::SYS_pidfd_getfd,
            libc::SYS_move_mount,
            libc::SYS_setuid,
        ] {
            assert!(!allowed::ALLOWED.contains(&number), "{number}");
        }
    }
}
