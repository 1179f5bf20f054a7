"""Plugins of a site, called one by one; what they do wrong is told in one line that names them."""

import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from kb.model.facts import Facts
from kb.model.made import MadePage, MenuEntry
from kb.model.note import FrontMatter, Note
from kb.model.output import Output
from kb.model.schedule import Schedule
from kb.model.settings import Settings
from kb.model.site import Site
from kb.model.value import replace
from kb.plugins.gathered import NONE, Plugins, PluginsFault, gather
from kb.plugins.hooks import hookimpl
from kb.plugins.installed import Installed

NOTE = Note("content/a.md", "0", FrontMatter(), "A")
FACTS = Facts("content/a.md")


class Shop:
    """Makes plugins, and gathers them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.found: list[Installed] = []

    def add(self, name: str, **functions: Callable[..., Any]) -> None:
        module = types.ModuleType(f"made_{name}")
        for hook, function in functions.items():
            function.__name__ = hook
            setattr(module, hook, hookimpl(function))
        self._patch.setitem(sys.modules, module.__name__, module)
        self.found.append(Installed(name, module.__name__, f"kb-{name}", "1.0"))

    def gather(self, settings: Mapping[str, Mapping[str, Any]] | None = None) -> Plugins:
        return gather(settings or {}, lambda: tuple(self.found))


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(monkeypatch)


def test_without_plugins_there_is_nothing(shop: Shop) -> None:
    assert shop.gather() == NONE
    assert NONE.extract(NOTE, FACTS) is FACTS
    assert NONE.pages(Site(), {}, Settings()) == ((), ())


def test_each_extractor_sees_what_the_one_before_answered(shop: Shop) -> None:
    def first(note: Note, facts: Facts) -> Facts:
        return replace(facts, topics=())

    def second(facts: Facts, settings: Mapping[str, Any]) -> None:
        seen.append((facts, settings))

    seen: list[tuple[Facts, Mapping[str, Any]]] = []
    shop.add("a", kb_extract=first)
    shop.add("b", kb_extract=second)
    plugins = shop.gather({"b": {"enabled": True, "loud": 1}})
    assert not plugins.make_pages
    assert plugins.extract(NOTE, FACTS) == FACTS
    assert seen == [(FACTS, {"loud": 1})]


def test_a_site_switches_one_off(shop: Shop) -> None:
    shop.add("a", kb_link_kinds=lambda: {"x.org": "song"})
    assert shop.gather().link_kinds == {"x.org": "song"}
    assert shop.gather({"a": {"enabled": False}}) == NONE


def test_one_that_is_not_installed_is_told(shop: Shop) -> None:
    assert shop.gather({"a": {"loud": 1}, "b": {"enabled": False}}).missing == ("a",)


def test_the_first_to_name_a_kind_counts(shop: Shop) -> None:
    shop.add("a", kb_link_kinds=lambda: {"x.org": "song"})
    shop.add("b", kb_link_kinds=lambda: {"x.org": "film", "y.org": "film"})
    assert shop.gather().link_kinds == {"x.org": "song", "y.org": "film"}


def test_pages_files_and_menu(shop: Shop) -> None:
    page, file = MadePage("/x/", "X", "<p>x</p>"), Output("x.txt", b"x")
    shop.add("a", kb_pages=lambda site: iter([page, file]), kb_menu=lambda: [MenuEntry("/x/", "X")])
    plugins = shop.gather()
    assert plugins.pages(Site(), {}, Settings()) == ((page, file), ())
    assert plugins.menu == (MenuEntry("/x/", "X"),)


def test_the_stamp_tells_settings_keys_and_versions(shop: Shop) -> None:
    keys = iter("aab")
    shop.add("a", kb_key=lambda: next(keys))
    first, second, third = (shop.gather().stamp for _ in range(3))
    assert first == second
    assert first != third
    keys = iter("ab")
    assert shop.gather({"a": {"loud": 1}}).stamp != first
    shop.found[0] = shop.found[0]._replace(version="1.1")
    keys = iter("a")
    assert shop.gather().stamp != first


def fails(*_: object, **__: object) -> Any:
    raise ValueError("no\nluck")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda note: fails(), "failed: ValueError: no luck"),
        (lambda note: "facts", "must answer Facts of the note or None, not str"),
        (lambda note: Facts("other.md"), "not those of another note"),
        (lambda note: Facts(note.path, sessions=("talk",)), "wrong shape"),  # type: ignore[arg-type]
        (lambda note: Facts(note.path, topics=object()), "wrong shape"),  # type: ignore[arg-type]
    ],
)
def test_a_failing_extractor_is_a_finding_of_the_note(
    shop: Shop, answer: Callable[..., Any], words: str
) -> None:
    shop.add("a", kb_extract=answer)
    facts = shop.gather().extract(NOTE, FACTS)
    (finding,) = facts.findings
    assert finding.code == "KB207"
    assert finding.severity == "error"
    assert finding.path == NOTE.path
    assert "the plugin 'a' (kb-a 1.0)" in finding.message
    assert words in finding.message
    assert "[plugins.a] enabled = false" in finding.hint
    assert replace(facts, findings=()) == FACTS


def half(site: Site) -> Any:
    yield MadePage("/x/", "X", "")
    raise ValueError("no luck")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda site: fails(), "failed: ValueError: no luck"),
        (half, "failed: ValueError: no luck"),
        (lambda site: ["page"], "must make MadePage or Output, not str"),
        (lambda site: [MadePage("x/", "X", "")], "made a page at 'x/'"),
        (lambda site: [MadePage("/x/", 1, "")], "failed"),  # type: ignore[arg-type]
    ],
)
def test_a_failing_page_maker_is_a_finding(
    shop: Shop, answer: Callable[..., Any], words: str
) -> None:
    shop.add("a", kb_pages=answer)
    shop.add("b", kb_pages=lambda: [Output("b.txt", b"b")])
    made, (finding,) = shop.gather().pages(Site(), {}, Settings())
    assert made == (Output("b.txt", b"b"),)
    assert finding.code == "KB402"
    assert "the plugin 'a' (kb-a 1.0)" in finding.message
    assert words in finding.message


def test_the_first_that_knows_a_programme_reads_it(shop: Shop) -> None:
    first, second = (Schedule(title=title) for title in "ab")
    shop.add("a", kb_schedule=lambda name, data: first if name == "a.x" else None)
    shop.add("b", kb_schedule=lambda data: second)
    plugins = shop.gather()
    assert plugins.schedule("a.x", b"") == first
    assert plugins.schedule("b.x", b"") == second
    assert NONE.schedule("a.x", b"") is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda data: fails(), "failed: ValueError: no luck"),
        (lambda data: "x", "answered no S"),
    ],
)
def test_one_that_fails_on_a_programme_is_named(
    shop: Shop, answer: Callable[..., Any], words: str
) -> None:
    shop.add("a", kb_schedule=answer)
    with pytest.raises(PluginsFault, match=words) as caught:
        shop.gather().schedule("a.x", b"")
    assert "'a' (kb-a 1.0)" in str(caught.value)


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ({"kb_extrat": lambda note: None}, "kb_extrat"),
        ({"kb_extract": lambda nota: None}, "nota"),
        ({}, "implements no hook"),
        ({"kb_key": fails}, "failed: ValueError: no luck"),
        ({"kb_menu": lambda: ["x"]}, "must answer MenuEntry values"),
        ({"kb_link_kinds": lambda: 3}, "'a' (kb-a 1.0)"),
    ],
)
def test_one_that_cannot_be_used_is_named_in_one_line(
    shop: Shop, functions: Mapping[str, Callable[..., Any]], words: str
) -> None:
    shop.add("a", **functions)
    with pytest.raises(PluginsFault) as caught:
        shop.gather()
    assert "the plugin 'a' (kb-a 1.0)" in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_that_cannot_be_imported_is_named(shop: Shop) -> None:
    shop.found.append(Installed("gone", "kb_gone_for_good", "kb-gone", "1.0"))
    with pytest.raises(PluginsFault, match=r"'gone' .*cannot be loaded: ModuleNotFoundError"):
        shop.gather()
