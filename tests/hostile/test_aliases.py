"""Old addresses lead nowhere but to pages of the site, and write nothing that kb did not mean."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kb.schedules.writing import quoted
from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.hostile.corpora import WHOLE, rows, some
from tests.hostile.measured import new_site, run
from tests.hostile.pages import faults

ALIASES = (
    "/theme/x/", "/data/", "/old.html", "/old.html/below/",
    "/old/", "old", "/a/b/c.html", "//evil.example/", "///evil.example", "/\\evil.example",
    "\\\\evil.example", "https://evil.example/", "https:evil.example", "javascript:alert(1)",
    "data:text/html,x", "/javascript:alert(1)/", "//evil.example/%2f..", "/%2f%2fevil.example",
    "/%5cevil.example", "/.evil.example", "/@evil.example", "/old?next=//evil.example",
    "/old#//evil.example", "/a b", "/a\tb", "/a\nX-Evil: 1", "/a\r\n/* //evil.example 302",
    "/a%0d%0aX-Evil:%201", "/*", "/:splat", "/blog/*", "/blog/:year", "/../../outside",
    "/..%2f..%2foutside", "/%252e%252e/outside", "/a/../../outside", "/index.html", "/", "",
    ".", "/404.html",
    "/_headers", "/_redirects", "/feed.xml", "/data/site.json", "/search/", "/theme/style.css",
    "/.well-known/security.txt", "/.kb-manifest", "/con", "/\u202eevil",
    "/\u2028a", "/\ud7ff", "/ü/",
    "/" + "a" * 300, "/" + "a/" * 2000, "/a//b", "/ a", "/a ", "/</script><b>", '/"onload="x', "/%",
    "/%zz", "/%ff", "/a;b", "/a&b", "/a,b", "/200", "/old/ 200", "/old/ //evil.example 301!",
)  # fmt: skip


def note(number: int, value: str) -> str:
    key = quoted(value)
    return f"+++\ntitle = 'Note {number}'\naliases = [{key}]\n+++\nWords of note {number}.\n"


def address(number: int, value: str) -> str:
    key = quoted(value)
    kind = ("slug", "url")[number % 2]
    return f"+++\ntitle = 'Address {number}'\n{kind} = {key}\n+++\nWords of note {number}.\n"


def built(folder: Path, values: Sequence[str], written: Callable[[int, str], str] = note) -> Path:
    notes = {
        f"n{number}.md": written(number, value).encode("utf-8", "replace")
        for number, value in enumerate(values)
    }
    site = new_site(folder / "site", notes)
    done = run(site, "build")
    assert done.code == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["site"]
    return site / "public"


LINE = re.compile(r"/(?![/\\])[^\s*:]* /(?![/\\])\S* 301")


def hold(public: Path) -> None:
    plain = new_site(public.parents[1] / "plain", {"a.md": "# T\n"})
    run(plain, "build")
    assert (public / "_headers").read_bytes() == (plain / "public/_headers").read_bytes()
    if (public / "_redirects").exists():
        for line in (public / "_redirects").read_text().splitlines():
            assert LINE.fullmatch(line), line
    assert not [path for path in public.rglob("*") if "evil" in path.name and path.is_symlink()]
    for path in sorted(public.rglob("*.html")):
        assert faults(path.relative_to(public).as_posix(), path.read_bytes()) == []
    assert "Words of note" not in (public / "index.html").read_text()


@pytest.mark.parametrize("written", [note, address])
def test_no_line_and_no_page_leads_away(tmp_path: Path, written: Callable[[int, str], str]) -> None:
    values = ALIASES if written is note else [value for value in ALIASES for _ in range(2)]
    public = built(tmp_path, values, written)
    assert (public / "_redirects").exists() == (written is note)
    hold(public)


@pytest.mark.shared
@pytest.mark.parametrize("written", [note, address])
def test_no_known_value_leads_away(
    shared: Path, tmp_path: Path, written: Callable[[int, str], str]
) -> None:
    known = [row["value"] for row in rows(shared, "aliases-redirects")]
    hold(built(tmp_path, known, written))


@pytest.mark.browser
@pytest.mark.shared
@pytest.mark.timeout(3600 if WHOLE else 180)
def test_every_old_address_stays_on_the_site(
    browser: Browser, publish: Callable[..., str], shared: Path, tmp_path: Path
) -> None:
    known = [row["value"] for row in rows(shared, "aliases-redirects")]
    public = built(tmp_path, [*some(ALIASES, 30), *some(known, 20)])
    host = publish(public)
    pages = [
        path.relative_to(public).as_posix()
        for path in sorted(public.rglob("*.html"))
        if b'http-equiv="refresh"' in path.read_bytes()
    ]
    assert len(pages) >= 8
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in some(pages, 25):
        page.goto(host + path.replace("%", "%25").replace("?", "%3F").replace("#", "%23"))
        page.wait_for_function("!document.querySelector('meta[http-equiv=refresh]')")
        assert page.url.startswith(host), path
    assert [url for url in asked if not url.startswith(host)] == []
    context.close()
