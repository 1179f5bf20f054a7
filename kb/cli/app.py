"""The command group. A command's module is imported when the command is run, not before."""

import importlib
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

import kb
from kb.building.memory import uncollected
from kb.cli.refusal import FINE, INTERRUPTED, USAGE, Refusal
from kb.cli.say import fail
from kb.plugins.installed import installed, words

if TYPE_CHECKING:
    from kb.cli.plugged import Plugged

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("kb.cli.start", "Make a site that builds at once."),
    "new": ("kb.cli.new", "Write a new note with its front matter filled in."),
    "build": ("kb.cli.build", "Read the notes and publish the site."),
    "serve": ("kb.cli.preview", "Preview: build, watch, and patch the open page."),
    "search": ("kb.cli.find", "Search the notes."),
    "list": ("kb.cli.tables", "List talks, speakers, topics, events, links or notes."),
    "why": ("kb.cli.reasons", "Tell where a fact was read: file, line, rule, how sure."),
    "check": ("kb.cli.build", "Tell what is wrong with the notes (and their links, if asked)."),
    "export": ("kb.cli.export", "Write what the notes say for another program."),
    "import": ("kb.cli.importing", "Make a new site of another program's notes."),
    "extract": ("kb.cli.extraction", "Print what kb reads out of notes, as JSON."),
    "match": ("kb.cli.programme", "Match a conference's published programme with the notes."),
    "theme": ("kb.cli.look", "List the files of the theme and which are your own."),
    "completion": ("kb.cli.shell", "Print the completion script of a shell."),
}
"""Name → module that holds it, and what it does in one line."""


class ReaderGone(Exception):
    """Whoever reads what is printed (`head`, a pager) has enough."""


class Commands(click.Group):
    """A group that knows its commands by name and imports one when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order in which a person needs them."""
        return [*COMMANDS, *sorted(self._plugged)]

    @cached_property
    def _plugged(self) -> "Mapping[str, Plugged]":
        """The commands of plugins by name; where none is installed, nothing is imported."""
        if not installed():
            return {}
        module: Any = importlib.import_module("kb.cli.plugged")
        found: Mapping[str, Plugged] = module.plugged(COMMANDS)
        return found

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command `cmd_name`, imported now, or None where there is no such command."""
        if cmd_name not in COMMANDS:
            return self._plugged[cmd_name].command if cmd_name in self._plugged else None
        with uncollected(last=True):
            module = importlib.import_module(COMMANDS[cmd_name][0])
        command = getattr(module, f"{cmd_name}_command")
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that has enough ends it as `ReaderGone`.

        Click itself would make an exit code of 1 of it, which a pipeline takes for a failure.

        Raises:
            Refusal: the command is a plugin's, and failed.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError as fault:
            raise ReaderGone from fault
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as fault:
            name = ctx.invoked_subcommand or ""
            if name in COMMANDS or name not in self._plugged:
                raise
            plugin = self._plugged[name].plugin
            raise Refusal(f"the plugin {plugin} failed: {words(fault)}") from fault

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])
        if self._plugged:
            with formatter.section("Commands of plugins"):
                shown = sorted(self._plugged.items())
                formatter.write_dl(
                    [(name, one.command.get_short_help_str()) for name, one in shown]
                )


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: kb init my-notes; kb build -s my-notes",
)
@click.version_option(kb.__version__, prog_name="kb", message="%(prog)s %(version)s")
def group() -> None:
    """Conference notes that answer: Markdown in, a searchable, cross-linked site out."""


def run(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name; return its exit code."""
    try:
        answer = group.main(args=list(arguments), prog_name="kb", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as fault:
        sys.stderr.write(f"{fault.format_message()}\n")
        return USAGE
    except Refusal as fault:
        fail(fault.format_message())
        return fault.code
    except click.ClickException as fault:
        context = fault.ctx if isinstance(fault, click.UsageError) else None
        hint = f"Help: {context.command_path} --help" if context is not None else ""
        fail(fault.format_message(), hint)
        return fault.exit_code
    except click.Abort:
        return INTERRUPTED
    return answer if isinstance(answer, int) else FINE
