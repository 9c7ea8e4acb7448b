//! The system calls nobody wraps safely for what we do: all the `unsafe` of the project, one call per function.
//!
//! Everything here but [`kill_everything`] is only called in the single-threaded children. That is what makes
//! [`fork`] sound: no other thread can hold a lock of the allocator or of anything else at that moment.

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_ulong};
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use rustix::process::Pid;

fn check(result: c_long) -> io::Result<c_long> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Forks into new namespaces (`CLONE_NEW*`); `None` in the child.
///
/// The C library's `fork` cannot do the namespaces, so its bookkeeping is left out; the child makes no use
/// of threads or of what depends on them.
pub(crate) fn fork(namespaces: c_int) -> io::Result<Option<Pid>> {
    let flags = c_long::from(namespaces | libc::SIGCHLD);
    let none: c_long = 0;
    // SAFETY: without CLONE_VM and with no stack given this is a fork: the child gets a copy of the memory and
    // returns here on a copy of this stack. The process has one thread, so the copy is consistent.
    let pid = check(unsafe { libc::syscall(libc::SYS_clone, flags, none, none, none, none) })?;
    Ok(i32::try_from(pid).ok().and_then(Pid::from_raw))
}

/// Ends this process now, without destructors or exit handlers: for a fork's child.
pub(crate) fn exit_now(status: c_int) -> ! {
    // SAFETY: `_exit` has no precondition.
    unsafe { libc::_exit(status) }
}

/// Becomes another program. Returns only the error.
pub(crate) fn exec(path: &CStr, args: &[CString], env: &[CString]) -> io::Error {
    let pointers = |strings: &[CString]| -> Vec<*const c_char> {
        strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
    };
    let (args, env) = (pointers(args), pointers(env));
    // SAFETY: both arrays end in a null pointer and their strings are borrowed until after the call.
    unsafe { libc::execve(path.as_ptr(), args.as_ptr(), env.as_ptr()) };
    io::Error::last_os_error()
}

/// Makes descriptor `target` a copy of `fd` that survives `exec`, whatever `target` was before.
pub(crate) fn dup_to(fd: BorrowedFd<'_>, target: RawFd) -> io::Result<()> {
    // SAFETY: descriptors are plain numbers here. The callers use it on 0 to 3 right before `exec`, when nothing
    // of ours owns these numbers any more.
    check(unsafe { libc::dup2(fd.as_raw_fd(), target) }.into()).map(drop)
}

/// Marks every descriptor from `first` on to be closed by `exec`.
pub(crate) fn close_on_exec_from(first: u32) -> io::Result<()> {
    let flags = libc::CLOSE_RANGE_CLOEXEC;
    // SAFETY: it only sets flags on descriptors; their owners keep them.
    check(unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, flags) }).map(drop)
}

/// Signals every process this one can see and may signal, except itself: in a process namespace, its process 1
/// reaches all others. Anywhere else that would be the whole host, so it refuses.
pub(crate) fn kill_everything(signal: c_int) -> io::Result<()> {
    if std::process::id() != 1 {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // SAFETY: `kill` touches no memory of ours.
    check(unsafe { libc::kill(-1, signal) }.into()).map(drop)
}

/// Blocks `signals` and makes a descriptor that is readable when one of them came.
pub(crate) fn signal_fd(signals: &[c_int]) -> io::Result<OwnedFd> {
    let set = signal_set(signals);
    // SAFETY: `set` is initialised; the old mask is not asked for.
    check(unsafe { libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) }.into())?;
    let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
    // SAFETY: `set` is initialised and -1 asks for a new descriptor.
    let fd = check(unsafe { libc::signalfd(-1, &raw const set, flags) }.into())?;
    let fd = RawFd::try_from(fd).map_err(io::Error::other)?;
    // SAFETY: the kernel has just made this descriptor for us and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Gives every signal its default effect and unblocks all: what a program expects to find after `exec`. Rust's
/// start-up ignores `SIGPIPE`, and that would be inherited.
pub(crate) fn reset_signals() -> io::Result<()> {
    for signal in 1..=64 {
        // SAFETY: SIG_DFL runs no code of ours. For signals that cannot be changed it fails, harmlessly.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    let none = signal_set(&[]);
    // SAFETY: `none` is initialised; the old mask is not asked for.
    check(unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut()) }.into())
        .map(drop)
}

fn signal_set(signals: &[c_int]) -> libc::sigset_t {
    // SAFETY: the type is plain integers, for which all zeroes is a value.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: `set` is ours and writable.
    unsafe { libc::sigemptyset(&raw mut set) };
    for signal in signals {
        // SAFETY: `set` is ours and initialised.
        unsafe { libc::sigaddset(&raw mut set, *signal) };
    }
    set
}

/// Adds attributes (`MOUNT_ATTR_*`) to a mount and those below it.
pub(crate) fn restrict_mount(mount: BorrowedFd<'_>, attributes: u64, recursive: bool) -> io::Result<()> {
    // SAFETY: the type is plain integers, for which all zeroes is a value.
    let mut attr: libc::mount_attr = unsafe { std::mem::zeroed() };
    attr.attr_set = attributes;
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    let (fd, size) = (mount.as_raw_fd(), size_of::<libc::mount_attr>());
    // SAFETY: an empty, terminated path, and a structure of the size that is given beside it.
    let result =
        unsafe { libc::syscall(libc::SYS_mount_setattr, fd, c"".as_ptr(), flags, &raw const attr, size) };
    check(result).map(drop)
}

/// Brings the loopback device up, with `extra` as a second address of its own.
pub(crate) fn raise_loopback(extra: Ipv4Addr) -> io::Result<()> {
    let socket = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::DGRAM, None)?;
    let up = libc::IFF_UP | libc::IFF_RUNNING;
    let flags = libc::__c_anonymous_ifr_ifru { ifru_flags: i16::try_from(up).map_err(io::Error::other)? };
    interface_request(socket.as_fd(), libc::SIOCSIFFLAGS, c"lo", flags)?;
    let address = |ip| libc::__c_anonymous_ifr_ifru { ifru_addr: socket_address(ip) };
    interface_request(socket.as_fd(), libc::SIOCSIFADDR, c"lo:1", address(extra))?;
    interface_request(socket.as_fd(), libc::SIOCSIFNETMASK, c"lo:1", address(Ipv4Addr::BROADCAST))
}

fn interface_request(
    socket: BorrowedFd<'_>,
    request: c_ulong,
    name: &CStr,
    argument: libc::__c_anonymous_ifr_ifru,
) -> io::Result<()> {
    let mut ifreq = libc::ifreq { ifr_name: [0; libc::IFNAMSIZ], ifr_ifru: argument };
    for (to, from) in ifreq.ifr_name.iter_mut().zip(name.to_bytes()) {
        *to = from.cast_signed();
    }
    // SAFETY: these requests read one `ifreq`, which is ours, initialised and outlives the call.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), request, &raw mut ifreq) }.into()).map(drop)
}

fn socket_address(ip: Ipv4Addr) -> libc::sockaddr {
    let [a, b, c, d] = ip.octets().map(u8::cast_signed);
    // The port comes first, in two bytes, then the address.
    let sa_data = [0, 0, a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0];
    libc::sockaddr { sa_family: libc::AF_INET.unsigned_abs().try_into().unwrap_or_default(), sa_data }
}
