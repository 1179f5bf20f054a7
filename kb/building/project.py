"""A site's folder, opened: its settings, where its folders are, and whether its output is safe."""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from kb.building.files import FileFault, inside, read_source
from kb.model.finding import Finding
from kb.model.note import Source
from kb.model.settings import Settings
from kb.model.value import replace
from kb.plugins.gathered import NONE, Plugins, PluginsFault, gather
from kb.reading.settings import place_of, read_settings

CONFIGURATION = "site.toml"
CACHE = ".kb"
"""Folder of kb's own cache, journal and lock; may be deleted at any time."""
INDEX = "search_index"
MARKER = ".kb-manifest"
"""File in the output folder that lists what kb made there."""
_MOST_SETTINGS = 1_048_576


class ProjectFault(Exception):
    """A folder that is no site, or a configuration that cannot be used: exit code 2."""

    def __init__(self, message: str, hint: str = "", findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.findings = findings


@dataclass(frozen=True)
class Project:
    """A site on disk."""

    root: Path
    """The folder of site.toml, links resolved."""
    settings: Settings
    configuration: str
    """Digest of site.toml, or of the settings that stand for it."""
    output: Path
    """Where the site is published, links resolved."""
    findings: tuple[Finding, ...] = ()
    """What site.toml has to be told."""
    plugins: Plugins = NONE
    """What the plugins that it does not switch off add."""

    @property
    def cache(self) -> Path:
        """The folder of kb's cache."""
        return self.root / CACHE

    @property
    def lock(self) -> Path:
        """The file that is locked while the site is built."""
        return self.cache / "lock"

    @property
    def index(self) -> Path:
        """The folder of the local search index."""
        return self.root / INDEX

    @property
    def content(self) -> Path:
        """The folder of the notes."""
        return self.root / self.settings.content.folder


def open_project(folder: Path, output: Path | None = None, base_url: str | None = None) -> Project:
    """Return the site in `folder`, with `output` and `base_url` (if given) over its settings.

    Raises:
        ProjectFault: the folder is missing or no site, or site.toml has errors, or names a
            search engine that is not installed; or a plugin cannot be used.
    """
    root = Path(os.path.realpath(folder))
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise ProjectFault(f"{folder} {what}", "Name the site's folder with -s.")
    source = _configuration(root, folder)
    settings, findings = read_settings(source)
    errors = tuple(finding for finding in findings if finding.severity == "error")
    if errors:
        raise ProjectFault(f"{CONFIGURATION} has errors", findings=errors)
    if settings.search.engine == "tantivy" and importlib.util.find_spec("tantivy") is None:
        line, column = place_of(source, "search.engine")
        missing = "`search.engine` names tantivy, which is not installed"
        hint = "pip install summit-kb[fast]"
        fault = Finding("KB117", CONFIGURATION, missing, line, column, hint)
        raise ProjectFault(f"{CONFIGURATION} has errors", findings=(fault,))
    if base_url is not None:
        settings = replace(settings, base_url=base_url)
    for name in (settings.content.folder, *settings.content.static):
        if not inside(os.path.realpath(root / name), str(root)):
            raise ProjectFault(
                f"{CONFIGURATION}: the folder {name!r} is not inside the site's folder",
                "Notes and static files must lie below the folder of site.toml.",
            )
    target = output if output is not None else root / settings.build.output
    plugins = plugins_of(settings)
    return Project(
        root=root,
        settings=settings,
        configuration=source.digest,
        output=Path(os.path.realpath(target)),
        findings=(*findings, *(_missing(source, name) for name in plugins.missing)),
        plugins=plugins,
    )


def plugins_of(settings: Settings) -> Plugins:
    """Return the plugins that are installed and that `settings` do not switch off.

    Raises:
        ProjectFault: one of them cannot be used.
    """
    try:
        return gather(settings.plugins)
    except PluginsFault as fault:
        raise ProjectFault(str(fault), fault.hint) from fault


def _missing(source: Source, name: str) -> Finding:
    line, column = place_of(source, f"plugins.{name}")
    message = f"site.toml has settings for the plugin {name!r}, which is not installed"
    hint = "install it, or take its settings out"
    return Finding("KB150", CONFIGURATION, message, line, column, hint)


def _configuration(root: Path, folder: Path) -> Source:
    try:
        return read_source(root, CONFIGURATION, _MOST_SETTINGS)
    except FileFault as fault:
        if not (root / CONFIGURATION).exists():
            raise ProjectFault(
                f"no {CONFIGURATION} in {folder}: this is not a kb site",
                f"Make one with: kb init {folder}",
            ) from fault
        raise ProjectFault(f"{CONFIGURATION} cannot be read: {fault.reason}") from fault


def check_content(project: Project) -> None:
    """Refuse a site whose folder of notes is not there: building it would unpublish everything.

    Raises:
        ProjectFault: the folder is missing, or is a file.
    """
    folder = project.settings.content.folder
    if project.content.is_dir():
        return
    what = "is a file" if project.content.exists() else "is not there"
    message = f"the folder of the notes, {folder!r}, {what}"
    hint = "Make it, or name the folder in site.toml: [content] folder. Nothing was written."
    line, column = place_of(_configuration(project.root, project.root), "content.folder")
    if not line:
        raise ProjectFault(message, hint)
    finding = Finding("KB117", CONFIGURATION, message, line, column, "make it, or name another")
    raise ProjectFault(f"{CONFIGURATION} has errors", "Nothing was written.", (finding,))


def check_output(project: Project) -> None:
    """Refuse an output folder where publishing could harm files that kb did not make.

    Raises:
        ProjectFault: it is a file, holds foreign files, or is, holds or lies in the site's source.
    """
    output, root = str(project.output), str(project.root)
    hint = "Name another folder with -o, or in site.toml: [build] output."
    if project.output.exists() and not project.output.is_dir():
        raise ProjectFault(f"the output {output} is a file, not a folder", hint)
    if inside(root, output):
        raise ProjectFault(f"the output {output} is the site's own folder or holds it", hint)
    if inside(os.path.realpath(Path.home()), output):
        raise ProjectFault(f"the output {output} is your home folder or holds it", hint)
    for name in sorted(_sources(project)):
        real = os.path.realpath(project.root / name)
        if inside(real, output) or (inside(output, real) and real != root):
            raise ProjectFault(f"the output {output} and the site's {name} lie in each other", hint)
    if _is_foreign(project.output):
        raise ProjectFault(
            f"the output {output} holds files that kb did not make",
            "Empty it, or name another folder with -o. Nothing was written.",
        )


def _sources(project: Project) -> set[str]:
    content = project.settings.content
    return {content.folder, *content.static, "themes", CACHE, INDEX, ".git", CONFIGURATION}


def _is_foreign(output: Path) -> bool:
    try:
        names = os.listdir(output)
    except FileNotFoundError:
        return False
    except OSError as fault:
        raise ProjectFault(f"the output {output} cannot be read: {fault.strerror}") from fault
    return bool(names) and MARKER not in names
