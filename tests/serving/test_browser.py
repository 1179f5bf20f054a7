"""An open page in a real browser: patched in place, told of findings, and closed to other sites."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.model.finding import Finding
from kb.serving.preview import ServeOptions
from tests import chromium as browsers
from tests.serving.site import FolderBuilder, Running, eventually, page, preview_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

LONG = "".join(f"<p id='line-{number}'>Line {number}</p>" for number in range(200))


def body(words: str) -> str:
    return (
        f"<h1>Title</h1><p class='lead'>{words}</p>"
        "<details id='more'><summary>More</summary><p>Inside</p></details>"
        "<label>Find <input id='find'></label>" + LONG
    )


@pytest.fixture
def builder(tmp_path: Path) -> FolderBuilder:
    site = FolderBuilder(tmp_path)
    site.write("index.html", page("Home", body("First words")))
    site.write("other/index.html", page("Other", "<p>Other words</p>"))
    site.write("404.html", page("Lost", "<p>No such page</p>"))
    site.write("theme/style.css", "p { color: rgb(0, 0, 128) }")
    site.write("favicon.ico", b"")
    site.write("_headers", POLICY)
    return site


POLICY = """/*
  Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; \
img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
require-trusted-types-for 'script'; \
trusted-types 'none'
"""


@pytest.fixture
def running(builder: FolderBuilder) -> Iterator[Running]:
    with preview_of(builder, ServeOptions(port=0, editor="vscode")) as preview:
        yield preview


@pytest.fixture
def opened(browser: Browser, running: Running) -> Iterator[Page]:
    context = browser.new_context()
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.goto(running.url("/"))
    shown.wait_for_selector(".kb-drawer", state="attached")
    shown.evaluate("window.stayed = true")
    yield shown
    context.close()
    assert [said for said in complaints if "the server responded with" not in said] == []


def test_the_page_is_patched_in_its_place(builder: FolderBuilder, opened: Page) -> None:
    opened.evaluate("document.querySelector('#more').open = true; scrollTo(0, 900)")
    opened.fill("#find", "half typed")
    opened.evaluate("scrollTo(0, 900)")
    builder.write("index.html", page("Home, again", body("Second words")))
    expect(opened.locator(".lead")).to_have_text("Second words")
    assert opened.title() == "Home, again"
    assert opened.evaluate("window.stayed") is True
    assert opened.evaluate("scrollY") == 900
    assert opened.evaluate("document.querySelector('#more').open") is True
    assert opened.input_value("#find") == "half typed"


def test_the_changed_block_is_marked_for_a_moment(builder: FolderBuilder, opened: Page) -> None:
    changed = body("First words").replace("Line 7<", "Line seven<")
    builder.write("index.html", page("Home", changed))
    expect(opened.locator("#line-7")).to_have_text("Line seven")
    expect(opened.locator(".kb-changed")).to_have_count(1)
    expect(opened.locator("#line-7")).to_have_class("kb-changed")
    expect(opened.locator(".kb-changed")).to_have_count(0)


def test_a_page_that_did_not_change_stays_as_it_is(builder: FolderBuilder, opened: Page) -> None:
    requests: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    builder.write("other/index.html", page("Other", "<p>New words</p>"))
    opened.wait_for_timeout(400)
    assert requests == []


ENHANCED = """
const made = document.createElement("button");
made.textContent = "Made by script";
document.querySelector("#plain").replaceWith(made);
document.querySelector(".lead").setAttribute("aria-label", "by script");
document.querySelector("#state").setAttribute("title", "changed by script");
const beside = document.createElement("aside");
beside.id = "aside";
document.querySelector("#more").after(beside);
"""


def test_what_scripts_did_to_the_page_stays(
    browser: Browser, builder: FolderBuilder, running: Running
) -> None:
    def write(words: str, extra: str = "", title: str = "as served") -> None:
        plain = "<a id='plain' href='/find/'>Find</a>"
        state = f"<p id='state' title='{title}'>State</p>"
        text = page("Home", plain + state + body(words) + extra)
        script = "<script src='/enhance.js' defer></script></head>"
        builder.write("index.html", text.replace("</head>", script))

    builder.write("enhance.js", ENHANCED)
    write("First words")
    shown = browser.new_context().new_page()
    assert eventually(lambda: b"enhance.js" in running.get("/")[2])
    shown.goto(running.url("/"))
    shown.wait_for_selector(".kb-drawer", state="attached")
    for words in ("Second words", "Third words"):
        write(words, f"<p id='new'>{words}</p>")
        expect(shown.locator(".lead")).to_have_text(words)
        expect(shown.locator("#new")).to_have_text(words)
        expect(shown.get_by_role("button", name="Made by script")).to_have_count(1)
        expect(shown.locator("#plain")).to_have_count(0)
        expect(shown.locator("#aside")).to_have_count(1)
        expect(shown.locator(".lead")).to_have_attribute("aria-label", "by script")
        expect(shown.locator("#state")).to_have_attribute("title", "changed by script")
    write("Fourth words", title="changed by the server")
    expect(shown.locator(".lead")).to_have_text("Fourth words")
    expect(shown.locator("#new")).to_have_count(0)
    expect(shown.locator("#state")).to_have_attribute("title", "changed by the server")
    shown.context.close()


def test_styles_are_swapped_without_a_reload(builder: FolderBuilder, opened: Page) -> None:
    builder.write("theme/style.css", "p { color: rgb(200, 0, 0) }")
    expect(opened.locator(".lead")).to_have_css("color", "rgb(200, 0, 0)")
    assert opened.evaluate("window.stayed") is True


def test_a_style_of_another_name_is_swapped_too(builder: FolderBuilder, opened: Page) -> None:
    builder.write("theme/style.2.css", "p { color: rgb(0, 99, 0) }")
    renamed = page("Home", body("First words")).replace("style.css", "style.2.css")
    builder.write("index.html", renamed)
    expect(opened.locator(".lead")).to_have_css("color", "rgb(0, 99, 0)")
    assert opened.evaluate("window.stayed") is True
    assert opened.locator('link[href="/theme/style.css"]').count() == 0


def test_findings_are_listed_with_a_link_to_the_editor(
    builder: FolderBuilder, opened: Page
) -> None:
    builder.findings = (
        Finding("KB302", "content/a.md", "picture <b>gone.png</b> is missing", 7, 3, "Add it."),
        Finding("KB110", "content/z.md", "the title is the file's name", 1),
    )
    builder.shown_notes = {"/": ("content/a.md",)}
    builder.write("index.html", page("Home", body("With findings")))
    drawer = opened.locator(".kb-drawer")
    expect(drawer.locator("summary")).to_contain_text("1 error 1 elsewhere")
    drawer.locator("summary").click()
    expect(drawer).to_contain_text("picture <b>gone.png</b> is missing")
    expect(drawer).to_contain_text("Add it.")
    link = drawer.get_by_role("link", name="content/a.md:7:3")
    assert (link.get_attribute("href") or "").startswith("vscode://file/")
    assert (link.get_attribute("href") or "").endswith("content/a.md:7:3")
    builder.findings = ()
    builder.write("index.html", page("Home", body("Without")))
    expect(drawer.locator("summary")).to_have_text("kb")


def test_a_broken_note_keeps_its_last_good_page(builder: FolderBuilder, opened: Page) -> None:
    builder.shown_notes = {"/": ("content/a.md",)}
    builder.write("index.html", page("Home", body("Good words")))
    expect(opened.locator(".lead")).to_have_text("Good words")
    expect(opened.get_by_text("What kb sees here")).to_have_count(1)
    builder.broken = ("content/a.md",)
    builder.write("index.html", page("Home", body("Half read")))
    expect(opened.get_by_role("alert")).to_contain_text("content/a.md cannot be read")
    expect(opened.locator(".lead")).to_have_text("Good words")
    opened.reload()
    expect(opened.locator(".lead")).to_have_text("Good words")
    expect(opened.get_by_role("alert")).to_contain_text("last good page")
    builder.broken = ()
    builder.write("index.html", page("Home", body("Mended words")))
    expect(opened.locator(".lead")).to_have_text("Mended words")
    expect(opened.get_by_role("alert")).to_have_count(0)


def test_an_open_page_is_shown_ahead_of_the_build(builder: FolderBuilder, opened: Page) -> None:
    builder.go.clear()
    builder.soon = {"index.html": page("Home", body("Words ahead")).encode()}
    builder.write("index.html", page("Home", body("Words built")))
    expect(opened.locator(".lead")).to_have_text("Words ahead")
    asked = opened.evaluate("fetch('/').then((answer) => answer.text())")
    assert "First words" in asked  # who merely asks gets the last whole build
    builder.soon = {}
    builder.go.set()
    expect(opened.locator(".lead")).to_have_text("Words built")


def test_what_kb_sees_is_a_click_away(builder: FolderBuilder, opened: Page) -> None:
    builder.shown_notes = {"/": ("content/a.md",)}
    builder.findings = (Finding("KB204", "content/topics.toml", "topic <i>x</i> is unused", 4),)
    builder.write("index.html", page("Home", body("Seen")))
    opened.locator(".kb-drawer summary").click()
    opened.get_by_role("link", name="What kb sees here").click()
    expect(opened.get_by_role("heading", name="talk A talk")).to_be_visible()
    expect(opened.get_by_role("cell", name="Ada <b>", exact=True)).to_be_visible()
    expect(opened.get_by_role("cell", name="90%")).to_be_visible()
    expect(opened.get_by_text("content/a.md is a draft")).to_be_visible()
    expect(opened.locator("main li", has_text="topic <i>x</i> is unused")).to_be_visible()
    expect(opened.locator(".kb-drawer")).to_be_hidden()
    link = opened.get_by_role("link", name="line 3")
    assert (link.get_attribute("href") or "").endswith("content/a.md:3:1")
    builder.findings = ()
    builder.write("index.html", page("Home", body("Seen again")))  # kb's own page follows, too
    expect(opened.locator("main li", has_text="is unused")).to_have_count(0)


def test_a_broken_template_is_shown_and_heals_by_itself(
    builder: FolderBuilder, opened: Page
) -> None:
    good = page("Other", "<p>Other words</p>")
    builder.write("other/index.html", "line one\n{% if BROKEN\nline three\n")
    expect(opened.get_by_role("heading", name="A template is broken")).to_be_visible()
    expect(opened.locator("li.kb-fault")).to_have_text("{% if BROKEN")
    builder.write("other/index.html", good)
    expect(opened.locator(".lead")).to_have_text("First words")


def test_a_missing_page_appears_when_it_is_written(builder: FolderBuilder, opened: Page) -> None:
    opened.goto(opened.url + "new/")
    expect(opened.get_by_text("No such page")).to_be_visible()
    opened.wait_for_selector(".kb-drawer", state="attached")
    builder.write("new/index.html", page("New", "<p>Here it is</p>"))
    expect(opened.get_by_text("Here it is")).to_be_visible()


def test_the_page_finds_the_preview_again(browser: Browser, tmp_path: Path) -> None:
    builder = FolderBuilder(tmp_path)
    builder.write("index.html", page("Home", "<p class='lead'>Before</p>"))
    context = browser.new_context()
    shown = context.new_page()
    with preview_of(builder) as running:
        port = running.port
        shown.goto(running.url("/"))
        shown.wait_for_selector(".kb-drawer", state="attached")
    builder.write("index.html", page("Home", "<p class='lead'>After</p>"))
    with preview_of(builder, ServeOptions(port=port)) as running:
        assert running.port == port
        expect(shown.locator(".lead")).to_have_text("After")
    context.close()


ATTACK = """<!DOCTYPE html><html><body><script>
const target = "http://localhost:%PORT%";
async function tries() {
  const got = [];
  const read = async (name, work) => { try { const text = await work(); if (text) got.push(name + ":" + text); } catch {} };
  const late = (work) => Promise.race([new Promise(work), new Promise((done) => setTimeout(done, 1500))]);
  for (const path of ["/", "/__kb/live.js", "/__kb/", "/theme/style.css", "/data.json"]) {
    await read("fetch " + path, async () => (await fetch(target + path)).text());
    await read("opaque " + path, async () => (await (await fetch(target + path, {mode: "no-cors"})).text()));
    await read("script " + path, () => late((done) => {
      const script = document.createElement("script");
      script.onload = () => done("loaded"); script.onerror = () => done("");
      script.src = target + path; document.body.append(script);
    }));
  }
  await read("image", () => late((done) => {
    const image = new Image(); image.onload = () => done("loaded " + image.width); image.onerror = () => done("");
    image.src = target + "/picture.png";
  }));
  await read("style", () => late((done) => {
    const link = document.createElement("link"); link.rel = "stylesheet"; link.href = target + "/theme/style.css";
    link.onload = () => done("loaded"); link.onerror = () => done(""); document.head.append(link);
  }));
  await read("frame", () => late((done) => {
    const frame = document.createElement("iframe");
    frame.onload = () => { try { done(frame.contentDocument.body.innerText); } catch { done(""); } };
    frame.src = target + "/"; document.body.append(frame);
  }));
  await read("events", () => late((done) => {
    const source = new EventSource(target + "/__kb/live?page=/&digest=x");
    source.onopen = () => done("open"); source.onerror = () => done("");
    for (const name of ["page", "findings", "message"]) source.addEventListener(name, (event) => done(event.data));
  }));
  await read("socket", () => late((done) => {
    const socket = new WebSocket(target.replace("http", "ws") + "/__kb/live");
    socket.onopen = () => done("open"); socket.onmessage = (event) => done(event.data); socket.onerror = () => done("");
  }));
  return got;
}
</script></body></html>"""  # noqa: E501  (a page, as its author would write it)

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff3f"
    "0005fe02fe0dc5a0530000000049454e44ae426082"
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def attacker(tmp_path: Path, running: Running) -> Iterator[int]:
    """Another site on this machine, with a page that tries to read the preview."""
    folder = tmp_path / "attacker"
    folder.mkdir()
    (folder / "index.html").write_text(ATTACK.replace("%PORT%", str(running.port)))
    handler = functools.partial(Quiet, directory=str(folder))
    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    host.daemon_threads = True
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield host.server_port
    host.shutdown()
    thread.join()
    host.server_close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_page_of_another_origin_reads_nothing(
    browser: Browser, builder: FolderBuilder, running: Running, attacker: int, name: str
) -> None:
    builder.write("picture.png", PIXEL)
    builder.write("data.json", '{"secret": true}')
    shown = browser.new_context().new_page()
    shown.goto(f"http://{name}:{attacker}/")
    assert shown.evaluate("tries()") == []
    shown.context.close()


def test_the_attack_would_read_what_is_open(browser: Browser, attacker: int) -> None:
    """The trap works: aimed at its own origin, the same page reads a great deal."""
    shown = browser.new_context().new_page()
    shown.goto(f"http://localhost:{attacker}/")
    shown.evaluate("0")
    got = shown.evaluate("fetch('/').then((answer) => answer.text())")
    assert len(got) > 1000
    shown.context.close()


def test_a_rebound_name_reads_nothing(browser: Browser, chromium: str, running: Running) -> None:
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    rebound = browser.browser_type.launch(
        executable_path=chromium, args=[*browsers.ARGUMENTS, rules]
    )
    try:
        shown = rebound.new_page()
        answer = shown.goto(f"http://evil.example:{running.port}/")
        assert answer is not None
        assert answer.status == 403
        assert "First words" not in shown.content()
        got = shown.evaluate("fetch('/theme/style.css').then((answer) => answer.text())")
        assert "color" not in got
    finally:
        rebound.close()
