"""A small change of the browser's index, from what is remembered of it: few entries, few files."""

import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import partial
from typing import TypeVar

from kb.model.output import Output
from kb.model.value import Value, ValueFault, decode, encode, replace
from kb.search.browser_index import (
    FORMAT,
    HEAD,
    MANY,
    NO_FILE,
    SHARD_BYTES,
    Exported,
    Head,
    Held,
    Shard,
    Tops,
    bucket_name,
    entry_files,
    export_anew,
    export_of,
    key_bucket,
    key_stores,
    keys_name,
    list_name,
    month_name,
    paths_of,
    read_head,
    row_bits,
    row_file,
    row_path,
    row_size,
    shard_name,
    shard_of,
    shard_paths,
    top_of,
    tops_of,
    word_file,
    word_path,
)
from kb.search.documents import Document, Key, key_of
from kb.search.memory_index import MemoryIndex, Postings, is_word
from kb.search.numbering import (
    GROUPS_OF_MONTH,
    SLOT_BITS,
    bucket_of,
    group_of,
    slots,
    spot_of,
)
from kb.search.postings import Collection, Posting, postings
from kb.search.shards import (
    Part,
    between,
    cut_places,
    groups,
    list_of,
    packed,
    rarely,
    with_posting,
    written,
)
from kb.search.shards import (
    head as head_of,
)

T = TypeVar("T")

ANEW_SHARE = 12
"""Where more than one in so many documents changed, all is exported anew: that is faster."""


class Forgotten(Exception):
    """What is remembered is not there, not whole, or of another version: export anew."""


class _TooMuch(Exception):
    """The change reaches everywhere: all is to be exported anew."""


def revise(
    changed: Sequence[Document],
    gone: Iterable[Key],
    memory: Mapping[str, bytes],
    site_language: str,
) -> Exported:
    """Return what an export becomes by `changed` documents, new ones among them, and `gone` ones.

    The files have the bytes that `export_anew` would give them.

    Args:
        changed: documents as they are now.
        gone: keys of documents that are no more; unknown ones are passed over.
        memory: what was to be remembered of the export before.
        site_language: as for `export_anew`.

    Raises:
        Forgotten: nothing can be made of `memory`.
    """
    try:
        head = read_head(memory)
        if (head.format, head.language) != (FORMAT, site_language):
            raise Forgotten
        wanted: dict[Key, Document | None] = dict.fromkeys(gone)
        wanted.update((key_of(document), document) for document in changed)
        try:
            return _Change(head, memory, wanted).exported()
        except _TooMuch:
            return _anew(head, memory, wanted)
    except (KeyError, ValueFault) as fault:
        raise Forgotten from fault


def update(
    documents: Sequence[Document],
    memory: Mapping[str, bytes],
    site_language: str,
    known: Postings | None = None,
    *,
    anew: Callable[[], MutableMapping[str, bytes]] = dict,
) -> Exported:
    """Return what an export becomes when it is to be of exactly `documents`, as `revise` does.

    Whatever `memory` is, something comes of it: if need be, all is exported anew, from `known`
    postings of `documents` where they are made already, and what is to be remembered is put into
    what `anew` returns.
    """
    try:
        there = {key_of(one): one for one in _remembered(read_head(memory), memory)}
        wanted = {key_of(document): document for document in documents}
        changed = [document for key, document in wanted.items() if there.get(key) != document]
        return revise(changed, there.keys() - wanted.keys(), memory, site_language)
    except (KeyError, ValueFault, Forgotten):
        index = known() if known is not None else MemoryIndex(documents)
        return _over(export_of(index, site_language, anew()), memory)


def unchanged(
    exported: Exported, memory: Mapping[str, bytes]
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the paths of all files that are as before, each with what makes its bytes.

    Args:
        exported: what came of `revise` or `update`.
        memory: what these were given.
    """
    held = _Desk(memory, exported.memory)
    head = held.get(HEAD, Head)
    made = {output.path for output in exported.outputs}

    def shard_data(shard: Shard, place: int) -> bytes:
        here = held.get(shard_name(shard.first), Held)
        return packed(written(here.terms, here.parts)[place])

    def list_data(name: str) -> bytes:
        return word_file(name, held.get(list_name(name), dict[str, int]))[1].data

    def row_data(bucket: int) -> bytes:
        _, (output,) = row_file(bucket, held.get(bucket_name(bucket), dict[str, Document]))
        return output.data

    found: list[tuple[str, Callable[[], bytes]]] = [
        (path, partial(shard_data, shard, place))
        for shard in head.shards
        for place, path in enumerate(shard_paths(shard))
    ]
    found += [
        (word_path(name, digest), partial(list_data, name)) for name, digest in head.words.items()
    ]
    found += [
        (row_path(bucket, digest), partial(row_data, bucket))
        for bucket, digest in enumerate(head.rows)
        if digest != NO_FILE
    ]
    found += [(output.path, partial(_same, output.data)) for output in entry_files(head)]
    yield from ((path, data) for path, data in found if path not in made)


def _same(data: bytes) -> bytes:
    return data


def _remembered(head: Head, memory: Mapping[str, bytes]) -> Iterator[Document]:
    for bucket in range(len(head.rows)):
        yield from decode(memory[bucket_name(bucket)], dict[str, Document]).values()


def _over(new: Exported, memory: Mapping[str, bytes]) -> Exported:
    """Return `new` with whatever else is in `memory` forgotten."""
    others = [name for name in memory if name not in new.memory]
    if not others:
        return new
    return replace(new, memory={**dict.fromkeys(others), **new.memory})


def _anew(
    head: Head, memory: Mapping[str, bytes], wanted: Mapping[Key, Document | None]
) -> Exported:
    """Export everything, from the documents that are remembered and the `wanted` ones."""
    kept = [one for one in _remembered(head, memory) if key_of(one) not in wanted]
    new = export_anew([*kept, *filter(None, wanted.values())], head.language)
    paths = {output.path for output in new.outputs}
    before = (*paths_of(head), *(output.path for output in entry_files(head)))
    gone = tuple(sorted(path for path in before if path not in paths))
    return replace(_over(new, memory), removed=gone)


class _Desk:
    """What is remembered, read when it is needed, and what is to be remembered instead."""

    def __init__(self, memory: Mapping[str, bytes], above: Mapping[str, bytes | None] = {}) -> None:
        """Read `memory`, but for what stands `above` it."""
        self._memory = memory
        self._above = above
        self._read: dict[str, object] = {}
        self.changes: dict[str, bytes | None] = {}

    def get(self, name: str, kind: type[T]) -> T:
        """Return what is remembered under `name`, which has to be there; always the same object."""
        found = self._read.get(name)
        if found is None:
            data = self._above.get(name) or self._memory[name]
            found = self._read[name] = decode(data, kind)
        return found  # type: ignore[return-value]

    def find(self, name: str, kind: type[T], other: T) -> T:
        """Return what is remembered under `name`, or `other` in its place."""
        if name not in self._read and name not in self._memory:
            self._read[name] = other
        return self.get(name, kind)

    def put(self, name: str, value: object) -> None:
        """Remember `value` from now on."""
        self.changes[name] = encode(value)

    def forget(self, name: str) -> None:
        """Remember nothing under `name` any more."""
        self.changes[name] = None


class _Moved(Value, frozen=True):
    """A document before and after."""

    before: tuple[int, Document] | None
    after: tuple[int, Document] | None


class _Change:
    """One change of an export."""

    def __init__(
        self, head: Head, memory: Mapping[str, bytes], wanted: Mapping[Key, Document | None]
    ) -> None:
        self.head = head
        self.desk = _Desk(memory)
        self.bits = head.bits
        self.stores = key_stores(head.bits)
        self.moved = self._moved(wanted)
        self.outputs: list[Output] = []
        self.gone: list[str] = []

    def exported(self) -> Exported:
        """Return what comes of it."""
        if not self.moved:
            return Exported(())
        head, known = self._sums()
        counts, room = self._terms(known)
        head = room.shards(head)
        words = self._words(counts)
        rows = self._rows()
        head = replace(head, words=words, rows=rows)
        made = {output.path: output for output in (*room.outputs, *self.outputs)}
        gone = {*room.gone, *self.gone}
        entries = {one.path: one for one in entry_files(self.head)}
        for one in entry_files(head):
            if entries.pop(one.path, None) != one:
                made[one.path] = one
        gone.update(entries)
        self.desk.put(HEAD, head)
        # Of a file that is as it was, both its coming and its going were noted.
        same = made.keys() & gone
        outputs = tuple(one for path, one in sorted(made.items()) if path not in same)
        return Exported(outputs, tuple(sorted(gone - same)), self.desk.changes)

    # Documents and their numbers

    def _number(self, key: Key) -> int | None:
        return self.desk.get(keys_name(key_bucket(key, self.stores)), dict[str, int]).get(key)

    def _document(self, number: int) -> Document:
        bucket = self.desk.get(bucket_name(bucket_of(number, self.bits)), dict[str, Document])
        return bucket[str(number)]

    def _moved(self, wanted: Mapping[Key, Document | None]) -> dict[Key, _Moved]:
        """Return what becomes of all documents that change, or get another number by it."""
        before: dict[Key, tuple[int, Document]] = {}
        after: dict[Key, Document] = {}
        members: dict[int, set[Key]] = {}
        olds: dict[int, dict[Key, int]] = {}

        def opened(group: int) -> set[Key]:
            if group not in members:
                keys = self._keys_of(group)
                members[group] = set(keys)
                olds[group] = _numbers(group, keys)
            return members[group]

        for key, document in wanted.items():
            number = self._number(key)
            if number is not None:
                before[key] = number, self._document(number)
                if before[key][1] == document:
                    del before[key]
                    continue
                opened(number >> SLOT_BITS).discard(key)
            if document is not None:
                opened(group_of(document.kind, document.date)).add(key)
                after[key] = document
        moved = {key: _Moved(before.get(key), None) for key in before if key not in after}
        for group, keys in members.items():
            ordered = sorted(keys, key=lambda key: (spot_of(key), key))
            for key, number in _numbers(group, ordered).items():
                if key in after:
                    moved[key] = _Moved(before.get(key), (number, after[key]))
                elif (old := olds[group].get(key)) != number and old is not None:
                    here = self._document(old)
                    moved[key] = _Moved((old, here), (number, here))
            self._keep_keys(group, ordered)
        if len(moved) * ANEW_SHARE > max(self.head.size, ANEW_SHARE):
            raise _TooMuch
        return moved

    def _month(self, group: int) -> dict[str, tuple[Key, ...]]:
        name = month_name(group // GROUPS_OF_MONTH)
        return self.desk.find(name, dict[str, tuple[Key, ...]], {})

    def _keys_of(self, group: int) -> tuple[Key, ...]:
        return self._month(group).get(str(group), ())

    def _keep_keys(self, group: int, keys: Sequence[Key]) -> None:
        month = self._month(group)
        month[str(group)] = tuple(keys)
        if not keys:
            del month[str(group)]
        self.desk.put(month_name(group // GROUPS_OF_MONTH), month)

    # Sums over all documents

    def _sums(self) -> tuple[Head, Collection]:
        """Return the head with other sums, and what postings depend on.

        Raises:
            _TooMuch: a sum has moved so far that everything depends on it.
        """
        before = [one.before for one in self.moved.values() if one.before is not None]
        after = [one.after for one in self.moved.values() if one.after is not None]
        head = self.head
        size = head.size + len(after) - len(before)
        measure = head.measure.with_changes((one for _, one in after), (one for _, one in before))
        row_bytes = head.row_bytes
        row_bytes += sum(row_size(one) for _, one in after) - sum(
            row_size(one) for _, one in before
        )
        if (
            not head.shards
            or measure.collection != head.measure.collection
            or (size >= MANY) != (head.size >= MANY)
            or row_bits(row_bytes, many=size >= MANY) != self.bits
        ):
            raise _TooMuch
        return (
            replace(
                head,
                size=size,
                measure=measure,
                row_bytes=row_bytes,
                tops=_tops(head.tops, before, after),
                years=_years(head.years, before, after),
            ),
            measure.collection,
        )

    # Terms

    def _differences(self, known: Collection) -> dict[str, dict[int, Posting | None]]:
        """Return the changed postings of each term; None where there is none any more."""
        olds: dict[int, dict[str, Posting]] = {}
        news: dict[int, dict[str, Posting]] = {}
        for one in self.moved.values():
            if one.before is not None:
                olds[one.before[0]] = postings(one.before[1], known)
            if one.after is not None:
                news[one.after[0]] = postings(one.after[1], known)
        changes: dict[str, dict[int, Posting | None]] = {}
        for number in sorted(olds.keys() | news.keys()):
            old, new = olds.get(number, {}), news.get(number, {})
            for term in old.keys() | new.keys():
                if old.get(term) != new.get(term):
                    changes.setdefault(term, {})[number] = new.get(term)
        return changes

    def _terms(self, known: Collection) -> tuple[dict[str, int], "_Room"]:
        """Return the changed counts of terms, and the shards with what changed."""
        changes = self._differences(known)
        room = _Room(self.head.shards, self.desk)
        counts: dict[str, int] = {}
        for term, found in sorted(changes.items()):
            held = room.part(term)
            part = held or Part()
            for number, posting in found.items():
                part = with_posting(part, number, posting)
            if part.count:
                room.put(term, part)
            else:
                room.drop(term)
            if part.count != (held.count if held else 0):
                counts[term] = part.count
        return counts, room

    # Words

    def _words(self, counts: Mapping[str, int]) -> dict[str, str]:
        """Return the digests of all lists of words."""
        digests = dict(self.head.words)
        touched: dict[str, dict[str, int]] = {}
        for term, count in counts.items():
            if not is_word(term):
                continue
            name = list_of(term)
            found = touched.get(name)
            if found is None:
                found = touched[name] = self.desk.find(list_name(name), dict[str, int], {})
            found[term] = count
            if not count:
                del found[term]
        for name, found in sorted(touched.items()):
            if name in digests:
                self.gone.append(word_path(name, digests.pop(name)))
            if found:
                digests[name], output = word_file(name, found)
                self.outputs.append(output)
                self.desk.put(list_name(name), found)
            else:
                self.desk.forget(list_name(name))
        return dict(sorted(digests.items()))

    # Rows

    def _rows(self) -> tuple[str, ...]:
        """Return the digests of all buckets."""
        touched: dict[int, dict[str, Document]] = {}
        stores: dict[int, dict[str, int]] = {}

        def bucket(number: int) -> dict[str, Document]:
            place = bucket_of(number, self.bits)
            touched[place] = self.desk.get(bucket_name(place), dict[str, Document])
            return touched[place]

        for key, one in self.moved.items():
            if one.before is not None:
                bucket(one.before[0]).pop(str(one.before[0]))
            place = key_bucket(key, self.stores)
            stores[place] = self.desk.get(keys_name(place), dict[str, int])
            stores[place].pop(key, None)
        for key, one in self.moved.items():
            if one.after is not None:
                number, document = one.after
                bucket(number)[str(number)] = document
                stores[key_bucket(key, self.stores)][key] = number
        for place, numbers in sorted(stores.items()):
            self.desk.put(keys_name(place), numbers)
        rows = list(self.head.rows)
        for place, documents in sorted(touched.items()):
            self.desk.put(bucket_name(place), documents)
            if rows[place] != NO_FILE:
                self.gone.append(row_path(place, rows[place]))
            rows[place], made = row_file(place, documents)
            self.outputs += made
        return tuple(rows)


class _Room:
    """The shards of terms while they change."""

    def __init__(self, shards: Sequence[Shard], desk: _Desk) -> None:
        self._shards = shards
        self._firsts = [shard.first for shard in shards]
        self._desk = desk
        self._open: dict[int, dict[str, Part]] = {}
        self._changed: dict[int, set[str]] = {}
        """Terms of which something else is held, by place."""
        self._resized: set[int] = set()
        """Places where a term has come or gone, or takes more or less."""
        self._replaced: set[int] = set()
        self.outputs: list[Output] = []
        self.gone: list[str] = []

    def _place(self, term: str) -> int:
        return max(0, bisect.bisect_right(self._firsts, term) - 1)

    def _parts(self, place: int) -> dict[str, Part]:
        if place not in self._open:
            held = self._desk.get(shard_name(self._firsts[place]), Held)
            self._open[place] = dict(zip(held.terms, held.parts, strict=True))
        return self._open[place]

    def part(self, term: str) -> Part | None:
        """Return what is held of `term`, if anything."""
        return self._parts(self._place(term)).get(term)

    def put(self, term: str, part: Part) -> None:
        """Hold `part` of `term` from now on."""
        place = self._place(term)
        parts = self._parts(place)
        if term not in parts or parts[term].count != part.count:
            self._resized.add(place)
        self._changed.setdefault(place, set()).add(term)
        parts[term] = part

    def drop(self, term: str) -> None:
        """Hold nothing of `term` any more."""
        place = self._place(term)
        if self._parts(place).pop(term, None) is not None:
            self._resized.add(place)
            self._changed.setdefault(place, set()).add(term)

    def shards(self, head: Head) -> Head:
        """Return `head` with all shards; note which files come and go.

        Raises:
            _TooMuch: all shards would be cut otherwise.
        """
        usual = SHARD_BYTES[head.size >= MANY]
        count, size = self._sums(head)
        every = rarely(size, count, usual)
        if not count or every != rarely(head.group_bytes, head.groups, usual):
            raise _TooMuch
        result: list[Shard] = []
        place = 0
        while place < len(self._shards):
            if place in self._resized or place + 1 in self._resized:
                place = self._cut(place, every, usual, result)
                continue
            moved = result and result[-1].last != self._shards[place - 1].last
            if moved or place in self._changed:
                self._make(*self._all(place), result)
            else:
                result.append(self._shards[place])
            place += 1
        kept = {shard.first for shard in result}
        for shard in self._shards:
            if shard.first not in kept:
                self._desk.forget(shard_name(shard.first))
        paths = {path for shard in result for path in shard_paths(shard)}
        self.gone += (
            path
            for place in self._replaced
            for path in shard_paths(self._shards[place])
            if path not in paths
        )
        return replace(head, shards=tuple(result), groups=count, group_bytes=size)

    def _sums(self, head: Head) -> tuple[int, int]:
        """Return how many groups of terms there are now, and their bytes."""
        count, size = head.groups, head.group_bytes
        for place in sorted(self._resized):
            held = self._held(place)
            for sign, (terms, parts) in ((-1, (held.terms, held.parts)), (1, self._all(place))):
                _, sizes = groups(terms, [part.count for part in parts])
                count += sign * len(sizes)
                size += sign * sum(sizes)
            terms, _ = self._all(place)
            if terms and place + 1 < len(self._shards):
                following, _ = self._all(place + 1)
                # What came to the end of this shard may be of the group that the next begins with.
                count -= bool(following) and head_of(terms[-1]) == head_of(following[0])
        return count, size

    def _cut(self, place: int, every: int, usual: int, result: list[Shard]) -> int:
        """Cut anew from the shard at `place` on, whose start stays, to where all is as it was.

        Returns the place of the first shard that stays.
        """
        after = place
        while True:
            after += 1
            if after in self._resized or after + 1 in self._resized:
                continue
            terms: list[str] = []
            parts: list[Part] = []
            end = 0
            for at in range(place, min(after + 1, len(self._shards))):
                if at == after:
                    end = len(terms)
                here = self._all(at)
                terms += here[0]
                parts += here[1]
            starts, sizes = groups(terms, [part.count for part in parts])
            cuts = [*cut_places(terms, starts, sizes, every, usual), len(terms)]
            if after >= len(self._shards):
                end = len(terms)
            if end in cuts:
                break
        begin = 0
        for stop in cuts:
            if begin < stop <= end:
                self._make(terms[begin:stop], parts[begin:stop], result)
                begin = stop
        self._replaced.update(range(place, min(after, len(self._shards))))
        return after

    def _make(self, terms: list[str], parts: list[Part], result: list[Shard]) -> None:
        """Add a shard to `result`: one that was, if it is the same."""
        before = result[-1].last if result else ""
        old = self._place(terms[0])
        was = self._shards[old] if self._firsts[old] == terms[0] else None
        if was is not None:
            self._replaced.add(old)
            same = old not in self._changed and terms == list(self._held(old).terms)
            if same and between(before, was.first) == was.start:
                result.append(was)
                return
        held = Held(tuple(terms), tuple(parts))
        shard, contents = shard_of(held, before)
        self._desk.put(shard_name(shard.first), held)
        known = shard_paths(was) if was is not None else ()
        for path, data in zip(shard_paths(shard), contents, strict=True):
            if path not in known:
                self.outputs.append(Output(path, packed(data)))
        result.append(shard)

    def _held(self, place: int) -> Held:
        return self._desk.get(shard_name(self._firsts[place]), Held)

    def _all(self, place: int) -> tuple[list[str], list[Part]]:
        """Return the terms of a shard, sorted, and what is held of them."""
        if place not in self._changed:
            held = self._held(place)
            return list(held.terms), list(held.parts)
        here = self._parts(place)
        terms = sorted(here)
        return terms, [here[term] for term in terms]


def _numbers(group: int, keys: Sequence[Key]) -> dict[Key, int]:
    """Return the numbers of all documents of a group, by their keys in order."""
    return {
        key: group << SLOT_BITS | slot
        for key, slot in zip(keys, slots([spot_of(key) for key in keys]), strict=True)
    }


def _tops(
    tops: Mapping[str, Tops],
    before: Iterable[tuple[int, Document]],
    after: Iterable[tuple[int, Document]],
) -> dict[str, Tops]:
    """Return `tops` without the documents `before` and with those `after`.

    Raises:
        _TooMuch: none is left of which it is known that no other is better.
    """
    found = {kind: list(one.best) for kind, one in tops.items()}
    for number, document in before:
        if (top := top_of(number, document)) is not None and top[1] in found[top[0]]:
            found[top[0]].remove(top[1])
    for number, document in after:
        if (top := top_of(number, document)) is not None:
            found.setdefault(top[0], []).append(top[1])
    result: dict[str, Tops] = {}
    for kind, best in found.items():
        result[kind] = tops_of(best, tops[kind].others if kind in tops else None)
        if not result[kind].best and result[kind].others is not None:
            raise _TooMuch
    return result


def _years(
    years: Mapping[str, int],
    before: Iterable[tuple[int, Document]],
    after: Iterable[tuple[int, Document]],
) -> dict[str, int]:
    """Return `years` without the talks of `before` and with those of `after`."""
    found = dict(years)
    for sign, documents in ((-1, before), (1, after)):
        for _, document in documents:
            if document.kind == "talk" and document.year:
                year = str(document.year)
                found[year] = found.get(year, 0) + sign
    return {year: count for year, count in found.items() if count}
