//! The system calls a function may make: an allow-list. What is not on it answers `EPERM`, so that programs
//! which only try something degrade instead of dying; a call from another architecture's table kills.
//!
//! Left out on purpose, so that they answer `EPERM`: mounting in all its forms, `ptrace` and
//! `process_vm_*`, `pidfd_getfd`, `keyctl` and its family, `bpf`, `perf_event_open`, `userfaultfd`,
//! `io_uring_*`, module loading, `kexec_*`, `reboot`, `swapon`, setting clocks, `setns` and `unshare`,
//! `name_to_handle_at` and `open_by_handle_at`, `quotactl`, `acct`, `syslog`, `mknod`, `chroot`, and changing users.

use std::collections::BTreeMap;
use std::sync::Arc;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, sock_filter,
};

use super::syscalls;
use crate::SandboxError;
use crate::error::Step;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Compiles the two programs, in the order to install them, as the numbers the set-up carries.
pub(crate) fn compile() -> Result<Arc<[Vec<u64>]>, SandboxError> {
    let invalid = |error: seccompiler::BackendError| SandboxError::Setup(format!("seccomp program: {error}"));
    let no_clone3 =
        program(BTreeMap::from([(libc::SYS_clone3, vec![])]), deny(libc::ENOSYS), SeccompAction::Allow);
    let allowed = allow_list().and_then(|rules| program(rules, SeccompAction::Allow, deny(libc::EPERM)));
    // The kernel obeys the sterner of two answers, and of two errors the later program's, so `clone3` is on the
    // allow-list too. Its flags are behind a pointer that no program can follow; told that there is no such call, C
    // libraries use `clone`.
    let programs = [allowed.map_err(invalid)?, no_clone3.map_err(invalid)?];
    Ok(programs.iter().map(|program| program.iter().map(pack).collect()).collect())
}

/// Installs the programs for good. `no_new_privs` must be set.
pub(super) fn install(programs: &[Vec<u64>]) -> Result<(), String> {
    for packed in programs {
        let program: BpfProgram = packed.iter().map(|word| unpack(*word)).collect();
        seccompiler::apply_filter(&program).step(|| "install the seccomp program".to_owned())?;
    }
    Ok(())
}

fn deny(errno: i32) -> SeccompAction {
    SeccompAction::Errno(errno.unsigned_abs())
}

fn program(
    rules: Rules,
    on_match: SeccompAction,
    otherwise: SeccompAction,
) -> Result<BpfProgram, seccompiler::BackendError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, otherwise, on_match, arch)?.try_into()
}

fn allow_list() -> Result<Rules, seccompiler::BackendError> {
    use SeccompCmpArgLen::Dword;
    use SeccompCmpOp::{Eq, MaskedEq, Ne};
    let when = |argument, op, value| SeccompCondition::new(argument, Dword, op, value);
    let rule = |conditions| SeccompRule::new(conditions);

    let mut rules: Rules = syscalls::ALLOWED.iter().map(|number| (*number, vec![])).collect();
    // No new namespaces, of any kind.
    let namespaces = u64::from(syscalls::NAMESPACE_FLAGS);
    rules.insert(libc::SYS_clone, vec![rule(vec![when(0, MaskedEq(namespaces), 0)?])?]);
    // Ordinary sockets and the routing questions that getifaddrs asks; no packets, no raw, no VSOCK.
    let mut sockets = Vec::new();
    for family in [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6] {
        for kind in [libc::SOCK_STREAM, libc::SOCK_DGRAM, libc::SOCK_SEQPACKET] {
            let kind = when(1, MaskedEq(SOCKET_TYPE_MASK), u64::from(kind.unsigned_abs()))?;
            sockets.push(rule(vec![when(0, Eq, u64::from(family.unsigned_abs()))?, kind])?);
        }
    }
    let netlink = when(0, Eq, u64::from(libc::AF_NETLINK.unsigned_abs()))?;
    sockets.push(rule(vec![netlink, when(2, Eq, u64::from(libc::NETLINK_ROUTE.unsigned_abs()))?])?);
    rules.insert(libc::SYS_socket, sockets);
    // Asking for the personality, and the one that is everybody's.
    let personality = [0xffff_ffff, 0].map(|value| when(0, Eq, value).and_then(|c| rule(vec![c])));
    rules.insert(libc::SYS_personality, personality.into_iter().collect::<Result<_, _>>()?);
    // Nobody types into a terminal on its user's behalf.
    let terminal = vec![when(1, Ne, libc::TIOCSTI)?, when(1, Ne, TIOCLINUX)?];
    rules.insert(libc::SYS_ioctl, vec![rule(terminal)?]);
    Ok(rules)
}

/// The type in the second argument of `socket`, without `SOCK_CLOEXEC` and `SOCK_NONBLOCK`.
const SOCKET_TYPE_MASK: u64 = 0xf;

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
        assert_eq!(programs.len(), 2);
        for word in programs.iter().flatten() {
            assert_eq!(pack(&unpack(*word)), *word);
        }
    }

    #[test]
    fn dangerous_calls_are_not_on_the_list() {
        let rules = allow_list().unwrap();
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
            assert!(!rules.contains_key(&number), "{number}");
        }
    }
}
