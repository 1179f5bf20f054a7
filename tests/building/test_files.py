"""Files are read and listed inside their folder only, and written whole."""

import errno
import os
import shutil
import socket
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.building.files import (
    FileFault,
    Listing,
    TooLarge,
    make_folder,
    move,
    read_file,
    read_pieces,
    remove_tree,
    scatter_below,
    write_new,
    write_whole,
)


def everything(path: str) -> bool:
    return True


def nothing(path: str) -> bool:
    return False


def listed(folder: Path) -> tuple[list[str], list[str]]:
    listing = Listing(folder, nothing, everything)
    paths = [found.path for found in listing.files()]
    return paths, [f"{finding.path}: {finding.message}" for finding in listing.findings]


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.md").write_bytes(b"text")
    assert read_file(tmp_path, "a/b.md") == b"text"
    assert b"".join(bytes(piece) for piece in read_pieces(tmp_path, "a/b.md")) == b"text"


@pytest.mark.parametrize("name", ["../out.md", "a/../../out.md", "/etc/hostname", "a//b", "."])
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "out.md").write_text("secret")
    inner = tmp_path / "inner"
    (inner / "a").mkdir(parents=True)
    with pytest.raises(FileFault):
        read_file(inner, name)


def test_reading_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.md").write_text("a")
    (tmp_path / "linked").symlink_to("real")
    (tmp_path / "b.md").symlink_to("real/a.md")
    for name in ("linked/a.md", "b.md"):
        with pytest.raises(FileFault, match="symbolic link"):
            read_file(tmp_path, name)


def test_a_limit_holds_for_files_that_lie_about_their_size(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 100)
    with pytest.raises(TooLarge) as caught:
        read_file(tmp_path, "big", 99)
    assert caught.value.size == 100
    assert read_file(tmp_path, "big", 100) == b"x" * 100


def test_a_pipe_is_refused_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.md")
    with pytest.raises(FileFault, match="no regular file"):
        read_file(tmp_path, "p.md")


def test_listing_is_sorted_and_names_are_nfc(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "é.md")
    for name in ("b.md", "a.md", decomposed):
        (tmp_path / name).write_text("x")
    listing = Listing(tmp_path, nothing, everything)
    found = list(listing.files())
    assert [one.path for one in found] == ["a.md", "b.md", "é.md"]
    assert read_file(tmp_path, found[2].name) == b"x"


def test_two_spellings_of_one_name_are_reported(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "é.md")).write_text(form)
    paths, findings = listed(tmp_path)
    assert paths == ["é.md"]
    assert "two files have this name" in findings[0]


def test_links_out_are_reported_and_links_inside_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    site = tmp_path / "site"
    (site / "more").mkdir(parents=True)
    (site / "a.md").write_text("a")
    (site / "b.md").symlink_to("a.md")
    (site / "out.md").symlink_to("../secret.md")
    (site / "folder").symlink_to("..")
    paths, findings = listed(site)
    assert paths == ["a.md", "b.md"]
    assert [finding.split(":")[0] for finding in findings] == ["folder", "out.md"]


def test_loops_of_links_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.md").write_text("x")
    (tmp_path / "a" / "loop").symlink_to("..")
    (tmp_path / "self").symlink_to("self")
    paths, _ = listed(tmp_path)
    assert paths == ["a/x.md"]


def test_odd_files_are_reported_where_they_matter(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.md"))
        paths, findings = listed(tmp_path)
    assert paths == []
    assert len(findings) == 2
    assert all("no regular file" in finding for finding in findings)
    quiet = Listing(tmp_path, nothing, nothing)
    assert list(quiet.files()) == []
    assert quiet.findings == []


def test_a_name_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.md"))).write_text("x")
    paths, findings = listed(tmp_path)
    assert paths == []
    assert "not UTF-8" in findings[0]


def test_write_whole_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"one")
    write_whole(tmp_path / "a", b"two", sync=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"two"


def test_a_full_disk_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.pwrite", full)
    with pytest.raises(FileFault, match="cannot be written: no space left on device; free some"):
        write_new(tmp_path / "page", [memoryview(b"words")])


def test_write_new_overwrites_nothing_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    (tmp_path / "l").symlink_to("elsewhere")
    for name in ("a", "l"):
        with pytest.raises(FileFault):
            write_new(tmp_path / name, b"kb")
    assert (tmp_path / "a").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("write", [write_new, write_whole])
def test_what_cannot_be_written_whole_leaves_nothing(
    tmp_path: Path, write: Callable[[Path, Iterator[memoryview]], None]
) -> None:
    def pieces() -> Iterator[memoryview]:
        yield memoryview(b"the beginning")
        raise OSError(28, os.strerror(28))

    with pytest.raises(FileFault, match="no space left"):
        write(tmp_path / "a", pieces())
    assert list(tmp_path.iterdir()) == []


def test_move_goes_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    move(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "new"
    with pytest.raises(FileFault, match="cannot be written"):
        move(tmp_path / "a", tmp_path / "b")


def test_move_crosses_file_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("new")
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if Path(source).name == "a":
            raise OSError(18, "Invalid cross-device link")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    move(tmp_path / "a", tmp_path / "b")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b"]


def test_removing_a_tree_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "keep").mkdir()
    (tmp_path / "keep" / "a").write_text("a")
    (tmp_path / "gone" / "b").mkdir(parents=True)
    (tmp_path / "gone" / "link").symlink_to("../keep")
    remove_tree(tmp_path / "gone")
    remove_tree(tmp_path / "gone")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keep"]
    assert (tmp_path / "keep" / "a").exists()


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("file")
    with pytest.raises(FileFault, match="folder cannot be made"):
        make_folder(tmp_path / "a" / "b")


@pytest.mark.skipif(shutil.which("lsattr") is None, reason="NOT RUN: lsattr is not installed")
def test_folders_are_laid_far_apart_where_the_file_system_can(tmp_path: Path) -> None:
    def flags() -> str:
        held = subprocess.run(
            ["lsattr", "-d", tmp_path / "site"], capture_output=True, text=True, check=False
        )
        if held.returncode != 0:
            pytest.skip(f"NOT RUN: the file system has no such flags: {held.stderr.strip()}")
        return held.stdout.split()[0]

    (tmp_path / "site").mkdir()
    before = flags()
    scatter_below(tmp_path / "site")
    assert "T" in flags()
    scatter_below(tmp_path / "site", far=False)
    assert flags() == before


def test_a_folder_that_cannot_be_laid_apart_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    scatter_below(tmp_path / "file")
    scatter_below(tmp_path / "missing")
    assert (tmp_path / "file").read_text() == "text"


def test_what_is_written_over_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "links.toml"
    write_whole(path, b"1")
    for rights in (0o600, 0o640):
        path.chmod(rights)
        write_whole(path, b"2")
        assert path.stat().st_mode & 0o777 == rights
    assert path.read_bytes() == b"2"
