"""What the terminal is told of each rebuild: one line, and what there is to mend."""

from collections.abc import Sequence

from kb.building.report import line
from kb.model.finding import Finding
from kb.model.value import replace
from kb.serving.builder import Built, NotBuilt

SHOWN = 10
"""Findings that are told; more are counted."""
NAMED = 3
"""Changed files that a line names; more are counted."""


def built_line(built: Built, *, first: bool = False) -> str:
    """Return what `built` did, or `""` where it found nothing to do.

    The `first` build of a preview is told of always, and names no files: all are new to it.
    """
    if first and not built.fault:
        built = replace(built, sources=())
        if not (built.written or built.removed):
            return "Up to date"
    if not (built.written or built.removed or built.fault or built.sources):
        return ""
    pages = sum(1 for path in built.written if path.endswith(".html"))
    what = ", ".join(built.sources[:NAMED]) or "Built"
    if len(built.sources) > NAMED:
        what += f" and {len(built.sources) - NAMED} more"
    if built.fault is not None and built.sources == (built.fault.path,):
        return f"{built.fault.path}:{max(built.fault.line, 1)}: {built.fault.message}"
    if built.fault is not None:
        return f"{what}: {built.fault.path}:{max(built.fault.line, 1)}: {built.fault.message}"
    counts = f"{pages} page{'' if pages == 1 else 's'}"
    if removed := sum(1 for path in built.removed if path.endswith(".html")):
        counts += f", {removed} removed"
    errors = sum(1 for finding in built.findings if finding.severity == "error")
    if errors:
        counts += f", {errors} error{'' if errors == 1 else 's'}"
    return f"{what}: {counts} in {_time(built.seconds)}"


def finding_lines(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the first errors, then warnings, as `kb build` tells them, and how many more."""
    loud = [one for one in findings if one.severity == "error"]
    loud += [one for one in findings if one.severity == "warning"]
    lines = tuple(map(line, loud[:SHOWN]))
    more = len(loud) - SHOWN
    return (*lines, f"{more} more: kb check shows each.") if more > 0 else lines


def failure_words(fault: NotBuilt) -> str:
    """Return, in one line, why nothing could be built, and where the first fault is."""
    first = next(iter(fault.findings), None)
    return f"{first.place}: {first.message}" if first else str(fault)


def failed_line(fault: NotBuilt) -> str:
    """Return what a person should know of a build that could not be done at all."""
    lines = [f"{entry.place}: {entry.message}" for entry in fault.findings]
    return "\n".join([f"Not built: {fault}", *lines])


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
