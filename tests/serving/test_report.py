"""What the terminal is told of a build of the preview."""

from pathlib import Path

from kb.model.finding import Finding
from kb.serving.report import SHOWN, finding_lines
from tests.serving.site import FolderBuilder, eventually, preview_of

MISSING = Finding("KB302", "content/a.md", "the picture x.png is missing", 7, 3)
BROKEN = Finding("KB304", "content/a.md", "the link gone.md leads nowhere", 2)
HINT = Finding("KB202", "content/a.md", "two spellings may be one person", 1)


def test_errors_come_first_as_kb_build_tells_them_and_hints_not_at_all() -> None:
    assert finding_lines([HINT, BROKEN, MISSING]) == (
        "content/a.md:7:3: error KB302: the picture x.png is missing",
        "content/a.md:2:1: warning KB304: the link gone.md leads nowhere",
    )


def test_many_are_counted() -> None:
    lines = finding_lines([BROKEN] * (SHOWN + 3))
    assert len(lines) == SHOWN + 1
    assert lines[-1] == "3 more: kb check shows each."


def test_findings_are_told_at_the_start_and_when_they_change(tmp_path: Path) -> None:
    builder = FolderBuilder(tmp_path)
    builder.write("index.html", "<p>one</p>")
    builder.findings = (MISSING,)
    with preview_of(builder) as running:

        def saved(words: str) -> None:
            before = len(running.said)
            builder.write("index.html", f"<p>{words}</p>")
            assert eventually(
                lambda: any(line.startswith("index.html: 1 page") for line in running.said[before:])
            )

        assert eventually(lambda: finding_lines([MISSING])[0] in running.said)
        saved("two")
        assert running.said.count(finding_lines([MISSING])[0]) == 1
        builder.findings = (MISSING, BROKEN)
        saved("three")
        assert running.said.count(finding_lines([MISSING])[0]) == 2
        assert running.said.count(finding_lines([BROKEN])[0]) == 1
