"""Every file of the new site, staged: pages rendered where their key changed, assets copied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from kb.building.files import Unreadable
from kb.building.learning import Knowledge, Run
from kb.building.options import Cancelled
from kb.building.project import Project
from kb.building.publish import Stage, Staged, digest_of
from kb.building.workers import cores, spread
from kb.model.finding import Finding
from kb.model.value import Value, decode, encode
from kb.rendering.site import Renderer
from kb.rendering.theme import TemplateFault, ThemeFiles
from kb.rendering.views import Page
from kb.search.browser_index import export
from kb.search.documents import Document

_ASK = 100
"""Pages between two questions whether the build is given up."""


@dataclass(frozen=True)
class Rendered:
    """The new site, staged."""

    staged: Sequence[Staged]
    keys: Mapping[str, str]
    """Path of each page → key of what it was made from."""


class _Answer(Value, frozen=True):
    """What became of one page; faults cross from worker processes as values."""

    staged: Staged | None = None
    broken: tuple[str, int, str] | None = None


def stage_site(
    run: Run,
    knowledge: Knowledge,
    documents: Sequence[Document],
    theme: ThemeFiles,
    *,
    stage: Stage,
    before: Mapping[str, str],
) -> Rendered:
    """Stage all files of the site; one of each path, pages before assets.

    A page whose key is the one in `before` is not rendered again, if its file is as kb left it.

    Raises:
        TemplateFault: a template of the theme cannot be rendered.
        FileFault: the disk refused.
        Cancelled: the caller gave the build up.
    """
    renderer = Renderer(knowledge.site, knowledge.notes_by_path, knowledge.settings, theme)
    staged: dict[str, Staged] = {}
    extra: list[Staged] = []
    keys: dict[str, str] = {}
    wanted: list[Page] = []
    for page in renderer.pages():
        if page.path in keys:
            extra.append(_clash(page.path))
            continue
        keys[page.path] = key = digest_of(renderer.key(page).encode())
        kept = stage.keep_known(page.path) if before.get(page.path) == key else None
        if kept is not None:
            staged[page.path] = kept
        else:
            wanted.append(page)
    for one in _made(run, renderer, wanted, stage):
        staged[one.path] = one
    for output in (*renderer.static(), *export(documents, knowledge.settings.language)):
        if output.path in keys:
            extra.append(_clash(output.path))
        else:
            staged[output.path] = stage.put(output.path, output.data)
    extra += _copy_assets(run.project, knowledge, stage, staged)
    return Rendered([*staged.values(), *extra], keys)


def try_out(knowledge: Knowledge, theme: ThemeFiles) -> list[Finding]:
    """Render all pages for their findings alone: the names that two of them want.

    Raises:
        TemplateFault: a template of the theme cannot be rendered.
    """
    renderer = Renderer(knowledge.site, knowledge.notes_by_path, knowledge.settings, theme)
    seen: set[str] = set()
    findings: list[Finding] = []
    for page in renderer.pages():
        renderer.render(page)
        if page.path in seen:
            findings.append(_twice(page.path))
        seen.add(page.path)
    return findings


def _made(run: Run, renderer: Renderer, pages: Sequence[Page], stage: Stage) -> Iterator[Staged]:
    def work(page: Page) -> bytes:
        try:
            output = renderer.render(page)
        except TemplateFault as fault:
            return encode(_Answer(broken=(fault.path, fault.line, fault.message)))
        return encode(_Answer(staged=stage.put(output.path, output.data)))

    for done, (_, answer) in enumerate(spread(work, pages, run.options.jobs or cores()), start=1):
        run.hooks.progress("render", done, len(pages))
        if done % _ASK == 0 and run.hooks.cancelled():
            raise Cancelled
        made = decode(answer, _Answer)
        if made.broken is not None:
            raise TemplateFault(*made.broken)
        if made.staged is not None:
            yield made.staged


def _copy_assets(
    project: Project, knowledge: Knowledge, stage: Stage, staged: dict[str, Staged]
) -> Iterator[Staged]:
    """Put the assets into `staged`; yield those that cannot be published."""
    for asset in knowledge.site.assets:
        placed = knowledge.placed.get(asset.url)
        path = unquote(asset.url).removeprefix("/")
        if placed is None:
            continue
        if path in staged:
            yield _clash(path, placed.found.path)
            continue
        try:
            staged[path] = stage.copy(path, project.root, placed.found.name, asset.digest)
        except Unreadable as fault:
            finding = Finding("KB109", placed.found.path, f"cannot be read: {fault.reason}")
            yield Staged(path, "", finding=finding)


def _clash(path: str, source: str = "") -> Staged:
    return Staged(path, "", finding=_twice(path, source))


def _twice(path: str, source: str = "") -> Finding:
    what = "a page and this file want" if source else "two pages want"
    return Finding(
        "KB301",
        source or path,
        f"{what} the file {path} of the site; the first is published",
        hint="Rename one of them, or give the note another slug.",
    )
