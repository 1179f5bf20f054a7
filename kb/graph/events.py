"""Which notes are about one edition of a conference, what it is called, and its series."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kb.graph.folding import fold
from kb.graph.written import Written
from kb.model.value import Value
from kb.model.vocabulary import EventEntry


class Edition(Value, frozen=True):
    """One event: which notes are about it, and what they agree to call it."""

    key: str
    """Stands for it while the site is built; the same whatever the order of the notes."""
    name: str
    place: str = ""
    year: int = 0
    edition: str = ""
    series: str = ""
    entry: EventEntry | None = None
    paths: tuple[str, ...] = ()
    """Of its notes, sorted."""

    @property
    def title(self) -> str:
        """Name, place and year, none of them twice: `OpenStack Summit Boston 2017`."""
        return title(self.name, self.place, self.year, self.edition)

    @property
    def line(self) -> str:
        """What makes it one of a series: the folded series, or else its name without the rest."""
        return fold(self.series) if self.series else bare_name(self.name, self.place, self.year)


class _Claim(Value, frozen=True):
    """What one note says of its event."""

    path: str
    dated: int
    """Year of the note's own date; 0 where it has none."""
    name: str
    place: str
    year: int
    edition: str
    series: str
    folded: str
    """The name without place and year."""

    @property
    def home(self) -> tuple[int, str, str]:
        """Year, place and edition, folded: what tells editions of one name apart."""
        return (self.year, fold(self.place), fold(self.edition))


def title(name: str, place: str, year: int, edition: str = "") -> str:
    """Return the title of an event, without saying what the name holds already."""
    parts = [name]
    words = f" {fold(name)} "
    if place and f" {fold(place)} " not in words:
        parts.append(place)
    if year:
        if not re.search(rf"(?<!\d){year}(?!\d)|['’]{year % 100:02d}\b", name):
            parts.append(str(year))
    elif edition and f" {fold(edition)} " not in words:
        parts.append(edition)
    return " ".join(parts)


def bare_name(name: str, place: str, year: int) -> str:
    """Return the folded `name` without place and year, for comparing."""
    return _bared(fold(name), fold(place), year)


def _bared(name: str, place: str, year: int) -> str:
    words = f" {name} "
    for part in (place, str(year) if year else ""):
        if part:
            words = words.replace(f" {part} ", " ", 1)
    return " ".join(words.split()) or name


def spelled(spellings: Iterable[str]) -> str:
    """Return the best spelling of one thing: in mixed case, most used, with its accents."""
    distinct = Counter(spellings)
    if len(distinct) == 1:
        return " ".join(next(iter(distinct)).split())
    counts: Counter[str] = Counter()
    for text, times in distinct.items():
        if plain := " ".join(text.split()):
            counts[plain] += times
    if not counts:
        return ""

    def rank(text: str) -> tuple[bool, bool, int, int, str]:
        # Accents are left off in a hurry, and rarely put where they do not belong.
        accents = 0 if text.isascii() else sum(not character.isascii() for character in text)
        return "," in text, text.isupper() or text.islower(), -counts[text], -accents, text

    return min(counts, key=rank)


def find_editions(
    all_written: Sequence[Written], entries: Sequence[EventEntry]
) -> tuple[Edition, ...]:
    """Return the events that the notes tell of, by key.

    What the writer's data file says wins. Else notes that agree in name, year and place are about
    one event, and a note that leaves out year or place belongs to the only edition it can mean.
    """
    listed: dict[int, list[_Claim]] = defaultdict(list)
    groups: dict[str, list[_Claim]] = defaultdict(list)
    known: dict[tuple[str, str, int], int | None] = {}
    spelt = [_spelt(entry) for entry in entries]
    for claim in _claims(all_written):
        said = (claim.name, claim.place, claim.year)
        if said not in known:
            known[said] = _entry_of(claim, spelt)
        index = known[said]
        if index is None:
            groups[claim.folded].append(claim)
        else:
            listed[index].append(claim)
    editions = [
        _listed_edition(entries[index], members)
        for index, claims in listed.items()
        for members in ([claims] if year_of(entries[index]) else _by_edition(claims).values())
    ]
    for folded, claims in _with_places(groups).items():
        editions.extend(
            _edition(f"{folded}|{place}|{year or ''}|{edition}", members)
            for (year, place, edition), members in _by_edition(claims).items()
        )
    return tuple(sorted(editions, key=lambda edition: edition.key))


def _claims(all_written: Sequence[Written]) -> Iterable[_Claim]:
    for written in all_written:
        facts = written.facts.event
        name = (facts.name.strip() or facts.series.strip()) if facts else ""
        if facts and name:
            yield _Claim(
                path=written.path,
                dated=int(written.date[:4] or 0),
                name=name,
                place=facts.place.strip(),
                year=facts.year,
                edition=facts.edition.strip(),
                series=facts.series.strip(),
                folded=bare_name(name, facts.place, facts.year),
            )


class _Spelt(NamedTuple):
    """What an entry is compared by, folded: each is compared with all that notes say."""

    year: int
    place: str
    titles: frozenset[str]
    names: frozenset[str]
    """Without place and year."""


def _spelt(entry: EventEntry) -> _Spelt:
    year = year_of(entry)
    return _Spelt(
        year,
        fold(entry.place),
        frozenset(map(fold, (*entry.aliases, title(entry.name, entry.place, year)))),
        frozenset(bare_name(name, entry.place, year) for name in (entry.name, *entry.aliases)),
    )


def _entry_of(claim: _Claim, entries: Sequence[_Spelt]) -> int | None:
    """Return the index of the one entry that `claim` can mean, or None."""
    name, place = fold(claim.name), fold(claim.place)
    whole = fold(title(claim.name, claim.place, claim.year))

    def fit(entry: _Spelt) -> int:
        """Return 2 where year or whole alias agree, 1 where nothing speaks against it, else 0."""
        if claim.year and entry.year and claim.year != entry.year:
            return 0
        if name in entry.titles or whole in entry.titles:
            return 2
        if place and entry.place and place != entry.place:
            return 0
        bare = _bared(name, entry.place, entry.year)
        if claim.folded not in entry.names and bare not in entry.names:
            return 0
        return 2 if claim.year and claim.year == entry.year else 1

    fits = [(index, fit(entry)) for index, entry in enumerate(entries)]
    exact = [index for index, fit in fits if fit == 2]
    loose = [index for index, fit in fits if fit == 1]
    if exact:
        return exact[0]
    return loose[0] if len(loose) == 1 else None


def year_of(entry: EventEntry) -> int:
    """Return the year of an entry; 0 for one that stands for all editions of its name."""
    return entry.year or int(entry.start[:4] or 0)


def _listed_edition(entry: EventEntry, claims: Sequence[_Claim]) -> Edition:
    said = _edition("", claims)
    year = year_of(entry) or said.year
    place = entry.place or said.place
    own = f"{fold(said.edition)}|{entry.line}"
    return Edition(
        key=f"{bare_name(entry.name, place, year)}|{fold(place)}|{year or ''}|{own}",
        name=entry.name,
        place=place,
        year=year,
        edition=said.edition,
        series=entry.series or said.series,
        entry=entry,
        paths=said.paths,
    )


def _with_places(groups: Mapping[str, Sequence[_Claim]]) -> dict[str, list[_Claim]]:
    """Return the groups with names such as `summit boston` taken apart where others do so."""
    places = {
        folded: {fold(claim.place) for claim in claims if claim.place}
        for folded, claims in groups.items()
    }
    found: dict[str, list[_Claim]] = defaultdict(list)
    for folded in sorted(groups):
        words = folded.split()
        heads = (
            (" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words) - 1, 0, -1)
        )
        head = next((head for head, tail in heads if tail in places.get(head, ())), "")
        for claim in groups[folded]:
            found[folded if claim.place or not head else head].append(
                claim if claim.place or not head else _placed(claim, head, groups[head])
            )
    return dict(sorted(found.items()))


def _placed(claim: _Claim, head: str, others: Sequence[_Claim]) -> _Claim:
    tail = claim.folded.removeprefix(head).strip()
    same = [other for other in others if fold(other.place) == tail]
    return _Claim(
        path=claim.path,
        dated=claim.dated,
        name=spelled([other.name for other in same]),
        place=spelled([other.place for other in same]),
        year=claim.year,
        edition=claim.edition,
        series=claim.series,
        folded=head,
    )


def _by_edition(claims: Sequence[_Claim]) -> dict[tuple[int, str, str], list[_Claim]]:
    """Return the claims of one name by edition, what one leaves out filled in where certain."""
    full = {claim.home for claim in claims if claim.year and claim.place}
    part = {claim.home for claim in claims if claim.year or claim.place} - full
    found: dict[tuple[int, str, str], list[_Claim]] = defaultdict(list)
    for claim in claims:
        home = claim.home
        for homes in (full, part):
            fitting = {other for other in homes if _can_mean(claim, other)}
            if home in fitting:
                break
            if fitting:
                home = next(iter(fitting)) if len(fitting) == 1 else home
                break
        found[home].append(claim)
    return dict(sorted(found.items()))


def _can_mean(claim: _Claim, home: tuple[int, str, str]) -> bool:
    year, place, edition = home
    own_year, own_place, own_edition = claim.home
    if (own_place and own_place != place) or (own_edition and own_edition != edition):
        return False
    if own_year:
        return own_year == year
    return not claim.dated or not year or year <= claim.dated <= year + 1


def _edition(key: str, claims: Sequence[_Claim]) -> Edition:
    """Return what `claims` agree on."""
    return Edition(
        key=key,
        name=spelled([claim.name for claim in claims]),
        place=spelled([claim.place for claim in claims]),
        year=max((claim.year for claim in claims), default=0),
        edition=spelled([claim.edition for claim in claims]),
        series=spelled([claim.series for claim in claims]),
        paths=tuple(sorted(claim.path for claim in claims)),
    )
