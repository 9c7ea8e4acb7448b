//! The process that waits to become the next runtime can be killed like any other: a start must notice.

use std::fs;
use std::path::Path;

use lambent_sandbox::{Exit, Notice};
use rustix::process::{Pid, Signal, kill_process};

use crate::Attack;
use crate::world::{World, eventually, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("a_start_makes_good_for_a_dead_seat", a_start_makes_good_for_a_dead_seat),
    ("a_seat_may_die_at_any_moment_of_a_start", a_seat_may_die_at_any_moment_of_a_start),
];

fn a_start_makes_good_for_a_dead_seat(world: &World) {
    let mut running = world.spawn(&world.spec("seat"));
    for reset in [false, true] {
        if reset {
            running.spawned.sandbox.reset().unwrap();
            assert_eq!(running.next(), Notice::ResetDone);
        }
        let pid = kill_seat(world);
        eventually("it has been reaped", || !Path::new(&format!("/proc/{pid}")).exists());
        running.start(&sh("exit 3"));
        assert_eq!(running.exit(), Exit::Code(3));
    }
}

fn a_seat_may_die_at_any_moment_of_a_start(world: &World) {
    let mut running = world.spawn(&world.spec("seat"));
    for _ in 0..20 {
        // Whether it dies before it hears of the program, on the way to it or after, is the scheduler's choice.
        let pid = seat(world);
        std::thread::scope(|scope| {
            scope.spawn(|| kill_process(pid, Signal::KILL));
            running.spawned.sandbox.start(&sh("exit 3")).unwrap();
        });
        assert!(matches!(running.next(), Notice::Started { .. }));
        let exit = running.exit();
        assert!([Exit::Code(3), Exit::Signal(9)].contains(&exit), "{exit:?}");
        running.spawned.sandbox.reset().unwrap();
        assert_eq!(running.next(), Notice::ResetDone);
    }
}

fn kill_seat(world: &World) -> i32 {
    let pid = seat(world);
    kill_process(pid, Signal::KILL).unwrap();
    pid.as_raw_nonzero().get()
}

/// The one process below the init of this world's sandbox.
fn seat(world: &World) -> Pid {
    let mut found = None;
    eventually("a process waits", || {
        found = seats(world).pop();
        found.is_some()
    });
    found.unwrap()
}

/// Server, warden, init, seat. As root other tests have sandboxes of this same server, told apart by what is
/// mounted; an ordinary user cannot look, and is alone in its process.
fn seats(world: &World) -> Vec<Pid> {
    let mut generation = vec![std::process::id().to_string()];
    for _ in 0..3 {
        generation = generation.iter().flat_map(|pid| children(pid)).collect();
    }
    let here = world.dir.path().display().to_string();
    let is_ours = |pid: &String| {
        let mounts = fs::read_to_string(format!("/proc/{pid}/mountinfo"));
        mounts.map_or(!rustix::process::geteuid().is_root(), |mounts| mounts.contains(&here))
    };
    generation.into_iter().filter(is_ours).filter_map(|pid| Pid::from_raw(pid.parse().unwrap())).collect()
}

fn children(pid: &str) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}
