//! Without isolation: no walls, but limits, a clean environment and a whole end.

use lambent_sandbox::{Exit, Isolation, Level, Notice};

use crate::Attack;
use crate::world::{World, exists, host_runs, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("plain_runs_on_host_paths_and_clears_up", plain_runs_on_host_paths_and_clears_up),
    ("plain_ends_daemons", plain_ends_daemons),
];

fn plain_runs_on_host_paths_and_clears_up(_: &World) {
    let world = World::with(Isolation::None);
    let mut running = world.spawn(&world.spec("one"));
    assert_eq!(running.spawned.sandbox.level(), Level::Plain);
    let paths = running.spawned.sandbox.paths().clone();
    assert_eq!(paths.task_root, world.dir.path().join("code-one"));
    assert!(running.spawned.sandbox.addresses()[0].ip().is_loopback());
    let mut program = sh(&format!(
        "cat {}/hello.txt code.txt; echo x > {}/f; env | grep -v -e ^PWD= -e ^_= | sort; ulimit -n",
        paths.runtime_dir.display(),
        paths.tmp.display()
    ));
    program.cwd = paths.task_root;
    running.start(&program);
    let exit = running.exit();
    let seen = running.finish(exit).success();
    assert!(seen.starts_with("from the servercode-one"), "{seen}");
    assert!(seen.ends_with("LAMBDA=given\nPATH=/usr/bin:/bin\n1024\n"), "{seen}");
    assert!(!exists(&paths.runtime_dir) && !exists(&paths.tmp));
}

fn plain_ends_daemons(_: &World) {
    let world = World::with(Isolation::None);
    let mark = format!("61{:07}", std::process::id());
    for reset in [true, false] {
        let mut running = world.spawn(&world.spec("one"));
        let mut program = sh(&format!("setsid sh -c 'sleep {mark} & sleep {mark} &' ; exit 0"));
        program.cwd = "/".into();
        running.start(&program);
        assert_eq!(running.exit(), Exit::Code(0));
        crate::world::eventually("the daemon runs", || host_runs(&format!("sleep\0{mark}")));
        if reset {
            running.spawned.sandbox.reset().unwrap();
            assert_eq!(running.next(), Notice::ResetDone);
            assert!(!host_runs(&mark));
        }
        running.end();
        assert!(!host_runs(&mark));
    }
}
