"""A change of the browser's index has the bytes of an export anew, and touches little."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.search.browser_change import Forgotten, revise, unchanged, update
from kb.search.browser_index import FORMAT, Exported, export_anew
from kb.search.documents import Document, Key, key_of
from kb.search.memory_index import shared
from tests.search.sample import many, sample_documents


class Site:
    """Published files and what is remembered of them."""

    def __init__(self, documents: Sequence[Document], language: str = "en") -> None:
        self.files: dict[str, bytes] = {}
        self.memory: dict[str, bytes] = {}
        self.take(export_anew(documents, language))

    def take(self, exported: Exported) -> None:
        """Publish what came of an export."""
        for path, make in unchanged(exported, self.memory):
            assert self.files[path] == make()
        paths = [output.path for output in exported.outputs]
        assert len(paths) == len(set(paths))
        assert not {*paths} & {*exported.removed}
        for path in exported.removed:
            del self.files[path]
        self.files.update((output.path, output.data) for output in exported.outputs)
        for name, data in exported.memory.items():
            if data is None:
                self.memory.pop(name, None)
            else:
                self.memory[name] = data


def files(documents: Sequence[Document], language: str = "en") -> dict[str, bytes]:
    return {output.path: output.data for output in export_anew(documents, language).outputs}


WORDS = st.sampled_from(
    [
        "rope",
        "ropes",
        "roped",
        "zeppelin",
        "étude",
        "C++",
        "anchor1",
        "quay 9",
        "go",
        "goes",
        "灯台",
    ]
)
POOL = {key_of(one): one for one in (*many(150), *sample_documents())}
KINDS = st.sampled_from(["title", "body", "topics", "date", "remove", "add", "count"])


def edited(one: Document, kind: str, text: str) -> Document:
    if kind == "title":
        return msgspec.structs.replace(one, title=f"{one.title} {text}")
    if kind == "body":
        return msgspec.structs.replace(one, body=(*one.body, text))
    if kind == "topics":
        return msgspec.structs.replace(one, topic_names=(text,))
    if kind == "date":
        return msgspec.structs.replace(one, date=f"20{len(text):02}-02-03", year=2000 + len(text))
    return msgspec.structs.replace(one, count=one.count + 3)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_change_gives_the_bytes_of_exporting_anew(data: st.DataObject) -> None:
    documents = dict(list(POOL.items())[data.draw(st.integers(0, 40)) :])
    for name in data.draw(st.lists(st.sampled_from(sorted(documents)), max_size=3)):
        documents.pop(name, None)
    site = Site(list(documents.values()))
    assert site.files == files(list(documents.values()))
    for _ in range(5):
        changed: dict[Key, Document] = {}
        gone: list[Key] = []
        for _ in range(data.draw(st.integers(0, 4))):
            kind = data.draw(KINDS)
            if kind == "add":
                name = data.draw(st.sampled_from(sorted(POOL)))
                one = POOL[name]
            else:
                name = data.draw(st.sampled_from(sorted(documents)))
                one = edited(documents[name], kind, data.draw(WORDS))
            if kind == "remove" and len(documents) > 5:
                documents.pop(name)
                changed.pop(name, None)
                gone.append(name)
            else:
                documents[name] = changed[name] = one
        site.take(revise(list(changed.values()), gone, site.memory, "en"))
        assert site.files == files(list(documents.values()))


def random_large() -> Iterator[Document]:
    for number, one in enumerate(many(3000)):
        kind = ("talk", "speaker", "topic", "link")[number % 4]
        date = (
            "" if number % 7 == 0 else f"20{number % 23:02}-{number % 11 + 1:02}-0{number % 5 + 1}"
        )
        body = (*one.body, " ".join(f"word{number * step % 997}x" for step in range(1, 30)))
        yield msgspec.structs.replace(one, kind=kind, date=date, body=body, count=number % 50)


def test_many_changes_of_many_shards_give_the_bytes_of_exporting_anew() -> None:
    documents = {key_of(one): one for one in random_large()}
    site = Site(list(documents.values()))
    names = sorted(documents)
    for turn in range(12):
        changed = [
            edited(documents[name], ("body", "title", "date")[turn % 3], f"again{turn}")
            for name in names[turn::311]
        ]
        gone = names[turn + 100 :: 499]
        documents.update((key_of(one), one) for one in changed)
        for name in gone:
            documents.pop(name, None)
        names = sorted(documents)
        site.take(revise(changed, gone, site.memory, "en"))
        assert site.files == files(list(documents.values()))


class Counted(Mapping[str, bytes]):
    """Counts what is read."""

    def __init__(self, held: Mapping[str, bytes]) -> None:
        self.held = held
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> bytes:
        self.read.add(name)
        return self.held[name]

    def __contains__(self, name: object) -> bool:
        return name in self.held

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("gone through")

    def __len__(self) -> int:
        return len(self.held)


@pytest.mark.parametrize("kind", ["title", "date", "remove", "new"])
def test_a_small_change_reads_and_writes_little(kind: str) -> None:
    documents = list(random_large())
    site = Site(documents)
    memory = Counted(site.memory)
    one = documents[1700]
    gone = [key_of(one)] if kind == "remove" else []
    if kind == "new":
        one = Document("talk", "/talks/new/", "New anchor", date="2003-03-03", body=("ebb keel",))
    changed = [] if gone else [edited(one, kind, "zeppelin")]
    exported = revise(changed, gone, memory, "en")
    assert 0 < len(memory.read) < len(site.memory) / 4
    assert len(exported.outputs) < len(site.files) / 4
    assert len(exported.memory) < len(site.memory) / 4
    before = len(site.files)
    site.take(exported)
    assert abs(len(site.files) - before) < 20


def test_no_change_is_none() -> None:
    site = Site(sample_documents())
    assert revise(sample_documents(), ["talk /never/"], site.memory, "en") == Exported(())


def test_an_update_is_told_all_documents() -> None:
    documents = list(many(200))
    site = Site(documents)
    documents[7] = edited(documents[7], "title", "zeppelin")
    del documents[9]
    site.take(update(documents, site.memory, "en"))
    assert site.files == files(documents)


@pytest.mark.parametrize(
    "spoil", ["nothing", "no head", "garbage", "another version", "one is missing", "all"]
)
def test_what_is_not_remembered_is_exported_anew(spoil: str) -> None:
    documents = list(many(60))
    site = Site(documents)
    memory = dict(site.memory)
    if spoil == "nothing":
        memory.clear()
    elif spoil == "no head":
        del memory["head"]
    elif spoil == "garbage":
        memory["head"] = b"\xc1"
    elif spoil == "another version":
        here = b"format" + bytes((FORMAT,))
        assert here in memory["head"]
        memory["head"] = memory["head"].replace(here, b"format\x01")
    elif spoil == "one is missing":
        del memory[min(name for name in memory if name.startswith("documents/"))]
    else:
        memory = dict.fromkeys(memory, b"x")
    documents[3] = edited(documents[3], "title", "zeppelin")
    exported = update(documents, memory, "en")
    assert {output.path: output.data for output in exported.outputs} == files(documents)
    if spoil != "one is missing":
        with pytest.raises(Forgotten):
            revise(documents[3:4], [], memory, "en")


def test_another_language_is_exported_anew() -> None:
    site = Site(sample_documents())
    known = shared(sample_documents)
    exported = update(sample_documents(), site.memory, "de", known)
    assert known() is known()
    assert {one.path: one.data for one in exported.outputs} == files(sample_documents(), "de")


def test_from_nothing_to_something_and_back() -> None:
    site = Site(())
    assert site.files == files(())
    site.take(revise(many(3), [], site.memory, "en"))
    assert site.files == files(many(3))
    site.take(revise([], [key_of(one) for one in many(3)], site.memory, "en"))
    assert site.files == files(())
