//! Nothing outlives its sandbox; freezing, signals, reset.

use lambent_sandbox::{Exit, Notice};

use crate::Attack;
use crate::doomed::{daemon, leftovers, mark};
use crate::world::{World, eventually, host_runs, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("a_daemon_does_not_outlive_kill", a_daemon_does_not_outlive_kill),
    ("a_daemon_does_not_outlive_drop", a_daemon_does_not_outlive_drop),
    ("reset_kills_processes_and_keeps_tmp", reset_kills_processes_and_keeps_tmp),
    ("frozen_processes_stand_still_and_can_be_killed", frozen_processes_stand_still_and_can_be_killed),
    ("signals_reach_the_runtime", signals_reach_the_runtime),
    ("a_second_runtime_is_refused", a_second_runtime_is_refused),
    ("many_at_once", many_at_once),
];

fn a_daemon_does_not_outlive_kill(world: &World) {
    let mark = mark(71);
    let mut running = world.spawn(&world.spec("killed"));
    running.start(&sh(&daemon(&mark)));
    assert_eq!(running.exit(), Exit::Code(0));
    eventually("the daemon runs", || host_runs(&format!("sleep\0{mark}")));
    running.end();
    assert!(!host_runs(&mark), "Gone was said too early");
    assert_eq!(leftovers(std::process::id(), "killed"), [""; 0]);
    // Again is no error, and the answer stays the same.
    running.end();
}

fn a_daemon_does_not_outlive_drop(world: &World) {
    let mark = mark(72);
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh(&daemon(&mark)));
    eventually("the daemon runs", || host_runs(&format!("sleep\0{mark}")));
    drop(running);
    eventually("the daemon is gone", || !host_runs(&mark));
}

fn reset_kills_processes_and_keeps_tmp(world: &World) {
    let mark = mark(75);
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh(&format!("echo kept > /tmp/f; {}", daemon(&mark).replace("exit 0", "exec sleep 600"))));
    eventually("the daemon runs", || host_runs(&format!("sleep\0{mark}")));
    running.spawned.sandbox.reset().unwrap();
    assert_eq!(running.next(), Notice::Exited(Exit::Signal(9)));
    assert_eq!(running.next(), Notice::ResetDone);
    assert!(!host_runs(&mark));
    running.start(&sh("cat /tmp/f; cd /proc; echo [0-9]*"));
    assert_eq!(running.exit(), Exit::Code(0));
    let seen = running.finish(Exit::Code(0)).stdout;
    // The same pipe as before the reset; the file is still there, and of processes init and the new one.
    let lines: Vec<&str> = seen.lines().filter(|line| *line != "up").collect();
    assert_eq!(lines[0], "kept");
    assert_eq!(lines[1].split(' ').count(), 2, "{seen}");
}

fn frozen_processes_stand_still_and_can_be_killed(world: &World) {
    let mut running = world.spawn(&world.spec("frozen"));
    running.start(&sh("while :; do :; done"));
    let cpu_time = |running: &crate::world::Running| running.spawned.sandbox.usage().cpu_time.unwrap();
    let busy = cpu_time(&running);
    eventually("it runs", || cpu_time(&running) > busy);
    running.spawned.sandbox.freeze().unwrap();
    // Freezing takes a moment: it stands still when a span of real time brings no CPU time.
    let pause = std::time::Duration::from_millis(50);
    let still = |running: &crate::world::Running| {
        let before = cpu_time(running);
        std::thread::park_timeout(pause);
        cpu_time(running) == before
    };
    eventually("it stands still", || still(&running));
    assert!(still(&running) && still(&running));
    running.spawned.sandbox.thaw().unwrap();
    let before = cpu_time(&running);
    eventually("it runs again", || cpu_time(&running) > before);
    running.spawned.sandbox.freeze().unwrap();
    eventually("it stands still again", || still(&running));
    running.spawned.sandbox.reset().unwrap();
    assert_eq!(running.next(), Notice::Exited(Exit::Signal(9)));
    assert_eq!(running.next(), Notice::ResetDone);
    running.start(&sh("while :; do :; done"));
    running.spawned.sandbox.freeze().unwrap();
    running.end();
    assert_eq!(leftovers(std::process::id(), "frozen"), [""; 0]);
}

fn signals_reach_the_runtime(world: &World) {
    // A nap of a length nobody else takes: when the host shows it, the trap has been set.
    let nap = format!("0.0{}", mark(76));
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh(&format!("trap 'echo term; exit 5' TERM; echo ready; while :; do sleep {nap}; done")));
    eventually("it has started its loop", || host_runs(&format!("sleep\0{nap}")));
    running.spawned.sandbox.signal_runtime(libc::SIGTERM).unwrap();
    assert_eq!(running.exit(), Exit::Code(5));
    assert_eq!(running.finish(Exit::Code(5)).stdout, "ready\nterm\n");
}

fn a_second_runtime_is_refused(world: &World) {
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh("exec sleep 600"));
    running.spawned.sandbox.start(&sh("true")).unwrap();
    assert!(matches!(running.next(), Notice::StartFailed { .. }));
    running.end();
}

fn many_at_once(world: &World) {
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                let id = format!("many-{number}");
                assert!(world.run_in(&world.spec(&id), &sh("id -u; echo $$")).success().ends_with("\n2\n"));
                assert_eq!(leftovers(std::process::id(), &id), [""; 0]);
            });
        }
    });
}
