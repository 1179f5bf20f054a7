"""New sites and new notes: what `kb init` and `kb new` write, never over anything that exists."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.building.files import FileFault, make_folder, write_new
from kb.building.keys import meanings
from kb.building.matter import toml_value
from kb.building.project import CACHE, CONFIGURATION, INDEX, Project
from kb.building.samples import SAMPLES
from kb.building.scan import notes_below
from kb.graph.permalinks import slug
from kb.model.pattern import Pattern
from kb.model.settings import ContentSettings, Settings
from kb.model.value import Value
from kb.schedules.writing import quoted

_IGNORED = f"""\
# Made by kb; everything here can be made again.
/public/
/{CACHE}/
/{INDEX}/
"""


_NEW = """\
+++
title = {title}
date = {today}
tags = []
# [event]
# name = ""
# place = ""
# year = {today:.4}
+++

#### Title of the talk

- Name of the speaker
- where its page, slides or recording are

* what was said
"""

_ABOUT = Pattern(r"(readme|changelog|licen[cs]e|contributing)\.(md|markdown)", re.IGNORECASE)
"""Files beside notes that tell of the folder itself, for those who find it in a repository."""


class Started(Value, frozen=True):
    """What `start` did."""

    written: tuple[str, ...]
    """Files made, relative to the folder."""
    content: str
    """The folder of the notes, relative to the folder."""
    notes: int
    """Notes that lay there before."""
    static: bool
    """Whether the folder has static files."""
    excluded: tuple[str, ...] = ()
    """Files among the notes that are none, as site.toml says now; relative to the folder."""


def start(folder: Path) -> Started:
    """Make a site of `folder` that builds at once, around what lies there.

    Notes under `content/` are adopted where they are, and so are notes that lie in the folder
    itself. Only an empty folder gets sample notes. A README and its like beside notes is no note.

    Raises:
        FileFault: the folder cannot be made or written, or holds a site.toml already.
    """
    make_folder(folder)
    if (folder / CONFIGURATION).exists():
        raise FileFault(str(folder / CONFIGURATION), "is there already; nothing was changed")
    defaults = ContentSettings()
    content = defaults.folder
    found: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    if (folder / defaults.folder).is_dir():
        found = _notes(folder / defaults.folder)
    elif found := _notes(folder):
        content = "."
        about = tuple(path for path in found if _ABOUT.fullmatch(path))
        excluded = about if len(about) < len(found) else ()
    notes = len(found) - len(excluded)
    written = [CONFIGURATION]
    chosen = {"content": {"folder": content, "exclude": excluded}}
    write_new(folder / CONFIGURATION, configuration(chosen).encode())
    if not (folder / ".gitignore").exists():
        write_new(folder / ".gitignore", _IGNORED.encode())
        written.append(".gitignore")
    if not notes and not any((folder / content).rglob("*")):
        for name, text in SAMPLES.items():
            path = folder / content / name
            make_folder(path.parent)
            write_new(path, text.encode())
            written.append(f"{content}/{name}")
    return Started(tuple(written), content, notes, (folder / "static").is_dir(), excluded)


def _notes(folder: Path) -> tuple[str, ...]:
    found, _ = notes_below(folder, ContentSettings())
    return tuple(one.path for one in found if one.path.endswith((".md", ".markdown")))


def configuration(chosen: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a site.toml that names every key with its meaning and its default, commented out.

    `chosen` gives the values (section → key → value) that are written as they are.
    """
    lines = ["# The settings of this site. Every line is optional; what is commented out is"]
    lines += ["# the default. Build with: kb build", ""]
    plain = Settings()
    sections: list[str] = []
    for name in plain.__struct_fields__:
        value = getattr(plain, name)
        if isinstance(value, Value):
            sections.append(name)
        elif not isinstance(value, Mapping):
            lines += _key(Settings, name, value, chosen.get("", {}).get(name))
    for section in sections:
        value = getattr(plain, section)
        lines += ["", f"[{section}]"]
        for name in value.__struct_fields__:
            picked = chosen.get(section, {}).get(name)
            default = getattr(value, name)
            lines += _key(type(value), name, default, picked)
    lines += ["", "[redirects]", *_comment(meanings()["Settings"]["redirects"])]
    for source, target in chosen.get("redirects", {}).items():
        lines.append(f"{quoted(source)} = {quoted(target)}")
    lines += ["", "[link_kinds]", *_comment("Own kinds of links: host, or host/path = kind.")]
    lines += ['# "slides.example.org" = "slides"', "", "[plugins]"]
    lines += _comment("What installed plugins are told, each in a table of its own: plugins.NAME.")
    lines += ["", "[params]"]
    lines += _comment("Anything; your own templates find it as site.params.")
    return "\n".join(lines) + "\n"


def _key(owner: type[Value], name: str, default: Any, picked: Any) -> list[str]:
    shown = default if picked is None else picked
    setting = f"{name} = {_toml(shown)}"
    commented = setting if picked is not None and picked != default else f"# {setting}"
    return [*_comment(meanings().get(owner.__name__, {}).get(name, "")), commented]


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"# {line.strip()}".rstrip()


def _toml(value: Any) -> str:
    """Return a setting as TOML; tables in one line have the keys of paths and tags, quoted."""
    if isinstance(value, Mapping):
        items = [f"{quoted(key)} = {_toml(item)}" for key, item in value.items()]
        return f"{{ {', '.join(items)} }}" if items else "{}"
    return toml_value(value)


def note(project: Project, title: str, today: str) -> Path:
    """Write a new note with its front matter filled in; return its path.

    Args:
        project: the site.
        title: the note's title.
        today: ISO date, for its name and date.

    Raises:
        FileFault: a file of that name exists (it is left as it is), or cannot be written.
    """
    path = project.content / f"{today}-{slug(title, 'note')}.md"
    make_folder(path.parent)
    if path.exists():
        raise FileFault(str(path), "is there already; it was left as it is")
    write_new(path, _NEW.format(title=quoted(title), today=today).encode())
    return path
