"""Every file of the new site, staged: pages rendered where their key changed, assets copied."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from kb.building.files import Found, Unreadable, read_file
from kb.building.learning import LARGEST_PICTURE, Knowledge, Run
from kb.building.options import Cancelled
from kb.building.project import Project
from kb.building.publish import Stage, Staged, digest_of, parents, short
from kb.building.workers import cores, spread
from kb.model.finding import Finding
from kb.model.value import Value, decode, encode
from kb.reading.privacy import stripped
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


@dataclass(frozen=True)
class _Shards:
    """The index for browsers, as one piece of work beside the pages."""

    documents: Sequence[Document]
    language: str


class _Answer(Value, frozen=True):
    """What became of one piece of work; faults cross from worker processes as values."""

    staged: tuple[Staged, ...] = ()
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
    pages, findings = _without_clashes(renderer.pages())
    staged = [Staged("", "", finding=one) for one in findings]
    keys: dict[str, str] = {}
    wanted: list[Page] = []
    for path, page in pages.items():
        keys[path] = key = digest_of(renderer.key(page).encode())
        kept = stage.keep_known(path) if before.get(path) == key else None
        if kept is not None:
            staged.append(kept)
        else:
            wanted.append(page)
    works: list[Page | _Shards] = [_Shards(documents, knowledge.settings.language), *wanted]
    staged += _made(run, renderer, works, stage)
    staged += (stage.put(output.path, output.data) for output in renderer.static())
    assets, clashes = _assets(knowledge, {one.path for one in staged})
    staged += (Staged("", "", finding=one) for one in clashes)
    staged += _copied(run.project, knowledge.private, assets, stage)
    return Rendered(staged, keys)


def _without_clashes(pages: Iterable[Page]) -> tuple[dict[str, Page], list[Finding]]:
    """Return the first page of each path, and what is wrong with the others."""
    first: dict[str, Page] = {}
    findings: list[Finding] = []
    for page in pages:
        if page.path in first:
            findings.append(_twice(page.path))
        else:
            first[page.path] = page
    return first, findings


def _assets(
    knowledge: Knowledge, names: Collection[str]
) -> tuple[dict[str, tuple[Found, str]], list[Finding]]:
    """Return path → file and digest of the assets that no page forbids, and the others' findings.

    `names` are the paths of pages; a file may neither have one's name nor stand where one needs a
    folder, nor the other way round.
    """
    taken = {*names}
    folders = {parent for name in names for parent in parents(name)}
    assets: dict[str, tuple[Found, str]] = {}
    findings: list[Finding] = []
    for asset in knowledge.site.assets:
        placed = knowledge.placed.get(asset.url)
        if placed is None:
            continue
        path = unquote(asset.url).removeprefix("/")
        if path in taken or path in folders or any(parent in taken for parent in parents(path)):
            findings.append(_twice(path, placed.found.path))
            continue
        taken.add(path)
        folders.update(parents(path))
        assets[path] = (placed.found, asset.digest)
    return assets, findings


def _copied(
    project: Project,
    private: Mapping[str, str],
    assets: Mapping[str, tuple[Found, str]],
    stage: Stage,
) -> Iterator[Staged]:
    """Stage the assets; pictures without what a camera tells of its owner."""
    for path, (found, digest) in assets.items():
        try:
            if found.path not in private:
                yield stage.copy(path, project.root, found.name, digest)
            elif (kept := stage.keep(path, short(private[found.path]))) is not None:
                yield kept
            else:
                data = read_file(project.root, found.name, LARGEST_PICTURE)
                yield stage.put(path, stripped(data))
        except Unreadable as fault:
            finding = Finding("KB109", found.path, f"cannot be read: {fault.reason}")
            yield Staged(path, "", finding=finding)


def try_out(knowledge: Knowledge, theme: ThemeFiles) -> list[Finding]:
    """Render all pages for their findings alone: the names that two of them want.

    Raises:
        TemplateFault: a template of the theme cannot be rendered.
    """
    renderer = Renderer(knowledge.site, knowledge.notes_by_path, knowledge.settings, theme)
    pages, findings = _without_clashes(renderer.pages())
    for page in pages.values():
        renderer.render(page)
    _, clashes = _assets(knowledge, pages.keys())
    return [*findings, *clashes]


def _made(
    run: Run, renderer: Renderer, works: Sequence["Page | _Shards"], stage: Stage
) -> Iterator[Staged]:
    def work(one: Page | _Shards) -> bytes:
        try:
            if isinstance(one, Page):
                made = [renderer.render(one)]
            else:
                made = list(export(one.documents, one.language))
        except TemplateFault as fault:
            return encode(_Answer(broken=(fault.path, fault.line, fault.message)))
        return encode(_Answer(tuple(stage.put(output.path, output.data) for output in made)))

    weight = sum(len(one.documents) // 4 for one in works if isinstance(one, _Shards))
    answers = spread(work, works, run.options.jobs or cores(), weight=weight)
    for done, (_, data) in enumerate(answers, start=1):
        run.hooks.progress("render", done, len(works))
        if done % _ASK == 0 and run.hooks.cancelled():
            raise Cancelled
        answer = decode(data, _Answer)
        if answer.broken is not None:
            raise TemplateFault(*answer.broken)
        yield from answer.staged


def _twice(path: str, source: str = "") -> Finding:
    what = "a page and this file want" if source else "two pages want"
    return Finding(
        "KB301",
        source or path,
        f"{what} the file {path} of the site; the first is published",
        hint="Rename one of them, or give the note another slug.",
    )
