import gzip
import json
import re
import time
from collections.abc import Sequence

import msgspec

from kb.model.output import Output
from kb.search.browser_index import export_anew
from kb.search.documents import Document
from tests.search.sample import many, sample_documents


def files(documents: Sequence[Document]) -> dict[str, bytes]:
    return {output.path: output.data for output in export_anew(documents, "en").outputs}


def test_all_lies_below_search_under_names_of_the_content() -> None:
    found = export_anew(sample_documents(), "en").outputs
    assert len({output.path for output in found}) == len(found)
    named = re.compile(
        r"search/(index|(terms|places|words|rows|names)(-[0-9a-z_]+)?-[0-9a-z]{4})\.bin"
    )
    assert all(named.fullmatch(output.path) for output in found)


def test_the_same_documents_make_the_same_bytes_in_any_order() -> None:
    documents = many(200)
    assert export_anew(documents, "en").outputs == export_anew(documents[::-1], "en").outputs


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
    found = entry(export_anew(sample_documents(), "de").outputs)
    assert found["language"] == "de"
    assert found["size"] == len(sample_documents())


def test_examples_are_queries_of_this_site() -> None:
    examples = entry(export_anew(sample_documents(), "en").outputs)["examples"]
    assert examples == ["deep water", 'speaker:"Cora Straße"', "year:2018 has:recording"]


def test_an_empty_site_has_an_index_too() -> None:
    found = entry(export_anew((), "en").outputs)
    assert (found["size"], found["starts"]) == (0, "")
