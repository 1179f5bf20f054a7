"""Published programmes beside the notes: `content/schedules/*.toml`, read for a build."""

from kb.building.files import FileFault, read_source
from kb.building.inputs import unreadable
from kb.building.project import Project
from kb.building.scan import Scan
from kb.model.finding import Finding
from kb.model.schedule import Programme
from kb.reading.programmes import read_programme

LARGEST = 8_388_608
"""Bytes of a programme's file."""


def programmes_of(project: Project, scan: Scan) -> tuple[tuple[Programme, ...], list[Finding]]:
    """Return the programmes of a site, by path, and what is wrong with their files."""
    programmes: list[Programme] = []
    findings: list[Finding] = []
    for found in scan.programmes:
        try:
            source = read_source(project.root, found.name, LARGEST, found.path)
        except FileFault as fault:
            findings.append(unreadable(fault, found.path))
            continue
        programme, wrong = read_programme(source)
        programmes.append(programme)
        findings.extend(wrong)
    return tuple(programmes), findings
