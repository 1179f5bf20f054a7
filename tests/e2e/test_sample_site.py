"""The sample notes, built and published, as a visitor of a plain static host meets them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Watch

pytestmark = pytest.mark.browser

Publish = Callable[..., str]

MOST_AROUND = 6 * 1024
"""Bytes of a talk's page besides what it tells: the words on it, and the notes as written."""
PROSE = re.compile(r'<div class="prose".*?</div>\n<p class="origin">', re.DOTALL)
MARKUP = re.compile(r"<script.*?</script>|<[^>]*>", re.DOTALL)


@pytest.fixture
def address(sample: Path, publish: Publish) -> str:
    return publish(sample, "/some/where/notes/")


def test_from_the_home_page_to_event_talk_and_speaker(visit: Watch, address: str) -> None:
    visitor = visit(address)
    visitor.follow("OpenStack Summit Boston 2017")
    assert visitor.heading() == "OpenStack Summit Boston 2017"
    visitor.follow("Consuming Multiple OpenStack Clouds with Ease")
    assert visitor.heading() == "Consuming Multiple OpenStack Clouds with Ease"
    cited = [address for _, address in visitor.links_of("a")]
    assert "https://github.com/openstack-infra/shade" in cited
    visitor.follow("Monty Taylor")
    assert visitor.heading() == "Monty Taylor"
    visitor.follow("OpenStack Works, so now what?")
    assert visitor.heading() == "OpenStack Works, so now what?"


def test_a_talk_is_wrapped_in_little(sample: Path) -> None:
    pages = [
        text
        for path in sorted((sample / "talks").glob("*/*/index.html"))
        if 'class="is-talk"' in (text := path.read_text())
    ]
    assert len(pages) > 20
    for page in pages:
        around = PROSE.sub("", page)
        assert around != page or 'class="prose"' not in page
        text = re.sub(r"\s+", " ", MARKUP.sub("", around))
        assert len(around.encode()) - len(text.encode()) <= MOST_AROUND, page[:600]


def test_a_talk_shows_its_pictures(visit: Watch, address: str) -> None:
    visitor = visit(address)
    visitor.follow("OpenStack Summit Boston 2017")
    visitor.follow("Securing Microservice Interactions in OpenStack and Kubernetes")
    picture = visitor.page.get_by_role("img", name="Seven services, and every pair").first
    picture.scroll_into_view_if_needed()
    picture.evaluate("image => image.decode()")
    # Of a picture in several sizes, a browser tells the width that it is shown in.
    assert picture.evaluate("image => image.naturalWidth") == 608
    assert picture.evaluate("image => image.currentSrc").endswith((".jpg", ".webp"))


def test_an_alias_makes_two_spellings_one_person(visit: Watch, address: str) -> None:
    visitor = visit(address)
    visitor.follow("Harbour Ops Days Rotterdam 2019")
    visitor.follow("Small Boats: Splitting a Cluster in Nine")
    visitor.follow("Noor Haddad")
    names = {text for text, _ in visitor.links_of("a")}
    assert {"One Identity, Nine Clusters", "Panel: On Call Without Heroes"} & names


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("first row", "Workshop: Backups Are a Rumour Until You Restore"),
        ("privsep", "Privsep: A New Security Isolation Mechanism for OpenStack"),
        ('speaker:"Noor Haddad" clusters', "One Identity, Nine Clusters"),
    ],
)
def test_search_finds_and_leads_there(visit: Watch, address: str, query: str, title: str) -> None:
    visitor = visit(address)
    visitor.search(query)
    visitor.take(title)
    assert visitor.heading() == title


def test_the_question_on_the_home_page_is_answered(visit: Watch, address: str) -> None:
    visitor = visit(address)
    question = visitor.page.get_by_role("main").get_by_role("searchbox")
    question.fill("thousands of Python projects")
    question.press("Enter")
    visitor.page.wait_for_url("**/search/?q=*")
    visitor.take("Testing Thousands of Python Projects Every Day")
    assert visitor.heading() == "Testing Thousands of Python Projects Every Day"


def test_every_kind_of_page_is_sound(visit: Watch, address: str, sample: Path) -> None:
    """One page of each kind, opened; what fails or leaves the site is noticed by the visit."""
    visitor = visit(address)
    kinds = {
        path.relative_to(sample).parts[:-1][:1]: path.relative_to(sample).parent.as_posix()
        for path in sorted(sample.rglob("index.html"))
    }
    for folder in kinds.values():
        visitor.open("" if folder == "." else f"{folder}/")
        assert visitor.heading()
    expected = {("events",), ("talks",), ("speakers",), ("topics",), ("notes",), ("links",)}
    assert expected <= set(kinds)


def test_a_narrow_page_does_not_scroll_sideways(visit: Watch, address: str) -> None:
    visitor = visit(address)
    visitor.page.set_viewport_size({"width": 360, "height": 740})
    for title in (
        "OpenStack Summit Boston 2017",
        (
            "When One Cloud is Not Enough: An Overview of Sites, Regions, Edges, "
            "Distributed Clouds, and More"
        ),
    ):
        visitor.follow(title)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, title


def test_it_reads_without_javascript(sample: Path) -> None:
    page = next((sample / "talks").glob("*/consuming-multiple*/index.html")).read_text("utf-8")
    for words in ("Monty Taylor", "twenty small", "create_server", "github.com/openstack-infra"):
        assert words in page
