"""Notes anywhere on the disk, without a site around them: what `kb extract` reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.building.files import FileFault, Found, read_source, stamp_of
from kb.building.inputs import unreadable
from kb.building.learning import extraction_options, link_kinds, note_of, read_one
from kb.building.scan import DATA_FILES, LARGEST_DATA, VOCABULARY_FILES, notes_below
from kb.extraction.extract import settle
from kb.extraction.record import Record, record
from kb.model.finding import Finding, in_order
from kb.model.note import Source
from kb.model.settings import Settings
from kb.plugins.gathered import Plugins
from kb.reading.vocabulary import read_vocabulary


@dataclass(frozen=True)
class Extracted:
    """What loose notes say."""

    records: Mapping[str, Record]
    """By path, relative to the folder that was named (a file: its name)."""
    findings: tuple[Finding, ...]


def extract_paths(paths: Sequence[Path], settings: Settings, plugins: Plugins) -> Extracted:
    """Return what the notes at `paths` (files, or folders of notes) say, by relative path.

    The notes of one folder (or of a file's folder, those named) are settled with each other: they
    are taken for the notes of one person. Data files that lie in that folder are heeded.
    """
    records: dict[str, Record] = {}
    findings: list[Finding] = []
    files = sorted(path for path in paths if not path.is_dir())
    groups = [(path, *notes_below(path, settings.content)) for path in paths if path.is_dir()]
    for folder in sorted({path.parent for path in files}):
        data = [folder / name for name in DATA_FILES if (folder / name).is_file()]
        named = [_found(path) for path in files if path.parent == folder]
        named += [_found(path) for path in data]
        groups.append((folder, tuple(named), []))
    for folder, found, missed in groups:
        told, said = _extracted(folder, found, settings, plugins)
        records.update(told)
        findings += [*missed, *said]
    return Extracted(dict(sorted(records.items())), in_order(findings))


def _found(path: Path) -> Found:
    status = path.stat()
    return Found(path.name, path.name, stamp_of(status))


def _extracted(
    folder: Path, found: Sequence[Found], settings: Settings, plugins: Plugins
) -> tuple[dict[str, Record], list[Finding]]:
    findings: list[Finding] = []
    sources: list[Source] = []
    for one in found:
        try:
            if one.path in DATA_FILES:
                sources.append(read_source(folder, one.name, LARGEST_DATA, one.path))
            else:
                sources.append(note_of(folder, one, settings.content.max_bytes))
        except FileFault as fault:
            findings.append(unreadable(fault, one.path))
    data = {source.path: source for source in sources if source.path in DATA_FILES}
    people, topics, events = (data.get(name) for name in VOCABULARY_FILES)
    vocabulary = read_vocabulary(people, topics, events, link_kinds(settings, plugins))
    findings += vocabulary.findings
    read = [
        read_one(source, settings, vocabulary, plugins)
        for source in sources
        if source.path not in data
    ]
    facts = settle([said for _, said in read], vocabulary, extraction_options(settings))
    findings += [finding for note, _ in read for finding in note.findings]
    findings += [finding for one in facts for finding in one.findings]
    return {one.path: record(one) for one in facts}, findings
