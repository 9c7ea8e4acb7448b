//! How much of the machine the function gets.

use lambent_sandbox::{Exit, Notice};

use crate::Attack;
use crate::world::{World, attack, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("a_fork_bomb_is_stopped", a_fork_bomb_is_stopped),
    ("threads_count_as_processes", threads_count_as_processes),
    ("memory_beyond_the_limit_is_refused", memory_beyond_the_limit_is_refused),
    ("tmp_counts_as_memory", tmp_counts_as_memory),
    ("a_start_with_a_full_tmp_ends", a_start_with_a_full_tmp_ends),
    ("open_files_are_limited", open_files_are_limited),
    ("usage_is_counted", usage_is_counted),
    ("cpu_can_be_limited_while_it_runs", cpu_can_be_limited_while_it_runs),
];

fn a_fork_bomb_is_stopped(world: &World) {
    let code = "import os, time\nn = 0\ntry:\n while True:\n  if os.fork() == 0: time.sleep(600)\n  n += 1\n\
                except OSError as e: print(e.errno, n)";
    let seen = world.run(&crate::world::program("/usr/bin/python3", &["-c", code])).success();
    let (errno, count) = seen.trim().split_once(' ').unwrap();
    assert_eq!(errno, libc::EAGAIN.to_string());
    let count: u32 = count.parse().unwrap();
    assert!((60..=64).contains(&count), "{count} processes, and the limit is 64");
}

fn threads_count_as_processes(world: &World) {
    let count: u32 = world.run(&attack(&["threads"])).success().trim().parse().unwrap();
    assert!((60..=64).contains(&count), "{count} threads, and the limit is 64");
}

fn memory_beyond_the_limit_is_refused(world: &World) {
    let seen = world.run(&attack(&["allocate", "2000"]));
    match seen.oom_kills {
        // With a memory cgroup the kernel kills, and counts.
        Some(count) => {
            assert_eq!(seen.exit, Exit::Signal(9), "{seen:?}");
            assert!(count >= 1, "{seen:?}");
        }
        // Without, the process is told that there is no more, within limit plus slack.
        None => {
            let got: u32 = seen.stdout.trim().strip_prefix("refused after ").unwrap().parse().unwrap();
            assert!((200..=512).contains(&got), "{got} MiB");
        }
    }
    let seen = world.run(&attack(&["allocate", "150"]));
    assert_eq!((seen.oom_kills.unwrap_or(0), seen.success()), (0, "got 150\n".to_owned()));
}

fn tmp_counts_as_memory(world: &World) {
    let mut spec = world.spec("one");
    (spec.tmp_bytes, spec.memory_bytes) = (512 << 20, 64 << 20);
    let seen = world.run_in(&spec, &sh("head -c 200000000 /dev/zero > /tmp/a; echo end"));
    match seen.oom_kills {
        Some(count) => assert!(count >= 1, "{seen:?}"),
        // The rlimit counts a process's own memory only; the size of `/tmp` is the bound then.
        None => assert_eq!(seen.stdout, "end\n"),
    }
}

fn open_files_are_limited(world: &World) {
    assert_eq!(world.sh("ulimit -n; ulimit -Hn; ulimit -c; ulimit -s"), "1024\n1024\n0\n8192\n");
}

fn usage_is_counted(world: &World) {
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh("x=0; while [ $x -lt 200000 ]; do x=$((x+1)); done; echo busy; sleep 600"));
    crate::world::eventually("a tenth of a second of CPU time", || {
        running.spawned.sandbox.usage().cpu_time.is_some_and(|time| time.as_millis() >= 100)
    });
    let usage = running.spawned.sandbox.usage();
    let peak = usage.memory_peak_bytes.unwrap();
    assert!((100_000..100 << 20).contains(&peak), "{usage:?}");
    running.end();
}

fn cpu_can_be_limited_while_it_runs(world: &World) {
    let running = world.spawn(&world.spec("one"));
    running.spawned.sandbox.set_cpu(Some(100)).unwrap();
    running.spawned.sandbox.set_cpu(None).unwrap();
}

/// What `/tmp` holds outlives the processes that an OOM kill and a reset take, so the next one may find no memory
/// left. It works or it is killed, but it is never waited for in vain.
fn a_start_with_a_full_tmp_ends(world: &World) {
    let mut spec = world.spec("one");
    (spec.tmp_bytes, spec.memory_bytes) = (128 << 20, 32 << 20);
    let mut running = world.spawn(&spec);
    running.start(&sh("exec head -c 100000000 /dev/zero > /tmp/a"));
    let has_cgroup = running.spawned.sandbox.oom_kills().is_some();
    let first = running.exit();
    assert_eq!(first == Exit::Signal(9), has_cgroup, "{first:?}");
    for _ in 0..3 {
        running.spawned.sandbox.reset().unwrap();
        assert_eq!(running.next(), Notice::ResetDone);
        let kills = running.spawned.sandbox.oom_kills();
        running.spawned.sandbox.start(&sh("exit 3")).unwrap();
        let notice = running.next();
        assert!(matches!(notice, Notice::Started { .. }), "{notice:?}");
        match running.exit() {
            Exit::Signal(9) => assert!(running.spawned.sandbox.oom_kills() > kills),
            exit => assert_eq!(exit, Exit::Code(3)),
        }
    }
    running.spawned.sandbox.reset().unwrap();
    assert_eq!(running.next(), Notice::ResetDone);
    running.end();
}
