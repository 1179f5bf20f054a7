"""Fixtures for every test: the shared material, a browser, and a static host to publish on."""

import functools
import http.server
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import chromium as browsers

CHECKOUT = Path(__file__).resolve().parents[1]


def pytest_configure() -> None:
    """Take Ctrl-C as a person's programs do.

    A shell starts its background jobs with the interrupt ignored, and what tests start would
    inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material beside the checkout; a clone without it skips what needs it."""
    folder = CHECKOUT.parent / "shared"
    if not (folder / "seed").is_dir():
        pytest.skip("the shared material (a folder ../shared beside the checkout) is not here")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium or Chrome; without one the test is not run, and fails under CI=true."""
    path = browsers.find()
    if path is None:
        reason = "NOT RUN: no Chromium or Chrome was found (`make browser` installs one)"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A running browser for the tests of one module.

    Not for the session: Playwright's loop would stay in the worker's thread, where other tests
    could then start none of their own.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium, args=list(browsers.ARGUMENTS)
        )
        yield running
        running.close()


class _StaticHost(http.server.SimpleHTTPRequestHandler):
    """Serves a folder below a path, as any static host does, and nothing else."""

    prefix = "/"

    def translate_path(self, path: str) -> str:
        wanted = urlsplit(path).path
        if not wanted.startswith(self.prefix):
            return str(Path(self.directory) / "outside-of-the-site")
        return super().translate_path("/" + wanted.removeprefix(self.prefix))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: tests look at answers, not at a log."""


@contextmanager
def hosted(folder: Path, prefix: str) -> Iterator[str]:
    """Serve `folder` below `prefix` of a port of its own, and yield the address."""
    handler = type("Host", (_StaticHost,), {"prefix": prefix})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
    )
    server.daemon_threads = True
    server.socket.listen(128)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def publish() -> Iterator[Callable[..., str]]:
    """Serve a folder from a plain static host: `publish(folder, "/notes/")` gives its address."""
    with ExitStack() as stack:

        def serve(folder: Path, prefix: str = "/") -> str:
            return stack.enter_context(hosted(folder, prefix))

        yield serve
