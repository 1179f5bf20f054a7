"""The same talks for other generators, made from what kb has published: one file a talk.

Hugo gets a page for each talk, and taxonomies of speakers, topics and events; Pelican gets an
article for each, with authors, tags and categories. Both render plain pages of their own: no feed,
no search, no cross-links beside the lists.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HUGO = """\
baseURL = "https://notes.example.org/"
title = "Bench"
disableKinds = ["RSS", "sitemap", "robotsTXT"]
[taxonomies]
speaker = "speakers"
topic = "topics"
event = "events"
"""
BASE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><nav><a href="/">Home</a> <a href="/speakers/">Speakers</a> <a href="/topics/">Topics</a>
<a href="/events/">Events</a></nav><main>{{ block "main" . }}{{ end }}</main></body></html>
"""
SINGLE = """\
{{ define "main" }}<h1>{{ .Title }}</h1><p>{{ .Date.Format "2006-01-02" }}</p>
{{ range $kind := slice "speakers" "topics" "events" }}<ul>
{{ range $.GetTerms $kind }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}
</ul>{{ end }}{{ .Content }}{{ end }}
"""
LIST = """\
{{ define "main" }}<h1>{{ .Title }}</h1><ul>
{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}
</ul>{{ end }}
"""
PELICAN = """\
SITENAME = "Bench"
SITEURL = ""
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
THEME = "simple"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
DEFAULT_PAGINATION = False
"""


def talks(published: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each talk of a site that kb has published: its data, and its notes as Markdown."""
    file = json.loads((published / "data" / "talks.json").read_bytes())
    for talk in file["talks"]:
        twin = published / f"{talk['url'][1:]}index.md"
        yield talk, twin.read_text(encoding="utf-8")


def hugo_site(published: Path, folder: Path) -> None:
    """Write a Hugo site with the talks of `published` into `folder`."""
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (folder / "hugo.toml").write_text(HUGO)
    for name, text in (("baseof", BASE), ("single", SINGLE), ("list", LIST), ("terms", LIST)):
        (layouts / f"{name}.html").write_text(text)
    posts = folder / "content" / "talks"
    posts.mkdir(parents=True)
    for number, (talk, text) in enumerate(talks(published)):
        head = {
            "title": talk["title"],
            "date": talk["date"] or "2000-01-01",
            "speakers": [one["name"] for one in talk["speakers"]],
            "topics": [one["name"] for one in talk["topics"]],
            "events": [talk["event"]["name"]] if talk["event"] else [],
        }
        (posts / f"{number:06}.md").write_text(f"{json.dumps(head)}\n\n{text}")


def pelican_site(published: Path, folder: Path) -> None:
    """Write a Pelican site with the talks of `published` into `folder`."""
    content = folder / "content"
    content.mkdir(parents=True)
    (folder / "pelicanconf.py").write_text(PELICAN)
    for number, (talk, text) in enumerate(talks(published)):
        head = {
            "Title": talk["title"],
            "Date": talk["date"] or "2000-01-01",
            "Slug": f"talk-{number:06}",
            "Category": talk["event"]["name"] if talk["event"] else "none",
            "Tags": ", ".join(one["name"] for one in talk["topics"]),
            "Authors": "; ".join(one["name"] for one in talk["speakers"]),
        }
        lines = [f"{key}: {' '.join(value.split())}" for key, value in head.items() if value]
        (content / f"{number:06}.md").write_text("\n".join(lines) + f"\n\n{text}")
