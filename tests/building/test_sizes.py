"""Pictures in several sizes: made once, upright, without what a camera tells, named by pages."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from kb.building import pipeline
from kb.building.options import Options, Report
from kb.building.project import open_project
from kb.model.value import replace
from kb.reading import images
from tests.building.sample import make_site, tree

OPTIONS = Options(now="2026-01-01T00:00:00+00:00", index=False, patience=0.0)
NOTE = "# Photos\n\n![The mill](images/mill.jpg)\n"


def photo(width: int = 1300, height: int = 600, *, turned: bool = False) -> bytes:
    """Return a photo, dark above and light below, that tells of its camera and place."""
    exif = Image.Exif()
    exif[0x0110] = "Phone 12"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("black", (0, 0, width, height // 2))
    if turned:
        exif[0x0112] = 6
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = make_site(tmp_path / "site")
    (folder / "content" / "photos.md").write_text(NOTE)
    (folder / "content" / "images" / "mill.jpg").write_bytes(photo())
    return folder


def build(site: Path, options: Options = OPTIONS) -> Report:
    return pipeline.build(open_project(site), options)


def made(site: Path) -> dict[str, bytes]:
    return {path: data for path, data in tree(site / "public").items() if path.endswith(".webp")}


def test_a_photo_has_the_sizes_that_are_smaller_than_it_and_pages_name_them(site: Path) -> None:
    build(site)
    found = made(site)
    assert set(found) == {"images/mill.jpg.480.webp", "images/mill.jpg.960.webp"}
    for path, data in found.items():
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.format == "WEBP"
            assert picture.width == int(path.split(".")[-2])
            assert not picture.getexif()
            assert b"Phone" not in data
    page = (site / "public" / "notes" / "photos" / "index.html").read_text()
    named = re.findall(r'srcset="([^"]+)"', page)[0].split(", ")
    assert named == [
        "../../images/mill.jpg.480.webp 480w",
        "../../images/mill.jpg.960.webp 960w",
        "../../images/mill.jpg 1300w",
    ]


def test_a_photo_taken_upright_is_shown_upright(site: Path) -> None:
    (site / "content" / "images" / "mill.jpg").write_bytes(photo(turned=True))
    build(site)
    with Image.open(io.BytesIO(made(site)["images/mill.jpg.480.webp"])) as picture:
        assert picture.size == (480, 222)
        shades = picture.convert("L")
        assert max(shades.crop((100, 20, 200, 40)).tobytes()) < 60
        assert min(shades.crop((100, 180, 200, 200)).tobytes()) > 200


def test_nothing_is_sized_again_until_the_picture_changes(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(site)
    before = made(site)
    calls: list[int] = []

    def counted(data: bytes, widths: list[int]) -> tuple[bytes, ...]:
        calls.append(len(data))
        return (b"RIFF",) * len(widths)

    monkeypatch.setattr(images, "smaller", counted)
    (site / "content" / "about.md").write_text("# About\n\nElse.\n")
    assert not [path for path in build(site).written if path.endswith(".webp")]
    assert calls == []
    assert made(site) == before
    (site / "content" / "images" / "mill.jpg").write_bytes(photo(1400))
    build(site)
    assert len(calls) == 1


def test_sizes_lost_changed_or_of_no_picture_are_as_in_a_clean_build(
    site: Path, tmp_path: Path
) -> None:
    build(site)
    public = site / "public" / "images"
    (public / "mill.jpg.480.webp").unlink()
    (public / "mill.jpg.960.webp").write_bytes(b"else")
    (site / "content" / "about.md").write_text("# About\n\nElse.\n")
    build(site)
    clean = tree(site / "public")
    build(site, replace(OPTIONS, full=True))
    assert tree(site / "public") == clean
    (site / "content" / "images" / "mill.jpg").unlink()
    build(site)
    assert made(site) == {}


def test_a_picture_that_cannot_be_decoded_is_published_as_it_is(site: Path) -> None:
    whole = photo()
    (site / "content" / "images" / "mill.jpg").write_bytes(whole[: len(whole) // 2])
    report = build(site)
    assert report.published
    found = made(site)
    assert len(found) == 2
    assert set(found.values()) == {(site / "public" / "images" / "mill.jpg").read_bytes()}


def test_the_sizes_are_the_same_for_any_number_of_workers(site: Path) -> None:
    (site / "content" / "images" / "pump.png").write_bytes(photo(1000))
    build(site, replace(OPTIONS, jobs=1))
    one = made(site)
    build(site, replace(OPTIONS, jobs=3, full=True))
    assert made(site) == one
