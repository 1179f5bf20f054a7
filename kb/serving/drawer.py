"""What an open page shows about findings: plain data, written into the page by the live script."""

from typing import Any

from kb.model.finding import Finding
from kb.serving.board import Said
from kb.serving.editor import Editor

DRAWER = "findings"
"""Name of the event that carries it."""
MOST = 100
"""Findings of the rest of the site that are listed; their count is always told."""


def state_of(said: Said, target: str, editor: Editor) -> dict[str, Any]:
    """Return the findings for the page at `target`: of the notes it shows, then of the others."""
    page = target.partition("?")[0]
    notes = said.shown_notes.get(page, ())
    here = [finding for finding in said.findings if finding.path in notes]
    others = [finding for finding in said.findings if finding.path not in notes]
    return {
        "notes": [{"path": note, "edit": editor.link(note, 1)} for note in notes],
        "here": [row(finding, said, editor) for finding in here[:MOST]],
        "site": [row(finding, said, editor) for finding in others[:MOST]],
        "count": len(said.findings),
        "banner": _banner(said, notes),
    }


def _banner(said: Said, notes: tuple[str, ...]) -> str:
    if said.failure:
        return f"Not built, this is the last good site. {said.failure}"
    broken = next((note for note in notes if note in said.broken), "")
    if not broken:
        return ""
    errors = (one for one in said.findings if one.severity == "error" and one.path == broken)
    first = next(errors, None)
    where = f"{first.place}: {first.message}" if first else f"{broken} cannot be read"
    return f"This is the last good page of its note. {where}"


def row(finding: Finding, said: Said, editor: Editor) -> dict[str, str]:
    """Return one finding as the page shows it."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "place": finding.place,
        "message": finding.message,
        "hint": finding.hint,
        "source": said.lines.get(finding.place, ""),
        "edit": editor.link(finding.path, finding.line, finding.column),
    }
