"""The JSON document: it has the shape of its schema, and reads back as the same model."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from kb.exporting.document import dump_of, read_document, to_document
from kb.model.dump import Dump
from kb.model.value import ValueFault, json_schema, to_json
from tests.exporting.material import material
from tests.exporting.schema import faults
from tests.exporting.values import values
from tests.rendering import sample


def test_the_document_reads_back_as_the_same_model() -> None:
    (file,) = to_document(material())
    read = read_document(file.data)
    assert read.site == sample.site()
    assert read == dump_of(material())
    assert read.title == sample.settings().title


def test_the_document_holds_the_words_of_sessions_and_notes() -> None:
    read = dump_of(material())
    site = sample.site()
    urls = {one.url for one in site.sessions} | {one.url for one in site.notes}
    assert set(read.texts) <= urls
    note = read.texts[site.notes[0].url]
    assert all(leaf.text.strip() in note for block in sample.blocks() for leaf in block.walk())
    told = [text for url, text in read.texts.items() if url != site.notes[0].url]
    assert told
    assert all(line in note for text in told for line in text.splitlines())


def test_the_document_keeps_to_its_schema() -> None:
    (file,) = to_document(material())
    schema = json.loads(to_json(json_schema(Dump)))
    assert list(faults(json.loads(file.data), schema, schema)) == []


@pytest.mark.parametrize(
    ("key", "value"), [("version", 2), ("site", []), ("title", None), ("texts", {"/": 1})]
)
def test_another_shape_is_noticed(key: str, value: Any) -> None:
    (file,) = to_document(material())
    data = {**json.loads(file.data), key: value}
    schema = json.loads(to_json(json_schema(Dump)))
    assert list(faults(data, schema, schema))
    with pytest.raises(ValueFault):
        read_document(json.dumps(data).encode())


@settings(max_examples=40, deadline=None)
@given(dump=values(Dump))
def test_any_model_comes_back(dump: Dump) -> None:
    data = to_json(dump)
    assert read_document(data) == dump
    schema = json.loads(to_json(json_schema(Dump)))
    assert list(faults(json.loads(data), schema, schema)) == []
