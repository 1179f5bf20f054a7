"""Answers given again: only to the same bytes, and never of another site."""

import re
from collections.abc import Iterator

import pytest

from kb.serving import given
from kb.serving.given import Given, is_plain
from tests.serving.site import FolderBuilder, Running, eventually, one_answer, page, preview_of

PLAIN = b"GET /a/ HTTP/1.1\r\nHost: localhost:1\r\nAccept: */*\r\n\r\n"


def with_header(line: bytes) -> bytes:
    return PLAIN.removesuffix(b"\r\n") + line + b"\r\n\r\n"


@pytest.mark.parametrize("line", [b"Connection: keep-alive", b"If-None-Match: x", b"A:", b"Te: x"])
def test_a_plain_request_is_known_again(line: bytes) -> None:
    known = Given()
    known.put(with_header(line), b"first", b"rest")
    assert known.get(with_header(line)) == (b"first", b"rest")
    assert known.get(PLAIN) is None
    known.forget()
    assert known.get(with_header(line)) is None


@pytest.mark.parametrize(
    "request_",
    [
        with_header(b"Connection: close"),
        with_header(b"connection:close"),
        with_header(b"Connection: Upgrade"),
        with_header(b"Content-Length: 3"),
        with_header(b"Transfer-Encoding: chunked"),
        with_header(b"Expect: 100-continue"),
        with_header(b"X-KB-Live: 1"),
        PLAIN.replace(b"GET", b"HEAD"),
        PLAIN.replace(b"1.1", b"1.0"),
        PLAIN + b"x",
        PLAIN + PLAIN,
        PLAIN[:-2],
        PLAIN.replace(b" /a/", b" " + b"/a" * 4_000),
        b"",
    ],
)
def test_what_may_be_answered_otherwise_is_not(request_: bytes) -> None:
    assert not is_plain(request_)
    known = Given()
    known.put(request_, b"first", b"rest")
    assert known.get(request_) is None


def test_no_request_makes_it_ponder() -> None:
    odd = b"GET / HTTP/1.1\r\n" + b"a:a:a:a:a:a:a:a\r\n" * 200 + b"\r"
    assert not is_plain(odd)


def test_it_holds_so_much_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "IN_ALL", 2_000)
    monkeypatch.setattr(given, "LARGEST_ANSWER", 900)
    known = Given()
    requests = [PLAIN.replace(b"/a/", b"/%d/" % number) for number in range(9)]
    known.put(requests[0], b"", b"x" * 901)
    assert known.get(requests[0]) is None
    for request in requests:
        known.put(request, b"", b"x" * 600)
    held = [request for request in requests if known.get(request)]
    assert 0 < len(held) < 4
    assert requests[-1] in held


def without_date(answer: bytes) -> bytes:
    assert re.search(rb"\r\ndate: [^\r]+ GMT\r\n", answer)
    return re.sub(rb"\r\ndate: [^\r]+", b"", answer)


def test_given_again_means_the_same_bytes(running: Running) -> None:
    """The second answer comes another way than the first, and nobody can tell."""
    for target in ("/", "/style.css", "/none/", "/a"):
        data = f"GET {target} HTTP/1.1\r\nHost: localhost:{running.port}\r\n\r\n".encode()
        with running.connected() as connection:
            connection.sendall(data)
            first = one_answer(connection)
            assert running.given(data) is not None
            connection.sendall(data)
            assert without_date(one_answer(connection)) == without_date(first)
            connection.sendall(data.replace(b"GET", b"HEAD"))
            head = connection.recv(65536)
            assert without_date(head) == without_date(first.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")


def test_nothing_of_another_site_is_given(running: Running, builder: FolderBuilder) -> None:
    data = f"GET / HTTP/1.1\r\nHost: localhost:{running.port}\r\n\r\n".encode()
    with running.connected() as connection:
        connection.sendall(data)
        assert b"Hello" in one_answer(connection)
        builder.write("index.html", page("Home", "<p>Goodbye</p>"))

        def is_new() -> bool:
            connection.sendall(data)
            return b"Goodbye" in one_answer(connection)

        assert eventually(is_new)
        builder.write("index.html", "line one\n{% if BROKEN\n")

        def is_fault() -> bool:
            connection.sendall(data)
            return b" 500 " in one_answer(connection)[:20]

        assert eventually(is_fault)


def test_requests_sent_together_are_answered_in_order(running: Running) -> None:
    one = f"GET / HTTP/1.1\r\nHost: localhost:{running.port}\r\n\r\n".encode()
    two = one.replace(b" / ", b" /style.css ")
    with running.connected() as connection:
        connection.sendall(one)
        one_answer(connection)
        connection.sendall(two + one + two)
        received = b""
        while received.count(b"color: red") < 2:
            received += connection.recv(65536)
        kinds = [b"text/css" in answer for answer in received.split(b"HTTP/1.1 200 OK")[1:]]
        assert kinds == [True, False, True]
        connection.sendall(one[:30])
        connection.sendall(one[30:])
        assert b"Hello" in one_answer(connection)


@pytest.fixture
def builder(tmp_path_factory: pytest.TempPathFactory) -> FolderBuilder:
    site = FolderBuilder(tmp_path_factory.mktemp("given"))
    site.write("index.html", page("Home", "<p>Hello</p>"))
    site.write("a/index.html", page("A", "<p>A page</p>"))
    site.write("404.html", page("Lost", "<p>No such page</p>"))
    site.write("style.css", "p { color: red }")
    return site


@pytest.fixture
def running(builder: FolderBuilder) -> Iterator[Running]:
    with preview_of(builder) as preview:
        yield preview
