"""What kind of note this is: session notes of a conference, or an ordinary post."""

import re
from collections.abc import Sequence

from kb.extraction.clock import find_day_number, find_weekday
from kb.extraction.eventnames import (
    CONFERENCE_TOKEN,
    PathEvent,
    event_weight,
    events_of_path,
)
from kb.extraction.filenames import FileName, read_path
from kb.extraction.lexicon import CONFERENCE_WORDS, CONTAINERS, fold, word_set
from kb.extraction.links import kind_of_link
from kb.extraction.pieces import Piece
from kb.extraction.speakers import read_label
from kb.model.note import Note
from kb.model.pattern import Pattern
from kb.model.value import Value, replace

_TALKING = Pattern(
    r"(?<!\.)\b(?:talks?|speakers?|keynotes?|sessions?|presenters?|attended|"
    r"attending|conference|conf|"
    r"summit|meetup|slides|workshop|track|panel|livebloggi?n?g?|lightning talks?|"
    r"konferenz|vortr[aä]ge?|conf[ée]rences?|charlas?|ponencias?)\b|参加|勉強会|"
    r"カンファレンス|発表|登壇|大会|演讲|大會|研討會|演講|컨퍼런스|세미나|발표|세션|"
    r"конференц|доклад|спикер|konferencj|prelekcj|prelegent|palestra",
    re.IGNORECASE,
)
_TALKING_SMALL = Pattern(_TALKING.pattern)
"""The same for text in lower case, in a quarter of the time."""
_NO_PLAIN_CASE = frozenset("ſı\u0307")
"""What lower case leaves of letters that stand for another one (`ſ`, `ı`, `İ`)."""
TALK_WORDS = Pattern(
    r"\b(?:talks|sessions|presentations|keynotes|lightning|workshops|conference|vorträge|"
    r"conférences|charlas|ponencias|palestras|prelekcje)\b|セッション|発表|演讲|演講|세션|доклады",
    re.IGNORECASE,
)
"""Words of a heading that holds talks."""
_ORDINARY = word_set(
    "recipe recipes cooking travel review reviews book books reading changelog release releases"
    " tutorial howto photography music film movie movies game games gaming diary personal links"
    " linkdump weekly newsletter announcement announcements howtos guide guides til install"
    " configuration homelab troubleshooting rezept rezepte reise receta recetas recette recettes"
)
_ARTS = word_set(
    "film films movie movies cinema recipe recipes cooking travel music book books novel novels"
)
_ORDINARY_TITLE = Pattern(
    r"^\W*(?:(?:the )?(?:meeting )?minutes (?:of|for)\b|sprint \d+\b|"
    r"(?:reading|books|films|movies|albums|shopping)(?: list| log)?(?: (?:of|in|from))?"
    r"\W*(?:(?:19|20)\d\d)?$|week(?:ly)?(?: (?:log|notes))? \d+\W*$|protokoll\b)|"
    r"\b(?:19|20)\d\d in review\W*$|"
    r"\b(?:boot ?camp|course|class|training)\W*(?:(?:19|20)\d\d)?\W*$|"
    r"\b(?:retrospective|retro|stand-?up|release notes|changelog|\d\.\d+(?:\.\d+)* released?)\W*$",
    re.IGNORECASE,
)
_AROUND_TALKS = Pattern(
    r"^\W*(?:how (?:to|i|we) (?:give|write|prepare|submit|speak|organi[sz]e|run|plan|survive)\b.*"
    r"\b(?:conference|talk|proposal|abstract|meetup)s?\b|announcing\b|"
    r"(?:our |the )?next (?:meetup|meeting|event)\b|"
    r"(?:come )?(?:meet|visit|join|find|catch) (?:us|me|our team)\b|"
    r"(?:an? )?interview (?:with|mit)\b|q ?& ?a with\b|entretien avec\b|"
    r"entrevista (?:a|con|com)\b)|"
    r"\b(?:call for (?:papers|proposals|speakers|participation)|cfp)\W*(?:(?:19|20)\d\d)?\W*$",
    re.IGNORECASE,
)
"""Titles of posts that tell nothing of what was said in talks."""
_BESIDE_TALKS = Pattern(
    r"^\W*(?:(?:i(?:['’]m| am)? |we(?:['’]re| are)? )?"
    r"(?:speaking|talking|presenting|exhibiting|volunteering) at|organi[sz]ing|preparing for|"
    r"see you at|(?:\w+ )?(?:things|lessons|what) (?:i|we)(?:['’]ve)? learn(?:ed|t))\b",
    re.IGNORECASE,
)
"""Titles of posts about a conference whose sections need not be talks."""
_CHAPTERS = word_set("step schritt etape paso chapter kapitel chapitre capitulo part teil exercise")
_ORDINARY_HEADINGS = word_set(
    "ingredients directions method instructions installation install usage configuration"
    " requirements prerequisites setup changelog added changed fixed removed deprecated license"
    " contributing troubleshooting zutaten zubereitung ingredientes preparacion preparation"
    " itinerary packing list unreleased uninstall upgrading upgrade breaking changes bug fixes"
    " getting started contributors quick start quickstart features roadmap"
)
_VERSION = Pattern(r"^\[?v?\d+\.\d+(?:\.\d+)?\]?(?:\s|$)")


class Setting(Value, frozen=True):
    """How much a note looks like notes of a conference."""

    weight: float
    """Above 2: surely; below 0: surely not."""
    title_is_event: float = 0.0
    """How much the note's title names an event, rather than a talk or an article."""
    beside: bool = False
    """Its title says that it is about something beside talks: lessons, the writer's own part."""
    plain: bool = False
    """It has no front matter: a file of notes rather than a post of a blog."""
    events: frozenset[str] = frozenset()
    """Squeezed folded names of the events that the path surely names."""
    named: tuple[PathEvent, ...] = ()
    """What the parts of the path name, however surely."""
    file: FileName = FileName()
    """What the path says of the note."""

    @property
    def several(self) -> bool:
        """Whether the file's name says that it holds talks, not one."""
        file = self.file
        placed = bool(self.events) and file.kind in ("talks", "day")
        return self.plain and (file.several or placed)

    @property
    def one(self) -> bool:
        """Whether the path says that the file is one talk of a conference."""
        return self.plain and self.file.kind == "talk" and self.file.conference


def read_setting(note: Note, pieces: Sequence[Piece], headings: Sequence[Piece]) -> Setting:
    """Return what kind of note this is, from its title, tags, path, first lines and headings."""
    matter = note.matter
    plain = matter.format == "none"
    title = matter.title or (headings[0].text if headings else "")
    weight = 1.0 if plain else 0.0
    title_is_event = event_weight(title)
    if plain and headings and not matter.title:
        title_is_event = max(title_is_event, event_weight(headings[0].text))
    weight += min(3.0, title_is_event)
    if _TALKING.search(title):
        weight += 1.0
    if headings and fold(headings[0].text) in CONTAINERS and TALK_WORDS.search(headings[0].text):
        weight += 1.0
    if _ORDINARY_TITLE.search(title) and title_is_event < 1.5:
        weight -= 2.5
    if matter.title and _AROUND_TALKS.search(matter.title):
        weight -= 4.0
    weight += _labels(note)
    named = events_of_path(note.path)
    weight += _path(note.path, named)
    weight += _opening(pieces)
    weight += _headings(headings)
    weight += _links(note)
    weight += min(2.0, sum(1.0 for piece in pieces[:400] if _speaker_label(piece)))
    events = _surely_named(named, pieces)
    if events and (plain or weight >= 1.0):
        weight += 1.5
    file = read_path(note.path)
    setting = Setting(
        weight=weight,
        title_is_event=title_is_event,
        beside=bool(_BESIDE_TALKS.search(title)),
        plain=plain,
        events=events,
        named=named,
        file=file,
    )
    return replace(setting, weight=weight + 1.0) if setting.several else setting


def opening_words(pieces: Sequence[Piece], title: str = "") -> str:
    """Return the words that a note begins with, folded and without blanks between them."""
    words = " ".join(piece.text for piece in pieces[:12])
    # One after the other: the words are asked for with the title, and without it.
    return (fold(title) + fold(words)).replace(" ", "")


def _surely_named(named: Sequence[PathEvent], pieces: Sequence[Piece]) -> frozenset[str]:
    """Return the events that the path names surely, or with the first lines agreeing."""
    found = []
    for event in named:
        name = fold(event.name).replace(" ", "")
        if _ORDINARY_TITLE.search(event.name):
            continue
        if not event.year:
            continue
        if event.sure >= 0.5 or (len(name) > 3 and name in opening_words(pieces)):
            found.append(name)
    return frozenset(found)


def _speaker_label(piece: Piece) -> bool:
    label = read_label(piece.text) if len(piece.text) < 90 and ":" in piece.text else None
    return bool(
        label
        and label[0] == "speaker"
        and not piece.text.lower().startswith(
            ("author", "by", "with", "name", "host", "who", "panel")
        )
    )


def _labels(note: Note) -> float:
    matter = note.matter
    labels = " ".join((*matter.tags, *matter.categories))
    words = set(fold(labels).split())
    weight = 0.0
    if words & CONFERENCE_WORDS or words & {
        "talk",
        "session",
        "event",
        "events",
        "techtalk",
        "openstack",
        "summit",
    } & {"talk", "session", "summit", "event", "events"}:
        weight += 1.5
    if words & _ORDINARY:
        weight -= 2.0 if words & _ARTS else 1.0
    told = any(
        key in matter.extra for key in ("speaker", "presenter", "presenters", "conference", "event")
    )
    if matter.event or matter.talks or matter.speakers or told:
        weight += 4.0
    return weight


def _path(path: str, named: Sequence[PathEvent]) -> float:
    folders = fold(path.replace("_", " ").rpartition("/")[0])
    words = set(folders.split())
    weight = 1.0 if words & (CONFERENCE_WORDS | {"talk", "session"}) else 0.0
    if words & {"event", "events"} and any(found.year and found.distance for found in named):
        weight += 1.5
    stem = path.rpartition("/")[2].rpartition(".")[0]
    spaced = re.sub(r"[-_]+", " ", stem)
    stem_words = set(fold(spaced).split())
    if stem_words & (CONFERENCE_WORDS - {"conf"}) or CONFERENCE_TOKEN.search(spaced.title()):
        weight += 1.0
    if stem_words & {"changelog", "license", "contributing", "history", "todo"}:
        weight -= 3.0
    return weight


def _said_of_talks(words: str) -> set[str]:
    """Return what `words` have of talks, in lower case."""
    small = words.lower()
    if _NO_PLAIN_CASE.isdisjoint(small):
        return set(_TALKING_SMALL.findall(small))
    return {match.group(0).lower() for match in _TALKING.finditer(words)}


def _opening(pieces: Sequence[Piece]) -> float:
    words = " ".join(piece.text for piece in pieces[:10] if piece.kind in ("text", "item"))[:900]
    return min(1.5, 0.5 * len(_said_of_talks(words))) + (
        0.5 if CONFERENCE_TOKEN.search(words) else 0.0
    )


def _headings(headings: Sequence[Piece]) -> float:
    weight = 0.0
    days = 0.0
    for piece in headings:
        folded = fold(piece.text)
        words = folded.split()
        if (find_day_number(piece.text) and len(words) < 8) or (
            len(words) < 4 and find_weekday(piece.text)
        ):
            days = min(1.0, days + 0.5)
        elif words and set(words) & CONFERENCE_WORDS and len(words) < 7:
            weight += 0.6
        elif folded in _ORDINARY_HEADINGS or _VERSION.match(piece.text):
            weight -= 0.8
        elif words and words[0] in _CHAPTERS and words[1:2] and words[1].isdecimal():
            weight -= 1.0
    return max(-3.0, min(2.5, weight + days))


def _links(note: Note) -> float:
    count = 0
    for reference in note.references[:300]:
        if reference.kind != "link" or not reference.target.startswith("http"):
            continue
        kind = kind_of_link(reference.target)
        if kind in ("slides", "schedule") or (
            kind == "recording" and reference.text.lower() in ("video", "recording")
        ):
            count += 1
    return min(1.5, 0.5 * count)
