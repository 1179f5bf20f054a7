"""What documents can be made from: the commands (`docs/commands.md`, `docs/kb.1`), the settings.

`python -m tests.docs.reference` writes them; a test holds that they are as it would write them.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_type_hints

import click

import kb
from kb.building.keys import meanings
from kb.cli.app import COMMANDS, group
from kb.model.settings import Settings
from kb.model.value import Value

ROOT = Path(__file__).parents[2]
INTRODUCTION = """\
Made from the program itself (`make reference`); `kb COMMAND --help` prints the same,
`man kb` all of it. Output for people goes to stderr, data to stdout."""
EXITS = (
    ("0", "All is well."),
    (
        "1",
        "Findings of severity error (with --strict: any), or something could not be done.",
    ),
    ("2", "The command line or site.toml cannot be used."),
    ("75", "Another kb is building this site."),
)
ENVIRONMENT = (
    ("SOURCE_DATE_EPOCH", "Seconds since 1970: the moment to go by instead of the clock."),
    ("NO_COLOR", "Print no colours, whatever its value."),
    ("KB_TRACE", "Show where a fault of kb's own comes from."),
    ("XDG_STATE_HOME", "Where kb keeps two keys and compiled templates: kb/ in ~/.local/state."),
)
FILES = (
    ("site.toml", "The settings of the site."),
    ("content/", "The notes."),
    ("content/people.toml, topics.toml, events.toml", "Names, synonyms and dates, put right once."),
    ("content/links.toml", "What kb check --links has learned."),
    ("static/", "Files that are published as they are."),
    ("public/", "The published site."),
    (".kb/, search_index/", "What is remembered between builds; may be deleted."),
)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command by its whole name (`build`, `import ghost`), in the order of the help."""
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None, name
        yield from _with_commands_below(name, command)


def _with_commands_below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None, below
            yield from _with_commands_below(f"{name} {below}", found)


def usage(name: str, command: click.Command) -> str:
    """Return the words after `kb` on a command line."""
    pieces = command.collect_usage_pieces(click.Context(command, info_name=name))
    return " ".join([name, *pieces])


def paragraphs(command: click.Command) -> list[tuple[str, bool]]:
    """Return the paragraphs of the help text, and whether each keeps its lines (click's `\\b`)."""
    text = (command.help or "").partition("\f")[0]
    found = []
    for part in re.split(r"\n\s*\n", text.strip()):
        kept = part.lstrip().startswith("\b")
        lines = [line.strip() for line in part.replace("\b", "").strip().splitlines()]
        found.append(("\n".join(lines) if kept else " ".join(" ".join(lines).split()), kept))
    return found


def options(command: click.Command) -> list[tuple[str, str]]:
    """Return every option that is shown, as it is written, with its help text.

    `--help` is made anew: click keeps the one that whoever asked first in this process was given.
    """
    found = []
    context = click.Context(command)
    asking = click.Option(
        group.context_settings["help_option_names"],
        is_flag=True,
        help="Show this message and exit.",
    )
    for parameter in (*command.params, asking):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            found.append((record[0], " ".join(record[1].split())))
    return found


# -- Markdown ----------------------------------------------------------------------------------


def markdown() -> str:
    """Return `docs/commands.md`."""
    parts = [
        "# Commands",
        INTRODUCTION,
    ]
    for name, command in commands():
        parts += [f"## kb {name}", f"```\nkb {usage(name, command)}\n```"]
        parts += [
            f"```\n{text}\n```" if kept else _marked(text) for text, kept in paragraphs(command)
        ]
        rows = [f"| `{_cell(one)}` | {_cell(_marked(text))} |" for one, text in options(command)]
        parts.append("\n".join(["| option | what it does |", "| --- | --- |", *rows]))
    for title, pairs in (
        ("Exit codes", EXITS),
        ("Environment", ENVIRONMENT),
        ("Files", FILES),
    ):
        rows = [f"| `{one}` | {text} |" for one, text in pairs]
        heads = f"| {title.split()[0].lower()} | meaning |"
        parts += [f"## {title}", "\n".join([heads, "| --- | --- |", *rows])]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _marked(text: str) -> str:
    """Return a help text with its options and commands as code."""
    return re.sub(r"(?<![\w`-])(--[a-z][a-z-]*)(?![\w`-])", r"`\1`", text).replace("<", "&lt;")


# -- settings ----------------------------------------------------------------------------------


def settings_rows(table: str) -> list[str]:
    """Return the rows of docs/site-toml.md for `[table]`, `""` for what stands above all tables."""
    owner: Any = getattr(Settings(), table) if table else Settings()
    told = meanings()[type(owner).__name__]
    rows = []
    for name in owner.__struct_fields__:
        value = getattr(owner, name)
        if not isinstance(value, Value):
            kind = _kind(owner, name, value)
            shown = "none" if isinstance(value, Mapping) else _toml(value)
            text = _cell(" ".join(told[name].split()))
            rows.append(f"| `{name}` | {kind} | `{shown}` | {text} |")
    return rows


def _kind(owner: object, name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int):
        return "whole number"
    if isinstance(value, Mapping):
        kinds = {
            Mapping[str, str]: "table of texts",
            Mapping[str, Mapping[str, Any]]: "table of tables",
        }
        return kinds.get(get_type_hints(type(owner))[name], "table")
    return "list of texts" if isinstance(value, tuple) else "text"


def _toml(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def with_settings(text: str) -> str:
    """Return `text` (of docs/site-toml.md) with every table of settings made anew."""
    lines: list[str] = []
    table, inside = "", False
    for line in text.split("\n"):
        if (heading := re.match(r"## `\[(\w+)\]`", line)) is not None:
            table = heading[1]
        if inside and line.startswith("|"):
            continue
        inside = line == "| --- | --- | --- | --- |"
        lines.append(line)
        if inside:
            lines += settings_rows(table)
    return "\n".join(lines)


# -- man ---------------------------------------------------------------------------------------


def man_page() -> str:
    """Return `docs/kb.1` in the man macros (man(7))."""
    lines = [
        '.\\" Made from the program itself: make reference',
        f'.TH KB 1 "" "kb {kb.__version__}" "User Commands"',
        ".SH NAME",
        "kb \\- conference notes that answer: Markdown in, a searchable, cross-linked site out",
        ".SH SYNOPSIS",
        ".B kb",
        ".I COMMAND",
        "[\\fIOPTIONS\\fR]",
        ".SH DESCRIPTION",
        _roff(
            "kb reads Markdown notes about conferences as they are, finds the talks, speakers, "
            "topics, events and links in them, and builds a static site that can be searched. "
            "Output for people goes to stderr, data to stdout."
        ),
        ".SH COMMANDS",
    ]
    for name, command in commands():
        lines += [f".SS kb {_roff(usage(name, command))}"]
        for number, (text, kept) in enumerate(paragraphs(command)):
            lines += [".PP"] * bool(number)
            written = list(map(_roff, text.split("\n")))
            lines += [".EX", *written, ".EE"] if kept else written
        for one, text in options(command):
            lines += [".TP", f".B {_roff(one)}", _roff(text)]
    for title, pairs in (("EXIT STATUS", EXITS), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        lines.append(f".SH {title}")
        for one, text in pairs:
            lines += [".TP", f".B {_roff(one)}", _roff(text)]
    lines += [
        ".SH EXAMPLES",
        ".EX",
        "kb init my\\-notes",
        "kb build \\-s my\\-notes",
        "kb search \\-s my\\-notes \\(aqspeaker:raman has:slides\\(aq",
        ".EE",
    ]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    """Return `text` for a line of roff: nothing in it is a request or an escape."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    escaped = escaped.replace("…", "...").replace("“", "\\(lq").replace("”", "\\(rq")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def main() -> int:
    """Write all of them."""
    (ROOT / "docs" / "commands.md").write_text(markdown(), encoding="utf-8")
    (ROOT / "docs" / "kb.1").write_text(man_page(), encoding="utf-8")
    page = ROOT / "docs" / "site-toml.md"
    page.write_text(with_settings(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
