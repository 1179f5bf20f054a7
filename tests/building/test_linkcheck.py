"""`kb check --links`, whole: notes, a server, the ledger, and the site that tells of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.asking.ask import Manners
from kb.building import linkcheck
from kb.building.linkcheck import Checked, Offline, check_links
from kb.building.options import Options
from kb.building.pipeline import build
from kb.building.project import ProjectFault, open_project
from kb.model.ledger import Answer, LinkEntry
from kb.model.note import Source
from kb.reading.ledger import read_ledger
from tests.asking.server import Server, serving, status

QUICK = Manners(timeout=2.0, pause=0.0, back_off=0.01, longest_wait=0.5, private=True)
NOTE = """\
+++
title = "River Conf 2024 - Monday"
date = 2024-06-03
[event]
name = "River Conf"
year = 2024
+++

#### Pumps without electricity

- Mira Stone
- [Slides]({base}/slides)

* more on [ram pumps]({base}/pumps) here

#### Canals in winter

- Jonas Weir

* reeds: {base}/reeds and {base}/pumps
"""

Check = Callable[..., Checked]


@pytest.fixture
def server() -> Iterator[Server]:
    good = {path: status("200 OK") for path in ("/slides", "/pumps", "/reeds")}
    with serving(good) as found:
        yield found


@pytest.fixture
def site(tmp_path: Path, server: Server) -> Path:
    root = tmp_path / "site"
    (root / "content").mkdir(parents=True)
    (root / "site.toml").write_text('title = "Rivers"\n')
    (root / "content" / "monday.md").write_text(NOTE.format(base=server.url("")))
    return root


@pytest.fixture
def check(site: Path) -> Check:
    def run(day: str, every: int = 0) -> Checked:
        options = Options(now=f"{day}T12:00:00+00:00")
        return check_links(open_project(site), options, how=QUICK, every=every)

    return run


def ledger(site: Path) -> dict[str, LinkEntry]:
    data = (site / "content" / "links.toml").read_bytes()
    read = read_ledger(Source("content/links.toml", "", data))
    assert read.findings == ()
    return {"/" + entry.url.rsplit("/", 1)[1]: entry for entry in read.entries}


def codes(checked: Checked) -> list[str]:
    return [one.code for one in checked.findings if one.code.startswith("KB7")]


def pages(site: Path, day: str = "2026-05-01", *, full: bool = False) -> dict[str, bytes]:
    project = open_project(site)
    report = build(project, Options(now=f"{day}T12:00:00+00:00", full=full))
    assert report.published
    return {
        path.relative_to(project.output).as_posix(): path.read_bytes()
        for path in sorted(project.output.rglob("*"))
        if path.is_file() and path.name != ".kb-manifest"
    }


def test_what_is_good_is_written_down_and_nothing_is_said(
    site: Path, server: Server, check: Check
) -> None:
    checked = check("2026-01-01")
    assert codes(checked) == []
    assert [one.verdict for one in checked.links] == ["good"] * 3
    assert checked.written
    found = ledger(site)
    assert set(found) == {"/slides", "/pumps", "/reeds"}
    assert found["/pumps"].first_cited == "2024-06-03"
    assert found["/pumps"].last_good == "2026-01-01"
    assert sorted(server.asked) == ["HEAD /pumps", "HEAD /reeds", "HEAD /slides"]
    assert not check("2026-01-01").written


def test_a_link_is_dead_after_two_days_and_the_site_tells(
    site: Path, server: Server, check: Check
) -> None:
    check("2026-01-01")
    before = pages(site)
    server.answers["/pumps"] = status("404 Not Found")
    first = check("2026-02-01")
    assert codes(first) == ["KB702"]
    assert pages(site) == before
    again = check("2026-02-01")
    assert codes(again) == ["KB702"]
    second = check("2026-02-09")
    assert codes(second) == ["KB701"]
    (finding,) = [one for one in second.findings if one.code == "KB701"]
    assert finding.place == "content/monday.md:14:1"
    assert "cited 2 times" in finding.message
    copy = f"https://web.archive.org/web/20240603/{server.url('/pumps')}"
    assert copy in finding.hint
    (dead,) = [one for one in second.links if one.dead]
    assert dead.failing == ("2026-02-01", "2026-02-09")
    assert dead.last_good == "2026-01-01"

    after = pages(site)
    changed = {path for path in after if after[path] != before.get(path)}
    talk = "talks/river-conf-2024/pumps-without-electricity/index.html"
    assert {talk, "links/index.html", "data/links.json", "data/links.csv"} <= changed
    for path in (talk, "links/index.html", "data/links.json"):
        assert copy in after[path].decode()
    prose = f'>ram pumps</a> <a class="archived" href="{copy}">[archived copy]</a>'
    assert prose in after[talk].decode()
    assert b'"dead":true' in after["data/links.json"]
    twin = after[talk.replace("index.html", "index.md")].decode()
    assert f"<{server.url('/pumps')}> (no longer there; archived copy: <{copy}>)" in twin
    assert pages(site, full=True) == after

    server.answers["/pumps"] = status("200 OK")
    assert codes(check("2026-03-01")) == []
    assert pages(site) == before


def test_words_of_a_note_change_and_what_is_dead_stays_dead(site: Path, server: Server) -> None:
    """The short way of a build, which reads no ledger, knows of it all the same."""
    reeds = server.url("/reeds")
    (site / "content" / "links.toml").write_text(
        f'[[links]]\nurl = "{reeds}"\ndead = true\n'
        f'[[links]]\nurl = "{server.url("/new")}"\ndead = true\narchive = "https://a.example/n"\n'
    )
    pages(site)
    note = site / "content" / "monday.md"
    note.write_text(note.read_text() + f"* and [a new one]({server.url('/new')}), too\n")
    short = pages(site)
    assert b"https://a.example/n" in short["talks/river-conf-2024/canals-in-winter/index.html"]
    assert short == pages(site, full=True)


def test_a_dead_recording_is_no_invitation_to_watch(site: Path) -> None:
    url = "https://www.youtube.com/watch?v=abcdefghijk"
    note = site / "content" / "monday.md"
    note.write_text(note.read_text().replace("- Mira Stone\n", f"- Mira Stone\n- {url}\n"))
    talk = "talks/river-conf-2024/pumps-without-electricity/index.html"
    assert b'class="recording' in pages(site)[talk]
    (site / "content" / "links.toml").write_text(f'[[links]]\nurl = "{url}"\ndead = true\n')
    shown = pages(site)[talk]
    assert b'class="recording' not in shown
    assert b'class="gone"' in shown


def test_faults_of_servers_never_make_a_link_dead(site: Path, server: Server, check: Check) -> None:
    server.answers["/slides"] = status("503 Service Unavailable")
    server.answers["/reeds"] = status("403 Forbidden")
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        checked = check(day)
    assert codes(checked) == ["KB702"]
    found = ledger(site)
    assert found["/slides"].failures == ("2026-01-01", "2026-01-02", "2026-01-03")
    assert found["/slides"].answer == "503 Service Unavailable"
    assert found["/reeds"].failures == ()
    assert not any(entry.is_dead for entry in found.values())


def test_a_move_for_good_is_told_and_kept(site: Path, server: Server, check: Check) -> None:
    server.answers["/slides"] = status("301 Moved Permanently", "Location: /new/slides")
    server.answers["/new/slides"] = status("200 OK")
    server.answers["/reeds"] = status("302 Found", "Location: /")
    server.answers["/"] = status("200 OK")
    server.answers["/pumps"] = status("301 Moved Permanently", "Location: /pumps/")
    server.answers["/pumps/"] = status("200 OK")
    checked = check("2026-01-01")
    moved, front = [one for one in checked.findings if one.code == "KB703"]
    assert "has moved for good" in moved.message
    assert server.url("/new/slides") in moved.message
    assert "leads to a front page now" in front.message
    assert ledger(site)["/slides"].moved == server.url("/new/slides")
    assert ledger(site)["/pumps"].moved == ""


def test_what_was_good_a_short_while_ago_is_left_alone(
    site: Path, server: Server, check: Check
) -> None:
    check("2026-01-01")
    server.asked.clear()
    assert {one.verdict for one in check("2026-01-07", every=7).links} == {"known"}
    assert server.asked == []
    check("2026-01-08", every=7)
    assert len(server.asked) == 3


def test_what_the_writer_wants_skipped_is_not_asked(
    site: Path, server: Server, check: Check
) -> None:
    path = site / "content" / "links.toml"
    mine = f'# by hand\n[[links]]\nurl = "{server.url("/reeds")}"\nskip = true  # behind a wall\n'
    path.write_text(mine)
    check("2026-01-01")
    assert "HEAD /reeds" not in server.asked
    assert path.read_text().startswith(mine)


@pytest.mark.parametrize("text", ["[[links]\n", "links = 3\n", '[[links]]\nurl = "\n'])
def test_a_broken_ledger_is_refused_before_anybody_is_asked(
    site: Path, server: Server, check: Check, text: str
) -> None:
    path = site / "content" / "links.toml"
    path.write_text(text)
    with pytest.raises(ProjectFault) as refused:
        check("2026-01-01")
    assert "links.toml" in str(refused.value)
    assert server.asked == []
    assert path.read_text() == text


def test_a_ledger_that_leads_out_of_the_site_is_refused(
    site: Path, server: Server, check: Check, tmp_path: Path
) -> None:
    (tmp_path / "other.toml").write_text("")
    (site / "content" / "links.toml").symlink_to(tmp_path / "other.toml")
    with pytest.raises(ProjectFault):
        check("2026-01-01")
    assert (tmp_path / "other.toml").read_text() == ""
    assert server.asked == []


def test_an_interruption_keeps_what_was_answered(
    site: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(
        urls: dict[str, str], how: Manners, told: Callable[[str, Answer], None]
    ) -> None:
        told(server.url("/pumps"), Answer("good"))
        raise KeyboardInterrupt

    monkeypatch.setattr(linkcheck, "ask_all", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check_links(open_project(site), Options(now="2026-01-01T00:00:00+00:00"), how=QUICK)
    assert set(ledger(site)) == {"/pumps"}


def test_the_writer_edits_the_ledger_while_servers_are_asked(site: Path, server: Server) -> None:
    path = site / "content" / "links.toml"

    def edit(connection: object, method: str) -> None:
        path.write_text(f'# just now\n[[links]]\nurl = "{server.url("/reeds")}"\ndead = false\n')
        status("200 OK")(connection, method)  # type: ignore[arg-type]

    server.answers["/pumps"] = edit
    check_links(open_project(site), Options(now="2026-01-01T00:00:00+00:00"), how=QUICK)
    assert path.read_text().startswith("# just now\n")
    assert ledger(site)["/reeds"].dead is False
    assert ledger(site)["/reeds"].last_good == "2026-01-01"


def test_without_any_connection_nothing_is_held_against_the_links(
    site: Path, server: Server, check: Check
) -> None:
    hosts = "".join(f"* http://nobody-{n}.invalid/x\n" for n in range(3))
    (site / "content" / "monday.md").write_text(f"# Day\n\n#### Talk\n\n- Mira Stone\n\n{hosts}")
    with pytest.raises(Offline) as offline:
        check("2026-01-01")
    assert "none of 3 hosts could be reached" in str(offline.value)
    assert not (site / "content" / "links.toml").exists()
    server.answers["/there"] = status("200 OK")
    note = site / "content" / "monday.md"
    note.write_text(f"{note.read_text()}* {server.url('/there')}\n")
    assert codes(check("2026-01-01")) == ["KB702"] * 3


def test_a_build_asks_nobody(site: Path, server: Server) -> None:
    pages(site)
    assert server.asked == []
