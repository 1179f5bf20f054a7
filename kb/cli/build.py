"""`kb build` and `kb check`."""

import importlib
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kb.building import fresh, lock
from kb.building.memory import uncollected
from kb.building.options import Hooks, Options, Report
from kb.building.project import Project, check_output
from kb.building.report import counts, exit_code, line, plain, plain_report
from kb.cli.bar import Bar
from kb.cli.refusal import Refusal
from kb.cli.say import SEVERITIES, many, put, say
from kb.cli.site import built_now, json_option, opened, refusals, say_findings, source_option
from kb.model.finding import Finding
from kb.model.value import replace, to_json, to_plain

_FIRST = 10
"""How many findings a summary shows, unless there are more errors."""
_ERRORS = 100
"""How many errors a summary shows: each is why the exit code is 1."""
_VERDICTS = {
    "good": "good",
    "gone": "gone",
    "failing": "failing",
    "unsure": "not telling (the server refuses)",
    "unasked": "not asked",
    "known": "known already",
}
"""What is said of links, by `Asked.verdict`."""


@click.command("build")
@source_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder to write.  [default: public]",
)
@click.option("--drafts", is_flag=True, help="Build drafts, too.")
@click.option("--future", is_flag=True, help="Build notes dated in the future, too.")
@click.option("--jobs", type=click.IntRange(0, 256), default=None, help="Processes at most.")
@click.option("--base-url", metavar="URL", help="Where the site will be published.")
@click.option("--full", is_flag=True, help="Use nothing of earlier builds.")
@click.option("--strict", is_flag=True, help="Exit with 1 for any finding.")
@click.option("--no-index", is_flag=True, help="Leave the local search index as it is.")
@click.option("--profile", is_flag=True, help="Tell how long each stage took.")
@json_option
@click.option("-v", "--verbose", is_flag=True, help="Tell every finding and every file written.")
@click.option("-q", "--quiet", is_flag=True, help="Tell errors only.")
def build_command(
    source: Path,
    output: Path | None,
    base_url: str | None,
    *,
    drafts: bool,
    future: bool,
    jobs: int | None,
    full: bool,
    strict: bool,
    no_index: bool,
    profile: bool,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Read the notes, find the talks in them, and publish the site.

    Only what changed is read, rendered and written. The published site is switched as a whole: a
    build that fails leaves the old one.
    """
    start = time.perf_counter()
    project = opened(source, output, base_url)
    options = built_now(project, drafts=drafts, future=future)
    jobs = options.jobs if jobs is None else jobs
    options = replace(options, full=full, jobs=jobs, index=not no_index)
    report = _built(project, options, quiet=quiet or as_json)
    seconds = time.perf_counter() - start
    if as_json:
        put(to_json({**plain_report(report), "seconds": round(seconds, 3)}).decode())
    else:
        _tell(report, project, seconds, verbose=verbose, quiet=quiet)
    if profile:
        for name, took in report.stages.items():
            say(f"  {name:<10} {took:7.3f} s")
    return exit_code(report.findings, strict=strict, published=report.published)


def _built(project: Project, options: Options, *, quiet: bool) -> Report:
    with refusals(), uncollected(last=True):
        check_output(project)
        with fresh.remembered(project, options) as last:
            # Where somebody builds, what is published now is not what will be: the pipeline waits.
            held = lock.is_held(project.lock)
            report = None if held else fresh.unchanged(project, options, last)
            if report is not None:
                return report
            pipeline: Any = importlib.import_module("kb.building.pipeline")
            with Bar(hidden=quiet) as bar:
                made: Report = pipeline.build(project, options, Hooks(progress=bar.advance), last)
        return made


def _tell(report: Report, project: Project, seconds: float, *, verbose: bool, quiet: bool) -> None:
    findings = [one for one in report.findings if not quiet or one.severity == "error"]
    _tell_findings(findings, everything=verbose or quiet)
    if quiet:
        return
    for remark in report.remarks:
        say(remark, "yellow")
    if verbose:
        for path in report.written:
            say(f"  written {path}", "dim")
        for path in report.removed:
            say(f"  removed {path}", "dim")
    if not report.published:
        say("Nothing was published; the site is as it was.", "red")
        return
    left_out = f" ({report.left_out} more left out)" if report.left_out else ""
    say(f"Read  {many(report.notes, 'note')}{left_out}")
    say(
        f"Made  {many(report.talks, 'talk')}, {many(report.speakers, 'speaker')}, "
        f"{many(report.topics, 'topic')}, {many(report.events, 'event')}, "
        f"{many(report.links, 'link')}"
    )
    changed = f"{len(report.written)} written"
    if report.removed:
        changed += f", {len(report.removed)} removed"
    if not report.written and not report.removed:
        changed = "nothing changed"
    say(f"Site  {_shown(Path(report.output))} ({many(report.files, 'file')}, {changed})", "bold")
    say(f"Took  {seconds:.2f} s")
    source = "" if project.root == Path.cwd() else f" -s {_shown(project.root)}"
    say(f"Look  kb serve{source}")


def _tell_findings(findings: list[Finding], *, everything: bool) -> None:
    ranked = sorted(findings, key=lambda one: [*SEVERITIES].index(one.severity))
    errors = sum(one.severity == "error" for one in ranked)
    first = max(_FIRST, min(errors, _ERRORS))
    loud = ranked if everything else [one for one in ranked if one.severity != "hint"][:first]
    say_findings(loud)
    if len(loud) < len(findings):
        say(f"{_summed(findings)} in all: kb check shows each.", "dim")


def _summed(findings: list[Finding]) -> str:
    parts = [many(count, name) for name, count in counts(findings).items() if count]
    return ", ".join(parts)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@click.command("check")
@source_option
@click.option("--drafts", is_flag=True, help="Check drafts, too.")
@click.option("--future", is_flag=True, help="Check notes dated in the future, too.")
@click.option("--strict", is_flag=True, help="Exit with 1 for any finding.")
@click.option("--links", is_flag=True, help="Ask the web for every link; keep content/links.toml.")
@click.option(
    "--every",
    type=click.IntRange(0, 3650),
    metavar="DAYS",
    help="With --links: leave links alone that were good less than DAYS ago.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 300),
    metavar="SECONDS",
    help="With --links: how long one question may take.  [default: 20]",
)
@click.option(
    "--pause",
    type=click.FloatRange(0, 300),
    metavar="SECONDS",
    help="With --links: between two questions to one host.  [default: 1]",
)
@click.option(
    "--allow-private",
    is_flag=True,
    help="With --links: ask this machine and its networks, too.",
)
@json_option
def check_command(
    source: Path,
    every: int | None,
    timeout: float | None,
    pause: float | None,
    *,
    drafts: bool,
    future: bool,
    strict: bool,
    links: bool,
    allow_private: bool,
    as_json: bool,
) -> int:
    """Tell what is wrong with the notes; write no page.

    Findings are printed as path:line:col: severity code: message.

    With --links, kb connects to the hosts that the notes link to, which it never does otherwise.
    What it learns is kept in links.toml beside the notes; a link that was gone (404 or 410) on two
    days is dead, and the site says so.
    """
    if not links and (allow_private or {every, timeout, pause} != {None}):
        raise click.UsageError("--every, --timeout, --pause and --allow-private go with --links")
    project = opened(source)
    options = built_now(project, drafts=drafts, future=future)
    if links:
        asked = _asked(
            project, options, every, timeout, pause, private=allow_private, quiet=as_json
        )
        return _told_of_links(asked, strict=strict, as_json=as_json)
    with refusals(), Bar(hidden=as_json) as bar:
        known = fresh.still_known(project, options)
        findings = known.report.findings if known is not None else _found(project, options, bar)
    if as_json:
        put(to_json([plain(finding) for finding in findings]).decode())
    else:
        _put_findings(findings)
    return exit_code(findings, strict=strict)


def _found(project: Project, options: Options, bar: Bar) -> tuple[Finding, ...]:
    checking: Any = importlib.import_module("kb.building.checking")
    findings: tuple[Finding, ...] = checking.check(project, options, Hooks(progress=bar.advance))
    return findings


def _put_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        put(line(finding))
    sys.stdout.flush()
    say(_summed(list(findings)) or "No findings: all is well.")


def _asked(
    project: Project,
    options: Options,
    every: int | None,
    timeout: float | None,
    pause: float | None,
    *,
    private: bool,
    quiet: bool,
) -> Any:
    """Return what came of asking for the links, as `linkcheck.Checked`."""
    linkcheck: Any = importlib.import_module("kb.building.linkcheck")
    given = {"timeout": timeout, "pause": pause}
    chosen = {key: value for key, value in given.items() if value is not None}
    how = linkcheck.manners(private=private, **chosen)
    try:
        with refusals(), Bar(hidden=quiet) as bar:
            hooks = Hooks(progress=bar.advance)
            return linkcheck.check_links(project, options, hooks, how, every=every or 0)
    except linkcheck.Offline as fault:
        raise Refusal(str(fault)) from fault


def _told_of_links(asked: Any, *, strict: bool, as_json: bool) -> int:
    findings: tuple[Finding, ...] = asked.findings
    if as_json:
        data = {"findings": [plain(one) for one in findings], "links": to_plain(asked.links)}
        put(to_json({**data, "ledger": asked.ledger, "written": asked.written}).decode())
        return exit_code(findings, strict=strict)
    _put_findings(findings)
    verdicts = Counter(one.verdict for one in asked.links)
    parts = [f"{verdicts[name]:,} {words}" for name, words in _VERDICTS.items() if verdicts[name]]
    dead = sum(one.dead for one in asked.links)
    say(f"Links {', '.join(parts) or 'none'}" + (f" ({dead:,} dead in all)" if dead else ""))
    reasons = Counter(one.said for one in asked.links if one.verdict == "unasked")
    for reason, count in sorted(reasons.items()):
        say(f"      {many(count, 'link')} not asked: {reason}", "dim")
    say(f"Kept  {asked.ledger} ({'written' if asked.written else 'nothing changed'})")
    return exit_code(findings, strict=strict)
