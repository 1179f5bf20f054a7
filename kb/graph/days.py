"""The date of each day of an event, from all that its notes show; a weekday where that is thin."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kb.graph.events import Edition
from kb.graph.written import Written
from kb.model.facts import PictureMention
from kb.model.finding import Finding
from kb.model.value import Value

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
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


class Calendar(Value, frozen=True):
    """The days of one event."""

    days: Mapping[str, Day] = {}
    """By the notes' word for them."""
    start: str = ""
    end: str = ""
    guess: str = ""
    """The best date there is for the whole event, for ordering only."""
    findings: tuple[Finding, ...] = ()

    def day(self, word: str) -> Day:
        """Return what `word` means here."""
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
    edition: Edition, members: Sequence[Written], taken: Mapping[tuple[str, str], str]
) -> Calendar:
    """Return the calendar of `edition` from its notes.

    `taken` tells when the pictures of a note were taken where their names do not: by note path
    and target as written, ISO 8601.
    """
    entry = edition.entry
    first, last = as_date(entry.start if entry else ""), as_date(entry.end if entry else "")
    if first and last is None:
        last = first
    if first and last and last < first:
        first, last = last, first
    words = sorted(set().union(*(words_of(member) for member in members)))
    votes = [vote for member in members for vote in _votes(member, edition, taken)]
    if first and last:
        votes = [vote for vote in votes if first <= vote.date <= last]
    days: dict[str, Day] = {}
    for iso in words:
        if found := as_date(iso):
            days[iso] = _known(found, 1.0)
    weekdays = [word for word in words if word in WEEKDAYS]
    numbers = [word for word in words if _is_number(word)]
    findings: list[Finding] = []
    days |= _within(weekdays, first, last, votes)
    days |= _numbered(numbers, first, votes, findings)
    open_days = [word for word in weekdays if not days.get(word)]
    if open_days:
        days |= _week(open_days, votes, list(days.values()), findings)
    guess = _guess(edition, members, [day.guess for day in days.values()])
    for word, later in _after_the_first(words).items():
        days.setdefault(word, _undated(word, guess, later))
    dated = sorted(day.date for day in days.values() if day.date)
    return Calendar(
        days=days,
        start=first.isoformat() if first else (dated[0] if dated else ""),
        end=last.isoformat() if last else (dated[-1] if dated else ""),
        guess=first.isoformat() if first else guess,
        findings=tuple(findings),
    )


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


def _known(found: date, sure: float) -> Day:
    iso = found.isoformat()
    return Day(
        key=iso,
        weekday=WEEKDAYS[found.weekday()],
        date=iso,
        sure=round(min(sure, 1.0), 2),
        guess=iso,
    )


def picture_date(taken: str, year: int, posted: date | None) -> date | None:
    """Return the day of `taken` (`05-08T14:52:01` or ISO 8601), its year from event or note."""
    day = taken.split("T", 1)[0]
    if len(day) == 10:
        return as_date(day)
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
                vote = _Vote(word, found, PICTURE, written.path, picture.line)
                seen.setdefault((word, found), vote)
    if posted and (not edition.year or posted.year == edition.year):
        for word in words_of(written):
            near = _is_number(word) or word == WEEKDAYS[posted.weekday()]
            if near and (word, posted) not in seen:
                line = written.note.matter.lines.get("date", 0)
                seen[word, posted] = _Vote(word, posted, POSTED, written.path, line)
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


def _within(
    words: Sequence[str], first: date | None, last: date | None, votes: Sequence[_Vote]
) -> dict[str, Day]:
    """Return the weekdays that the writer's own dates of the event settle."""
    if first is None or last is None:
        return {}
    found: dict[str, Day] = {}
    span = [_later(first, n) for n in range(min((last - first).days, LONGEST) + 1)]
    for word in words:
        fitting = [day for day in span if WEEKDAYS[day.weekday()] == word]
        voted = {vote.date for vote in votes if vote.word == word}
        if len(fitting) > 1:
            fitting = [day for day in fitting if day in voted]
        if len(fitting) == 1:
            found[word] = _known(fitting[0], 1.0)
    return found


def _numbered(
    words: Sequence[str], first: date | None, votes: Sequence[_Vote], findings: list[Finding]
) -> dict[str, Day]:
    """Return the dates of `day-1`, `day-2`, ... counted from the first."""
    if not words:
        return {}
    sure = 1.0
    if first is None:
        counted = [
            (_later(vote.date, 1 - int(vote.word[4:])), vote)
            for vote in votes
            if vote.word in words
        ]
        first, sure = _winner(counted, findings)
    if first is None:
        return {}
    return {word: _placed(word, _later(first, int(word[4:]) - 1), sure) for word in words}


def _week(
    words: Sequence[str], votes: Sequence[_Vote], dated: Sequence[Day], findings: list[Finding]
) -> dict[str, Day]:
    """Return the dates of weekdays from votes for the week that they belong to."""
    anchors = [
        _Vote(day.weekday, found, day.sure, "", 0) for day in dated if (found := as_date(day.date))
    ]
    named = {vote.word for vote in votes if vote.word in WEEKDAYS}
    order = _sequence(set(words) | named | {vote.word for vote in anchors})
    if not order:
        return {}
    told = [vote for vote in votes if vote.word in WEEKDAYS]
    fitting = [vote for vote in told if vote.word == WEEKDAYS[vote.date.weekday()]]
    findings.extend(
        _disagreement(vote, f"{vote.date.isoformat()} was no {vote.word.title()}")
        for vote in told
        if vote not in fitting
    )
    counted = [(_later(vote.date, -order[vote.word]), vote) for vote in [*fitting, *anchors]]
    first, sure = _winner(counted, findings)
    if first is None:
        return {}
    return {word: _placed(word, _later(first, order[word]), sure) for word in words}


def _placed(word: str, found: date, sure: float) -> Day:
    """Return the day: with its date where `sure` is enough, else only a guess for ordering."""
    if sure >= ENOUGH:
        return _known(found, sure)
    return Day(
        key=word,
        weekday=word if word in WEEKDAYS else "",
        sure=round(sure, 2),
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


def _winner(
    counted: Sequence[tuple[date, _Vote]], findings: list[Finding]
) -> tuple[date | None, float]:
    """Return the first day that the votes agree on, and how sure; 0 where they disagree.

    A post is often late: its date counts only where no picture tells another.
    """
    weights: dict[date, float] = defaultdict(float)
    shown = {first for first, vote in counted if vote.weight >= PICTURE}
    for first, vote in counted:
        if first in shown or not shown:
            weights[first] += vote.weight
    if not weights:
        return None, 0.0
    best, *others = sorted(weights, key=lambda first: (-weights[first], first))
    rival = weights[others[0]] if others else 0.0
    if len(shown) > 1 and weights[best] < 2 * rival:
        loser = next(vote for first, vote in counted if first == others[0])
        both = " and ".join(sorted(day.isoformat() for day in (best, others[0])))
        findings.append(_disagreement(loser, f"its first day could be {both}"))
        return best, 0.0
    return best, min(weights[best] - rival, 0.99)


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
