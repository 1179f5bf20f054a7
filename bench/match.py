"""Measure how well programmes are matched to notes: precision, recall, seconds.

    python bench/match.py TALKS.jsonl[.gz] [--sessions 2000] [--seeds 5]

TALKS holds one talk a line: an object with `t` (title), `s` (list of speakers) and `d` (ISO date);
other keys are not read. The notes tell each talk as it stands there. The programme tells the same
talks in another order, each disturbed as the seed says: case, punctuation, a dropped subtitle, one
typo, words or names the other way round, and two in a hundred missing, on either side.
"""

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kb.model.schedule import Schedule, ScheduleSession
from kb.schedules.matching import Matching, Noted, match

MISSING = 0.02
"""Share of the talks that one side lacks."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MARKS = re.compile(r"[^\w\s]")
_SUBTITLE = re.compile(r"(?::|\s[-–—|])\s+\S.*$")


class Talk(NamedTuple):
    """A talk as it was given."""

    title: str
    speakers: tuple[str, ...]
    date: str


class Trial(NamedTuple):
    """Notes, a programme of the same talks, and what belongs together."""

    noted: tuple[Noted, ...]
    schedule: Schedule
    truth: frozenset[tuple[int, str]]
    """Place in `noted`, and id of the session that it is."""


class Marks(NamedTuple):
    """How well a trial went."""

    precision: float
    recall: float
    doubtful: int
    seconds: float
    wrong: tuple[tuple[str, str], ...]
    """Pairs that are none: both titles."""


def talks_in(path: Path) -> Iterator[Talk]:
    """Yield the talks of a file, each title and speakers once.

    Raises:
        ValueError: a line is no talk.
    """
    seen: set[tuple[str, tuple[str, ...], str]] = set()
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            talk = Talk(one["t"], tuple(one["s"]), one["d"])
            if talk not in seen:
                seen.add(talk)
                yield talk


def trial_of(talks: Sequence[Talk], seed: int, *, dated: bool = True) -> Trial:
    """Return a trial on `talks`; the same for the same seed.

    Without `dated`, neither side tells a day: titles and names are all there is.
    """
    luck = random.Random(seed)
    noted: list[Noted] = []
    sessions: list[ScheduleSession] = []
    truth: set[tuple[int, str]] = set()
    for number, talk in enumerate(talks):
        told, announced = luck.random() >= MISSING, luck.random() >= MISSING
        identity = f"s{number}"
        if told and announced:
            truth.add((len(noted), identity))
        date = talk.date if dated else ""
        if told:
            noted.append(Noted(talk.title, talk.speakers, date))
        if announced:
            sessions.append(
                ScheduleSession(
                    id=identity,
                    title=disturbed_title(talk.title, luck),
                    speakers=disturbed_names(talk.speakers, luck),
                    date=date,
                )
            )
    luck.shuffle(sessions)
    return Trial(tuple(noted), Schedule(sessions=tuple(sessions)), frozenset(truth))


def disturbed_title(title: str, luck: random.Random) -> str:
    """Return `title` as a programme may print it."""
    found = title
    if luck.random() < 0.3 and len(_SUBTITLE.sub("", found)) > 5:
        found = _SUBTITLE.sub("", found)
    if luck.random() < 0.15:
        words = found.split()
        place = luck.randrange(len(words))
        found = " ".join(words[place:] + words[:place])
    if luck.random() < 0.5:
        found = _mistyped(found, luck)
    if luck.random() < 0.4:
        found = _MARKS.sub(luck.choice(("", " ", "-")), found)
    if luck.random() < 0.5:
        found = luck.choice((str.lower, str.upper, str.title))(found)
    return " ".join(found.split()) or title


def disturbed_names(names: Sequence[str], luck: random.Random) -> tuple[str, ...]:
    """Return `names` as a programme may print them."""
    found = []
    for name in names:
        words = name.split()
        if luck.random() < 0.2 and len(words) > 1:
            name = f"{words[-1]}, {' '.join(words[:-1])}"
        if luck.random() < 0.2:
            name = _mistyped(name, luck)
        if luck.random() < 0.2:
            name = luck.choice((str.lower, str.upper))(name)
        found.append(name)
    luck.shuffle(found)
    return tuple(found)


def _mistyped(text: str, luck: random.Random) -> str:
    """Return `text` with one letter dropped, doubled, replaced, or changed with the next."""
    places = [place for place, sign in enumerate(text) if sign.isalpha()]
    if len(places) < 4:
        return text
    place = luck.choice(places)
    before, sign, after = text[:place], text[place], text[place + 1 :]
    kind = luck.randrange(4)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + sign + sign + after
    if kind == 2:
        return before + luck.choice(_LETTERS) + after
    return before + after[:1] + sign + after[1:]


def marks_of(trial: Trial) -> Marks:
    """Match the trial and return how well it went; what kb only doubts is no match."""
    begin = time.process_time()
    matching: Matching = match(trial.noted, trial.schedule)
    seconds = time.process_time() - begin
    sessions = trial.schedule.sessions
    said = {(pair.noted, sessions[pair.session].id): pair for pair in matching.pairs if pair.sure}
    right = said.keys() & trial.truth
    wrong = tuple(
        (trial.noted[pair.noted].title, sessions[pair.session].title)
        for key, pair in said.items()
        if key not in trial.truth
    )
    return Marks(
        precision=len(right) / len(said) if said else 0.0,
        recall=len(right) / len(trial.truth) if trial.truth else 0.0,
        doubtful=sum(not pair.sure for pair in matching.pairs),
        seconds=seconds,
        wrong=wrong,
    )


def main() -> int:
    """Print the marks of each seed, with days and without."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("talks", type=Path, help="talks, one JSON object a line")
    asked.add_argument("--sessions", type=int, default=2000, help="talks of each trial")
    asked.add_argument("--seeds", type=int, default=5, help="how many trials")
    asked.add_argument("--wrong", action="store_true", help="print the pairs that are none")
    given = asked.parse_args()
    known = list(talks_in(given.talks))
    print("days    seed  precision  recall  doubtful  CPU seconds")
    for dated in (True, False):
        for seed in range(1, given.seeds + 1):
            chosen = random.Random(seed).sample(known, min(given.sessions, len(known)))
            marks = marks_of(trial_of(chosen, seed, dated=dated))
            print(
                f"{'told' if dated else 'none':<6}{seed:>6}{marks.precision:>11.4f}"
                f"{marks.recall:>8.4f}{marks.doubtful:>10}{marks.seconds:>13.2f}"
            )
            for noted, session in marks.wrong if given.wrong else ():
                print(f"    {noted}\n    {session}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
