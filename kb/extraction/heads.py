"""A heading (or what stands for one) taken apart: title, people, kind, time, room.

Each way to read it (`TITLE - NAME`, `NAME: TITLE`, `TITLE by NAME`, …) is one reading with a
weight; what the other headings of the note mostly do decides between them.
"""

import re
from functools import lru_cache

from kb.extraction.clock import is_only_time
from kb.extraction.dressing import Dressing, is_media, undress, undress_title
from kb.extraction.lexicon import FIELD_LABELS, KINDS, LABELS, TITLE_LABELS, fold, word_set
from kb.extraction.names import (
    GIVEN,
    HANDLE,
    NOBODY,
    Company,
    is_organisation,
    is_role,
    likeness,
    resembles,
)
from kb.extraction.pieces import Span
from kb.extraction.speakers import People, Person, read_label, read_pair, read_people
from kb.model.facts import SessionKind
from kb.model.pattern import Pattern
from kb.model.value import Value


class Reading(Value, frozen=True):
    """One way to read a heading."""

    title: str
    people: tuple[Person, ...]
    pattern: str
    """`dash-last`, `dash-first`, `by`, `pipe`, `paren`, `colon-first`, `name`, `none`, …"""
    sure: float
    label: str = ""
    """Folded label (`keynote`) that stood beside title and people."""


class Head(Value, frozen=True):
    """A heading, dressed down, with all its readings."""

    text: str
    dressing: Dressing
    readings: tuple[Reading, ...]
    quoted: bool = False


# -- reading ---------------------------------------------------------------------------------

_PIPE = Pattern(
    r"\s*(?:\s[|｜¦]\s|[|｜]|\s//\s|\s[·•]\s|\s::\s|"
    r"(?<=[\u3040-\u30ff\u3400-\u9fff])\s/\s(?=[\u3040-\u30ff\u3400-\u9fff]))\s*"
)
_DASH = Pattern(r"\s+(?:[-–—―~]{1,3}|−)\s+|\s*—\s*|\s+--?(?=[A-Z\"“「@])|(?<=[\w)\"”」?!])--?\s+")
_BY = Pattern(
    r"[\s,;:.–—-]*(?<![\w-])(?:presented by|talk by|presentation by|session by|"
    r"keynote by|given by|delivered by|hosted by|led by|by|von|par|por|door|"
    r"av|af)\s*[:：]?\s+(?=\S)|\s*(?:による|by：|演讲者：|讲者：|主讲人：|発表者：|登壇者：)\s*",
    re.IGNORECASE,
)
_WITH = Pattern(r"\s+(?:with|w/|feat\.?|featuring|mit|avec|con|from)\s+(?=\S)", re.IGNORECASE)
_PAREN = Pattern(r"^(?P<title>.*\S)\s*[(（\[](?P<people>[^()（）\[\]]+)[)）\]]$", re.DOTALL)
_COLON = Pattern(r"\s*[:：]\s+|：")
_COMMA = Pattern(r",\s+")
_QUOTES = (
    ("“", "”"),
    ("„", "“"),
    ("«", "»"),
    ("「", "」"),
    ("『", "』"),
    ("‘", "’"),
    ('"', '"'),
    ("'", "'"),
)
_QUOTED = Pattern(
    r"“[^“”]{3,}”|„[^„“”]{3,}[“”]|«[^«»]{3,}»|「[^「]{2,}」|『[^『』]{2,}』|"
    r"\"[^\"]{3,}\"|(?<!\w)'[^']{6,}'(?!\w)|(?<!\w)‘[^‘]{6,}’(?!\w)"
)
_QUOTE_MARK = Pattern(r"[“„«「『\"'‘]")
_PIPE_MARK = Pattern(r"[|｜¦/·•:]")
_DASH_MARK = Pattern(r"[-–—―~−]")
_STRAY = "-–—:：,;"
_BY_WORDS = ("by", "von", "par", "por", "door", "av", "af")


@lru_cache(maxsize=4096)
def unquote(text: str) -> str:
    """Return a title without quotes around the whole of it and without stray marks."""
    text = " ".join(text.split()).strip("|·•").strip()
    if text[:1] in _STRAY or text[-1:] in _STRAY:
        text = re.sub(r"^[\s\-–—:：,;]+(?=\S)|[\s\-–—:：,;]+$", "", text)
    if text.startswith(("*", "_")):
        text = re.sub(r"^(\*\*|__|\*|_)(.+)\1$", r"\2", text)
    for opening, closing in _QUOTES:
        if len(text) > 2 and text.startswith(opening) and text.endswith(closing):
            inner = text[1:-1]
            if opening == closing and opening in inner and opening == '"':
                continue
            if opening not in inner or opening == "「":
                return inner.strip()
    return text


_KIND_STARTS = frozenset(words.split()[0] for words, _ in KINDS)


def kind_of(text: str) -> SessionKind | None:
    """Return the kind that a label or title names with its first or last words, or None."""
    folded = fold(text)
    if folded.isascii() and _KIND_STARTS.isdisjoint(folded.split()):
        return None
    folded = f" {folded} "
    for words, kind in KINDS:
        if words.isascii():
            at = folded.find(f" {words} ")
            if at < 0:
                continue
            head = at == 0 or (at < 14 and kind == "keynote")
            if head or at + len(words) + 2 == len(folded):
                return kind  # type: ignore[return-value]
        elif words in folded:
            return kind  # type: ignore[return-value]
    return None


def _guards(text: str, links: tuple[Span, ...], start: int, end: int) -> list[tuple[int, int]]:
    """Return the stretches in which no separator counts: links and quoted words."""
    inside = [
        (max(span.start, start), min(span.end, end))
        for span in links
        if span.end > start and span.start < end
    ]
    guards = [guard for guard in inside if guard[1] - guard[0] < end - start - 1]
    if _QUOTE_MARK.search(text):
        guards.extend(m.span() for m in _QUOTED.finditer(text, start, end))
    return guards


def _split(
    text: str, pattern: Pattern, start: int, end: int, guards: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    fields: list[tuple[int, int]] = []
    place = start
    for match in pattern.finditer(text, start, end):
        if match.start() <= start or match.end() >= end:
            continue
        if any(low < match.end() and match.start() < high for low, high in guards):
            continue
        fields.append((place, match.start()))
        place = match.end()
    fields.append((place, end))
    return [(low, high) for low, high in fields if text[low:high].strip()]


def read_head(text: str, links: tuple[Span, ...] = (), company: Company = NOBODY) -> Head:
    """Return `text` taken apart, with every reading that is worth weighing, best first."""
    dressing = undress(text)
    start, end = dressing.start, dressing.end
    guards = _guards(text, links, start, end)
    words = text[start:end]
    readings: list[Reading] = [_plain(words)]
    label = read_label(words)
    if label and label[0] == "speaker" and label[1] and fold(words.split(":")[0]) not in LABELS:
        told = read_people(label[1], company, bonus=0.35, told=True)
        if told.persons:
            named = Reading(title="", people=told.persons, pattern="name", sure=max(0.8, told.sure))
            return Head(text=words, dressing=dressing, readings=(named, *readings))
    whole = read_people(words, company)
    piped, dashed = _PIPE_MARK.search(words), _DASH_MARK.search(words)
    divided = bool((piped and _PIPE.search(words)) or (dashed and _DASH.search(words)))
    quoted = bool(_QUOTE_MARK.search(words) and _QUOTED.search(text, start, end))
    if (
        whole.persons
        and not quoted
        and (whole.sure >= 0.3 or not whole.persons[0].name)
        and not (divided and len(words.split()) > 6)
    ):
        readings.append(
            Reading(
                title="",
                people=whole.persons,
                pattern="name",
                sure=whole.sure - (0.12 if divided else 0.0),
            )
        )
    for name, pattern, marked in (("pipe", _PIPE, piped), ("dash", _DASH, dashed)):
        if not marked:
            continue
        fields = _split(text, pattern, start, end, guards)
        if len(fields) > 1:
            readings.extend(_fields(name, text, fields, company, links))
    readings.extend(_by(text, start, end, guards, company))
    readings.extend(_parenthesis(words, company))
    readings.extend(_colon(text, start, end, guards, company))
    readings.extend(_quoted(words, company))
    readings.extend(_beside_label(words, company))
    readings.extend(_comma(text, start, end, guards, company, links=links))
    readings.extend(_linked(text, start, end, links, company))
    readings.extend(_pair(words, company))
    readings.sort(key=lambda reading: -reading.sure)
    return Head(text=words, dressing=dressing, readings=tuple(readings), quoted=quoted)


def read_title(text: str, *, numbered: bool) -> Head:
    """Return a heading taken for a title, whatever its words are (see `undress_title`)."""
    dressing = undress_title(text, numbered=numbered)
    words = text[dressing.start : dressing.end]
    quoted = bool(_QUOTE_MARK.search(words) and _QUOTED.search(words))
    return Head(text=words, dressing=dressing, readings=(_plain(words),), quoted=quoted)


def _plain(words: str) -> Reading:
    title = unquote(words)
    label = fold(title)
    return Reading(
        title=title,
        people=(),
        pattern="none",
        sure=0.45,
        label=label if label in LABELS else "",
    )


def _with_profile(people: People, low: int, high: int, links: tuple[Span, ...]) -> People:
    """A field that is a link from end to end is surer to be a person, if it looks like one."""
    for span in links:
        if span.start <= low + 2 and span.end >= high - 2 and people.sure >= 0.15:
            return People(persons=people.persons, sure=min(0.97, people.sure + 0.2))
    return people


class _Fields(Value, frozen=True):
    """The fields of a heading: what is a label, a handle or a date is set aside."""

    every: tuple[tuple[int, int], ...]
    rest: tuple[tuple[int, int], ...]
    label: str = ""
    handle: str = ""


def _sorted_fields(text: str, fields: list[tuple[int, int]]) -> _Fields:
    label = handle = ""
    rest: list[tuple[int, int]] = []
    for low, high in fields:
        words = text[low:high].strip()
        folded = fold(words)
        if words[0] == "[" and words[-1] == "]" and len(words) > 2:
            low, high = text.index("[", low) + 1, text.rindex("]", low, high)
            words = text[low:high].strip()
        bare = words.strip("()[] ")
        if folded in LABELS:
            label = label or folded
        elif HANDLE.fullmatch(bare):
            handle = handle or bare
        elif not is_only_time(words):
            rest.append((low, high))
    return _Fields(every=tuple(fields), rest=tuple(rest), label=label, handle=handle)


def _fields(
    name: str,
    text: str,
    fields: list[tuple[int, int]],
    company: Company,
    links: tuple[Span, ...],
) -> list[Reading]:
    """Read `A - B - C` or `A | B | C`, whose fields may be labels, handles, dates, firms."""
    found = _sorted_fields(text, fields)
    rest, label, handle = found.rest, found.label, found.handle
    nameless = Person(name="", handle=handle, sure=0.85)
    if not rest:
        if not handle:
            return []
        title = _label_title(text, found)
        return [Reading(title, (nameless,), f"{name}-last", 0.85, label)]
    people = [
        _field_people(name, text, found, position, company=company, links=links)
        for position in range(len(rest))
    ]
    readings = []
    for position in range(len(rest)):
        reading = _field_reading(name, text, found, people, position)
        if reading:
            readings.append(reading)
    whole = unquote(text[rest[0][0] : rest[-1][1]])
    if handle and not any(reading.sure > 0.45 for reading in readings):
        readings.append(Reading(whole, (nameless,), f"{name}-last", 0.8, label))
    if label and not readings:
        readings.append(Reading(whole, (), "none", 0.46, label))
    return readings


def _field_people(
    name: str,
    text: str,
    found: _Fields,
    position: int,
    *,
    company: Company,
    links: tuple[Span, ...],
) -> People:
    """Read the people of one field; at an edge, names are looked for, and may be single."""
    low, high = found.rest[position]
    edge = position in (0, len(found.rest) - 1)
    bonus = 0.1 if edge or name == "pipe" else 0.0
    if found.label and len(found.rest) == 1:
        bonus += 0.15
    people = read_people(text[low:high], company, bonus=bonus, single=edge)
    people = _with_profile(people, low, high, links)
    if not people.persons and edge and name == "dash":
        people = _small_name(text[low:high].strip(), company)
    if found.handle and len(people.persons) == 1:
        return _with_handle(people, found.handle)
    return people


_SMALL_NAME = Pattern(r"[a-z][a-zà-ÿ’'-]+(?: [a-z][a-zà-ÿ’'-]+){1,2}")


def _small_name(text: str, company: Company) -> People:
    """A name in lower case: taken only where the other headings have names in its place."""
    name, firm = text, ""
    if text.endswith(")") and (match := _PAREN.match(text)):
        name, firm = match["title"], match["people"].strip()
    words = name.split()
    if not _SMALL_NAME.fullmatch(name) or likeness(name.title()) < 0.5:
        return People()
    given = fold(words[0]) in GIVEN
    if any(fold(word) in company.lower for word in words[given:]):
        return People()
    sure = 0.38 if given else 0.3
    return People(persons=(Person(name=name, sure=sure, organisation=firm),), sure=sure)


def _field_reading(
    name: str, text: str, found: _Fields, people: list[People], position: int
) -> Reading | None:
    """Read the heading with the people in the field at `position`."""
    named = people[position]
    if not named.persons or named.sure < 0.3:
        return None
    title = _title_of(name, text, found, position)
    if title is None:
        return None
    inner = 0 < position < len(people) - 1
    sure = named.sure - (0.15 if inner and name != "pipe" else 0.0)
    if any(rival.sure > named.sure for rival in people):
        sure -= 0.1
    place = "first" if position == 0 else "last"
    beside = bool(found.label) and (len(people) == 1 or not title)
    pattern = "label" if beside else f"{name}-{place}"
    return Reading(title, named.persons, pattern, sure, found.label)


def _label_title(text: str, found: _Fields) -> str:
    for low, high in found.every:
        if found.label and fold(text[low:high]) == found.label:
            return unquote(text[low:high])
    return ""


def _with_handle(people: People, handle: str) -> People:
    person = people.persons[0]
    near = resembles(handle, person.name)
    sure = min(0.98, people.sure + (0.45 if near else 0.25))
    return People(
        persons=(
            Person(
                name=person.name,
                sure=sure,
                organisation=person.organisation,
                role=person.role,
                handle=handle,
            ),
        ),
        sure=sure,
    )


def _title_of(name: str, text: str, found: _Fields, position: int) -> str | None:
    """Return the title beside the people at `position`, None where that makes no sense."""
    count = len(found.rest)
    others = [field for number, field in enumerate(found.rest) if number != position]
    if not others:
        return _label_title(text, found) if found.label in TITLE_LABELS else ""
    for low, high in others:
        if _QUOTED.fullmatch(text[low:high].strip()):
            return unquote(text[low:high])
    if name == "pipe":
        low, high = others[-1] if position == 0 else others[0]
        return unquote(text[low:high])
    if position == 0:
        first = text[others[0][0] : others[0][1]]
        if len(others) > 1 and (is_organisation(first) or is_role(first)):
            others = others[1:]
        return unquote(text[others[0][0] : others[-1][1]])
    if position == count - 1:
        return unquote(text[others[0][0] : others[-1][1]])
    if position == count - 2 and len(text[others[-1][0] : others[-1][1]].split()) <= 4:
        return unquote(text[others[0][0] : others[-2][1]])
    return None


_LONE = Pattern(r"^(?:[A-ZÀ-Þ][\w.’'-]{2,24}|[a-z][a-z0-9]*[_\d][\w-]*|[^\W\d_]{2,}さん)$")


_DONE_BY = Pattern(
    r"(?<!present)(?<!deliver)(?<!explain)(?<!host)(?<!moderat)(?<!chair)(?<!perform)ed\s*$"
)
"""What is before `by` where no speaker follows, if it is but one word: `inspired by LaTeX`."""


def _by(
    text: str, start: int, end: int, guards: list[tuple[int, int]], company: Company
) -> list[Reading]:
    lowered = text.lower()
    if lowered.isascii() and not any(word in lowered for word in _BY_WORDS):
        return []
    readings = []
    matches = [
        match
        for match in _BY.finditer(text, start, end)
        if match.start() > start
        and not any(low < match.end() and match.start() < high for low, high in guards)
    ]
    for match in reversed(matches[-3:]):
        tail = text[match.end() : end].strip()
        if match[0].strip().endswith("による"):
            continue
        if _LONE.match(tail) and _DONE_BY.search(text, start, match.start()):
            continue
        title = unquote(text[start : match.start()])
        asides = bool(_QUOTED.fullmatch(text[start : match.start()].strip()))
        people = read_people(tail, company, bonus=0.22, single=bool(_LONE.match(tail)), told=asides)
        sure = people.sure
        if asides and people.persons:
            sure = max(sure, 0.8)
        if people.persons and sure >= 0.35 and title:
            folded = fold(title)
            readings.append(
                Reading(
                    title=title,
                    people=people.persons,
                    pattern="by",
                    sure=min(0.97, sure),
                    label=folded if folded in LABELS else "",
                )
            )
    return readings


def _parenthesis(words: str, company: Company) -> list[Reading]:
    match = _PAREN.match(words) if words[-1:] in (")", "）", "]") else None
    if not match:
        return []
    inside = re.sub(
        r"^(?:by|von|par|por|with|speaker:)\s+", "", match["people"].strip(), flags=re.IGNORECASE
    )
    people = read_people(inside, company, bonus=0.08)
    if HANDLE.fullmatch(inside) and read_people(match["title"], company).sure >= 0.2:
        return []
    marked = inside != match["people"].strip()
    handle = HANDLE.fullmatch(inside)
    readings = []
    if people.persons and (people.sure >= 0.4 or marked or handle):
        readings.append(
            Reading(
                title=unquote(match["title"]),
                people=people.persons,
                pattern="paren",
                sure=min(0.95, people.sure + (0.2 if marked else 0.0)),
                label=fold(match["title"]) if fold(match["title"]) in LABELS else "",
            )
        )
    return readings


def _colon(
    text: str, start: int, end: int, guards: list[tuple[int, int]], company: Company
) -> list[Reading]:
    if ":" not in text and "：" not in text:
        return []
    fields = _split(text, _COLON, start, end, guards)
    if len(fields) < 2:
        return []
    readings = []
    first = text[fields[0][0] : fields[0][1]].strip()
    rest = text[fields[1][0] : end].strip()
    last = text[fields[-1][0] : end].strip()
    head = text[start : fields[-1][0]].strip().rstrip(":： ")
    label = fold(first)
    if label in LABELS:
        people = read_people(rest, company, bonus=0.12)
        if people.sure >= 0.45:
            readings.append(
                Reading(
                    title=unquote(first) if label in TITLE_LABELS else "",
                    people=people.persons,
                    pattern="label",
                    sure=people.sure,
                    label=label,
                )
            )
        readings.extend(
            Reading(
                title=f"{first}: {reading.title}" if label != "talk" else reading.title,
                people=reading.people,
                pattern=reading.pattern,
                sure=reading.sure,
                label=label,
            )
            for reading in read_head(rest, (), company).readings[:2]
            if reading.people and reading.sure > 0.5 and reading.title
        )
        return readings
    if FIELD_LABELS.get(label):
        return []
    people = read_people(first, company)
    if people.persons and people.sure >= 0.3:
        readings.append(
            Reading(
                title=unquote(rest), people=people.persons, pattern="colon-first", sure=people.sure
            )
        )
    people = read_people(last, company)
    if people.persons and people.sure >= 0.4:
        readings.append(
            Reading(
                title=unquote(head),
                people=people.persons,
                pattern="colon-last",
                sure=people.sure - 0.2,
            )
        )
    return readings


def _quoted(words: str, company: Company) -> list[Reading]:
    """Read `NAME "TITLE"`, `"TITLE", NAME` and `"TITLE" (NAME)`."""
    match = _QUOTED.search(words) if _QUOTE_MARK.search(words) else None
    if not match or match.end() - match.start() >= len(words):
        return []
    before, after = words[: match.start()].strip(" ,:-–—|"), words[match.end() :].strip(" ,:-–—|")
    title = unquote(match[0])
    if len(title) < 8:
        return []
    readings = []
    for side, pattern in ((after, "quote-first"), (before, "quote-last")):
        other = before if side is after else after
        if not side or (other and fold(other) not in LABELS):
            continue
        side = re.sub(r"^(?:by|von|par|por|with|from|mit)\s+", "", side, flags=re.IGNORECASE)
        people = read_people(side.strip("()[] "), company, bonus=0.2, single=len(side.split()) == 1)
        if not people.persons:
            small = _small_name(side, company)
            people = People(persons=small.persons, sure=small.sure and 0.55)
        if people.persons and people.sure >= 0.35:
            readings.append(
                Reading(
                    title=title,
                    people=people.persons,
                    pattern=pattern,
                    sure=people.sure,
                    label=fold(other) if other else "",
                )
            )
    return readings


_CHATS = frozenset(
    {
        "fireside chat",
        "fireside talk",
        "fireside",
        "interview",
        "ama",
        "panel",
        "panel discussion",
        "demo",
    }
)
_LABEL_WORDS = tuple(sorted(sorted(TITLE_LABELS | {"talk"}), key=len, reverse=True))


def _beside_label(words: str, company: Company) -> list[Reading]:
    """Read `Keynote NAME`, `NAME Keynote`, `Keynote by NAME`, `NAME's keynote`, `Q&A with NAME`."""
    readings: list[Reading] = []
    lowered = words.lower()
    if not (lowered.startswith(_LABEL_WORDS) or lowered.endswith(_LABEL_WORDS)):
        return readings
    for label in _LABEL_WORDS:
        size = len(label)
        if lowered.startswith(label) and len(words) > size + 1 and not words[size].isalnum():
            tail = re.sub(
                r"^[\s:\-–—,|]*(?:by|with|from|von|mit|par|avec)?\s+",
                "",
                words[size:],
                flags=re.IGNORECASE,
            )
            side, title = tail.strip(" :-–—|()"), words[:size]
        elif lowered.endswith(label) and len(words) > size + 1 and not words[-size - 1].isalnum():
            side, title = re.sub(r"[’']s?\s*$", "", words[:-size].strip(" :-–—|")), words[-size:]
        else:
            continue
        if _DASH.search(side) or _PIPE.search(side):
            break
        people = read_people(side, company, bonus=0.12, single=True)
        if label in _CHATS:
            title = words
        if _is_thing(side, label, people):
            break
        if (people.persons and people.sure >= 0.4 and not side.islower()) or (
            people.persons
            and _LONE.match(side)
            and label.startswith(("keynote", "opening", "closing"))
        ):
            readings.append(
                Reading(
                    title=title.strip() if label != "talk" else "",
                    people=people.persons,
                    pattern="label",
                    sure=max(people.sure, 0.48),
                    label=fold(label),
                )
            )
        elif label.startswith("keynote") and re.fullmatch(r"[a-z][a-z0-9_]{2,20}", side):
            person = Person(name=side, sure=0.5)
            readings.append(
                Reading(
                    title=title.strip(), people=(person,), pattern="label", sure=0.5, label=label
                )
            )
        break
    return readings


def _is_thing(side: str, label: str, people: People) -> bool:
    """Whether what stands beside a label is no person: `PEP talk`, `Keynote: Particles, People`.

    Of a list of words the first is none, unless it is a given name; nor is an abbreviation.
    """
    if label == "talk" and side.isupper() and side.isascii():
        return True
    first = people.persons[0].name if people.persons else ""
    return (
        "," in side and len(people.persons) == 1 and " " not in first and fold(first) not in GIVEN
    )


def _comma(
    text: str,
    start: int,
    end: int,
    guards: list[tuple[int, int]],
    company: Company,
    *,
    links: tuple[Span, ...],
) -> list[Reading]:
    fields = _split(text, _COMMA, start, end, guards) if "," in text else []
    if len(fields) < 2:
        return []
    readings = _comma_first(text, fields, end, company)
    for cut in range(1, min(len(fields), 5)):
        low = fields[cut][0]
        people = read_people(text[low:end].strip(), company)
        linked = any(span.start <= low + 1 and span.end >= end - 1 for span in links)
        if linked:
            people = People(persons=people.persons, sure=min(0.97, people.sure + 0.3))
        if (
            people.persons
            and people.sure >= 0.6
            and likeness(text[start : fields[0][1]], company) < 0.5
            and not _ends_in_name(text[start : fields[cut - 1][1]], company)
        ):
            readings.append(
                Reading(
                    title=unquote(text[start : fields[cut - 1][1]]),
                    people=people.persons,
                    pattern="comma-last",
                    sure=people.sure - (0.05 if linked else 0.18),
                )
            )
            break
    return readings


def _ends_in_name(words: str, company: Company) -> bool:
    """Whether a dash and a name end the words before a comma: the comma parts two speakers."""
    parts = _DASH.split(words)
    return len(parts) > 1 and read_people(parts[-1], company).sure >= 0.5


_TOGETHER = word_set(
    "chat conversation interview talk discussion ama panel q meet lunch breakfast demo"
)
"""Words of titles to which `with NAME` belongs: `Fireside chat with Ada Winther`."""
_FROM = Pattern(r"(?:\s+(?:from|with|w/)|\s*,)\s+(?=[^\W\d_])", re.IGNORECASE)


def _pair(words: str, company: Company) -> list[Reading]:
    """Read `TITLE from ANA & BEN` and `TITLE, ANA & BEN`: given names, but two of them."""
    for match in reversed(list(_FROM.finditer(words))):
        tail = words[match.end() :]
        together = match[0].strip().lower() in ("with", "w/")
        people = read_pair(tail, company, known=together)
        if not people.persons and together:
            named = read_people(tail, company)
            kept = set(fold(words[: match.start()]).split()) & _TOGETHER
            people = named if named.sure >= 0.8 and " " in tail and not kept else people
        title = unquote(words[: match.start()]) if people.persons else ""
        if title:
            pattern = "comma-last" if "," in match[0] else "by"
            return [Reading(title, people.persons, pattern, people.sure)]
    return []


def _comma_first(
    text: str, fields: list[tuple[int, int]], end: int, company: Company
) -> list[Reading]:
    """Read `NAME, TITLE`: a full name, and words after it that are no firm, role or people."""
    name, rest = text[fields[0][0] : fields[0][1]].strip(), text[fields[1][0] : end].strip()
    if len(fields) == 3 and _is_firm(text[fields[1][0] : fields[1][1]].strip()):
        titled = text[fields[2][0] : end].strip()
        rest = titled if _TITLED.match(titled) else rest
    if len(rest.split()) < 3 or is_role(rest) or is_organisation(rest):
        return []
    people = read_people(name, company)
    if len(people.persons) != 1 or people.sure < 0.5 or read_people(rest, company).sure >= 0.3:
        return []
    sure = min(0.95, people.sure + (0.1 if len(rest.split()) > 4 else -0.05))
    return [Reading(unquote(rest), people.persons, "comma-first", sure)]


_TITLED = Pattern(r"(?!\S+\s+(?:and|or|und|et|y|e|&)\s)[A-Z0-9]\S*(?:\s+\S+){3,}")
"""At least four words, the first with a capital, that do not end a list: what follows a firm."""
_FIRM = Pattern(r"(?!The\b)[A-Z][\w&.’'-]*(?:\s+(?:of|for|the|and|&|[A-Z][\w&.’'-]*)){0,4}")


def _is_firm(words: str) -> bool:
    """Whether what stands between a name and a title likely is a firm: `Harbourly Labs`."""
    return is_organisation(words) or bool(_FIRM.fullmatch(words))


def _linked(
    text: str, start: int, end: int, links: tuple[Span, ...], company: Company
) -> list[Reading]:
    """Read `[TITLE](url) [NAME](url)`: two links with hardly a word between them."""
    inside = [span for span in links if span.start >= start - 1 and span.end <= end + 1]
    if len(inside) < 2:
        return []
    first, second = inside[0], inside[-1]
    readings = []
    for title, person, pattern in ((first, second, "link-last"), (second, first, "link-first")):
        if len(inside) > 2 and pattern == "link-first":
            continue
        if is_media(text[title.start : title.end]):
            continue
        between = text[first.end : second.start]
        if len(between.strip()) > 40:
            continue
        low = person.start
        if pattern == "link-last" and (
            m := re.match(r"\s*[-–—|,:]?\s*(?:by)?\s*", text[first.end :])
        ):
            low = first.end + m.end()
        people = read_people(
            text[low : end if pattern == "link-last" else person.end], company, bonus=0.2
        )
        if people.persons and people.sure >= 0.4:
            readings.append(
                Reading(
                    title=unquote(text[title.start : title.end]),
                    people=people.persons,
                    pattern=pattern,
                    sure=people.sure - 0.05,
                )
            )
    return readings


MARKED = frozenset(
    {"label", "by", "lead-by", "quote-first", "quote-last", "link-first", "link-last"}
)
"""Patterns in which a word or mark, not only the place, says that a name follows."""


_PLURAL = Pattern(r"[^\W\d_aiosuAIOSU][sS]$")
"""The end of an English plural; `-as`, `-is`, `-os` and `-us` end names: Papadopoulos."""


def _is_main_title(reading: Reading, habits: dict[str, float]) -> bool:
    """Whether two words before a colon more likely are a title: `Urban Legends: …`.

    None of them is a given name that is known, the last looks like a plural, and no other heading
    begins with a name.
    """
    if reading.pattern != "colon-first" or reading.sure >= 0.6:
        return False
    if not _PLURAL.search(reading.people[-1].name):
        return False
    count = habits.get("", 0.0)
    return count >= 2 and count * habits.get("colon-first", 0.0) < 1.5


def choose(head: Head, habits: dict[str, float], lift: float = 0.0) -> Reading:
    """Return the best reading, given how much of the note follows each pattern (0 to 1).

    `habits[""]` is how many headings there are: where many do not name people, an unknown name in
    one of them likely is none.

    `lift` speaks for readings that name people, where somebody should be named.
    """
    best, top = head.readings[0], -1.0
    for reading in head.readings:
        weight = reading.sure
        if reading.pattern != "none":
            share = habits.get(reading.pattern, 0.0)
            if _is_main_title(reading, habits):
                share = 0.0
                weight -= 0.25
            weight += 0.35 * share + lift
            if reading.pattern in MARKED:
                pass
            elif reading.sure < 0.8 and habits.get("", 0.0) >= 4 and share < 0.2:
                weight -= 0.25
            elif share < 0.2 and any(habits[p] >= 0.4 for p in habits if p):
                weight -= 0.1
        if reading.people and not reading.title and not reading.label and reading.pattern != "name":
            weight -= 0.2
        if weight > top:
            best, top = reading, weight
    return best
