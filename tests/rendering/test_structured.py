"""JSON-LD: only terms that schema.org gives to each type."""

import json
from typing import Any

import pytest

from kb.rendering.site import render_site
from tests.rendering import sample
from tests.rendering.test_site import Reader

THING = {"@type", "name", "description", "url", "sameAs", "alternateName"}
TERMS = {
    "Event": THING
    | {"startDate", "endDate", "location", "performer", "superEvent", "keywords", "recordedIn"},
    "Place": THING,
    "Person": THING | {"affiliation"},
    "Organization": THING,
    "VideoObject": THING,
    "WebSite": THING | {"inLanguage"},
    "Article": THING | {"headline", "datePublished", "dateModified", "author", "inLanguage"},
    "BreadcrumbList": THING | {"itemListElement"},
    "ListItem": THING | {"position", "item"},
}
"""From https://schema.org/docs/full.html, release 30.0: what kb uses of it."""


def things(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [thing for one in value for thing in things(one)]
    if isinstance(value, dict):
        own = [value] if "@type" in value else []
        return own + [thing for one in value.values() for thing in things(one)]
    return []


@pytest.fixture(scope="module")
def graphs() -> dict[str, list[dict[str, Any]]]:
    settings = sample.settings(base_url="https://notes.example/kb/")
    outputs = render_site(sample.site(), sample.notes(), settings, sample.theme())
    found: dict[str, list[dict[str, Any]]] = {}
    for output in outputs:
        if output.path.endswith(".html"):
            for text in Reader(output.data).json:
                document = json.loads(text)
                assert document["@context"] == "https://schema.org"
                found[output.path] = things(document)
    return found


def test_only_terms_of_the_vocabulary_are_used(graphs: dict[str, list[dict[str, Any]]]) -> None:
    for path, found in graphs.items():
        for thing in found:
            assert set(thing) <= TERMS[thing["@type"]], path
            assert all(value not in ("", [], None) for value in thing.values()), path


def test_every_kind_of_page_says_what_it_is(graphs: dict[str, list[dict[str, Any]]]) -> None:
    def types(path: str) -> set[str]:
        return {thing["@type"] for thing in graphs[path]}

    assert "WebSite" in types("index.html")
    talk = types("talks/harbour-2017/fast-boats/index.html")
    assert {"Event", "VideoObject", "Person", "BreadcrumbList"} <= talk
    assert {"Event", "Place"} <= types("events/harbour-2017/index.html")
    assert "Person" in types("speakers/ada/index.html")
    assert "Article" in types("notes/harbour-days/index.html")


def test_breadcrumbs_count_from_one(graphs: dict[str, list[dict[str, Any]]]) -> None:
    for found in graphs.values():
        for thing in found:
            if thing["@type"] == "BreadcrumbList":
                positions = [one["position"] for one in thing["itemListElement"]]
                assert positions == list(range(1, len(positions) + 1))
