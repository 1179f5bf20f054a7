"""The preview's own pages: a fault of a template, and what kb sees in the current note."""

from html import escape

from kb.building.reasons import Explained, Reason
from kb.model.pattern import Pattern
from kb.serving.board import Said
from kb.serving.builder import Fault, Sight
from kb.serving.editor import Editor

_FORBIDDEN = Pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What HTML may not hold; requests and files that are shown may."""
AROUND = 6
"""Lines of a template shown before and after the one at fault."""


def _page(title: str, body: str, *, marks: str = "") -> bytes:
    text = (
        f'<!DOCTYPE html>\n<html lang="en"{marks}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        '<link rel="stylesheet" href="/__kb/live.css">\n'
        f'</head>\n<body class="kb-own">\n<main>\n{body}</main>\n</body>\n</html>\n'
    )
    return _FORBIDDEN.sub("\ufffd", text).encode("utf-8", "replace")


def error_page(fault: Fault, editor: Editor) -> bytes:
    """Return the page that stands in for every other while a template is broken.

    It shows the template's lines around the fault and the names the template may use, and goes away
    by itself when the template is mended.
    """
    shown = _linked(editor, fault.path, fault.line)
    lines = fault.source.splitlines()
    first = max(fault.line - AROUND, 1)
    rows = "".join(
        f'<li value="{number}"{" class=kb-fault" if number == fault.line else ""}>'
        f"<code>{escape(text)}</code></li>\n"
        for number, text in enumerate(lines[first - 1 : fault.line + AROUND], first)
    )
    names = "".join(f"<li><code>{escape(name)}</code></li>" for name in fault.names)
    return _page(
        "A template is broken",
        f"<h1>A template is broken</h1>\n<p><strong>{shown}</strong></p>\n"
        f"<p>{escape(fault.message)}</p>\n"
        + (f'<ol class="kb-source">\n{rows}</ol>\n' if rows else "")
        + (f'<h2>What it may speak of</h2>\n<ul class="kb-names">{names}</ul>\n' if names else "")
        + "<p>The site shows again as soon as the template is mended.</p>\n",
        marks=" data-kb-fault",
    )


GROUPS = (
    ("Unused", ("KB204",)),
    ("Unmatched", ("KB201",)),
    ("Doubtful", ("KB202", "KB203", "KB205")),
    ("Left out", ("KB115",)),
)
"""What a writer may want to settle, by the codes of its findings."""


DOUBTFUL = 0.6
"""How sure a fact is below which a writer may want to look at it."""


def sight_page(sight: Sight, said: Said, editor: Editor) -> bytes:
    """Return `/__kb/`: what kb sees in the notes of one page, how sure it is, and why."""
    notes = ", ".join(_linked(editor, note, 1, shown=note) for note in sight.notes)
    marks = "".join(f"<li>{escape(mark)}</li>" for mark in sight.marks)
    return _page(
        "What kb sees",
        f'<p class="kb-back">{_page_link(sight.page)}</p>\n'
        "<h1>What kb sees</h1>\n"
        + (f"<p>in {notes}</p>\n" if notes else "<p>No note is shown on that page.</p>\n")
        + (f'<ul class="kb-marks">{marks}</ul>\n' if marks else "")
        + "".join(_seen(one, sight.notes, editor) for one in sight.seen)
        + "".join(_group(title, codes, said, editor) for title, codes in GROUPS),
    )


def _page_link(url: str) -> str:
    """Link to `url` if it is a path of this site: it comes from whoever wrote the request."""
    local = url.startswith("/") and url[1:2] not in {"/", "\\"}
    return f'<a href="{escape(url)}">← {escape(url)}</a>' if local else escape(url)


def _linked(editor: Editor, path: str, line: int, shown: str = "") -> str:
    place = shown or f"{path}:{max(line, 1)}"
    link = editor.link(path, line)
    return f'<a href="{escape(link)}">{escape(place)}</a>' if link else escape(place)


def _seen(one: Explained, notes: tuple[str, ...], editor: Editor) -> str:
    rows = "".join(_row(reason, notes, editor) for reason in one.reasons)
    names = ("Fact", "Value", "Sure", "Rule", "Words", "Where")
    head = f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"
    table = (
        f'<div class="kb-wide"><table><thead>{head}</thead><tbody>\n{rows}</tbody></table></div>\n'
        if rows
        else ""
    )
    title = f'<a href="{escape(one.url)}">{escape(one.name)}</a>'
    kind = f'<small class="kb-kind">{escape(one.kind)}</small>'
    return f"<section>\n<h2>{kind} {title}</h2>\n{table}</section>\n"


def _row(one: Reason, notes: tuple[str, ...], editor: Editor) -> str:
    near = f"line {one.line}" if notes == (one.path,) and one.line > 0 else ""
    words = "" if one.text == one.value else one.text[:200]
    return (
        f"<tr{' class=kb-doubtful' if one.sure < DOUBTFUL else ''}><th>{escape(one.fact)}</th>"
        f"<td>{escape(one.value)}</td><td>{one.sure:.0%}</td>"
        f"<td><code>{escape(one.rule)}</code></td><td>{escape(words)}</td>"
        f"<td>{_linked(editor, one.path, one.line, near)}</td></tr>\n"
    )


def _group(title: str, codes: tuple[str, ...], said: Said, editor: Editor) -> str:
    items = "".join(
        f"<li>{_linked(editor, finding.path, finding.line)} {escape(finding.message)}"
        f" <small>{escape(finding.hint)}</small></li>\n"
        for finding in said.findings
        if finding.code in codes
    )
    return f"<section>\n<h2>{title}</h2>\n<ul>\n{items}</ul>\n</section>\n" if items else ""
