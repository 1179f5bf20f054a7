"""What notes say is the same whether they are held whole, lie apart, or were read before."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from kb.building.inputs import Inputs, digests_of
from kb.building.learning import Knowledge, Run, learn
from kb.building.memo import Memo, code_stamp
from kb.building.options import ALONE, Options
from kb.building.pipeline import load
from kb.building.project import Project, open_project
from kb.building.scan import scan
from kb.building.scratch import Pile
from kb.search.documents import documents
from tests.building.sample import make_site

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", patience=0.0)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = make_site(tmp_path / "site")
    (folder / "content" / "later.md").write_text("+++\ndraft = true\n+++\n# Not yet\n")
    return open_project(folder)


def apart(project: Project) -> Knowledge:
    """Return what the notes of `project` say, which lie apart."""
    found = scan(project)
    memo = Memo(project.cache, b"key")
    digests = digests_of(project, found, Inputs(memo, use_memo=True), 0)
    run = Run(project, OPTIONS, ALONE, memo, code_stamp(""), lambda _: nullcontext())
    return learn(run, found, digests, Pile(project.root))


def test_notes_that_lie_apart_say_the_same(project: Project) -> None:
    whole = load(project, OPTIONS)
    for known in (apart(project), apart(project)):  # read, and recalled
        assert known.woven == whole.woven
        assert known.findings == whole.findings
        assert [note.path for note in known.notes] == [note.path for note in whole.notes]
        assert not any(note.blocks for note in known.notes)
        assert [*known.prose.items()] == [*whole.prose.items()]
        assert documents(known.site, known.prose) == documents(whole.site, whole.prose)


def test_a_draft_is_no_note_though_it_was_read(project: Project) -> None:
    known = apart(project)
    assert "content/later.md" not in known.prose
    assert known.prose.get("content/later.md") is None
    with pytest.raises(KeyError):
        known.prose["content/later.md"]
