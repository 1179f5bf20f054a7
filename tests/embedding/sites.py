"""Notes for other generators' projects, and what must hold of the sites that they build."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

DAY = """\
# Kanal Days 2021, Thursday

![The stage](stage.png)

#### Locks & &lt;Keys&gt;

- Ines Carvalho, Tide Labs
- https://media.example.org/locks

* A lock without a key is a wall
 * see https://github.com/example/locks
* more in [Friday's notes](friday.md)

#### Panel: Who Holds the Key?

- Femke de Boer
- Noor Haddad

* Nobody does, at night
"""
FRIDAY = """\
# Kanal Days 2021, Friday

#### Bridges That Wait

- Ines Carvalho, Tide Labs

* A bridge that waits is a queue for ships
"""
HOSTILE = """\
# Kanal Days 2021, Saturday

#### &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;i onload=alert(2)&gt; "q' {{ config }}
<!-- kb: talk -->

- Mallory Krijger, &lt;script&gt;alert(3)&lt;/script&gt;

* [click](javascript:alert(4)) and <script>alert(5)</script>
* `{% raw %}` {{ 7 * 7 }} --8<-- "secret.md"
"""
SITE = "https://tide.example.org"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)
"""A picture of one pixel (PNG)."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.scripts = ""
        self.handlers: list[str] = []
        self.ids: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attrs:
            if name in {"href", "src"} and value and tag != "link":
                self.links.append(value)
            if name.startswith("on"):
                self.handlers.append(f"{tag} {name}={value}")
            if name == "id" and value:
                self.ids.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts += data


def read(page: Path) -> _Reader:
    """Return what a browser would find on a page."""
    reader = _Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def broken_links(site: Path) -> list[str]:
    """Return the links and pictures of all pages that lead to no file of the site."""
    broken = []
    for page in sorted(site.rglob("*.html")):
        if page.name == "404.html":
            continue
        for link in read(page).links:
            parts = urlsplit(link.removeprefix(SITE))
            if parts.scheme or parts.netloc or not parts.path:
                continue
            start = site if parts.path.startswith("/") else page.parent
            target = start / unquote(parts.path).lstrip("/")
            if not (target.is_file() or (target / "index.html").is_file()):
                broken.append(f"{page.relative_to(site)} → {link}")
    return broken


def alerts(site: Path) -> list[str]:
    """Return what would run on any page of what the hostile note says."""
    found = []
    for page in sorted(site.rglob("*.html")):
        seen = read(page)
        risky = [*seen.handlers, *(one for one in seen.links if one.startswith("javascript:"))]
        found += [f"{page.relative_to(site)}: {one}" for one in risky if "alert" in one]
        found += [f"{page.relative_to(site)}: script"] * ("alert(" in seen.scripts)
    return found


def title_of(page: Path) -> str:
    """Return the text of the title element as it stands in the file."""
    found = re.search(r"<title>(.*?)</title>", page.read_text(encoding="utf-8"), re.DOTALL)
    return found[1].strip() if found else ""
