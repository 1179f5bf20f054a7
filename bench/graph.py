"""What the graph costs: CPU seconds of build_site at two sizes, and how it grows.

    python bench/graph.py [--talks 1000 10000]

The notes are made up here, the same on every run: eight talks a note, names and topics that recur
as they do at conferences. Reading and extraction are not in it.
"""

import argparse
import time
from itertools import pairwise

from kb.graph.build import build_site
from kb.model.facts import (
    EventFacts,
    Evidence,
    Facts,
    LinkMention,
    SessionFacts,
    SpeakerMention,
    TopicMention,
)
from kb.model.note import Block, FrontMatter, Lines, Note, Reference, Run
from kb.model.settings import Settings
from kb.model.vocabulary import Vocabulary

TALKS_IN_A_NOTE = 8
LINES_OF_A_TALK = 12
SAID = Evidence(line=20, rule="bench", sure=0.9)


def numbers(seed: int, count: int, below: int) -> list[int]:
    """Return `count` numbers below `below` that look random, small ones more often."""
    found, state = [], seed * 2654435761 % 2**32
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        found.append(int((state / 2**32) ** 2 * below))
    return found


def talk(number: int, place: int, total: int) -> tuple[SessionFacts, list[Block], list[Reference]]:
    """Return one talk with its blocks and references."""
    line = 10 + place * LINES_OF_A_TALK
    title = "On " + " and ".join(f"word{n}" for n in numbers(number, 3, 4000)) + f" {number}"
    urls = [f"https://videos.example.org/{number}"]
    urls += [f"https://docs.example.org/page-{n}" for n in numbers(number + 5, 2, total)]
    session = SessionFacts(
        title=title,
        kind="talk",
        line=line,
        end=line + LINES_OF_A_TALK - 1,
        evidence=SAID,
        notes=(Lines(line + 3, line + LINES_OF_A_TALK - 1),),
        speakers=tuple(
            SpeakerMention(name=f"Speaker Number{n}", evidence=SAID)
            for n in numbers(number + 1, 1 + number % 2, max(total // 2, 2))
        ),
        topics=tuple(
            TopicMention(name=f"Topic{n}", evidence=SAID, guessed=n % 3 == 0)
            for n in numbers(number + 2, 3, max(total // 8, 3))
        ),
        links=tuple(
            LinkMention(url=url, kind="recording", text="", context=title, evidence=SAID)
            for url in urls
        ),
        heading=title,
        anchor=f"talk-{number}",
    )
    blocks = [Block(kind="heading", line=line, end=line, text=title, anchor=f"talk-{number}")]
    for part in range(8):
        words = " ".join(f"word{n}" for n in numbers(number * 9 + part, 14, 12000))
        at = line + 3 + part
        runs = (Run(text=words, line=at),)
        blocks.append(Block(kind="paragraph", line=at, end=at, text=words, runs=runs))
    return session, blocks, [Reference(kind="link", target=url, line=line + 2) for url in urls]


def corpus(total: int) -> tuple[list[Note], list[Facts]]:
    """Return notes and facts of `total` talks."""
    notes, facts = [], []
    for first in range(0, total, TALKS_IN_A_NOTE):
        path = f"content/{first:06d}.md"
        year = 2000 + first * 25 // total
        told = [
            talk(number, number - first, total)
            for number in range(first, min(first + TALKS_IN_A_NOTE, total))
        ]
        notes.append(
            Note(
                path=path,
                digest=path,
                matter=FrontMatter(date=f"{year}-05-{1 + first % 28:02d}", last_line=5),
                title=f"Day {first}",
                blocks=tuple(block for _, blocks, _ in told for block in blocks),
                references=tuple(reference for _, _, found in told for reference in found),
            )
        )
        event = EventFacts(name=f"Conf {first // 40 % 60}", year=year, day="monday")
        facts.append(Facts(path=path, event=event, sessions=tuple(one for one, _, _ in told)))
    return notes, facts


def seconds(total: int) -> float:
    """Return the CPU seconds of building a site of `total` talks."""
    notes, facts = corpus(total)
    started = time.process_time()
    site = build_site(notes, facts, (), Vocabulary(), Settings())
    spent = time.process_time() - started
    told = sum(len(record.tellings) for record in site.sessions)
    assert told == total, f"{told} of {total} talks are in the site"
    return spent


def main() -> None:
    """Print one line a size, and the growth from each to the next."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--talks", type=int, nargs="+", default=[1000, 10000])
    sizes = parser.parse_args().talks
    spent = [seconds(size) for size in sizes]
    for size, took in zip(sizes, spent, strict=True):
        print(f"{size:>8} talks  {took:7.2f} s CPU  {took / size * 1000:6.3f} ms a talk")
    for (before, after), (less, more) in zip(pairwise(sizes), pairwise(spent), strict=True):
        print(f"{after / before:.0f} x the talks: {more / less:.1f} x the time")


if __name__ == "__main__":
    main()
