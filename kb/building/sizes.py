"""Pictures in the smaller sizes that pages ask for, made in workers and known by content.

What was made of which picture is kept in the memo by digest, and the published files are compared
with it: a build in which no picture changed decodes none.
"""

from collections.abc import Iterator, Mapping, Sequence

from kb.building.files import FileFault, Found, read_file
from kb.building.learning import LARGEST_PICTURE, Run
from kb.building.options import Cancelled
from kb.building.publish import Stage, Staged
from kb.building.workers import cores, spread
from kb.model.site import smaller_sizes
from kb.model.value import Value, decode, digest, encode
from kb.reading.privacy import stripped

_MEMO = "sizes"


class Sized(Value, frozen=True):
    """A picture to be published in smaller sizes."""

    path: str
    """Where it is published."""
    found: Found
    digest: str
    """SHA-256 of the file."""
    width: int


class _Known(Value, frozen=True):
    """What the memo keeps."""

    encoder: str
    made: Mapping[str, tuple[str, ...]]
    """Digest and widths of a picture → digests of its smaller sizes, as staged."""


def stage_sizes(run: Run, pictures: Sequence[Sized], stage: Stage) -> Iterator[Staged]:
    """Stage the smaller sizes of `pictures`.

    Raises:
        FileFault: the disk refused.
        Cancelled: the caller gave the build up.
    """
    from kb.reading.images import ENCODER, smaller  # noqa: PLC0415

    known = _known(run, ENCODER)
    made: dict[str, tuple[str, ...]] = {}
    missing: list[Sized] = []
    for picture in pictures:
        kept = _kept(picture, known.get(_key(picture), ()), stage)
        if kept:
            made[_key(picture)] = tuple(one.digest for one in kept)
            yield from kept
        else:
            missing.append(picture)

    def work(picture: Sized) -> bytes:
        try:
            data = read_file(run.project.root, picture.found.name, LARGEST_PICTURE)
        except FileFault:
            return encode(())  # staging the picture itself tells of it
        names = smaller_sizes(picture.path, picture.width)
        shown = smaller(data, [width for width, _ in names])
        if not shown:
            # A browser may make something of it: it tells by the bytes what a picture is.
            shown = (stripped(data),) * len(names)
        pairs = zip(names, shown, strict=True)
        return encode(tuple(stage.put(name, one) for (_, name), one in pairs))

    answers = spread(work, missing, run.options.jobs or cores(), pays=2)
    for done, (place, data) in enumerate(answers, start=1):
        run.hooks.progress("pictures", done, len(missing))
        if run.hooks.cancelled():
            raise Cancelled
        staged = decode(data, tuple[Staged, ...])
        if staged and all(one.digest for one in staged):
            made[_key(missing[place])] = tuple(one.digest for one in staged)
        yield from staged
    if made != known:
        run.memo.put(_MEMO, encode(_Known(ENCODER, dict(sorted(made.items())))))


def _key(picture: Sized) -> str:
    names = smaller_sizes(picture.path, picture.width)
    return digest(picture.digest, [width for width, _ in names])


def _kept(picture: Sized, digests: Sequence[str], stage: Stage) -> list[Staged]:
    names = smaller_sizes(picture.path, picture.width)
    if len(digests) != len(names):
        return []
    kept = [stage.keep(name, known) for (_, name), known in zip(names, digests, strict=True)]
    found = [one for one in kept if one is not None]
    return found if len(found) == len(names) else []


def _known(run: Run, encoder: str) -> Mapping[str, tuple[str, ...]]:
    known = None if run.options.full else run.memo.value(_MEMO, _Known)
    return known.made if known is not None and known.encoder == encoder else {}
