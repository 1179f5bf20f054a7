"""JSON-LD of pages, in the terms of https://schema.org/ (30.0)."""

from typing import Any

from kb.model.site import EventRecord, NoteRecord, PersonRecord, SessionRecord
from kb.model.value import to_json
from kb.rendering.briefs import shorten
from kb.rendering.catalog import Catalog
from kb.rendering.views import Html, Ref


def block(*things: dict[str, Any]) -> Html:
    """Return things as the content of a JSON-LD block: no `<` that could end it."""
    text = to_json({"@context": "https://schema.org", "@graph": list(things)}).decode()
    return Html(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def breadcrumbs(crumbs: tuple[Ref, ...]) -> dict[str, Any]:
    """Return a BreadcrumbList, of the pages above this one."""
    items: list[dict[str, Any]] = [
        {"@type": "ListItem", "position": number, "name": crumb.text, "item": crumb.href}
        for number, crumb in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def event(record: EventRecord, catalog: Catalog) -> dict[str, Any]:
    """Return an Event."""
    return _without_blanks(
        {
            "@type": "Event",
            "name": record.title,
            "startDate": record.start or str(record.year or ""),
            "endDate": record.end,
            "location": {"@type": "Place", "name": record.place} if record.place else "",
            "url": catalog.absolute(record.url),
            "sameAs": record.homepage,
        }
    )


def session(record: SessionRecord, catalog: Catalog) -> dict[str, Any]:
    """Return a session as an Event of its event, with its recording as a VideoObject."""
    above = catalog.events.get(record.event) if record.event else None
    recording = next((one for one in record.citations if one.kind == "recording"), None)
    started = record.date
    if started and record.start:
        started += f"T{record.start}"
    return _without_blanks(
        {
            "@type": "Event",
            "name": record.title,
            "description": shorten(record.abstract_text, 300),
            "startDate": started or (str(above.year or "") if above else ""),
            "performer": [{"@type": "Person", "name": one.name} for one in record.speakers],
            "superEvent": {"@type": "Event", "name": above.title} if above else "",
            "recordedIn": {
                "@type": "VideoObject",
                "name": record.title,
                "url": recording.url,
            }
            if recording
            else "",
        }
    )


def person(record: PersonRecord, catalog: Catalog) -> dict[str, Any]:
    """Return a Person."""
    return _without_blanks(
        {
            "@type": "Person",
            "name": record.name,
            "alternateName": list(record.aliases),
            "affiliation": [
                {"@type": "Organization", "name": name} for name in record.organisations
            ],
            "description": record.about,
            "sameAs": list(record.links),
            "url": catalog.absolute(record.url),
        }
    )


def article(record: NoteRecord, catalog: Catalog) -> dict[str, Any]:
    """Return a note as an Article."""
    return _without_blanks(
        {
            "@type": "Article",
            "headline": record.title,
            "description": shorten(record.description, 300),
            "datePublished": record.date,
            "dateModified": record.updated,
            "author": [{"@type": "Person", "name": name} for name in record.authors],
            "inLanguage": record.language or catalog.settings.language,
            "url": catalog.absolute(record.url),
        }
    )


def website(catalog: Catalog) -> dict[str, Any]:
    """Return the WebSite."""
    settings = catalog.settings
    return _without_blanks(
        {
            "@type": "WebSite",
            "name": settings.title,
            "description": settings.description,
            "url": catalog.absolute("/"),
            "inLanguage": settings.language,
        }
    )


def _without_blanks(thing: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if value not in ("", [], None)}
