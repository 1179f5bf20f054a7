"""What documents have from the program is what the program says now: `make reference`."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from kb.model.note import FrontMatter, Source
from kb.model.settings import Settings
from kb.model.value import Value
from kb.reading.notes import ReadingOptions, read_note
from tests.docs import reference

STALE = "make reference writes it anew"
ROW = re.compile(r"^\| `([^`]+)` \|([^|]*)\|", re.MULTILINE)


def test_the_page_of_commands_is_that_of_the_program(checkout: Path) -> None:
    assert (checkout / "docs" / "commands.md").read_text() == reference.markdown(), STALE


def test_the_man_page_is_that_of_the_program(checkout: Path) -> None:
    assert (checkout / "docs" / "kb.1").read_text() == reference.man_page(), STALE


def test_the_tables_of_settings_are_those_of_the_program(checkout: Path) -> None:
    page = (checkout / "docs" / "site-toml.md").read_text()
    assert page == reference.with_settings(page), STALE


def test_settings_of_every_table_are_in_the_reference(checkout: Path) -> None:
    page = (checkout / "docs" / "site-toml.md").read_text()
    owner = Settings()
    tables = [name for name in owner.__struct_fields__ if isinstance(getattr(owner, name), Value)]
    assert "build" in tables
    for table in ("", *tables):
        rows = reference.settings_rows(table)
        assert rows
        assert "\n".join(rows) in page, table


def test_every_option_of_every_command_is_in_both() -> None:
    page, man = reference.markdown(), reference.man_page()
    found = list(reference.commands())
    assert {"build", "check", "serve"} <= {name for name, _ in found}
    for name, command in found:
        part = page.partition(f"## kb {name}\n")[2].partition("\n## ")[0]
        section = man.partition(f".SS kb {reference._roff(name)}")[2].partition("\n.S")[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                for option in parameter.opts:
                    assert option in part, f"kb {name} {option}"
                    assert option.replace("-", "\\-") in section, f"kb {name} {option}"


def test_text_is_no_request_of_roff() -> None:
    assert reference._roff(".TH x") == "\\&.TH x"
    assert reference._roff("a\\b 'c' --d") == "a\\eb \\(aqc\\(aq \\-\\-d"


def test_the_man_page_has_no_line_that_roff_takes_for_something_else(checkout: Path) -> None:
    """Every line is a known macro or text: no quote or stray dot begins one, escapes are known."""
    known = {"TH", "SH", "SS", "PP", "TP", "B", "I", "EX", "EE", '\\"'}
    for line in (checkout / "docs" / "kb.1").read_text().splitlines():
        assert line
        assert not line.startswith("'")
        if line.startswith("."):
            assert line[1:].split(" ")[0] in known, line
        assert set(re.findall(r"\\(?:\(..|f[A-Z]|.)", line)) <= {
            "\\-", "\\e", "\\&", "\\(aq", "\\(lq", "\\(rq", "\\fI", "\\fR", '\\"',
        }, line  # fmt: skip


@pytest.mark.parametrize(
    "command", [("mandoc", "-Tlint", "-W", "error"), ("groff", "-man", "-ww", "-z"), ("man", "-l")]
)
def test_readers_of_man_pages_take_it(checkout: Path, command: tuple[str, ...]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"NOT RUN: {command[0]} is not installed")
    done = subprocess.run(
        [*command, checkout / "docs" / "kb.1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "MANPAGER": "cat", "LANG": "C"},
    )
    if command[0] == "man" and "has been minimized" in done.stdout + done.stderr:
        pytest.skip("NOT RUN: this system's man shows no pages")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    if command[0] == "man":
        assert "--allow-private" in done.stdout


def keys_of_front_matter(checkout: Path) -> dict[str, list[str]]:
    """Return every key that docs/writing.md names, with its other names."""
    page = (checkout / "docs" / "writing.md").read_text()
    return {
        name: re.findall(r"`([^`]+)`", others)
        for name, others in ROW.findall(page)
        if not name.startswith("[")
    }


def test_every_key_of_front_matter_is_documented(checkout: Path) -> None:
    told = {name.lower() for name in keys_of_front_matter(checkout)}
    known = {field.replace("_", "") for field in FrontMatter.__struct_fields__}
    own = {"format", "extra", "lines", "lastline", "event", "talks"}
    assert told == known - own


def test_every_name_of_a_key_is_read(checkout: Path) -> None:
    samples = {"date": "2024-06-03", "publishdate": "2024-06-03", "expirydate": "2024-06-03"}
    samples |= {"draft": "true", "weight": "3", "kind": '"panel"', "language": '"de"'}
    samples |= {"url": '"/a/b/"', "aliases": '["/a/"]', "slug": '"a-b"'}
    for name, others in keys_of_front_matter(checkout).items():
        field = {"publishdate": "publish_date", "expirydate": "expiry_date"}
        attribute = field.get(name.lower(), name.lower())
        for other in (name, *others):
            value = samples.get(name.lower(), '"words"')
            line = other if "=" in other else f"{other} = {value}"
            data = f"+++\n{line}\n+++\n# Title\n".encode()
            matter = read_note(Source("a.md", "", data), ReadingOptions()).matter
            assert getattr(matter, attribute) not in {"", (), 0}, other
