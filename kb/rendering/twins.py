"""Markdown twins of talks, and llms.txt (https://llmstxt.org), for readers that are programs."""

from collections.abc import Iterable, Iterator

from kb.model.note import Block, Lines, Note, Run, select
from kb.model.site import SessionRecord, Target
from kb.rendering.catalog import Catalog, Desk
from kb.rendering.prose import cited_footnotes, flat_blocks
from kb.rendering.talks import describe, twin_url
from kb.rendering.views import LinkView, Page, TextView, TwinView
from kb.rendering.words import Words


def list_page(catalog: Catalog, words: Words) -> Page:
    """Return llms.txt, which lists the twins."""
    return Page("llms.txt", "text", None, TextView(llms(catalog, words).encode()))


def twin_of(record: SessionRecord, catalog: Catalog, words: Words) -> Iterator[Page]:
    """Yield the Markdown twin of a session that is a talk."""
    if record.is_talk:
        path = twin_url(record).lstrip("/")
        yield Page(path, "talk.md", None, twin(record, catalog, words))


def twin(record: SessionRecord, catalog: Catalog, words: Words) -> TwinView:
    """Return a talk as Markdown."""
    event = catalog.events.get(record.event) if record.event else None
    facts = {
        "fact.kind": words.kind(record.kind),
        "fact.speakers": ", ".join(one.name for one in record.speakers),
        "fact.event": event.title if event else "",
        "fact.date": record.date,
        "fact.room": record.room,
        "fact.topics": ", ".join(one.name for one in record.topics),
    }
    parts = []
    desk = catalog.desk(record.url)
    for telling in record.tellings:
        note, origin = catalog.notes.get(telling.note), catalog.records.get(telling.note)
        if note is None or origin is None:
            continue
        if telling.abstract is not None:
            parts.append(markdown(note, origin.targets, (telling.abstract,), desk))
        parts.append(markdown(note, origin.targets, telling.notes, desk))
    if record.abstract_text and not any(one.abstract for one in record.tellings):
        parts.insert(0, record.abstract_text)
    links = "\n".join(
        f"- {words.link_kind(one.kind)}: <{one.href}>{_fate(one, words)}"
        for one in desk.citations(record.citations)
    )
    if links:
        parts.append(f"## {words.say('talk.links')}\n\n{links}")
    return TwinView(
        record.title,
        tuple((words.say(key), value) for key, value in facts.items() if value),
        "\n\n".join(part for part in parts if part),
    )


def _fate(link: LinkView, words: Words) -> str:
    """Return what is to be said of a link that is dead, `""` of others."""
    if not link.dead:
        return ""
    copy = f"; {words.say('prose.archive')}: <{link.archive}>" if link.archive else ""
    return f" ({words.say('prose.gone')}{copy})"


def to_markdown(view: TwinView) -> bytes:
    """Return the text of a twin."""
    facts = "\n".join(f"- {name}: {value}" for name, value in view.facts)
    return (
        "\n\n".join(part for part in (f"# {view.title}", facts, view.body) if part).encode() + b"\n"
    )


def llms(catalog: Catalog, words: Words) -> str:
    """Return the index of all twins, by event."""
    settings = catalog.settings
    lines = [f"# {settings.title}", ""]
    if settings.description:
        lines += [f"> {settings.description}", ""]
    shown: object = False
    for brief in catalog.briefs.sessions.values():
        if not brief.is_talk:
            continue
        if brief.event != shown:
            shown = brief.event
            event = catalog.events.get(brief.event) if brief.event else None
            lines += ["", f"## {event.title if event else words.say('talks.no-event')}", ""]
        where = catalog.absolute(twin_url(brief)) if catalog.base else twin_url(brief)[1:]
        lines.append(f"- [{brief.title}]({where}): {describe(brief, catalog, words)}")
    return "\n".join(lines) + "\n"


def markdown(note: Note, targets: tuple[Target, ...], ranges: Iterable[Lines], desk: Desk) -> str:
    """Return the blocks of `note` in `ranges` as Markdown, with the footnotes that they cite."""
    scribe = _Scribe(targets, desk)
    blocks = [block for lines in ranges for block in select(note.blocks, lines)]
    footnotes = cited_footnotes(flat_blocks(blocks), note)
    blocks += (block for container in footnotes for block in container.children)
    return "\n\n".join(text for text in map(scribe.block, blocks) if text)


class _Scribe:
    def __init__(self, targets: tuple[Target, ...], desk: Desk) -> None:
        self.targets = targets
        self.desk = desk

    def block(self, block: Block) -> str:
        match block.kind:
            case "heading":
                return f"{'#' * max(2, block.level)} {self.inline(block)}"
            case "code":
                fence = "````" if "```" in block.text else "```"
                return f"{fence}{block.marker}\n{block.text.rstrip()}\n{fence}"
            case "bullets" | "numbers":
                return "\n".join(self.block(child) for child in block.children)
            case "item":
                mark = block.marker if block.marker[:1].isdigit() else "-"
                body = "\n".join(self.parts(block))
                return f"{mark} " + body.replace("\n", "\n" + " " * (len(mark) + 1))
            case "quote":
                return "> " + "\n\n".join(self.parts(block)).replace("\n", "\n> ")
            case "table":
                return self.table(block)
            case "rule":
                return "---"
            case "footnote":
                body = "\n\n".join(self.parts(block)).replace("\n", "\n    ")
                return f"[^{block.anchor.removeprefix('fn-')}]: {body}"
            case _:
                return "\n\n".join(self.parts(block))

    def parts(self, block: Block) -> list[str]:
        own = [self.inline(block)] if block.runs or not block.children else []
        return [text for text in (*own, *map(self.block, block.children)) if text]

    def table(self, block: Block) -> str:
        rows = [
            [self.inline(cell).replace("|", "\\|").replace("\n", " ") for cell in row.children]
            for row in block.walk()
            if row.kind == "row"
        ]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        if rows:
            lines.insert(1, "|" + " --- |" * len(rows[0]))
        return "\n".join(lines)

    def inline(self, block: Block) -> str:
        out: list[str] = []
        runs = block.runs
        place = 0
        while place < len(runs):
            number = runs[place].reference
            end = place + 1
            while number >= 0 and end < len(runs) and runs[end].reference == number:
                end += 1
            words = "".join(map(_run, runs[place:end]))
            out.append(self.linked(words, number))
            place = end
        return "".join(out) if runs else block.text

    def linked(self, words: str, number: int) -> str:
        target = self.targets[number] if 0 <= number < len(self.targets) else None
        if target is None or target.kind not in {"external", "page", "asset"}:
            return words
        url = self.desk.href(target.url) if target.kind != "external" else target.url
        return f"<{url}>" if words == url else f"[{words}]({url})"


def _run(run: Run) -> str:
    if run.code:
        return f"`{run.text}`"
    text = run.text
    mark = ("**" if run.strong else "") + ("*" if run.emphasis else "")
    core = text.strip()
    return text.replace(core, mark + core + mark[::-1], 1) if mark and core else text
