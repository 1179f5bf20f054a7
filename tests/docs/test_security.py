"""What docs/security.md says of numbers and tests is so."""

import re
from pathlib import Path

from kb.building.learning import SECONDS as TALKS
from kb.extraction.bounds import MOST as TOLD
from kb.extraction.bounds import MOST_SPEAKERS
from kb.model.settings import ContentSettings
from kb.reading.front_matter import MOST
from kb.reading.html import MOST_PARTS
from kb.reading.notes import MATTER_SECONDS, MOST_LINES, SECONDS
from kb.reading.prose import MOST_REFERENCES
from kb.reading.tokens import MOST_TOKENS


def test_limits_are_those_of_the_code(checkout: Path) -> None:
    page = " ".join((checkout / "docs/security.md").read_text().split())
    assert (ContentSettings().max_bytes, MOST, MATTER_SECONDS, TALKS) == (2 << 20, 1000, 1.0, 1.5)
    assert f"{SECONDS:g} seconds of processor time" in page
    assert f"{MOST_LINES:,} lines" in page
    findings = " ".join((checkout / "docs/findings.md").read_text().split())
    for told in (page, findings):
        assert f"{MOST_TOKENS:,} pieces of Markdown" in told
        assert f"{MOST_PARTS:,}" in told
        assert f"{MOST_REFERENCES:,} links and pictures" in told
    for kind, most in TOLD.items():
        assert f"{most:,} {kind}" in findings
    assert f"({MOST_SPEAKERS:,} of one session)" in findings


def test_every_test_that_is_named_exists(checkout: Path) -> None:
    page = (checkout / "docs/security.md").read_text()
    named = re.findall(r"`(test_[a-z]+(?:_[a-z]+)*\.py)`", page)
    assert len(named) > 10
    assert [name for name in named if not (checkout / "tests/hostile" / name).is_file()] == []
