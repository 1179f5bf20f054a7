"""A programme beside the notes: matched, kept, shown with its source, and put into front matter."""

import json
import shutil
from pathlib import Path

import pytest

from kb.building import learning, pipeline
from kb.building.announced import begin_notes, schedule_at
from kb.building.files import FileFault
from kb.building.matching import Asked, Matched, match_schedule, write_files
from kb.building.options import Hooks, Options
from kb.building.project import ProjectFault, open_project
from kb.building.reasons import explain
from kb.building.writeback import FIELDS, Edit, edits, write_edits
from kb.model.finding import Finding
from kb.model.schedule import Schedule
from kb.model.site import SessionRecord, Site
from kb.plugins.gathered import NONE
from tests.building.sample import make_site, tree

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", index=False)
FILE = "content/schedules/river-conf-2024.toml"
CSV = """\
id,title,speakers,date,start,duration,room,track,abstract,url,recording
p1,PUMPS without electricity!,"Stone, Mira",2024-06-03,10:00,45,Weir,Water,Rams and wheels.,,https://v.example/p1.mp4
c1,Canals in winter: banks and ice,Jonas Weir;Ada Lindqvist,2024-06-03,11:00,30,Lock,,,https://r.example/c1,
r1,Who owns the rain?,Mira Stone,2024-06-04,09:30,60,Weir,Law,,,
w1,Courts and wels,Jonas Weir,2024-06-04,10:30,60,Weir,Law,,,
n1,A talk nobody noted,Jo Doe,2024-06-04,11:00,30,Lock,,,,
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


def announced(path: Path) -> Schedule:
    return schedule_at(path, "", NONE)


def matched(site: Path, text: str = CSV, *, write: bool = True, **asked: object) -> Matched:
    source = site.parent / "programme.csv"
    source.write_text(text)
    project = open_project(site)
    wanted = Asked(source.name, **asked)  # type: ignore[arg-type]
    found = match_schedule(project, OPTIONS, announced(source), wanted, Hooks())
    if write:
        write_files(project, found.files)
    return found


def loaded(site: Path) -> Site:
    return pipeline.load(open_project(site), OPTIONS).site


def talk(site: Site, title: str) -> SessionRecord:
    return next(one for one in site.sessions if one.title == title)


def build(site: Path) -> tuple[Finding, ...]:
    return pipeline.build(open_project(site), OPTIONS).findings


def clean(site: Path) -> dict[str, bytes]:
    copy = site.parent / "clean"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("public", ".kb", "search_index"))
    build(copy)
    return tree(copy / "public")


def test_every_side_is_told(site: Path) -> None:
    found = matched(site)
    assert [one.session.id for one in found.sure] == ["p1", "c1", "r1", "w1"]
    assert [one.id for one in found.sessions] == ["n1"]
    assert found.talks == ()
    assert [file.path for file in found.files] == [FILE]
    first = found.sure[0]
    assert first.adds == ("time", "room", "track", "abstract", "recording")


def test_builds_show_what_the_programme_adds(site: Path) -> None:
    matched(site)
    canals = talk(loaded(site), "Canals in winter")
    assert (canals.start, canals.finish, canals.room) == ("11:00", "11:30", "Lock")
    assert [credit.name for credit in canals.speakers] == ["Jonas Weir", "Ada Lindqvist"]
    assert canals.abstract_text == "What ice does to banks, and what it does not."
    pumps = talk(loaded(site), "Pumps without electricity")
    assert (pumps.track, pumps.abstract_text) == ("Water", "Rams and wheels.")
    assert [one.url for one in pumps.citations if one.kind == "recording"] == [
        "https://v.example/p1.mp4"
    ]
    assert [one.name for one in loaded(site).people if one.name == "Ada Lindqvist"]


def test_why_tells_the_programme_and_its_line(site: Path) -> None:
    matched(site)
    lines = (site / FILE).read_text().splitlines()
    (found,) = explain(loaded(site), "Canals in winter")
    told = {one.rule: one for one in found.reasons if one.path == FILE}
    assert {"time-schedule", "room-schedule", "speaker-schedule", "link-schedule"} <= told.keys()
    assert told["room-schedule"].value == "Lock"
    assert lines[told["room-schedule"].line - 1] == "[[sessions]]"
    assert lines[told["room-schedule"].line] == 'id = "c1"'


def test_what_the_writer_says_wins(site: Path) -> None:
    note = site / "content/2024-river.md"
    said = '[[talks]]\ntitle = "Canals in winter"\nroom = "My room"\nspeakers = ["Jonas Weir"]\n'
    note.write_text(note.read_text().replace('tags = ["water"]\n', f'tags = ["water"]\n{said}'))
    matched(site)
    canals = talk(loaded(site), "Canals in winter")
    assert canals.room == "My room"
    assert [credit.name for credit in canals.speakers] == ["Jonas Weir"]
    assert canals.start == "11:00"


def test_the_dates_of_the_programme_date_weekdays(site: Path) -> None:
    note = site / "content/2024-river.md"
    note.write_text(note.read_text().replace("date = 2024-06-03\n", "date = 2024-07-20\n"))
    before = {one.title: one.date for one in loaded(site).sessions}
    assert before["Canals in winter"] == ""
    matched(site)
    canals = talk(loaded(site), "Canals in winter")
    assert canals.date == "2024-06-03"
    event = next(one for one in loaded(site).events if one.year == 2024)
    assert (event.start, event.end) == ("2024-06-03", "2024-06-04")


def test_the_page_of_the_event_has_the_grid(site: Path) -> None:
    matched(site)
    build(site)
    page = (site / "public/events/river-conf-2024/index.html").read_text()
    assert page.count('<table class="grid">') == 2
    assert '<th scope="col">Weir</th>' in page
    assert page.count('class="bill noted"') == 4
    assert "A talk nobody noted" in page
    assert 'rowspan="2"' in page  # the hour from 10:30 goes over the row of 11:00
    shown = (site / "public/talks/river-conf-2024/canals-in-winter/index.html").read_text()
    assert "From the published programme" in shown


@pytest.mark.parametrize("step", ["new", "changed", "gone"])
def test_a_build_after_another_programme_equals_a_clean_one(site: Path, step: str) -> None:
    if step != "new":
        matched(site)
    build(site)
    if step == "gone":
        (site / FILE).unlink()
    elif step == "changed":
        text = (site / FILE).read_text()
        (site / FILE).write_text(text.replace('room = "Lock"', 'room = "Dam"'))
    else:
        matched(site)
    build(site)
    assert tree(site / "public") == clean(site)


def test_the_short_way_keeps_what_the_programme_adds(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched(site)
    build(site)
    note = site / "content/2024-river.md"
    note.write_text(f"{note.read_text()}* and mend them in spring\n")
    with monkeypatch.context() as patch:
        patch.setattr(learning, "learn", None)  # the long way would fail
        build(site)
    assert tree(site / "public") == clean(site)
    page = site / "public/talks/river-conf-2024/canals-in-winter/index.html"
    assert b"Lock" in page.read_bytes()


def test_matching_again_changes_nothing(site: Path) -> None:
    matched(site)
    before = (site / FILE).read_bytes()
    found = matched(site)
    assert not found.files[0].is_new
    assert (site / FILE).read_bytes() == before


def test_a_programme_that_was_edited_is_not_written_over(site: Path) -> None:
    matched(site)
    mine = (site / FILE).read_text().replace("11:00", "11:05")
    (site / FILE).write_text(mine)
    with pytest.raises(FileFault, match="--force"):
        matched(site)
    assert (site / FILE).read_text() == mine
    matched(site, force=True)
    assert "11:05" not in (site / FILE).read_text()


DOUBT = CSV.replace("Who owns the rain?,Mira Stone", "Who owns the rain?,Somebody Else")


def test_doubtful_pairs_add_nothing_until_they_are_accepted(site: Path) -> None:
    found = matched(site, DOUBT)
    assert [one.session.id for one in found.doubtful] == ["r1"]
    assert talk(loaded(site), "Who owns the rain").start == ""
    matched(site, DOUBT, accept=("r1",))
    assert talk(loaded(site), "Who owns the rain").start == "09:30"
    again = matched(site, DOUBT)  # it is remembered
    assert [one.state for one in again.sure if one.session.id == "r1"] == ["accepted"]


def test_rejected_pairs_stay_rejected(site: Path) -> None:
    matched(site, reject=("c1",))
    assert talk(loaded(site), "Canals in winter").room == ""
    again = matched(site)
    assert "c1" in [one.id for one in again.sessions]


def test_words_about_sessions_that_are_none_are_refused(site: Path) -> None:
    with pytest.raises(ProjectFault, match="'x9'"):
        matched(site, accept=("x9",))
    with pytest.raises(ProjectFault, match="no talk"):
        matched(site, accept=("n1",))
    assert not (site / FILE).exists()


def test_the_event_is_found_or_named(site: Path) -> None:
    with pytest.raises(ProjectFault, match="--event"):
        matched(site, "title,date\nNothing of it,2024-06-03\n")
    with pytest.raises(ProjectFault, match="no event"):
        matched(site, event="Lake Conf")
    with pytest.raises(ProjectFault, match="several"):
        matched(site, event="River Conf")
    for name in ("River Conf 2024", "/events/river-conf-2024/", "river-conf-2024"):
        assert matched(site, write=False, event=name).files[0].path == FILE


def test_another_edition_is_not_looked_at(site: Path) -> None:
    text = "title,speakers,date\nPumps again,Jonas Weir,2024-06-03\nCanals in winter,,2024-06-03\n"
    found = matched(site, text)
    assert [one.talk.title for one in found.sure] == ["Canals in winter"]


def test_a_list_of_several_events_makes_a_file_for_each(site: Path) -> None:
    text = (
        "id,title,speakers,date,start\n"
        "p1,Pumps without electricity,Mira Stone,2024-06-03,10:00\n"
        "o1,Opening of the second year,Ida Brook,2025-06-02,09:00\n"
        "o2,Pumps again,Jonas Weir,2025-06-02,10:00\n"
        "c1,Canals in winter,Jonas Weir,2024-06-03,11:00\n"
        "x1,Nobody noted this,Jo Doe,2024-06-03,12:00\n"
    )
    found = matched(site, text)
    other = "content/schedules/river-conf-2025.toml"
    assert {
        file.path: [entry.session.id for entry in file.programme.entries] for file in found.files
    } == {FILE: ["p1", "c1"], other: ["o1", "o2"]}
    assert [one.id for one in found.sessions] == ["x1"]
    assert talk(loaded(site), "Pumps again").start == "10:00"
    assert [one for one in build(site) if one.path in {FILE, other}] == []


def test_a_talk_that_is_gone_is_told(site: Path) -> None:
    matched(site)
    note = site / "content/2024-river.md"
    note.write_text(note.read_text().replace("#### Canals in winter", "#### Canals in summer"))
    (site / "content/2024-river-tuesday.md").unlink()
    lost = [one for one in build(site) if one.code == "KB206"]
    assert len(lost) == 3
    assert {one.path for one in lost} == {FILE}
    assert "Canals in winter" in lost[0].message
    assert all(one.line for one in lost)


BROKEN = """\
event = 3
nonsense = 1
start = "soon"
[[sessions]]
id = "a"
title = "A"
told = "x"
state = "perhaps"
url = "javascript:alert(1)"
[[sessions]]
id = "a"
title = "B"
[[sessions]]
title = "no id"
"""


def test_a_damaged_programme_is_told_line_by_line(site: Path) -> None:
    (site / FILE).parent.mkdir()
    (site / FILE).write_text(BROKEN)
    found = [one for one in build(site) if one.path == FILE]
    assert {one.line for one in found if one.code == "KB113"} >= {1, 2, 3, 7, 8, 9, 10, 13}
    assert (site / "public/index.html").exists()


def test_a_programme_of_no_event_is_told(site: Path) -> None:
    (site / FILE).parent.mkdir()
    (site / FILE).write_text('event = "Lake Conf"\n[[sessions]]\nid = "a"\ntitle = "A"\n')
    assert [one.code for one in build(site) if one.path == FILE] == ["KB204"]


# -- front matter ------------------------------------------------------------------------------


def written(site: Path, fields: tuple[str, ...] = FIELDS) -> tuple[Edit, ...]:
    found = matched(site)
    project = open_project(site)
    made = edits(project, found.knowledge, found.files, fields)
    write_edits(project, made)
    return made


def test_front_matter_gets_what_is_chosen_and_nothing_else_changes(site: Path) -> None:
    note = site / "content/2024-river.md"
    before = note.read_text()
    written(site, ("time", "room"))
    after = note.read_text()
    assert after.partition("+++\n\n####")[2] == before.partition("+++\n\n####")[2]
    assert after.startswith(before.partition("+++\n\n")[0])
    assert '[[talks]]\ntitle = "Canals in winter"\ntime = "11:00–11:30"\nroom = "Lock"\n' in after
    assert "track" not in after
    (site / FILE).unlink()
    canals = talk(loaded(site), "Canals in winter")
    assert (canals.start, canals.finish, canals.room) == ("11:00", "11:30", "Lock")
    assert any(told.evidence.rule == "explicit-room" for told in canals.why)


def test_every_field_can_be_written(site: Path) -> None:
    made = written(site)
    (site / FILE).unlink()
    site_now = loaded(site)
    pumps, canals = talk(site_now, "Pumps without electricity"), talk(site_now, "Canals in winter")
    assert pumps.track == "Water"
    assert pumps.abstract_text == "Rams and wheels."
    assert any(one.url == "https://v.example/p1.mp4" for one in pumps.citations)
    assert [credit.name for credit in canals.speakers] == ["Jonas Weir", "Ada Lindqvist"]
    assert {edit.path for edit in made} == {
        "content/2024-river.md",
        "content/2024-river-tuesday.md",
    }


def test_writing_twice_changes_nothing_more(site: Path) -> None:
    written(site)
    before = tree(site)
    assert [edit for edit in written(site) if edit.after] == []
    assert {path: data for path, data in tree(site).items() if path.endswith(".md")} == {
        path: data for path, data in before.items() if path.endswith(".md")
    }


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_marks_comments_and_order_stay(site: Path, mark: str, end: str) -> None:
    text = (
        "+++\n# mine\ntitle = 'River Conf 2024 - Monday' # why\ndate = 2024-06-03\n\n"
        '[[talks]] # first\ntitle = "Canals in winter"\nroom = "Dam" # not Lock\n\n'
        '# the event\n[event]\nname = "River Conf"\nyear = 2024\n+++\n\n'
        "#### Pumps without electricity\n\n- Mira Stone\n\n* x\x0b y\u2028z\n\n"
        "#### Canals in winter\n\n- Jonas Weir\n\n* a  \n* b"
    )
    note = site / "content/2024-river.md"
    note.write_bytes((mark + text.replace("\n", end)).encode())
    note.chmod(0o640)
    written(site)
    data = note.read_bytes().decode()
    assert data.startswith(mark)
    assert note.stat().st_mode & 0o777 == 0o640
    assert end == "\n" or data.count("\r\n") == data.count("\n")
    after = data.removeprefix(mark).replace(end, "\n")
    kept = iter(after.split("\n"))
    assert all(line in kept for line in text.split("\n"))  # in order
    assert 'room = "Dam" # not Lock\n' in after
    assert 'room = "Lock"' not in after
    assert after.partition("\n+++\n")[2] == text.partition("\n+++\n")[2]


def test_a_note_without_front_matter_gets_one(site: Path) -> None:
    note = site / "content/2024-river-tuesday.md"
    body = note.read_text().partition("+++\n\n")[2]
    note.write_text(f"# River Conf 2024 - Tuesday\n\n{body}")
    written(site)
    assert note.read_text().startswith("+++\n[[talks]]\n")
    assert note.read_text().endswith(f"+++\n\n# River Conf 2024 - Tuesday\n\n{body}")


def test_yaml_and_twins_are_left_alone_and_told(site: Path) -> None:
    note = site / "content/2024-river.md"
    text = note.read_text().replace("+++", "---").replace(" = ", ": ")
    note.write_text(text)
    tuesday = site / "content/2024-river-tuesday.md"
    twice = f"{tuesday.read_text()}\n#### Courts and wells\n\n- Ida Brook\n\n* again\n"
    tuesday.write_text(twice)
    made = {edit.path: edit for edit in written(site)}
    assert "YAML" in made["content/2024-river.md"].reason
    assert note.read_text() == text
    assert "Courts and wells" in made["content/2024-river-tuesday.md"].reason
    assert "Courts and wells" not in tuesday.read_text().partition("\n+++\n")[0]


def test_a_note_that_changed_meanwhile_stays(site: Path) -> None:
    found = matched(site)
    project = open_project(site)
    made = edits(project, found.knowledge, found.files, FIELDS)
    note = site / "content/2024-river.md"
    note.write_text(f"{note.read_text()}* typed meanwhile\n")
    before = note.read_bytes()
    with pytest.raises(FileFault, match="meanwhile"):
        write_edits(project, [one for one in made if one.path == "content/2024-river.md"])
    assert note.read_bytes() == before
    assert [path for path in note.parent.iterdir() if path.name.startswith(".kb")] == []


def test_a_note_behind_a_link_is_written_where_it_lies(site: Path) -> None:
    real = site / "elsewhere.md"
    note = site / "content/2024-river.md"
    note.rename(real)
    note.symlink_to(real)
    written(site)
    assert note.is_symlink()
    assert "[[talks]]" in real.read_text()


# -- new notes ---------------------------------------------------------------------------------


def begun(site: Path, *wanted: str, event: str = "River Conf 2026") -> tuple[Path, ...]:
    source = site.parent / "p.csv"
    source.write_text(CSV.replace("2024-", "2026-"))
    return begin_notes(open_project(site), announced(source), wanted, event)


def test_a_note_a_day_reads_back_as_the_programme(site: Path) -> None:
    first, second = begun(site)
    assert (first.name, second.name) == (
        "2026-06-03-river-conf-2026.md",
        "2026-06-04-river-conf-2026.md",
    )
    now = pipeline.load(open_project(site), Options(now="2027-01-01T00:00:00+00:00")).site
    told = [one for one in now.sessions if one.date.startswith("2026")]
    assert [(one.title, one.date, one.start, one.room) for one in told] == [
        ("PUMPS without electricity!", "2026-06-03", "10:00", "Weir"),
        ("Canals in winter: banks and ice", "2026-06-03", "11:00", "Lock"),
        ("Who owns the rain?", "2026-06-04", "09:30", "Weir"),
        ("Courts and wels", "2026-06-04", "10:30", "Weir"),
        ("A talk nobody noted", "2026-06-04", "11:00", "Lock"),
    ]
    assert {one.title for one in now.events} >= {"River Conf 2026"}
    assert [credit.name for credit in told[1].speakers] == ["Jonas Weir", "Ada Lindqvist"]


def test_chosen_sessions_get_a_note_each(site: Path) -> None:
    (one, two) = begun(site, "c1", "who owns the rain")
    assert one.name == "2026-06-03-canals-in-winter-banks-and-ice.md"
    assert two.read_text().count("#### ") == 1


def test_no_note_is_written_over(site: Path) -> None:
    mine = site / "content/2026-06-04-river-conf-2026.md"
    mine.write_text("mine")
    with pytest.raises(FileFault, match="already"):
        begun(site)
    assert mine.read_text() == "mine"
    assert not (site / "content/2026-06-03-river-conf-2026.md").exists()


def test_titles_with_signs_of_markdown_read_back(site: Path) -> None:
    title = "# *Who* _owns_ `the` [rain](x) <b> & C++ | 1. a"
    source = site.parent / "p.json"
    session = {"id": 1, "title": title, "persons": ["Jo Doe"]}
    days = [{"date": "2026-06-03", "rooms": {"R": [session]}}]
    source.write_text(json.dumps({"schedule": {"conference": {"title": "X 2026", "days": days}}}))
    begin_notes(open_project(site), announced(source), ["1"])
    now = pipeline.load(open_project(site), Options(now="2027-01-01T00:00:00+00:00")).site
    assert [one.title for one in now.sessions if one.speakers[0].name == "Jo Doe"] == [title]
