//! What the server tells a sandbox to do.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::codec::{Reader, Writer, malformed};
use crate::spec::{Network, Program, RuntimeFile};

/// One order. The first is always [`Order::Setup`].
#[derive(Debug)]
pub(crate) enum Order {
    Setup(Box<Setup>),
    Start(Program),
    /// Kill every process but init, keep mounts and `/tmp`.
    Reset,
    /// A signal for the runtime's first process.
    Signal(i32),
    /// Stop, or continue, the whole tree with signals: only where there is no cgroup freezer.
    Stop,
    Continue,
}

/// How the sandbox is kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Not at all: a process tree with limits, its files below this directory.
    Plain { scratch: PathBuf },
    /// Namespaces below a user namespace, in which this user and group, the server's own, have another number.
    Rootless { uid: u32, gid: u32 },
    /// Namespaces made with privilege, and this host user and group of the sandbox's own.
    Rooted { uid: u32, gid: u32 },
}

/// Everything a sandbox is built from. Beside it travel three descriptors: stdout, stderr and telemetry.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) mode: Mode,
    pub(crate) network: Network,
    pub(crate) task_dir: PathBuf,
    pub(crate) opt_dir: Option<PathBuf>,
    pub(crate) runtime_files: Arc<[RuntimeFile]>,
    pub(crate) read_only_trees: Vec<PathBuf>,
    pub(crate) tmp_bytes: u64,
    pub(crate) nofile_max: u64,
    /// `RLIMIT_NPROC`, absent where the number of processes is counted otherwise.
    pub(crate) nproc_max: Option<u64>,
    /// `RLIMIT_DATA`, absent where a cgroup counts memory.
    pub(crate) data_bytes_max: Option<u64>,
    pub(crate) listeners: u64,
    /// The sandbox's own cgroups, made by the server, removed by the warden.
    pub(crate) cgroups: Vec<PathBuf>,
    /// Seccomp programs as the kernel takes them, in the order to install them.
    pub(crate) seccomp: Arc<[Vec<u64>]>,
}

impl Order {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Setup(setup) => setup.encode(),
            Self::Start(program) => Writer::tagged(1)
                .os(&program.path)
                .list(&program.args, |w, arg| {
                    w.os(arg);
                })
                .list(&program.env, |w, (name, value)| {
                    w.os(name).os(value);
                })
                .os(&program.cwd)
                .finish(),
            Self::Reset => Writer::tagged(2).finish(),
            Self::Signal(number) => Writer::tagged(3).i32(*number).finish(),
            Self::Stop => Writer::tagged(4).finish(),
            Self::Continue => Writer::tagged(5).finish(),
        }
    }

    pub(crate) fn decode(bytes: &[u8]) -> io::Result<Self> {
        let mut r = Reader::new(bytes);
        Ok(match r.u8()? {
            0 => Self::Setup(Box::new(Setup::decode(&mut r)?)),
            1 => Self::Start(Program {
                path: r.os()?.into(),
                args: r.list(Reader::os)?,
                env: r.list(|r| Ok((r.os()?, r.os()?)))?,
                cwd: r.os()?.into(),
            }),
            2 => Self::Reset,
            3 => Self::Signal(r.i32()?),
            4 => Self::Stop,
            5 => Self::Continue,
            _ => return Err(malformed("an unknown order")),
        })
    }
}

impl Setup {
    fn encode(&self) -> Vec<u8> {
        let mut w = Writer::tagged(0);
        match &self.mode {
            Mode::Plain { scratch } => w.u8(0).os(scratch),
            Mode::Rootless { uid, gid } => w.u8(1).u64((*uid).into()).u64((*gid).into()),
            Mode::Rooted { uid, gid } => w.u8(2).u64((*uid).into()).u64((*gid).into()),
        };
        w.u8(match self.network {
            Network::None => 0,
            Network::Host => 1,
        });
        w.os(&self.task_dir)
            .list(self.opt_dir.as_slice(), |w, dir| {
                w.os(dir);
            })
            .list(&self.runtime_files, |w, file| {
                w.os(&file.name).bytes(&file.contents).u8(file.executable.into());
            })
            .list(&self.read_only_trees, |w, tree| {
                w.os(tree);
            })
            .u64(self.tmp_bytes)
            .u64(self.nofile_max)
            .list(self.nproc_max.as_slice(), |w, max| {
                w.u64(*max);
            })
            .list(self.data_bytes_max.as_slice(), |w, max| {
                w.u64(*max);
            })
            .u64(self.listeners)
            .list(&self.cgroups, |w, dir| {
                w.os(dir);
            })
            .list(&self.seccomp, |w, program| {
                w.list(program, |w, instruction| {
                    w.u64(*instruction);
                });
            })
            .finish()
    }

    fn decode(r: &mut Reader<'_>) -> io::Result<Self> {
        let mode = match r.u8()? {
            0 => Mode::Plain { scratch: r.os()?.into() },
            1 => Mode::Rootless { uid: r.u32()?, gid: r.u32()? },
            2 => Mode::Rooted { uid: r.u32()?, gid: r.u32()? },
            _ => return Err(malformed("an unknown mode")),
        };
        let network = match r.u8()? {
            0 => Network::None,
            1 => Network::Host,
            _ => return Err(malformed("an unknown network")),
        };
        Ok(Self {
            mode,
            network,
            task_dir: r.os()?.into(),
            opt_dir: r.list(Reader::os)?.pop().map(PathBuf::from),
            runtime_files: r
                .list(|r| {
                    Ok(RuntimeFile { name: r.text()?, contents: r.bytes()?.into(), executable: r.bool()? })
                })?
                .into(),
            read_only_trees: r.list(|r| r.os().map(PathBuf::from))?,
            tmp_bytes: r.u64()?,
            nofile_max: r.u64()?,
            nproc_max: r.list(Reader::u64)?.pop(),
            data_bytes_max: r.list(Reader::u64)?.pop(),
            listeners: r.u64()?,
            cgroups: r.list(|r| r.os().map(PathBuf::from))?,
            seccomp: r.list(|r| r.list(Reader::u64))?.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup() -> Setup {
        Setup {
            mode: Mode::Rooted { uid: 200_001, gid: 200_002 },
            network: Network::Host,
            task_dir: "/data/code".into(),
            opt_dir: Some("/data/opt".into()),
            runtime_files: vec![RuntimeFile {
                name: "bootstrap.py".to_owned(),
                contents: (*b"print()").into(),
                executable: true,
            }]
            .into(),
            read_only_trees: vec!["/opt/python".into()],
            tmp_bytes: 512 << 20,
            nofile_max: 1024,
            nproc_max: Some(743),
            data_bytes_max: None,
            listeners: 2,
            cgroups: vec!["/sys/fs/cgroup/x".into()],
            seccomp: vec![vec![1, 2], vec![3]].into(),
        }
    }

    #[test]
    fn a_setup_survives_the_trip() {
        let original = setup();
        let bytes = Order::Setup(Box::new(setup())).encode();
        let Order::Setup(read) = Order::decode(&bytes).unwrap() else { panic!("another order") };
        assert_eq!(format!("{read:?}"), format!("{original:?}"));
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = Order::Setup(Box::new(setup())).encode();
        for length in 0..bytes.len() {
            assert!(Order::decode(&bytes[..length]).is_err(), "{length} bytes were taken for whole");
        }
    }
}
