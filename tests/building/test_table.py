"""A table tells of each published file what was put in, and which no longer lie as they were."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.building import table as tables
from kb.building.files import Stamp, stamp_of
from kb.building.table import Made, Table
from kb.model.value import encode
from tests.building.sample import differing

DIGEST = "0123456789abcdef" * 2
PATHS = tuple(f"talks/{number:04}/index.html" for number in range(3000))


def table_of(made: Mapping[str, Made]) -> Table:
    return Table.lying(Path("/nowhere"), made)


@pytest.fixture(params=["at once", "one by one"])
def asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the system for stamps in each of both ways."""
    if request.param == "one by one":
        monkeypatch.setattr(tables, "bulk", lambda: None)
    elif tables.bulk() is None:
        pytest.skip("this system tells no stamps at once")


digests = st.binary(min_size=16, max_size=16).map(bytes.hex)
times = st.integers(-(2**60), 2**62)
stamps = st.builds(Stamp, st.integers(0, 2**40), times, times, st.integers(1, 2**64 - 1))
mades = st.builds(Made, digests, st.none() | stamps)
names = st.text(
    st.characters(exclude_characters="\n\0", exclude_categories=["Cs"]), min_size=1, max_size=4
)


@given(st.dictionaries(names, mades), st.dictionaries(names, st.none() | mades), st.integers(1, 9))
def test_a_table_is_a_sorted_mapping(
    made: dict[str, Made], changes: dict[str, Made | None], piece: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_PIECE", piece)
        hold_as_a_sorted_mapping(made, changes)


def hold_as_a_sorted_mapping(made: dict[str, Made], changes: dict[str, Made | None]) -> None:
    """Fail unless a table of `made`, and it with `changes`, tell what they are made of."""
    table = table_of(made)
    assert list(table.items()) == sorted(made.items())
    assert all((name in table) == (name in made) for name in changes)
    indexed = table_of(made).indexed()
    assert list(indexed.items()) == list(table.items())
    assert all((name in indexed) == (name in made) for name in changes)
    revised = table.revised(changes, "its manifest")
    expected = {name: one for name, one in {**made, **changes}.items() if one is not None}
    assert list(revised.items()) == sorted(expected.items())
    assert list(revised.below("a")) == sorted(name for name in expected if name.startswith("a/"))
    assert list(table.items()) == sorted(made.items())
    again = Table.unpacked(revised.packed(), revised.name)
    assert again is not None
    assert list(again.items()) == list(revised.items())
    assert (again.name, again.manifest) == (revised.name, "its manifest")
    assert Table.unpacked(revised.packed(), table.name) is None


def test_what_is_no_table_does_not_open() -> None:
    assert Table.unpacked(b"\xff", "") is None
    assert Table.unpacked(encode({"made": {}}), "") is None
    table = table_of({PATHS[0]: Made(DIGEST)})
    short = Table([PATHS[0].encode()], bytes(16), bytes(32), "", table.name)
    assert Table.unpacked(table.packed(), table.name) is not None
    assert Table.unpacked(short.packed(), table.name) is None


def test_the_files_below_a_folder() -> None:
    made = dict.fromkeys(("a", "a-b/c", "a/b", "a/b/c", "a0", "b/a/c"), Made(DIGEST))
    table = table_of(made)
    assert list(table.below("a")) == ["a/b", "a/b/c"]
    assert list(table.below("a/b")) == ["a/b/c"]
    assert list(table.below("c")) == []


@pytest.fixture
def output(memory: Path) -> Path:
    for path in PATHS:
        (memory / path).parent.mkdir(parents=True)
        (memory / path).write_text(path)
    return memory


def lying(output: Path) -> Table:
    return Table.lying(output, dict.fromkeys(PATHS, Made(DIGEST)))


def replaced(path: Path) -> None:
    """Put another file of the same size and times in the place of `path`."""
    status = path.stat()
    path.with_name("new").write_text("x" * status.st_size)
    path.with_name("new").replace(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def rewritten(path: Path) -> None:
    status = path.stat()
    path.write_text("x" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def foldered(path: Path) -> None:
    path.unlink()
    path.mkdir()


def linked(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to("other")


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("act", [Path.unlink, replaced, rewritten, foldered, linked])
def test_every_file_that_lies_otherwise_is_told(
    output: Path, jobs: int, act: "object", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_PAYS", 1000)
    table = lying(output)
    assert differing(table, output, jobs) == []
    assert callable(act)
    changed = [PATHS[number] for number in (0, 1023, 1024, 1499, 1500, 2998, 2999)]
    for number, path in enumerate(changed, start=1):
        act(output / path)
        assert differing(table, output, jobs) == changed[:number]


@pytest.mark.usefixtures("asked")
def test_no_folder_no_file(output: Path, tmp_path: Path) -> None:
    table = lying(output)
    assert differing(table, tmp_path / "none") == list(PATHS)
    assert differing(table_of({}), tmp_path / "none") == []


@pytest.mark.usefixtures("asked")
def test_a_file_that_was_never_looked_at_differs(output: Path, tmp_path: Path) -> None:
    table = lying(tmp_path / "none")
    assert differing(table, tmp_path / "none") == list(PATHS)
    assert differing(table, output) == list(PATHS)


@pytest.mark.usefixtures("asked")
def test_a_file_from_before_1970_is_as_good_as_any(output: Path) -> None:
    os.utime(output / PATHS[7], ns=(0, -1_000_000_001))
    table = lying(output)
    assert table[PATHS[7]].stamp == stamp_of((output / PATHS[7]).stat())
    assert differing(table, output) == []
    os.utime(output / PATHS[7], ns=(0, -1_000_000_002))
    assert differing(table, output) == [PATHS[7]]


@pytest.mark.usefixtures("asked")
def test_a_known_stamp_is_kept(output: Path) -> None:
    old = Stamp(1, 2, 3, 4)
    made = {PATHS[0]: Made(DIGEST, old), PATHS[1]: Made(DIGEST)}
    table = Table.lying(output, made)
    assert table[PATHS[0]].stamp == old
    assert table[PATHS[1]].stamp == stamp_of((output / PATHS[1]).stat())


def test_a_worker_that_dies_is_made_up_for(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_PAYS", 1000)
    monkeypatch.setattr(tables, "bulk", lambda: None)
    table = lying(output)
    (output / PATHS[2000]).unlink()
    parent = os.getpid()
    real = os.lstat

    def lstat(path: str, *, dir_fd: int | None = None) -> os.stat_result:
        if os.getpid() != parent:
            os._exit(1)
        return real(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "lstat", lstat)
    assert differing(table, output, 2) == [PATHS[2000]]
