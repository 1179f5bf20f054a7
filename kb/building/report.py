"""Findings and reports as lines for people and as data for programs."""

from collections.abc import Sequence
from typing import Any

from kb.building.options import Report
from kb.model.finding import Finding


def line(finding: Finding) -> str:
    """Return the finding as one line: `path:line:col: severity code: message (hint)`."""
    hint = f" ({finding.hint})" if finding.hint else ""
    text = f"{finding.place}: {finding.severity} {finding.code}: {finding.message}{hint}"
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " for sign in text)


def plain(finding: Finding) -> dict[str, Any]:
    """Return the finding as JSON-ready data, its place as in `line`."""
    return {
        "path": finding.path,
        "line": max(finding.line, 1),
        "column": max(finding.column, 1),
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "hint": finding.hint,
    }


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """Return how many findings there are of each severity."""
    severities = [finding.severity for finding in findings]
    return {name: severities.count(name) for name in ("error", "warning", "hint")}


def plain_report(report: Report) -> dict[str, Any]:
    """Return the report as JSON-ready data."""
    return {
        "output": report.output,
        "published": report.published,
        "read": {"notes": report.notes, "left_out": report.left_out},
        "made": {
            "files": report.files,
            "talks": report.talks,
            "speakers": report.speakers,
            "topics": report.topics,
            "events": report.events,
            "links": report.links,
            "pictures": report.pictures,
        },
        "written": len(report.written),
        "removed": len(report.removed),
        "findings": [plain(finding) for finding in report.findings],
        "counts": counts(report.findings),
        "stages": {name: round(seconds, 4) for name, seconds in report.stages.items()},
    }


def exit_code(findings: Sequence[Finding], *, strict: bool, published: bool = True) -> int:
    """Return 1 where there are errors (with `strict`: any findings) or nothing was published."""
    bad = bool(findings) if strict else any(one.severity == "error" for one in findings)
    return int(bad or not published)
