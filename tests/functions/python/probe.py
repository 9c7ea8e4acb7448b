"""A function that tries to do what it must not, as the event asks, and says how far it got."""

import errno
import os
import signal
import socket
import time


def handler(event, context):
    return {name: globals()["try_" + name](argument) for name, argument in event.items()}


def attempt(action):
    """"done", or the name of the error."""
    try:
        action()
        return "done"
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)


def try_read(paths):
    def read(path):
        if os.path.isdir(path):
            os.listdir(path)
        else:
            with open(path, "rb") as file:
                file.read(1)

    return {path: attempt(lambda: read(path)) for path in paths}


def try_find(names):
    """Where anything of these names lies in what can be seen."""
    places = (os.path.join(at, name) for at, folders, files in os.walk("/") for name in folders + files if name in names)
    return list(places)


def try_create(_):
    """Every directory that takes a new file."""
    taken = []
    for at, folders, _ in os.walk("/"):
        # Its own processes' and the kernel's files are no place for new ones.
        if at == "/":
            folders.remove("proc")
        path = os.path.join(at, "probe")
        if attempt(lambda: os.close(os.open(path, os.O_CREAT | os.O_WRONLY))) == "done":
            os.unlink(path)
            taken.append(at)
    return taken


def try_create_in(folder):
    return attempt(lambda: os.close(os.open(os.path.join(folder, "probe"), os.O_CREAT | os.O_WRONLY)))


def try_overwrite(paths):
    return {path: attempt(lambda: os.close(os.open(path, os.O_WRONLY))) for path in paths}


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def try_search_processes(text):
    """What of this text there is in the variables and command lines of all processes but this one's."""
    found = []
    for pid in processes():
        for name in ("environ", "cmdline"):
            try:
                with open("/proc/{}/{}".format(pid, name), "rb") as file:
                    if text.encode() in file.read():
                        found.append(name)
            except OSError:
                pass
    return found


def try_signal(pids):
    return {str(pid): attempt(lambda: os.kill(pid, 0)) for pid in pids}


def try_connect(addresses):
    def connect(address):
        host, port = address.rsplit(":", 1)
        socket.create_connection((host, int(port)), timeout=5).close()

    return {address: attempt(lambda: connect(address)) for address in addresses}


def try_own_addresses(_):
    own = [os.environ["AWS_LAMBDA_RUNTIME_API"], os.environ["AWS_ENDPOINT_URL_LAMBDA"].split("//")[1]]
    return try_connect(own)


def try_listeners(_):
    """Ports somebody listens on in what network there is, and those that were given to this function."""
    with open("/proc/net/tcp") as file:
        lines = [line.split() for line in file.readlines()[1:]]
    ports = sorted(int(line[1].split(":")[1], 16) for line in lines if line[3] == "0A")
    own = [os.environ["AWS_LAMBDA_RUNTIME_API"], os.environ["AWS_ENDPOINT_URL_LAMBDA"]]
    return {"all": ports, "own": sorted(int(address.rsplit(":", 1)[1]) for address in own)}


def try_answer_for(request_id):
    """Answers another's invocation at this one's Runtime API; gives the status."""
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        path = "/2018-06-01/runtime/invocation/{}/response".format(request_id)
        head = "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-length: 8\r\nconnection: close\r\n\r\n\"forged\""
        connection.sendall(head.format(path, host).encode())
        return int(connection.recv(64).split()[1])


def try_daemon(seconds):
    """A process that has left its session and its parents, and ends only when it is killed."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        for ignored in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(ignored, signal.SIG_IGN)
        os.execv("/bin/sleep", ["sleep", seconds])
    os.wait()
    return "done"


def try_sleep(seconds):
    time.sleep(seconds)
    return "done"


def try_fork(_):
    children = []
    try:
        while len(children) < 5_000:
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
        error = "none"
    except OSError as failure:
        error = errno.errorcode[failure.errno]
    for child in children:
        os.kill(child, signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
    return {"children": len(children), "error": error}


def try_allocate(mebibytes):
    held = []
    for _ in range(mebibytes // 16):
        # Filled with ones, because pages of zeroes are not there until they are written.
        held.append(b"\1" * (16 << 20))
    return "done"
