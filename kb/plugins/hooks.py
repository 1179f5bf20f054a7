"""The hooks that a plugin may implement, and the only file that imports pluggy.

A plugin is a module (or any object) with functions of these names, each marked with `hookimpl`. A
function takes those of the hook's arguments that it needs, by name.
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pluggy

from kb.model.facts import Facts
from kb.model.made import Made, MenuEntry
from kb.model.note import Note
from kb.model.schedule import Schedule
from kb.model.settings import Settings
from kb.model.site import Site
from kb.plugins.installed import GROUP, Installed, words

hookimpl = pluggy.HookimplMarker(GROUP)
"""Marks a function of a plugin as the implementation of the hook of the same name."""
_hookspec = pluggy.HookspecMarker(GROUP)


class Specifications:
    """All hooks. `settings` are always the plugin's own: `[plugins.NAME]` of site.toml."""

    @_hookspec
    def kb_extract(self, note: Note, facts: Facts, settings: Mapping[str, Any]) -> Facts | None:
        """Return what `note` says, more or otherwise than `facts`; None for no change.

        Called for each note after kb's own rules, in worker processes, too. The answer is kept and
        must depend on the arguments alone.
        """

    @_hookspec
    def kb_pages(
        self, site: Site, notes: Mapping[str, Note], config: Settings, settings: Mapping[str, Any]
    ) -> Iterable[Made] | None:
        """Return pages and files to publish besides kb's own.

        Args:
            site: all records.
            notes: the notes by path.
            config: site.toml, whole.
            settings: the plugin's own.
        """

    @_hookspec
    def kb_menu(self, settings: Mapping[str, Any]) -> Iterable[MenuEntry] | None:
        """Return entries to add to the navigation of every page."""

    @_hookspec
    def kb_link_kinds(self, settings: Mapping[str, Any]) -> Mapping[str, str] | None:
        """Return kinds of links: host, `host/path` or glob → kind, as `[link_kinds]` has them.

        What a site says itself counts first.
        """

    @_hookspec
    def kb_schedule(self, name: str, data: bytes, settings: Mapping[str, Any]) -> Schedule | None:
        """Return the published programme in a file; None for a format that this one does not know.

        `name` is the file's. Plugins are asked before kb's own readers are.
        """

    @_hookspec
    def kb_commands(self) -> Sequence[Any] | None:
        """Return commands (of click) to add to `kb`."""

    @_hookspec
    def kb_key(self, settings: Mapping[str, Any]) -> str | None:
        """Return what the plugin's answers depend on besides its code, version and settings.

        Where it is another than at the last build, everything is read and made anew.
        """


class PluginFault(Exception):
    """A plugin cannot be loaded, or failed; `str()` is one line that names it."""

    def __init__(self, plugin: Installed, what: str) -> None:
        super().__init__(f"the plugin {plugin} {what}")
        self.name = plugin.name


@dataclass(frozen=True)
class Loaded:
    """A plugin, imported."""

    plugin: Installed
    hooks: Mapping[str, Callable[..., Any]]
    """Name of each hook that it implements → what calls it with all the hook's arguments."""
    files: tuple[str, ...]
    """Files or folders of its code."""

    def call(self, hook: str, **arguments: object) -> Any:
        """Return what the plugin answers, None where it does not implement `hook`.

        Raises:
            PluginFault: it raised anything.
        """
        if hook not in self.hooks:
            return None
        try:
            return self.hooks[hook](**arguments)
        except Exception as fault:
            raise PluginFault(self.plugin, f"failed: {words(fault)}") from fault


def load(found: Sequence[Installed]) -> tuple[Loaded, ...]:
    """Return the plugins `found`, imported, in the order in which they are called.

    That is by name, unless their marks say otherwise (`tryfirst`, `trylast`).

    Raises:
        PluginFault: one of them cannot be imported, or implements no hook of kb, or one that there
            is not.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(Specifications)
    objects: dict[str, object] = {}
    for one in reversed(found):  # pluggy calls those first that came last
        try:
            objects[one.name] = plugin = pkgutil.resolve_name(one.target)
            manager.register(plugin, one.name)
            manager.check_pending()
        except Exception as fault:
            raise PluginFault(one, f"cannot be loaded: {words(fault)}") from fault
        if not manager.get_hookcallers(plugin):
            raise PluginFault(one, "implements no hook of kb: see docs/plugins.md")
    return tuple(_loaded(manager, one, objects) for one in found)


def _loaded(manager: pluggy.PluginManager, one: Installed, objects: Mapping[str, object]) -> Loaded:
    own = objects[one.name]
    others = [plugin for plugin in objects.values() if plugin is not own]
    hooks: dict[str, Callable[..., Any]] = {}
    for caller in manager.get_hookcallers(own) or ():
        alone = manager.subset_hook_caller(caller.name, others)
        hooks[caller.name] = _only(alone)
    module = inspect.getmodule(own) or own
    files = getattr(module, "__path__", None) or [getattr(module, "__file__", "")]
    return Loaded(one, hooks, tuple(str(path) for path in files if path))


def _only(caller: pluggy.HookCaller) -> Callable[..., Any]:
    """Return what gives the answer of the one plugin that `caller` calls."""

    def call(**arguments: object) -> Any:
        answers = caller(**arguments)
        return answers[0] if answers else None

    return call
