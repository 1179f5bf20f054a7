"""Where every link and picture of every note leads, and the words that cite each page."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kb.graph.links import ALIVE, Fates, canonical
from kb.graph.places import (
    Anchors,
    Found,
    Places,
    anchors_of,
    find_asset,
    find_page,
    own_path,
    scheme_of,
    split_target,
    whole,
)
from kb.graph.written import Written
from kb.model.finding import Finding
from kb.model.note import Note, Reference
from kb.model.pattern import Pattern
from kb.model.site import Asset, NoteRecord, Picture, Target, Url
from kb.model.value import Value

_HOST = Pattern(
    r"(?:[a-z0-9-]+\.)+(?!md\b|markdown\b|html?\b|pdf\b|png\b|jpe?g\b|gif\b|svg\b|txt\b)[a-z]{2,}(?:[/?#]|$)",
    re.IGNORECASE,
)
"""What looks like a web address without its scheme."""


REFERENCE_CODES = frozenset({"KB302", "KB304", "KB306"})
"""Of the findings about references."""


class Arrow(Value, frozen=True):
    """A link of a note that leads to a page of this site."""

    reference: int
    target: Url
    anchor: str
    note: str
    """`Note.path` of the page it leads to, `""` where that is no note."""


class Crosslinks(Value, frozen=True):
    """Where everything leads."""

    targets: Mapping[str, tuple[Target, ...]]
    """By note path: one for each of `Note.references`."""
    arrows: Mapping[str, tuple[Arrow, ...]]
    """By note path: its links to pages of this site."""
    asked: Mapping[str, tuple[str, ...]]
    """By note path: the names of its headings, as links give them, that any link asks for."""
    findings: tuple[Finding, ...]


def cross_link(
    all_written: Sequence[Written],
    places: Places,
    urls: Mapping[str, Url],
    prose: Mapping[str, Note],
    fates: Fates = ALIVE,
) -> Crosslinks:
    """Return a target for every reference of every note.

    `urls` and `prose` are the notes' own URLs and the whole notes, by path.
    """
    linker = Linker(places, urls, prose, fates)
    targets: dict[str, tuple[Target, ...]] = {}
    arrows: dict[str, tuple[Arrow, ...]] = {}
    findings: list[Finding] = []
    for written in all_written:
        kinds = _link_kinds(written)
        aims = [
            linker.aim(written.path, index, reference, kinds)
            for index, reference in enumerate(written.note.references)
        ]
        targets[written.path] = tuple(aim.target for aim in aims)
        arrows[written.path] = tuple(aim.arrow for aim in aims if aim.arrow)
        findings.extend(aim.finding for aim in aims if aim.finding)
    asked = {path: tuple(sorted(names)) for path, names in sorted(linker.asked.items())}
    return Crosslinks(targets=targets, arrows=arrows, asked=asked, findings=tuple(findings))


def _link_kinds(written: Written) -> dict[str, str]:
    facts = written.facts
    links = [*facts.links, *(link for session in facts.sessions for link in session.links)]
    return {link.url: link.kind for link in links}


def link_kind(reference: Reference, kinds: Mapping[str, str]) -> str:
    """Return the kind of a link to the web; `kinds` are those of the note's links, by URL."""
    said = reference.target.strip() or reference.text.strip()
    return kinds.get(reference.target) or kinds.get(said, "")


def outside(url: str, kind: str, fates: Fates) -> Target:
    """Return where a link leads that leaves the site; `kind` is one of `LINK_KINDS`."""
    fate = fates.get(canonical(url)) if fates else None
    if fate is None:
        return Target(kind="external", url=url, link_kind=kind)
    return Target(kind="external", url=url, link_kind=kind, dead=True, archive=fate.archive)


class Aim(Value, frozen=True):
    """Where one reference leads."""

    target: Target
    arrow: Arrow | None = None
    asset: Asset | None = None
    finding: Finding | None = None


class Linker:
    """Finds what the references of notes mean.

    Remembers the anchors of notes it looked into, and where the paths of the last note led.
    """

    def __init__(
        self,
        places: Places,
        urls: Mapping[str, Url],
        notes: Mapping[str, Note],
        fates: Fates = ALIVE,
    ) -> None:
        self._places = places
        self._urls = urls
        self._notes = notes
        self._fates = fates
        self._known_anchors: dict[str, Anchors] = {}
        self._known_pages: dict[str, Found | None] = {}
        self._known_of = ""
        self.asked: dict[str, set[str]] = defaultdict(set)

    def aim(self, note: str, index: int, reference: Reference, kinds: Mapping[str, str]) -> Aim:
        """Return where `reference` of `note` leads, with a finding where that is nowhere."""
        target = reference.target.strip()
        if reference.kind == "picture":
            return self.picture(note, target, reference.line, reference.column)
        if not target and scheme_of(reference.text) == "web":
            target = reference.text.strip()
        scheme = scheme_of(target)
        if scheme in {"unsafe", "image"}:
            return Aim(target=Target(kind="unsafe"))
        if scheme == "path":
            return self._inside(note, index, reference, target)
        complete = whole(target)
        leading = outside(complete, link_kind(reference, kinds), self._fates)
        own = own_path(self._places, complete) if scheme == "web" else None
        if own is None:
            return Aim(target=leading)
        aim = self._inside(note, index, reference, own)
        lost = aim.target.kind == "missing"
        return Aim(target=leading, finding=aim.finding) if lost else aim

    def _inside(self, note: str, index: int, reference: Reference, target: str) -> Aim:
        path, anchor = split_target(target)
        own = self._urls.get(note, Url("/"))
        if not path:
            return self._anchor(note, index, reference, anchor)
        found = self._find_page(note, own, path)
        if found is None:
            finding = _broken(note, reference, "leads to no page or file of this site")
            return Aim(target=Target(kind="missing"), finding=finding)
        if found.page is None:
            return _aim_at(found.asset)
        page = found.page
        unknown: Finding | None = None
        if page.note and anchor:
            known = self._find_anchor(page.note, anchor)
            if not known:
                unknown = _broken(note, reference, f"names a heading that {page.note} has not")
            anchor = known
        url = f"{page.url}#{anchor}" if anchor else page.url
        return Aim(
            target=Target(kind="page", url=url, title=page.title),
            arrow=Arrow(reference=index, target=page.url, anchor=anchor, note=page.note),
            finding=unknown,
        )

    def _find_page(self, note: str, own: Url, path: str) -> Found | None:
        if note != self._known_of:
            self._known_of, self._known_pages = note, {}
        if path not in self._known_pages:
            self._known_pages[path] = find_page(self._places, note, own, path)
        return self._known_pages[path]

    def _anchor(self, note: str, index: int, reference: Reference, anchor: str) -> Aim:
        known = self._find_anchor(note, anchor)
        if known:
            own = self._urls.get(note, Url("/"))
            return Aim(
                target=Target(kind="anchor", url=f"#{known}"),
                arrow=Arrow(reference=index, target=own, anchor=known, note=note),
            )
        why = "names a heading that the note has not" if anchor else "is empty"
        return Aim(target=Target(kind="missing"), finding=_broken(note, reference, why))

    def _find_anchor(self, path: str, name: str) -> str:
        self.asked[path].add(name)
        return self._anchors(path).find(name)

    def _anchors(self, path: str) -> Anchors:
        found = self._known_anchors.get(path)
        if found is None:
            note = self._notes.get(path)
            found = self._known_anchors[path] = anchors_of(note) if note else Anchors()
        return found

    def picture(self, note: str, target: str, line: int, column: int = 0) -> Aim:
        """Return where the picture `target` of `note` is, with a finding where it is missing."""
        scheme = scheme_of(target)
        if scheme == "web":
            complete = whole(target)
            own = own_path(self._places, complete)
            found = self._asset(note, own) if own else None
            return (
                _aim_at(found.asset) if found else Aim(target=Target(kind="external", url=complete))
            )
        if scheme == "image":
            return Aim(target=Target(kind="external", url=target))
        if scheme != "path":
            return Aim(target=Target(kind="unsafe"))
        found = self._asset(note, target) if target else None
        if found is None or found.asset is None:
            finding = Finding(
                code="KB302",
                path=note,
                line=line,
                column=column,
                message=f"the picture {target or '(no path)'} is missing",
                hint=_picture_hint(self._places, target),
            )
            return Aim(target=Target(kind="missing"), finding=finding)
        hint = None
        if not found.exact:
            hint = Finding(
                code="KB306",
                path=note,
                line=line,
                column=column,
                message=f"the picture {target} was found at {found.asset.path}",
                hint=f"write {found.asset.url}",
            )
        return Aim(target=_aim_at(found.asset).target, asset=found.asset, finding=hint)

    def _asset(self, note: str, target: str) -> Found | None:
        path, _ = split_target(target)
        return find_asset(self._places, note, self._urls.get(note, Url("/")), path)

    def show(
        self, note: str, source: str, *, alt: str = "", line: int = 0, taken: str = ""
    ) -> Picture:
        """Return the picture that `note` writes as `source`."""
        aim = self.picture(note, source.strip(), line)
        return Picture(
            asset=aim.asset.url if aim.asset else None,
            source=source,
            alt=alt,
            note=note,
            line=line,
            width=aim.target.width,
            height=aim.target.height,
            taken=taken or (aim.asset.taken if aim.asset else ""),
        )


def _picture_hint(places: Places, target: str) -> str:
    name = split_target(target)[0].rsplit("/", 1)[-1].casefold()
    named = places.file_names.get(name, ())
    if named:
        return "several files have that name: " + ", ".join(asset.path for asset in named[:4])
    return "put the file into static/ or beside the note, or mend the path"


def _aim_at(asset: Asset | None) -> Aim:
    if asset is None:
        return Aim(target=Target(kind="missing"))
    target = Target(kind="asset", url=asset.url, width=asset.width, height=asset.height)
    return Aim(target=target, asset=asset)


def _broken(note: str, reference: Reference, why: str) -> Finding:
    target = reference.target.strip()
    return Finding(
        code="KB304",
        path=note,
        line=reference.line,
        column=reference.column,
        message=f"the link {reference.target or reference.text or '(empty)'} {why}",
        hint=f"write https://{target} if it is a web address"
        if _HOST.match(target)
        else "mend the link, or give the page it means an alias",
    )


def missing_covers(notes: Iterable[NoteRecord]) -> Iterator[Finding]:
    """Yield a finding for each note whose cover picture is none of the site's files."""
    for note in notes:
        cover = note.cover
        if cover and cover.asset is None and scheme_of(cover.source) != "web":
            yield Finding(
                code="KB303",
                path=note.path,
                line=cover.line,
                message=f"the cover picture {cover.source} is missing",
                hint="put the file into static/ or beside the note, or remove `cover`",
            )
