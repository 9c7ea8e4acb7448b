//! What a sandbox tells the server.

use std::io;

use super::codec::{Reader, Writer, malformed};
use crate::notice::Exit;

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Report {
    /// Built; the listeners' descriptors are beside it.
    Ready,
    /// A step failed; the sandbox ends.
    Failed(String),
    /// The runtime runs under this number in the sandbox's own numbering.
    Started(i32),
    /// The program could not be executed.
    StartFailed(String),
    /// The runtime's first process ended.
    Exited(Exit),
    /// No process but init is left.
    ResetDone,
}

impl Report {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Ready => Writer::tagged(0).finish(),
            Self::Failed(text) => Writer::tagged(1).os(text).finish(),
            Self::Started(pid) => Writer::tagged(2).i32(*pid).finish(),
            Self::StartFailed(text) => Writer::tagged(3).os(text).finish(),
            Self::Exited(Exit::Code(code)) => Writer::tagged(4).i32(*code).finish(),
            Self::Exited(Exit::Signal(number)) => Writer::tagged(5).i32(*number).finish(),
            Self::ResetDone => Writer::tagged(6).finish(),
        }
    }

    pub(crate) fn decode(bytes: &[u8]) -> io::Result<Self> {
        let mut r = Reader::new(bytes);
        Ok(match r.u8()? {
            0 => Self::Ready,
            1 => Self::Failed(r.text()?),
            2 => Self::Started(r.i32()?),
            3 => Self::StartFailed(r.text()?),
            4 => Self::Exited(Exit::Code(r.i32()?)),
            5 => Self::Exited(Exit::Signal(r.i32()?)),
            6 => Self::ResetDone,
            _ => return Err(malformed("an unknown report")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_survive_the_trip() {
        for report in [
            Report::Ready,
            Report::Failed("mount /proc: no".to_owned()),
            Report::Started(2),
            Report::StartFailed("no such file".to_owned()),
            Report::Exited(Exit::Code(3)),
            Report::Exited(Exit::Signal(9)),
            Report::ResetDone,
        ] {
            assert_eq!(Report::decode(&report.encode()).unwrap(), report);
        }
        assert!(Report::decode(&[]).is_err());
        assert!(Report::decode(&[99]).is_err());
    }
}
