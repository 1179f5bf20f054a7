"""`kb check --links` as a person runs it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.asking.server import Server, serving, status
from tests.cli.conftest import Kb

NOTE = """\
+++
title = "River Conf 2024"
date = 2024-06-03
+++

#### Pumps without electricity

- Mira Stone
- [Slides]({base}/slides)

* more on [ram pumps]({base}/pumps)
"""
DAYS = {"first": "1767225600", "second": "1767830400"}
QUICK = ("check", "--links", "--allow-private", "--pause", "0", "--timeout", "5")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving({"/slides": status("200 OK")}) as found:
        yield found


@pytest.fixture
def site(tmp_path: Path, server: Server) -> Path:
    root = tmp_path / "site"
    (root / "content").mkdir(parents=True)
    (root / "site.toml").write_text('title = "Rivers"\n')
    (root / "content" / "monday.md").write_text(NOTE.format(base=server.url("")))
    return root


def test_two_weeks_of_asking(kb: Kb, site: Path, server: Server) -> None:
    first = kb(*QUICK, cwd=site, SOURCE_DATE_EPOCH=DAYS["first"])
    assert first.returncode == 0
    assert "content/monday.md:11:1: hint KB702: " in first.stdout
    assert "404 Not Found on 2026-01-01" in first.stdout
    assert "Links 1 good, 1 gone\n" in first.stderr
    assert "Kept  content/links.toml (written)\n" in first.stderr
    second = kb(*QUICK, cwd=site, SOURCE_DATE_EPOCH=DAYS["second"])
    assert second.returncode == 0
    assert "warning KB701" in second.stdout
    copy = f"https://web.archive.org/web/20240603/{server.url('/pumps')}"
    assert copy in second.stdout
    assert "(1 dead in all)" in second.stderr
    assert kb(*QUICK, "--strict", cwd=site, SOURCE_DATE_EPOCH=DAYS["second"]).returncode == 1
    assert kb("build", cwd=site).returncode == 0
    assert copy in (site / "public" / "links" / "index.html").read_text()
    listed = json.loads(kb("list", "links", "--json", cwd=site).stdout)
    assert {one["url"]: one["dead"] for one in listed} == {
        server.url("/slides"): False,
        server.url("/pumps"): True,
    }


def test_as_data(kb: Kb, site: Path, server: Server) -> None:
    data = json.loads(kb(*QUICK, "--json", cwd=site).stdout)
    assert [one["code"] for one in data["findings"]] == ["KB702"]
    assert data["ledger"] == "content/links.toml"
    assert data["written"] is True
    states = {one["url"]: one for one in data["links"]}
    assert states[server.url("/slides")]["verdict"] == "good"
    assert states[server.url("/pumps")]["failing"] == ["2026-01-01"]
    assert states[server.url("/pumps")]["where"] == ["content/monday.md:11"]


def test_this_machine_is_not_asked_by_default(kb: Kb, site: Path, server: Server) -> None:
    done = kb("check", "--links", cwd=site)
    assert done.returncode == 0
    assert "2 links not asked: it is an address of a private network" in done.stderr
    assert server.asked == []
    assert not (site / "content" / "links.toml").exists()


@pytest.mark.parametrize(
    "option", [("--every", "3"), ("--timeout", "3"), ("--pause", "0"), ("--allow-private",)]
)
def test_options_of_links_go_with_links(kb: Kb, site: Path, option: tuple[str, ...]) -> None:
    done = kb("check", *option, cwd=site)
    assert done.returncode == 2
    assert "go with --links" in done.stderr


def test_a_broken_ledger_is_one_line_with_its_place(kb: Kb, site: Path, server: Server) -> None:
    (site / "content" / "links.toml").write_text("[[links]]\nurl = = 3\n")
    done = kb(*QUICK, cwd=site)
    assert done.returncode == 2
    assert "content/links.toml:2:7: error KB118" in done.stderr
    assert "Traceback" not in done.stderr
    assert server.asked == []


@pytest.mark.parametrize("command", [("build",), ("check",), ("list", "links")])
def test_nothing_that_connects_is_loaded_without_being_asked(
    kb: Kb, site: Path, command: tuple[str, ...]
) -> None:
    code = (
        "import sys; from kb.cli.app import run; code = run(sys.argv[1:]); "
        "assert not {'aiohttp', 'kb.asking', 'tomlkit'} & set(sys.modules), 'loaded'; "
        "sys.exit(code)"
    )
    (site / "content" / "links.toml").write_text('[[links]]\nurl = "https://a.example.org/"\n')
    done = subprocess.run(
        [sys.executable, "-c", code, *command, "-s", site],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
