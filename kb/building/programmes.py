"""Published programmes beside the notes: `content/schedules/*.toml`, read for a build."""

from kb.building.files import FileFault, read_file
from kb.building.inputs import unreadable
from kb.building.project import Project
from kb.building.scan import Scan
from kb.model.finding import Finding
from kb.model.note import Source
from kb.model.schedule import Programme
from kb.model.value import digest
from kb.reading.programmes import read_programme

LARGEST = 8_388_608
"""Bytes of a programme's file."""


def programmes_of(project: Project, scan: Scan) -> tuple[tuple[Programme, ...], list[Finding]]:
    """Return the programmes of a site, by path, and what is wrong with their files."""
    programmes: list[Programme] = []
    findings: list[Finding] = []
    for found in scan.programmes:
        try:
            data = read_file(project.root, found.name, LARGEST)
        except FileFault as fault:
            findings.append(unreadable(fault, found.path))
            continue
        programme, wrong = read_programme(Source(found.path, digest(data), data))
        programmes.append(programme)
        findings.extend(wrong)
    return tuple(programmes), findings
