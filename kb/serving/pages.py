"""The preview's own pages: a fault of a template, and what kb sees in the current note."""

from html import escape

from kb.serving.board import Said
from kb.serving.builder import Fault
from kb.serving.drawer import row
from kb.serving.editor import Editor

AROUND = 6
"""Lines of a template shown before and after the one at fault."""


def _page(title: str, body: str, *, marks: str = "") -> bytes:
    return (
        f'<!DOCTYPE html>\n<html lang="en"{marks}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        '<link rel="stylesheet" href="/__kb/live.css">\n'
        f'</head>\n<body class="kb-own">\n<main>\n{body}</main>\n</body>\n</html>\n'
    ).encode()


def error_page(fault: Fault, editor: Editor) -> bytes:
    """Return the page that stands in for every other while a template is broken.

    It shows the template's lines around the fault and the names the template may use, and goes away
    by itself when the template is mended.
    """
    place = f"{fault.path}:{max(fault.line, 1)}"
    link = editor.link(fault.path, fault.line)
    shown = f'<a href="{escape(link)}">{escape(place)}</a>' if link else escape(place)
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
        + (f"<h2>What it may speak of</h2>\n<ul>{names}</ul>\n" if names else "")
        + "<p>The site shows again as soon as the template is mended.</p>\n",
        marks=" data-kb-fault",
    )


def sight_page(said: Said, target: str) -> bytes:
    """Return `/__kb/`: what kb has to say about the whole site."""
    del target
    editor = Editor("")
    rows = [row(finding, editor) for finding in said.findings]
    items = "".join(
        f"<li><strong>{escape(entry['place'])}</strong> {escape(entry['message'])} "
        f"<small>{escape(entry['code'])} {escape(entry['hint'])}</small></li>\n"
        for entry in rows
    )
    return _page("What kb sees", f"<h1>What kb sees</h1>\n<ul>\n{items}</ul>\n")
