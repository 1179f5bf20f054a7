"""What tests of exports are made of: the small awkward site of rendering's tests."""

from kb.exporting.material import Material
from tests.rendering import sample


def material(**changes: object) -> Material:
    """Return the sample site; `changes` are settings."""
    return Material(sample.site(), sample.notes(), sample.settings(**changes))
