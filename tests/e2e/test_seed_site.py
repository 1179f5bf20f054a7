"""One real note and its pictures: everything in it is found by clicking and by searching."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Visit, Watch

pytestmark = [pytest.mark.browser, pytest.mark.shared]

TALKS = (
    "Consuming Multiple OpenStack Clouds with Ease",
    "Canonical - Hybrid Cloud Kubernetes",
    (
        "When One Cloud is Not Enough: An Overview of Sites, Regions, Edges, Distributed Clouds, "
        "and More"
    ),
    "Securing Microservice Interactions in OpenStack and Kubernetes",
    "Nova Cells v2 Forum",
    "Building and Operating an OpenStack Cloud with a Small Team",
)
QUERIES = {
    "Monty Taylor": "Monty Taylor",
    "shade": TALKS[0],
    "hybrid cloud kubernetes": TALKS[1],
    "regions edges": TALKS[2],
    "securing microservice": TALKS[3],
    "cells forum": TALKS[4],
    "small team": TALKS[5],
}
EVENT = "OpenStack Summit Boston 2017"
SHADE = "https://github.com/openstack-infra/shade"


@pytest.fixture
def visitor(visit: Watch, seed: Path, publish: Callable[..., str]) -> Visit:
    return visit(publish(seed, "/blog/"))


def test_by_clicking_one_finds_the_speaker_the_talk_and_the_repository(visitor: Visit) -> None:
    visitor.follow(EVENT)
    visitor.follow("Monty Taylor")
    assert visitor.heading() == "Monty Taylor"
    visitor.follow(TALKS[0])
    assert visitor.heading() == TALKS[0]
    assert SHADE in [address for _, address in visitor.links_of("a")]


def test_by_clicking_one_finds_every_talk(visitor: Visit) -> None:
    visitor.follow(EVENT)
    for title in TALKS:
        visitor.follow(title)
        assert visitor.heading() == title
        visitor.page.go_back()


def test_by_searching_one_finds_everything(visitor: Visit) -> None:
    for query, title in QUERIES.items():
        visitor.search(query)
        visitor.take(title)
        assert visitor.heading() == title


def test_the_lunch_has_a_page_and_is_no_talk(visitor: Visit, seed: Path) -> None:
    visitor.follow(EVENT)
    visitor.follow("Speed Mentoring Lunch")
    assert visitor.heading() == "Speed Mentoring Lunch"
    assert not list((seed / "talks").glob("*/speed-mentoring*"))


def test_every_picture_is_shown_in_its_talk(visitor: Visit) -> None:
    shown: set[str] = set()
    visitor.follow(EVENT)
    for title in TALKS:
        visitor.follow(title)
        for picture in visitor.page.get_by_role("main").locator("img").all():
            picture.scroll_into_view_if_needed()
            picture.evaluate("image => image.decode()")
            name = str(picture.get_attribute("src"))
            shown.add(f"{title}: {re.sub(r'[.][0-9]+[.]webp$', '', name)}")
        visitor.page.go_back()
    assert len(shown) == 4
