"""A server on the loopback that says what a test wants it to, byte by byte."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Say = Callable[[socket.socket, str], None]
"""Given the connection and the method of a request, answers it."""


def status(code: str, *headers: str, body: bytes = b"") -> Say:
    """Answer with a status (`404 Not Found`), headers and a body."""

    def say(connection: socket.socket, method: str) -> None:
        lines = [f"HTTP/1.1 {code}", f"Content-Length: {len(body)}", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode() + (body if method == "GET" else b""))

    return say


def by_method(**known: Say) -> Say:
    """Answer each method in its own way."""

    def say(connection: socket.socket, method: str) -> None:
        known[method](connection, method)

    return say


def in_turn(*answers: Say) -> Say:
    """Answer each request by the next of `answers`; the last stays."""
    left = list(answers)

    def say(connection: socket.socket, method: str) -> None:
        answer = left.pop(0) if len(left) > 1 else left[0]
        answer(connection, method)

    return say


def raw(data: bytes) -> Say:
    """Send bytes that may be anything."""
    return lambda connection, method: connection.sendall(data)


def hang_up(connection: socket.socket, method: str) -> None:
    """End without a word."""


@dataclass
class Server:
    """What answers, by path, and what was asked so far."""

    port: int
    answers: dict[str, Say]
    asked: list[str] = field(default_factory=list)
    """`METHOD path` of each request, in order."""
    heads: list[str] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def slow(self, connection: socket.socket, method: str) -> None:
        """Say nothing until the test is over."""
        self.done.wait(20)

    def trickle(self, connection: socket.socket, method: str) -> None:
        """Begin an answer that never ends."""
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        with contextlib.suppress(OSError):
            while not self.done.wait(0.02):
                connection.sendall(b"X-More: and more\r\n")

    def flood(self, connection: socket.socket, method: str) -> None:
        """Send a body without an end, and count the bytes that are taken."""
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        total = 0
        with contextlib.suppress(OSError):
            while total < 500_000_000 and not self.done.is_set():
                connection.sendall(chunk)
                total += len(chunk)
        self.sent.append(total)


@contextlib.contextmanager
def serving(answers: Mapping[str, Say], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Hold a server on a free port; unknown paths are 404."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener.getsockname()[1], dict(answers))
        listener.settimeout(0.1)
        threads: list[threading.Thread] = []

        def accept() -> None:
            while not server.done.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                except OSError:
                    return
                thread = threading.Thread(target=_answer, args=(server, connection, tls))
                threads.append(thread)
                thread.start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server
        finally:
            server.done.set()
            accepting.join(10)
            for thread in threads:
                thread.join(10)


def _answer(server: Server, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError, ValueError), contextlib.ExitStack() as stack:
        stack.enter_context(connection)
        connection.settimeout(10)
        if tls is not None:
            connection = stack.enter_context(tls.wrap_socket(connection, server_side=True))
        head = b""
        while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
            head += piece
        if not head:
            return
        method, path, _ = head.decode("latin-1").split(" ", 2)
        server.asked.append(f"{method} {path}")
        server.heads.append(head.decode("latin-1"))
        server.answers.get(path, status("404 Not Found"))(connection, method)
