"""The plugins of one site: those installed that it does not switch off, as plain functions."""

import importlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.model.facts import Facts
from kb.model.finding import Finding
from kb.model.made import Made, MadePage, MenuEntry
from kb.model.note import Note
from kb.model.output import Output
from kb.model.schedule import Schedule
from kb.model.settings import Settings
from kb.model.site import Site
from kb.model.value import ValueFault, convert, decode, digest, encode, replace
from kb.plugins.installed import Installed, installed, words

if TYPE_CHECKING:
    from kb.plugins.hooks import Loaded

_ENABLED = "enabled"
_Own = Mapping[str, Any]


class PluginsFault(Exception):
    """The plugins of a site cannot be used; `str()` is one line that names the one at fault."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.hint = f"Mend it, or {_switch_off(name)}"


@dataclass(frozen=True)
class Plugins:
    """What the plugins of a site add."""

    stamp: str = ""
    """What their answers depend on besides the arguments: another stamp, other answers; `""` where
    the site has none."""
    link_kinds: Mapping[str, str] = field(default_factory=dict)
    menu: tuple[MenuEntry, ...] = ()
    missing: tuple[str, ...] = ()
    """Names that site.toml has settings for and that are not installed."""
    loaded: "tuple[tuple[Loaded, _Own], ...]" = ()
    """Each with its own settings, in the order in which they are called."""

    @property
    def make_pages(self) -> bool:
        """Whether any of them makes pages."""
        return any("kb_pages" in one.hooks for one, _ in self.loaded)

    def extract(self, note: Note, facts: Facts) -> Facts:
        """Return what `note` says once each plugin has had a look; faults become findings."""
        for one, own in self.loaded:
            try:
                answer = one.call("kb_extract", note=note, facts=facts, settings=own)
                facts = facts if answer is None else _checked(answer, facts, one)
            except Exception as fault:  # noqa: BLE001 - whatever it raises, the note goes on without
                finding = Finding("KB207", note.path, str(fault), 1, hint=_hint(one.plugin))
                facts = replace(facts, findings=(*facts.findings, finding))
        return facts

    def pages(
        self, site: Site, notes: Mapping[str, Note], config: Settings
    ) -> tuple[tuple[Made, ...], tuple[Finding, ...]]:
        """Return what the plugins make of `site`, and what is wrong with it."""
        made: list[Made] = []
        findings: list[Finding] = []
        for one, own in self.loaded:
            try:
                answer = one.call("kb_pages", site=site, notes=notes, config=config, settings=own)
                made += _all_made(answer or (), one)
            except Exception as fault:  # noqa: BLE001 - whatever it raises, the site goes on without
                findings.append(Finding("KB402", "site.toml", str(fault), hint=_hint(one.plugin)))
        return tuple(made), tuple(findings)

    def schedule(self, name: str, data: bytes) -> Schedule | None:
        """Return the programme that a plugin reads in a file, None where none knows it.

        Raises:
            PluginsFault: a plugin failed, or answered something else.
        """
        for one, own in self.loaded:
            try:
                answer = one.call("kb_schedule", name=name, data=data, settings=own)
                if answer is not None:
                    return decode(encode(answer), Schedule)
            except Exception as fault:
                said = str(fault)
                if isinstance(fault, ValueFault | TypeError):
                    said = f"the plugin {one.plugin} answered no Schedule: {said}"
                raise PluginsFault(said, one.plugin.name) from fault
        return None


NONE = Plugins()


def gather(
    settings: Mapping[str, _Own], find: Callable[[], Sequence[Installed]] = installed
) -> Plugins:
    """Return the plugins of a site with these `[plugins.NAME]` settings.

    Where there is none, nothing is imported.

    Raises:
        PluginsFault: one of them cannot be loaded, or fails.
    """
    found = find()
    names = {one.name for one in found}
    missing = tuple(
        sorted(name for name, own in settings.items() if name not in names and _is_on(own))
    )
    wanted = [one for one in found if _is_on(settings.get(one.name, {}))]
    if not wanted:
        return Plugins(missing=missing)
    hooks: Any = importlib.import_module("kb.plugins.hooks")
    try:
        loaded = [(one, _own(settings, one.plugin)) for one in hooks.load(wanted)]
        kinds: dict[str, str] = {}
        menu: list[MenuEntry] = []
        keys = []
        for one, own in loaded:
            kinds = {**_kinds(one.call("kb_link_kinds", settings=own), one), **kinds}
            menu += _menu(one.call("kb_menu", settings=own), one)
            key = one.call("kb_key", settings=own) or ""
            keys.append((one.plugin, own, str(key), [_stamps(path) for path in one.files]))
        stamp = digest(keys)
    except (hooks.PluginFault, _Wrong) as fault:
        raise PluginsFault(str(fault), fault.name) from fault
    return Plugins(stamp, kinds, tuple(menu), missing, tuple(loaded))


def _is_on(own: _Own) -> bool:
    return own.get(_ENABLED, True) is not False


def _own(settings: Mapping[str, _Own], plugin: Installed) -> _Own:
    return {key: value for key, value in settings.get(plugin.name, {}).items() if key != _ENABLED}


def _hint(plugin: Installed) -> str:
    return f"mend the plugin, or {_switch_off(plugin.name)}"


def _switch_off(name: str) -> str:
    return f"switch it off in site.toml: [plugins.{name}] enabled = false"


def _stamps(path: str) -> list[tuple[str, int, int]]:
    """Return name, size and time of the files of a plugin, so that one under work is not stale."""
    place = Path(path)
    files = [place] if place.is_file() else sorted(place.rglob("*"))
    found = []
    for file in files:
        if "__pycache__" in file.parts or not file.is_file():
            continue
        status = file.stat()
        found.append((os.path.relpath(file, place.parent), status.st_size, status.st_mtime_ns))
    return found


class _Wrong(Exception):
    """A plugin answered something else than it should; `str()` names it."""

    def __init__(self, one: "Loaded", what: str) -> None:
        super().__init__(f"the plugin {one.plugin} {what}")
        self.name = one.plugin.name


def _checked(answer: object, before: Facts, one: "Loaded") -> Facts:
    """Return the facts that a plugin answered, of the right shape through and through."""
    try:
        facts = decode(encode(answer), Facts) if isinstance(answer, Facts) else None
    except (ValueFault, TypeError) as fault:
        raise _Wrong(one, f"answered facts of a wrong shape: {fault}") from fault
    if facts is None or facts.path != before.path:
        what = type(answer).__name__ if facts is None else "those of another note"
        raise _Wrong(one, f"must answer Facts of the note or None, not {what}")
    return facts


def _kinds(answer: object, one: "Loaded") -> Mapping[str, str]:
    try:
        return convert({} if answer is None else answer, dict[str, str])
    except ValueFault as fault:
        raise _Wrong(one, f"must answer kinds by pattern: {fault}") from fault


def _menu(answer: Any, one: "Loaded") -> tuple[MenuEntry, ...]:
    try:
        return decode(encode(tuple(answer or ())), tuple[MenuEntry, ...])
    except (ValueFault, TypeError) as fault:
        raise _Wrong(one, f"must answer MenuEntry values: {fault}") from fault


def _all_made(answer: Iterable[object], one: "Loaded") -> list[Made]:
    made: list[Made] = []
    try:
        for item in answer:
            if isinstance(item, MadePage):
                page = decode(encode(item), MadePage)
                if not page.url.startswith("/") or page.url.startswith("//"):
                    raise _Wrong(one, f"made a page at {page.url!r}, not at /…/")
                made.append(page)
            elif isinstance(item, Output):
                made.append(decode(encode(item), Output))
            else:
                what = type(item).__name__
                raise _Wrong(one, f"must make MadePage or Output, not {what}")
    except _Wrong:
        raise
    except Exception as fault:  # generators fail while they are read
        raise _Wrong(one, f"failed: {words(fault)}") from fault
    return made
