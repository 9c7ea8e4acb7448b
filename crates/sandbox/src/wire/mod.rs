//! The conversation between the server and the two processes of a sandbox, over one Unix stream socket.
//!
//! A frame is a little-endian `u32` length and as many bytes, the first of which says what it is; descriptors
//! travel beside the first byte of a frame. Both ends are the same binary, so there are no versions. The
//! reader still trusts no length: after its init has dropped its privileges the server must be able to
//! hear anything from it and stay whole.

mod codec;
mod frame;
mod order;
mod report;

pub(crate) use frame::{FrameReader, Received, Wait, send_frame, send_frame_timed, wait_for};
pub(crate) use order::{Mode, Order, Setup};
pub(crate) use report::Report;
