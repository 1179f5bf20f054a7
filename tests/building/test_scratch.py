"""What is laid in a file is read from it as it was, by this process and its copies."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.building.files import FileFault
from kb.building.scratch import Filed, Laid, Pile, Scratch, Shed, from_heaps, in_heaps
from kb.model.output import Output
from kb.model.value import decode, encode


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def test_what_is_laid_down_at_several_times_is_there_in_its_order(
    scratch: Scratch, tmp_path: Path
) -> None:
    many = {f"{number}": b"x" * (number * 997 % 5000) for number in range(2000)}
    first = scratch.lay(many.items())
    second = decode(encode(scratch.lay([("b", b"two"), ("a", b"")])), Laid)
    assert dict(scratch.drawer(first)) == many
    assert list(scratch.drawer(first)) == list(many)
    assert list(scratch.drawer(second).items()) == [("b", b"two"), ("a", b"")]
    assert dict(scratch.drawer(scratch.lay(()))) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_copy_of_the_process_lays_down_for_all(scratch: Scratch) -> None:
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, encode(scratch.lay([("key", b"of the copy")])))
        os._exit(0)
    os.wait()
    laid = decode(os.read(reader, 1 << 16), Laid)
    assert scratch.drawer(laid)["key"] == b"of the copy"


def test_values_are_read_when_they_are_asked_for(scratch: Scratch) -> None:
    def items() -> Iterator[tuple[str, bytes]]:
        for number in range(5):
            yield f"{number}", encode(Output(f"{number}", b""))

    filed: Filed[Output] = Filed(scratch.drawer(scratch.lay(items())), Output, 2)
    assert filed["1"] is filed["1"]
    assert [one.path for one in filed.values()] == ["0", "1", "2", "3", "4"]
    first = filed["4"]
    assert [filed[key].path for key in "0123"] == ["0", "1", "2", "3"]
    assert filed["4"] is not first  # others were asked for since
    assert filed["4"] == first
    assert len(filed) == 5
    assert "5" not in filed
    assert filed.get("5") is None


def test_each_process_has_a_shed_of_its_own(tmp_path: Path) -> None:
    shed: Shed[Output] = Shed(tmp_path, Output)
    shed["key"] = Output("here", b"")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            found = shed.get("key")
            shed["key"] = Output("there", b"")
            os.write(writer, encode((found, shed["key"].path)))
        finally:
            os._exit(0)  # whatever happens, only the parent goes on with the tests
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as told:
        assert decode(told.read(), tuple[None, str]) == (None, "there")
    assert shed["key"].path == "here"
    assert list(tmp_path.iterdir()) == []


def test_values_in_heaps_are_read_in_their_order(scratch: Scratch) -> None:
    values = [Output(f"{number}", b"") for number in range(1000)]
    heaps = scratch.drawer(scratch.lay(in_heaps(values)))
    assert 1 < len(heaps) < 10
    assert [*from_heaps(heaps, Output)] == values
    assert [*from_heaps(scratch.drawer(scratch.lay(in_heaps(()))), Output)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it has a name for a moment")
def test_a_file_without_a_name_never_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> None:
        number = errno.EPERM if path.exists() else errno.ENOENT
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "unlink", refused)
    with contextlib.suppress(FileFault):
        Scratch(tmp_path).append(b"some bytes")
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_that_only_has_files_with_names_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "O_TMPFILE", os.O_DIRECTORY, raising=False)  # as old systems take it
    scratch = Scratch(tmp_path)
    assert scratch.read(*scratch.append(b"some bytes")) == b"some bytes"
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="cannot be written"):
        Scratch(tmp_path / "missing")


def test_a_pile_is_a_mapping_that_takes_and_gives_bytes(tmp_path: Path) -> None:
    pile = Pile(tmp_path)
    pile.update({"a": b"one", "b": b"", "c": b"three"})
    pile["a"] = b"another"
    del pile["c"]
    assert dict(pile) == {"a": b"another", "b": b""}
    assert "c" not in pile
    assert len(pile) == 2
