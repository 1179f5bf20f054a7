"""Talks that stand under no heading: bold lines, quotes, paragraphs, list items, table rows."""

import re
from collections.abc import Mapping, Sequence

from kb.extraction.candidates import Candidate, Form, Reader, habits_of
from kb.extraction.clock import TIME, is_only_time
from kb.extraction.eventnames import event_weight
from kb.extraction.heads import Head, Reading, choose, read_head, unquote
from kb.extraction.lexicon import FIELD_LABELS, KIND_LINES, fold
from kb.extraction.links import is_session_page
from kb.extraction.names import Company
from kb.extraction.pieces import Piece, Span
from kb.extraction.roles import holds_lightning, role_of
from kb.extraction.speakers import read_label, read_people
from kb.extraction.zones import Zone, read_zone
from kb.model.pattern import Pattern
from kb.model.value import replace


def loose(reader: Reader, candidates: list[Candidate], chosen: list[Candidate]) -> list[Candidate]:
    """Find talks in bold lines, quotes, paragraphs, list items and tables outside heading talks."""
    free = _free(reader, candidates, chosen)
    if not free:
        return []
    families = (
        ("bold", _bold(reader, free)),
        ("field", _fielded(reader, free)),
        ("block", _blocks(reader, free)),
        ("line", _lines(reader, free)),
        ("item", _items(reader, free) if reader.setting.weight >= 1.6 else []),
        ("row", _rows(reader, free)),
    )
    best: list[Candidate] = []
    top = 0.0
    for form, found in families:
        total = sum(c.score for c in found)
        if form == "item" and len(found) >= 3 and reader.setting.file.kind == "lightning":
            total = max(total, 1.0)
        enough = len(found) >= 2 or (total >= 3.0 and reader.setting.weight >= 2.0)
        if chosen and len(found) == 1 and form in ("item", "line"):
            enough = _among_lightning(reader, candidates, found[0])
        if enough and total > top:
            best, top = found, total
    return best


def _among_lightning(reader: Reader, candidates: list[Candidate], found: Candidate) -> bool:
    above = [c for c in candidates if c.index < found.index]
    return bool(above) and above[-1].role == "container"


def _free(reader: Reader, candidates: list[Candidate], chosen: list[Candidate]) -> list[int]:
    """Numbers of the pieces in no heading talk and in no section that is surely something else."""
    picked = {c.index for c in chosen}
    state: list[int] = []
    owner: Candidate | None = None
    level = 0
    by_index = {c.index: c for c in candidates}
    absorbed = {number for c in candidates for number in c.zone.absorbed}
    for number, piece in enumerate(reader.pieces):
        candidate = by_index.get(number)
        if candidate:
            closed = number in picked or candidate.role in ("generic", "break")
            if owner is None or candidate.level <= level or number in picked:
                owner, level = (candidate, candidate.level) if closed else (None, 0)
            continue
        if owner is None and number not in absorbed and piece.kind != "heading":
            state.append(number)
    return state


def _bold(reader: Reader, free: list[int]) -> list[Candidate]:
    numbers = [
        n
        for n in free
        if (p := reader.pieces[n]).strong
        and p.kind == "text"
        and p.position == 0
        and not p.depth
        and not p.quote
        and 3 < len(p.text.strip()) < 200
        and not (_under_heading(reader.pieces, n) and fold(p.text) in KIND_LINES)
    ]
    return _family(reader, numbers, "bold")


def _under_heading(pieces: Sequence[Piece], n: int) -> bool:
    """Whether piece `n` stands right below a heading."""
    return n > 0 and pieces[n - 1].kind == "heading"


def _family(reader: Reader, numbers: list[int], form: Form) -> list[Candidate]:
    """Weigh lines of one form like headings of one rank."""
    heads = {
        n: read_head(reader.pieces[n].text, reader.pieces[n].links, reader.company) for n in numbers
    }
    habits = habits_of([head for head in heads.values() if not role_of(head.text)])
    candidates = []
    bounds = sorted({*numbers, *(i for i, _ in reader.headings), len(reader.pieces)})
    for n in numbers:
        reading = choose(heads[n], habits)
        stop = next(b for b in bounds if b > n)
        zone = read_zone(
            reader.pieces,
            n + 1,
            stop,
            reader.note.references,
            reader.company,
            named=bool(reading.people),
            untitled=bool(reading.people) and not reading.title,
            level=7,
        )
        candidates.append(reader.weigher.weigh(reader.place(n, form), heads[n], reading, zone))
    candidates = reader.settle(candidates)
    strong = [c for c in candidates if c.score >= 1.8 and not c.role]
    if not strong:
        return []
    eligible = [c for c in candidates if not c.role and c.score > -0.5]
    numbered = sum(c.head.dressing.numbered for c in eligible) >= 0.6 * len(eligible)
    if len(strong) >= 2 and (len(strong) >= 0.4 * len(eligible) or numbered):
        if numbered:
            eligible = [c for c in eligible if c.head.dressing.numbered or c in strong]
        return eligible
    return strong


def _fielded(reader: Reader, free: list[int]) -> list[Candidate]:
    """Runs of labelled lines that begin with the title: `Talk: …`, `Speaker: …`."""
    numbers = []
    for n in free:
        piece = reader.pieces[n]
        label = read_label(piece.text) if len(piece.text) < 200 else None
        if label and label[0] == "title" and len(label[1]) > 3:
            numbers.append(n)
    return _family(reader, numbers, "field") if numbers else []


def _blocks(reader: Reader, free: list[int]) -> list[Candidate]:
    """Quotes and paragraphs whose first line is a title and whose last ones name the speaker."""
    inside = set(free)
    blocks: dict[int, list[int]] = {}
    for n in free:
        piece = reader.pieces[n]
        if piece.kind == "text" and not piece.depth:
            key = -piece.container if piece.quote else piece.block
            blocks.setdefault(key, []).append(n)
    found = []
    for numbers in blocks.values():
        if len(numbers) < 2 or len(numbers) > 14 or not inside.issuperset(numbers):
            continue
        candidate = _block(reader, numbers)
        if candidate:
            found.append(candidate)
    found.sort(key=lambda c: c.index)
    return found


def _block(reader: Reader, numbers: list[int]) -> Candidate | None:
    opening = numbers[0]
    timed = len(numbers) > 2 and is_only_time(reader.pieces[opening].text)
    if timed:
        numbers = _title_first(reader, numbers[1:])
    first = reader.pieces[numbers[0]]
    head = read_head(first.text, first.links, reader.company)
    label = read_label(first.text)
    if label and label[0] != "title":
        return None
    reading = choose(head, {})
    if (
        role_of(head.text)
        or not (0 if timed else 1) < len(reading.title.split()) < 30
        or (first.text.rstrip().endswith((".", ",")) and "..." not in first.text)
    ):
        return None
    zone = _block_zone(reader, numbers, named=bool(reading.people))
    if not zone.people and not (label and label[0] == "title" and zone.told):
        return None
    if timed:
        slot = read_head(reader.pieces[opening].text + " x", (), reader.company).dressing.slot
        zone = replace(zone, slot_start=slot.start, slot_finish=slot.finish)
    return reader.weigher.weigh(reader.place(opening, "block"), head, reading, zone)


def _title_first(reader: Reader, numbers: list[int]) -> list[int]:
    """Below a time, the name may stand before the title: the title is put first."""
    name, title, *rest = numbers
    people = read_people(reader.pieces[name].text, reader.company)
    again = read_people(reader.pieces[title].text, reader.company)
    return [title, name, *rest] if people.sure >= 0.5 and people.sure > again.sure else numbers


def _block_zone(reader: Reader, numbers: list[int], *, named: bool) -> Zone:
    """Read the lines of a block under its first: names anywhere, the rest is about them."""
    zones: list[Zone] = []
    prose: list[int] = []
    for n in numbers[1:]:
        piece = reader.pieces[n]
        if not piece.text.strip():
            continue
        lone = Piece(
            kind="text",
            line=piece.line,
            end=piece.end,
            block=-n - 1,
            text=piece.text,
            strong=piece.strong,
            emphasis=piece.emphasis,
            links=piece.links,
            lead=piece.lead,
        )
        if len(piece.text) > 90:
            prose.append(piece.line)
            continue
        zone = read_zone([lone], 0, 1, reader.note.references, reader.company, named=False, level=7)
        if zone.consumed and zone.place != "sentence":
            zones.append(zone)
        else:
            prose.append(piece.line)
    people = tuple(found for zone in zones for found in zone.people)
    return Zone(
        people=people,
        place=next((zone.place for zone in zones if zone.place), ""),
        pages=sum(zone.pages for zone in zones),
        told=any(zone.told for zone in zones),
        media=any(zone.media for zone in zones),
        consumed=tuple(line for zone in zones for line in zone.consumed),
        slot_start=next((zone.slot_start for zone in zones if zone.slot_start), ""),
        slot_finish=next((zone.slot_finish for zone in zones if zone.slot_finish), ""),
        room=next((zone.room for zone in zones if zone.room), ""),
        stop=numbers[-1] + 1,
    )


_MARKED = Pattern(r"^\W{0,3}[“\"「『«„]")


def _lines(reader: Reader, free: list[int]) -> list[Candidate]:
    """Lines of text that begin with a marked title (link, quotes, bold) and name a speaker."""
    numbers = []
    for n in free:
        piece = reader.pieces[n]
        text = piece.text
        timed = bool(TIME.match(text.lstrip(" [(")))
        if piece.kind != "text" or (piece.depth and not timed) or piece.quote or len(text) > 260:
            continue
        marked = (
            _MARKED.match(text)
            or timed
            or (piece.links and text[: piece.links[0].start].strip().lower() in _LEADINS)
            or (piece.lead and len(piece.lead.split()) > 1)
            or (_NAMED_END.search(text) and _heads_notes(reader, n))
        )
        if not marked:
            continue
        numbers.append(n)
    heads = {n: _line_head(reader.pieces[n], reader.company) for n in numbers}
    habits = habits_of(list(heads.values()))
    found = []
    for n in numbers:
        reading = choose(heads[n], habits)
        if not reading.people or reading.sure < 0.55 or len(reading.title) < 3:
            continue
        stop = n + 1
        zone = Zone(stop=stop)
        found.append(reader.weigher.weigh(reader.place(n, "line"), heads[n], reading, zone))
    return [c for c in found if c.score >= 1.5 and not c.role]


_NAMED_END = Pattern(
    r"(?:\bby|\bvon|\bpar|\bpor|\s[-–—|])\s+[^\W\d_a-z][\w.'’-]+(?:\s+[^\W\d_][\w.'’-]*){1,3}\s*$"
)


def _heads_notes(reader: Reader, n: int) -> bool:
    """Whether a line stands right above a list of notes."""
    after = reader.pieces[n + 1] if n + 1 < len(reader.pieces) else None
    return after is not None and after.kind == "item" and after.line - reader.pieces[n].line <= 2


_LEADINS = frozenset({"", "from the", "the", "talk:", "from", "“", '"', "-", "–", "•"})


def _line_head(piece: Piece, company: Company) -> Head:
    text = piece.text
    if piece.links and text[: piece.links[0].start].strip().lower() in ("from the", "from", "the"):
        cut = piece.links[0].start
        text = " " * cut + text[cut:]
    head = read_head(text, piece.links, company)
    led = _led(piece, text, company)
    return replace(head, readings=(led, *head.readings)) if led else head


_BY_NAME = Pattern(
    r"[\s,:–—-]*\b(?:by|von|par|por|from|"
    r"with)\s+(?P<names>(?:[^\W\d_a-z][\w.’'-]*|van|von|de|der|den|di|da|del|"
    r"bin|la|le|and|&|,)"
    r"(?:\s*,\s+(?=[^\W\d_a-z])|\s+(?:(?:and|&|van|von|de|der|den|di|da|del|bin|"
    r"la|le)\s+)*(?=[^\W\d_a-z])[^\W\d_a-z][\w.’'-]*|[\w.’'-]+)*)"
)


_DASH_NAME = Pattern(
    r"\s*(?:[-–—|]|\()\s*(?P<names>[^\W\d_a-z][\w.’'-]*(?:\s+[^\W\d_a-z][\w.’'-]*){1,3})"
    r"(?=\s*[:;()–—]|\s+-\s|\s*$)"
)


def _led(piece: Piece, text: str, company: Company) -> Reading | None:
    """Read `**TITLE** by NAME said …`: a title set off at the start, and a name in the sentence."""
    lead, rest = piece.lead, ""
    if lead and text.strip().startswith(lead[:20]):
        rest = text.strip()[len(lead) :]
    elif piece.links and not text[: piece.links[0].start].strip():
        lead, rest = text[piece.links[0].start : piece.links[0].end], text[piece.links[0].end :]
    elif match := re.match(r"\s*[“\"「«„]([^“”\"」»]{4,})[”\"」»]", text):
        lead, rest = match[1], text[match.end() :]
    match = (_BY_NAME.match(rest) or _DASH_NAME.match(rest)) if lead else None
    if not match:
        return None
    words = match["names"].split()
    for size in range(min(len(words), 6), 0, -1):
        people = read_people(" ".join(words[:size]).rstrip(" ,"), company, bonus=0.15)
        if people.persons and people.sure >= 0.6:
            return Reading(
                title=unquote(lead), people=people.persons, pattern="lead-by", sure=people.sure
            )
    return None


def _items(reader: Reader, free: list[int]) -> list[Candidate]:
    """List items that are talks: `Title by Name`, with notes nested below or a speaker in each."""
    numbers = [
        n
        for n in free
        if (p := reader.pieces[n]).kind == "item"
        and p.depth == 1
        and not p.quote
        and len(_first_sentence(p)) < 220
    ]
    if not numbers:
        return []
    heads = {n: _item_head(reader.pieces[n], reader.company) for n in numbers}
    habits = habits_of(list(heads.values()))
    found = []
    for position, n in enumerate(numbers):
        reading = choose(heads[n], habits)
        after = numbers[position + 1] if position + 1 < len(numbers) else len(reader.pieces)
        after = min(after, next((i for i, _ in reader.headings if i > n), after))
        zone = _item_zone(reader, n, after, named=bool(reading.people))
        paged = _begins_with_page(reader, n)
        if not reading.people and not zone.people and not zone.doubtful and not paged:
            continue
        if (
            reading.people
            and (reading.sure < 0.55 or len(reading.title.split()) < 2 - _is_timed(heads[n]))
            and not zone.people
            and not paged
        ):
            continue
        shared = habits.get(reading.pattern, 0.0) >= 0.5 and len(numbers) >= 2
        candidate = reader.weigher.weigh(reader.place(n, "item"), heads[n], reading, zone)
        found.append(_shared_pattern(candidate) if shared else candidate)
    found = [
        candidate
        for candidate in reader.settle(found)
        if candidate.people or _begins_with_page(reader, candidate.index)
    ]
    if not found:
        return _bare_items(reader, numbers) or _indexed(reader, numbers)
    strong = [c for c in found if c.score >= 1.8 and not c.role]
    return strong if len(strong) >= 2 and len(strong) >= 0.3 * len(numbers) else []


def _is_timed(head: Head) -> bool:
    """Whether a time stands before an item: one word behind it may be a title."""
    return bool(head.dressing.slot.start)


_PAGE_OF_SESSION = Pattern(r"/(?:sessions?|talks?|presentations?)/[^/]+", re.IGNORECASE)


def _begins_with_page(reader: Reader, n: int) -> bool:
    """Whether an item begins with a link, of several words, to the page of one session."""
    piece = reader.pieces[n]
    span = _leading_link(piece)
    if span is None:
        return False
    url = reader.note.references[span.number].target
    titled = len(piece.text[span.start : span.end].split()) > 2
    return titled and is_session_page(url) and bool(_PAGE_OF_SESSION.search(url))


def _leading_link(piece: Piece) -> Span | None:
    """Return the link that an item begins with, None where it begins with something else."""
    span = piece.links[0] if piece.links else None
    return None if span is None or piece.text[: span.start].strip() else span


_STOP = Pattern(r"(?<=[^\W\d_]{3})[.!]\s+(?=[^\W\d_a-z])")


def _first_sentence(piece: Piece) -> str:
    """Return an item up to the sentence that follows a linked title and a name, if any does.

    `[TITLE](url) by NAME. She showed …`
    """
    span = _leading_link(piece)
    if span is None:
        return piece.text
    stop = _STOP.search(piece.text, span.end)
    return piece.text[: stop.start()] if stop else piece.text


def _item_head(piece: Piece, company: Company) -> Head:
    text = _first_sentence(piece)
    links = tuple(span for span in piece.links if span.end <= len(text))
    head = read_head(text, links, company)
    led = _led(piece, piece.text, company) if piece.lead else None
    return replace(head, readings=(led, *head.readings)) if led else head


def _bare_items(reader: Reader, numbers: list[int]) -> list[Candidate]:
    """List items right below `Lightning talks` are titles, though nobody is named."""
    found = []
    for n in numbers:
        above = [piece for i, piece in reader.headings if i < n]
        text = reader.pieces[n].text.strip()
        by_file = not reader.headings and reader.setting.file.kind == "lightning"
        if not by_file and (not above or not holds_lightning(above[-1].text)):
            continue
        if not 2 - by_file <= len(text.split()) <= 16 or text.endswith((".", ":")):
            return []
        head = read_head(text, reader.pieces[n].links, reader.company)
        plain = next(reading for reading in head.readings if reading.pattern == "none")
        zone = Zone(stop=n + 1)
        candidate = reader.weigher.weigh(reader.place(n, "item"), head, plain, zone)
        found.append(replace(candidate, score=max(1.0, candidate.score)))
    return found if len(found) >= 2 else []


_NOTE_FILE = Pattern(r"(?!\w+:|//)[^?#]+\.(?:md|markdown)(?:[?#].*)?", re.IGNORECASE)


def _indexed(reader: Reader, numbers: list[int]) -> list[Candidate]:
    """Items that are links to notes of their own, below the name of an event: its index.

    What is listed under a conference's name by titles of several words are its talks; links to
    days, to other events, or to files named with a word or two are not.
    """
    if reader.setting.title_is_event < 1.5:
        return []
    found = []
    for n in numbers:
        piece = reader.pieces[n]
        text = piece.text.strip()
        whole = len(piece.links) == 1 and piece.links[0].end - piece.links[0].start >= len(text)
        target = reader.note.references[piece.links[0].number].target if whole else ""
        if not _NOTE_FILE.fullmatch(target) or role_of(text) or event_weight(text) >= 1.0:
            continue
        head = read_head(text, (), reader.company)
        plain = next(reading for reading in head.readings if reading.pattern == "none")
        candidate = reader.weigher.weigh(reader.place(n, "item"), head, plain, Zone(stop=n + 1))
        found.append(replace(candidate, score=max(1.0, candidate.score)))
    titled = sum(len(candidate.head.text.split()) > 2 for candidate in found)
    most = len(found) >= 0.6 * len(numbers) and titled >= 0.6 * len(found)
    return found if len(found) >= 4 and most else []


def _shared_pattern(candidate: Candidate) -> Candidate:
    return replace(
        candidate,
        score=candidate.score + 0.5,
        reasons=(*candidate.reasons, "most of the list is written so"),
    )


def _item_zone(reader: Reader, index: int, after: int, *, named: bool) -> Zone:
    """Read the nested lines under a list item as its head, one level up."""
    lines = []
    for n in range(index + 1, after):
        piece = reader.pieces[n]
        if piece.depth == 0 and piece.kind != "text":
            break
        lines.append(
            Piece(
                kind=piece.kind,
                line=piece.line,
                end=piece.end,
                block=piece.block,
                position=piece.position,
                depth=max(0, piece.depth - 1),
                quote=piece.quote,
                text=piece.text,
                strong=piece.strong,
                lead=piece.lead,
                emphasis=piece.emphasis,
                links=piece.links,
                container=piece.container,
            )
        )
    zone = read_zone(
        lines, 0, len(lines), reader.note.references, reader.company, named=named, level=7
    )
    return replace(zone, stop=index + 1 + zone.stop)


def _rows(reader: Reader, free: list[int]) -> list[Candidate]:
    """Rows of a table whose head names a column for titles and one for speakers."""
    found: list[Candidate] = []
    columns: Mapping[str, int] = {}
    for n in free:
        piece = reader.pieces[n]
        if piece.kind != "row":
            columns = {}
        elif piece.header:
            fields = [FIELD_LABELS.get(fold(cell), "") for cell in piece.cells]
            columns = {field: place for place, field in reversed([*enumerate(fields)]) if field}
        elif "title" in columns and (candidate := _row(reader, n, columns)):
            found.append(candidate)
    return found


def _row(reader: Reader, n: int, columns: Mapping[str, int]) -> Candidate | None:
    """Read one row; `columns` are the places of the fields that the table's head names."""
    piece = reader.pieces[n]
    cells = {
        field: piece.cells[place] for field, place in columns.items() if place < len(piece.cells)
    }
    head = read_head(cells.get("title", ""), (), reader.company)
    if not head.text or role_of(head.text):
        return None
    plain = next(reading for reading in head.readings if reading.pattern == "none")
    reading = plain if "speaker" in cells else choose(head, {})
    zone = Zone(stop=n + 1)
    if cells.get("speaker"):
        lone = Piece(
            kind="text",
            line=piece.line,
            end=piece.end,
            block=-n,
            text="Speaker: " + cells["speaker"],
        )
        zone = read_zone([lone], 0, 1, reader.note.references, reader.company, named=False, level=7)
    slot = read_head(cells.get("time", "") + " x", (), reader.company).dressing.slot
    zone = replace(
        zone,
        stop=n + 1,
        slot_start=slot.start,
        slot_finish=slot.finish,
        room=cells.get("room", ""),
    )
    candidate = reader.weigher.weigh(reader.place(n, "row"), head, reading, zone)
    return candidate if candidate.people else None
