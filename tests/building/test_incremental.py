"""After any edits, an incremental build equals a clean one: output, findings, search results."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.building import pipeline
from kb.building.options import Options, Report
from kb.building.project import ProjectFault, open_project
from kb.building.recall import told
from kb.graph.revise import without_reasons
from kb.model.site import Records
from kb.model.value import replace
from kb.search.whoosh_index import WhooshEngine
from tests.building.conftest import MEMORY
from tests.building.sample import PIXEL, make_site, tree

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", index=False)
EDITS = int(os.environ.get("KB_EDITS", "2000"))
"""How many random edits a run of the property makes; `make soak` asks for more."""
PER_EXAMPLE = 33
"""About how many of them one example makes, one to twelve between two builds."""

NAMES = ("2024-river.md", "2024-river-tuesday.md", "2025-river.md", "about.md", "new.md", "é.md")
FOLDERS = ("", "deep/", "deep/er/")
SPEAKERS = ("Mira Stone", "M. Stone", "Jonas Weir", "Ida Brook", "Ana Öst")
TOPICS = ("water", "law", "Water", "ice and snow")
TITLES = ("Pumps without electricity", "Canals in winter", "A new talk", "Ünder <b>ice</b>", "")
CONFIGURATIONS = (
    'title = "Test notes"\n',
    'title = "Other"\nbase_url = "https://notes.example.org/"\n',
    '[permalinks]\nnotes = "/:year/:slug/"\n',
    (
        'base_url = "https://notes.example.org/"\n[permalinks]\nnotes = "/:path/"\n'
        'sections = { deep = "/:year/:title/" }\n'
        'terms = { tags = "/tags/:slug/" }\n[feeds]\nalso = ["/index.xml"]\n'
        '[redirects]\n"/deep/" = "/notes/"\n[theme]\ndates = "{month} {day}, {year}"\n'
    ),
    "[extraction]\nguess_topics = false\n[search]\nbrowser = false\n",
    "[content]\narticles = false\n",
    '[content]\nexclude = ["deep/**"]\n',
)
BROKEN = (b"", b"+++\ntitle =\n+++\n", b"\xff\xfe broken", b"+++\nnever closed", b"![](none.png)")

WORDS = (
    "* sluices open at dawn",
    "see https://slides.example.org/1 and https://weir.example/gauge",
    "",
    "* sluices, and [other](about.md) words",
    "The gauge was read. Twice, by Mira Stone!",
    "![p](images/pump.png)",
    "> quoted sluices",
    "* they moved Zanzibar to Oxbow9",
    "* nobody knew Oxbow9",
    '{{< figure src="images/pump.png" caption="Oxbow9, *dry*" >}} {{< strange >}}',
)

Edit = tuple[str, int, int, int]
EDIT = st.tuples(
    st.sampled_from(
        [
            "note",
            "note",
            "note",
            "words",
            "words",
            "words",
            "words",
            "remove",
            "rename",
            "move",
            "speaker",
            "topic",
            "slug",
            "template",
            "configuration",
            "picture",
            "people",
            "topics",
            "break",
            "touch",
            "stealth",
            "undo",
            "draft",
            "static",
            "hand",
            "style",
            "programme",
        ]
    ),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 5),
)


@pytest.fixture(autouse=True, scope="module")
def without_waiting_for_the_disk() -> Iterator[None]:
    """Take out `fsync`: these tests are about what is written, not about loss of power."""
    patch = pytest.MonkeyPatch()
    patch.setattr(os, "fsync", lambda descriptor: None)
    patch.setattr(os, "sync", lambda: None)
    yield
    patch.undo()


class Garden:
    """A site under random edits, and what it looked like before the last one."""

    def __init__(self, root: Path) -> None:
        self.root = make_site(root)
        self.content = root / "content"
        self.before: dict[str, bytes] = {}

    def notes(self) -> list[Path]:
        return sorted(path for path in self.content.rglob("*.md") if path.is_file())

    def pick(self, number: int) -> Path | None:
        notes = self.notes()
        return notes[number % len(notes)] if notes else None

    def apply(self, edit: Edit) -> None:
        kind, *numbers = edit
        if kind != "undo":
            self.before = source(self.root)
        getattr(self, f"_{kind}")(*numbers)

    def _note(self, a: int, b: int, c: int) -> None:
        name = FOLDERS[b % 3] + NAMES[a]
        talks = [
            f"#### {TITLES[(c + n) % 5]}\n\n- {SPEAKERS[(a + n) % 5]}\n"
            f"- https://slides.example.org/{b + n}\n\n* about {TOPICS[(c + n) % 4]}\n"
            f"\n![p](images/pump.png) and [other]({NAMES[(a + b) % 6]})\n"
            for n in range(b % 3 + 1)
        ]
        front = (
            f'+++\ntitle = "River Conf {2023 + a % 3} - Monday"\n'
            f"date = {2023 + a % 3}-06-0{c + 1}\n"
            f'tags = ["{TOPICS[b % 4]}"]\n+++\n\n'
        )
        path = self.content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(front + "\n".join(talks))

    def _words(self, a: int, b: int, c: int) -> None:
        """Say something more, or less, somewhere below the front matter."""
        path = self.pick(a)
        if path is None:
            return
        lines = path.read_bytes().decode("utf-8", "replace").split("\n")
        place = max(len(lines) - 1 - (b * 7 + c) % 20, min(6, len(lines) - 1))
        if c == 5:
            del lines[place]
        elif c == 4:
            lines[place] += f" {WORDS[b]}"
        else:
            lines.insert(place, WORDS[(b + c) % len(WORDS)])
        path.write_text("\n".join(lines))

    def _remove(self, a: int, b: int, c: int) -> None:
        path = self.pick(a)
        if path is not None:
            path.unlink()

    def _rename(self, a: int, b: int, c: int) -> None:
        path = self.pick(a)
        target = self.content / NAMES[b]
        if path is not None and path != target:
            path.replace(target)

    def _move(self, a: int, b: int, c: int) -> None:
        path = self.pick(a)
        if path is not None:
            target = self.content / FOLDERS[b % 3] / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)

    def _change(self, a: int, change: Callable[[str], str]) -> None:
        path = self.pick(a)
        if path is not None:
            text = path.read_bytes().decode("utf-8", "replace")
            path.write_text(change(text))

    def _speaker(self, a: int, b: int, c: int) -> None:
        self._change(a, lambda text: text.replace(SPEAKERS[b % 5], SPEAKERS[c % 5]))

    def _topic(self, a: int, b: int, c: int) -> None:
        self._change(a, lambda text: text.replace(TOPICS[b % 4], TOPICS[c % 4]))

    def _slug(self, a: int, b: int, c: int) -> None:
        slug = f'+++\nslug = "{("same", "other")[b % 2]}"\n'
        self._change(a, lambda text: text.replace("+++\n", slug, 1))

    def _draft(self, a: int, b: int, c: int) -> None:
        self._change(a, lambda text: text.replace("+++\n", "+++\ndraft = true\n", 1))

    def _programme(self, a: int, b: int, c: int) -> None:
        """Announce a talk of a note, or take what was announced away."""
        path = self.content / "schedules" / f"{('a', 'b')[a % 2]}.toml"
        note = self.pick(b)
        if c == 0 or note is None:
            path.unlink(missing_ok=True)
            return
        told = note.relative_to(self.root).as_posix()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f'event = "River Conf {2023 + a % 3}"\nstart = "{2023 + a % 3}-06-02"\n'
            f'[[sessions]]\nid = "x"\ntitle = "Pumps"\ndate = "{2023 + a % 3}-06-0{c}"\n'
            f'start = "1{b}:00"\nroom = "Weir"\nspeakers = ["{SPEAKERS[b % 5]}", "Ada Weir"]\n'
            f'abstract = "Rams."\nrecording = "https://slides.example.org/{c}"\n'
            f'told = [{{ note = "{told}", talk = "{TITLES[c % 4]}" }}]\nstate = "matched"\n'
        )

    def _template(self, a: int, b: int, c: int) -> None:
        path = self.root / "themes" / "default" / "templates" / ("home.html", "404.html")[a % 2]
        if b % 3 == 0 and path.exists():
            path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        text = ("{{ site.title }} one", "two {{ page.title }}", "{% broken")[b % 3]
        path.write_text(f"<!doctype html><title>x</title>{text}\n")

    def _style(self, a: int, b: int, c: int) -> None:
        path = self.root / "themes" / "default" / "static" / "site.css"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"body {{ margin: {a}px }}\n")

    def _configuration(self, a: int, b: int, c: int) -> None:
        (self.root / "site.toml").write_text(CONFIGURATIONS[a])

    def _picture(self, a: int, b: int, c: int) -> None:
        path = self.content / "images" / ("pump.png", "other.png")[a % 2]
        if b % 3 == 0 and path.exists():
            path.unlink()
        else:
            path.write_bytes(PIXEL + bytes([c]) * b)

    def _static(self, a: int, b: int, c: int) -> None:
        path = self.root / "static" / ("CNAME", "images/x.png", "index.html", "talks")[a % 4]
        if b % 2 and path.exists():
            path.unlink()
        elif not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"static {c}")

    def _people(self, a: int, b: int, c: int) -> None:
        text = f'[[people]]\nname = "{SPEAKERS[a % 5]}"\naliases = ["{SPEAKERS[b % 5]}"]\n'
        (self.content / "people.toml").write_text(text if c else "[[people]]\nname = 5\n")

    def _topics(self, a: int, b: int, c: int) -> None:
        text = f'[[topics]]\nname = "{TOPICS[a % 4]}"\nsynonyms = ["{TOPICS[b % 4]}"]\n'
        (self.content / "topics.toml").write_text(text)

    def _break(self, a: int, b: int, c: int) -> None:
        path = self.pick(a)
        if path is not None:
            path.write_bytes(BROKEN[b % 5])

    def _touch(self, a: int, b: int, c: int) -> None:
        path = self.pick(a)
        if path is not None:
            path.touch()

    def _stealth(self, a: int, b: int, c: int) -> None:
        """Change a note and put its size and time back."""
        path = self.pick(a)
        if path is None or not path.stat().st_size:
            return
        status = path.stat()
        data = bytearray(path.read_bytes())
        place = len(data) - 1 - b % len(data)
        data[place] = ord("q") if data[place] != ord("q") else ord("z")
        path.write_bytes(bytes(data))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def _hand(self, a: int, b: int, c: int) -> None:
        """Edit or remove a published page by hand."""
        pages = sorted((self.root / "public").rglob("*.html"))
        if pages:
            page = pages[(a * 7 + b) % len(pages)]
            if c % 2:
                page.unlink()

    def _undo(self, a: int, b: int, c: int) -> None:
        if self.before:
            for name in source(self.root).keys() - self.before.keys():
                (self.root / name).unlink()
            for name, data in self.before.items():
                path = self.root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def source(root: Path) -> dict[str, bytes]:
    made = ("public/", ".kb/", "search_index/")
    return {name: data for name, data in tree(root).items() if not name.startswith(made)}


def built(root: Path, options: Options) -> tuple[Report, dict[str, bytes]]:
    report = pipeline.build(open_project(root), options)
    return report, tree(root / "public")


def clean(root: Path, options: Options) -> tuple[Report, dict[str, bytes]]:
    """Build a copy of the sources of `root` that nothing was ever built from."""
    copy = root.parent / f"{root.name}-clean"
    shutil.rmtree(copy, ignore_errors=True)
    for name, data in source(root).items():
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return built(copy, options)


def all_records(root: Path, options: Options) -> list[tuple[object, ...]]:
    """Return all records of the site in `root`, as the last build kept them."""

    def every(records: Records) -> list[tuple[object, ...]]:
        mappings = (
            records.events,
            records.sessions,
            records.people,
            records.topics,
            records.links,
            records.notes,
        )
        return [tuple(map(without_reasons, mapping.values())) for mapping in mappings]

    return told(open_project(root), options, every)


def compare(root: Path, options: Options) -> None:
    report, files = built(root, options)
    wanted, expected = clean(root, options)
    assert report.findings == wanted.findings
    assert report.published == wanted.published
    if wanted.published:
        assert sorted(files) == sorted(expected)
        differing = [name for name in files if files[name] != expected[name]]
        assert differing == []
        assert (report.notes, report.talks, report.topics) == (
            wanted.notes,
            wanted.talks,
            wanted.topics,
        )
        copy = root.parent / f"{root.name}-clean"
        assert all_records(root, options) == all_records(copy, options)


@settings(
    max_examples=max(1, EDITS // PER_EXAMPLE),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(rounds=st.lists(st.lists(EDIT, min_size=1, max_size=12), min_size=3, max_size=20))
@pytest.mark.timeout(0 if EDITS > 2000 else 600)
def test_any_edits_then_an_incremental_build_equals_a_clean_one(
    rounds: list[list[Edit]],
) -> None:
    with TemporaryDirectory(dir=MEMORY) as folder:
        root = Path(folder) / "site"
        garden = Garden(root)
        built(root, OPTIONS)
        for edits in rounds:
            for edit in edits:
                garden.apply(edit)
            try:
                compare(root, OPTIONS)
            except ProjectFault as fault:
                pytest.fail(f"no edit makes a site unusable: {fault} {fault.findings}")


QUERIES = ("pumps", "speaker:Stone", "topic:water", "ice", "year:2024", "has:slides", "-water law")


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(edits=st.lists(EDIT, min_size=4, max_size=4))
def test_search_answers_the_same_after_any_edits(
    edits: list[Edit],
) -> None:
    options = replace(OPTIONS, index=True)
    with TemporaryDirectory(dir=MEMORY) as folder:
        root = Path(folder) / "site"
        garden = Garden(root)
        built(root, options)
        for edit in edits:
            garden.apply(edit)
            built(root, options)
        wanted, _ = clean(root, options)
        if wanted.published:
            assert answers(root) == answers(root.parent / "site-clean")


def answers(root: Path) -> list[object]:
    engine = WhooshEngine(root / "search_index")
    try:
        return [engine.search(query, limit=50) for query in QUERIES]
    finally:
        engine.close()
