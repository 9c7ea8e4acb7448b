//! Init's life: obey the server, reap the dead, end when the server does.

use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

use super::launch::Launcher;
use super::warden::terminated;
use super::{Control, Next, tree};
use crate::wire::{Order, Report, Wait};

/// Runs until the server closes the control socket or dies. What it returns with, the caller ends with.
pub(super) fn supervise(
    control: &mut Control,
    signals: &OwnedFd,
    launcher: &mut Launcher,
) -> Result<(), String> {
    let mut runtime = None;
    loop {
        let mut fds = [
            PollFd::from_borrowed_fd(control.socket.as_fd(), PollFlags::IN),
            PollFd::new(signals, PollFlags::IN),
        ];
        match poll(&mut fds, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(format!("wait for orders: {errno}")),
        }
        if terminated(signals) {
            return Ok(());
        }
        reap(control, launcher, &mut runtime)?;
        loop {
            match control.order(Wait::No)? {
                Next::Order(order, _) => obey(control, launcher, &mut runtime, &order)?,
                Next::Nothing => break,
                Next::End => return Ok(()),
            }
        }
    }
}

fn reap(control: &Control, launcher: &mut Launcher, runtime: &mut Option<Pid>) -> Result<(), String> {
    let mut exited = None;
    tree::reap(|pid, exit| {
        launcher.reaped(pid);
        if *runtime == Some(pid) {
            *runtime = None;
            exited = Some(exit);
        }
    });
    exited.map_or(Ok(()), |exit| control.report(&Report::Exited(exit), &[]))
}

fn obey(
    control: &Control,
    launcher: &mut Launcher,
    runtime: &mut Option<Pid>,
    order: &Order,
) -> Result<(), String> {
    match order {
        Order::Setup(_) => Err("a second set-up".to_owned()),
        Order::Start(_) if runtime.is_some() => {
            control.report(&Report::StartFailed("a runtime is running already".to_owned()), &[])
        }
        Order::Start(program) => match launcher.start(program) {
            Ok(pid) => {
                *runtime = Some(pid);
                control.report(&Report::Started(pid.as_raw_nonzero().get()), &[])
            }
            Err(reason) => control.report(&Report::StartFailed(reason), &[]),
        },
        Order::Reset => {
            let mut exited = None;
            launcher.tree.end(|pid, exit| {
                if *runtime == Some(pid) {
                    exited = Some(exit);
                }
            });
            *runtime = None;
            launcher.forget_seat();
            if let Some(exit) = exited {
                control.report(&Report::Exited(exit), &[])?;
            }
            control.report(&Report::ResetDone, &[])?;
            launcher.make_confined_seat()
        }
        Order::Signal(number) => {
            if let (Some(pid), Some(signal)) = (*runtime, Signal::from_named_raw(*number)) {
                // It may have ended since; then its exit is on its way.
                let _ = kill_process(pid, signal);
            }
            Ok(())
        }
        Order::Stop => {
            launcher.tree.signal(Signal::STOP);
            Ok(())
        }
        Order::Continue => {
            launcher.tree.signal(Signal::CONT);
            Ok(())
        }
    }
}
