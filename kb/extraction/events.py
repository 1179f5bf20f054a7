"""The event that a note is about: name, place, year, edition, series, day.

Titles, file and folder names, the opening lines and the URLs of sessions each tell a part, with a
weight; what most of the weight says is taken. What the writer says outright wins.
"""

import re
from collections.abc import Sequence

from kb.extraction.clock import (
    find_date,
    find_day_number,
    find_part,
    find_weekday,
    is_only_time,
)
from kb.extraction.eventnames import (
    SESSIONS_OF,
    YEAR,
    Guess,
    PathEvent,
    guess_event,
    is_conference,
    place_in,
)
from kb.extraction.filenames import names_conference
from kb.extraction.lexicon import (
    fold,
    word_set,
)
from kb.extraction.links import address, kind_of_link
from kb.extraction.pieces import Piece
from kb.extraction.places import CITIES
from kb.extraction.setting import Setting, opening_words
from kb.extraction.speakers import read_label
from kb.model.facts import EventFacts, Evidence, SessionFacts
from kb.model.note import Note
from kb.model.pattern import Pattern
from kb.model.value import replace
from kb.model.vocabulary import EventEntry, Vocabulary

# -- the note --------------------------------------------------------------------------------

_INTRO = Pattern(
    r"(?:from|at|of|attended|attending|visited|to|for|during|@|"
    r"about)\s+(?:the\s+)?(?P<name>(?:[A-Z0-9][\w.&+:!'’-]*|de|of|the|on|"
    r"for)(?:\s+(?:[A-Z0-9][\w.&+:!'’-]*|of|on|for|and|the|conference|summit|"
    r"conf|meetup)){0,6})"
)


class _Votes:
    """Weighs what several texts say of one thing."""

    def __init__(self) -> None:
        self.weights: dict[str | int, float] = {}
        self.evidence: dict[str | int, Evidence] = {}

    def add(self, value: str | int, weight: float, evidence: Evidence) -> None:
        if not value:
            return
        self.weights[value] = self.weights.get(value, 0.0) + weight
        old = self.evidence.get(value)
        if old is None or old.sure < evidence.sure:
            self.evidence[value] = evidence

    def best(self) -> tuple[str | int, Evidence] | None:
        if not self.weights:
            return None
        value = min(self.weights, key=lambda v: (-self.weights[v], str(v)))
        total = sum(self.weights.values())
        evidence = self.evidence[value]
        sure = min(0.97, max(0.3, evidence.sure * (0.5 + 0.5 * self.weights[value] / total)))
        return value, Evidence(
            line=evidence.line,
            rule=evidence.rule,
            sure=sure,
            text=evidence.text,
            path=evidence.path,
        )


class _Ballot:
    """Everything that the texts of one note say of its event."""

    def __init__(self, *, talk_title: bool) -> None:
        self.names, self.places, self.years, self.editions = _Votes(), _Votes(), _Votes(), _Votes()
        self.talk_title = talk_title
        """The note's title is a talk's, not the event's."""

    def add(self, guess: Guess, evidence: Evidence, name: float, place: float, year: float) -> None:
        """Vote for what `guess` names, with a weight for each part."""
        self.names.add(guess.name, name, evidence)
        self.places.add(guess.place, place, evidence)
        self.years.add(guess.year, year, evidence)


def read_event(
    note: Note,
    pieces: Sequence[Piece],
    vocabulary: Vocabulary,
    *,
    talk_title: bool,
    talks: Sequence[SessionFacts],
    setting: Setting,
) -> EventFacts | None:
    """Return the event of a note, or None where nothing tells of one.

    `talk_title` says that the note's title is a talk's; `talks` are the sessions that it
    tells; `setting` is what kind of note it is, and what its path names.
    """
    ballot = _Ballot(talk_title=talk_title)
    talk_lines = [session.line for session in talks]
    title_line = note.matter.lines.get("title", 1)
    texts: list[tuple[str, str, int]] = []
    if note.matter.title:
        texts.append((note.matter.title, "event-title", title_line))
    opening = _opening_heading(pieces, talk_lines)
    if opening and opening.line not in talk_lines:
        texts.append((opening.text, "event-heading", opening.line))
    if opening and talk_title and opening.line in talk_lines and not note.matter.title:
        texts.append((opening.text, "event-heading", opening.line))
    for text, rule, line in texts:
        _vote(text, rule, line, ballot)
    if opening and opening.line not in talk_lines and not ballot.names.weights:
        _vote_over_days(opening, pieces, ballot)
    _vote_file(note, pieces, setting.named, ballot)
    _vote_labels(note, ballot)
    _vote_fields(note, ballot)
    _vote_opening(_before(pieces, talk_lines, ballot), ballot)
    _vote_urls(note, pieces, talk_lines, ballot)
    _vote_dates(note, pieces, ballot)
    if not ballot.names.weights:
        _vote_stem(note.path, setting.named, talks, ballot)
    return _settle(note, ballot, vocabulary, setting.weight)


def _vote_over_days(opening: Piece, pieces: Sequence[Piece], ballot: _Ballot) -> None:
    """A first heading above headings that are dates or days names the event, whatever it is."""
    below = [p.text for p in pieces if p.kind == "heading" and p.level > opening.level]
    days = [text for text in below if len(text.split()) < 5 and is_only_time(text)]
    if not days or len(opening.text.split()) > 4 or is_only_time(opening.text):
        return
    guess = guess_event(opening.text, loose=True)
    evidence = Evidence(line=opening.line, rule="event-heading", sure=0.6, text=opening.text)
    ballot.add(guess, evidence, name=1.0, place=1.0, year=2.5)


def _before(pieces: Sequence[Piece], talk_lines: Sequence[int], ballot: _Ballot) -> Sequence[Piece]:
    """Return what stands before the talks: in a talk, a city is where somebody works or was born.

    A note that is one talk has its only lines there.
    """
    if ballot.talk_title or not talk_lines:
        return pieces
    first = min(talk_lines)
    return [piece for piece in pieces if piece.line < first]


def _opening_heading(pieces: Sequence[Piece], talk_lines: Sequence[int]) -> Piece | None:
    for number, piece in enumerate(pieces):
        if piece.kind == "heading":
            return piece if number < 6 else None
    return None


def _vote(text: str, rule: str, line: int, ballot: _Ballot) -> None:
    guess = guess_event(text.replace("_", " ") if " " not in text else text)
    if " " not in text.strip() and text.count("-") >= 2:
        guess = guess_event(text.replace("-", " "))
    if ballot.talk_title:
        at = re.search(
            r".*\s(?P<mark>at|@|from|bei|auf|-|–|—|\||in)\s+(?P<event>[^|–—()]+)[)\]]?$", text
        )
        aside = re.search(r"[(\[]([^()\[\]]+)[)\]]\s*$", text)
        told = guess_event(aside[1]) if aside else Guess()
        guess = guess_event(at["event"]) if at else Guess()
        if told.year and told.name:
            guess = replace(told, sure=max(0.5, told.sure))
        if guess.sure < (0.3 if at and at["mark"] in ("at", "@") else 0.5):
            ballot.years.add(guess.year, 1.0, Evidence(line=line, rule=rule, sure=0.6, text=text))
            return
    elif guess.sure < 0.3 and (match := SESSIONS_OF.fullmatch(text.strip())):
        guess = guess_event(match["event"], loose=True)
    evidence = Evidence(line=line, rule=rule, sure=min(0.95, 0.4 + guess.sure * 0.6), text=text)
    if guess.sure >= 0.3:
        ballot.names.add(guess.name, max(1.8, 3.0 * guess.sure), evidence)
        ballot.places.add(guess.place, 2.0, evidence)
        ballot.editions.add(guess.edition, 1.0, evidence)
    elif guess.place and guess.sure:
        ballot.places.add(guess.place, 0.5, evidence)
    # A year beside the name is the event's; a folder's may be the year of writing.
    ballot.years.add(guess.year, 5.0 if guess.name and guess.sure >= 0.5 else 2.5, evidence)


def _vote_file(
    note: Note, pieces: Sequence[Piece], named: Sequence[PathEvent], ballot: _Ballot
) -> None:
    """The file's name and its folders; some count only where the first lines agree."""
    path = note.path
    first_lines = ""
    file = path.rpartition("/")[2]
    dated = re.match(r"((?:19|20)\d\d)-\d\d?-\d\d?", file)
    evidence = Evidence(line=0, rule="event-file", sure=0.7, text=file, path=path)
    if dated:
        ballot.years.add(int(dated[1]), 1.2, evidence)
    else:
        ballot.years.add(guess_event(re.sub(r"[-_.]+", " ", file)).year, 2.6, evidence)
    for found in named:
        own = found.distance == 0
        if own and ballot.talk_title and not _is_whole_name(found, file):
            continue
        squeezed = fold(found.name).replace(" ", "")
        repository = not own and not found.year and "notes" in fold(found.part).split()
        repository = repository and ballot.talk_title
        if found.sure < 0.5 or repository:
            first_lines = first_lines or opening_words(pieces, note.matter.title)
            if squeezed not in first_lines:
                continue
        rule = "event-file" if own else "event-folder"
        evidence = Evidence(line=0, rule=rule, sure=0.75, text=found.part, path=path)
        weight = 1.0 if own else 1.6 / found.distance
        ballot.add(Guess(name=found.name, place=found.place), evidence, weight, 1.2, 0.0)
        ballot.years.add(found.year, 0.0 if own else 2.4, evidence)
    for folder in path.split("/")[:-1]:
        if YEAR.fullmatch(folder):
            told = Evidence(line=0, rule="event-folder", sure=0.75, text=folder, path=path)
            ballot.years.add(int(folder), 2.4, told)


def _is_whole_name(found: PathEvent, file: str) -> bool:
    """Whether a file's name is nothing but a conference's name and its year: `knotcamp_2018.md`."""
    stem = fold(re.sub(r"[-_.]+", " ", file.rpartition(".")[0]))
    named = fold(f"{found.name} {found.place}")
    left = YEAR.sub(" ", stem).split()
    return bool(found.year) and is_conference(stem) and sorted(left) == sorted(named.split())


def _vote_stem(
    path: str, events: Sequence[PathEvent], talks: Sequence[SessionFacts], ballot: _Ballot
) -> None:
    """Where nothing else names the event, the file's name may: beside a year, over several talks;
    or by a conference's name among the words of the one talk's title."""
    file = path.rpartition("/")[2]
    evidence = Evidence(line=0, rule="event-file", sure=0.55, text=file, path=path)
    own = [found for found in events if not found.distance]
    if not ballot.talk_title:
        if own and own[0].year and len(talks) > 1:
            ballot.add(Guess(name=own[0].name, place=own[0].place), evidence, 0.8, 0.8, 0.0)
        return
    titled = {word for session in talks for word in fold(session.title).split()}
    words = re.sub(r"[-_. ]+", " ", file.rpartition(".")[0]).split()
    left = [word for word in words if fold(word) not in titled and not word.isdecimal()]
    named = [word for word in left if names_conference(word)]
    if len(named) == 1 and len(words) - len(left) > 1 and len(named[0]) > 5:
        ballot.names.add(guess_event(named[0]).name, 0.7, evidence)


_EVENT_KEYS = ("event", "conference", "conf", "event_name", "conference_name", "meetup")
_PLACE_KEYS = ("location", "place", "city", "venue")


def _vote_fields(note: Note, ballot: _Ballot) -> None:
    """Keys of the front matter such as `conference` and `location`."""
    for keys in (_EVENT_KEYS, _PLACE_KEYS):
        for key in keys:
            value = note.matter.extra.get(key)
            if not isinstance(value, str) or not value.strip():
                continue
            evidence = Evidence(
                line=note.matter.lines.get(key, 1), rule="event-field", sure=0.95, text=value
            )
            if keys is _PLACE_KEYS:
                ballot.places.add(place_in(value) or value.split(",")[0].strip(), 3.0, evidence)
            else:
                _vote_name(value, evidence, ballot)


def _vote_name(text: str, evidence: Evidence, ballot: _Ballot) -> None:
    """A text that is known to name the event."""
    guess = guess_event(text, loose=True)
    ballot.names.add(guess.name, 6.0, evidence)
    ballot.places.add(guess.place, 3.0, evidence)
    ballot.years.add(guess.year, 4.0, evidence)


_SHORT_WITH_YEAR = Pattern(r"([A-Z]{3,}[\w-]*)[ -]?((?:19|20)\d\d)")
"""A tag or category such as `TIDES 2019`: an abbreviation and a year."""


def _vote_labels(note: Note, ballot: _Ballot) -> None:
    for key in ("tags", "categories"):
        for label in getattr(note.matter, key):
            line = note.matter.lines.get(key, 1)
            evidence = Evidence(line=line, rule="event-tag", sure=0.5, text=label)
            if fold(label) in CITIES:
                ballot.places.add(CITIES[fold(label)], 0.8, evidence)
            elif (
                re.search(r"[a-z](?:conf|con|camp|days|summit)\b", label.lower()) and len(label) > 5
            ):
                guess = guess_event(label)
                if guess.name:
                    ballot.names.add(guess.name, 0.6, evidence)
            elif match := _SHORT_WITH_YEAR.fullmatch(label.strip()):
                ballot.names.add(match[1], 0.6, evidence)
                ballot.years.add(int(match[2]), 1.0, evidence)


_KIND_AFTER = Pattern(r"\s+(?:conference|conf|summit|meetup|event|convention)\b")
_WHERE = Pattern(
    r"(?:\s+(?:conference|conf|summit|meetup|event)\b)?(?:\s+(?:19|20)\d\d)?\s*,?\s+"
    r"(?:in|@|at)\s+([A-Z][\w.]*(?:\s[A-Z][\w.]*){0,2})"
)
_LONE_YEAR = Pattern(r"(?:\W*[^\W\d]+\s+)?(?:19|20)\d\d\W*")
_IN_PLACE = Pattern(r"(?:\bin|\bà|\ben)\s+([A-Z][\w.]+(?:\s[A-Z][\w.]+)?)")


def _vote_opening(pieces: Sequence[Piece], ballot: _Ballot) -> None:
    """The first lines of a note: labelled ones, a lone year, `Notes from the … in …`."""
    lines = [p for p in pieces[:24] if p.kind in ("text", "item") and p.text.strip()]
    _vote_first(pieces, ballot)
    for piece in lines[:8]:
        label = read_label(piece.text)
        if label and label[1] and label[0] in ("room", "event"):
            _vote_told(piece, label, ballot)
            continue
        text = piece.text[:400]
        evidence = Evidence(line=piece.line, rule="event-opening", sure=0.6, text=text[:160])
        lone = text.strip()
        if len(lone) < 40 and _LONE_YEAR.fullmatch(lone):
            ballot.years.add(int(YEAR.findall(lone)[0]), 1.5, evidence)
        elif len(lone) < 60 and YEAR.search(lone) and lone[-1:] not in ".:!?":
            _vote_lone(lone, evidence, ballot)
        for match in _INTRO.finditer(text):
            _vote_intro(match, evidence, ballot)
        for match in _IN_PLACE.finditer(text):
            ballot.places.add(place_in(match[1]), 0.6, evidence)


def _vote_first(pieces: Sequence[Piece], ballot: _Ballot) -> None:
    """A first line of a name and its year, beside or above a day: `QuayWest 2018`, `May 3, 2018`.

    The day says that the name is an event's, whatever it is.
    """
    first = pieces[0] if pieces else None
    if first is None or first.kind != "text" or len(first.text) > 60:
        return
    words = [part for part in _DASHED.split(first.text.strip()) if part]
    dated = any(is_only_time(part) or find_day_number(part) for part in words[1:])
    below = len(words) == 1 and len(pieces) > 1 and is_only_time(pieces[1].text)
    guess = guess_event(words[0]) if words and (dated or below) else Guess()
    if guess.name and guess.year and guess.name[0].isupper() and len(guess.name.split()) < 4:
        evidence = Evidence(line=first.line, rule="event-opening", sure=0.6, text=first.text)
        ballot.add(guess, evidence, name=1.0, place=1.0, year=2.0)


_DASHED = Pattern(r"\s+[-–—|]\s+")


def _vote_lone(text: str, evidence: Evidence, ballot: _Ballot) -> None:
    """A line that is nothing but a conference's name and its year: `Harbour Conference 2020`."""
    guess = guess_event(text)
    left = fold(YEAR.sub(" ", text)).split()
    if guess.sure >= 0.8 and len(left) <= len(fold(f"{guess.name} {guess.place}").split()):
        ballot.add(guess, evidence, name=1.6, place=1.2, year=2.0)


def _vote_told(piece: Piece, label: tuple[str, str], ballot: _Ballot) -> None:
    """`Event: …` and `Location: …`."""
    evidence = Evidence(line=piece.line, rule="event-line", sure=0.9, text=piece.text[:160])
    if label[0] == "event":
        _vote_name(label[1], evidence, ballot)
    elif not ballot.talk_title:
        city = CITIES.get(fold(label[1].split(",")[0].strip()), "")
        ballot.places.add(city, 2.0, evidence)


def _vote_intro(match: re.Match[str], evidence: Evidence, ballot: _Ballot) -> None:
    """A sentence such as `Notes from the Foo conference in Bar`."""
    tail = match.string[match.end() :]
    guess = guess_event(match["name"])
    followed = bool(_KIND_AFTER.match(tail)) and (guess.sure > 0 or len(guess.name) > 3)
    if not guess.name or not (followed or guess.sure >= (0.35 if guess.year else 0.5)):
        return
    ballot.add(guess, evidence, name=0.8, place=1.2, year=1.2)
    where = _WHERE.match(tail)
    if where:
        ballot.places.add(place_in(where[1]) or where[1].strip(" ."), 1.5, evidence)


_PAGE_PATH = Pattern(
    r"/(?:sessions?|speakers?|schedule|program(?:me)?|presentations?|agenda|"
    r"proposals|talks?|events?|videos|summit|timetable|tag)(?:/|$)",
    re.IGNORECASE,
)
_POSTED = Pattern(r"/(?:19|20)\d\d/\d\d?(?:/|$)")
"""The date of a post that is cited tells when it was written, not when the event was."""
_SERVICES = Pattern(
    r"(?:^|\.)(?:sched\.(?:com|org)|lanyrd\.com|meetup\.com|eventbrite\.\w+|"
    r"pretalx\.com|sessionize\.com|connpass\.com)$"
)


def _vote_urls(
    note: Note, pieces: Sequence[Piece], talk_lines: Sequence[int], ballot: _Ballot
) -> None:
    """Hosts and paths of session pages: `/berlin-2014/`, `2018.pyfoo.org`, `/foo-2017/`."""
    starts = sorted(talk_lines)
    seen: set[str] = set()
    told: dict[str, list[tuple[Piece, str]]] = {}
    for piece in pieces:
        if not piece.links:
            continue
        near = any(start <= piece.line <= start + 6 for start in starts) or piece.line < 20
        if not near:
            continue
        for span in piece.links:
            url = note.references[span.number].target
            if url in seen or not url.startswith(("http://", "https://")):
                continue
            seen.add(url)
            _vote_url(url, piece, ballot)
            host, path = address(url)
            if not ballot.talk_title and _PAGE_PATH.search(path):
                told.setdefault(host, []).append((piece, url))
    for host, found in told.items():
        name = _host_name(host, address(found[0][1])[1]) if len(found) > 1 else ""
        if is_conference(name):
            line, text = found[0][0].line, found[0][1]
            evidence = Evidence(line=line, rule="event-url", sure=0.5, text=text)
            ballot.names.add(name, 0.5, evidence)


def _vote_url(url: str, piece: Piece, ballot: _Ballot) -> None:
    host, path = address(url)
    kind = kind_of_link(url)
    if kind in ("code", "package", "docs", "wiki", "profile", "etherpad", "paper"):
        return
    known = kind in ("recording", "slides") and not _PAGE_PATH.search(path)
    evidence = Evidence(line=piece.line, rule="event-url", sure=0.55, text=url)
    if known:
        return
    for part in [host.split(".")[0], *path.split("?")[0].split("/")[:5]]:
        match = re.fullmatch(
            r"(?:(?P<y1>(?:19|20)\d\d)[-_]?(?P<w1>[a-z][a-z-]*)?|"
            r"(?P<w2>[a-z][a-z-]*?)[-_]?(?P<y2>(?:19|20)\d\d))",
            part.lower(),
        )
        if not match:
            continue
        year = int(match["y1"] or match["y2"])
        if _POSTED.search(path) and not _PAGE_PATH.search(path):
            continue
        words = (match["w1"] or match["w2"] or "").replace("-", " ").strip()
        if len(words.split()) > 3:
            continue
        ballot.years.add(year, 0.9 if _PAGE_PATH.search(path) or words else 0.5, evidence)
        if fold(words) in CITIES:
            ballot.places.add(CITIES[fold(words)], 0.9, evidence)
    if ballot.talk_title and (_PAGE_PATH.search(path) or _SERVICES.search(host)):
        name = _host_name(host, path)
        if name:
            ballot.names.add(name, 0.7, evidence)


_LABELS = word_set(
    "www blog archive media video videos program schedule talks pretalx app web conf cfp"
)
_HOME = word_set("openstack google microsoft amazon apple github wordpress blogspot medium tumblr")


def _host_name(host: str, path: str) -> str:
    """Return an event's name as its host spells it: `craft-conf.com` → `Craft Conf`."""
    if not re.search(
        r"/(?:sessions?|speakers?|schedule|program(?:me)?|presentations?|agenda|talks|"
        r"event|proposals)(?:/|$)",
        path,
        re.IGNORECASE,
    ):
        return ""
    labels = [label for label in host.split(".") if label not in _LABELS and not label.isdecimal()]
    if len(labels) < 2:
        return ""
    label = (
        labels[0] if _SERVICES.search(host) else labels[-2] if len(labels[-1]) <= 8 else labels[0]
    )
    if label in ("co", "com", "org", "ac") and len(labels) > 2:
        label = labels[-3]
    if label in _HOME or len(label) < 4:
        return ""
    label = re.sub(r"[-_]?(?:19|20)\d\d[-_]?|(?<=[a-z])\d\d$", " ", label)
    words = [word for word in re.split(r"[-_ ]+", label) if word]
    parted: list[str] = []
    for word in words:
        city = next(
            (
                name
                for name in CITIES
                if len(name) > 3 and word.startswith(name) and len(word) > len(name) + 2
            ),
            "",
        )
        parted.extend([city, word[len(city) :]] if city else [word])
    return " ".join(word[:1].upper() + word[1:] for word in parted)


def _vote_dates(note: Note, pieces: Sequence[Piece], ballot: _Ballot) -> None:
    for piece in pieces[:60]:
        if piece.kind == "heading" or (piece.position == 0 and piece.line < 12):
            date = find_date(piece.text) if len(piece.text) < 90 else None
            if date and date.year:
                ballot.years.add(
                    date.year,
                    1.6,
                    Evidence(line=piece.line, rule="event-date", sure=0.7, text=piece.text),
                )
    written = note.matter.date or note.matter.publish_date
    if len(written) >= 4 and written[:4].isdecimal() and ballot.names.weights:
        line = note.matter.lines.get("date", 1)
        ballot.years.add(
            int(written[:4]),
            0.7,
            Evidence(line=line, rule="event-post-date", sure=0.4, text=written),
        )


def _settle(note: Note, ballot: _Ballot, vocabulary: Vocabulary, about: float) -> EventFacts | None:
    hint = note.matter.event
    why: list[Evidence] = []
    merged = _merge_names(ballot.names)
    name_vote = merged.best()
    place_vote, year_vote = ballot.places.best(), ballot.years.best()
    name = str(name_vote[0]) if name_vote else ""
    place = str(place_vote[0]) if place_vote and (name or about >= 2) else ""
    year = int(year_vote[0]) if year_vote else 0
    if place and name:
        name = _without_place(name, place)
    edition_vote = ballot.editions.best()
    edition = str(edition_vote[0]) if edition_vote and name else ""
    for field, vote, value in (
        ("name", name_vote, name),
        ("place", place_vote, place),
        ("year", year_vote, year),
    ):
        if vote and value:
            evidence = vote[1]
            why.append(_named(evidence, field))
    day, part = _day(note)
    series = ""
    entry = _entry(name, place, year, note, vocabulary)
    if entry:
        explicit = Evidence(
            line=entry.line,
            rule="explicit-events-toml",
            sure=1.0,
            text=entry.name,
            path="events.toml",
        )
        name, place = entry.name, entry.place or place
        year, series = entry.year or year, entry.series
        why.append(explicit)
    if hint:
        line = note.matter.lines.get("event", 1)
        explicit = Evidence(line=line, rule="explicit-front-matter", sure=1.0, text=hint.name)
        told = guess_event(hint.name, loose=True)
        bare = told.name if told.year and not hint.year else hint.name
        name, place = bare or name, hint.place or told.place or place
        year, edition = hint.year or told.year or year, hint.edition or edition
        series, day = hint.series or series, hint.day or day
        why.append(explicit)
    if not name and not year and not place:
        return None
    return EventFacts(
        name=name,
        place=place,
        year=year,
        series=series or name,
        edition=edition,
        day=day.lower() if day.isalpha() else day,
        part=part,
        why=tuple(why),
    )


def _named(evidence: Evidence, field: str) -> Evidence:
    return Evidence(
        line=evidence.line,
        rule=evidence.rule.replace("event-", f"event-{field}-", 1),
        sure=evidence.sure,
        text=evidence.text,
        path=evidence.path,
    )


def _merge_names(names: _Votes) -> _Votes:
    """Let spellings of one name vote together; the spelling of the weightiest text is kept."""
    groups: dict[str, list[str]] = {}
    for name in names.weights:
        groups.setdefault(fold(str(name)).replace(" ", ""), []).append(str(name))
    merged = _Votes()
    for spellings in groups.values():
        best = min(spellings, key=lambda s: (_is_slug(names.evidence[s]), -names.weights[s], s))
        merged.weights[best] = sum(names.weights[s] for s in spellings)
        merged.evidence[best] = names.evidence[best]
    return merged


def _is_slug(evidence: Evidence) -> bool:
    """Whether a spelling comes from a file name or URL, which have no capitals to trust."""
    return evidence.rule in ("event-file", "event-folder", "event-url")


def _without_place(name: str, place: str) -> str:
    words = name.split()
    wanted = fold(place).split()
    folded = [fold(word) for word in words]
    for start in range(len(words) - len(wanted), -1, -1):
        if folded[start : start + len(wanted)] == wanted and len(words) > len(wanted) and start:
            return " ".join(words[:start] + words[start + len(wanted) :])
    return name


def _day(note: Note) -> tuple[str, str]:
    """Return the day, and the half of it, that the whole note is about, by its title or file."""
    stem = re.sub(r"[-_]+", " ", re.sub(r"\.\w+$", "", note.path.rpartition("/")[2]))
    stem = re.sub(r"^(?:19|20)\d\d \d\d? \d\d? ", "", stem)
    for text in (note.title, stem):
        date = find_date(text)
        number = find_day_number(text)
        day = (
            (date.iso if date else "") or find_weekday(text) or (f"day-{number}" if number else "")
        )
        if day:
            return day, find_part(text)
    return "", ""


def _entry(
    name: str, place: str, year: int, note: Note, vocabulary: Vocabulary
) -> EventEntry | None:
    """Return the entry of `events.toml` that this note is about."""
    wanted = fold(name)
    title = f" {fold(note.title)} {fold(re.sub(r'[-_/.]+', ' ', note.path))} "
    best: tuple[int, EventEntry] | None = None
    for entry in vocabulary.events:
        spellings = {fold(entry.name), *(fold(alias) for alias in entry.aliases)}
        full = {f"{s} {entry.place} {entry.year}" for s in spellings}
        points = 0
        if wanted and (wanted in spellings or fold(f"{name} {place}") in spellings):
            points = 3
        elif any(f" {s} " in title for s in spellings if len(s) > 3):
            points = 2
        if any(f" {fold(alias)} " in title for alias in entry.aliases):
            points = max(points, 3)
        if not points or not full:
            continue
        if entry.year and year:
            points += 2 if entry.year == year else -4
        if entry.place and place:
            points += 2 if fold(entry.place) == fold(place) else -4
        if points > 0 and (best is None or points > best[0]):
            best = (points, entry)
    return best[1] if best else None
