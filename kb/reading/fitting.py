"""Blocks written in HTML, made to stand where HTML lets them stand.

Writers put text right into a list, items outside of one, a caption into a table. Browsers forgive
it; kb writes valid HTML: what is missing around a block is put around it, what may not stand
inside goes before.
"""

from collections.abc import Sequence
from itertools import groupby

from kb.model.note import Block, BlockKind
from kb.model.value import replace

_INSIDE: dict[str, frozenset[str]] = {
    "ul": frozenset({"item"}),
    "ol": frozenset({"item"}),
    "dl": frozenset({"term", "definition"}),
    "table": frozenset({"row"}),
    "tr": frozenset({"cell"}),
}
_HOME: dict[str, tuple[BlockKind, str]] = {
    "item": ("bullets", "ul"),
    "term": ("definitions", "dl"),
    "definition": ("definitions", "dl"),
    "row": ("table", "table"),
    "cell": ("row", "tr"),
}
_ENTRY: dict[str, tuple[BlockKind, str]] = {
    "ul": ("item", "li"),
    "ol": ("item", "li"),
    "dl": ("definition", "dd"),
}


def fit(children: Sequence[Block], parent: str) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return the `children` of a `parent` element, and those that must stand before it instead.

    Args:
        children: In order.
        parent: The tag's name; `""` for the body of a note.
    """
    wanted = _INSIDE.get(parent)
    if wanted is None:
        return _at_home(_without_stray_summaries(children, parent)), ()
    if parent in {"table", "tr"}:
        inside = tuple(child for child in children if child.kind in wanted)
        outside = tuple(child for child in children if child.kind not in wanted)
        return inside, _at_home(_without_stray_summaries(outside, ""))
    fitted: list[Block] = []
    for fits, run in groupby(children, lambda child: child.kind in wanted):
        if fits:
            fitted.extend(run)
        else:
            inner = _at_home(_without_stray_summaries(tuple(run), ""))
            fitted.append(_around(inner, *_ENTRY[parent]))
    return tuple(fitted), ()


def _at_home(children: Sequence[Block]) -> tuple[Block, ...]:
    """Put a list around items that stand in none, and the like."""
    homed: list[Block] = []
    for home, run in groupby(children, lambda child: _HOME.get(child.kind)):
        if home is None:
            homed.extend(run)
            continue
        wrapped = _around(tuple(run), *home)
        homed.extend(_at_home((wrapped,)) if home[0] == "row" else (wrapped,))
    return tuple(homed)


def _around(children: tuple[Block, ...], kind: BlockKind, tag: str) -> Block:
    return Block(
        kind,
        min(child.line for child in children),
        max(child.end for child in children),
        level=1 if kind == "bullets" else 0,
        open=f"<{tag}>" if kind in {"item", "definition"} else f"<{tag}>\n",
        close=f"</{tag}>\n",
        children=children,
        marker="*" if kind in {"bullets", "item"} else "",
        origin="html",
    )


def _without_stray_summaries(children: Sequence[Block], parent: str) -> tuple[Block, ...]:
    """Make paragraphs of all summaries but the one that begins a `details` element."""
    return tuple(
        _paragraph(child)
        if child.open == "<summary>" and not (parent == "details" and place == 0)
        else child
        for place, child in enumerate(children)
    )


def _paragraph(summary: Block) -> Block:
    return replace(summary, kind="paragraph", open="<p>", close="</p>\n")
