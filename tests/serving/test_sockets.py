"""The server over real sockets: raw requests, half-open clients, pages that are never torn."""

import http.client
import json
import random
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.serving import server
from tests.serving.site import FolderBuilder, Running, one_answer, page, preview_of

LIVE = "/__kb/live"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "etc").mkdir()
    (folder / "etc/passwd").write_text("CANARY")
    builder = FolderBuilder(folder)
    builder.write("index.html", page("Home", "<p>Hello</p>"))
    builder.write("404.html", page("Lost", "<p>No such page</p>"))
    with pytest.MonkeyPatch.context() as patch, preview_of(builder) as preview:
        patch.setattr(server, "HALF_OPEN", 1.0)
        (builder.output / "out").symlink_to(folder / "etc/passwd")
        (builder.output / ".git").mkdir()
        (builder.output / ".git/config").write_text("CANARY")
        yield preview


def status_of(answer: bytes) -> int:
    match = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    return int(match[1]) if match else 0


def meets(answer: bytes, expect: str) -> bool:
    status = status_of(answer)
    if expect in {"either", "no-acao", "close"}:
        return status < 500 or status in {501, 505}
    if expect == "101-or-200":
        return status in {101, 200}
    if "/" in expect:
        return any(meets(answer, one) for one in expect.split("/"))
    if expect.endswith("xx"):
        return status // 100 == int(expect[0])
    return status == int(expect)


def ask(running: Running, raw: str) -> bytes:
    """Send a request as it is; wait for the head of the answer only (a channel stays open)."""
    data = raw.replace("{port}", str(running.port)).replace("{live}", LIVE).encode("latin-1")
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
        received = b""
        try:
            connection.sendall(data)
            while b"\r\n\r\n" not in received:
                chunk = connection.recv(65536)
                if not chunk:
                    break
                received += chunk
        except (TimeoutError, ConnectionError):
            pass
        return received


LISTEN = "GET {live} HTTP/1.1\r\nHost: localhost:{port}\r\n"
OWN = [
    ("GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "200"),
    ("GET / HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n", "403"),
    ("GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", "403"),
    ("GET / HTTP/1.1\r\nHost:\r\n\r\n", "403"),
    ("GET / HTTP/1.0\r\n\r\n", "403"),
    ("GET / HTTP/1.1\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nHost: evil.example\r\n\r\n", "4xx"),
    ("GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost:{port}\r\n\r\n", "403"),
    ("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nForwarded: host=evil.example\r\n\r\n", "200"),
    ("POST / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 3\r\n\r\nabc", "405"),
    ("OPTIONS * HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "405"),
    ("CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "4xx"),
    ("GET http://evil.example/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "404"),
    ("GET /../etc/passwd HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "404"),
    ("GET /out HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "404"),
    ("GET /.git/config HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "404"),
    (LISTEN + "\r\n", "200"),
    (
        "GET {live} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n\r\n",
        "200",
    ),
    (
        "GET {live} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: https://evil.example\r\n\r\n",
        "403",
    ),
    (LISTEN + "Origin: null\r\n\r\n", "403"),
    (LISTEN + "Origin: http://[\r\n\r\n", "403"),
    (LISTEN + "Sec-Fetch-Site: same-site\r\n\r\n", "403"),
    ("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nTransfer-Encoding: gzip\r\n\r\n", "4xx/501"),
    ("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: -1\r\n\r\n", "4xx"),
    ("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nA: " + "b" * 70_000 + "\r\n\r\n", "4xx"),
    ("GET /" + "a" * 70_000 + " HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "4xx"),
    ("GET /" + "a" * 9_000 + " HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n", "404"),
    ("GARBAGE\r\n\r\n", "4xx"),
    ("\x16\x03\x01\x02\x00\x01", "close"),
    ("\r\n\r\n\r\n", "close"),
    ("GET / HTTP/9.9\r\nHost: localhost:{port}\r\n\r\n", "4xx/505"),
]


@pytest.mark.parametrize(("raw", "expect"), OWN, ids=range(len(OWN)))
def test_raw_requests(running: Running, raw: str, expect: str) -> None:
    answer = ask(running, raw)
    assert meets(answer, expect), answer[:300]
    assert b"access-control-allow-origin" not in answer.lower()
    assert b"CANARY" not in answer
    assert running.get("/")[0] == 200


@pytest.mark.shared
def test_known_bad_requests(running: Running, shared: Path) -> None:
    rows = (shared / "hostile/http-requests.jsonl").read_text(encoding="utf-8").splitlines()
    wrong = []
    for row in map(json.loads, rows):
        answer = ask(running, row["raw"])
        if not meets(answer, row["expect"]) or b"access-control-allow" in answer.lower():
            wrong.append((row["id"], row["raw"][:100], row["expect"], answer[:100]))
        if row["expect"] == "close":
            assert b"CANARY" not in answer
    assert wrong == []
    assert running.get("/")[0] == 200


@pytest.mark.shared
def test_known_traversals_over_the_socket(running: Running, shared: Path) -> None:
    rows = (shared / "hostile/traversal-urls.jsonl").read_text(encoding="utf-8").splitlines()
    paths = [json.loads(row)["path"] for row in rows]
    head = f"Host: localhost:{running.port}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", running.port), timeout=30)
    for path in paths[:: max(len(paths) // 700, 1)]:
        target = "/" + path.lstrip("/")
        data = f"GET {target} HTTP/1.1\r\n{head}".encode("utf-8", "surrogateescape")
        try:
            connection.sendall(data)
            answer = one_answer(connection)
        except ConnectionError:
            answer = b""
        if not answer or status_of(answer) == 400 or b"connection: close" in answer.lower():
            connection.close()
            connection = socket.create_connection(("127.0.0.1", running.port), timeout=30)
        assert b"CANARY" not in answer, path
        assert status_of(answer) < 500, path
    connection.close()


def test_random_bytes_end_a_connection_and_nothing_else(running: Running) -> None:
    source = random.Random(7)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
            try:
                connection.sendall(source.randbytes(5_000))
            except ConnectionError:
                continue
    assert running.get("/")[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: loc",
        b"POST / HTTP/1.1\r\nHost: evil\r\nContent-Length: 99\r\n\r\nabc",
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_half_open_clients_are_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(server, "HALF_OPEN", 0.4)
    monkeypatch.setattr(server, "KEEP_ALIVE", 1)
    builder = FolderBuilder(tmp_path)
    builder.write("index.html", page("Home", "<p>Hello</p>"))
    with preview_of(builder) as running:
        with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
            connection.sendall(sent)
            try:
                while connection.recv(65536):
                    pass
            except ConnectionResetError:
                pass
        assert running.get("/")[0] == 200


def test_a_client_that_trickles_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HALF_OPEN", 0.5)
    builder = FolderBuilder(tmp_path)
    builder.write("index.html", page("Home", "<p>Hello</p>"))
    with preview_of(builder) as running:
        sent = 0
        with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
            try:
                for byte in b"GET / HTTP/1.1\r\nX: " + b"a" * 150:
                    connection.sendall(bytes([byte]))
                    sent += 1
                    time.sleep(0.02)
            except ConnectionError:
                pass
        assert sent < 150


def test_many_half_open_clients_do_not_slow_others(running: Running) -> None:
    idle = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(200)]
    try:
        for one in idle:
            one.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert running.get("/")[0] == 200
        assert threading.active_count() < 64
    finally:
        for one in idle:
            one.close()


def test_a_page_is_never_torn_or_missing_while_it_is_rebuilt(tmp_path: Path) -> None:
    builder = FolderBuilder(tmp_path)

    def write(number: int) -> None:
        for name in "abc":
            builder.write(f"{name}/index.html", page(str(number), f"<p>{number}</p>" * 2_000))

    write(0)
    builder.during = lambda: time.sleep(0.01)
    wrong: list[str] = []
    with preview_of(builder) as running:
        done = threading.Event()

        def read() -> None:
            connection = http.client.HTTPConnection("localhost", running.port, timeout=60)
            connection.connect()
            while not done.is_set():
                connection.request("GET", f"/{random.choice('abc')}/")
                answer = connection.getresponse()
                body = answer.read().decode()
                numbers = set(re.findall(r"<p>(\d+)</p>", body))
                if answer.status != 200 or len(numbers) != 1:
                    wrong.append(f"{answer.status} {numbers}")
            connection.close()

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(1, 15):
            write(number)
            time.sleep(0.12)
        done.set()
        for thread in threads:
            thread.join()
        assert len(builder.builds) > 5
    assert wrong == []
