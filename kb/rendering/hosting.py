"""Files for crawlers and hosts: sitemap, robots.txt, headers, redirects."""

from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import urlsplit

from kb.rendering.catalog import Catalog, output_path, root_of
from kb.rendering.views import Page, RedirectView, TextView

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"
)
"""The Content-Security-Policy of every page, in its `<meta>` and in `_headers`."""
REFERRER = "strict-origin-when-cross-origin"
"""The Referrer-Policy of every page."""
FOREVER = "public, max-age=31536000, immutable"
"""The Cache-Control of files whose names change with what is in them."""


def host_pages(catalog: Catalog, urls: Iterable[tuple[str, str]]) -> Iterator[Page]:
    """Yield sitemap.xml, robots.txt, `_headers` and `_redirects`.

    Without a base_url the sitemap's addresses begin at the root, as Hugo writes them.

    Args:
        catalog: the site.
        urls: each page that search engines may list, with the ISO date of its last change or `""`.
    """
    yield Page("sitemap.xml", "text", None, TextView(sitemap(catalog, urls)))
    yield Page("robots.txt", "text", None, TextView(robots(catalog)))
    yield Page("_headers", "text", None, TextView(headers(catalog)))
    if catalog.redirects:
        yield Page("_redirects", "text", None, TextView(redirects(catalog)))


def redirect_pages(catalog: Catalog) -> Iterator[Page]:
    """Yield a page at every old URL that leads on to the new one."""
    for one in catalog.redirects:
        root = root_of(one.source)
        target = (root + one.target[1:]) or "./"
        view = RedirectView(target, canonical=catalog.absolute(one.target) if catalog.base else "")
        yield Page(output_path(one.source), "redirect.html", None, view)


def sitemap(catalog: Catalog, urls: Iterable[tuple[str, str]]) -> bytes:
    """Return the sitemap (https://www.sitemaps.org/protocol.html)."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">')
    for url, changed in urls:
        when = f"<lastmod>{changed[:10]}</lastmod>" if len(changed) >= 10 else ""
        lines.append(f"<url><loc>{escape(catalog.absolute(url))}</loc>{when}</url>")
    lines.append("</urlset>\n")
    return "\n".join(lines).encode()


def robots(catalog: Catalog) -> bytes:
    """Return robots.txt (RFC 9309)."""
    lines = ["User-agent: *", "Allow: /"]
    if catalog.base:
        lines += ["", f"Sitemap: {catalog.absolute('/sitemap.xml')}"]
    return ("\n".join(lines) + "\n").encode()


def headers(catalog: Catalog) -> bytes:
    """Return `_headers`, which Netlify and Cloudflare Pages read."""
    base = urlsplit(catalog.base).path.rstrip("/")
    return (
        f"{base}/*\n"
        f"  Content-Security-Policy: {POLICY}\n"
        f"  Referrer-Policy: {REFERRER}\n"
        "  X-Content-Type-Options: nosniff\n"
        f"{base}/theme/*\n"
        f"  Cache-Control: {FOREVER}\n"
    ).encode()


def redirects(catalog: Catalog) -> bytes:
    """Return `_redirects`, which Netlify and Cloudflare Pages read."""
    base = urlsplit(catalog.base).path.rstrip("/")
    lines = (f"{base}{one.source} {base}{one.target} 301" for one in catalog.redirects)
    return ("\n".join(lines) + "\n").encode()
