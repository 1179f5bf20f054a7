"""The preview's builder on real sites."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from kb.building.project import open_project
from kb.serving.builder import Asks, Fresh, NotBuilt, Wanted
from kb.serving.sites import SiteBuilder, names_in, preview_project

NOTE = """+++
title = "Day one"
date = 2019-05-04
[event]
name = "Example Days"
place = "Exeter"
year = 2019
+++

An opening paragraph.

## Shade for everyone, by Ada Byron

* Ada Byron
* [the code](https://github.com/example/shade)

Words about shade.

## Cells, by Grace Hopper

* Grace Hopper

Words about cells.
"""
OTHER = """+++
title = "Unrelated"
date = 2018-01-02
kind = "article"
+++

Nothing to see, but [the day](day-one.md) is worth a look.
"""
DAY = "/notes/day-one/"


class Open:
    """A preview that shows the pages it is told."""

    def __init__(self, folder: Path) -> None:
        self.builder = SiteBuilder(open_project(folder))
        self.folder = folder
        self.ahead: dict[str, bytes] = {}
        self.broken: tuple[str, ...] = ()

    @contextmanager
    def _switch(self, broken: Collection[str]) -> Iterator[None]:
        self.broken = tuple(broken)
        yield

    def build(self, *hints: str, pages: tuple[str, ...] = (DAY,)) -> tuple[dict[str, bytes], bool]:
        """Return the pages shown ahead, and whether the build then made the same of them."""
        self.ahead = {}
        told = tuple(str(self.folder / hint) for hint in hints) or None
        asks = Asks(self._switch, lambda: False, self.ahead.update)
        self.built = self.builder.build(Wanted(told, pages=pages), asks)
        self.builder.took(self.built)
        same = {
            path: (self.builder.output / path).read_bytes() == data
            for path, data in self.ahead.items()
        }
        return self.ahead, all(same.values())

    def glance(self, hint: str, pages: tuple[str, ...] = (DAY,)) -> dict[str, bytes]:
        """Return the pages that can be shown at once."""
        return dict(self.builder.ahead(Wanted((str(self.folder / hint),), pages=pages)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    site = tmp_path / "site"
    (site / "content").mkdir(parents=True)
    (site / "site.toml").write_text('title = "Trial"\n')
    (site / "content/day-one.md").write_text(NOTE)
    (site / "content/other.md").write_text(OTHER)
    return site


@pytest.fixture
def shown(folder: Path) -> Open:
    preview = Open(folder)
    preview.build()
    return preview


@pytest.fixture
def warm(folder: Path) -> Open:
    """A preview that has built nothing, of a site that was built before."""
    Open(folder).build()
    preview = Open(folder)
    preview.builder.warm(lambda: False)
    return preview


def edit(folder: Path, old: str, new: str, name: str = "content/day-one.md") -> None:
    note = folder / name
    text = note.read_text()
    assert old in text
    note.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Words about shade.", "Many more words.\n\nTwo paragraphs of them, and *stress*."),
        ("Words about cells.", "* A [link](https://example.org/new)\n * that is new."),
    ],
)
def test_pages_ahead_are_what_the_build_makes(
    shown: Open, folder: Path, old: str, new: str
) -> None:
    edit(folder, old, new)
    ahead, same = shown.build("content/day-one.md")
    assert list(ahead) == ["notes/day-one/index.html"]
    assert same


def test_talks_are_shown_ahead_too(warm: Open, folder: Path) -> None:
    talk = next(url for url in warm.builder._pages or {} if url.endswith("/cells/"))
    edit(folder, "An opening", "A longer\n\nopening")
    edit(folder, "Words about cells.", "Cells divide.")
    ahead = warm.glance("content/day-one.md", (talk,))
    assert list(ahead) == [f"{talk[1:]}index.html"]
    assert b"Cells divide." in ahead[f"{talk[1:]}index.html"]
    assert b"Words about shade." not in ahead[f"{talk[1:]}index.html"]


def test_what_needs_the_whole_site_is_shown_before_the_rest_is_rendered(
    shown: Open, folder: Path
) -> None:
    edit(folder, "## Cells, by Grace Hopper", "## Cells and regions, by Grace Hopper")
    ahead, same = shown.build("content/day-one.md")
    assert b"Cells and regions" in ahead["notes/day-one/index.html"]
    assert same


def test_a_broken_note_is_not_shown_ahead(shown: Open, folder: Path) -> None:
    edit(folder, "+++\ntitle", "+++\nbroken =\ntitle")
    assert shown.build("content/day-one.md")[0] == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## Cells, by Grace Hopper", "## Cells and regions, by Grace Hopper"),
        ("everyone, by Ada Byron", "everyone, by Alan Turing"),
        ('title = "Day one"', 'title = "Day two"'),
        ("year = 2019", "year = 2020"),
        ("Words about cells.", "See [other](other.md)."),
        ("+++", "+++\nbroken ="),
    ],
)
def test_more_than_words_waits_for_the_build(warm: Open, folder: Path, old: str, new: str) -> None:
    edit(folder, old, new)
    assert warm.glance("content/day-one.md") == {}


def test_pages_that_nobody_has_open_are_not_made_ahead(warm: Open, folder: Path) -> None:
    edit(folder, "Words about shade.", "Other words.")
    assert warm.glance("content/day-one.md", ("/",)) == {}


def test_a_storm_does_not_hide_the_open_page(shown: Open, folder: Path) -> None:
    edit(folder, "Words about shade.", "Other words.")
    hints = [f"content/new-{number}.md" for number in range(400)]
    assert shown.build("content/day-one.md", *hints)[1]
    assert list(shown.ahead) == ["notes/day-one/index.html"]


def test_a_page_is_fresh_as_the_build_will_make_it(shown: Open, folder: Path) -> None:
    assert shown.builder.fresh(DAY, thorough=True) == Fresh("same")
    edit(folder, "Words about shade.", "Other words.")
    for _ in range(2):  # the second time nothing is new to it, and the page still is
        fresh = shown.builder.fresh(DAY, thorough=False)
        assert b"Other words." in fresh.data
    assert shown.builder.fresh("/", thorough=False) == Fresh("same")
    assert shown.builder.fresh("/notes/other/", thorough=True) == Fresh("same")
    shown.build("content/day-one.md")
    assert (shown.builder.output / "notes/day-one/index.html").read_bytes() == fresh.data
    assert shown.builder.fresh(DAY, thorough=False) == Fresh("same")
    edit(folder, "Other words.", "Words about shade.")
    assert b"Words about shade." in shown.builder.fresh(DAY, thorough=False).data


def test_more_than_words_is_shown_as_if_the_note_were_alone(shown: Open, folder: Path) -> None:
    edit(folder, 'title = "Day one"', 'title = "First day"')
    assert shown.builder.fresh(DAY, thorough=False) == Fresh("same")
    fresh = shown.builder.fresh(DAY, thorough=True)
    assert fresh.kind == "page"
    assert b"First day" in fresh.data
    assert b"Words about shade." in fresh.data


def test_a_talk_of_another_name_is_for_the_build_to_tell(shown: Open, folder: Path) -> None:
    talk = next(url for url in shown.builder._pages or {} if url.endswith("/cells/"))
    edit(folder, "## Cells, by", "## Quotas, by")
    assert shown.builder.fresh(talk, thorough=True) == Fresh("later")
    renamed = shown.builder.fresh(talk.replace("/cells/", "/quotas/"), thorough=True)
    assert renamed == Fresh("later")


def test_a_new_note_has_a_page_at_once(shown: Open, folder: Path) -> None:
    text = '+++\ntitle = "Brand new"\n+++\n\nNever seen before.\n'
    (folder / "content/Fresh Paint.md").write_text(text)
    (folder / "content/plain.md").write_text("# Plain\n\nIn a folder.\n")
    fresh = shown.builder.fresh("/notes/fresh-paint/", thorough=True)
    assert b"Never seen before." in fresh.data
    assert shown.builder.fresh("/notes/fresh-paint/", thorough=False) == Fresh("same")
    assert shown.builder.fresh("/notes/paint/", thorough=True) == Fresh("later")
    (folder / "content/Fresh Paint.md").write_text(text.replace("title", "draft = true\ntitle"))
    assert shown.builder.fresh("/notes/fresh-paint/", thorough=True) == Fresh("later")


def test_a_note_that_went_has_no_page(shown: Open, folder: Path) -> None:
    (folder / "content/other.md").unlink()
    assert shown.builder.fresh("/notes/other/", thorough=True) == Fresh("gone")


def test_a_broken_note_is_not_shown_freshly(shown: Open, folder: Path) -> None:
    edit(folder, "+++\ntitle", "+++\nbroken =\ntitle")
    assert shown.builder.fresh(DAY, thorough=True) == Fresh("same")
    assert shown.builder.fresh(DAY, thorough=False) == Fresh("same")


def test_nothing_is_fresh_before_the_notes_are_known(folder: Path) -> None:
    builder = SiteBuilder(open_project(folder))
    assert builder.fresh(DAY, thorough=True) == Fresh("same")


def test_a_broken_note_is_named_while_files_move(shown: Open, folder: Path) -> None:
    edit(folder, "+++\ntitle", "+++\nbroken =\ntitle")
    shown.build("content/day-one.md")
    assert shown.broken == ("content/day-one.md",)
    assert shown.built.broken == ("content/day-one.md",)
    assert any(finding.code == "KB101" for finding in shown.built.findings)


def test_lines_of_findings_are_shown(shown: Open, folder: Path) -> None:
    edit(folder, "Words about shade.", "![no](missing.png)")
    shown.build("content/day-one.md")
    assert "![no](missing.png)" in shown.built.lines.values()


def test_a_broken_template_is_told_with_its_names(shown: Open, folder: Path) -> None:
    template = folder / "themes/default/templates/note.html"
    template.parent.mkdir(parents=True)
    template.write_text("one\n{{ view.nonsense }}\n")
    shown.build("themes/default/templates/note.html")
    fault = shown.built.fault
    assert fault is not None
    assert (fault.path, fault.line) == ("themes/default/templates/note.html", 2)
    assert "{{ view.nonsense }}" in fault.source
    assert {"view.title", "page.title", "site.title"} <= set(fault.names)
    template.unlink()
    shown.build("themes/default/templates/note.html")
    assert shown.built.fault is None


def test_names_of_a_part_are_those_that_all_have() -> None:
    assert "view.title" not in names_in("themes/default/templates/base.html")
    assert "site.title" in names_in("themes/default/templates/base.html")


def test_a_broken_configuration_is_told(warm: Open, folder: Path) -> None:
    (folder / "site.toml").write_text("titel = 'x'\n")
    with pytest.raises(NotBuilt, match=r"site\.toml has errors") as told:
        warm.build("site.toml")
    assert told.value.findings[0].line == 1


def test_what_kb_sees_names_rule_and_line(warm: Open) -> None:
    sight = warm.builder.look(DAY)
    assert sight.notes == ("content/day-one.md",)
    assert {one.kind for one in sight.seen} >= {"note", "talk"}
    reasons = [why for one in sight.seen for why in one.reasons if why.value == "Ada Byron"]
    assert reasons
    assert all(why.path == "content/day-one.md" and why.line for why in reasons)


def lines_of(preview: Open, kind: str) -> list[tuple[str, int]]:
    sight = preview.builder.look(DAY)
    return [
        (why.value, why.line)
        for seen in sight.seen
        for why in seen.reasons
        if why.fact == kind and why.path == "content/day-one.md"
    ]


def test_other_words_are_built_without_learning_everything(
    shown: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(*_: object) -> None:
        raise AssertionError("everything was read")

    before = lines_of(shown, "speaker")
    assert {value for value, _ in before} == {"Ada Byron", "Grace Hopper"}
    with monkeypatch.context() as patch:
        patch.setattr("kb.building.learning.learn", learn)
        for number in range(1, 4):
            edit(folder, "An opening", "A line.\n\nAn opening")
            ahead, same = shown.build("content/day-one.md")
            assert list(ahead) == ["notes/day-one/index.html"]
            assert same
            assert shown.built.sources == ("content/day-one.md",)
            assert lines_of(shown, "speaker") == [(who, line + 2 * number) for who, line in before]
            assert shown.builder.fresh(DAY, thorough=True) == Fresh("same")
        edit(folder, "worth a look.", "worth a look.\n\nMore words.", "content/other.md")
        shown.build("content/other.md")  # a note that nobody has open
        assert shown.ahead == {}
        assert shown.builder.fresh("/notes/other/", thorough=True) == Fresh("same")
    clean = Open(folder)
    clean.builder.took(clean.builder.build(Wanted(full=True), Asks(clean._switch, lambda: False)))
    assert lines_of(clean, "speaker") == lines_of(shown, "speaker")


def test_going_there_and_back_reads_nothing_anew(
    shown: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a checkout of another branch and back does."""
    before = {path.name: path.read_text() for path in (folder / "content").iterdir()}
    after = {name: text.replace('title = "', 'title = "Another ') for name, text in before.items()}

    def check_out(texts: dict[str, str]) -> bytes:
        for name, text in texts.items():
            (folder / "content" / name).write_text(text)
        shown.build()
        return (shown.builder.output / "notes/other/index.html").read_bytes()

    assert b"Another Unrelated" in check_out(after)
    monkeypatch.delattr("kb.building.learning.read_one")
    assert b"Another Unrelated" not in check_out(before)
    assert b"Another Unrelated" in check_out(after)


def test_a_preview_that_has_built_nothing_is_warmed(folder: Path) -> None:
    Open(folder).build()
    again = Open(folder)
    with pytest.raises(NotBuilt, match="being read"):
        again.builder.look(DAY)
    pages = again.builder.warm(lambda: False)
    assert pages is not None
    assert pages[DAY] == ("content/day-one.md",)
    edit(folder, "Words about shade.", "Other words.")
    assert again.glance("content/day-one.md")
    assert again.builder.warm(lambda: False) is None


def test_drafts_are_built_elsewhere(folder: Path) -> None:
    edit(folder, 'title = "Unrelated"', 'title = "Unrelated"\ndraft = true', "content/other.md")
    project = preview_project(folder)
    builder = SiteBuilder(project, drafts=True)
    asks = Asks(lambda broken: contextmanager(lambda: iter([None]))(), lambda: False)
    builder.build(Wanted(), asks)
    assert (builder.output / "notes/other/index.html").exists()
    assert not (folder / "public").exists()
    assert (folder / ".kb-preview/.gitignore").read_text() == "*\n"
    assert any("draft" in mark for mark in builder.look("/notes/other/").marks)


def test_the_moment_that_is_told_decides_what_is_in_the_future(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1540000000")  # in 2018
    asks = Asks(lambda broken: nullcontext(), lambda: False)
    built = SiteBuilder(open_project(folder)).build(Wanted(), asks)
    assert [one.path for one in built.findings if one.code == "KB115"] == ["content/day-one.md"]
