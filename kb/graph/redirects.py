"""Old URLs and where they lead now: aliases of notes, and names that were joined since."""

import posixpath
from collections.abc import Iterator, Sequence
from typing import Any

from kb.graph.addresses import Addresses, event_slug
from kb.graph.events import year_of
from kb.graph.patterns import language_folder, spot_of, term_slug
from kb.graph.permalinks import (
    Claims,
    PathRefused,
    path_of,
    place_key,
    site_path,
    slug,
    url_of,
)
from kb.graph.places import Page
from kb.graph.things import Things
from kb.graph.written import Written
from kb.model.finding import Finding
from kb.model.pattern import Pattern
from kb.model.settings import Settings
from kb.model.site import Redirect, Url

_TERM = Pattern(":(?:slug|title)")


def redirects(
    things: Things,
    addresses: Addresses,
    claims: Claims,
    pages: Sequence[Page],
    settings: Settings,
) -> tuple[list[Redirect], list[Finding]]:
    """Return the old URLs that lead somewhere.

    They are aliases of notes, names since joined, `[redirects]` of site.toml (to any of `pages`),
    and the pages that a blog had for its tags.
    """
    found: list[Redirect] = []
    findings: list[Finding] = []
    ugly = settings.permalinks.notes.endswith((".html", ".htm"))
    for written in things.all_written:
        target = addresses.notes[written.path]
        for number in range(len(written.note.matter.aliases)):
            source = _alias(written, number, target, claims, findings, ugly=ugly)
            if source is not None and source != target:
                found.append(Redirect(source=source, target=target))
    wanted: list[tuple[str, str, Url]] = []
    for key, url in addresses.people.items():
        entry = things.people.entries.get(key)
        wanted.extend(("speakers/", slug(a), url) for a in (entry.aliases if entry else ()))
    for key, url in addresses.topics.items():
        topic = things.topics.entries.get(key)
        wanted.extend(("topics/", slug(a), url) for a in (topic.synonyms if topic else ()))
    for edition in things.editions:
        aliases = edition.entry.aliases if edition.entry and year_of(edition.entry) else ()
        wanted.extend(("events/", event_slug(a), addresses.events[edition.key]) for a in aliases)
    for folder, name, url in sorted(wanted):
        if not claims.take(f"{folder}{name}/", f"an old name of {url}"):
            found.append(Redirect(source=url_of(f"{folder}{name}/"), target=url))
    found.extend(_told(settings, pages, claims, findings))
    found.extend(_terms(things, addresses, claims, settings))
    return sorted(found, key=lambda redirect: redirect.source), findings


def _told(
    settings: Settings, pages: Sequence[Page], claims: Claims, findings: list[Finding]
) -> Iterator[Redirect]:
    """Yield what `[redirects]` of site.toml asks for, with a finding for what cannot be."""
    known = {place_key(path_of(page.url)): page.url for page in pages}
    for written, wanted in settings.redirects.items():
        why = ""
        try:
            source = site_path(written)
            target = known.get(place_key(site_path(wanted)))
            if target is None:
                why = f"this site has no page {wanted}"
            elif taken := claims.take(source, "[redirects]"):
                why = f"{written} is taken by {taken}"
            else:
                yield Redirect(source=url_of(source), target=target)
        except PathRefused as refused:
            why = str(refused)
        if why:
            findings.append(
                Finding(
                    code="KB305",
                    path="site.toml",
                    message=f"[redirects] {written!r} cannot be used: {why}",
                    hint="remove the line, or name other paths in it",
                )
            )


def _terms(
    things: Things, addresses: Addresses, claims: Claims, settings: Settings
) -> Iterator[Redirect]:
    """Yield the pages that a blog had for its tags and for the list of them.

    They lead to the topic of that name, or to the list of notes where there is none.
    """
    topics = url_of("topics/") if addresses.topics else url_of("notes/")
    for key, pattern in settings.permalinks.terms.items():
        used: dict[str, Url] = {}
        for written in things.all_written:
            prefix = language_folder(spot_of(written.path, settings.content), settings)
            folder = prefix + pattern.partition(":")[0].strip("/")
            for term in (None, *_values(written, key)):
                if term is None:
                    used.setdefault(folder, topics)
                    continue
                url = addresses.topics.get(things.topics.key(term), url_of("notes/"))
                used.setdefault(_term_path(prefix, pattern, term), url)
        for path, url in sorted(used.items()):
            try:
                source = site_path(path if path.endswith((".html", ".htm")) else f"{path}/")
            except PathRefused:
                continue
            if source and not claims.take(source, f"an old page of {key}"):
                yield Redirect(source=url_of(source), target=url)


def _term_path(prefix: str, pattern: str, term: str) -> str:
    return prefix + _TERM.sub(lambda _: term_slug(term), pattern).lstrip("/")


def _values(written: Written, key: str) -> tuple[str, ...]:
    """Return what a note's front matter says under `key`."""
    matter = written.note.matter
    if key in {"tags", "categories", "topics", "speakers", "authors"}:
        found: Any = getattr(matter, key)
    else:
        found = matter.extra.get(key, ())
    items = [found] if isinstance(found, str) else found
    if not isinstance(items, list | tuple):
        return ()
    return tuple(item for item in items if isinstance(item, str) and item.strip())


def taxonomy_pages(addresses: Addresses) -> Iterator[Redirect]:
    """Yield where a blog's `/tags/NAME/` and `/categories/NAME/` are now, for links to them."""
    for url in addresses.topics.values():
        name = path_of(url).removeprefix("topics/")
        for folder in ("tags", "categories"):
            yield Redirect(source=url_of(f"{folder}/{name}"), target=url)


def _alias(
    written: Written,
    number: int,
    target: Url,
    claims: Claims,
    findings: list[Finding],
    *,
    ugly: bool,
) -> Url | None:
    """Return the old URL that `alias` names and take it, or None with a finding.

    `ugly` tells that pages of this site are files, as the alias then is (Hugo's `uglyURLs`).
    """
    alias = written.note.matter.aliases[number]
    lines = written.note.matter.lines
    line = lines.get(f"aliases.{number}") or lines.get("aliases", 0)
    try:
        text = alias.strip()
        if not text:
            raise PathRefused("it is empty")
        if not text.startswith(("/", "\\")) and site_path(text):
            parent = posixpath.dirname(path_of(target).rstrip("/"))
            text = f"/{parent}/{text}" if parent else f"/{text}"
        path = site_path(text)
        if ugly and path.endswith("/"):
            path = f"{path[:-1]}.html"
    except PathRefused as refused:
        findings.append(
            Finding(
                code="KB305",
                path=written.path,
                line=line,
                message=f"alias {alias!r} cannot be used: {refused}",
                hint="an alias is a path of this site, such as `/2016/old-name/`",
            )
        )
        return None
    if url_of(path) == target:
        return None
    taken = claims.take(path, written.path)
    if taken == written.path:
        return None
    if taken:
        findings.append(
            Finding(
                code="KB301",
                path=written.path,
                line=line,
                message=f"alias {url_of(path)} of {written.path} is taken by {taken}",
                hint="remove the alias, or give the other page another URL",
            )
        )
        return None
    return url_of(path)
