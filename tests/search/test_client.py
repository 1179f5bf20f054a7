"""The dialog and the page of search, in a real browser, on a site published under a sub-path."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kb.search.browser_index import export_anew
from tests.search.sample import many, write_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("site")
    write_site(found)
    return found


class Tab:
    """A page of the published site, what it asked for, and what went wrong in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.asked: list[str] = []
        self.faults: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("console", self._heard)

    def _heard(self, message: object) -> None:
        if getattr(message, "type", "") == "error":
            self.faults.append(str(getattr(message, "text", "")))

    def go(self, path: str = "") -> None:
        self.page.goto(self.address + path)
        self.page.wait_for_selector("html[data-search-ready]")

    def open(self, key: str = "/") -> None:
        self.page.keyboard.press(key)
        expect(self.page.locator("dialog.search")).to_be_visible()

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


@pytest.fixture
def tab(browser: Browser, folder: Path, publish: Callable[..., str]) -> Iterator[Tab]:
    page = browser.new_page()
    page.set_default_timeout(10_000)
    found = Tab(page, publish(folder, "/some/notes/"))
    yield found
    page.close()
    assert found.faults == []


def test_nothing_is_fetched_before_it_is_wanted(tab: Tab) -> None:
    tab.go()
    tab.page.wait_for_load_state("networkidle")
    asked = [url for url in tab.asked if "search" in url]
    assert [re.sub(r"\.[0-9a-f]+\.js$", ".js", url.rpartition("/")[2]) for url in asked] == [
        "search.js"
    ]
    with tab.page.expect_response(lambda answer: "/search-engine" in answer.url):
        tab.page.hover("[data-search-open]")
    assert not any("/search/index.bin" in url for url in tab.asked)


def test_every_request_stays_on_the_site(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("tides speaker:quill")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    assert all(url.startswith(tab.address) for url in tab.asked)


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_a_key_opens_the_dialog_and_escape_closes_it(tab: Tab, key: str) -> None:
    tab.go("talks/")
    tab.page.focus(".brand")
    tab.open(key)
    expect(tab.page.locator("dialog.search [role=combobox]")).to_be_focused()
    tab.type("tides")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("dialog.search [role=combobox]")).to_have_value("")
    expect(tab.page.locator("dialog.search")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("dialog.search")).to_be_hidden()
    expect(tab.page.locator(".brand")).to_be_focused()


def test_a_slash_typed_into_a_field_is_a_slash(tab: Tab) -> None:
    tab.go("search/")
    tab.page.focus("[data-search-page] input")
    tab.type("a/b")
    expect(tab.page.locator("dialog.search")).to_have_count(0)


def test_the_button_opens_it_too(tab: Tab) -> None:
    tab.go()
    tab.page.click("[data-search-open]")
    expect(tab.page.locator("dialog.search [role=combobox]")).to_be_focused()


def test_arrows_choose_and_enter_opens(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("tides")
    box = tab.page.locator("dialog.search [role=combobox]")
    options = tab.page.locator("[role=option]")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    listed = box.get_attribute("aria-controls")
    assert tab.page.locator(f"#{listed}").get_attribute("role") == "listbox"
    tab.page.keyboard.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(0).get_attribute("id")
    tab.page.keyboard.press("ArrowUp")
    last = options.count() - 1
    expect(options.nth(last)).to_have_attribute("aria-selected", "true")
    expect(options.nth(0)).to_have_attribute("aria-selected", "false")
    tab.page.keyboard.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(box).to_be_focused()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/topics/topic-1/**")


def test_a_hit_leads_to_its_page_and_passage(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("ledger keeper")
    hit = tab.page.locator("[role=option]").first
    expect(hit).to_contain_text("What the lighthouse keeper knew")
    expect(hit.locator(".search-excerpt mark").first).to_have_text("keeper")
    assert "#:~:text=keeper" in str(hit.get_attribute("href"))
    hit.click()
    tab.page.wait_for_url("**/what-the-lighthouse-keeper-knew/**")
    expect(tab.page.locator("h1")).to_contain_text("lighthouse")


def test_groups_are_named(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("harbour")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    for group in tab.page.locator("[role=group]").all():
        label = tab.page.locator(f"#{group.get_attribute('aria-labelledby')}").inner_text()
        assert label in {"Talks", "Topics", "Events", "Speakers", "Links", "Notes"}


def test_the_count_is_announced_once_typing_rests(tab: Tab) -> None:
    tab.go()
    tab.open()
    status = tab.page.locator("dialog.search [role=status]")
    tab.type("tides")
    expect(status).to_have_text("6 found")


def test_a_misspelt_word_is_put_right_and_said(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("moonligth ")
    expect(tab.page.locator(".search-note")).to_contain_text("moonlight")
    expect(tab.page.locator("[role=option]").first).to_contain_text("similar spelling")


def test_the_empty_state_teaches(tab: Tab) -> None:
    tab.go()
    tab.open()
    examples = tab.page.locator(".search-try")
    expect(examples.first).to_be_visible()
    assert any("speaker:" in text for text in examples.all_inner_texts())
    tab.page.keyboard.press("?")
    expect(tab.page.locator(".search-help dl")).to_be_visible()
    expect(tab.page.locator(".search-help")).to_contain_text("Esc")
    examples.nth(1).click()
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    expect(tab.page.locator("dialog.search [role=combobox]")).to_be_focused()


def test_what_was_asked_before_is_offered_and_can_be_forgotten(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("cranes")
    tab.page.locator("[role=option]").first.click()
    tab.page.wait_for_url("**/the-well-tempered-crane/**")
    tab.page.wait_for_selector("html[data-search-ready]")
    tab.open()
    expect(tab.page.locator(".search-try").first).to_have_text("cranes")
    tab.page.click(".search-forget")
    assert "cranes" not in tab.page.locator(".search-try").all_inner_texts()


def test_fields_are_completed(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("speaker:str")
    option = tab.page.locator(".is-completion").first
    expect(option).to_contain_text('speaker:"Cora Straße"')
    option.click()
    box = tab.page.locator("dialog.search [role=combobox]")
    expect(box).to_have_value('speaker:"Cora Straße" ')
    expect(tab.page.locator(".search-chip")).to_contain_text("Cora Straße")
    tab.page.locator(".search-chip").click()
    expect(box).to_have_value("")


def test_tags_are_completed_as_they_are_written(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("tag:dee")
    option = tab.page.locator(".is-completion").first
    expect(option).to_contain_text('tag:"deep water"')
    expect(option).to_contain_text("4")
    expect(tab.page.locator(".search-note")).to_be_empty()
    option.click()
    expect(tab.page.locator(".search-hit.is-talk")).to_have_count(4)


def test_nothing_found_says_what_can_be_asked(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("xqzwv")
    expect(tab.page.locator(".search-note")).to_contain_text("Nothing found")
    expect(tab.page.locator("dialog.search [role=combobox]")).to_have_attribute(
        "aria-expanded", "false"
    )


def test_markup_in_a_query_is_text(tab: Tab) -> None:
    tab.go("search/?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%20tides")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    assert tab.page.locator("main img").count() == 0


# The page


def test_the_address_holds_the_query(tab: Tab) -> None:
    tab.go("search/?q=boats")
    expect(tab.page.locator(".search-count")).to_contain_text("4 found")
    expect(tab.page.locator("[data-search-page] [role=combobox]")).to_have_value("boats")


def test_filters_count_and_narrow_and_the_back_button_undoes(tab: Tab) -> None:
    tab.go("search/?q=boats")
    box = tab.page.locator("[data-search-page] [role=combobox]")
    year = tab.page.get_by_role("button", name="2018 2", exact=True)
    year.click()
    expect(box).to_have_value("boats year:2018")
    expect(tab.page.locator(".search-count")).to_contain_text("2 found")
    assert "q=boats%20year%3A2018" in tab.page.url
    tab.page.go_back()
    expect(box).to_have_value("boats")
    expect(tab.page.locator(".search-count")).to_contain_text("4 found")
    tab.page.go_forward()
    expect(box).to_have_value("boats year:2018")


@pytest.mark.parametrize("facet", ["Speaker", "Topic", "Has"])
def test_more_filters_are_counted_when_opened(tab: Tab, facet: str) -> None:
    tab.go("search/?q=tides")
    summary = tab.page.locator(".search-facets summary").get_by_text(facet, exact=True)
    summary.click()
    box = summary.locator("xpath=..")
    expect(box.locator("button").first).to_be_visible()
    box.locator("button").first.click()
    expect(tab.page.locator(".search-chip")).to_have_count(1)
    expect(tab.page.locator("[role=option]").first).to_be_visible()


def test_sorting_by_date(tab: Tab) -> None:
    tab.go("search/?q=tides%20kind:talk")
    expect(tab.page.locator(".search-count")).to_be_visible()
    tab.page.select_option(".search-count select", "-date")
    expect(tab.page.locator("[data-search-page] [role=combobox]")).to_have_value(
        "tides kind:talk sort:-date"
    )
    expect(tab.page.locator("[role=option]").first).to_contain_text("moonlight")


def test_without_a_query_nothing_is_fetched_until_focus(tab: Tab) -> None:
    tab.go("search/")
    tab.page.wait_for_load_state("networkidle")
    assert not any("search-engine" in url or ".bin" in url for url in tab.asked)
    tab.page.locator("[data-search-page] input").focus()
    expect(tab.page.locator("[data-search-page] [role=combobox]")).to_be_focused()
    tab.type("radio")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    assert "q=radio" in tab.page.url


def test_more_results_are_shown_on_demand(
    browser: Browser, tmp_path: Path, publish: Callable[..., str]
) -> None:
    write_site(tmp_path)
    for output in export_anew(many(60), "en").outputs:
        (tmp_path / output.path).write_bytes(output.data)
    page = browser.new_page()
    page.goto(publish(tmp_path, "/") + "search/?q=number")
    options = page.locator("[role=option]")
    expect(options).to_have_count(20)
    page.click(".search-more")
    expect(options).to_have_count(40)
    expect(options.nth(20)).to_be_focused()
    page.close()


def test_it_works_offline_once_loaded(tab: Tab) -> None:
    tab.go()
    tab.open()
    tab.type("tides")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    tab.page.context.set_offline(offline=True)
    for _ in range(5):
        tab.page.keyboard.press("Backspace")
    tab.type("tides")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    tab.page.context.set_offline(offline=False)


def test_a_failed_load_is_said_and_tried_again(tab: Tab) -> None:
    tab.page.route("**/search/index.bin", lambda route: route.abort())
    tab.go()
    tab.open()
    tab.type("tides")
    expect(tab.page.locator(".search-note")).to_contain_text("cannot be loaded")
    tab.page.unroute("**/search/index.bin")
    tab.page.click(".search-note button")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    tab.faults.clear()


def test_a_site_published_anew_is_opened_again(tab: Tab) -> None:
    tab.page.route("**/search/terms-*", lambda route: route.fulfill(status=404))
    tab.go()
    tab.open()
    expect(tab.page.locator(".search-try").first).to_be_visible()
    opened = sum("index.bin" in url for url in tab.asked)
    tab.page.route("**/search/index.bin", lambda route: publish_anew(tab, route))
    tab.type("tides")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    assert sum("index.bin" in url for url in tab.asked) > opened
    tab.faults.clear()


def publish_anew(tab: Tab, route: Route) -> None:
    """Let the files of the new site be found once their names have been asked for."""
    tab.page.unroute("**/search/terms-*")
    route.continue_()


# Before the dialog's script is there


class Held:
    """The dialog's script on its way: it arrives, or fails, when the test says so."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route("**/search-ui*.js", lambda route: self._routes.append(route))  # noqa: PLW0108

    def wait(self) -> Route:
        """Return the request once the page has made it."""
        while not self._routes:
            self._page.wait_for_timeout(10)
        return self._routes.pop()

    def arrive(self) -> None:
        self.wait().continue_()

    def fail(self) -> None:
        self.wait().abort()


@pytest.fixture
def held(tab: Tab) -> Held:
    return Held(tab.page)


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_what_is_typed_before_the_script_is_there_is_kept(tab: Tab, held: Held, key: str) -> None:
    tab.go("talks/")
    tab.page.keyboard.press(key)
    tab.type("tidse")
    tab.page.keyboard.press("Backspace")
    tab.page.keyboard.press("Backspace")
    tab.type("es k")  # Letters that are keys of the page, a space that would scroll it
    held.arrive()
    box = tab.page.locator("dialog.search [role=combobox]")
    expect(box).to_be_focused()
    expect(box).to_have_value("tides k")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    tab.type("eepers")
    expect(box).to_have_value("tides keepers")
    expect(tab.page.locator("dialog.search input")).to_have_count(1)
    assert tab.page.evaluate("scrollY") == 0


def test_a_word_being_composed_outlives_the_script_s_arrival(tab: Tab, held: Held) -> None:
    tab.go()
    tab.page.keyboard.press("/")
    method = tab.page.context.new_cdp_session(tab.page)
    method.send("Input.imeSetComposition", {"text": "とう", "selectionStart": 2, "selectionEnd": 2})
    tab.page.evaluate(
        "addEventListener('compositionend', () => document.body.dataset.ended = 'yes', true)"
    )
    held.arrive()
    box = tab.page.locator("dialog.search [role=combobox]")
    expect(box).to_be_focused()
    expect(box).to_have_value("とう")
    assert tab.page.evaluate("document.body.dataset.ended") is None
    method.send("Input.imeSetComposition", {"text": "灯台", "selectionStart": 2, "selectionEnd": 2})
    method.send("Input.insertText", {"text": "灯台"})
    expect(box).to_have_value("灯台")


def test_escape_before_the_script_is_there_closes(tab: Tab, held: Held) -> None:
    tab.go("talks/")
    tab.page.focus(".brand")
    tab.open()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("dialog.search")).to_be_hidden()
    expect(tab.page.locator(".brand")).to_be_focused()
    held.arrive()
    expect(tab.page.locator("dialog.search [role=combobox]")).to_be_attached()
    expect(tab.page.locator("dialog.search")).to_be_hidden()
    tab.open()
    tab.type("tides")
    expect(tab.page.locator("[role=option]").first).to_be_visible()


def test_enter_before_the_script_is_there_goes_to_the_page(tab: Tab, held: Held) -> None:
    tab.go("talks/")
    tab.open()
    tab.type("boats & tides")
    held.wait()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/some/notes/search/?q=boats*tides")
    held.arrive()
    expect(tab.page.locator("[data-search-page] [role=combobox]")).to_have_value("boats & tides")


def test_where_the_script_cannot_be_had_the_page_of_search_is_opened(tab: Tab, held: Held) -> None:
    tab.go("talks/")
    tab.open()
    tab.type("boats")
    held.fail()
    tab.page.wait_for_url("**/some/notes/search/?q=boats")
    held.arrive()
    expect(tab.page.locator("[data-search-page] [role=combobox]")).to_have_value("boats")
    tab.faults.clear()


def test_whoever_has_typed_nothing_stays_and_may_ask_the_page_of_search(
    tab: Tab, held: Held
) -> None:
    tab.go("talks/")
    tab.open()
    with tab.page.expect_event("requestfailed"):
        held.fail()
    tab.page.wait_for_timeout(100)
    assert tab.page.url.endswith("/talks/")
    expect(tab.page.locator("dialog.search input")).to_be_focused()
    tab.type("boats")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/some/notes/search/?q=boats")
    tab.faults.clear()


@pytest.mark.parametrize("query", ["", "?q=boats"])
def test_where_the_script_cannot_be_had_the_page_says_so(tab: Tab, held: Held, query: str) -> None:
    tab.go(f"search/{query}")
    if not query:
        tab.page.focus("[data-search-page] input")
        tab.type("boats")
    held.fail()
    expect(tab.page.get_by_role("alert")).to_have_text("Search cannot be loaded just now.")
    box = tab.page.locator("[data-search-page] input")
    expect(box).to_have_value("boats")
    box.press("Enter")
    held.arrive()
    expect(tab.page.locator("[data-search-page] [role=combobox]")).to_have_value("boats")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    tab.faults.clear()


def test_whoever_closed_the_dialog_is_led_nowhere(tab: Tab, held: Held) -> None:
    tab.go("talks/")
    tab.open()
    tab.page.keyboard.press("Escape")
    with tab.page.expect_event("requestfailed"):
        held.fail()
    tab.page.wait_for_timeout(100)
    assert tab.page.url.endswith("/talks/")
    tab.faults.clear()


def test_what_is_typed_into_the_page_before_the_script_is_there_is_kept(
    tab: Tab, held: Held
) -> None:
    tab.go("search/")
    tab.page.focus("[data-search-page] input")
    tab.type("rad")
    held.arrive()
    box = tab.page.locator("[data-search-page] [role=combobox]")
    expect(box).to_be_focused()
    tab.type("io")
    expect(box).to_have_value("radio")
    expect(tab.page.locator("[role=option]").first).to_be_visible()
    assert "q=radio" in tab.page.url


def test_without_javascript_a_page_helps(
    browser: Browser, folder: Path, publish: Callable[..., str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(publish(folder, "/") + "talks/")
    page.click("[data-search-link]")
    expect(page.locator("main")).to_contain_text("JavaScript")
    page.locator("main a").first.click()
    expect(page.locator("h1")).to_be_visible()
    context.close()
