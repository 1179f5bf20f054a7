"""Talks as BibTeX, for papers that cite them (http://tug.org/bibtex/, and biblatex's fields)."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

from kb.exporting.material import Material, is_web
from kb.model.output import Output
from kb.model.pattern import Pattern
from kb.model.site import EventRecord, SessionRecord

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPECIAL: Mapping[str, str] = {
    "\\": r"\textbackslash{}",
    # BibTeX counts braces even after a backslash.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{mark: f"\\{mark}" for mark in "$&#_%"},
}
_CONTROL = Pattern("[\x00-\x1f\x7f-\x9f]")
_DATE = Pattern(r"\d{4}-\d\d-\d\d")


def to_bibliography(material: Material) -> Iterator[Output]:
    """Yield `talks.bib`: an entry for each talk, its key made of the talk's URL."""
    events = {one.url: one for one in material.site.events}
    taken: set[str] = set()
    entries = []
    for one in material.site.sessions:
        if one.is_talk:
            key = _key(one, taken)
            taken.add(key.lower())
            fields = _fields(one, events.get(one.event) if one.event else None, material)
            entries.append(_entry(key, fields))
    yield Output("talks.bib", "\n".join(entries).encode())


def _key(one: SessionRecord, taken: set[str]) -> str:
    """Return a key that is none of `taken` (BibTeX takes capitals for no difference)."""
    parts = [part for part in unquote(one.url).split("/") if part][-2:]
    plain = ":".join(re.sub(r"[^A-Za-z0-9.+-]+", "-", part).strip("-") or "x" for part in parts)
    key, number = plain, 2
    while key.lower() in taken:
        key, number = f"{plain}-{number}", number + 1
    return key


def _entry(key: str, fields: Mapping[str, str]) -> str:
    lines = (f"  {name} = {value}," for name, value in fields.items())
    return "\n".join((f"@misc{{{key},", *lines, "}\n"))


def _fields(one: SessionRecord, event: EventRecord | None, material: Material) -> dict[str, str]:
    """Return the fields that say anything, each ready to be written."""
    where = event.title if event is not None else ""
    fields = {"author": _authors(one), "title": f"{{{_text(one.title)}}}"}
    date = one.date if _DATE.fullmatch(one.date) else ""
    year = date[:4] or (str(event.year) if event is not None and event.year else "")
    kind = "Lightning talk" if one.kind == "lightning" else one.kind.capitalize()
    fields["howpublished"] = _text(f"{kind} at {where}" if where else kind)
    fields["eventtitle"] = _text(where)
    fields["venue"] = _text(event.place) if event is not None else ""
    fields["year"] = year
    fields["eventdate"] = date
    links = {use.kind: use.url for use in reversed(one.citations)}
    shown = (links.get("recording", ""), links.get("slides", ""), material.absolute(one.url))
    fields["url"] = next((_url(url) for url in shown if is_web(url)), "")
    fields["keywords"] = _text(", ".join(use.name for use in one.topics))
    fields["abstract"] = _text(one.abstract_text)
    braced = {name: f"{{{value}}}" for name, value in fields.items() if value}
    if date and 1 <= int(date[5:7]) <= 12:
        braced["month"] = _MONTHS[int(date[5:7]) - 1]
    return braced


def _authors(one: SessionRecord) -> str:
    return " and ".join(_author(credit.name) for credit in one.speakers)


def _author(name: str) -> str:
    text = _text(name)
    # Unbraced, these would be read as several names, or as a family name that comes first.
    plain = "," not in text and not {"and", "others"} & set(text.lower().split())
    return text if plain else f"{{{text}}}"


def _text(text: str) -> str:
    shown = _CONTROL.sub("", " ".join(text.split()))
    return "".join(_SPECIAL.get(sign, sign) for sign in shown)


def _url(url: str) -> str:
    """Return a URL as BibTeX takes it whole: without braces, backslashes or spaces."""
    return quote(url, safe="%!#$&'()*+,;=:@~-._?/[]")
