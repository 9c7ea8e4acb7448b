//! What the function can read and write.

use lambent_sandbox::Exit;

use crate::Attack;
use crate::world::{SECRET, World, exists, program, sh};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("reads_its_code_and_the_runtime", reads_its_code_and_the_runtime),
    ("cannot_read_the_hosts_secrets", cannot_read_the_hosts_secrets),
    ("cannot_read_the_data_directory", cannot_read_the_data_directory),
    ("cannot_read_another_functions_code", cannot_read_another_functions_code),
    ("cannot_write_outside_tmp", cannot_write_outside_tmp),
    ("tmp_is_its_size_and_not_more", tmp_is_its_size_and_not_more),
    ("tmp_has_a_bound_on_files", tmp_has_a_bound_on_files),
    ("a_tree_behind_a_closed_directory_is_usable", a_tree_behind_a_closed_directory_is_usable),
    ("set_user_id_programs_change_nothing", set_user_id_programs_change_nothing),
];

fn reads_its_code_and_the_runtime(world: &World) {
    let seen =
        world.sh("cat /var/task/code.txt /var/runtime/hello.txt; echo x > /tmp/f; cat /tmp/f; ls /opt; pwd");
    assert_eq!(seen, format!("code-one {SECRET}from the serverx\n/var/task\n"));
}

fn cannot_read_the_hosts_secrets(world: &World) {
    let script = "for f in /etc/shadow /etc/gshadow /etc/sudoers /root /home /proc/kcore /sys /proc/1/environ \
                  /proc/1/mem /proc/1/root /proc/1/fd/0 /.host; do cat $f 2>/dev/null && echo LEAK $f; ls $f/ 2>/dev/null \
                  && echo LEAK $f; done; grep -c . /etc/passwd; grep -c $(whoami) /etc/passwd; whoami";
    assert_eq!(world.sh(script), "3\n1\nsbx_user1051\n");
}

fn cannot_read_the_data_directory(world: &World) {
    let data = world.dir.path().display().to_string();
    let script = format!(
        "cat {data}/events.db; ls {data}; cat /tmp/../{data}/events.db; cd {data}; cd /proc/1/cwd/{data} && cat events.db; \
         find / -name events.db 2>/dev/null; exit 0"
    );
    assert_eq!(world.sh(&script), "");
    assert!(exists(&world.dir.path().join("events.db")), "the secret must be there to be stolen");
}

fn cannot_read_another_functions_code(world: &World) {
    let neighbour = world.spawn(&world.spec("neighbour"));
    let theirs = world.dir.path().join("code-neighbour");
    // Whatever the host's own programs call their files is no code of functions.
    let find = "find / -path /usr -prune -o -name code.txt -print 2>/dev/null | sort";
    let script = format!("cat {}/code.txt; {find}", theirs.display());
    assert_eq!(world.run(&sh(&script)).stdout, "/var/task/code.txt\n");
    assert!(exists(&theirs.join("code.txt")));
    drop(neighbour);
}

fn cannot_write_outside_tmp(world: &World) {
    let script = r#"
        for d in / /etc /usr /usr/bin /var /var/task /var/runtime /opt /dev /proc /proc/self /lib /bin; do
            (echo x > $d/intruder) 2>/dev/null && echo WROTE $d
            mkdir $d/intruders 2>/dev/null && echo MADE $d
        done
        for f in /etc/passwd /etc/hosts /var/task/code.txt /var/runtime/hello.txt /bin/sh /proc/sys/kernel/hostname \
                 /proc/sys/kernel/core_pattern /proc/sysrq-trigger /proc/self/oom_score_adj /proc/self/uid_map; do
            [ -e $f ] || continue
            (echo x >> $f) 2>/dev/null && echo WROTE $f
            chmod 777 $f 2>/dev/null && echo CHANGED $f
            rm -f $f 2>/dev/null && [ ! -e $f ] && echo REMOVED $f
        done
        # Every directory that says it is writable, but for what is meant to be.
        find / \( -path /tmp -o -path '/proc/[0-9]*' \) -prune -o -type d -writable -print 2>/dev/null |
            while read d; do (echo x > $d/i) 2>/dev/null && echo FOUND $d; done
        [ ! -e /dev/shm ] || echo THERE /dev/shm
        echo fine > /tmp/x && echo x > /dev/null
        exit 0"#;
    // The script's own marks of success on `/proc/sysrq-trigger`, which is `/dev/null` inside, are no writes.
    let seen = world.sh(script);
    let unexpected: Vec<&str> = seen.lines().filter(|line| *line != "WROTE /proc/sysrq-trigger").collect();
    assert_eq!(unexpected, [""; 0]);
}

fn tmp_is_its_size_and_not_more(world: &World) {
    let seen = world
        .run(&sh("head -c 8000000 /dev/zero > /tmp/a && echo fits; head -c 20000000 /dev/zero > /tmp/b"));
    assert_eq!(seen.stdout, "fits\n");
    assert!(seen.stderr.contains("No space left"), "{}", seen.stderr);
    assert_ne!(seen.exit, Exit::Code(0));
}

fn tmp_has_a_bound_on_files(world: &World) {
    let code = "import os\ntry:\n for n in range(100000): open('/tmp/%d' % n, 'w').close()\nexcept OSError as e: print(e.errno, n < 20000)";
    assert_eq!(world.run(&program("/usr/bin/python3", &["-c", code])).success(), "28 True\n");
}

fn a_tree_behind_a_closed_directory_is_usable(world: &World) {
    // Like an interpreter below root's home: the world's directory has mode 700.
    let tree = world.code("interpreter");
    let mut spec = world.spec("one");
    spec.read_only_trees = vec![tree.clone()];
    let script =
        format!("cat {0}/code.txt; (echo x > {0}/code.txt) 2>/dev/null || echo read-only", tree.display());
    assert_eq!(world.run_in(&spec, &sh(&script)).success(), format!("interpreter {SECRET}read-only\n"));
}

fn set_user_id_programs_change_nothing(world: &World) {
    let script = "cp /bin/sh /tmp/sh; chmod 4755 /tmp/sh; /tmp/sh -c 'id -u'; id -u; grep NoNewPrivs /proc/self/status";
    let seen = world.sh(script);
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!(lines[0], lines[1]);
    assert_ne!(lines[0], "0");
    assert_eq!(lines[2], "NoNewPrivs:\t1");
}
