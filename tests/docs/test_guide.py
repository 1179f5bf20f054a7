"""The documents name every command, option and setting, and no page that is missing."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kb.cli.app import COMMANDS, group
from kb.model.finding import CODES
from kb.model.settings import Settings
from kb.model.value import Value

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "ARCHITECTURE.md")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)\s]*))?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"```bash\n(.*?)```", re.DOTALL)


def documents(checkout: Path) -> list[Path]:
    found = [checkout / name for name in DOCUMENTS]
    return [*found, *sorted((checkout / "docs").glob("*.md"))]


def keys(settings: type[Value], prefix: str = "") -> Iterator[str]:
    """Yield every key of `site.toml`, dotted."""
    defaults = settings()
    for name in settings.__struct_fields__:
        value = getattr(defaults, name)
        if isinstance(value, Value):
            yield from keys(type(value), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def test_no_document_links_to_a_page_that_is_missing(checkout: Path) -> None:
    missing = [
        f"{page.name}: {match[1]}"
        for page in documents(checkout)
        for match in LINK.finditer(CODE.sub("", page.read_text()))
        if "://" not in match[1] and not (page.parent / match[1]).exists()
    ]
    assert missing == []


def test_the_guide_names_every_page_of_the_documents(checkout: Path) -> None:
    guide = (checkout / "docs" / "README.md").read_text()
    pages = {path.name for path in (checkout / "docs").glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"]({page})" not in guide} == set()


def command(name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None, f"there is no command kb {name}"
    return found


def every_parameter(name: str) -> list[click.Parameter]:
    """Return what the command `name` and those below it take."""
    one = command(name)
    below = one.commands.values() if isinstance(one, click.Group) else ()
    return [parameter for each in (one, *below) for parameter in each.params]


def test_every_command_is_in_the_guide(checkout: Path) -> None:
    guide = (checkout / "docs" / "README.md").read_text()
    missing = {name for name in COMMANDS if f"| `kb {name}" not in guide}
    assert missing == set()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_has_a_help_text(name: str) -> None:
    one = command(name)
    assert one.help
    for parameter in one.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"kb {name} {parameter.opts}"


def shown_commands(page: Path) -> list[list[str]]:
    """Return the commands of kb in the shell samples of a page, in words."""
    lines = "\n".join(SHELL.findall(page.read_text())).splitlines()
    commands = (re.split(r" #| && ", line)[0] for line in lines if line.startswith("kb "))
    return [one.split() for one in commands]


@pytest.mark.parametrize("name", ["README.md", "docs/README.md", "docs/first-site.md"])
def test_pages_for_newcomers_show_commands(checkout: Path, name: str) -> None:
    assert shown_commands(checkout / name)


def test_every_command_that_is_shown_exists(checkout: Path) -> None:
    """Commands and their options in the shell samples are those of the program."""
    shown = [words for page in documents(checkout) for words in shown_commands(page)]
    for _, verb, *rest in shown:
        options = {option for one in every_parameter(verb) for option in one.opts}
        used = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
        assert used <= options, f"kb {verb}"


def test_every_setting_is_documented_under_its_table(checkout: Path) -> None:
    text = (checkout / "docs" / "site-toml.md").read_text()
    missing = []
    for key in keys(Settings):
        table, _, name = key.rpartition(".")
        if (table and f"[{table}]" not in text) or f"`{name}`" not in text:
            missing.append(key)
    assert missing == []


def test_every_finding_is_explained(checkout: Path) -> None:
    text = (checkout / "docs" / "findings.md").read_text()
    assert {code for code in CODES if code not in text} == set()
