//! Who the function is, whom it can see, and what it inherits.

use lambent_sandbox::{Exit, Notice};

use crate::Attack;
use crate::world::{SECRET, World, attack, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("is_not_root_and_has_no_capability", is_not_root_and_has_no_capability),
    ("gets_exactly_the_given_environment", gets_exactly_the_given_environment),
    ("sees_only_its_own_processes", sees_only_its_own_processes),
    ("cannot_signal_the_server_or_its_init", cannot_signal_the_server_or_its_init),
    ("inherits_four_descriptors", inherits_four_descriptors),
    ("telemetry_goes_to_its_own_pipe", telemetry_goes_to_its_own_pipe),
    ("can_kill_itself_by_signal", can_kill_itself_by_signal),
    ("a_missing_program_is_reported", a_missing_program_is_reported),
];

fn is_not_root_and_has_no_capability(world: &World) {
    let seen = world.sh("grep -E '^(Uid|Gid|Groups|Cap|Seccomp:)' /proc/self/status");
    for line in seen.lines() {
        let (name, value) = line.split_once(':').unwrap();
        let value = value.trim();
        match name {
            "Uid" | "Gid" => assert!(!value.split('\t').any(|id| id == "0"), "{line}"),
            "Seccomp" => assert_eq!(value, "2"),
            "Groups" => assert!(!value.split(' ').any(|id| id == "0"), "{line}"),
            _ => assert_eq!(value, "0000000000000000", "{line}"),
        }
    }
    assert_eq!(seen.lines().count(), 9);
}

fn gets_exactly_the_given_environment(world: &World) {
    // The shell itself adds PWD.
    let seen = world.sh("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD= | sort");
    assert_eq!(seen, "LAMBDA=given\nPATH=/usr/bin:/bin\n");
    let seen = world.run(&sh(&format!("cat /proc/*/environ 2>/dev/null | grep -c {SECRET}"))).stdout;
    assert_eq!(seen, "0\n");
}

fn sees_only_its_own_processes(world: &World) {
    let neighbour = world.spawn(&world.spec("neighbour"));
    let seen = world.sh("cd /proc; for p in [0-9]*; do [ -e $p/stat ] && echo $p; done");
    assert_eq!(seen, "1\n2\n");
    drop(neighbour);
}

fn cannot_signal_the_server_or_its_init(world: &World) {
    let server = std::process::id();
    let script = format!(
        "kill -0 {server} 2>/dev/null && echo SERVER; kill -9 1 2>/dev/null; kill -TERM 1 2>/dev/null; \
         kill -STOP 1 2>/dev/null; grep State /proc/1/status; kill -9 -- -1; echo dead"
    );
    let seen = world.run(&sh(&script));
    // `kill -1` spares the caller, so the last line shows; init is neither stopped nor dead.
    let unhurt = ["State:\tS (sleeping)\ndead\n", "State:\tR (running)\ndead\n"];
    assert!(unhurt.contains(&seen.stdout.as_str()), "{seen:?}");
    assert_eq!(seen.exit, Exit::Code(0));
}

fn inherits_four_descriptors(world: &World) {
    let seen = world.run(&attack(&["descriptors"])).success();
    assert_eq!(seen, "0 /dev/null\n1 pipe\n2 pipe\n3 pipe\n");
}

fn telemetry_goes_to_its_own_pipe(world: &World) {
    use std::io::Read;
    let mut running = world.spawn(&world.spec("one"));
    running.start(&sh("echo framed >&3; echo plain"));
    assert_eq!(running.exit(), Exit::Code(0));
    let mut telemetry = [0; 7];
    let fd = running.spawned.output.telemetry.try_clone().unwrap();
    std::fs::File::from(fd).read_exact(&mut telemetry).unwrap();
    assert_eq!(&telemetry, b"framed\n");
    assert_eq!(running.finish(Exit::Code(0)).stdout, "plain\n");
}

fn can_kill_itself_by_signal(world: &World) {
    assert_eq!(world.run(&sh("kill -KILL $$")).exit, Exit::Signal(9));
    assert_eq!(world.run(&sh("kill -SEGV $$")).exit, Exit::Signal(11));
    assert_eq!(world.run(&sh("exit 7")).exit, Exit::Code(7));
}

fn a_missing_program_is_reported(world: &World) {
    let mut running = world.spawn(&world.spec("one"));
    running.spawned.sandbox.start(&crate::world::program("/var/task/nothing", &[])).unwrap();
    let Notice::StartFailed { reason } = running.next() else { panic!("it started") };
    assert!(reason.contains("/var/task/nothing") && reason.contains("No such file"), "{reason}");
    // And the sandbox is as good as before.
    running.start(&sh("exit 3"));
    assert_eq!(running.exit(), Exit::Code(3));
}
