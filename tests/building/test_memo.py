"""What the memo gives back is what this person's kb put there, or nothing."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.building.files import FileFault
from kb.building.memo import Memo, code_stamp, secret_key

KEY = b"k" * 32


def test_what_is_put_is_got(tmp_path: Path) -> None:
    memo = Memo(tmp_path, KEY)
    memo.put("notes/a", b"one")
    memo.put("notes/a", b"two")
    assert memo.get("notes/a") == b"two"
    assert memo.get("notes/b") is None
    assert not memo.damaged


@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_any_damage_is_seen(tmp_path_factory: object, place: int, bit: int) -> None:
    folder = tmp_path_factory.mktemp("memo")  # type: ignore[attr-defined]
    memo = Memo(folder, KEY)
    memo.put("a", b"some bytes of a note")
    data = bytearray((folder / "a").read_bytes())
    data[place % len(data)] ^= 1 << bit
    (folder / "a").write_bytes(bytes(data))
    assert memo.get("a") is None
    assert memo.damaged


def test_truncated_and_foreign_files_do_not_open(tmp_path: Path) -> None:
    mine, other = Memo(tmp_path, KEY), Memo(tmp_path, b"o" * 32)
    other.put("a", b"planted")
    assert mine.get("a") is None
    mine.put("b", b"whole")
    (tmp_path / "b").write_bytes((tmp_path / "b").read_bytes()[:9])
    assert mine.get("b") is None
    mine.put("c", b"moved")
    (tmp_path / "c").rename(tmp_path / "d")
    assert mine.get("d") is None


def test_only_what_is_used_stays(tmp_path: Path) -> None:
    memo = Memo(tmp_path, KEY)
    memo.put("notes/a", b"a")
    memo.put("notes/b", b"b")
    memo.keep_only("notes", frozenset({"b"}))
    assert memo.get("notes/a") is None
    assert memo.get("notes/b") == b"b"


def test_what_cannot_be_forgotten_is_a_fault(tmp_path: Path) -> None:
    memo = Memo(tmp_path, KEY)
    memo.put("notes/a", b"a")
    with pytest.raises(FileFault, match="cannot be removed"):
        memo.forget("notes")
    assert memo.get("notes/a") == b"a"


def test_what_resists_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memo = Memo(tmp_path, KEY)
    memo.put("notes/a", b"a")
    memo.put("notes/b", b"b")

    def refused(path: Path, **_: bool) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refused)
    memo.keep_only("notes", frozenset({"b"}))
    assert memo.get("notes/a") == b"a"


def test_a_read_only_memo_writes_nothing(tmp_path: Path) -> None:
    memo = Memo(tmp_path / "none", KEY, read_only=True)
    memo.put("a", b"a")
    memo.keep_only("notes", frozenset())
    assert not (tmp_path / "none").exists()


def test_the_key_is_made_once_and_is_private(own_state: Path) -> None:
    key = secret_key()
    assert len(key) == 32
    assert secret_key() == key
    path = own_state / "kb" / "key"
    assert path.stat().st_mode & 0o077 == 0


def test_nobody_else_can_open_the_key_while_it_is_written(
    own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, os.strerror(1))

    monkeypatch.setattr(Path, "chmod", refused)
    secret_key()
    assert (own_state / "kb" / "key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cut", [b"", b"half a key", b"more than any key" * 3])
def test_a_key_that_is_none_is_made_anew(own_state: Path, cut: bytes) -> None:
    path = own_state / "kb" / "key"
    path.parent.mkdir(parents=True)
    path.write_bytes(cut)
    key = secret_key()
    assert len(key) == 32
    assert path.read_bytes() in {key, cut}  # what is longer is left: kb did not write it
    if len(cut) < 32:
        assert secret_key() == key


def test_the_code_has_one_stamp() -> None:
    assert code_stamp("") == code_stamp("")
    assert code_stamp("") != code_stamp("plugins")


def test_what_was_written_last_may_stay(tmp_path: Path) -> None:
    memo = Memo(tmp_path, KEY)
    for age, name in enumerate("abcdef"):
        memo.put(f"notes/{name}", b"data")
        os.utime(tmp_path / "notes" / name, (1_000_000 - age, 1_000_000 - age))
    memo.keep_only("notes", frozenset({"f"}), besides=5)
    assert [name for name in "abcdef" if memo.get(f"notes/{name}")] == list("abcdef")
    memo.keep_only("notes", frozenset({"f"}), besides=2)
    assert [name for name in "abcdef" if memo.get(f"notes/{name}")] == ["a", "b", "f"]


def test_a_file_of_another_kb_where_a_folder_belongs_is_no_obstacle(tmp_path: Path) -> None:
    memo = Memo(tmp_path, KEY)
    memo.put("notes", b"a file once")
    memo.put("notes/a", b"one")
    assert memo.get("notes/a") == b"one"
    memo.put("notes", b"a file again")
    assert memo.get("notes") == b"a file again"
