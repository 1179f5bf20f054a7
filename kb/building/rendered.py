"""Every file of the new site, staged: pages and feeds rendered, assets copied, shards exported."""

from collections.abc import Iterator
from urllib.parse import unquote

from kb.building.files import Unreadable
from kb.building.learning import Knowledge
from kb.building.options import Cancelled, Hooks
from kb.building.project import Project
from kb.building.publish import Stage, Staged
from kb.model.finding import Finding
from kb.model.output import Output
from kb.rendering.site import render_site
from kb.rendering.theme import ThemeFiles
from kb.search.browser_index import export
from kb.search.documents import documents


def stage_site(
    knowledge: Knowledge, project: Project, theme: ThemeFiles, stage: Stage, hooks: Hooks
) -> list[Staged]:
    """Stage all files of the site; one of each path, pages before assets.

    Raises:
        TemplateFault: a template of the theme cannot be rendered.
        FileFault: the disk refused.
        Cancelled: the caller gave the build up.
    """
    staged: dict[str, Staged] = {}
    clashes: list[Staged] = []
    for number, output in enumerate(_outputs(knowledge, theme), start=1):
        if output.path in staged:
            clashes.append(_clash(output.path))
            continue
        staged[output.path] = stage.put(output.path, output.data)
        hooks.progress("render", number, 0)
        if number % 100 == 0 and hooks.cancelled():
            raise Cancelled
    for asset in knowledge.site.assets:
        path = unquote(asset.url).removeprefix("/")
        placed = knowledge.placed.get(asset.url)
        if placed is None:
            continue
        if path in staged:
            clashes.append(_clash(path, placed.found.path))
            continue
        try:
            staged[path] = stage.copy(path, project.root, placed.found.name, asset.digest)
        except Unreadable as fault:
            finding = Finding("KB109", placed.found.path, f"cannot be read: {fault.reason}")
            clashes.append(Staged(path, "", finding=finding))
    return [*staged.values(), *clashes]


def _outputs(knowledge: Knowledge, theme: ThemeFiles) -> Iterator[Output]:
    notes = knowledge.notes_by_path
    yield from render_site(knowledge.site, notes, knowledge.settings, theme)
    yield from export(documents(knowledge.site, notes), knowledge.settings.language)


def _clash(path: str, source: str = "") -> Staged:
    what = f"and {source} want" if source else "is wanted twice:"
    finding = Finding(
        "KB301",
        source or path,
        f"a page {what} the file {path}; the first is published",
        hint="Rename one of them, or give the note another slug.",
    )
    return Staged(path, "", finding=finding)
