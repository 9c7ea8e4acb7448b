//! Control groups, version 1 or 2, each resource wherever this host keeps it.
//!
//! A sandbox gets one directory per hierarchy, named `lambent-<namespace>-<pid>-<start
//! time>-<number>-<id>` after the server that made it, below the server's own group, so that whatever limits the server limits its sandboxes too. Only
//! the function's processes are inside, never the sandbox's init: the OOM killer and the freezer must not
//! touch the process that has to clean up after them.

mod group;
mod hierarchy;
mod owner;
mod sweep;

pub(crate) use group::{Group, end_group};
pub(crate) use hierarchy::Hierarchies;
pub(crate) use owner::Owner;
pub(crate) use sweep::sweep;
