"""How many rendered pages wait to be staged."""

from itertools import accumulate
from pathlib import Path

import pytest

from kb.building.publish import Stage, Staged
from kb.building.rendered import _stage_pages
from kb.model.output import Output
from kb.model.site import records_of
from kb.model.value import replace
from kb.rendering.site import Renderer
from kb.rendering.views import Page, TextView
from tests.rendering import sample


class Noting(Renderer):
    """Renders each page as `size` bytes, and notes that."""

    def __init__(self, size: int, noted: list[str]) -> None:
        super().__init__(
            records_of(sample.site()), sample.notes(), sample.settings(), sample.theme()
        )
        self.size = size
        self.noted = noted

    def render(self, page: Page) -> Output:
        self.noted.append("rendered")
        return Output(page.path, page.path.encode().ljust(self.size))


class Waiting(Stage):
    """Notes what is staged."""

    def __init__(self, folder: Path, noted: list[str]) -> None:
        super().__init__(folder / "stage", folder / "output", {})
        self.noted = noted

    def put(self, path: str, *data: bytes | memoryview) -> Staged:
        self.noted.append("staged")
        return super().put(path, *data)


@pytest.mark.parametrize(("size", "most"), [(10, 64), (400_000, 3), (1_000_000, 1)])
def test_large_pages_are_staged_before_more_are_rendered(
    tmp_path: Path, size: int, most: int
) -> None:
    noted: list[str] = []
    renderer, stage = Noting(size, noted), Waiting(tmp_path, noted)
    stage.begin()
    first = next(page for page in renderer.pages() if not isinstance(page.view, TextView))
    pages = [replace(first, path=f"{number}.html") for number in range(70)]
    made = [*_stage_pages(pages, renderer, stage, {})]
    assert [one.path for one in made] == [page.path for page in pages]
    for one in made:
        assert (tmp_path / "stage" / one.path).read_bytes() == one.path.encode().ljust(size)
    steps = (1 if what == "rendered" else -1 for what in noted)
    assert max(accumulate(steps)) == most
