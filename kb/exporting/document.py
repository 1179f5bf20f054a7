"""The whole model as one JSON document, and back."""

from collections.abc import Iterator

from kb.exporting.material import Material
from kb.model.dump import Dump
from kb.model.output import Output
from kb.model.value import from_json, to_json


def to_document(material: Material) -> Iterator[Output]:
    """Yield `site.json`, which holds everything that the site knows."""
    yield Output("site.json", to_json(dump_of(material)) + b"\n")


def dump_of(material: Material) -> Dump:
    """Return `material` as one value."""
    site, settings = material.site, material.settings
    texts = {one.url: material.text_of_session(one) for one in site.sessions}
    texts |= {one.url: material.text_of_note(one) for one in site.notes}
    return Dump(
        "kb site",
        1,
        settings.title,
        settings.description,
        settings.author,
        settings.language,
        settings.base_url,
        site,
        {url: text for url, text in texts.items() if text},
    )


def read_document(data: bytes) -> Dump:
    """Return what `to_document` made `data` of; its records equal those of the site.

    Raises:
        ValueFault: `data` is no such document.
    """
    return from_json(data, Dump)
