//! The programs the sandbox is for must not notice it: interpreters, threads, event loops, child processes.

use crate::Attack;
use crate::world::{World, program};

pub(crate) const ATTACKS: &[(&str, Attack)] = &[
    ("python_works", python_works),
    ("node_works", node_works),
    ("shell_pipelines_work", shell_pipelines_work),
];

fn python_works(world: &World) {
    let code = r#"
import asyncio, json, os, socket, ssl, subprocess, sqlite3, tempfile, threading, time, multiprocessing
t = threading.Thread(target=lambda: time.sleep(0.01)); t.start(); t.join()
out = subprocess.run(["echo", "child"], capture_output=True, text=True).stdout.strip()
async def main(): await asyncio.sleep(0); return (await (await asyncio.create_subprocess_exec("true")).wait())
db = sqlite3.connect("/tmp/x.db"); db.execute("create table t (x)"); db.commit()
# As in AWS, where the C library finds no place for shared memory either.
try: lock = multiprocessing.Lock() and "made"
except OSError: lock = "refused"
names = [name for _, name in socket.if_nameindex()]
print(json.dumps([out, asyncio.run(main()), lock, names, os.cpu_count() > 0, len(ssl.create_default_context().get_ca_certs()) > 0,
    socket.gethostbyname("sandbox.localdomain"), os.path.expanduser("~"), sorted(os.listdir("/var/runtime"))]))
"#;
    let seen = world.run(&program("/usr/bin/python3", &["-c", code])).success();
    assert_eq!(
        seen,
        "[\"child\", 0, \"refused\", [\"lo\"], true, true, \"169.254.100.1\", \"/tmp\", [\"hello.txt\"]]\n"
    );
}

fn node_works(world: &World) {
    let code = r#"
const os = require('os'), fs = require('fs'), { Worker } = require('worker_threads');
const { execFileSync } = require('child_process');
fs.writeFileSync('/tmp/x', 'file');
const addresses = Object.values(os.networkInterfaces()).flat().map(a => a.address).filter(a => a.includes('.')).sort();
const w = new Worker('require("worker_threads").parentPort.postMessage(6 * 7)', { eval: true });
w.on('message', m => fs.promises.readFile('/tmp/x', 'utf8').then(text =>
  console.log(JSON.stringify([m, text, execFileSync('echo', ['child']).toString(), addresses, os.cpus().length > 0]))));
"#;
    let mut spec = world.spec("one");
    (spec.memory_bytes, spec.pids_max) = (512 << 20, 742);
    let seen = world.run_in(&spec, &program("/usr/bin/node", &["-e", code])).success();
    assert_eq!(seen, "[42,\"file\",\"child\\n\",[\"127.0.0.1\",\"169.254.100.1\"],true]\n");
}

fn shell_pipelines_work(world: &World) {
    assert_eq!(
        world.sh("seq 1 1000 | sort -rn | head -1; test -t 1 || echo no terminal; id -un"),
        "1000\nno terminal\nsbx_user1051\n"
    );
}
