"""Pages in a real browser: accessible, within their policy, pleasant with and without scripts."""

import re
from itertools import product

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Watched
from tests.rendering import sample

pytestmark = pytest.mark.browser

TALK = "talks/harbour-2017/fast-boats/"
PAGES = (
    "",
    "events/",
    "events/harbour-2017/",
    "events/harbour-2017/booklet/",
    "events/harbour-2017/lunch/",
    "talks/",
    TALK,
    "talks/harbour-2017/kuai/",
    "talks/harbour-2016/long/",
    "speakers/",
    "speakers/ada/",
    "topics/",
    "topics/boats/",
    "links/",
    "notes/",
    "notes/harbour-days/",
    "search/",
    "404.html",
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize(("scheme", "width"), list(product(("light", "dark"), (320, 1280))))
def test_pages_have_no_barriers(
    browser: Browser, address: str, axe: str, scheme: str, width: int
) -> None:
    found: list[str] = []
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    for path in PAGES:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: wider than the window")
        page.evaluate(axe)
        result = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
        for violation in result["violations"]:
            node = violation["nodes"][0]
            found.append(f"{path}: {violation['id']}: {node['html']} {node['failureSummary']}")
    context.close()
    assert not found, "\n".join(found)


def test_no_page_breaks_its_policy_or_asks_another_host(watched: Watched) -> None:
    for path in PAGES:
        watched.open(path).wait_for_load_state("networkidle")
    assert not watched.complaints
    assert not watched.foreign


def test_nothing_moves_while_a_page_loads(watched: Watched) -> None:
    page = watched.open(TALK)
    shift = page.evaluate(
        """() => new Promise(done => {
          let sum = 0;
          new PerformanceObserver(list => {
            for (const entry of list.getEntries()) sum += entry.value;
          }).observe({type: "layout-shift", buffered: true});
          setTimeout(() => done(sum), 400);
        })"""
    )
    assert shift < 0.01


@pytest.mark.parametrize("width", [320, 768, 2560])
def test_pages_fit_their_window(watched: Watched, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 900})
    for path in PAGES:
        page = watched.open(path)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path


def test_everything_but_search_reads_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.click("text=Harbour Days Bergen 2017 >> nth=0")
    page.click("text=Fast boats >> nth=0")
    expect(page.locator("h1")).to_have_text("Fast boats")
    expect(page.locator("[data-prose]")).to_contain_text("The code is here")
    expect(page.locator("button:visible")).to_have_count(0)
    context.close()


def test_colours_are_chosen_kept_and_never_flash(watched: Watched) -> None:
    page = watched.open("")
    button = page.locator("button.scheme")
    button.click()
    button.click()
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    page.goto(watched.address + TALK, wait_until="commit")
    page.wait_for_selector("header.top")
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    page.locator("button.scheme").click()
    assert page.evaluate("document.documentElement.dataset.scheme") is None
    assert not watched.complaints


def test_keys_walk_a_list_and_open(watched: Watched) -> None:
    page = watched.open("talks/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("[data-item] .t").first
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Fast boats")


def test_brackets_turn_to_the_next_edition(watched: Watched) -> None:
    page = watched.open("events/harbour-2017/")
    page.keyboard.press("[")
    page.wait_for_url("**/events/harbour-2016/")


def test_a_question_mark_shows_the_keys(watched: Watched) -> None:
    page = watched.open(TALK)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("previous and next talk")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not watched.complaints


def test_lists_are_filtered_and_sorted(watched: Watched) -> None:
    page = watched.open("talks/")
    titles = page.locator("[data-item]:not([hidden]) .t")
    given = titles.all_inner_texts()
    page.locator(".tools select").select_option("title")
    assert titles.all_inner_texts() == sorted(given, key=_natural)
    page.locator(".tools select").select_option("")
    assert titles.all_inner_texts() == given
    page.locator(".tools input").fill("KUAI")
    expect(page.locator(".none")).to_be_visible()
    page.locator(".tools input").fill("fast kuo")
    expect(titles).to_have_count(0)
    page.locator(".tools input").fill("fast ada")
    expect(titles).to_have_count(1)


def _natural(text: str) -> tuple[int, list[str | tuple[int, ...]]]:
    """Sort as people do: marks before letters before other scripts, numbers by value."""
    kind = 0 if not text[0].isalnum() else 1 if text[0].isascii() else 2
    parts = re.split(r"(\d+)", text.casefold())
    return kind, [part.zfill(9) if part.isdigit() else part for part in parts]


def test_a_card_opens_by_pointer_and_by_keyboard(watched: Watched) -> None:
    page = watched.open("events/harbour-2017/")
    page.locator("[data-item] .t").first.hover()
    card = page.locator("#kb__card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("Why boats should be fast.")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.mouse.move(0, 0)
    page.keyboard.press("j")
    expect(card).to_be_visible()
    assert not watched.complaints


def test_pictures_are_viewed_by_keyboard(watched: Watched) -> None:
    page = watched.open("events/harbour-2017/")
    page.locator("[data-viewer] a").first.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog")
    expect(box.locator("img")).to_have_attribute("alt", "The pier at noon")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(page.locator("[data-viewer] a").first).to_be_focused()


def test_a_citation_is_copied(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + TALK)
    page.locator("button.copy").click()
    expect(page.locator("button.copy")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "“Fast boats”" in text
    assert text.endswith("https://notes.example/kb/talks/harbour-2017/fast-boats/")
    context.close()


def test_paragraphs_have_a_permalink(watched: Watched) -> None:
    page = watched.open(TALK)
    block = page.locator("[data-prose] li[id]").first
    block.hover()
    mark = page.locator(".permalink").first
    expect(mark).to_be_visible()
    mark.click()
    assert page.url.endswith("#" + str(block.get_attribute("id")))


@pytest.mark.parametrize(("side", "seen"), [("right", "end"), ("center", "center")])
def test_columns_of_a_table_stand_as_the_note_says(watched: Watched, side: str, seen: str) -> None:
    page = watched.open("notes/harbour-days/")
    found = page.evaluate(
        """side => {
            const cell = document.createElement("td");
            cell.className = `align-${side}`;
            document.querySelector("[data-prose]").append(document.createElement("table"));
            document.querySelector("[data-prose] table:last-child").append(cell);
            return getComputedStyle(cell).textAlign;
        }""",
        side,
    )
    assert found == seen


def test_a_hostile_title_runs_nothing(watched: Watched) -> None:
    page = watched.open("talks/harbour-2017/hostile/")
    expect(page.locator("h1")).to_have_text(sample.HOSTILE)
    page.goto(watched.address + "events/harbour-2017/")
    page.get_by_text("alert(1)").first.hover()
    expect(page.locator("#kb__card")).to_contain_text("<script>")
    assert not watched.complaints
