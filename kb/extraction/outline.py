"""Which sections of a note are sessions, and where each ends.

The levels of headings are a hint, not more: what is surely a talk by its own weight makes headings
of the same rank talks, too, unless they are something else.
"""

import re
from collections.abc import Mapping, Sequence

from kb.extraction.candidates import Candidate, Form, Reader
from kb.extraction.eventnames import event_weight
from kb.extraction.heads import read_head
from kb.extraction.lexicon import TITLE_LABELS, fold
from kb.extraction.loose import loose
from kb.extraction.names import Company
from kb.extraction.pieces import Piece
from kb.extraction.roles import Role, holds_lightning
from kb.extraction.setting import TALK_WORDS, Setting
from kb.extraction.speakers import read_close, read_label
from kb.model.note import Note
from kb.model.value import Value, replace


class Section(Value, frozen=True):
    """A session found: its head and its lines."""

    candidate: Candidate
    end: int
    last: int
    """Number of the piece after its last one."""
    social: bool
    rule: str
    sure: float


STRONG = 1.8


class Outline(Value, frozen=True):
    """The sessions of a note and the headings that are none."""

    sections: tuple[Section, ...] = ()
    days: tuple[tuple[int, str], ...] = ()
    """Lines of headings that name a day, with their text."""
    single: bool = False
    """The whole note is one talk."""
    shares: tuple[tuple[int, str], ...] = ()
    """Lines and texts of the headings that hold talks (tracks, days)."""


def outline(
    note: Note,
    pieces: Sequence[Piece],
    company: Company,
    setting: Setting,
) -> Outline:
    """Return the sessions of a note, in order."""
    reader = Reader(note, pieces, company, setting)
    candidates = reader.heads()
    days = tuple((c.line, c.head.text) for c in candidates if c.role == "day")
    strong = sum(c.score >= STRONG for c in candidates)
    title = reader.title() if strong < 2 else None
    everyone = [*candidates, title] if title else candidates
    if setting.weight < (0.0 if setting.plain else 1.0):
        return Outline(days=days)
    strongest = sum(sorted(min(3.0, max(0.0, c.score)) for c in everyone if not c.role)[-3:])
    if setting.weight + 0.35 * strongest < (1.0 if setting.plain else 1.8):
        return Outline(days=days)
    chosen = _choose_headings(reader, candidates)
    led = None if any(c.people for c in chosen) else _led_by_speaker(reader)
    if led:
        return Outline(sections=(_whole(reader, led, 0.85),), days=days, single=True)
    first = candidates[0] if candidates else None
    opening = first if first and _opens(first, pieces) else None
    regions = _not_twice(loose(reader, candidates, chosen), chosen)
    alone = len(chosen) + len(regions) <= 1 and not setting.several
    if alone and not _holds_talks(candidates):
        single = _single(reader, chosen, regions, title=title, opening=opening)
        if single:
            return Outline(sections=(single,), days=days, single=True)
    if len(chosen) <= 1 and not regions:
        chosen = _weak_family(reader, candidates, opening, chosen)
    chosen = _with_lightning(reader, candidates, chosen)
    sections = _sections(reader, candidates, [*chosen, *regions])
    return Outline(sections=sections, days=days)


def _not_twice(loose: list[Candidate], chosen: list[Candidate]) -> list[Candidate]:
    """Leave out a list or table that only repeats the headings: a schedule, a table of contents."""
    titles = {fold(c.zone.title or c.reading.title) for c in chosen}
    names = {fold(p.name) for c in chosen for p in c.reading.people}
    fresh = [
        c
        for c in loose
        if fold(c.reading.title) not in titles
        and not (names and {fold(p.name) for p in c.reading.people} & names)
    ]
    return [] if len(fresh) * 2 <= len(loose) and chosen else fresh


def _opens(candidate: Candidate, pieces: Sequence[Piece]) -> bool:
    """Whether a heading stands for the whole note: hardly anything before it.

    The only one of its rank, with smaller ones below, may have an aside before it.
    """
    before = [piece for piece in pieces[: candidate.index] if piece.text.strip()]
    if len(before) <= 1:
        return True
    levels = [p.level for p in pieces if p.kind == "heading" and not p.depth]
    top = candidate.form == "heading" and candidate.level == 1 and levels.count(1) == 1
    return top and len(levels) > 2 and len(before) <= 3


def _is_event_title(candidate: Candidate, reader: Reader) -> bool:
    """A first heading that names the event, not a talk."""
    text = candidate.head.text
    if candidate.people and candidate.reading.pattern in ("by", "quote-first", "quote-last"):
        return False
    if candidate.zone.facts or _is_one_of_talks(candidate, reader):
        return False
    weight = event_weight(text)
    if fold(text).replace(" ", "") in reader.setting.events:
        return True
    return weight >= 1.5 or (weight >= 0.8 and not candidate.people)


def _is_one_of_talks(candidate: Candidate, reader: Reader) -> bool:
    """Whether a first heading has brothers, a speaker, and a recording below it, as talks do.

    Of `TITLE | NAME | EVENT` the title is no event's, either.
    """
    zone, reading = candidate.zone, candidate.reading
    named = zone.people or (reading.people and reading.title and event_weight(reading.title) < 0.8)
    if not (named and zone.pages) or candidate.form != "heading":
        return False
    return sum(piece.level == candidate.level for _, piece in reader.headings) > 1


def _choose_headings(reader: Reader, candidates: list[Candidate]) -> list[Candidate]:
    """Return the headings that are talks, by their own weight and by company."""
    opening = candidates[0] if candidates and _opens(candidates[0], reader.pieces) else None
    strong = [
        c
        for c in candidates
        if c.score >= (STRONG - 0.2 if reader.setting.weight >= 3.0 else STRONG)
        and not (c is opening and _is_event_title(c, reader) and len(candidates) > 1)
    ]
    strong = _level_company(strong, candidates)
    strong = _nested(reader, strong)
    if not strong or _stray(reader, strong, candidates):
        return []
    chosen = {c.index: c for c in strong}
    levels: dict[int, list[Candidate]] = {}
    for c in candidates:
        lone = sum(d.level == c.level for d in strong) < 2 or len(c.head.text.split()) < 3
        if c is opening and (_is_event_title(c, reader) or (c.index not in chosen and lone)):
            continue
        if not any(a in chosen for a in _ancestors(reader, c.index)):
            levels.setdefault(c.level, []).append(c)
    for group in levels.values():
        sure = [c for c in group if c.index in chosen]
        eligible = [c for c in group if not c.role or c.index in chosen]
        highest = not any(d.level < group[0].level for d in strong)
        if not _carries(reader, candidates, sure, eligible, highest=highest):
            continue
        everyone = len(sure) >= 5 and len(sure) >= 0.75 * len(eligible)
        elsewhere = _elsewhere(reader, candidates, group, sure)
        for c in eligible:
            if reader.parents.get(c.index, -1) in elsewhere:
                continue
            if c.index not in chosen and c.score > (-0.1 if everyone else -0.7):
                if _has_chosen_below(reader, c, chosen):
                    continue
                chosen[c.index] = c
    return [c for c in candidates if c.index in chosen]


def _elsewhere(
    reader: Reader, candidates: list[Candidate], group: list[Candidate], sure: list[Candidate]
) -> set[int]:
    """Return the headings whose children are no talks, though their cousins are.

    Where all talks stand below headings that say so (`## Talks`), what stands below others
    (`## Travel`) is none. Nor is what stands beside `Takeaways`: those are sections of a talk.
    """
    roles = {c.index: c.role for c in candidates}
    founded = {reader.parents.get(c.index, -1) for c in sure}
    said = bool(founded) and all(roles.get(index) == "container" for index in founded)
    found = set()
    for c in group:
        parent = reader.parents.get(c.index, -1)
        if parent in founded or roles.get(parent, "day") in ("container", "day"):
            continue
        if said or c.role == "generic":
            found.add(parent)
    return found


def _stray(reader: Reader, strong: list[Candidate], candidates: list[Candidate]) -> bool:
    """Whether one heading alone looks like a talk, in a note that has no other sign of any."""
    setting = reader.setting
    if len(strong) > 1 or setting.weight >= 1.5 or not setting.plain or setting.several:
        return False
    own = strong[0]
    rest = [c for c in candidates if c.level <= own.level and c.index != own.index and not c.role]
    founded = own.zone.people or own.zone.pages or own.zone.told
    return len(rest) > 1 and not founded and own.index > candidates[0].index


def _carries(
    reader: Reader,
    candidates: list[Candidate],
    sure: list[Candidate],
    eligible: list[Candidate],
    *,
    highest: bool,
) -> bool:
    """Whether the sure talks of a rank are enough to make the others of the rank talks, too."""
    setting = reader.setting
    if sure and highest and setting.plain and (setting.several or setting.title_is_event >= 1.5):
        days = sum(c.role == "day" for c in candidates)
        if days >= 2 or setting.several:
            return True
    share = 0.2 if setting.title_is_event >= 1.5 else 0.3
    return len(sure) >= 2 and len(sure) >= share * len(eligible)


def _has_chosen_below(reader: Reader, candidate: Candidate, chosen: dict[int, Candidate]) -> bool:
    return any(candidate.index in _ancestors(reader, index) for index in chosen)


def _ancestors(reader: Reader, index: int) -> list[int]:
    found = []
    while (index := reader.parents.get(index, -1)) >= 0:
        found.append(index)
    return found


def _level_company(strong: list[Candidate], candidates: list[Candidate]) -> list[Candidate]:
    """Drop lone headings of a rank where talks mostly stand at another, unless well founded.

    A heading that is only a name is a talk beside other such headings, or beside talks.
    """
    counts: dict[int, int] = {}
    for c in strong:
        counts[c.level] = counts.get(c.level, 0) + 1
    if not counts:
        return strong
    top = max(counts.values())
    kept = []
    for c in strong:
        bare = not c.reading.title and not c.zone.title
        lone = counts[c.level] == 1 and top >= 3
        if bare and lone:
            continue
        if lone and c.score < 2.6 and not c.zone.people:
            continue
        kept.append(c)
    return kept


def _nested(reader: Reader, strong: list[Candidate]) -> list[Candidate]:
    """Decide between a heading and those below it: one of them is the talk, or both are."""
    indexes = {c.index: c for c in strong}
    dropped: set[int] = set()
    for c in strong:
        below = [d for d in strong if c.index in _ancestors(reader, d.index)]
        if not below:
            continue
        peopled = [d for d in below if d.people or d.zone.pages]
        if (
            len(peopled) >= 2 and not c.zone.people and not (c.reading.people and c.reading.title)
        ) or (len(peopled) >= 3 and _is_event_title(c, reader)):
            dropped.add(c.index)
    for c in strong:
        for ancestor in _ancestors(reader, c.index):
            if ancestor in indexes and ancestor not in dropped:
                own = bool(c.zone.people) and bool(
                    c.zone.pages or c.zone.told or c.zone.place == "item"
                )
                linked = "a URL repeats the title" in c.reasons and c.zone.pages
                if not ((own and c.score >= 3.0) or linked):
                    dropped.add(c.index)
    return [c for c in strong if c.index not in dropped]


def _holds(opening: Candidate | None) -> bool:
    """Whether the first heading says that talks follow: `# Presentations`, `# My sessions`."""
    if opening is None or opening.role != "container":
        return False
    return bool(TALK_WORDS.search(opening.head.text))


def _weak_family(
    reader: Reader,
    candidates: list[Candidate],
    opening: Candidate | None,
    chosen: list[Candidate],
) -> list[Candidate]:
    """In notes of an event, headings that are nothing else are talks, even without speakers."""
    title_weight = max(
        1.5 if _is_placed(reader.setting) or _holds(opening) else 0.0,
        reader.setting.title_is_event,
        event_weight(opening.head.text) if opening else 0.0,
    )
    dated = any(c.role == "day" for c in candidates) and reader.setting.weight >= 3.0
    if title_weight >= 1.0 and any(_is_session_word(c) for c in candidates):
        title_weight = 1.5
    if title_weight < 1.5 and not dated:
        return chosen
    if reader.setting.weight < 2.0 or reader.setting.beside:
        return chosen
    rest = [c for c in candidates if c is not opening or not _is_event_title(c, reader)]
    levels: dict[int, list[Candidate]] = {}
    breaks = {c.index for c in candidates if c.role == "break"}
    for c in rest:
        if not c.role and c.score > -0.7 and breaks.isdisjoint(_ancestors(reader, c.index)):
            levels.setdefault(c.level, []).append(c)
    roles = {c.index: c.role for c in candidates}
    for level in sorted(levels):
        group = _held(reader, levels[level], roles)
        if chosen and chosen[0].level != level:
            continue
        if all(fold(c.head.text) in TITLE_LABELS for c in group):
            below = [c for c in levels.get(level + 1, ()) if _held(reader, [c], roles, only=True)]
            if len(below) > 1:
                return sorted([*group, *below], key=_index)
        if len(group) >= 2 or (group and group[0].score > 0.9):
            labels = [c for c in rest if c.level == level and fold(c.head.text) in TITLE_LABELS]
            return sorted({c.index: c for c in (*group, *labels)}.values(), key=_index)
    return chosen


def _held(
    reader: Reader, group: list[Candidate], roles: Mapping[int, Role], *, only: bool = False
) -> list[Candidate]:
    """Return those of a rank that stand below `Talks`, `Sessions` or a day, if any (or `only`)."""
    held = [c for c in group if roles.get(reader.parents.get(c.index, -1)) in ("container", "day")]
    said = any(roles.get(reader.parents.get(c.index, -1)) == "container" for c in held)
    return held if said or only else group


def _index(candidate: Candidate) -> int:
    return candidate.index


def _with_lightning(
    reader: Reader, candidates: list[Candidate], chosen: list[Candidate]
) -> list[Candidate]:
    """Among talks, the headings right below `Lightning talks` are talks, too."""
    if not chosen:
        return chosen
    holders = {c.index for c in candidates if holds_lightning(reader.pieces[c.index].text)}
    taken = {c.index for c in chosen}
    below = [
        c
        for c in candidates
        if reader.parents.get(c.index, -1) in holders - taken
        and not c.role
        and c.score > -0.7
        and c.index not in taken
        and not _has_chosen_below(reader, c, {d.index: d for d in chosen})
    ]
    return sorted([*chosen, *below], key=_index)


def _is_placed(setting: Setting) -> bool:
    """Whether the path of a plain file says that it is about an event, or holds talks."""
    return setting.several or (setting.plain and bool(setting.events))


def _is_session_word(candidate: Candidate) -> bool:
    """Whether a heading is a word such as `Keynote`, `Panel` or `Lightning talks`."""
    folded = fold(candidate.head.text)
    return folded in TITLE_LABELS or bool(
        re.fullmatch(r"(?:lightning|flash) talks|keynotes", folded)
    )


# -- a note that is one talk -----------------------------------------------------------------


def _holds_talks(candidates: list[Candidate]) -> bool:
    """Whether headings speak of days or of talks: such a note is not one talk."""
    return any(c.role in ("day", "container") and c.reasons == () for c in candidates[:1]) or any(
        c.role == "day" for c in candidates
    )


def _single(
    reader: Reader,
    chosen: list[Candidate],
    regions: list[Candidate],
    *,
    title: Candidate | None,
    opening: Candidate | None,
) -> Section | None:
    """Return the one session that the whole note is about, or None."""
    about_event = title is not None and event_weight(title.head.text) >= 1.0
    if chosen and opening and chosen[0].index == opening.index and not about_event:
        return _whole(reader, chosen[0], 0.9)
    if chosen or regions:
        return None
    if title and opening and fold(title.head.text) == fold(opening.head.text):
        title = None
    closing = [piece.text for piece in reader.pieces if piece.text.strip()][-3:]
    closed = any(read_close(text).persons for text in closing)
    for candidate in (opening, title or _file_title(reader, opening)):
        if candidate is None or (candidate.role and candidate.form == "heading"):
            continue
        if _is_event_title(candidate, reader) and not candidate.people:
            continue
        plain = reader.setting.plain
        score = candidate.score + (0.6 if plain else 0.0)
        if reader.setting.weight >= 3.0:
            score += 0.5
        if closed:
            score += 1.5
        placed = candidate.form == "heading" and (bool(reader.setting.events) or reader.setting.one)
        placed = placed or (candidate.form == "title" and _titled_by_file(reader))
        written = plain and _looks_like_notes(reader, candidate)
        if score >= (1.8 if plain else 2.0) or written or (placed and plain):
            return _whole(reader, candidate, 0.85 if score >= 2.0 else 0.5)
    return None


def _whole(reader: Reader, candidate: Candidate, sure: float) -> Section:
    """Return the session that is all of the note."""
    end = reader.note.lines or (reader.pieces[-1].end if reader.pieces else 1)
    last = len(reader.pieces)
    return Section(
        candidate=candidate, end=end, last=last, social=False, rule="talk-note", sure=sure
    )


def _led_by_speaker(reader: Reader) -> Candidate | None:
    """A plain file of its own name that begins with `Speaker: …`, above all headings, is one talk.

    No heading stands for it; the file's name is its title.
    """
    setting, title = reader.setting, reader.note.title
    first = reader.headings[0][0] if reader.headings else len(reader.pieces)
    if not setting.plain or setting.file.kind != "talk" or reader.note.matter.title:
        return None
    labels = (read_label(piece.text) for piece in reader.pieces[: min(first, 3)])
    told = any(label and label[0] == "speaker" and label[1] for label in labels)
    if not told or any(fold(piece.text) == fold(title) for _, piece in reader.headings):
        return None
    return reader.candidate(-1, "title", read_head(title, (), reader.company))


def _titled_by_file(reader: Reader) -> bool:
    return reader.setting.one and not reader.note.matter.title


def _file_title(reader: Reader, opening: Candidate | None) -> Candidate | None:
    """The file's name is the title of a talk that no heading stands for."""
    early = any(p.level < 3 and index < 5 for index, p in reader.headings)
    if opening or early or not _titled_by_file(reader):
        return None
    return reader.candidate(-1, "title", read_head(reader.note.title, (), reader.company))


def _looks_like_notes(reader: Reader, candidate: Candidate) -> bool:
    """A file of quick notes under one title: mostly list items and short lines."""
    if (
        reader.note.path.rpartition("/")[2]
        .lower()
        .startswith(("readme", "index", "changelog", "_index"))
    ):
        return False
    if len(candidate.head.text.split()) < 2 or reader.setting.weight < 1.0:
        return False
    body = [p for p in reader.pieces if p.kind in ("text", "item") and p.text.strip()]
    if len(body) < 5:
        return False
    items = sum(p.kind == "item" for p in body)
    return items >= 0.5 * len(body)


# -- boundaries ------------------------------------------------------------------------------


def _sections(
    reader: Reader, candidates: list[Candidate], talks: list[Candidate]
) -> tuple[Section, ...]:
    """Give each talk its lines, and add the social sessions that stand beside them."""
    talks = sorted(talks, key=lambda c: c.index)
    picked = {c.index for c in talks}
    levels = {c.level for c in talks if c.form == "heading"}
    socials = [
        c
        for c in candidates
        if c.role == "break" and c.index not in picked and (c.level in levels or not levels)
    ]
    absorbed = {number for c in talks for number in c.zone.absorbed}
    heads = sorted([*talks, *socials], key=lambda c: c.index)
    sections = []
    indexes = [c.index for c in heads]
    for place, c in enumerate(heads, start=1):
        own, level = c.index, c.level if c.form == "heading" else 7
        last = next((index for index in indexes[place:] if index > own), len(reader.pieces))
        for index, piece in reader.headings:
            if own < index < last and piece.level <= level and index not in absorbed:
                last = index
                break
        if c.form == "row":
            last = c.index + 1
        end = reader.pieces[last - 1].end if last > 0 else c.line
        if last < len(reader.pieces):
            end = max(end, min(reader.pieces[last].line - 1, end))
        else:
            end = max(end, reader.pieces[-1].end)
        social = c.role == "break"
        sections.append(
            Section(
                candidate=c,
                end=end,
                last=last,
                social=social,
                rule="social" if social else _rule(c),
                sure=0.8 if social else max(0.4, min(0.97, 0.5 + c.score / 10)),
            )
        )
    return tuple(sections)


def section_at(
    note: Note, pieces: Sequence[Piece], company: Company, setting: Setting, index: int
) -> Section:
    """Return the session that the writer says begins at piece `index`; -1 means the whole note."""
    reader = Reader(note, pieces, company, setting)
    end = max(1, note.lines)
    if index < 0:
        text = note.matter.title or note.title
        opening = next((i for i, _ in reader.headings[:1] if i < 4), -1)
        if opening >= 0 and not note.matter.title:
            section = section_at(note, pieces, company, setting, opening)
            return replace(section, end=end, last=len(pieces))
        candidate = reader.candidate(-1, "title", read_head(text, (), company))
        return Section(
            candidate=candidate, end=end, last=len(pieces), social=False, rule="explicit", sure=1.0
        )
    piece = pieces[index]
    form: Form = "heading" if piece.kind == "heading" else "line"
    head = read_head(piece.text, piece.links, company)
    candidate = reader.candidate(index, form, head)
    absorbed = set(candidate.zone.absorbed)
    last = next(
        (
            i
            for i, other in reader.headings
            if i > index and i not in absorbed and (form != "heading" or other.level <= piece.level)
        ),
        len(pieces),
    )
    end = max(piece.end, pieces[last].line - 1) if last < len(pieces) else end
    return Section(candidate=candidate, end=end, last=last, social=False, rule="explicit", sure=1.0)


def _rule(candidate: Candidate) -> str:
    if candidate.score >= STRONG:
        return f"talk-{candidate.form}"
    return "talk-company"
