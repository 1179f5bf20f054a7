"""What is published of the scripts of search is what is written in them."""

import pytest

from tests.browser.lean import LEAN, STATIC, TERSER, digest, lean, made_of


@pytest.mark.parametrize("name", LEAN)
def test_a_published_script_is_made_of_the_one_that_people_read(name: str) -> None:
    assert made_of(name) == digest(name), "run: make lean"


@pytest.mark.skipif(not TERSER.exists(), reason="terser is not installed; make lean installs it")
@pytest.mark.parametrize("name", LEAN)
def test_it_is_what_terser_makes_of_it(name: str) -> None:
    assert (STATIC / f"{name}.min.js").read_text("utf-8") == lean(name)
