"""Whole notes in many styles, each with what a careful reader finds in it.

A sample is `NAME.md` with `NAME.gold.json` beside it; README.md in their folder tells what each
style is for.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from kb.extraction.lexicon import fold
from kb.extraction.record import record
from kb.model.value import to_plain
from tests.extraction.written import file_note, settled

SAMPLES = Path(__file__).parent / "samples"
ORDINARY = Path(__file__).parent / "ordinary"
ORDINARY_NAMES = sorted(path.relative_to(ORDINARY).as_posix() for path in ORDINARY.rglob("*.md"))
NAMES = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.gold.json"))


def extracted(root: Path, path: Path) -> dict[str, Any]:
    (facts,) = settled([file_note(root, path)])
    plain: dict[str, Any] = to_plain(record(facts))
    return plain


def flat(talk: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": fold(talk["title"]),
        "speakers": sorted(fold(name) for name in talk["speakers"]),
        "links": sorted(link.rstrip("/") for link in talk["links"]),
        "line": talk["line"],
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_its_talks(name: str) -> None:
    gold = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    note = SAMPLES / name.replace(".gold.json", ".md")
    found = extracted(SAMPLES, note)
    assert [flat(talk) for talk in found["talks"]] == [flat(talk) for talk in gold["talks"]]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_its_event(name: str) -> None:
    gold = json.loads((SAMPLES / name).read_text(encoding="utf-8"))["event"]
    found = extracted(SAMPLES, SAMPLES / name.replace(".gold.json", ".md"))["event"] or {}
    assert fold(found.get("name") or "") == fold(gold["name"] or "")
    assert found.get("year") == gold["year"]
    assert fold(found.get("place") or "") == fold(gold["place"] or "")


@pytest.mark.parametrize("name", ORDINARY_NAMES)
def test_an_ordinary_post_has_no_talks(name: str) -> None:
    assert not extracted(ORDINARY, ORDINARY / name)["talks"]


def test_there_are_samples_enough() -> None:
    assert len(NAMES) >= 70
    assert len(ORDINARY_NAMES) >= 55
