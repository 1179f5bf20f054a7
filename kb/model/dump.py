"""The whole model in one document: what `kb export json` writes, and what reads it back."""

from collections.abc import Mapping
from typing import Literal

from kb.model.site import Site
from kb.model.value import Value


class Dump(Value, frozen=True):
    """A site's records and words. `data/schema.json` of a published site tells its JSON Schema."""

    format: Literal["kb site"]
    version: Literal[1]
    """Raised when a reader of the one before would misread it."""
    title: str
    """Of the site; so are `description`, `author`, `language` and `base_url`."""
    description: str
    author: str
    language: str
    base_url: str
    site: Site
    """Every record. Fields that have their default are left out."""
    texts: Mapping[str, str]
    """URL of a session or note → its words, without markup."""
