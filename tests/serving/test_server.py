import hashlib
import json
import urllib.request
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from kb.serving.preview import ServeOptions
from kb.serving.server import ServeFault, listen
from tests.serving.site import FolderBuilder, Running, eventually, page, preview_of


@pytest.fixture
def builder(tmp_path: Path) -> FolderBuilder:
    site = FolderBuilder(tmp_path / "site")
    site.write("index.html", page("Home", "<p>Hello</p>"))
    site.write("talks/one/index.html", page("One", "<p>First</p>"))
    site.write("404.html", page("Lost", "<p>No such page</p>"))
    site.write("theme/style.css", "p { color: navy }")
    return site


@pytest.fixture
def running(builder: FolderBuilder) -> Iterator[Running]:
    with preview_of(builder) as preview:
        yield preview


def test_pages_are_served_as_published_with_the_live_script(running: Running) -> None:
    status, head, body = running.get("/talks/one/")
    assert status == 200
    assert b"<p>First</p>" in body
    assert b'src="/__kb/live.js"' in body
    assert b"text/html; charset=utf-8" in head
    published = (running.preview.output / "talks/one/index.html").read_bytes()
    assert b"__kb" not in published


def test_other_files_are_served_byte_for_byte(running: Running) -> None:
    status, head, body = running.get("/theme/style.css")
    assert (status, body) == (200, b"p { color: navy }")
    assert b"text/css" in head


def test_a_folder_without_slash_redirects(running: Running) -> None:
    status, head, _ = running.get("/talks/one?a=b")
    assert status == 308
    assert b"location: /talks/one/?a=b" in head


def test_unknown_pages_get_the_sites_own_404(running: Running) -> None:
    status, _, body = running.get("/nothing/here/")
    assert status == 404
    assert b"No such page" in body


def test_every_answer_is_for_this_origin_alone(running: Running) -> None:
    for target in ("/", "/nothing", "/theme/style.css", "/__kb/live.js", "/__kb/", "/talks/one"):
        _, head, _ = running.get(target, "Origin: https://evil.example")
        lowered = head.lower()
        assert b"access-control-allow-origin" not in lowered
        assert b"cross-origin-resource-policy: same-origin" in lowered
        assert b"x-content-type-options: nosniff" in lowered


def test_an_unchanged_page_is_not_sent_again(running: Running) -> None:
    _, head, _ = running.get("/")
    etag = next(
        line.split(b": ")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"etag")
    )
    status, _, body = running.get("/", f"If-None-Match: {etag.decode()}")
    assert (status, body) == (304, b"")


def test_head_has_no_body(running: Running) -> None:
    status, head, body = running.get("/", method="HEAD")
    assert (status, body) == (200, b"")
    assert b"content-length" in head.lower()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get"])
def test_other_methods_are_refused(running: Running, method: str) -> None:
    status, _, _ = running.get("/", method=method)
    assert status in {400, 405, 501}


def events(running: Running, query: str, count: int) -> Iterator[tuple[str, object]]:
    url = running.url(f"/__kb/live?{query}")
    with urllib.request.urlopen(url, timeout=60) as stream:
        name = ""
        while count:
            line = stream.readline().decode()
            if line.startswith("event: "):
                name = line[7:].strip()
            elif line.startswith("data: "):
                count -= 1
                yield name, json.loads(line[6:])


def test_a_changed_page_is_announced_to_those_who_show_it(
    builder: FolderBuilder, running: Running
) -> None:
    stream = events(running, "page=/talks/one/&digest=old", 4)
    assert next(stream)[0] == "page"
    assert next(stream) == ("build", {"number": 1, "files": []})
    assert next(stream)[0] == "findings"
    builder.write("talks/one/index.html", page("One", "<p>Changed</p>"))
    name, data = next(stream)
    assert name == "page"
    assert isinstance(data, dict)
    _, _, body = running.get("/talks/one/")
    assert b"Changed" in body
    assert data["digest"].encode() in body


def test_what_a_page_missed_is_told_when_it_comes_back(running: Running) -> None:
    _, _, body = running.get("/")
    digest = body.partition(b'data-kb-page="')[2].partition(b'"')[0].decode()
    assert next(events(running, f"page=/&digest={digest}", 1))[0] == "build"
    assert next(events(running, "page=/&digest=older", 1))[0] == "page"


def test_a_broken_template_shows_and_heals(builder: FolderBuilder, running: Running) -> None:
    builder.write("talks/one/index.html", "a\nBROKEN <script>\n")
    assert eventually(lambda: running.get("/")[0] == 500)
    _, _, body = running.get("/talks/one/")
    assert b"BROKEN &lt;script&gt;" in body
    assert b"unexpected end of template" in body
    assert b"page.title" in body
    assert b"/__kb/live.js" in body
    builder.write("talks/one/index.html", page("One", "<p>Mended</p>"))
    assert eventually(lambda: running.get("/")[0] == 200)
    assert b"Mended" in running.get("/talks/one/")[2]


def test_new_and_removed_files_are_seen(builder: FolderBuilder, running: Running) -> None:
    builder.write("topics/new/index.html", page("New", "<p>Fresh</p>"))
    assert eventually(lambda: running.get("/topics/new/")[0] == 200)
    (builder.source / "topics/new/index.html").unlink()
    assert eventually(lambda: running.get("/topics/new/")[0] == 404)


def test_a_taken_port_gives_the_next_one() -> None:
    first = listen("127.0.0.1", 0)
    port = first[0].getsockname()[1]
    second = listen("127.0.0.1", port)
    try:
        assert second[0].getsockname()[1] > port
    finally:
        for opened in (*first, *second):
            opened.close()


def test_an_address_of_another_machine_is_one_line() -> None:
    with pytest.raises(ServeFault, match=r"Cannot listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_it_ends_with_open_channels(builder: FolderBuilder) -> None:
    with preview_of(builder, ServeOptions(port=0)) as running:
        stream = events(running, "page=/&digest=old", 9)
        next(stream)
    running.said.clear()


def test_vendored_files_are_as_their_note_says() -> None:
    folder = resources.files("kb.serving") / "static"
    note = (folder / "VENDORED.md").read_text(encoding="utf-8")
    digest = hashlib.sha256((folder / "idiomorph.js").read_bytes()).hexdigest()
    assert digest in note
    assert "fee is hereby granted" in (folder / "idiomorph.LICENSE").read_text(encoding="utf-8")
