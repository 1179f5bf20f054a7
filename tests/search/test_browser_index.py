import gzip
import json
import re
import time
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.model.output import Output
from kb.model.value import decode
from kb.search.browser_index import Memory, export, export_again
from kb.search.documents import Document
from tests.search.sample import many, sample_documents


def files(documents: Sequence[Document]) -> dict[str, bytes]:
    return {output.path: output.data for output in export(documents, "en")}


def test_all_lies_below_search_under_names_of_the_content() -> None:
    found = list(export(sample_documents(), "en"))
    assert len({output.path for output in found}) == len(found)
    named = re.compile(r"search/(index|(terms|places|words|rows)(-\d+)?-[0-9a-z]{4})\.bin")
    assert all(named.fullmatch(output.path) for output in found)


def test_the_same_documents_make_the_same_bytes_in_any_order() -> None:
    documents = many(200)
    assert list(export(documents, "en")) == list(export(documents[::-1], "en"))


def test_no_time_stands_in_a_file() -> None:
    first = files(sample_documents())
    time.sleep(1.1)
    assert files(sample_documents()) == first


def test_one_edit_changes_few_files() -> None:
    documents = list(many(1500))
    before = files(documents)
    documents[700] = msgspec.structs.replace(documents[700], title="A zeppelin, numbered 700")
    after = files(documents)
    changed = [path for path in after if before.get(path) != after[path]]
    assert len(before) > 60
    assert len(changed) < len(after) / 5


def test_a_new_note_at_the_end_changes_few_files() -> None:
    documents = list(many(1500))
    before = files(documents)
    late = Document("talk", "/talks/late/", "A late talk on knots", date="2031-01-01", year=2031)
    after = files([*documents, late])
    changed = [path for path in after if before.get(path) != after[path]]
    assert len(changed) < len(after) / 5


def test_files_stay_small() -> None:
    found = {path: data for path, data in files(many(1500)).items() if "/places-" not in path}
    assert max(map(len, found.values())) < 12_000


def entry(outputs: Sequence[Output]) -> dict[str, object]:
    (data,) = [output.data for output in outputs if output.path == "search/index.bin"]
    found = json.loads(gzip.decompress(data))
    assert isinstance(found, dict)
    return found


def test_the_entry_names_the_language_and_how_much_there_is() -> None:
    found = entry(list(export(sample_documents(), "de")))
    assert found["language"] == "de"
    assert found["size"] == len(sample_documents())


def test_examples_are_queries_of_this_site() -> None:
    examples = entry(list(export(sample_documents(), "en")))["examples"]
    assert examples == ["deep water", 'speaker:"Cora Straße"', "year:2018 has:recording"]


def test_an_empty_site_has_an_index_too() -> None:
    found = entry(list(export((), "en")))
    assert (found["size"], found["terms"]) == (0, [])


# Again, after a change


WORDS = st.sampled_from(["rope", "ropes", "roped", "zeppelin", "étude", "C++", "anchor1", "quay 9"])


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_exporting_again_gives_the_bytes_of_exporting_anew(data: st.DataObject) -> None:
    pool = [*many(150), *sample_documents()]
    documents = list(pool[:150])
    outputs, memory = export_again(documents, "en")
    assert list(outputs) == list(export(documents, "en"))
    for _ in range(4):
        for _ in range(data.draw(st.integers(0, 3))):
            number = data.draw(st.integers(0, len(documents) - 1))
            kind = data.draw(st.sampled_from(["title", "body", "topics", "remove", "add"]))
            text = data.draw(WORDS)
            one = documents[number]
            if kind == "remove":
                del documents[number]
            elif kind == "add":
                documents.append(data.draw(st.sampled_from(pool)))
            elif kind == "title":
                documents[number] = msgspec.structs.replace(one, title=f"{one.title} {text}")
            elif kind == "body":
                documents[number] = msgspec.structs.replace(one, body=(*one.body, text))
            else:
                documents[number] = msgspec.structs.replace(one, topic_names=(text,))
        outputs, memory = export_again(documents, "en", memory)
        assert list(outputs) == list(export(documents, "en"))


def test_a_small_change_makes_few_files_again() -> None:
    documents = list(many(1500))
    first, memory = export_again(documents, "en")
    documents[700] = msgspec.structs.replace(documents[700], title="A zeppelin")
    second, again = export_again(documents, "en", memory)
    assert {output.path for output in first} != {output.path for output in second}
    before, after = decode(memory, Memory), decode(again, Memory)
    same = sum(old in before.term_files for old in after.term_files)
    assert same > len(after.term_files) * 0.8


@pytest.mark.parametrize("before", [b"", b"\x00", b"not what was remembered", b"\x80"])
def test_what_cannot_be_remembered_is_made_anew(before: bytes) -> None:
    outputs, _ = export_again(sample_documents(), "en", before)
    assert list(outputs) == list(export(sample_documents(), "en"))


def test_another_language_is_made_anew() -> None:
    _, memory = export_again(sample_documents(), "en")
    outputs, _ = export_again(sample_documents(), "de", memory)
    assert list(outputs) == list(export(sample_documents(), "de"))
