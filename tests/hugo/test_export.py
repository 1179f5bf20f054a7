"""`kb export hugo`: a site of Hugo's with the component in it is built by the real program."""

import re
import subprocess
import tomllib
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.building.formats import FORMATS
from kb.exporting.material import Material
from kb.model.output import Output
from tests.building.conftest import own_state  # noqa: F401  (a fixture)
from tests.building.sample import make_site
from tests.exporting.material import material
from tests.exporting.test_formats import hostile
from tests.hostile.measured import run
from tests.hugo.blog import LAYOUTS
from tests.hugo.hugo import binary
from tests.rendering.test_hostile import DATES, TEXT

CONFIGURATION = """\
baseURL = "https://blog.example/sub/"
title = "A blog"
theme = ["kb"]
enableRobotsTXT = true
[taxonomies]
tag = "tags"
speaker = "speakers"
topic = "topics"
event = "events"
"""
MOST_HOSTILE = [
    "{{< youtube x >}} {{% y %}} {{</* z */>}} {{ now }} {{< /kb-html >}}",
    '"""\n+++\ntitle = "other"\n+++\n',
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    'kb-root:/ ="kb-root:/evil" \' \\ \x7f \x00 \u202e',
    "../../../etc/passwd",
    "# not a heading [x](javascript:alert(1))",
]


class Seen(HTMLParser):
    """Collects what a page links to and what could run in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.links += [value for key, value in attrs if key in {"href", "src"} and value]
        if tag in {"script", "iframe", "object", "embed"} or any(
            key.startswith("on") for key in known
        ):
            self.wrong.append(tag)


def hugo_site(root: Path, outputs: Iterable[Output]) -> Path:
    """Make a site with the component, and return it."""
    for name, text in LAYOUTS.items():
        path = root / "layouts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "hugo.toml").write_text(CONFIGURATION)
    (root / "content").mkdir()
    for output in outputs:
        path = root / "themes/kb" / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output.data)
    return root


def built(root: Path) -> tuple[Path, str]:
    output = root.parent / "public"
    done = subprocess.run(
        [binary(), "--destination", output, "--noBuildLock", "--cacheDir", root.parent / "cache"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return output, done.stdout + done.stderr


def made(given: Material | None = None) -> list[Output]:
    return list(FORMATS["hugo"].make(material() if given is None else given))


def seen(page: Path) -> Seen:
    reader = Seen()
    reader.feed(page.read_text())
    return reader


def test_every_thing_has_a_page_that_hugo_makes(tmp_path: Path) -> None:
    site = material().site
    output, said = built(hugo_site(tmp_path / "blog", made()))
    assert "WARN" not in said
    assert "ERROR" not in said
    things = (site.sessions, site.events, site.people, site.topics)
    urls = [one.url for many in things for one in many]
    assert len(urls) > 10
    assert [url for url in urls if not (output / unquote(url)[1:] / "index.html").is_file()] == []
    for folder in ("talks", "speakers", "topics", "events"):
        assert (output / folder / "index.html").is_file()


def test_links_between_the_pages_lead_somewhere(tmp_path: Path) -> None:
    output, _ = built(hugo_site(tmp_path / "blog", made()))
    files = {asset.url for asset in material().site.assets}
    followed = 0
    for record in material().site.sessions:
        page = output / unquote(record.url)[1:] / "index.html"
        for link in seen(page).links:
            target = urljoin(f"https://blog.example/sub{record.url}", link).partition("#")[0]
            own = target.removeprefix("https://blog.example/sub")
            if own == target or own in files:
                continue
            followed += 1
            assert (output / unquote(own)[1:] / "index.html").is_file(), (record.url, link)
    assert followed > 20


def test_terms_list_their_talks_and_pages_tell_what_is_known(tmp_path: Path) -> None:
    output, _ = built(hugo_site(tmp_path / "blog", made()))
    for person in material().site.people:
        text = (output / person.url[1:] / "index.html").read_text()
        assert all(f"/sub{url}" in text for url in person.sessions)
    talk = next(one for one in material().site.sessions if one.speakers and one.event)
    text = (output / talk.url[1:] / "index.html").read_text()
    assert talk.speakers[0].name in text
    assert f'href="/sub{talk.speakers[0].person}"' in text
    assert "kb-root" not in text


def test_shortcodes_and_partials(tmp_path: Path) -> None:
    site = material().site
    talk = next(one for one in site.sessions if one.is_talk and one.speakers)
    other = next(one for one in site.sessions if one.is_talk and one.event != talk.event)
    root = hugo_site(tmp_path / "blog", made())
    name = talk.speakers[0].name
    telling = talk.tellings[0].note.removeprefix("content/")
    (root / "content/use.md").write_text(
        f'+++\ntitle = "Use"\n+++\n{{{{< kb-talks speaker="{name}" >}}}}\n\n'
        f'END\n\n{{{{< kb-talk "{other.url}" >}}}}\n'
    )
    note = root / "content" / telling
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text('+++\ntitle = "Note"\nurl = "/told/"\n+++\nText.\n')
    (root / "layouts/single.html").write_text('{{ .Content }}TOLD{{ partial "kb/told.html" . }}')
    output, said = built(root)
    assert "WARN" not in said
    first, _, second = (output / "use/index.html").read_text().partition("END")
    assert f'<a href="/sub{talk.url}">' in first
    assert all(
        (f'"/sub{one.url}"' in first) == (name in {credit.name for credit in one.speakers})
        for one in site.sessions
        if one.is_talk
    )
    assert f'<a href="/sub{other.url}">' in second
    told = (output / "told/index.html").read_text().partition("TOLD")[2]
    assert f'<a href="/sub{talk.url}">' in told


def keys_of(data: bytes) -> dict[str, object]:
    _, matter, _ = data.decode().split("+++\n", 2)
    return tomllib.loads(matter)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXT, min_size=6, max_size=6), DATES)
def test_any_text_is_a_value_of_its_key(words: list[str], date: str) -> None:
    one = hostile(words, date)
    titles = {session.title for session in one.site.sessions}
    pages = [
        output for output in made(one) if output.path.endswith(".md") and "content/" in output.path
    ]
    found = [keys_of(page.data) for page in pages if page.path.startswith("content/talks/")]
    shown = {str(keys.get("title", "")) for keys in found}
    assert {re.sub("[\ud800-\udfff]", "\ufffd", title) for title in titles} <= shown | {""}
    for page in pages:
        assert not {"", ".", ".."} & set(page.path.split("/"))
        body = page.data.decode().partition("{{< kb-html >}}")[2].partition("{{< /kb-html >}}")
        assert "{{" not in body[0]
        assert body[2].strip() == ""


def test_hostile_text_runs_nowhere(tmp_path: Path) -> None:
    output, _ = built(hugo_site(tmp_path / "blog", made(hostile(MOST_HOSTILE, "2017-05-08"))))
    pages = [page for page in output.rglob("*.html") if "kb-facts" in page.read_text()]
    assert pages
    for page in pages:
        found = seen(page)
        assert found.wrong == []
        assert not [link for link in found.links if link.lower().startswith(("javascript", "data"))]


def test_the_command_writes_a_component_and_keeps_its_hands_off(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    (root / "themes/mine").mkdir(parents=True)
    (root / "themes/mine/theme.toml").write_text("mine")
    done = run(root, "export", "hugo", "-o", "themes/kb")
    assert done.code == 0, done.stderr
    assert (root / "themes/kb/layouts/shortcodes/kb-html.html").is_file()
    again = run(root, "export", "hugo", "-o", "themes/kb")
    assert "nothing changed" in again.stderr
    for folder in ("themes/mine", "themes", "content", "themes/default"):
        assert run(root, "export", "hugo", "-o", folder).code == 2
    assert (root / "themes/mine/theme.toml").read_text() == "mine"
    assert run(root, "export", "hugo").code == 2
    assert run(root, "build").code == 0


@pytest.mark.parametrize("path", ["README.md", "hugo.toml", "data/kb/talks.json"])
def test_it_says_how_it_is_used(path: str) -> None:
    files = {output.path: output.data for output in made()}
    assert files[path]
    assert "theme = [" in files["README.md"].decode()
