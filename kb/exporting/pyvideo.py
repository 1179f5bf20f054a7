"""Recorded talks in the shape of PyVideo's data (https://github.com/pyvideo/data).

A folder for each event holds `category.json` and `videos/*.json`. A record there needs a recording,
so talks without one are none.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from kb.exporting.material import Material, is_web
from kb.model.output import Output
from kb.model.pattern import Pattern
from kb.model.site import EventRecord, SessionRecord

_HOSTS = {"youtube.com": "youtube", "youtu.be": "youtube", "vimeo.com": "vimeo"}
_FILES = {".mp4", ".webm", ".ogv", ".flv", ".mov", ".m4v"}
_LANGUAGES = {
    "cs": "ces", "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "it": "ita", "ja": "jpn",
    "ko": "kor", "nl": "nld", "pl": "pol", "pt": "por", "ru": "rus", "zh": "zho",
}  # fmt: skip
"""Two letters of ISO 639-1 → three of ISO 639-3, which PyVideo uses."""
_OTHERS = "other-talks"
_DATE = Pattern(r"\d{4}-\d\d-\d\d")


def to_pyvideo(material: Material) -> Iterator[Output]:
    """Yield the folders of all events that have a recorded talk."""
    site = material.site
    events = {one.url: one for one in site.events}
    languages = {one.path: one.language for one in site.notes}
    started: set[str] = set()
    for one in site.sessions:
        videos = _videos(one)
        if not one.is_talk or not videos:
            continue
        event = events.get(one.event) if one.event else None
        folder = _slug(event.url) if event is not None else _OTHERS
        if folder not in started:
            started.add(folder)
            yield Output(f"{folder}/category.json", _written(_category(event, folder)))
        language = languages.get(one.tellings[0].note) or material.settings.language
        record = _video(one, videos, language, material)
        yield Output(f"{folder}/videos/{_slug(one.url)}.json", _written(record))


def _category(event: EventRecord | None, slug: str) -> dict[str, Any]:
    if event is None:
        return {"description": None, "slug": slug, "title": "Other talks"}
    about = event.about or event.homepage
    return {"description": about or None, "slug": slug, "title": event.title}


def _video(
    one: SessionRecord, videos: Mapping[str, str], language: str, material: Material
) -> dict[str, Any]:
    others = {
        use.url: use for use in reversed(one.citations) if use.url not in videos and is_web(use.url)
    }
    related = [
        {"label": use.text or use.kind.capitalize(), "url": use.url}
        for use in reversed(others.values())
    ]
    if material.settings.base_url:
        related.append({"label": "Notes", "url": material.absolute(one.url)})
    return {
        "copyright_text": None,
        "description": one.abstract_text or None,
        "duration": None,
        "language": _LANGUAGES.get(language[:2].lower(), language or None),
        "recorded": one.date if _DATE.fullmatch(one.date) else None,
        "related_urls": related,
        "speakers": list(dict.fromkeys(credit.name for credit in one.speakers)),
        "tags": list(dict.fromkeys(use.name for use in one.topics)),
        "thumbnail_url": _thumbnail(videos),
        "title": one.title,
        "videos": [{"type": kind, "url": url} for url, kind in videos.items()],
    }


def _videos(one: SessionRecord) -> dict[str, str]:
    """Return URL → type of the talk's recordings."""
    found = (use for use in one.citations if use.kind == "recording" and is_web(use.url))
    return {use.url: _type_of(use.url) for use in found}


def _type_of(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    suffix = PurePosixPath(parts.path).suffix.lower()
    return _HOSTS.get(host) or (suffix[1:] if suffix in _FILES else "other")


def _thumbnail(videos: Mapping[str, str]) -> str | None:
    for url, kind in videos.items():
        number = re.search(r"(?:v=|youtu\.be/|embed/)([\w-]{11})(?![\w-])", url)
        if kind == "youtube" and number:
            return f"https://i.ytimg.com/vi/{number[1]}/hqdefault.jpg"
    return None


def _slug(url: str) -> str:
    """Return the last part of a URL as a name for a file anywhere."""
    last = unquote(url).strip("/").rpartition("/")[2]
    return re.sub(r"[^\w.-]+", "-", last).strip(".-") or "x"


def _written(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
