"""Every file of the new site, staged: pages rendered where their key changed, assets copied."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from urllib.parse import unquote

from kb.building.files import Found, Unreadable, read_file
from kb.building.learning import LARGEST_PICTURE, Knowledge, Run, publishable
from kb.building.options import Cancelled
from kb.building.project import Project
from kb.building.publish import Stage, Staged, digest_of, parents, short
from kb.building.shelf import Shelf, write_all
from kb.building.sizes import Sized, stage_sizes
from kb.building.workers import cores, spread
from kb.model.finding import Finding
from kb.model.site import records_of, smaller_sizes
from kb.model.value import Value, decode, encode
from kb.rendering.site import Renderer
from kb.rendering.theme import TemplateFault, ThemeFiles
from kb.rendering.views import Page
from kb.search.browser_change import Forgotten, revise, unchanged, update
from kb.search.browser_index import ENTRY, Exported
from kb.search.documents import Document, Key
from kb.search.memory_index import Postings

T = TypeVar("T")

_BATCH = 2000
"""Pages that wait to be rendered at most: each worker comes to hold a copy of them."""
_SHARDS = "browser-index"
"""What the browser's index needs to know of the last one, in the memo."""
_OF_BUILD = "of-build"
"""The key of the build that remembered it, beside what the index itself remembers."""
_ASK = 100
"""Pages between two questions whether the build is given up."""


@dataclass(frozen=True)
class Rendered:
    """The new site, staged."""

    staged: Sequence[Staged]
    keys: Mapping[str, str]
    """Path of each page → key of what it was made from."""


class _Answer(Value, frozen=True):
    """What became of one piece of work; faults cross from worker processes as values."""

    staged: tuple[Staged, ...] = ()
    broken: tuple[str, int, str] | None = None


def stage_site(
    run: Run,
    knowledge: Knowledge,
    theme: ThemeFiles,
    *,
    stage: Stage,
    before: Mapping[str, str],
    shards: Callable[[], Iterable[Staged]],
) -> Rendered:
    """Stage all files of the site; one of each path, pages before assets.

    A page whose key is the one in `before` is not rendered again, if its file is as kb left it.
    `shards` returns the staged files of the browser's index.

    Raises:
        TemplateFault: a template of the theme cannot be rendered.
        FileFault: the disk refused.
        Cancelled: the caller gave the build up.
    """
    renderer = _renderer(knowledge, theme)
    staged: list[Staged] = []
    keys: dict[str, str] = {}

    def wanted() -> Iterator[Page]:
        for page in renderer.pages():
            if page.path in keys:
                staged.append(Staged("", "", finding=_twice(page.path)))
                continue
            keys[page.path] = key = page_key(renderer, page)
            kept = stage.keep_known(page.path) if before.get(page.path) == key else None
            if kept is not None:
                staged.append(kept)
            else:
                yield page

    for batch in batches(wanted(), _BATCH):
        staged += _made(run, renderer, batch, stage, done=len(keys) - len(batch))
    staged += shards()
    staged += (stage.put(output.path, output.data) for output in renderer.static())
    assets, clashes = _assets(knowledge, {one.path for one in staged})
    staged += (Staged("", "", finding=one) for one in clashes)
    staged += _copied(run.project, knowledge.private, assets, stage)
    staged += stage_sizes(run, _pictures(knowledge, assets), stage)
    return Rendered(staged, keys)


def stage_shards(
    run: Run, documents: Sequence[Document], stage: Stage, known: Postings | None = None
) -> list[Staged]:
    """Stage the browser's index of `documents`; `known` gives their postings, if they are made.

    Raises:
        FileFault: the disk refused.
    """
    shelf = None if run.options.full else Shelf.open(run.memo, _SHARDS, run.code)
    before: Mapping[str, bytes] = shelf if shelf is not None else {}
    exported = update(documents, before, run.project.settings.language, known)
    staged = [stage.put(one.path, one.data) for one in exported.outputs]
    for path, data in unchanged(exported, before):
        # All names but one tell the content.
        kept = stage.keep_known(path) if path != ENTRY else None
        staged.append(kept if kept is not None else stage.put(path, data()))
    _remember(run, shelf, exported)
    return staged


def revise_shards(
    run: Run, last: str, changed: Sequence[Document], gone: Iterable[Key], stage: Stage
) -> tuple[list[Staged], tuple[str, ...]] | None:
    """Stage what `changed` and `gone` documents make of the browser's index.

    Returns the files that are new or changed, and the paths of those that are no more; None where
    what is remembered is not of the build with the key `last`, whose files are the published ones:
    then it takes all documents (`stage_shards`). The other files stay as that build left them.

    Raises:
        FileFault: the disk refused.
    """
    shelf = None if run.options.full else Shelf.open(run.memo, _SHARDS, run.code)
    if shelf is None or not last or shelf.get(_OF_BUILD) != last.encode():
        return None
    try:
        exported = revise(changed, gone, shelf, run.project.settings.language)
    except Forgotten:
        return None
    staged = [stage.put(one.path, one.data) for one in exported.outputs]
    _remember(run, shelf, exported)
    return staged, exported.removed


def _remember(run: Run, shelf: Shelf | None, exported: Exported) -> None:
    """Keep what an export is remembered by, on the shelf of the one before if there is any."""
    memory = {**exported.memory, _OF_BUILD: run.key.encode()}
    if shelf is None:
        new = ((name, data) for name, data in memory.items() if data is not None)
        write_all(run.memo, _SHARDS, run.code, new)
    else:
        shelf.revise(memory, run.code)


def page_key(renderer: Renderer, page: Page) -> str:
    """Return what tells whether `page` would be the same file again."""
    return digest_of(renderer.key(page).encode())


def _renderer(knowledge: Knowledge, theme: ThemeFiles) -> Renderer:
    records = records_of(knowledge.site)
    return Renderer(records, knowledge.notes_by_path, knowledge.settings, theme)


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
        placed = knowledge.placed.get(asset.path)
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


def _pictures(knowledge: Knowledge, assets: Mapping[str, tuple[Found, str]]) -> list[Sized]:
    """Return those of `assets` that are published in smaller sizes, too."""
    return [
        Sized(path, *assets[path], asset.width)
        for asset in knowledge.site.assets
        if (path := unquote(asset.url).removeprefix("/")) in assets
        and (names := smaller_sizes(path, asset.width))
        and not any(name in assets for _, name in names)
    ]


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
                yield stage.put(path, publishable(found.path, data))
        except Unreadable as fault:
            finding = Finding("KB109", found.path, f"cannot be read: {fault.reason}")
            yield Staged(path, "", finding=finding)


def try_out(knowledge: Knowledge, theme: ThemeFiles) -> list[Finding]:
    """Render all pages for their findings alone: the names that two of them want.

    Raises:
        TemplateFault: a template of the theme cannot be rendered.
    """
    renderer = _renderer(knowledge, theme)
    seen: set[str] = set()
    findings: list[Finding] = []
    for page in renderer.pages():
        renderer.render(page)
        if page.path in seen:
            findings.append(_twice(page.path))
        seen.add(page.path)
    _, clashes = _assets(knowledge, seen)
    return [*findings, *clashes]


def _made(
    run: Run, renderer: Renderer, pages: Sequence[Page], stage: Stage, *, done: int
) -> Iterator[Staged]:
    """Render and stage `pages`; `done` pages of the site were rendered or kept before them."""

    def work(page: Page) -> bytes:
        try:
            output = renderer.render(page)
        except TemplateFault as fault:
            return encode(_Answer(broken=(fault.path, fault.line, fault.message)))
        return encode(_Answer((stage.put(output.path, output.data),)))

    answers = spread(work, pages, run.options.jobs or cores())
    for number, (_, data) in enumerate(answers, start=1):
        run.hooks.progress("render", done + number, 0)
        if number % _ASK == 0 and run.hooks.cancelled():
            raise Cancelled
        answer = decode(data, _Answer)
        if answer.broken is not None:
            raise TemplateFault(*answer.broken)
        yield from answer.staged


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield `items` in lists of `size`; a large site's pages are never all in memory."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _twice(path: str, source: str = "") -> Finding:
    what = "a page and this file want" if source else "two pages want"
    return Finding(
        "KB301",
        source or path,
        f"{what} the file {path} of the site; the first is published",
        hint="Rename one of them, or give the note another slug.",
    )
