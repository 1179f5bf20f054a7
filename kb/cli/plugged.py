"""Commands that plugins add to `kb`."""

from collections.abc import Mapping
from dataclasses import dataclass

import click

from kb.cli.say import fail
from kb.plugins.hooks import Loaded, PluginFault, load
from kb.plugins.installed import Installed, installed


@dataclass(frozen=True)
class Plugged:
    """A command of a plugin."""

    command: click.Command
    plugin: Installed


def plugged(taken: Mapping[str, object]) -> dict[str, Plugged]:
    """Return the commands of all plugins by name; what cannot be had is told in one line.

    Args:
        taken: kb's own commands, which no plugin replaces.
    """
    found: dict[str, Plugged] = {}
    for plugin in installed():
        for command in _commands(plugin):
            name = command.name or ""
            if name in taken or name in found:
                fail(f"the plugin {plugin} has a command {name!r}, a name that is taken")
            else:
                found[name] = Plugged(command, plugin)
    return found


def _commands(plugin: Installed) -> list[click.Command]:
    try:
        (loaded,) = load([plugin])
        answer = loaded.call("kb_commands")
        return [_checked(command, loaded) for command in answer or ()]
    except PluginFault as fault:
        fail(str(fault))
        return []


def _checked(command: object, loaded: Loaded) -> click.Command:
    if not isinstance(command, click.Command) or not command.name:
        raise PluginFault(loaded.plugin, "has a command that is none of click's")
    return command
