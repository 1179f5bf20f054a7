"""A browser that opens page after page and tells of everything that ran, loaded or broke a policy.

Pages stand in frames of a page of the test's own, twenty at a time: what a page would do at the
top it does in a frame, and thousands of them are seen in a minute.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Page, Request

FRAMES = 20
HARNESS = "harness--.html"
"""A page beside the site's own, in no folder that a note can name."""

REFRESH = b'http-equiv="refresh"'

HOOKS = """
(() => {
  const top_ = window.top;
  const tell = (what) => { try { top_.told.push(location.pathname + ' ' + what) } catch {} };
  if (window === top_) window.told = [];
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
    window[name] = () => { tell('ran ' + name) };
  document.addEventListener('securitypolicyviolation', (event) =>
    tell('violated ' + event.violatedDirective + ' ' + event.blockedURI));
})();
"""
"""Set in every frame before anything of the page: what payloads call, and what a policy stops."""

AUDIT = r"""
(own) => {
  const wrong = [];
  const active = /^(javascript|vbscript|data|blob|file|about|filesystem|view-source):/i;
  const here = location.origin;
  const targets = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster'];
  const kinds = new Set(['iframe', 'object', 'embed', 'base', 'style', 'applet', 'frame',
    'foreignobject', 'animate', 'set', 'math', 'template', 'noscript', 'textarea', 'marquee']);
  for (const frame of document.querySelectorAll('iframe')) {
    let page;
    try { page = frame.contentDocument } catch {}
    if (!page || !page.documentElement) { wrong.push(frame.src + ' went elsewhere'); continue }
    const where = frame.contentWindow.location;
    if (where.origin !== location.origin) wrong.push(frame.src + ' went to ' + where.href);
    for (const one of page.querySelectorAll('*')) {
      const name = one.localName.toLowerCase();
      const say = (what) => wrong.push(where.pathname + ' <' + name + '> ' + what);
      if (kinds.has(name) && !own.includes(name)) say('stands there');
      if (name === 'script' && one.type !== 'application/ld+json'
          && (one.textContent || !('' + one.src).startsWith(location.origin + '/'))) say('inline');
      if (name === 'link' && !one.href.startsWith(location.origin)
          && /stylesheet|icon|import|load/.test(one.rel)) say('loads ' + one.href);
      for (const attribute of one.attributes) {
        if (/^(on.*|style|srcdoc)$/i.test(attribute.name)) say(attribute.name);
        if (!targets.includes(attribute.name.toLowerCase())) continue;
        let url;
        try { url = new URL(attribute.value, one.baseURI) } catch { continue }
        const picture = /^data:image\/(png|gif|jpe?g|webp|avif)[;,]/i.test(url.href);
        if (active.test(url.href) && !(picture && name === 'img')) say('to ' + url.href);
        if (['img', 'script', 'source', 'video', 'audio', 'track', 'input'].includes(name)
            && attribute.name !== 'href' && /^http/.test(url.href) && url.origin !== here)
          say('loads ' + url.href);
      }
      if (name === 'meta' && /refresh/i.test(one.httpEquiv)) {
        const to = new URL(one.content.replace(/^[^=]*=/, ''), one.baseURI);
        if (to.origin !== location.origin) say('leads to ' + to.href);
      }
    }
  }
  return wrong.concat(window.told.splice(0));
}
"""
"""Names what stands in the pages of all frames that must not; an allow list of one's own."""

LOAD = """
(urls) => Promise.all(urls.map((url) => new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.onload = () => done();
  frame.src = url;
  document.body.append(frame);
})))
"""


class Visitor:
    """Opens pages of one site."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self._address = address
        self.foreign: list[str] = []
        """Requests that left the site."""
        context.add_init_script(HOOKS)
        self.page: Page = context.new_page()
        self.page.on("request", self._requested)
        self.page.on("dialog", lambda dialog: dialog.dismiss())

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:", "about:")):
            self.foreign.append(f"{request.frame.url} asked for {request.url}")

    def see(self, paths: Sequence[str]) -> list[str]:
        """Return everything wrong with the pages at `paths` (URL paths without the first `/`)."""
        wrong: list[str] = []
        for start in range(0, len(paths), FRAMES):
            self.page.goto(self._address + HARNESS)
            self.page.evaluate(
                LOAD, [self._address + path for path in paths[start : start + FRAMES]]
            )
            wrong += self.page.evaluate(AUDIT, [])
        return wrong + self.foreign

    def audit_here(self) -> list[str]:
        """Return everything wrong with the page that is open now."""
        script = AUDIT.replace("document.querySelectorAll('iframe')", "[document.body]")
        script = script.replace("frame.contentDocument", "document")
        script = script.replace("frame.contentWindow.location", "location")
        found: list[str] = self.page.evaluate(script, [])
        return found + self.foreign


@contextmanager
def visitor(browser: Browser, address: str, *, policy: bool) -> Iterator[Visitor]:
    """Yield a visitor of the site at `address`, whose policy is heeded or taken off."""
    context = browser.new_context(bypass_csp=not policy)
    context.set_default_timeout(60_000)
    yield Visitor(context, address)
    context.close()


def add_harness(folder: Path) -> None:
    """Put the page that holds the frames into the published site in `folder`."""
    (folder / HARNESS).write_text("<!DOCTYPE html><title>frames</title><body></body>")


def pages_of(folder: Path) -> list[str]:
    """Return the URL path of every page in `folder` but those that only lead on, sorted."""
    found = sorted(path for path in folder.rglob("*.html") if REFRESH not in path.read_bytes())
    names = (path.relative_to(folder).as_posix() for path in found)
    return [quote(name.removesuffix("index.html")) for name in names if name != HARNESS]
