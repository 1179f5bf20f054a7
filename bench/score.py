"""How well kb reads notes: runs the extraction over a folder and prints the figures.

    python bench/score.py NOTES [--out FOLDER] [--verbose]

NOTES holds notes with `NAME.gold.json` beside each `NAME.md`: `{"event": {name, place, year},
"talks": [{title, speakers, links, line}]}`. What is measured, added up over all notes:

- talks: found and annotated ones pair off where their lines differ by at most 2, nearest first
- titles: of paired talks whose gold title is not empty, equal without case, accents and marks
- speakers, links: the pairs of talk and name, talk and URL
- event: name (without its year and place) and year, where the gold gives them

`--out` writes what `kb extract` prints, one JSON file a note, for another scorer.
"""

import argparse
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.extraction.extract import ExtractionOptions, extract, settle
from kb.extraction.lexicon import fold
from kb.extraction.record import record
from kb.model.note import Note, Source
from kb.model.value import to_json
from kb.model.vocabulary import Vocabulary
from kb.reading.notes import ReadingOptions, read_note

Talk = dict[str, Any]
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
KEYNOTE = re.compile(
    r"^(?:(?:opening|closing|morning|afternoon|evening|party) )?keynote (?=\S)"
    r"|(?<=\S) (?:(?:opening|closing) )?keynote$"
)


@dataclass
class Count:
    """How many were found, how many are in the gold, how many are in both."""

    right: int = 0
    found: int = 0
    gold: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where there is nothing to find."""
        total = self.found + self.gold
        return 2 * self.right / total if total else 1.0


@dataclass
class Score:
    """The figures of one note, or of all."""

    talks: Count = field(default_factory=Count)
    titles: Count = field(default_factory=Count)
    speakers: Count = field(default_factory=Count)
    links: Count = field(default_factory=Count)
    names: Count = field(default_factory=Count)
    years: Count = field(default_factory=Count)
    spurious: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Count `other` in."""
        for key in ("talks", "titles", "speakers", "links", "names", "years"):
            mine, theirs = getattr(self, key), getattr(other, key)
            mine.right += theirs.right
            mine.found += theirs.found
            mine.gold += theirs.gold
        self.spurious += other.spurious


def same_title(text: str) -> str:
    """Return what makes two spellings of a title equal."""
    return KEYNOTE.sub("", fold(text)).replace(" ", "")


def same_url(url: str) -> str:
    """Return what makes two spellings of a URL equal here."""
    return url.strip().rstrip("/").lower()


def same_name(name: str) -> str:
    """Return what makes two spellings of a person equal here."""
    return fold(name.lstrip("@")).replace(" ", "")


def pairs(found: list[Talk], gold: list[Talk]) -> dict[int, int]:
    """Return which found talk is which annotated one, one to one, nearest first."""
    near = sorted(
        (abs(a["line"] - b["line"]), same_title(a["title"]) != same_title(b["title"]), j, i)
        for i, a in enumerate(found)
        for j, b in enumerate(gold)
        if abs(a["line"] - b["line"]) <= 2
    )
    taken: dict[int, int] = {}
    for _, _, j, i in near:
        if i not in taken and j not in taken.values():
            taken[i] = j
    return taken


def score(found: dict[str, Any], gold: dict[str, Any]) -> Score:
    """Return the figures of one note."""
    result = Score()
    talks, wanted = list(found["talks"]), gold["talks"]
    paired = pairs(talks, wanted)
    result.talks = Count(len(paired), len(talks), len(wanted))
    for i, talk in enumerate(talks):
        if i not in paired:
            result.faults.append(f"extra talk, line {talk['line']}: {talk['title']}")
    for j, talk in enumerate(wanted):
        if j not in paired.values():
            result.faults.append(f"missed talk, line {talk['line']}: {talk['title']}")
    for i, j in paired.items():
        title = same_title(wanted[j]["title"])
        if title:
            right = same_title(talks[i]["title"]) == title
            result.titles.right += right
            result.titles.found += 1
            result.titles.gold += 1
            if not right:
                result.faults.append(f"title: {talks[i]['title']} for {wanted[j]['title']}")
    for key, same in (("speakers", same_name), ("links", same_url)):
        have = {(paired.get(i, -i - 1), same(v)) for i, t in enumerate(talks) for v in t[key]}
        want = {(j, same(v)) for j, t in enumerate(wanted) for v in t[key]}
        setattr(result, key, Count(len(have & want), len(have), len(want)))
        result.faults.extend(f"missed {key}, talk {j + 1}: {v}" for j, v in sorted(want - have))
        result.faults.extend(f"extra {key}, talk {j + 1}: {v}" for j, v in sorted(have - want))
    _event(result, found.get("event") or {}, gold.get("event") or {})
    return result


def _event(result: Score, found: dict[str, Any], gold: dict[str, Any]) -> None:
    place = fold(gold.get("place") or "")

    def bare(name: str) -> str:
        words = YEAR.sub(" ", fold(name))
        return (re.sub(rf"\b{re.escape(place)}\b", " ", words) if place else words).replace(" ", "")

    for key, count in (("name", result.names), ("year", result.years)):
        want, have = gold.get(key), found.get(key)
        if want:
            right = bare(str(want)) == bare(str(have or "")) if key == "name" else want == have
            count.right += right
            count.found += 1
            count.gold += 1
            if not right:
                result.faults.append(f"event {key}: {have} for {want}")
        elif have:
            result.spurious += 1
            result.faults.append(f"event {key}: {have}, where nothing tells one")


def notes(root: Path) -> Iterator[tuple[Path, Note]]:
    """Yield every annotated note below `root`, read."""
    for gold in sorted(root.rglob("*.gold.json")):
        path = gold.with_name(gold.name.replace(".gold.json", ".md"))
        data = path.read_bytes()
        name = path.relative_to(root).as_posix()
        source = Source(name, hashlib.sha256(data).hexdigest(), data)
        yield gold, read_note(source, ReadingOptions())


def run(root: Path, out: Path | None = None) -> tuple[Score, dict[str, Score], float]:
    """Return the total, the figures of each note, and how many notes a second were extracted.

    Each note is settled by itself, as if it were the only one of its site.
    """
    total, each, seconds = Score(), {}, 0.0
    for gold, note in notes(root):
        start = time.perf_counter()
        facts = extract(note, Vocabulary(), ExtractionOptions())
        (facts,) = settle([facts], Vocabulary(), ExtractionOptions())
        seconds += time.perf_counter() - start
        found = to_json(record(facts))
        if out is not None:
            target = out / Path(note.path).with_suffix(".json")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(found)
        one = score(json.loads(found), json.loads(gold.read_text(encoding="utf-8")))
        each[note.path] = one
        total.add(one)
    return total, each, len(each) / seconds if seconds else 0.0


def table(total: Score, each: dict[str, Score], *, verbose: bool) -> Iterator[str]:
    """Yield the lines of the report."""
    yield f"{'note':<60} talks  titles  speakers  links  event"
    for name, one in each.items():
        right = one.names.right + one.years.right
        event = f"{right}/{one.names.gold + one.years.gold}" + ("!" if one.spurious else "")
        yield (
            f"{name[-60:]:<60} {one.talks.f1:.2f}   {one.titles.f1:.2f}    {one.speakers.f1:.2f}"
            f"      {one.links.f1:.2f}   {event}"
        )
        if verbose:
            yield from (f"    {fault}" for fault in one.faults)
    for key in ("talks", "titles", "speakers", "links"):
        count: Count = getattr(total, key)
        found = f"{count.right} right, {count.found} found, {count.gold} in gold"
        yield f"{key:<9} F1 {count.f1:.4f}  ({found})"
    names, years = total.names, total.years
    event = f"name {names.right}/{names.gold}, year {years.right}/{years.gold}"
    yield f"event     {event}, spurious {total.spurious}"


def main() -> int:
    """Score a folder of annotated notes; 2 where it holds none."""
    parser = argparse.ArgumentParser(description="Score kb's reading of annotated notes.")
    parser.add_argument("notes", type=Path)
    parser.add_argument("--out", type=Path, help="write what was found as JSON, a file a note")
    parser.add_argument("--verbose", action="store_true", help="print every difference")
    arguments = parser.parse_args()
    total, each, speed = run(arguments.notes, arguments.out)
    if not each:
        print(f"no *.gold.json below {arguments.notes}", file=sys.stderr)
        return 2
    print("\n".join(table(total, each, verbose=arguments.verbose)))
    print(f"speed     {speed:.0f} notes/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
