import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.building.files import FileFault, read_file
from kb.serving.paths import Read, decode, find, url_of

FILES = {
    "index.html": b"home",
    "404.html": b"lost",
    "talks/a b/index.html": b"talk",
    "talks/ünï/index.html": b"umlaut",
    "theme/style.css": b"css",
    "100%/index.html": b"hundred",
    "_headers": b"secret",
}


def read(path: str) -> bytes | None:
    return FILES.get(path)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "index.html"),
        ("/?q=1", "index.html"),
        ("/talks/a%20b/", "talks/a b/index.html"),
        ("/talks/%C3%BCn%C3%AF/", "talks/ünï/index.html"),
        ("/theme/style.css?v=3", "theme/style.css"),
        ("/100%25/", "100%/index.html"),
    ],
)
def test_targets_lead_to_their_file(target: str, path: str) -> None:
    found = find(target, read)
    assert (found.kind, found.path, found.data) == ("file", path, FILES[path])


@pytest.mark.parametrize(
    ("target", "url"),
    [("/talks/a%20b", "/talks/a%20b/"), ("/talks/a%20b?x=1&y", "/talks/a%20b/?x=1&y")],
)
def test_folders_get_their_slash(target: str, url: str) -> None:
    found = find(target, read)
    assert (found.kind, found.path) == ("redirect", url)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "*",
        "talks/",
        "http://localhost/index.html",
        "//evil.example/",
        "/talks//a%20b/",
        "/./index.html",
        "/../index.html",
        "/talks/../index.html",
        "/talks/%2e%2e/index.html",
        "/talks/..%2findex.html",
        "/talks/..%5cindex.html",
        "/talks\\..\\index.html",
        "/%252e%252e/index.html",
        "/%00",
        "/index.html%00.css",
        "/index.html%0d%0aX: y",
        "/index.html#a",
        "/%ff",
        "/%c0%ae%c0%ae/index.html",
        "/.git/config",
        "/talks/.hidden",
        "/_headers",
        "/index.html/",
        "/" + "a" * 5000,
    ],
)
def test_everything_else_leads_nowhere(target: str) -> None:
    assert find(target, read).kind == "missing"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1))
def test_a_published_name_is_found_by_its_own_url(parts: list[str]) -> None:
    clean = [part.replace("/", "").replace("\\", "").lstrip(".")[:50] or "x" for part in parts]
    path = "/".join([*clean[:20], "index.html"])
    if path.split("/")[0] in {"_headers", "_redirects"}:
        return
    found = find(url_of(path), lambda name: b"here" if name == path else None)
    assert (found.kind, found.path) == ("file", path)


ODD: st.SearchStrategy[str] = st.text(
    st.one_of(
        st.sampled_from(list("./\\%:~#?;@&=+ 0c2eEfF5\x00\r\n")),
        st.sampled_from(["..", "%2e", "%2f", "%5c", "%00", "%c0%ae", "%252e", "../"]).map(
            lambda piece: piece[0]
        ),
        st.characters(exclude_categories=["Cs"]),
    )
)


@given(st.lists(st.one_of(st.sampled_from(["..", "%2e%2e", "%2f", "/", "\\", "%5c"]), ODD)))
def test_what_is_read_is_always_below(pieces: list[str]) -> None:
    def watching(path: str) -> bytes | None:
        parts = path.split("/")
        assert parts
        assert not any(part in {"", ".", ".."} or part.startswith(".") for part in parts)
        assert "\\" not in path
        assert "\0" not in path
        assert not path.startswith("/")
        assert os.path.normpath(path) == path
        return None

    assert find("/" + "".join(pieces), watching).kind == "missing"


@given(st.text())
def test_any_text_is_decoded_or_refused(text: str) -> None:
    for target in (text, "/" + text, "/" + quote(text, safe="")):
        parts = decode(target) or ("",)
        assert not any(part.startswith(".") or "/" in part for part in parts)


def reader(folder: Path) -> Read:
    def read(path: str) -> bytes | None:
        try:
            return read_file(folder, path)
        except (FileFault, ValueError):
            return None

    return read


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """An output folder with a secret beside it, hidden files in it, and links out of it."""
    public = tmp_path / "public"
    (public / ".git").mkdir(parents=True)
    (public / "a").mkdir()
    (tmp_path / "etc").mkdir()
    for secret in (tmp_path / "etc/passwd", public / ".git/config", public / ".env"):
        secret.write_text("CANARY")
    (public / "index.html").write_text("home")
    (public / "a" / "index.html").write_text("a")
    (public / "link").symlink_to(tmp_path / "etc/passwd")
    (public / "folder").symlink_to(tmp_path / "etc")
    (public / "root").symlink_to("/")
    os.mkfifo(public / "pipe")
    return public


def test_links_pipes_and_hidden_files_are_not_served(trap: Path) -> None:
    read = reader(trap)
    assert find("/a/", read).kind == "file"
    for target in ("/link", "/folder/passwd", "/root/etc/passwd", "/pipe", "/.env", "/.git/config"):
        assert find(target, read).kind == "missing", target


@pytest.mark.shared
def test_no_known_traversal_leaves_the_folder(shared: Path, trap: Path) -> None:
    read = reader(trap)
    rows = (shared / "hostile/traversal-urls.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(rows) > 1000
    for row in rows:
        path = json.loads(row)["path"]
        for target in (path, "/" + path.lstrip("/")):
            assert b"CANARY" not in find(target, read).data, target
