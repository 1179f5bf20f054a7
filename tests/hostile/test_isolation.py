"""A build opens nothing outside the site's folders, starts no program and opens no connection."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.building.sample import PIXEL, make_site
from tests.hostile.attacks import PAYLOADS, attack_note, file_name
from tests.hostile.corpora import some
from tests.hostile.measured import run

CANARY = "canary-of-another-folder"
HOOK = """
import sys
WATCHED = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.")
def heard(name, arguments):
    if name.startswith(WATCHED) or name == "pickle.find_class":
        sys.stderr.write(f"HEARD {name} {arguments!r}\\n")
sys.addaudithook(heard)
from kb.cli import main
sys.argv = ["kb", *sys.argv[1:]]
main()
"""
"""kb, told on by Python itself (PEP 578)."""
OWN_PICKLE = re.compile(
    r"HEARD pickle.find_class \('(?:whoosh\.|kb\.search\.whoosh_index', 'P|builtins', 'int'"
    r"|collections', '(?:defaultdict|deque)')"
)
OPENED = re.compile(r"^(?:\d+ +)?open(?:at)?\(.*?, ([A-Z_|]+)(?:, 0\d+)?\) += \d+<(.*?)>(?: .*)?$")
CHANGED = re.compile(
    r"^(?:\d+ +)?(rename\w*|unlink\w*|rmdir|mkdir\w*|link\w*|symlink\w*)\((.*)\) += 0"
)
QUOTED = re.compile(r'(?:AT_FDCWD(?:<([^>]*)>)?|\d+<([^>]*)>)?(?:, )?"((?:[^"\\]|\\.)*)"')


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site that tries to reach out in every way that files can."""
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    for name in ("secret.md", "secret.png", "folder/inner.md", "template.html"):
        (outside / name).write_text(f"# {CANARY}\n")
    root = make_site(tmp_path / "site")
    content, static = root / "content", root / "static"
    static.mkdir()
    (content / "out.md").symlink_to(outside / "secret.md")
    (content / "up.md").symlink_to("../../outside/secret.md")
    (content / "folder").symlink_to(outside / "folder")
    (content / "loop").symlink_to(".")
    (content / "everything").symlink_to("/")
    (content / "gone.md").symlink_to("nowhere.md")
    (content / "images/secret.png").symlink_to(outside / "secret.png")
    (content / "topics.toml").symlink_to(outside / "secret.md")
    (static / "secret.png").symlink_to(outside / "secret.png")
    (static / "everything").symlink_to("/")
    (static / "passwd.txt").symlink_to("/etc/passwd")
    (root / "themes/default/templates").mkdir(parents=True)
    (root / "themes/default/templates/note.html").symlink_to(outside / "template.html")
    os.mkfifo(content / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(content)  # the name of a socket must be short
        listening.bind("socket.md")
        os.chdir(here)
    if os.geteuid() == 0:
        os.mknod(content / "device.md", 0o600 | 0o020000, os.makedev(1, 5))
    (content / "reach.md").write_text(
        "+++\ntitle = 'Reach'\ncover = '../../outside/secret.png'\n+++\n"
        "![](../../outside/secret.png) ![](/etc/passwd) ![](file:///etc/passwd)\n"
        "![](//evil.example/x.png) [x](../../outside/secret.md)\n"
    )
    for number, payload in enumerate(some(PAYLOADS, 12)):
        (content / file_name(payload, number)).write_bytes(
            attack_note(payload).encode("utf-8", "replace")
        )
    return root


def published(root: Path) -> Iterator[bytes]:
    for path in sorted((root / "public").rglob("*")):
        if path.is_file():
            yield path.read_bytes()


ODD = (
    "content/out.md", "content/up.md", "content/folder", "content/everything", "content/gone.md",
    "content/images/secret.png", "content/topics.toml", "content/pipe.md", "content/socket.md",
    "static/secret.png", "static/everything", "static/passwd.txt",
)  # fmt: skip


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_nothing_is_followed_out_of_the_site(site: Path, jobs: str) -> None:
    done = run(site, "build", "--jobs", jobs)
    assert done.code == 1, done.stderr
    assert "Traceback" not in done.stderr
    told = {
        line.split(":")[0] for line in run(site, "check").stdout.splitlines() if "KB109" in line
    }
    assert set(ODD) - told == set()
    if os.geteuid() == 0:
        assert "content/device.md" in told
    everything = b"".join(published(site))
    assert CANARY.encode() not in everything
    assert b"root:x:0:0" not in everything
    assert sorted(path.name for path in site.parent.iterdir()) == ["outside", "site"]


@pytest.mark.parametrize("command", [("build",), ("check",), ("search", "pumps")])
def test_no_program_no_connection_no_pickle(
    site: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOOK, *command],
        cwd=site,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    heard = [line for line in done.stderr.splitlines() if line.startswith("HEARD")]
    # The index that this very run wrote is Whoosh's, which keeps its schema as a pickle.
    assert [line for line in heard if not OWN_PICKLE.match(line)] == []


def strace() -> str:
    """Return the path of strace, where it works here."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("NOT RUN: strace is not installed (apt-get install strace)")
    tried = subprocess.run([found, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("NOT RUN: strace may trace nothing here")
    return found


def traced(site: Path, calls: str, *arguments: str) -> list[str]:
    """Return the system calls among `calls` of `kb` and its children, a line each."""
    log = site.parent / "calls"
    environment = {
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_STATE_HOME": str(site.parent / "state"),
        "PYTHONPYCACHEPREFIX": "",
    }
    before = [strace(), "-f", "-y", "-qq", "-s", "4096", "-o", str(log), "-e", f"trace={calls}"]
    done = run(site, *arguments, before=before, environment=environment)
    assert done.code in {0, 1}, done.stderr
    return log.read_text("utf-8", "replace").splitlines()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("command", [("build", "--jobs", "2"), ("check",)])
def test_by_the_kernels_own_account(site: Path, command: tuple[str, ...]) -> None:
    lines = traced(site, "execve,connect,socket,bind", *command)
    started = [line for line in lines if "execve(" in line and " = 0" in line]
    assert len(started) == 1, started
    assert [line for line in lines if re.search(r"\b(connect|socket|bind)\(", line)] == []


@pytest.mark.timeout(240)
def test_every_file_that_is_opened_is_the_sites_or_pythons(site: Path) -> None:
    calls = "open,openat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat"
    lines = traced(site, f"{calls},symlink,symlinkat", "build")
    own = (str(site), str(site.parent / "state"))
    opened = [found.groups() for line in lines if (found := OPENED.match(line))]
    assert len(opened) > 200
    written = {path for flags, path in opened if re.search("WRONLY|RDWR|CREAT", flags)}
    assert {path for path in written if not path.startswith(own) and path != "/dev/null"} == set()
    outside = str(site.parent / "outside")
    foreign = ("/root/.ssh", "/home", "/var", "/etc/passwd", outside)
    assert {path for _, path in opened if path.startswith(foreign)} == set()
    for line in lines:
        if not (found := CHANGED.match(line)):
            continue
        for plain, numbered, name in QUOTED.findall(found[2]):
            path = name if name.startswith("/") else f"{plain or numbered}/{name}"
            assert path.startswith(own), line


@pytest.mark.parametrize("tool", [("unshare", "-rn")])
def test_it_builds_without_a_network(site: Path, tool: tuple[str, ...]) -> None:
    found = shutil.which(tool[0])
    if (
        found is None
        or subprocess.run([*tool, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("NOT RUN: no namespace without a network can be made here")
    assert run(site, "build").code == 1
    first = {path.name: path.read_bytes() for path in (site / "public").rglob("*.html")}
    shutil.rmtree(site / "public")
    done = run(site, "build", "--full", before=tool)
    assert done.code == 1, done.stderr
    assert {path.name: path.read_bytes() for path in (site / "public").rglob("*.html")} == first


def test_a_picture_of_the_site_is_still_published(site: Path) -> None:
    run(site, "build")
    assert (site / "public/images/pump.png").read_bytes() == PIXEL
