"""A theme component for Hugo (https://gohugo.io/hugo-modules/theme-components/): what kb found.

Talks are a section; speakers, topics and events are taxonomies whose terms have pages. Data files
tell the same to templates, and a few partials and shortcodes use them. HTML stands in a shortcode
of its own, since Hugo runs no raw HTML in Markdown unless its owner allows it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any, NamedTuple
from urllib.parse import unquote

from kb.exporting.material import Material, is_web
from kb.model.output import Output
from kb.model.pattern import Pattern
from kb.model.site import (
    Citation,
    Credit,
    EventRecord,
    NoteRecord,
    PersonRecord,
    SessionRecord,
    TopicRecord,
    Url,
)

ROOT = "kb-root:/"
"""With it begin links to the site, as `Prose` writes them; a shortcode replaces it."""
OWN_NOTES = "/notes/"
"""Where notes are that no blog has: their pages are exported, too."""
_DAY = Pattern(r"\d{4}-\d\d-\d\d")
_SURROGATES = Pattern("[\ud800-\udfff]")


class Prose(NamedTuple):
    """Makes the HTML of sessions and notes, links to the site beginning with `ROOT`."""

    session: Callable[[SessionRecord], tuple[str, str]]
    """Abstract and notes."""
    note: Callable[[NoteRecord], str]


def to_hugo(material: Material, prose: Prose) -> Iterator[Output]:
    """Yield the component's files: content, data, layouts, its configuration and how to use it."""
    yield from _fixed()
    yield from _data(material)
    site = material.site
    for title, folder in (("Talks", "talks"), ("Speakers", "speakers"), ("Topics", "topics")):
        yield _page(f"{folder}/_index", {"title": title})
    yield _page("events/_index", {"title": "Events"})
    for event in site.events:
        yield _term("events", event.url, event.title, _event(event), event.about)
    for person in site.people:
        yield _term("speakers", person.url, person.name, _person(person), person.about)
    for topic in site.topics:
        yield _term("topics", topic.url, topic.name, _topic(topic), topic.about)
    notes = {one.path: one for one in site.notes}
    events = {one.url: one for one in site.events}
    for session in site.sessions:
        yield _session(session, events, notes, prose)
    for note in site.notes:
        if note.url.startswith(OWN_NOTES):
            keys: dict[str, Any] = {"title": note.title, "url": unquote(note.url)}
            keys |= {"date": _date(note.date), "description": note.description}
            keys["tags"] = list(note.tags)
            name = unquote(note.url).strip("/")
            yield _page(name, keys, {"kb": {"source": note.path}}, prose.note(note))


def _session(
    one: SessionRecord,
    events: Mapping[Url, EventRecord],
    notes: Mapping[str, NoteRecord],
    prose: Prose,
) -> Output:
    event = events.get(one.event) if one.event else None
    abstract, text = prose.session(one)
    keys: dict[str, Any] = {
        "title": one.title,
        "url": one.url,
        "date": _date(one.date or one.sort_date),
        "description": " ".join(one.abstract_text.split())[:300],
        "speakers": [_name(credit.person) for credit in one.speakers],
        "topics": [_name(use.topic) for use in one.topics],
        "events": [_name(event.url)] if event is not None else [],
    }
    known = {
        "kind": one.kind,
        "day": one.date,
        "start": one.start,
        "finish": one.finish,
        "room": one.room,
        "track": one.track,
        "recording": _cited(one, "recording"),
        "slides": _cited(one, "slides"),
        "source": [f"{telling.note}:{telling.lines.first}" for telling in one.tellings],
    }
    parts = [_facts(one, event), _abstract(one, abstract), text, _links(one), _told(one, notes)]
    folder = "talks" if one.is_talk else "sessions"
    path = one.url.strip("/").partition("/")[2]
    return _page(f"{folder}/{path}", keys, {"kb": known}, "\n".join(filter(None, parts)))


def _facts(one: SessionRecord, event: EventRecord | None) -> str:
    """Return who spoke, where and when, as a list."""
    lines = []
    if one.speakers:
        label = "Speakers" if len(one.speakers) > 1 else "Speaker"
        lines.append(f"{label}: {', '.join(map(_credit, one.speakers))}")
    if event is not None:
        lines.append(f"Event: {_link(event.url, event.title)}")
    span = "–".join(filter(None, (one.start, one.finish)))
    when = ", ".join(filter(None, (one.date, span, one.room)))
    if when:
        lines.append(f"When: {escape(when)}")
    lines += [
        f'{use.kind.capitalize()}: <a href="{escape(use.url)}">{escape(use.url)}</a>'
        for use in _web(one.citations)
        if use.kind in {"recording", "slides"}
    ]
    items = "".join(f"<li>{line}</li>\n" for line in lines)
    return f'<ul class="kb-facts">\n{items}</ul>' if items else ""


def _credit(one: Credit) -> str:
    who = ", ".join(filter(None, (one.role, one.organisation)))
    return _link(one.person, one.name) + (f" ({escape(who)})" if who else "")


def _abstract(one: SessionRecord, abstract: str) -> str:
    text = abstract or (f"<p>{escape(one.abstract_text)}</p>" if one.abstract_text else "")
    return f'<div class="kb-abstract">\n{text}\n</div>' if text else ""


def _links(one: SessionRecord) -> str:
    """Return the links that the notes of a session cite, but for those told before."""
    uses = {use.url: use for use in _web(one.citations) if use.kind not in {"recording", "slides"}}
    items = "".join(
        f'<li><a href="{escape(use.url)}">{escape(use.text or use.url)}</a></li>\n'
        for use in uses.values()
    )
    return f'<h3>Links</h3>\n<ul class="kb-links">\n{items}</ul>' if items else ""


def _told(one: SessionRecord, notes: Mapping[str, NoteRecord]) -> str:
    """Return the notes that tell of a session."""
    found = dict.fromkeys(telling.note for telling in one.tellings if telling.note in notes)
    links = ", ".join(_link(notes[path].url, notes[path].title) for path in found)
    return f'<p class="kb-told">From: {links}</p>' if links else ""


def _link(url: str, text: str) -> str:
    return f'<a href="{ROOT}{escape(url.removeprefix("/"))}">{escape(text)}</a>'


def _web(uses: Iterable[Citation]) -> list[Citation]:
    return [use for use in uses if is_web(use.url)]


def _cited(one: SessionRecord, kind: str) -> str:
    """Return the first link of a kind that a session cites, `""` where there is none."""
    return next((use.url for use in _web(one.citations) if use.kind == kind), "")


def _event(one: EventRecord) -> dict[str, Any]:
    found = {
        "name": one.name,
        "place": one.place,
        "year": one.year,
        "series": one.series,
        "start": one.start,
        "end": one.end,
        "homepage": one.homepage if is_web(one.homepage) else "",
    }
    return {key: value for key, value in found.items() if value}


def _person(one: PersonRecord) -> dict[str, Any]:
    found = {
        "aliases": list(one.aliases),
        "organisations": list(one.organisations),
        "links": list(filter(is_web, one.links)),
    }
    return {key: value for key, value in found.items() if value}


def _topic(one: TopicRecord) -> dict[str, Any]:
    found = {
        "synonyms": list(one.synonyms),
        "broader": [_name(url) for url in one.broader],
        "guessed": one.guessed,
    }
    return {key: value for key, value in found.items() if value}


def _term(folder: str, url: str, title: str, known: Mapping[str, Any], about: str) -> Output:
    """Return the page of a term: an event, a speaker or a topic."""
    lines = [f"<p>{escape(about)}</p>"] if about else []
    where = ", ".join(str(known[key]) for key in ("place", "start") if key in known)
    if where:
        lines.append(f"<p>{escape(where)}</p>")
    links = [known["homepage"]] if "homepage" in known else known.get("links", ())
    lines += [f'<p><a href="{escape(one)}">{escape(one)}</a></p>' for one in links]
    keys = {"title": title, "url": url}
    return _page(f"{folder}/{_name(url)}/_index", keys, {"kb": known}, "\n".join(lines))


def _name(url: str) -> str:
    """Return the last part of a URL: the term that stands for a thing."""
    return unquote(url).strip("/").rpartition("/")[2]


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text[:10]) if _DAY.match(text) else ""
    except ValueError:
        return ""


def _page(
    path: str, keys: Mapping[str, Any], params: Mapping[str, Any] | None = None, html: str = ""
) -> Output:
    """Return a file of content."""
    lines = ["+++", *_lines(keys)]
    for name, table in (params or {}).items():
        lines += [f"[params.{name}]", *_lines(table)]
    lines.append("+++")
    if html:
        lines += ["", "{{< kb-html >}}", html.replace("{{", "&#123;&#123;"), "{{< /kb-html >}}"]
    return Output(f"content/{path}.md", ("\n".join(lines) + "\n").encode())


def _lines(keys: Mapping[str, Any]) -> Iterator[str]:
    for key, value in keys.items():
        if value not in ("", [], 0, None):
            yield f"{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        # A string of JSON is one of TOML but for this sign.
        text = _SURROGATES.sub("\ufffd", value)
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _data(material: Material) -> Iterator[Output]:
    """Yield data files; addresses in them have no `/` before them, as `relURL` wants it."""
    site = material.site
    events = {one.url: one for one in site.events}
    content = material.settings.content.folder.strip("/")
    talks = [_talk(one, events, content) for one in site.sessions]
    yield _json("talks", talks)
    yield _json(
        "events",
        [{"url": one.url[1:], "title": one.title, **_event(one)} for one in site.events],
    )
    yield _json(
        "speakers",
        [
            {"url": one.url[1:], "title": one.name, "talks": one.talks, **_person(one)}
            for one in site.people
        ],
    )
    yield _json(
        "topics",
        [
            {"url": one.url[1:], "title": one.name, "talks": one.talks, **_topic(one)}
            for one in site.topics
        ],
    )
    yield _json(
        "links",
        [
            {"url": one.url, "title": one.title, "kind": one.kind, "cited": len(one.citations)}
            for one in site.links
            if is_web(one.url)
        ],
    )


def _talk(one: SessionRecord, events: Mapping[Url, EventRecord], content: str) -> dict[str, Any]:
    event = events.get(one.event) if one.event else None
    return {
        "url": one.url[1:],
        "title": one.title,
        "kind": one.kind,
        "date": one.date,
        "year": str(event.year) if event is not None and event.year else one.sort_date[:4],
        "event": {"url": event.url[1:], "title": event.title} if event else None,
        "speakers": [{"url": c.person[1:], "title": c.name} for c in one.speakers],
        "topics": [{"url": use.topic[1:], "title": use.name} for use in one.topics],
        "recording": _cited(one, "recording"),
        "sources": list(dict.fromkeys(_below(t.note, content) for t in one.tellings)),
    }


def _below(path: str, content: str) -> str:
    return path if content in {"", "."} else path.removeprefix(f"{content}/")


def _json(name: str, records: Sequence[Mapping[str, Any]]) -> Output:
    text = json.dumps(records, indent=1, sort_keys=True, ensure_ascii=False)
    data = _SURROGATES.sub("\ufffd", text).encode()
    return Output(f"data/kb/{name}.json", data + b"\n")


def _fixed() -> Iterator[Output]:
    for path, text in _FILES.items():
        yield Output(path, text.encode())


_FILES: Mapping[str, str] = {
    "hugo.toml": """\
# A theme component, made by kb: see README.md.
[module.hugoVersion]
min = "0.156.0"
""",
    "README.md": """\
# Talks, speakers, topics and events, for Hugo

Made by `kb export hugo`; the next export replaces what stands here.

This folder is a theme component. Name it in your site's configuration, after your own theme, and
give the three taxonomies their names:

    theme = ["your-theme", "kb"]

    [taxonomies]
      tag = "tags"
      category = "categories"
      speaker = "speakers"
      topic = "topics"
      event = "events"

Your theme shows the pages. In your own content and templates:

    {{< kb-talks speaker="Ada Doe" year="2017" limit="5" >}}
    {{< kb-talk "talks/harbour-conf-2017/fast-boats" >}}
    {{ partial "kb/told.html" . }}         the talks that this post tells of
    {{ partial "kb/talks.html" hugo.Data.kb.talks }}
""",
    "layouts/shortcodes/kb-html.html": """\
{{- $root := "" | relURL -}}
{{- if not (strings.HasSuffix $root "/") }}{{ $root = printf "%s/" $root }}{{ end -}}
{{- replace .Inner "=\\"kb-root:/" (printf "=\\"%s" $root) | safeHTML -}}
""",
    "layouts/shortcodes/kb-talk.html": """\
{{- $wanted := strings.Trim (.Get 0) "/" | printf "%s/" -}}
{{- $found := where hugo.Data.kb.talks "url" $wanted -}}
{{- range first 1 $found -}}
{{- partial "kb/talk.html" . -}}
{{- else -}}
{{- warnf "kb-talk: there is no talk %q (%s)" $wanted .Position -}}
{{- end -}}
""",
    "layouts/shortcodes/kb-talks.html": """\
{{- $talks := where hugo.Data.kb.talks "kind" "!=" "social" -}}
{{- range $key := slice "speaker" "topic" "event" "year" -}}
{{- with $.Get $key -}}
{{- $wanted := . -}}
{{- $kept := slice -}}
{{- range $talks -}}
{{- $has := false -}}
{{- if eq $key "year" }}{{ $has = eq .year (string $wanted) }}{{ end -}}
{{- if eq $key "event" }}{{ with .event }}{{ $has = eq .title $wanted }}{{ end }}{{ end -}}
{{- if eq $key "speaker" }}{{ $has = in (apply .speakers "index" "." "title") $wanted }}{{ end -}}
{{- if eq $key "topic" }}{{ $has = in (apply .topics "index" "." "title") $wanted }}{{ end -}}
{{- if $has }}{{ $kept = $kept | append . }}{{ end -}}
{{- end -}}
{{- $talks = $kept -}}
{{- end -}}
{{- end -}}
{{- with .Get "limit" }}{{ $talks = first (int .) $talks }}{{ end -}}
{{- partial "kb/talks.html" $talks -}}
""",
    "layouts/partials/kb/talk.html": """\
{{- /* One talk of hugo.Data.kb.talks, in a line. */ -}}
<a href="{{ .url | relURL }}">{{ .title }}</a>
{{- range $number, $one := .speakers -}}
{{ if $number }}, {{ else }} · {{ end }}<a href="{{ $one.url | relURL }}">{{ $one.title }}</a>
{{- end -}}
{{- with .event }} · <a href="{{ .url | relURL }}">{{ .title }}</a>{{ end -}}
""",
    "layouts/partials/kb/talks.html": """\
{{- /* A list of talks, such as hugo.Data.kb.talks. */ -}}
{{- with . -}}
<ul class="kb-talks">
{{- range . }}
<li>{{ partial "kb/talk.html" . }}</li>
{{- end }}
</ul>
{{- end -}}
""",
    "layouts/partials/kb/told.html": """\
{{- /* The talks that the note of this page tells of. */ -}}
{{- with .File -}}
{{- $path := replace .Path "\\\\" "/" -}}
{{- $told := slice -}}
{{- range hugo.Data.kb.talks -}}
{{- if in .sources $path }}{{ $told = $told | append . }}{{ end -}}
{{- end -}}
{{- partial "kb/talks.html" $told -}}
{{- end -}}
""",
}
