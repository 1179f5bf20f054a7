"""Every file of the new site, staged: pages rendered where their key changed, assets copied."""

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, starmap
from typing import TypeVar
from urllib.parse import unquote

from kb.building.compiled import keep_compiled, read_compiled
from kb.building.files import Found, Taken, Unreadable, read_file
from kb.building.gist import Gist
from kb.building.learning import LARGEST_PICTURE, Knowledge, Run, publishable
from kb.building.options import Cancelled
from kb.building.project import Project
from kb.building.publish import Stage, Staged, folders_of, parents, short
from kb.building.scan import Placed
from kb.building.scratch import Scratch, Shed
from kb.building.sizes import Sized, stage_sizes
from kb.building.workers import cores, spread
from kb.graph.addresses import REPLACEABLE
from kb.model.finding import Finding
from kb.model.site import Asset, records_of, smaller_sizes
from kb.model.value import Value, decode, encode
from kb.rendering.pages import Group, Listed
from kb.rendering.site import Renderer
from kb.rendering.theme import TemplateFault, ThemeFiles
from kb.rendering.views import Entry, Page, TextView
from kb.rendering.writers import QUICK

T = TypeVar("T")

_PAY = 16
"""From how many places on processes of their own make pages: they set out with nothing."""
_HANDFUL = 64
"""How many pages are rendered and staged at once."""
_HELD = 1_000_000
"""From how many bytes on rendered pages are staged before the next one is rendered."""


@dataclass(frozen=True)
class Rendered:
    """The new site, staged."""

    staged: Sequence[Staged]
    keys: Mapping[str, str]
    """Path of each page → key of what it was made from; `""` where its bytes are compared."""


class _Made(Value, frozen=True, array_like=True):
    """What became of a page."""

    path: str
    key: str
    staged: Staged | None
    """None where another page of that name had been staged before."""
    listed: tuple[Listed, ...]


class _Answer(Value, frozen=True):
    """What became of groups of pages; faults cross from worker processes as values."""

    made: tuple[bytes, ...] = ()
    """Of each group, what became of its pages, encoded: it is looked at when all are rendered."""
    pages: int = 0
    broken: tuple[str, int, str] | None = None


def stage_site(
    run: Run,
    gist: Gist,
    placed: Iterable[Placed],
    theme: ThemeFiles,
    *,
    stage: Stage,
    before: Mapping[str, str],
    shards: Callable[[], Iterable[Staged]],
    busy: int | None,
) -> Rendered:
    """Stage all files of the site; one of each path, pages before assets.

    A page whose key is the one in `before` is not rendered again, if its file is as kb left it;
    one without a key is, and stays where the bytes are equal.
    `placed` are the files that may be published, `shards` returns the staged files of the browser's
    index, and `busy` tells of who makes it, as `spread` has it.

    Raises:
        TemplateFault: a template of the theme cannot be rendered.
        FileFault: the disk refused.
        Cancelled: the caller gave the build up.
    """
    project, summary = run.project, gist.summary
    compiled = read_compiled(run.code)
    renderer = Renderer(
        gist.records(),
        gist.prose(),
        project.settings,
        theme,
        menu=project.plugins.menu,
        made=gist.made,
        compiled=compiled,
        briefs=gist.briefs(),
        entries=Shed(run.memo.folder, Entry),
    )
    renderer.theme.get_ready()
    keep_compiled(run.code, compiled, renderer.theme.compiled())
    groups = list(renderer.groups())
    files = {one.found.path: one.found for one in placed}
    brought = _brought(summary.assets, files)
    staged = [Staged("", "", finding=fault) for fault in summary.faults]
    keys: dict[str, str] = {}
    listed: list[Listed] = []

    def take(made: _Made, again: Callable[[], Iterator[Page]]) -> None:
        if made.path in keys:
            staged.append(Staged("", "", finding=_twice(made.path)))
            return
        keys[made.path] = made.key
        listed.extend(made.listed)
        staged.append(made.staged or _put_instead(made.path, again(), renderer, stage))

    answers = _render_groups(run, renderer, groups, stage, before, brought=brought, busy=busy)
    for group, answer in zip(groups, answers, strict=True):
        for made in decode(answer, tuple[_Made, ...]):
            take(made, group.make)
    last = [*_without(brought, renderer.last_pages(listed))]
    for made in _stage_pages(last, renderer, stage, before):
        take(made, partial(iter, last))
    staged += shards()
    staged += (stage.put(output.path, output.data) for output in renderer.static())
    assets, clashes = _assets(summary.assets, files, {one.path for one in staged})
    staged += (Staged("", "", finding=one) for one in clashes)
    staged += _copied(project, summary.private, assets, stage)
    staged += stage_sizes(run, _pictures(summary.assets, assets), stage)
    return Rendered(staged, keys)


def page_key(renderer: Renderer, page: Page) -> str:
    """Return what tells whether `page` would be the same file again; `""` if its bytes do."""
    return "" if page.template in QUICK else short(renderer.key(page))


def _brought(all_assets: Iterable[Asset], files: Mapping[str, Found]) -> frozenset[str]:
    """Return the paths of kb's own files that the site brings itself, such as `robots.txt`."""
    paths = (_path_of(asset) for asset in all_assets if asset.path in files)
    return REPLACEABLE.intersection(paths)


def _without(brought: Collection[str], pages: Iterable[Page]) -> Iterator[Page]:
    """Yield `pages` but those whose files the site brings itself."""
    return (page for page in pages if page.path not in brought)


def _path_of(asset: Asset) -> str:
    return unquote(asset.url).removeprefix("/")


def _assets(
    all_assets: Iterable[Asset], files: Mapping[str, Found], names: Collection[str]
) -> tuple[dict[str, tuple[Found, str]], list[Finding]]:
    """Return path → file and digest of the assets that no page forbids, and the others' findings.

    `files` are those of the assets by their paths, `names` the paths of pages; a file may
    neither have one's name nor stand where one needs a folder, nor the other way round.
    """
    taken = {*names}
    folders = folders_of(names)
    assets: dict[str, tuple[Found, str]] = {}
    findings: list[Finding] = []
    for asset in all_assets:
        found = files.get(asset.path)
        if found is None:
            continue
        path = _path_of(asset)
        if path in taken or path in folders or any(parent in taken for parent in parents(path)):
            findings.append(_twice(path, found.path))
            continue
        taken.add(path)
        folders.update(parents(path))
        assets[path] = (found, asset.digest)
    return assets, findings


def _pictures(all_assets: Iterable[Asset], assets: Mapping[str, tuple[Found, str]]) -> list[Sized]:
    """Return those of `assets` that are published in smaller sizes, too."""
    return [
        Sized(path, *assets[path], asset.width)
        for asset in all_assets
        if (path := _path_of(asset)) in assets
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


def try_out(project: Project, knowledge: Knowledge, theme: ThemeFiles) -> list[Finding]:
    """Render all pages for their findings alone: the names that two of them want.

    Raises:
        TemplateFault: a template of the theme cannot be rendered.
    """
    plugins, notes, settings = project.plugins, knowledge.prose, knowledge.settings
    made, faults = plugins.pages(knowledge.site, notes, settings)
    records = records_of(knowledge.site)
    renderer = Renderer(records, notes, settings, theme, menu=plugins.menu, made=made)
    files = {path: placed.found for path, placed in knowledge.placed.items()}
    brought = _brought(knowledge.site.assets, files)
    seen: set[str] = set()
    findings = [*faults]
    for page in _without(brought, renderer.pages()):
        renderer.render(page)
        if page.path in seen:
            findings.append(_twice(page.path))
        seen.add(page.path)
    _, clashes = _assets(knowledge.site.assets, files, seen)
    return [*findings, *clashes]


def _render_groups(
    run: Run,
    renderer: Renderer,
    groups: Sequence[Group],
    stage: Stage,
    before: Mapping[str, str],
    *,
    brought: Collection[str],
    busy: int | None,
) -> Iterator[bytes]:
    """Render and stage the pages of `groups` that are not `brought` or the same as `before`.

    Returns, once all are done, what became of the pages of each group: `_Made`s, encoded, which lie
    in a file until they are asked for.
    """

    def render_group(group: Group) -> tuple[_Made, ...]:
        renderer.turn_to(group.chapter)
        return tuple(_stage_pages(_without(brought, group.make()), renderer, stage, before))

    def work(together: Sequence[int]) -> bytes:
        try:
            all_made = [render_group(groups[number]) for number in together]
        except TemplateFault as fault:
            return encode(_Answer(broken=(fault.path, fault.line, fault.message)))
        return encode(_Answer(tuple(map(encode, all_made)), sum(map(len, all_made))))

    scratch = Scratch(run.memo.folder)
    found = [(0, 0)] * len(groups)
    places = _places(groups)
    jobs = run.options.jobs or cores()
    done = 0
    for number, data in spread(work, places, jobs, pays=_PAY, busy=busy):
        answer = decode(data, _Answer)
        if answer.broken is not None:
            raise TemplateFault(*answer.broken)
        for place, pages in zip(places[number], answer.made, strict=True):
            found[place] = scratch.append(pages)
        done += answer.pages
        run.hooks.progress("render", done, 0)
        if run.hooks.cancelled():
            raise Cancelled
    return starmap(scratch.read, found)


def _places(groups: Iterable[Group]) -> list[list[int]]:
    """Return the numbers of `groups` that are to be made one after the other.

    Those of no place come first: some go through all records, and would be waited for at the end.
    """
    alone: list[list[int]] = []
    found: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        if group.place:
            found.setdefault(group.place, []).append(number)
        else:
            alone.append([number])
    return [*alone, *found.values()]


def _stage_pages(
    pages: Iterable[Page], renderer: Renderer, stage: Stage, before: Mapping[str, str]
) -> Iterator[_Made]:
    """Stage `pages`, rendered where they are not as they were `before`.

    What is done to each page is done to some pages at once, step by step: processor and system are
    much quicker at what they have just done.
    """
    for some in _portions(pages, _of_handful, _HANDFUL):
        keys = [page_key(renderer, page) for page in some]
        kept = [
            stage.keep_known(page.path) if key and before.get(page.path) == key else None
            for page, key in zip(some, keys, strict=True)
        ]
        ready = (
            (page, key, staged, b"" if staged else renderer.render(page).data)
            for page, key, staged in zip(some, keys, kept, strict=True)
        )
        held = _portions(ready, lambda one: len(one[-1]), _HELD)
        for page, key, staged, data in chain.from_iterable(held):
            if staged is None:
                with contextlib.suppress(Taken):
                    staged = stage.put(page.path, data)
            yield _Made(page.path, key, staged, renderer.listed(page))


def _portions(items: Iterable[T], weight: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """Yield `items`, some at a time: as many as weigh `most` together, or reach above it."""
    some: list[T] = []
    weighed = 0
    for one in items:
        some.append(one)
        weighed += weight(one)
        if weighed >= most:
            yield some
            some, weighed = [], 0
    if some:
        yield some


def _of_handful(page: Page) -> int:
    """Return what a page weighs of `_HANDFUL`: all if it is text already: that may be large."""
    return _HANDFUL if isinstance(page.view, TextView) else 1


def _put_instead(path: str, pages: Iterable[Page], renderer: Renderer, stage: Stage) -> Staged:
    """Stage the first of `pages` with that path, instead of another that was staged for it."""
    page = next(page for page in pages if page.path == path)
    stage.discard(path)
    return stage.put(path, renderer.render(page).data)


def _twice(path: str, source: str = "") -> Finding:
    what = "a page and this file want" if source else "two pages want"
    return Finding(
        "KB301",
        source or path,
        f"{what} the file {path} of the site; the first is published",
        hint="Rename one of them, or give the note another slug.",
    )
