//! The program inside that makes system calls no shell can make, and tells what the kernel said.

use std::ffi::{CString, c_long};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::time::Duration;

use lambent_sandbox::{Isolation, Options, Spawner, probe};

/// Runs one attack by name. Exit status 0 means that it was carried out, not that it succeeded.
pub(crate) fn attack(args: &[String]) -> ExitCode {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["descriptors"] => descriptors(),
        ["calls"] => calls(),
        ["connect", addresses @ ..] => addresses.iter().for_each(|address| connect(address)),
        ["allocate", mebibytes] => allocate(mebibytes.parse().unwrap()),
        ["threads"] => threads(),
        ["nest"] => nest(),
        ["abstract", name] => abstract_socket(name),
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}

fn descriptors() {
    // The directory's own descriptor shows too, as the last: the lowest free number.
    for fd in 0..64 {
        if let Ok(target) = std::fs::read_link(format!("/proc/self/fd/{fd}")) {
            let target = target.display().to_string();
            println!("{fd} {}", target.split(':').next().unwrap());
        }
    }
}

/// A call that must be refused, by its name and what it answered.
fn call(name: &str, number: c_long, args: [c_long; 5]) {
    let [a, b, c, d, e] = args;
    // SAFETY: the point is that the kernel refuses these before it looks at an argument; pointers among them
    // are null or point to live strings.
    let result = unsafe { libc::syscall(number, a, b, c, d, e) };
    let error = std::io::Error::last_os_error().raw_os_error();
    println!("{name} {}", if result >= 0 { "ALLOWED".to_owned() } else { errno_name(error) });
}

fn errno_name(errno: Option<i32>) -> String {
    match errno {
        Some(libc::EPERM) => "EPERM".to_owned(),
        Some(libc::ENOSYS) => "ENOSYS".to_owned(),
        other => format!("{other:?}"),
    }
}

fn calls() {
    let tmp = CString::new("/tmp").unwrap();
    let kind = CString::new("tmpfs").unwrap();
    let (tmp, kind) = (tmp.as_ptr() as c_long, kind.as_ptr() as c_long);
    let user = c_long::from(libc::CLONE_NEWUSER | libc::SIGCHLD);
    call("mount", libc::SYS_mount, [kind, tmp, kind, 0, 0]);
    call("umount", libc::SYS_umount2, [tmp, 0, 0, 0, 0]);
    call("move_mount", libc::SYS_move_mount, [0; 5]);
    call("open_tree", libc::SYS_open_tree, [-100, tmp, 1, 0, 0]);
    call("mount_setattr", libc::SYS_mount_setattr, [-100, tmp, 0, 0, 0]);
    call("fsopen", libc::SYS_fsopen, [kind, 0, 0, 0, 0]);
    call("pivot_root", libc::SYS_pivot_root, [tmp, tmp, 0, 0, 0]);
    call("chroot", libc::SYS_chroot, [tmp, 0, 0, 0, 0]);
    call("ptrace", libc::SYS_ptrace, [libc::PTRACE_TRACEME.into(), 0, 0, 0, 0]);
    call("process_vm_readv", libc::SYS_process_vm_readv, [1, 0, 0, 0, 0]);
    call("pidfd_getfd", libc::SYS_pidfd_getfd, [0; 5]);
    call("unshare user", libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0, 0, 0]);
    call("unshare net", libc::SYS_unshare, [libc::CLONE_NEWNET.into(), 0, 0, 0, 0]);
    call("clone user", libc::SYS_clone, [user, 0, 0, 0, 0]);
    call("clone3", libc::SYS_clone3, [0; 5]);
    call("setns", libc::SYS_setns, [0; 5]);
    call("keyctl", libc::SYS_keyctl, [0; 5]);
    call("add_key", libc::SYS_add_key, [0; 5]);
    call("bpf", libc::SYS_bpf, [0; 5]);
    call("perf_event_open", libc::SYS_perf_event_open, [0; 5]);
    call("userfaultfd", libc::SYS_userfaultfd, [1, 0, 0, 0, 0]);
    call("io_uring_setup", libc::SYS_io_uring_setup, [1, 0, 0, 0, 0]);
    call("init_module", libc::SYS_init_module, [0; 5]);
    call("kexec_load", libc::SYS_kexec_load, [0; 5]);
    call("reboot", libc::SYS_reboot, [0; 5]);
    call("swapon", libc::SYS_swapon, [tmp, 0, 0, 0, 0]);
    call("clock_settime", libc::SYS_clock_settime, [0; 5]);
    call("settimeofday", libc::SYS_settimeofday, [0; 5]);
    call("name_to_handle_at", libc::SYS_name_to_handle_at, [-100, tmp, 0, 0, 0]);
    call("open_by_handle_at", libc::SYS_open_by_handle_at, [0; 5]);
    call("personality", libc::SYS_personality, [0x40000, 0, 0, 0, 0]);
    call("setuid", libc::SYS_setuid, [0; 5]);
    call("setgroups", libc::SYS_setgroups, [0; 5]);
    call("mknod", libc::SYS_mknodat, [-100, tmp, 0o20666, 0, 0]);
    call("sethostname", libc::SYS_sethostname, [tmp, 4, 0, 0, 0]);
    call("syslog", libc::SYS_syslog, [3, 0, 0, 0, 0]);
    call("packet socket", libc::SYS_socket, [libc::AF_PACKET.into(), libc::SOCK_RAW.into(), 0, 0, 0]);
    call("raw socket", libc::SYS_socket, [libc::AF_INET.into(), libc::SOCK_RAW.into(), 1, 0, 0]);
    call("vsock", libc::SYS_socket, [libc::AF_VSOCK.into(), libc::SOCK_STREAM.into(), 0, 0, 0]);
    let netfilter = c_long::from(libc::NETLINK_NETFILTER);
    call("netfilter", libc::SYS_socket, [libc::AF_NETLINK.into(), libc::SOCK_RAW.into(), netfilter, 0, 0]);
    call("TIOCSTI", libc::SYS_ioctl, [0, 0x5412, tmp, 0, 0]);
    // A high half that the kernel ignores must not get past the filter.
    call("TIOCSTI with a high half", libc::SYS_ioctl, [0, 0x1_0000_5412, tmp, 0, 0]);
}

/// Sends the address and prints what comes back.
fn connect(address: &str) {
    let target: SocketAddr = address.parse().unwrap();
    let answer = TcpStream::connect_timeout(&target, Duration::from_secs(2)).and_then(|mut stream| {
        stream.write_all(address.as_bytes())?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut text = String::new();
        stream.read_to_string(&mut text).map(|_| text)
    });
    println!("{address} {}", answer.unwrap_or_else(|_| "unreachable".to_owned()));
}

/// Allocates and touches memory step by step, telling how far it got.
fn allocate(mebibytes: usize) {
    let mut held = Vec::new();
    for step in 0..mebibytes {
        let mut block: Vec<u8> = Vec::new();
        if block.try_reserve_exact(1 << 20).is_err() {
            println!("refused after {step}");
            return;
        }
        block.resize(1 << 20, 1);
        held.push(block);
    }
    println!("got {}", held.len());
}

/// As many threads as there may be: each waits for a lock that is never given.
fn threads() {
    let lock = std::sync::Arc::new(std::sync::Mutex::new(()));
    let _held = lock.lock().unwrap();
    for count in 1..10_000 {
        let lock = std::sync::Arc::clone(&lock);
        let wait = move || drop(lock.lock());
        if std::thread::Builder::new().stack_size(64 * 1024).spawn(wait).is_err() {
            println!("{count}");
            return;
        }
    }
}

/// Tries to be a server inside the sandbox.
fn nest() {
    let options = |isolation| Options { isolation, scratch_dir: "/tmp".into(), ..Options::default() };
    let report = probe(&options(Isolation::Auto)).unwrap();
    report.mechanisms.iter().for_each(|mechanism| println!("{mechanism}"));
    println!("confined {}", report.confined.is_ok());
    println!("required {}", Spawner::new(options(Isolation::Required)).is_ok());
    let auto = Spawner::new(options(Isolation::Auto)).unwrap();
    println!("auto {:?}; {}", auto.level(), auto.missing()[0]);
}

/// Knocks at an abstract Unix socket.
fn abstract_socket(name: &str) {
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name).unwrap();
    println!("{:?}", UnixStream::connect_addr(&address).map(drop).map_err(|error| error.raw_os_error()));
}
