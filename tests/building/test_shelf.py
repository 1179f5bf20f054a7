"""A shelf gives back what was put there, or nothing; a crash or damage never makes it lie."""

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.building import shelf as shelves
from kb.building.files import FileFault
from kb.building.memo import Memo
from kb.building.shelf import Shelf, Spoiled, write_all
from kb.model.value import encode

KEY = b"k" * 32
PAGES = {f"talks/{number}": f"talk {number}".encode() * 20 for number in range(30)}


def opened(memo: Memo, stamp: str = "one") -> Shelf:
    shelf = Shelf.open(memo, "pages", stamp)
    assert shelf is not None
    return shelf


@pytest.fixture
def memo(tmp_path: Path) -> Memo:
    memo = Memo(tmp_path / ".kb", KEY)
    write_all(memo, "pages", "one", PAGES.items())
    return memo


def files(memo: Memo) -> list[Path]:
    return sorted((memo.folder / "pages").iterdir())


def records_of(memo: Memo) -> Path:
    (path,) = (path for path in files(memo) if path.name != "index")
    return path


def test_what_is_written_is_read(memo: Memo) -> None:
    shelf = opened(memo)
    assert list(shelf.items()) == list(PAGES.items())
    assert len(shelf) == len(PAGES)
    assert "talks/3" in shelf
    assert "talks/x" not in shelf
    assert shelf.get("talks/x") is None
    assert not memo.damaged


def test_a_shelf_belongs_to_one_build(memo: Memo) -> None:
    assert Shelf.open(memo, "pages", "two") is None
    assert Shelf.open(memo, "others", "one") is None
    opened(memo).revise({}, "two")
    assert Shelf.open(memo, "pages", "one") is None
    assert dict(opened(memo, "two")) == PAGES
    assert not memo.damaged


def test_an_empty_shelf_is_a_shelf(memo: Memo) -> None:
    write_all(memo, "pages", "two", ())
    assert dict(opened(memo, "two")) == {}
    opened(memo, "two").revise({"a": b"a", "empty": b""}, "three")
    assert dict(opened(memo, "three")) == {"a": b"a", "empty": b""}


texts = st.text(max_size=3)
changes = st.dictionaries(texts, st.none() | st.binary(max_size=40), max_size=8)


@given(st.dictionaries(texts, st.binary(max_size=40), max_size=12), st.lists(changes, max_size=6))
def test_a_shelf_is_a_dict(
    first: dict[str, bytes], steps: list[Mapping[str, bytes | None]]
) -> None:
    with TemporaryDirectory() as folder:
        memo = Memo(Path(folder), KEY)
        write_all(memo, "pages", "0", first.items())
        model = dict(first)
        for number, step in enumerate(steps):
            before = opened(memo, str(number))
            unrevised = list(model.items())
            before.revise(step, str(number + 1))
            for key, record in step.items():
                if record is None:
                    model.pop(key, None)
                else:
                    model[key] = record
            after = opened(memo, str(number + 1))
            assert list(after.items()) == list(model.items())
            assert list(before.items()) == unrevised
            live = sum(map(len, model.values()))
            assert records_of(memo).stat().st_size <= 2 * live
        assert not memo.damaged


def test_a_revision_adds_little_and_half_dead_records_are_written_anew(memo: Memo) -> None:
    first = records_of(memo)
    size = first.stat().st_size
    opened(memo).revise({"talks/3": b"new"}, "two")
    assert records_of(memo) == first
    assert first.stat().st_size == size + 3
    opened(memo, "two").revise({f"talks/{number}": None for number in range(20)}, "three")
    left = {key: record for key, record in PAGES.items() if int(key[6:]) >= 20}
    assert dict(opened(memo, "three")) == left
    assert records_of(memo) != first
    assert records_of(memo).stat().st_size == sum(map(len, left.values()))


@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_a_damaged_record_counts_as_missing(place: int, bit: int) -> None:
    with TemporaryDirectory() as folder:
        memo = Memo(Path(folder), KEY)
        write_all(memo, "pages", "one", PAGES.items())
        path = records_of(memo)
        data = bytearray(path.read_bytes())
        data[place % len(data)] ^= 1 << bit
        path.write_bytes(bytes(data))
        shelf = opened(memo)
        got = {key: shelf.get(key) for key in shelf}
        (spoiled,) = (key for key, record in got.items() if record is None)
        assert {key: record for key, record in got.items() if key != spoiled} == {
            key: record for key, record in PAGES.items() if key != spoiled
        }
        assert memo.damaged
        with pytest.raises(Spoiled):
            shelf[spoiled]
        shelf.revise(dict.fromkeys(list(PAGES)[::2]) | {spoiled: b"mended"}, "two")
        assert opened(memo, "two")[spoiled] == b"mended"


@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_a_damaged_index_is_no_shelf(place: int, bit: int) -> None:
    with TemporaryDirectory() as folder:
        memo = Memo(Path(folder), KEY)
        write_all(memo, "pages", "one", PAGES.items())
        path = memo.folder / "pages" / "index"
        data = bytearray(path.read_bytes())
        data[place % len(data)] ^= 1 << bit
        path.write_bytes(bytes(data))
        assert Shelf.open(memo, "pages", "one") is None
        assert memo.damaged


def test_a_damaged_record_is_dropped_when_records_are_written_anew(memo: Memo) -> None:
    path = records_of(memo)
    path.write_bytes(b"X" + path.read_bytes()[1:])
    shelf = opened(memo)
    kept = list(PAGES)[:5]
    shelf.revise({key: None for key in PAGES if key not in kept}, "two")
    assert list(opened(memo, "two")) == kept[1:]


@pytest.mark.parametrize("size", [0, 1, 100])
def test_truncated_records_are_no_shelf(memo: Memo, size: int) -> None:
    os.truncate(records_of(memo), size)
    assert Shelf.open(memo, "pages", "one") is None
    assert memo.damaged


def test_missing_or_linked_records_are_no_shelf(memo: Memo, tmp_path: Path) -> None:
    path = records_of(memo)
    path.rename(tmp_path / "elsewhere")
    assert Shelf.open(memo, "pages", "one") is None
    path.symlink_to(tmp_path / "elsewhere")
    assert Shelf.open(memo, "pages", "one") is None


def test_a_shelf_of_another_person_is_none(memo: Memo) -> None:
    other = Memo(memo.folder, b"o" * 32)
    assert Shelf.open(other, "pages", "one") is None
    assert other.damaged


def test_a_shelf_under_another_name_is_none(memo: Memo) -> None:
    (memo.folder / "pages").rename(memo.folder / "facts")
    assert Shelf.open(memo, "facts", "one") is None


def test_a_shelf_of_another_version_is_none(memo: Memo, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shelves, "_VERSION", 2)
        assert Shelf.open(memo, "pages", "one") is None
    memo.put("pages/index", encode({"version": 1, "stamp": "one"}))
    assert Shelf.open(memo, "pages", "one") is None
    memo.put("pages/index", b"\xff")
    assert Shelf.open(memo, "pages", "one") is None


def test_a_crash_leaves_the_shelf_as_it_was(memo: Memo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is what counts: records behind its end, or in another file, are of no account."""

    def refuse(*_: object, **__: object) -> None:
        raise FileFault("index", "cannot be written")

    steps: tuple[dict[str, bytes | None], ...] = (
        {"talks/3": b"a rather long new text of this talk"},
        {key: None for key in PAGES if key != "talks/7"},
    )
    for step in steps:
        with monkeypatch.context() as patch:
            patch.setattr(Memo, "put", refuse)
            with pytest.raises(FileFault):
                opened(memo).revise(step, "two")
        assert dict(opened(memo)) == PAGES
    assert len(files(memo)) == 3  # what the second crash left
    opened(memo).revise({"talks/3": b"short"}, "two")
    assert dict(opened(memo, "two")) == {**PAGES, "talks/3": b"short"}
    write_all(memo, "pages", "three", [("a", b"a")])
    assert dict(opened(memo, "three")) == {"a": b"a"}
    assert len(files(memo)) == 2


def test_a_full_disk_is_told(memo: Memo, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    shelf = opened(memo)
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(FileFault, match="no space left"):
        shelf.revise({"talks/3": b"new"}, "two")
    with pytest.raises(FileFault, match="no space left"):
        write_all(memo, "pages", "two", PAGES.items())
    monkeypatch.undo()
    assert dict(opened(memo)) == PAGES


def test_a_record_on_a_bad_place_of_the_disk_counts_as_missing(
    memo: Memo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    shelf = opened(memo)
    monkeypatch.setattr(os, "pread", broken)
    assert shelf.get("talks/3") is None
    assert memo.damaged


def test_a_read_only_memo_writes_nothing(memo: Memo) -> None:
    reader = Memo(memo.folder, KEY, read_only=True)
    before = {path: path.read_bytes() for path in files(memo)}
    opened(reader).revise({"talks/3": None}, "two")
    write_all(reader, "pages", "two", ())
    assert {path: path.read_bytes() for path in files(memo)} == before


def test_an_open_shelf_outlives_its_file(memo: Memo) -> None:
    shelf = opened(memo)
    write_all(memo, "pages", "two", [("a", b"a")])
    assert dict(shelf) == PAGES


def test_a_file_of_another_kb_where_the_shelf_belongs_is_no_obstacle(tmp_path: Path) -> None:
    memo = Memo(tmp_path / ".kb", KEY)
    memo.put("pages", b"a file once")
    write_all(memo, "pages", "one", PAGES.items())
    assert list(opened(memo).items()) == list(PAGES.items())
