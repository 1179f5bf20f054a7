import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.serving.policy import Policy

HERE = Policy.of("127.0.0.1", 8000)


@pytest.mark.parametrize(
    "host", ["localhost:8000", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"]
)
def test_own_names_are_answered(host: str) -> None:
    assert HERE.host_allowed({"host": host})


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "localhost:8001",
        "localhost:80000",
        "evil.example:8000",
        "localhost.evil.example:8000",
        "127.0.0.1.evil.example:8000",
        "localhost:8000@evil.example",
        "evil.localhost:8000",
        "127.1:8000",
        "0.0.0.0:8000",
        "0:8000",
        "10.0.0.1:8000",
        "localhost:8000,evil.example",
        " localhost:8000",
    ],
)
def test_other_names_are_not(host: str) -> None:
    assert not HERE.host_allowed({"host": host})


def test_a_request_without_host_is_not_answered() -> None:
    assert not HERE.host_allowed({})


def test_names_can_be_allowed() -> None:
    policy = Policy.of("0.0.0.0", 8000, ("Laptop.local", "proxy.example:443"))
    assert policy.host_allowed({"host": "laptop.local:8000"})
    assert policy.host_allowed({"host": "proxy.example:443"})
    assert not policy.host_allowed({"host": "proxy.example:8000"})
    assert not policy.host_allowed({"host": "0.0.0.0:8000"})


def test_the_port_of_http_may_be_left_out() -> None:
    assert Policy.of("127.0.0.1", 80).host_allowed({"host": "localhost"})


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_own_pages_may_listen(origin: str) -> None:
    assert HERE.origin_allowed({"origin": origin})


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "file://",
        "://",
        "http://",
        "http://[",
        "https://localhost:8000",
        "http://localhost:8000/",
        "http://localhost:8000 http://evil.example",
        "http://127.0.0.1:8000.evil.example",
        "http://localhost:9000",
        "http://10.0.0.1:8000",
        "chrome-extension://abc",
        "http://a@localhost:8000",
    ],
)
def test_other_pages_may_not(origin: str) -> None:
    assert not HERE.origin_allowed({"origin": origin})


@given(st.text())
def test_any_header_is_judged(text: str) -> None:
    assert not HERE.host_allowed({"host": f"{text}!"})
    assert not HERE.origin_allowed({"origin": f"{text}!"})
    assert HERE.embeds({"sec-fetch-site": f"{text}!", "sec-fetch-dest": f"{text}!"})


@pytest.mark.parametrize(
    ("site", "mode", "dest", "embeds"),
    [
        ("same-origin", "cors", "empty", False),
        ("none", "navigate", "document", False),
        ("cross-site", "navigate", "document", False),
        ("cross-site", "navigate", "iframe", True),
        ("cross-site", "no-cors", "script", True),
        ("same-site", "no-cors", "image", True),
        ("same-site", "cors", "empty", True),
    ],
)
def test_other_sites_may_lead_here_but_not_embed(
    site: str, mode: str, dest: str, embeds: bool
) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    assert HERE.embeds(headers) is embeds


def test_a_browser_without_these_headers_is_served() -> None:
    assert not HERE.embeds({})
    assert HERE.origin_allowed({})
    assert not HERE.origin_allowed({"sec-fetch-site": "cross-site"})
