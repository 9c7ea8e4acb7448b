"""The Runtime API over one kept-alive connection.

Reads have no time limit: `next` may hang for hours, through freezes. A connection that breaks is made again
once and the request repeated: `next` hands the same invocation out again, and a repeated answer is refused with 403,
which is as good as delivered.
"""

import _socket

PREFIX = "/2018-06-01/runtime/"
JOIN_LIMIT = 64 * 1024
READ_SIZE = 64 * 1024


class RuntimeApiError(Exception):
    """The Runtime API answered what no runtime can go on from."""


class RuntimeApi:
    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self._peer = (host.strip("[]"), int(port))
        self._host = address
        self._socket = None
        self._buffer = b""

    def next(self):
        """Wait for an invocation: its headers (lower-case names) and its body."""
        status, headers, body = self._call("GET", "invocation/next", None, ())
        if status != 200:
            raise RuntimeApiError("next invocation: status {}".format(status))
        return headers, body

    def respond(self, request_id, body, content_type):
        self._post("invocation/" + request_id + "/response", body, (("Content-Type", content_type),))

    def fail(self, request_id, body, error_type, cause):
        headers = _error_headers(error_type)
        if cause:
            headers.append(("Lambda-Runtime-Function-XRay-Error-Cause", cause))
        self._post("invocation/" + request_id + "/error", body, headers)

    def fail_init(self, body, error_type):
        self._post("init/error", body, _error_headers(error_type))

    def _post(self, path, body, headers):
        try:
            self._call("POST", path, body, headers)
        except OSError:
            # A body may be refused by hanging up. Whether the platform is still there, `next` will tell.
            self._close()

    def _call(self, method, path, body, headers):
        lines = [method + " " + PREFIX + path + " HTTP/1.1", "Host: " + self._host]
        lines += [name + ": " + value for name, value in headers]
        if body is not None:
            lines.append("Content-Length: " + str(len(body)))
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        try:
            return self._exchange(head, body)
        except OSError:
            self._close()
            return self._exchange(head, body)

    def _exchange(self, head, body):
        if self._socket is None:
            self._connect()
        try:
            self._send(head, body)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses a body early (413) answers and stops reading: its answer is still to be had.
            return self._receive()
        return self._receive()

    def _connect(self):
        family = _socket.AF_INET6 if ":" in self._peer[0] else _socket.AF_INET
        connection = _socket.socket(family, _socket.SOCK_STREAM)
        connection.connect(self._peer)
        connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self._socket = connection

    def _close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._buffer = b""

    def _send(self, head, body):
        if body is None:
            self._socket.sendall(head)
        elif len(body) <= JOIN_LIMIT:
            self._socket.sendall(head + body)
        else:
            self._socket.sendall(head)
            self._socket.sendall(body)

    def _receive(self):
        status, headers = self._receive_head()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._receive_chunks()
        else:
            body = self._take(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self._close()
        return status, headers, body

    def _receive_head(self):
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end >= 0:
                break
            self._fill()
        # The event's client context is UTF-8 in a header; surrogates keep any other byte as it came.
        lines = self._buffer[:end].decode("utf-8", "surrogateescape").split("\r\n")
        self._buffer = self._buffer[end + 4 :]
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return int(lines[0].split(" ", 2)[1]), headers

    def _fill(self):
        received = self._socket.recv(READ_SIZE)
        if not received:
            raise ConnectionResetError("the Runtime API closed the connection")
        self._buffer += received

    def _take(self, size):
        """The next `size` bytes, read straight into place: events have up to 6 MiB."""
        if len(self._buffer) >= size:
            taken, self._buffer = self._buffer[:size], self._buffer[size:]
            return taken
        whole = bytearray(size)
        filled = len(self._buffer)
        whole[:filled] = self._buffer
        self._buffer = b""
        view = memoryview(whole)
        while filled < size:
            received = self._socket.recv_into(view[filled:])
            if not received:
                raise ConnectionResetError("the Runtime API closed the connection")
            filled += received
        return bytes(whole)

    def _receive_chunks(self):
        chunks = []
        while True:
            size = int(self._take_line().partition(b";")[0], 16)
            if size == 0:
                while self._take_line():
                    pass
                return b"".join(chunks)
            chunks.append(self._take(size))
            self._take_line()

    def _take_line(self):
        while b"\r\n" not in self._buffer:
            self._fill()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line


def _error_headers(error_type):
    # Class names may be any identifier, header values may not.
    safe = error_type.encode("ascii", "replace").decode("ascii")
    return [("Content-Type", "application/json"), ("Lambda-Runtime-Function-Error-Type", safe)]
