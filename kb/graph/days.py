"""The date of each day of an event, from all that its notes show; a weekday where that is thin."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from kb.graph.events import Edition
from kb.graph.written import Written
from kb.model.facts import WEEKDAYS, Evidence, PictureMention
from kb.model.finding import Finding
from kb.model.note import Lines
from kb.model.schedule import Programme
from kb.model.site import Told
from kb.model.value import Value

LONGEST = 60
"""Days that an event may last."""
ENOUGH = 0.75
"""Weight of evidence from which a date is shown."""
PICTURE = 0.8
"""Weight of one note's pictures of one date."""
POSTED = 0.5
"""Weight of a note that is dated on the very weekday it tells of: it may be a week late, too."""


class Day(Value, frozen=True):
    """What one word for a day (`tuesday`, `day-2`, `2017-05-09`) means at one event."""

    key: str
    """ISO date where it is known well enough; else the word itself."""
    weekday: str = ""
    date: str = ""
    sure: float = 0.0
    guess: str = ""
    """The best date there is, for ordering only."""
    why: tuple[Told, ...] = ()
    """What the date was taken from; `()` where the notes give it outright."""


class Calendar(Value, frozen=True):
    """The days of one event."""

    days: Mapping[str, Day] = {}
    """By the notes' word for them."""
    start: str = ""
    end: str = ""
    guess: str = ""
    """The best date there is for the whole event, for ordering only."""
    findings: tuple[Finding, ...] = ()
    posted: Mapping[str, Day] = {}
    """By their own date: the days of notes that are all dated on the weekday they tell of."""

    def day(self, word: str, posted: str = "") -> Day:
        """Return what `word` means here, in a note dated `posted`."""
        own = self.posted.get(posted)
        if own and own.weekday == word:
            return own
        found = as_date(word)
        if word in self.days or found is None:
            weekday = word if word in WEEKDAYS else ""
            return self.days.get(word) or Day(key=word, weekday=weekday, guess=self.guess)
        return _known(found, PICTURE)


class _Vote(Value, frozen=True):
    """Evidence that a word for a day means a date."""

    word: str
    date: date
    weight: float
    path: str
    line: int
    text: str = ""
    """What it was read from."""

    @property
    def rule(self) -> str:
        """Name of the rule that gave it."""
        return "day-picture" if self.weight >= PICTURE else "day-posted"


class _Best(Value, frozen=True):
    """The first day of an event that the votes make likeliest."""

    first: date
    sure: float
    why: tuple[Told, ...] = ()


def as_date(text: str) -> date | None:
    """Return the ISO date that `text` begins with, or None."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _later(day: date, days: int) -> date:
    """Return the date `days` after `day`, or the calendar's end where that lies beyond it."""
    number = day.toordinal() + days
    return date.fromordinal(min(max(number, 1), date.max.toordinal()))


def words_of(written: Written) -> set[str]:
    """Return every word for a day that `written` uses."""
    event = written.facts.event
    words = {session.day for session in written.facts.sessions}
    words.add(event.day if event else "")
    return words - {""}


def own_day(day: str, written: Written) -> str:
    """Return the word for the day of a session that says `day`; the whole note's where `""`."""
    event = written.facts.event
    return day or (event.day if event else "")


def date_days(
    edition: Edition,
    members: Sequence[Written],
    taken: Mapping[tuple[str, str], str],
    data_file: str = "events.toml",
    programme: Programme | None = None,
) -> Calendar:
    """Return the calendar of `edition` from its notes.

    `taken` tells when the pictures of a note were taken where their names do not: by note path
    and target as written, ISO 8601. `data_file` is the path of events.toml; `programme` what the
    conference announced, which says when the event was unless events.toml does.
    """
    span = _span(edition, data_file) or _announced(edition, programme)
    words = sorted(set().union(*(words_of(member) for member in members)))
    votes = [vote for member in members for vote in _votes(member, edition, taken)]
    if span:
        votes = [vote for vote in votes if span.first <= vote.date <= span.last]
    days = {iso: _known(found, 1.0) for iso in words if (found := as_date(iso))}
    findings: list[Finding] = []
    days |= _within([word for word in words if word in WEEKDAYS], span, votes)
    days |= _numbered([word for word in words if _is_number(word)], span, votes, findings)
    open_days = [word for word in words if word in WEEKDAYS and word not in days]
    if open_days and not span:
        days |= _week(open_days, votes, list(days.values()), findings)
    if span:
        findings += _outside(span, members, days)
    posted = {} if span else _posted(members, edition, votes)
    fixed = {w: d for w, d in days.items() if not posted or w not in WEEKDAYS} | posted
    guess = _guess(edition, members, [day.guess for day in fixed.values()])
    for word, later in _after_the_first(words).items():
        days.setdefault(word, _undated(word, guess, later))
    if span and span.first == span.last:
        days[""] = _known(span.first, 1.0, span.why)
    dated = sorted({day.date for day in fixed.values() if day.date})
    return Calendar(
        days=days,
        start=span.first.isoformat() if span else (dated[0] if dated else ""),
        end=span.last.isoformat() if span else (dated[-1] if dated else ""),
        guess=span.first.isoformat() if span else guess,
        findings=() if posted else tuple(findings),
        posted=posted,
    )


def _posted(members: Sequence[Written], edition: Edition, votes: Sequence[_Vote]) -> dict[str, Day]:
    """Return the days of notes that were all written on them, by their date.

    Where every note that tells of a weekday is dated on that very weekday, the writer dates notes
    by the day they are about: an event may then last longer than a week, or be a monthly meeting.
    Two such notes are no chance; where some are dated in another year than the event, three.
    """
    told = [
        (member, member.facts.event.day)
        for member in members
        if member.facts.event and member.facts.event.day in WEEKDAYS and member.date
    ]
    own = [
        _Vote(word, date, POSTED, member.path, _date_line(member), member.date)
        for member, word in told
        if (date := as_date(member.date)) and WEEKDAYS[date.weekday()] == word
    ]
    shown = any(vote.weight >= PICTURE for vote in votes)
    other = any(edition.year not in {0, vote.date.year} for vote in own)
    if shown or len(own) < len(told) or len(own) < (3 if other else 2):
        return {}
    sure = min(POSTED * len(own), 0.99)
    return {vote.date.isoformat(): _known(vote.date, sure, _told([vote])) for vote in own}


def _date_line(written: Written) -> int:
    return written.note.matter.lines.get("date", 0)


class _Span(Value, frozen=True):
    """First and last day of an event, as the writer's data file gives them."""

    first: date
    last: date
    why: tuple[Told, ...]


def _span(edition: Edition, data_file: str) -> _Span | None:
    entry = edition.entry
    first = as_date(entry.start) if entry else None
    if entry is None or first is None:
        return None
    last = as_date(entry.end) or first
    text = f"{entry.start} to {entry.end}" if entry.end else entry.start
    evidence = Evidence(line=entry.line, rule="explicit-day-events-toml", sure=1.0, text=text)
    why = Told(note=data_file, lines=Lines(entry.line, entry.line), evidence=evidence)
    return _Span(first=min(first, last), last=max(first, last), why=(why,))


def _announced(edition: Edition, programme: Programme | None) -> _Span | None:
    """Return first and last day of the programme, unless it is of another year."""
    first = as_date(programme.start) if programme else None
    if programme is None or first is None or (edition.year and first.year != edition.year):
        return None
    last = as_date(programme.end) or first
    if not 0 <= (last - first).days < LONGEST:
        return None
    line = programme.lines[1] if len(programme.lines) > 1 else 0
    text = f"{programme.start} to {programme.end}" if last > first else programme.start
    evidence = Evidence(line=line, rule="day-schedule", sure=1.0, text=text, path=programme.path)
    why = Told(note=programme.path, lines=Lines(line, line), evidence=evidence)
    return _Span(first=first, last=last, why=(why,))


def _outside(span: _Span, members: Sequence[Written], days: Mapping[str, Day]) -> Iterator[Finding]:
    """Yield a finding for each note that tells of a day outside the event's dates."""
    first, last = span.first.isoformat(), span.last.isoformat()
    for member in members:
        for word in sorted(words_of(member)):
            day = days.get(word)
            outside = day is not None and day.date and not first <= day.date <= last
            if outside or (word in WEEKDAYS and not _has_weekday(span, word)):
                yield Finding(
                    code="KB205",
                    path=member.path,
                    line=_line_of(word, member),
                    message=f"{word.title()} is no day of the event, which is {first} to {last}",
                    hint="mend the day, or `start` and `end` in events.toml",
                )


def _has_weekday(span: _Span, word: str) -> bool:
    days = (span.last - span.first).days
    return any(WEEKDAYS[_later(span.first, n).weekday()] == word for n in range(min(days, 6) + 1))


def _line_of(word: str, written: Written) -> int:
    lines = [session.line for session in written.facts.sessions if session.day == word]
    return min(lines, default=0)


def _after_the_first(words: Sequence[str]) -> dict[str, int]:
    """Return how many days after the event's first each of `words` is likely to be."""
    order = _sequence(set(words))
    return {word: order.get(word, int(word[4:]) - 1 if _is_number(word) else 0) for word in words}


def _is_number(word: str) -> bool:
    return word.startswith("day-") and word[4:].isdecimal() and 0 < int(word[4:]) <= LONGEST


def _undated(word: str, guess: str, later: int) -> Day:
    first = as_date(guess)
    if first:
        guess = _later(first, later).isoformat()
    return Day(key=word, weekday=word if word in WEEKDAYS else "", guess=guess)


def _known(found: date, sure: float, why: tuple[Told, ...] = ()) -> Day:
    iso = found.isoformat()
    return Day(
        key=iso,
        weekday=WEEKDAYS[found.weekday()],
        date=iso,
        sure=round(min(sure, 1.0), 2),
        guess=iso,
        why=why,
    )


_NEW_YEAR = 7
"""Days that an event of one year may reach into another."""


def picture_date(taken: str, year: int, posted: date | None) -> date | None:
    """Return the day of `taken` (`05-08T14:52:01` or ISO 8601), its year from event or note.

    None for a picture of another year than the event: it was not taken there. An event about New
    Year has days in two.
    """
    day = taken.split("T", 1)[0]
    if len(day) == 10:
        full = as_date(day)
        there = full and _later(full, -_NEW_YEAR).year <= year <= _later(full, _NEW_YEAR).year
        return full if there or not year else None
    if len(day) != 5:
        return None
    if year:
        return as_date(f"{year}-{day}")
    if posted is None:
        return None
    same = as_date(f"{posted.year}-{day}")
    if same and same <= _later(posted, 1):
        return same
    return as_date(f"{posted.year - 1}-{day}")


def _votes(
    written: Written, edition: Edition, taken: Mapping[tuple[str, str], str]
) -> Iterable[_Vote]:
    """Yield one vote for each word and date that `written` shows, whatever the number of hints."""
    posted = as_date(written.date)
    seen: dict[tuple[str, date], _Vote] = {}
    event = written.facts.event
    pictures = [(own_day(s.day, written), s.pictures) for s in written.facts.sessions]
    pictures.append((event.day if event else "", written.facts.pictures))
    for word, group in pictures:
        for picture in group:
            found = _shown(picture, written.path, edition.year, posted, taken)
            if word and found and (posted is None or found <= _later(posted, 1)):
                vote = _Vote(word, found, PICTURE, written.path, picture.line, picture.target)
                seen.setdefault((word, found), vote)
    if posted and (not edition.year or posted.year == edition.year):
        for word in words_of(written):
            near = _is_number(word) or word == WEEKDAYS[posted.weekday()]
            if near and (word, posted) not in seen:
                line = _date_line(written)
                seen[word, posted] = _Vote(word, posted, POSTED, written.path, line, written.date)
    return [vote for _, vote in sorted(seen.items(), key=lambda item: (item[0][0], item[0][1]))]


def _shown(
    picture: PictureMention,
    path: str,
    year: int,
    posted: date | None,
    taken: Mapping[tuple[str, str], str],
) -> date | None:
    when = picture.taken or taken.get((path, picture.target), "")
    return picture_date(when, year, posted) if when else None


def _within(words: Sequence[str], span: _Span | None, votes: Sequence[_Vote]) -> dict[str, Day]:
    """Return the weekdays that the writer's own dates of the event settle."""
    found: dict[str, Day] = {}
    if span is None:
        return found
    lasting = range(min((span.last - span.first).days, LONGEST) + 1)
    for word in words:
        fitting = [_later(span.first, n) for n in lasting]
        fitting = [day for day in fitting if WEEKDAYS[day.weekday()] == word]
        why = span.why
        if len(fitting) > 1:
            named = [vote for vote in votes if vote.word == word and vote.date in fitting]
            fitting = sorted({vote.date for vote in named})
            why += _told(named)
        if len(fitting) == 1:
            found[word] = _known(fitting[0], 1.0, why)
    return found


def _numbered(
    words: Sequence[str], span: _Span | None, votes: Sequence[_Vote], findings: list[Finding]
) -> dict[str, Day]:
    """Return the dates of `day-1`, `day-2`, ... counted from the first."""
    if not words:
        return {}
    best = _Best(first=span.first, sure=1.0, why=span.why) if span else None
    if best is None:
        own = [vote for vote in votes if vote.word in words]
        best = _winner(
            [(_later(vote.date, 1 - int(vote.word[4:])), vote) for vote in own], findings
        )
    if best is None:
        return {}
    return {word: _placed(word, _later(best.first, int(word[4:]) - 1), best) for word in words}


def _week(
    words: Sequence[str], votes: Sequence[_Vote], dated: Sequence[Day], findings: list[Finding]
) -> dict[str, Day]:
    """Return the dates of weekdays from votes for the week that they belong to."""
    anchors = [
        _Vote(word=day.weekday, date=found, weight=day.sure, path="", line=0, text=day.date)
        for day in dated
        if (found := as_date(day.date))
    ]
    told = [vote for vote in votes if vote.word in WEEKDAYS]
    order = _sequence({*words, *(vote.word for vote in (*told, *anchors))})
    fitting = [vote for vote in told if vote.word == WEEKDAYS[vote.date.weekday()]]
    findings.extend(
        _disagreement(vote, f"{vote.date.isoformat()} was no {vote.word.title()}")
        for vote in told
        if vote not in fitting
    )
    counted = [(_later(vote.date, -order[vote.word]), vote) for vote in [*fitting, *anchors]]
    best = _winner(counted, findings)
    if best is None:
        return {}
    return {word: _placed(word, _later(best.first, order[word]), best) for word in words}


def _placed(word: str, found: date, best: _Best) -> Day:
    """Return the day: with its date where `sure` is enough, else only a guess for ordering."""
    if best.sure >= ENOUGH:
        return _known(found, best.sure, best.why)
    return Day(
        key=word,
        weekday=word if word in WEEKDAYS else "",
        sure=round(best.sure, 2),
        guess=found.isoformat(),
    )


def _sequence(words: set[str]) -> dict[str, int]:
    """Return days since the first for weekdays of one event; those in doubt are left out.

    An event takes a week at most, and its longest gap lies before its first day; where two gaps
    are equally long, Monday is taken to come before Sunday.
    """
    numbers = sorted(WEEKDAYS.index(word) for word in words if word in WEEKDAYS)
    if not numbers:
        return {}
    gaps = [
        ((number - numbers[place - 1]) % 7 or 7, -number) for place, number in enumerate(numbers)
    ]
    first = -max(gaps)[1]
    return {WEEKDAYS[number]: (number - first) % 7 for number in numbers}


def _winner(counted: Sequence[tuple[date, _Vote]], findings: list[Finding]) -> _Best | None:
    """Return the first day that the votes agree on, and how sure; 0 where they disagree.

    A post is often late: its date counts only where no picture tells another.
    """
    weights: dict[date, float] = defaultdict(float)
    shown = {first for first, vote in counted if vote.weight >= PICTURE}
    for first, vote in counted:
        if first in shown or not shown:
            weights[first] += vote.weight
    if not weights:
        return None
    first, *others = sorted(weights, key=lambda day: (-weights[day], day))
    rival = weights[others[0]] if others else 0.0
    if len(shown) > 1 and weights[first] < 2 * rival:
        loser = next(vote for day, vote in counted if day == others[0])
        both = " and ".join(sorted(day.isoformat() for day in (first, others[0])))
        findings.append(_disagreement(loser, f"its first day could be {both}"))
        return _Best(first=first, sure=0.0)
    sure = min(weights[first] - rival, 0.99)
    return _Best(first=first, sure=sure, why=_told(vote for day, vote in counted if day == first))


def _told(votes: Iterable[_Vote]) -> tuple[Told, ...]:
    """Return the votes as evidence; those that are days dated before have theirs already."""
    return tuple(
        Told(
            note=vote.path,
            lines=Lines(vote.line, vote.line),
            evidence=Evidence(
                line=vote.line, rule=vote.rule, sure=round(vote.weight, 2), text=vote.text
            ),
        )
        for vote in votes
        if vote.path
    )


def _disagreement(vote: _Vote, why: str) -> Finding:
    return Finding(
        code="KB205",
        path=vote.path,
        line=vote.line,
        message=f"evidence about the event's days disagrees: {why}",
        hint="give the event's first and last day in events.toml: start = …, end = …",
    )


def _guess(edition: Edition, members: Sequence[Written], guesses: Iterable[str]) -> str:
    """Return the best date for ordering the event: a day's, a note's, or its year."""
    known = sorted(guess for guess in guesses if guess)
    if known:
        return known[0]
    dates = sorted(member.date for member in members if member.date)
    if not edition.year:
        return dates[0] if dates else ""
    same = [day for day in dates if day.startswith(f"{edition.year:04d}")]
    if same:
        return same[0]
    late = dates and dates[0] > f"{edition.year:04d}-12-31"
    return f"{edition.year:04d}-12-31" if late else f"{edition.year:04d}-01-01"
