"""Expressions that are compiled at first use find what compiled ones find."""

import importlib
import pkgutil
import re
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kb
from kb.model.pattern import Pattern

TEXT = st.text("ab1 ", max_size=20)
LAZY = Pattern(r"(?P<word>a+)(b?)", re.IGNORECASE)
PLAIN = re.compile(r"(?P<word>a+)(b?)", re.IGNORECASE)


def spans(found: re.Match[str] | None) -> object:
    return None if found is None else (found.span(), found.groups(), found.groupdict())


@given(TEXT, st.integers(0, 20), st.integers(0, 20))
def test_every_method_answers_as_that_of_a_compiled_one(text: str, start: int, end: int) -> None:
    assert spans(LAZY.match(text, start, end)) == spans(PLAIN.match(text, start, end))
    assert spans(LAZY.search(text, start, end)) == spans(PLAIN.search(text, start, end))
    assert spans(LAZY.fullmatch(text, start, end)) == spans(PLAIN.fullmatch(text, start, end))
    assert LAZY.findall(text, start, end) == PLAIN.findall(text, start, end)
    assert LAZY.split(text, maxsplit=start) == PLAIN.split(text, maxsplit=start)
    assert LAZY.sub("x", text, count=start) == PLAIN.sub("x", text, count=start)
    assert LAZY.subn(lambda found: found[0].upper(), text) == PLAIN.subn(
        lambda found: found[0].upper(), text
    )
    assert [*map(spans, LAZY.finditer(text, start, end))] == [
        *map(spans, PLAIN.finditer(text, start, end))
    ]


def test_it_is_compiled_when_it_is_used_and_not_before() -> None:
    broken = Pattern("(")
    with pytest.raises(re.error):
        broken.search("(")


def test_it_is_compiled_once() -> None:
    pattern = Pattern("a", re.IGNORECASE)
    assert pattern.search("A") is not None
    first = pattern.compiled
    assert pattern.match("A") is not None
    assert pattern.compiled is first
    assert pattern.compiled.flags & re.IGNORECASE


def test_threads_may_use_one_at_the_same_time() -> None:
    for _ in range(50):
        pattern = Pattern(r"\d+")
        barrier = threading.Barrier(4, timeout=60)
        found: list[list[str]] = []

        def use(
            pattern: Pattern = pattern,
            barrier: threading.Barrier = barrier,
            found: list[list[str]] = found,
        ) -> None:
            barrier.wait()
            found.append(pattern.findall("1 22 333"))

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [["1", "22", "333"]] * 4


def test_every_expression_of_the_package_is_right() -> None:
    count = 0
    for module in pkgutil.walk_packages(kb.__path__, "kb."):
        if module.name.startswith("kb.embedding.") or "tantivy" in module.name:
            continue  # their hosts and engine need not be installed
        if module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Pattern):
                assert value.compiled.pattern == value.pattern
                count += 1
    assert count > 300


def test_hardly_any_is_compiled_while_the_package_is_imported() -> None:
    code = (
        "import gc, kb.building.pipeline\n"
        "from kb.extraction.lexicon import WORD\n"
        "from kb.model.pattern import Pattern\n"
        "made = [one for one in gc.get_objects() if isinstance(one, Pattern)]\n"
        "used = [one for one in made if 'compiled' in vars(one) and one is not WORD]\n"
        "print(len(made) > 200, [one.pattern for one in used])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True []\n"
