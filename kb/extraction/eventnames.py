"""Names of events: what in a title, a file's name or a folder's name is one, and how surely."""

import re

from kb.extraction.clock import HINT, find_day_number, find_weekday
from kb.extraction.lexicon import (
    BREAKS,
    CONTAINERS,
    EVENT_NOUNS,
    GENERIC,
    LABELS,
    MONTHS,
    NOTE_WORDS,
    WEEKDAYS,
    fold,
    word_set,
)
from kb.extraction.places import CITIES, find_city
from kb.model.pattern import Pattern
from kb.model.value import Value

CONFERENCE_TOKEN = Pattern(
    r"(?<![\w.])(?:[\w.+&]*[\w+](?:conf|Con|CON|CONF|Conf|Camp|Fest|Days|days|"
    r"Summit|Meetup|Expo|Symposium|Congress|Hack)(?:[A-Z]{2,6})?"
    r"|(?:conf|conference|summit|symposium|barcamp|devroom|meetup|kongress|"
    r"konferenz|unconference|colloquium|convention)"
    r"|(?:py|django|docker|gopher|cpp|drupal|bsd|eurobsd|linux|container|rails|euro|deb|php)con"
    r"|devfest|hackfest"
    r"|re:?invent|fosdem|siggraph|neurips|usenix|defcon|strangeloop|strange "
    r"loop|lisa|chaos communication|velocity|web summit|google i/?o|wwdc|oscon|"
    r"goto|qcon|kubecon|devoxx|jfokus|nordic|ndc|sxsw)(?![a-z])"
)
"""A word by which a name is known for a conference's."""

YEAR = Pattern(r"(?<!\d)(?:199\d|20[0-4]\d)(?!\d)")
_SHORT_YEAR = Pattern(r"(?<=[A-Za-z\s])['’](\d\d)(?!\w)|(?<=[a-z])(1\d|2\d)(?![\w.])")
_GLUED = Pattern(r"(?<=[^\W\d_])(?=(?:19|20)\d\d(?!\d))|(?<=(?<!\d)(?:19|20)\d\d)(?=[^\W\d_])")
_EDITION = Pattern(
    r"(?<!\w)(?:(?P<n>\d{1,2})(?:st|nd|rd|th)|第(?P<a>\d{1,2})回|#(?P<h>\d{1,3})|"
    r"vol\.?\s?(?P<v>\d{1,3}))(?!\w)",
    re.IGNORECASE,
)
_SPLIT = Pattern(
    r"\s+[-–—|·•]+\s+|\s*[:：]\s+|\s+//\s+|\s*[|｜]\s*|\s*—\s*|\s*,\s+|\s*[()（）\[\]]\s*"
)
_ASIAN_TAIL = Pattern(
    r"(?:の|に|で|へ)?(?:参加|行って|登壇|発表|聴講|レポート|メモ|まとめ|感想|"
    r"报告|笔记|参会|纪要|总结).*$"
)
_FILLER = (
    (NOTE_WORDS - {"conference"})
    | word_set("organising organizing running")
    | frozenset(MONTHS)
    | frozenset(WEEKDAYS)
)


_YEAR_APART = Pattern(r"[(\[]\s*((?:19|20)\d\d)\s*[)\]]")
_NUMERIC_DATE = Pattern(r"(?<!\d)\d{1,2}[/.]\d{1,2}[/.]((?:19|20)\d\d)(?!\d)")


_URL = Pattern(r"<?\w+://\S+")


class Guess(Value, frozen=True):
    """What one text tells of an event."""

    name: str = ""
    place: str = ""
    year: int = 0
    edition: str = ""
    sure: float = 0.0


def guess_event(text: str, *, loose: bool = False) -> Guess:
    """Return the event that a title (or file name in words) names, if any.

    `loose` says that the text is known to be about an event, so that any name in it will do.
    """
    text = (_URL.sub(" ", text) if "://" in text else text).strip()
    year = 0
    if HINT.search(text):
        text = _GLUED.sub(" ", text)
        text = _YEAR_APART.sub(r" \1 ", text)
        text = _NUMERIC_DATE.sub(r" \1 ", text)
    if not text.isascii():
        text = _ASIAN_TAIL.sub("", text)
    if HINT.search(text):
        years = YEAR.findall(text)
        year = int(years[-1]) if years else _short_year(text)
    best = Guess()
    parts = [part for part in _SPLIT.split(text) if part and part.strip()]
    if year and len(parts) > 1 and not YEAR.search(parts[0]) and _only_about(parts[1]):
        parts[0] = f"{parts[0]} {year}"
    for part in parts:
        guess = _guess_part(part, loose=loose)
        if guess.sure > best.sure:
            best = guess
    place = best.place
    if not place:
        place = place_in(text)
    return Guess(name=best.name, place=place, year=year, edition=best.edition, sure=best.sure)


def _only_about(part: str) -> bool:
    """Whether a part of a title has a year, and else only says which day or kind of session."""
    words = fold(YEAR.sub(" ", _PART_OF.sub(" ", part))).split()
    left = [word for word in words if word not in _FILLER and word not in _NO_NAMES]
    return bool(YEAR.search(part)) and all(word in _NUMBER_WORDS for word in left)


def _short_year(text: str) -> int:
    for match in _SHORT_YEAR.finditer(text):
        digits = match[1] or match[2]
        before = text[: match.start()].rstrip().rsplit(" ", 1)[-1]
        if match[1] or CONFERENCE_TOKEN.search(before):
            return 2000 + int(digits)
    return 0


def place_in(text: str) -> str:
    """Return the city that `text` names, `""` where there is none."""
    words = re.findall(r"[^\s,;:()\[\]|]+", text)
    found = find_city(words)
    return CITIES[fold(" ".join(words[found[0] : found[1]]))] if found else ""


_APOSTROPHE_YEAR = Pattern(r"(?<=[A-Za-z\s])['’]\d\d(?!\w)")
_PART_OF = Pattern(
    r"\b(?:day|tag|jour|día|dia|session)\s*#?\s*(?:\d+|one|two|three|four|five|eins|zwei|drei)\b"
    r"|\b\d+日目",
    re.IGNORECASE,
)
_WORD_ENDS = Pattern(r"\s+|(?<=\w{3})/(?=\w{3})")
_PREPOSITIONS = ("in", "at", "@", "à", "en", "zu")


def _guess_part(part: str, *, loose: bool) -> Guess:
    edition = ""
    year = None
    if HINT.search(part):
        if match := _EDITION.search(part):
            edition = next(group for group in match.groups() if group)
            part = part[: match.start()] + " " + part[match.end() :]
        year = YEAR.search(part)
        if year:
            part = _beside_year(part[: year.start()], part[year.end() :])
        part = _APOSTROPHE_YEAR.sub(" ", part)
    part = _PART_OF.sub(" ", part)
    words = _WORD_ENDS.split(part) if "/" in part else part.split()
    words = [word for word in words if word.strip(".,;!?\"'“”")]
    words, place = _apart(words)
    words = _trim(words)
    name = " ".join(words).strip(" .,;!?\"'“”-–")
    if not name or len(words) > 7 or fold(name) in _NO_NAMES:
        return Guess(place=place)
    known = is_conference(name) or bool(set(fold(name).split()) & EVENT_NOUNS)
    if not (known or year or loose):
        return Guess(name=name, place=place, edition=edition)
    sure = 0.5 * known + 0.35 * bool(year) + 0.15 * bool(place) + 0.3 * loose
    if name.lower() == name and " " not in name and not known:
        sure -= 0.05
    return Guess(name=name, place=place, edition=edition, sure=sure)


def _beside_year(before: str, after: str) -> str:
    """A name stands before its year, or after it; what follows both is about the note."""
    named = [
        word for word in re.split(r"[\s/]+", before) if fold(word) and fold(word) not in _FILLER
    ]
    if not named:
        return re.sub(r"\bconference\s+notes\b", " ", after, flags=re.IGNORECASE)
    place = place_in(after)
    return f"{before} {place}" if place else before


def _apart(words: list[str]) -> tuple[list[str], str]:
    """Return the words of a name without the city in them, and the city."""
    found = find_city(words)
    if not found or found[1] - found[0] >= len(words):
        return words, ""
    left = words[: found[0]]
    while left and left[-1].lower() in _PREPOSITIONS:
        left.pop()
    return left + words[found[1] :], CITIES[fold(" ".join(words[found[0] : found[1]]))]


_NO_NAMES = (LABELS | GENERIC | CONTAINERS | BREAKS | EVENT_NOUNS) - {"barcamp"}
_SMALL = word_set(
    "de la le les l' du des der die das dem den von vom dal della del el los "
    "las na no do da no em a"
)


def _trim(words: list[str]) -> list[str]:
    """Drop words about the note from both ends: `My notes from the … conference in`."""
    low, high = 0, len(words)
    while high > 1 and fold(words[high - 1]) in _MODES:
        high -= 1
    while low < high and (
        fold(words[low]) in _FILLER
        or not fold(words[low])
        or words[low] in _SMALL
        or (words[low].lower() in _SMALL and low + 1 < high and fold(words[low + 1]) in _FILLER)
    ):
        low += 1
    while high > low and (fold(words[high - 1]) in _FILLER or not fold(words[high - 1])):
        high -= 1
    while high > low and low < high and fold(words[low]) == "conference" and high - low == 1:
        low += 1
    kept = words[low:high]
    for place, word in enumerate(kept):
        if (
            word.lower() in ("at", "@", "from", "bei", "auf", "à", "au")
            and place
            and place + 1 < len(kept)
        ):
            rest = [w for w in kept[:place] if fold(w) not in _FILLER and not w.islower()]
            if not rest or CONFERENCE_TOKEN.search(" ".join(kept[place + 1 :])):
                return _trim(kept[place + 1 :])
        if word.lower() in _OF and CONFERENCE_TOKEN.match(" ".join(kept[place + 1 :])):
            before = " ".join(kept[:place])
            if kept[place + 1][:1].isupper() and not CONFERENCE_TOKEN.search(before):
                return kept[place + 1 :]
    return kept


_OF = word_set("of de du sur von vom zur zum about")
"""What joins words about the note to a name: `My favourite talks of KnotConf`."""


_YEAR = Pattern(r"(?<!\d)(?:19[89]|20[0-4])\d(?!\d)|(?<=\w)['’]\d\d(?!\w)")
_ABOUT = Pattern(
    r"\b(?:day|tag|jour|día)\s*#?\d\b|\bsession\s+\d+\b|\b(?:notes|recap|report|"
    r"highlights|summary|keynotes|sessions)\b|参加|日目",
    re.IGNORECASE,
)


SESSIONS_OF = Pattern(
    r"(?P<event>\S.*\S)\s+[-–—|]\s+"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:['’]s)?|day\s\d{1,2})\s+"
    r"(?:sessions?|talks?|keynotes?|workshops?|tutorials?|notes)\b[^-–—|]{0,24}",
    re.IGNORECASE,
)
"""`NAME - Tuesday Sessions`: whose sessions these are is an event, whatever it is called."""


def event_weight(title: str) -> float:
    """Return how much `title` names an event: its words, a year, a day, `notes` beside them."""
    weight = 0.0
    if is_conference(title):
        weight += 1.5
    if _YEAR.search(title):
        weight += 1.0
    if _ABOUT.search(title) or find_day_number(title) or find_weekday(title):
        weight += 0.8
    if weight and find_city(title.split()):
        weight += 0.5
    if SESSIONS_OF.fullmatch(title.strip()):
        weight = max(weight, 1.5)
    if len(title.split()) > 12:
        weight -= 1.0
    return max(0.0, weight)


_NO_CONFERENCE = Pattern(
    r"\b(?:(?:an?|any|every|your) conference|"
    r"conference (?:calls?|phones?|rooms?|tables?|pears?|venues?)|"
    r"(?:press|parent teacher|video) conferenc\w+|(?:boot|summer)[ -]?camps?|"
    r"(?:holi|birth|week|work|pay|mon|tues|wednes|thurs|fri|satur|sun)days)\b",
    re.IGNORECASE,
)


def is_conference(name: str) -> bool:
    """Return whether a word of `name` is one by which conferences are known."""
    name = _NO_CONFERENCE.sub(" ", name)
    return bool(
        CONFERENCE_TOKEN.search(name)
        or CONFERENCE_TOKEN.search(name.title())
        or CONFERENCE_TOKEN.search(name.lower())
    )


_NUMBER_WORDS = word_set("one two three four five day days")


class PathEvent(Value, frozen=True):
    """An event that a file's or folder's name tells."""

    name: str = ""
    year: int = 0
    place: str = ""
    part: str = ""
    """The part of the path that names it."""
    sure: float = 0.0
    """Over 0.5: whatever else the note says; below: where the note's text has the name, too."""
    distance: int = 0
    """How many folders up it stands; 0 is the file's own name."""


_SKIP_FOLDERS = word_set(
    "content contents post posts note notes blog blogs articles article docs doc src source site"
    " pages page en de fr es ja zh writing til conferences conference talks talk events event"
    " conference notes conf notes summits meetups _posts archive archives drafts _drafts"
)
_DATED = Pattern(r"^((?:19|20)\d\d)(?:-\d\d?-\d\d?|-[01]\d)(?!\d)[-_ ]*")
_MONTHLY = Pattern(
    r"(?<![A-Za-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-_ ]?([12]\d)$",
    re.IGNORECASE,
)
_DATED_END = Pattern(r"(?<=[-_ .])((?:19|20)\d\d)[-_.]\d\d?[-_.]\d\d?$")
_YEARLY = Pattern(r"((?:19|20)\d\d)(?:[-_ .]\d\d?){0,2}")
_ACRONYM = Pattern(r"(?<![A-Za-z])([A-Z]{3,}['’]?)([12]\d)(?!\w)")
_MODES = word_set("virtual online remote hybrid")


def events_of_path(path: str) -> tuple[PathEvent, ...]:
    """Return the events that the parts of a path name, the file's own name first.

    A folder that is a year dates the folder below it (`2016/NorthConf/`), or the one above
    (`icefront/2012/`), which may be the writer's own and needs the text to agree.
    """
    *folders, file = path.split("/")
    stem = re.sub(r"\.\w+$", "", file)
    whole = [*folders, stem]
    parts = [_undated(part) for part in whole]
    found = []
    for place in range(len(parts) - 1, -1, -1):
        spaced = re.sub(r"[-_.]+", " ", parts[place]).strip()
        if fold(spaced) in _SKIP_FOLDERS or _YEARLY.fullmatch(spaced):
            continue
        spaced = _ACRONYM.sub(r"\1 20\2", spaced)
        guess = guess_event(spaced if any(c.isupper() for c in spaced) else spaced.title())
        dated = None if place == len(parts) - 1 else _DATED.match(whole[place])
        year, sure = guess.year or int(dated[1] if dated else 0), guess.sure
        above = _YEARLY.fullmatch(parts[place - 1]) if place else None
        below = _YEARLY.fullmatch(parts[place + 1]) if place + 1 < len(parts) else None
        name = guess.name
        if not year and (above or below) and (name or place < len(parts) - 1):
            year = int((above or below or ["", ""])[1])
            name = name or _trimmed(spaced)
            sure = max(sure, (0.6 if above or place else 0.3) if place < len(parts) - 1 else 0.3)
        if name and (sure >= 0.5 or (year and place < len(parts) - 1) or sure >= 0.3):
            found.append(
                PathEvent(
                    name=_recase(name, spaced),
                    year=year,
                    place=guess.place,
                    part=parts[place],
                    sure=max(sure, 0.55)
                    if year and guess.year and place < len(parts) - 1
                    else sure,
                    distance=len(parts) - 1 - place,
                )
            )
    return tuple(found)


def _undated(part: str) -> str:
    """A part of a path without the day that it begins or ends with; a bare date stays."""
    bare = _DATED_END.sub(r"\1", _DATED.sub("", part) or part)
    return _MONTHLY.sub(r"20\1", bare)


def _trimmed(text: str) -> str:
    return " ".join(_trim(text.split()))


def _recase(name: str, written: str) -> str:
    """Give a name from a slug capitals word by word, and leave written capitals alone."""
    return (
        name
        if any(character.isupper() for character in written)
        else name.title().replace("'S", "'s")
    )
