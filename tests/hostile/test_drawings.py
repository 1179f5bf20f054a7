"""SVG and HTML files among the pictures run nothing when somebody opens their address."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from kb.serving.headers import published_headers, read_rules
from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.hostile.corpora import content, rows
from tests.hostile.measured import new_site, run
from tests.hostile.visitor import HOOKS

OWN = {
    "script.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "load.svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "foreign.svg": '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body '
    'xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body></foreignObject>'
    "</svg>",
    "broken.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect>',
    "page.html": "<!DOCTYPE html><script>alert(1)</script>",
    "page.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    "data.xml": '<a xmlns:h="http://www.w3.org/1999/xhtml"><h:script>alert(1)</h:script></a>',
    "page.png": "<!DOCTYPE html><script>alert(1)</script>",
}


def published(folder: Path, files: dict[str, str]) -> Path:
    site = new_site(folder / "site", {"n.md": "# A note\n\nWords.\n"})
    for name, text in files.items():
        for below in ("content/images", "static/images"):
            path = site / below / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    assert run(site, "build").code in {0, 1}
    return site / "public"


def opened(browser: Browser, address: str, names: list[str], headers: str) -> Iterator[str]:
    """Open each file by its own address, with the headers that the site ships if there are any."""
    context = browser.new_context()
    context.add_init_script(HOOKS)
    rules = read_rules(headers)
    asked: list[str] = []

    def answer(route: Route) -> None:
        got = route.fetch()
        path = "/" + route.request.url.removeprefix(address)
        route.fulfill(response=got, headers={**got.headers, **published_headers(path, rules)})

    if rules:
        context.route("**/*", answer)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialog.dismiss())
    for name in names:
        page.goto(address + name)
        page.wait_for_timeout(50)
        told: list[str] = page.evaluate("window.told")
        yield from (f"{name}: {line}" for line in told if " ran " in line)
    yield from (url for url in asked if not url.startswith(address))
    context.close()


def test_content_publishes_no_page_of_its_own(tmp_path: Path) -> None:
    site = new_site(tmp_path / "site", {"n.md": "# A note\n\nWords.\n"})
    for name, text in OWN.items():
        (site / "content" / name).write_text(text)
    run(site, "build")
    found = {path.name for path in (site / "public").iterdir() if path.name in OWN}
    assert found == {"script.svg", "load.svg", "foreign.svg", "broken.svg", "page.png"}
    assert b"alert" not in b"".join(path.read_bytes() for path in (site / "public").glob("*.svg"))
    told = run(site, "check").stdout
    assert told.count("KB119") == 4
    assert (site / "content/script.svg").read_text() == OWN["script.svg"]


@pytest.mark.browser
def test_own_files_run_nothing(
    browser: Browser, publish: Callable[..., str], tmp_path: Path
) -> None:
    public = published(tmp_path, OWN)
    address = publish(public)
    drawings = [f"images/{name}" for name in OWN if name.endswith((".svg", ".png"))]
    assert list(opened(browser, address, drawings, "")) == []
    everything = [f"images/{name}" for name in OWN]
    headers = (public / "_headers").read_text()
    assert [line for line in opened(browser, address, everything, headers) if " ran " in line] == []
    bare = list(opened(browser, address, everything, ""))
    assert any(" ran alert" in line for line in bare)  # the control: static pages, no headers


@pytest.mark.browser
@pytest.mark.shared
def test_known_files_run_nothing(
    browser: Browser, publish: Callable[..., str], shared: Path, tmp_path: Path
) -> None:
    files = {
        Path(row["id"]).name: content(row).decode("utf-8", "replace")
        for row in rows(shared, "active-files")
    }
    public = published(tmp_path, files)
    address = publish(public)
    drawings = [f"images/{name}" for name in files if name.endswith(".svg")]
    assert list(opened(browser, address, drawings, "")) == []
    headers = (public / "_headers").read_text()
    shown = [
        f"images/{name}" for name in files if name.endswith((".svg", ".htm", ".html", ".xhtml"))
    ]
    assert [line for line in opened(browser, address, shown, headers) if " ran " in line] == []
