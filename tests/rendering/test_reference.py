"""docs/theming.md names what templates may use, all of it and nothing else."""

import re

from kb.rendering.theme import Theme
from kb.rendering.views import VIEWS, SiteView
from tests.rendering import reference, sample

TEXT = reference.PAGE.read_text("utf-8")


def test_the_tables_of_views_are_those_of_the_code() -> None:
    assert reference.updated(TEXT) == TEXT, "run `python -m tests.rendering.reference`"


def test_every_template_filter_and_function_is_named() -> None:
    names = {f"`{name}`" for name in VIEWS}
    names |= {f"`{name}`" for name in Theme(sample.theme(), SiteView("S")).own_names()}
    assert {name for name in names if name not in TEXT} == set()


def test_the_variables_of_the_style_sheet_are_named() -> None:
    style = (sample.THEME / "static" / "style.css").read_text("utf-8")
    root = style[style.index(":root {") : style.index("}", style.index(":root {"))]
    variables = set(re.findall(r"^\s+(--[a-z-]+):", root, re.MULTILINE))
    assert variables
    assert {name for name in variables if f"`{name}`" not in TEXT} == set()
