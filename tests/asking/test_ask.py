"""Links are asked for politely, and what servers do to us is told, never raised."""

import itertools
import signal
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.asking.ask import Manners, ask_all, wait_of
from kb.asking.client import Reply
from kb.model.ledger import Answer
from tests.asking.server import Server, by_method, hang_up, in_turn, raw, serving, status

QUICK = Manners(timeout=2.0, pause=0.0, back_off=0.01, longest_wait=0.5, private=True)

# A key of nobody, and a certificate that nobody vouches for.
SELF_SIGNED = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnpTqatecPcSIDWqh
BiyTW/3w59w73gln5G9F/69RSUehRANCAAQ0RFxGQ1XYP8nX/FnrlBsdg7E+ruIy
R1f27mH6D3qUD8tmInLrq8E998yxY+AqHxU6lXpbjOyGySdljYdoJ5sW
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBjzCCATagAwIBAgIUanU2i1z6pmZ+t/uBrvF3ducVXA4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNTIyMDAwNFoYDzIxMjYxMTAx
MjIwMDA0WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ0RFxGQ1XYP8nX/FnrlBsdg7E+ruIyR1f27mH6D3qUD8tmInLrq8E9
98yxY+AqHxU6lXpbjOyGySdljYdoJ5sWo2QwYjAdBgNVHQ4EFgQUZcHCuJRj2u6Y
GtRKAiu3quwnC2YwHwYDVR0jBBgwFoAUZcHCuJRj2u6YGtRKAiu3quwnC2YwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQC
IBwXYMKimZXVo25Kd9kTdvOX/yLs21sm942Z/4cDUeBXAiA2ZurJi80ZiH09DiuK
igYZVMQTPx3a+thXdTDsZiMIZQ==
-----END CERTIFICATE-----
"""


def asked(*urls: str, manners: Manners = QUICK) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    ask_all(urls, manners, found.__setitem__)
    return found


def verdict(url: str, manners: Manners = QUICK) -> tuple[str, str]:
    answer = asked(url, manners=manners)[url]
    return answer.verdict, answer.said


@pytest.fixture
def server() -> Iterator[Server]:
    with serving({}) as found:
        yield found


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("200 OK", "good"),
        ("204 No Content", "good"),
        ("404 Not Found", "gone"),
        ("410 Gone", "gone"),
        ("401 Unauthorized", "unsure"),
        ("403 Forbidden", "unsure"),
        ("429 Too Many Requests", "unsure"),
        ("451 Unavailable For Legal Reasons", "unsure"),
        ("999 Request denied", "unsure"),
        ("418 I'm a Teapot", "unsure"),
        ("500 Internal Server Error", "failing"),
        ("503 Service Unavailable", "failing"),
        ("304 Not Modified", "unsure"),
    ],
)
def test_a_status_is_judged(server: Server, code: str, wanted: str) -> None:
    server.answers["/x"] = status(code)
    assert verdict(server.url("/x")) == (wanted, "" if wanted == "good" else code)


@pytest.mark.parametrize("code", ["405 Method Not Allowed", "501 Not Implemented", "404 Not Found"])
def test_what_head_is_refused_is_asked_with_get(server: Server, code: str) -> None:
    server.answers["/x"] = by_method(HEAD=status(code), GET=status("200 OK", body=b"there"))
    assert verdict(server.url("/x")) == ("good", "")
    assert server.asked == ["HEAD /x", "GET /x"]


def test_a_server_that_hangs_up_on_head_is_asked_with_get(server: Server) -> None:
    server.answers["/x"] = by_method(HEAD=hang_up, GET=status("200 OK"))
    assert verdict(server.url("/x")) == ("good", "")


def test_what_is_good_is_asked_once_and_told_nothing_but_a_name(server: Server) -> None:
    server.answers["/x?a=1"] = status("200 OK", "Set-Cookie: id=1")
    assert verdict(server.url("/x?a=1#part"), Manners(agent="kb/9 (link check)", private=True))
    assert server.asked == ["HEAD /x?a=1"]
    head = server.heads[0]
    assert "User-Agent: kb/9 (link check)" in head
    assert "Cookie" not in head
    assert "Referer" not in head


def test_redirects_are_followed_and_told(server: Server) -> None:
    server.answers["/a"] = status("301 Moved Permanently", "Location: /b")
    server.answers["/b"] = status("308 Permanent Redirect", "Location: c")
    server.answers["/c"] = status("302 Found", f"Location: {server.url('/d')}")
    server.answers["/d"] = status("200 OK")
    answer = asked(server.url("/a"))[server.url("/a")]
    assert answer == Answer("good", "", server.url("/d"), server.url("/c"))


def test_a_detour_is_no_move(server: Server) -> None:
    server.answers["/a"] = status("302 Found", "Location: /b")
    server.answers["/b"] = status("301 Moved Permanently", "Location: /c")
    server.answers["/c"] = status("200 OK")
    assert asked(server.url("/a"))[server.url("/a")].moved == ""


def test_what_redirects_to_nothing_is_gone(server: Server) -> None:
    server.answers["/a"] = status("301 Moved Permanently", "Location: /nowhere")
    assert verdict(server.url("/a")) == ("gone", "404 Not Found")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/a", "it redirects in a circle"),
        ("mailto:a@example.org", "it redirects to where nobody is asked: only http"),
        ("http://[bad/", "it redirects to a malformed address"),
    ],
)
def test_bad_redirects_are_told(server: Server, location: str, said: str) -> None:
    server.answers["/a"] = status("302 Found", f"Location: {location}")
    found = verdict(server.url("/a"))
    assert found[0] in {"failing", "unsure"}
    assert found[1].startswith(said)


def test_redirects_without_end_are_given_up(server: Server) -> None:
    for number in range(40):
        server.answers[f"/{number}"] = status("302 Found", f"Location: /{number + 1}")
    assert verdict(server.url("/0")) == ("failing", "it redirects more than 10 times")
    assert len(server.asked) == 11


def test_a_passing_fault_is_tried_again(server: Server) -> None:
    server.answers["/x"] = in_turn(
        status("502 Bad Gateway"), status("502 Bad Gateway"), status("200 OK")
    )
    assert verdict(server.url("/x")) == ("good", "")


def test_tries_are_counted(server: Server) -> None:
    server.answers["/x"] = status("500 Oops")
    assert verdict(server.url("/x")) == ("failing", "500 Oops")
    assert server.asked == ["HEAD /x", "GET /x"] * 3


def test_patience_that_is_asked_for_is_had(server: Server) -> None:
    server.answers["/x"] = in_turn(status("429 Slow", "Retry-After: 0.1"), status("200 OK"))
    server.answers["/y"] = in_turn(status("429 Slow", "Retry-After: 1"), status("200 OK"))
    assert verdict(server.url("/x")) == ("good", "")
    start = time.monotonic()
    assert verdict(server.url("/y"), Manners(pause=0, private=True)) == ("good", "")
    assert time.monotonic() - start >= 1


def test_a_host_that_asks_for_too_much_patience_is_left_alone(server: Server) -> None:
    server.answers["/x"] = status("429 Too Many Requests", "Retry-After: 3600")
    found = asked(server.url("/x"), server.url("/y"), server.url("/z"))
    assert [answer.verdict for answer in found.values()] == ["unsure", "unasked", "unasked"]
    assert server.asked == ["HEAD /x"]


@pytest.mark.parametrize(
    ("header", "date", "wanted"),
    [
        ("120", "", 120.0),
        ("Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:30 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", "Wed, 21 Oct 2015 07:28:30 GMT", 0.0),
        ("soon", "", 0.0),
        ("-5", "", 0.0),
        ("²", "", 0.0),
        ("9" * 5000, "", 999_999_999.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, date: str, wanted: float) -> None:
    assert wait_of(Reply(503, retry_after=header, date=date)) == wanted


def test_slow_servers_are_given_up_and_then_left_alone(server: Server) -> None:
    paths = [f"/{number}" for number in range(5)]
    server.answers.update(dict.fromkeys(paths, server.slow))
    brisk = Manners(timeout=0.15, pause=0.0, back_off=0.01, private=True)
    found = asked(*map(server.url, paths), manners=brisk)
    assert found[server.url("/0")] == Answer(
        "failing", "no answer within 0.15 seconds", reached=False
    )
    assert [answer.verdict for answer in found.values()] == ["failing"] * 3 + ["unasked"] * 2


def test_a_head_without_end_is_given_up(server: Server) -> None:
    server.answers["/x"] = server.trickle
    found = verdict(server.url("/x"), Manners(timeout=0.3, pause=0, back_off=0.01, private=True))
    assert found[0] == "failing"


def test_a_body_is_not_read(server: Server) -> None:
    """HEAD is refused, and GET is answered with half a gigabyte: next to nothing is taken."""
    server.answers["/x"] = by_method(HEAD=status("405 No"), GET=server.flood)
    assert verdict(server.url("/x")) == ("good", "")
    server.done.wait(0.2)
    assert server.sent
    assert server.sent[0] < 20_000_000  # what the system itself holds for a connection


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"\0" * 10_000,
    ],
)
def test_what_is_not_http_is_told(server: Server, data: bytes) -> None:
    server.answers["/x"] = raw(data)
    found = verdict(server.url("/x"))
    assert found[0] == "failing"
    assert found[1] in {"what answers is not HTTP", "the connection breaks off"}


def test_what_a_server_says_is_made_plain(server: Server) -> None:
    server.answers["/x"] = raw(b"HTTP/1.1 404 Not\xff \x1b[31mFound\r\nContent-Length: 0\r\n\r\n")
    found = verdict(server.url("/x"))
    assert found[0] in {"gone", "failing"}
    assert found[1].isprintable()
    found[1].encode()


def test_an_address_that_a_server_garbles_is_made_whole(server: Server) -> None:
    server.answers["/x"] = raw(
        b"HTTP/1.1 301 Moved\r\nLocation: /a b<\xc3\xa9\xff>\r\nContent-Length: 0\r\n\r\n"
    )
    server.answers["/a%20b%3C%C3%A9%FF%3E"] = status("200 OK")
    answer = asked(server.url("/x"))[server.url("/x")]
    assert answer.verdict == "good"
    assert answer.moved == server.url("/a%20b%3C%C3%A9%FF%3E")


def test_hanging_up_is_told(server: Server) -> None:
    server.answers["/x"] = hang_up
    assert verdict(server.url("/x")) == ("failing", "the connection breaks off")


def test_a_closed_port_is_told() -> None:
    with serving({}) as closed:
        url = closed.url("/x")
    assert verdict(url) == ("failing", "the connection is refused")


def test_no_encryption_where_some_is_promised(server: Server) -> None:
    brisk = Manners(timeout=0.3, pause=0.0, tries=1, private=True)
    assert verdict(server.url("/x", "https"), brisk)[0] == "failing"


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    pem = tmp_path / "both.pem"
    pem.write_text(SELF_SIGNED)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    with serving({"/x": status("200 OK")}, tls) as server:
        found = verdict(server.url("/x", "https"))
    assert found[0] == "failing"
    assert found[1].startswith("its certificate is not valid (self")
    assert server.asked == []


def test_a_host_that_nobody_knows() -> None:
    assert verdict("http://nobody.invalid/") == ("failing", "no such host is known")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/x",
        "http://localhost:{port}/x",
        "http://2130706433:{port}/x",
        "http://0x7f.1:{port}/x",
        "http://0177.0.0.1:{port}/x",
        "http://[::1]:{port}/x",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "http://0.0.0.0:{port}/x",
        "http://127.1:{port}/x",
        "http://127.0.0.1.:{port}/x",
        "http://LOCALHOST.:{port}/x",
    ],
)
def test_this_machine_is_not_asked_unless_it_is_wanted(server: Server, url: str) -> None:
    server.answers["/x"] = status("200 OK")
    polite = Manners(timeout=2.0, pause=0.0, back_off=0.01, tries=1)
    whole = url.format(port=server.port)
    answer = asked(whole, manners=polite)[whole]
    assert answer.verdict == "unasked" or answer.said in {
        "no such host is known",
        "the address is malformed",
    }
    assert server.asked == []


def test_each_host_is_asked_one_question_at_a_time_with_pauses(server: Server) -> None:
    times: list[float] = []

    def note(connection: object, method: str) -> None:
        times.append(time.monotonic())
        status("200 OK")(connection, method)  # type: ignore[arg-type]

    paths = [f"/{number}" for number in range(4)]
    server.answers.update(dict.fromkeys(paths, note))
    asked(*map(server.url, paths), manners=Manners(pause=0.1, private=True))
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert len(gaps) == 3
    assert min(gaps) >= 0.09


def test_an_interruption_keeps_what_was_told(server: Server) -> None:
    found: dict[str, Answer] = {}

    def told(url: str, answer: Answer) -> None:
        found[url] = answer
        signal.raise_signal(signal.SIGINT)

    server.answers["/a"] = server.answers["/b"] = status("200 OK")
    with pytest.raises(KeyboardInterrupt):
        ask_all([server.url("/a"), server.url("/b")], QUICK, told)
    assert list(found) == [server.url("/a")]
