"""Who links to a page, with the words around the link."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kb.graph.crosslinks import Arrow
from kb.graph.links import canonical
from kb.graph.sessions import Joined, telling, title_of
from kb.graph.written import Written
from kb.model.facts import LinkMention
from kb.model.note import Note
from kb.model.pattern import Pattern
from kb.model.site import Backlink, Telling, Url
from kb.model.value import Value

LONGEST_SENTENCE = 280
"""Characters of the words shown around a link."""
_SENTENCE = Pattern(r"(?<=[.!?…])([\"'”’)\]]*)\s+|(?<=[。！？])()")
_ABBREVIATED = Pattern(
    r"(?:\b[A-Z]|\b(?:approx|cf|Dr|e\.g|etc|Fig|i\.e|Jr|Mr|Mrs|Ms|No|Prof|Sr|St|vs))\.$"
)
"""A dot that ends no sentence: an initial, an abbreviation."""
OWN_KINDS = frozenset({"recording", "slides", "schedule"})


class Spot(Value, frozen=True):
    """A stretch of a note that is told on the page of a session, too."""

    url: Url
    title: str
    telling: Telling
    links: tuple[LinkMention, ...] = ()
    """What the session cites in this note."""
    leads: bool = True
    """Whether the session's page begins with it: only then headings keep their anchors there."""


class Words(Value, frozen=True):
    """The words around a link, and the heading above them."""

    sentence: str
    line: int
    anchor: str = ""
    anchor_line: int = 0


def find_spots(sessions: Sequence[Joined], urls: Sequence[Url]) -> dict[str, tuple[Spot, ...]]:
    """Return by note path where it tells which session, in the order of lines.

    `urls` are the sessions'.
    """
    found: dict[str, list[Spot]] = defaultdict(list)
    for joined, url in zip(sessions, urls, strict=True):
        for number, part in enumerate(joined.parts):
            found[part.path].append(
                Spot(
                    url=url,
                    title=title_of(joined),
                    telling=telling(part),
                    links=part.session.links,
                    leads=number == 0,
                )
            )
    return {
        path: tuple(sorted(spots, key=lambda spot: (spot.telling.lines.first, spot.url)))
        for path, spots in found.items()
    }


def find_backlinks(
    all_written: Sequence[Written],
    spots: Mapping[str, Sequence[Spot]],
    urls: Mapping[str, Url],
    arrows: Mapping[str, Sequence[Arrow]],
    owners: Mapping[str, Url],
    *,
    prose: Mapping[str, Note],
) -> dict[Url, tuple[Backlink, ...]]:
    """Return for each page the places on other pages that link to it.

    `spots` (in the order of lines), `urls`, `arrows` and `prose` (the whole notes) are by note
    path, `owners` as `find_owners` tells them. A link to the heading of a session, to a note of
    one session only, and to the recording, slides or schedule entry that one session alone names
    above its notes, counts as a link to that session.
    """
    found: dict[Url, dict[tuple[Url, str], Backlink]] = defaultdict(dict)
    for written in all_written:
        wanted: dict[int, list[Url]] = defaultdict(list)
        for arrow in arrows.get(written.path, ()):
            wanted[arrow.reference].extend(_meant(arrow, spots))
        for index, reference in enumerate(written.note.references):
            owner = owners.get(canonical(reference.target)) if owners else None
            if owner:
                wanted[index].append(owner)
        if not wanted:
            continue
        words = words_around(prose[written.path], set(wanted))
        for index in sorted(wanted):
            around = words.get(index)
            if around is None:
                continue
            page, title = _citing(written, around, spots.get(written.path, ()), urls)
            for target in wanted[index]:
                if target not in {page.partition("#")[0], urls.get(written.path)}:
                    link = Backlink(page=page, title=title, sentence=around.sentence)
                    found[target].setdefault((page, around.sentence), link)
    return {url: tuple(links.values()) for url, links in found.items()}


def _meant(arrow: Arrow, spots: Mapping[str, Sequence[Spot]]) -> list[Url]:
    """Return the pages that a link is about: the one it names, and the session told there."""
    there = spots.get(arrow.note, ())
    if arrow.anchor:
        told = [spot.url for spot in there if spot.telling.anchor == arrow.anchor]
    else:
        told = [spot.url for spot in there] if len(there) == 1 else []
    return [arrow.target, *told]


def find_owners(spots: Mapping[str, Sequence[Spot]]) -> dict[str, Url]:
    """Return by canonical URL the session that a recording or schedule entry belongs to, if one."""
    heads: dict[str, set[Url]] = defaultdict(set)
    for path in spots:
        for spot in spots[path]:
            for link in spot.links:
                line = link.evidence.line
                own = not link.evidence.path  # else the line is another file's
                in_notes = own and any(line in lines for lines in spot.telling.notes)
                if link.kind in OWN_KINDS and not in_notes:
                    heads[canonical(link.url)].add(spot.url)
    return {key: next(iter(urls)) for key, urls in heads.items() if len(urls) == 1}


def _citing(
    written: Written, words: Words, spots: Sequence[Spot], urls: Mapping[str, Url]
) -> tuple[Url, str]:
    """Return the page on which the words stand, with the nearest anchor, and its title."""
    inside = [spot for spot in spots if words.line in spot.telling.lines]
    if not inside:
        page = urls.get(written.path, Url("/"))
        return Url(f"{page}#{words.anchor}" if words.anchor else page), written.note.title
    spot = inside[-1]
    shown = spot.leads and any(
        words.anchor_line in lines and words.line in lines for lines in spot.telling.notes
    )
    page = spot.url
    return Url(f"{page}#{words.anchor}" if words.anchor and shown else page), spot.title


def words_around(note: Note, references: set[int]) -> dict[int, Words]:
    """Return the sentence around each of `references` (indexes) of `note`."""
    found: dict[int, Words] = {}
    anchor, anchor_line = "", 0
    for block in note.walk():
        if block.kind == "heading" and block.anchor:
            anchor, anchor_line = block.anchor, block.line
        if references.isdisjoint([run.reference for run in block.runs]):
            continue
        position = 0
        text = "".join([run.text for run in block.runs])
        for run in block.runs:
            index = run.reference
            if index in references and index not in found:
                found[index] = Words(
                    sentence=sentence_at(text, position, position + len(run.text)),
                    line=run.line or block.line,
                    anchor=anchor,
                    anchor_line=anchor_line,
                )
            position += len(run.text)
    return found


def sentence_at(text: str, first: int, last: int) -> str:
    """Return the sentence of `text` that holds its characters `first` to `last`, shortened."""
    start, end = 0, len(text)
    for gap in _SENTENCE.finditer(text):
        if _ABBREVIATED.search(text, max(0, gap.start() - 8), gap.start()):
            continue
        if gap.end() <= first:
            start = gap.end()
        elif gap.start() >= last:
            end = gap.end(gap.lastindex or 0)
            break
    sentence = " ".join(text[start:end].split())
    if len(sentence) <= LONGEST_SENTENCE:
        return sentence
    middle = len(" ".join(text[start:first].split()))
    head = max(0, min(middle - LONGEST_SENTENCE // 2, len(sentence) - LONGEST_SENTENCE))
    cut = sentence[head : head + LONGEST_SENTENCE]
    before = "…" if head else ""
    after = "…" if head + LONGEST_SENTENCE < len(sentence) else ""
    if before:
        cut = cut.partition(" ")[2] or cut
    if after:
        cut = cut.rpartition(" ")[0] or cut
    return f"{before}{cut}{after}"
