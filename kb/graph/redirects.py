"""Old URLs and where they lead now: aliases of notes, and names that were joined since."""

import posixpath
from collections.abc import Iterator

from kb.graph.addresses import Addresses, event_slug
from kb.graph.events import year_of
from kb.graph.permalinks import Claims, PathRefused, path_of, site_path, slug, url_of
from kb.graph.things import Things
from kb.graph.written import Written
from kb.model.finding import Finding
from kb.model.site import Redirect, Url


def redirects(
    things: Things, addresses: Addresses, claims: Claims
) -> tuple[list[Redirect], list[Finding]]:
    """Return the old URLs that lead somewhere: aliases of notes, and of names since joined."""
    found: list[Redirect] = []
    findings: list[Finding] = []
    for written in things.all_written:
        target = addresses.notes[written.path]
        for number in range(len(written.note.matter.aliases)):
            source = _alias(written, number, target, claims, findings)
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
    return sorted(found, key=lambda redirect: redirect.source), findings


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
) -> Url | None:
    """Return the old URL that `alias` names and take it, or None with a finding."""
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
