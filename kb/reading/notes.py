"""A file to a note: the one way into this column for what people write."""

import unicodedata
from collections import Counter
from pathlib import PurePosixPath

from kb.model.finding import Finding, in_order
from kb.model.note import Block, FrontMatter, Note, Source
from kb.model.pattern import Pattern
from kb.model.value import Value
from kb.reading.code import coloured_in, plain
from kb.reading.columns import placed
from kb.reading.decoding import decode, without_controls
from kb.reading.front_matter import Split, read_front_matter, split
from kb.reading.limits import OutOfTime, TooMuch, time_limit
from kb.reading.markdown import read_body
from kb.reading.prose import Collector

_APART = Pattern(r"[-_\s]+")
_DATE_FIRST = Pattern(r"\d{4}-\d\d-\d\d[-_ ]+(?=\S)")


MATTER_SECONDS = 1.0
"""Processor time that a note's front matter may take."""
SECONDS = 3.0
"""Processor time that one note's body may take."""
MOST_LINES = 200_000
"""Lines that are read as Markdown at most: each may cost a few kilobytes while it is read."""
MOST_FINDINGS = 50
"""Findings of one code that one note may have; how many more there are is told in one."""


class ReadingOptions(Value, frozen=True):
    """What of `site.toml` decides how a note is read."""

    lists: str = "nested"
    """`nested` or `commonmark`, as `[markdown] lists`."""
    linkify: bool = True
    """Whether bare URLs become links."""
    max_bytes: int = 2_097_152
    """Largest file that is read as Markdown."""


def read_note(source: Source, options: ReadingOptions, before: Note | None = None) -> Note:
    """Return the note that `source` holds. Never raises: what is wrong is in its findings.

    `before` is what this kb made of the note when it was another, if that is known: it spares some
    work, and alters nothing.
    """
    path = source.path
    text, found = decode(_beginning(source.data, options.max_bytes), path)
    findings = [*found]
    if not text.strip():
        findings.append(
            Finding("KB105", path, "the file is empty", 1, hint="write something, or delete it")
        )
    parts, matter, found, in_time = _matter(text, path)
    findings += found
    first_line = parts.last_line + 1
    body, found = without_controls(parts.body, path, first_line)
    findings += found
    too_long = _too_long(source, body, options)
    findings += too_long
    collector = Collector(path, linkify=options.linkify)
    blocks: tuple[Block, ...] | None = None
    if in_time and not too_long:
        try:
            with time_limit(SECONDS):
                blocks = read_body(
                    body,
                    first_line,
                    collector,
                    nested_lists=options.lists != "commonmark",
                    coloured=coloured_in(before) if before is not None else {},
                )
        except OutOfTime:
            findings.append(_too_slow(path, first_line))
        except TooMuch as fault:
            findings.append(_in_plain(path, f"more than {fault}"))
    if blocks is None:
        collector = Collector(path, linkify=options.linkify)  # of what was read in vain
        blocks = plain_blocks(body, first_line)
    title, found = _title(path, matter, blocks)
    if not any(_tells_of_title(finding, matter) for finding in findings):
        findings.extend(found)
    return Note(
        path=path,
        digest=source.digest,
        matter=matter,
        title=title,
        blocks=blocks,
        references=placed(collector.references, parts.body, first_line),
        comments=tuple(collector.comments),
        findings=_not_too_many(in_order([*findings, *collector.findings])),
        lines=first_line - 1 + body.count("\n") + (not body.endswith("\n") and bool(body)),
        words=len(body.split()),
    )


def _matter(text: str, path: str) -> tuple[Split, FrontMatter, tuple[Finding, ...], bool]:
    """Return a note's parts, its front matter, what is wrong with it, and whether time sufficed."""
    try:
        with time_limit(MATTER_SECONDS):
            parts = split(text)
            return parts, *read_front_matter(parts, path), True
    except OutOfTime:
        return Split("none", "", 1, 0, text), FrontMatter(), (_matter_too_slow(path),), False


def _beginning(data: bytes, most: int) -> bytes:
    """Return at most `most` bytes of `data`, no UTF-8 character cut in two."""
    if len(data) <= most:
        return data
    end = most
    while end > most - 3 and end > 0 and data[end] & 0xC0 == 0x80:
        end -= 1
    return data[:end]


def _not_too_many(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return `findings` with at most `MOST_FINDINGS` of a code, and how many more there are."""
    if len(findings) <= MOST_FINDINGS:
        return findings
    kept: list[Finding] = []
    counts = Counter(finding.code for finding in findings)
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.code] += 1
        more = counts[finding.code] - MOST_FINDINGS
        if seen[finding.code] <= MOST_FINDINGS:
            kept.append(finding)
        elif seen[finding.code] == MOST_FINDINGS + 1:
            kept.append(
                Finding(finding.code, finding.path, f"and {more} more like this", finding.line)
            )
    return tuple(kept)


def plain_blocks(body: str, first_line: int) -> tuple[Block, ...]:
    """Return `body` as one block of plain text, for a note that cannot be read as Markdown."""
    if not body.strip():
        return ()
    return (
        Block(
            "code",
            first_line,
            first_line + body.rstrip("\n").count("\n"),
            text=body,
            open='<pre class="plain">',
            close="</pre>\n",
            html=(plain(body),),
        ),
    )


def title_from_path(path: str) -> str:
    """Return a note's file name in words: `2017-05-13-boston_monday.md` is `Boston monday`."""
    file = PurePosixPath(path)
    stem = file.stem
    if stem.lower() in {"index", "_index", "readme"} and file.parent.name:
        stem = file.parent.name
    words = _APART.sub(" ", _DATE_FIRST.sub("", stem)).strip()
    words = "".join(c for c in words if unicodedata.category(c)[0] != "C")
    return words[:1].upper() + words[1:] if words else file.name


def _tells_of_title(finding: Finding, matter: FrontMatter) -> bool:
    """Return whether `finding` says already why there is no title."""
    if finding.code == "KB103":
        return finding.line == matter.lines.get("title")
    return finding.code in {"KB101", "KB105"}


def _title(
    path: str, matter: FrontMatter, blocks: tuple[Block, ...]
) -> tuple[str, tuple[Finding, ...]]:
    """Return the note's title, and what to say where nothing in the file gives one."""
    if matter.title:
        return matter.title, ()
    headings = [block for block in blocks if block.kind == "heading" and block.text.strip()]
    standing = _standing_for_all(blocks, headings)
    if standing:
        return standing, ()
    title = title_from_path(path)
    if headings and matter.format == "none":
        return title, (
            Finding(
                "KB110",
                path,
                f"the title is the file's name, “{title}”: no heading stands for the whole note",
                headings[0].line,
                hint="begin the note with one `# Title`, or give it a title in front matter",
            ),
        )
    return title, _no_title(path, title, matter)


def _no_title(path: str, title: str, matter: FrontMatter) -> tuple[Finding, ...]:
    return (
        Finding(
            "KB106",
            path,
            f"the note has no title; “{title}” is the file's name",
            matter.lines.get("title", 1),
            hint='put title = "…" between two lines `+++` at the top, or begin with `# Title`',
        ),
    )


def _standing_for_all(blocks: tuple[Block, ...], headings: list[Block]) -> str:
    """Return the words of a first heading that is the only one of its level, the highest."""
    if not headings or headings[0].level != 1:
        return ""
    first = headings[0]
    if any(heading.level == 1 for heading in headings[1:]):
        return ""
    before = blocks[: blocks.index(first)]
    if any(block.text.strip() or block.children for block in before):
        return ""
    return " ".join(first.text.split())


def _too_slow(path: str, line: int) -> Finding:
    return Finding(
        "KB116",
        path,
        f"reading took more than {SECONDS:g} seconds; the note is shown as plain text",
        line,
        hint="look for thousands of brackets, asterisks or tags in a row",
    )


def _matter_too_slow(path: str) -> Finding:
    return Finding(
        "KB116",
        path,
        f"the front matter took more than {MATTER_SECONDS:g} seconds; the note is shown plain",
        1,
        hint="front matter is for a few dozen keys; put lists of thousands elsewhere",
    )


def _too_long(source: Source, body: str, options: ReadingOptions) -> tuple[Finding, ...]:
    """Return what to say of a note that is too long to be read as Markdown; nothing of others."""
    size, most = source.size or len(source.data), options.max_bytes
    if size > most:
        message = (
            f"the file has {size:,} bytes, more than {most:,}; its beginning is shown as plain text"
        )
        hint = "split the note, or raise max_bytes under [content] in site.toml"
        return (Finding("KB108", source.path, message, 1, hint=hint),)
    lines = body.count("\n")
    if lines > MOST_LINES:
        return (_in_plain(source.path, f"{lines:,} lines, more than {MOST_LINES:,}"),)
    return ()


def _in_plain(path: str, what: str) -> Finding:
    message = f"the file has {what}; it is shown as plain text"
    return Finding("KB108", path, message, 1, hint="split the note")
