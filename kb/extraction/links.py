"""What kind of thing a URL leads to, and when two spellings of it are one link."""

import fnmatch
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from kb.extraction.lexicon import fold
from kb.model.pattern import Pattern
from kb.model.vocabulary import LinkRule

_HOSTS: Mapping[str, str] = {
    "recording": """
        youtube.com youtu.be youtube-nocookie.com vimeo.com media.ccc.de infoq.com/presentations
        twitch.tv/videos peertube.tv tube.* ustream.tv livestream.com new.livestream.com
        confreaks.tv confreaks.com pyvideo.org channel9.msdn.com viddler.com vid.ly blip.tv
        dailymotion.com skillsmatter.com/skillscasts parleys.com bilibili.com nicovideo.jp
        video.fosdem.org archive.org/details ted.com/talks egghead.io rutube.ru
        openstack.org/videos air.mozilla.org new.tinygrab.com wistia.com asciinema.org
        soundcloud.com videolectures.net player.vimeo.com classcentral.com/course
    """,
    "slides": """
        speakerdeck.com slideshare.net slides.com slid.es docs.google.com/presentation prezi.com
        noti.st gitpitch.com slideslive.com de.slideshare.net fr.slideshare.net es.slideshare.net
        www2.slideshare.net rabbit-shocker.org deck.of slideplayer.com haikudeck.com slidr.io
        docswell.com canva.com/design pitch.com
    """,
    "etherpad": """
        etherpad.* pad.* hackmd.io hackpad.com public.etherpad-mozilla.org titanpad.com
        piratepad.net cryptpad.fr pads.* yopad.eu board.net/p
    """,
    "package": """
        pypi.org pypi.python.org npmjs.com npmjs.org rubygems.org crates.io hex.pm packagist.org
        cran.r-project.org anaconda.org hackage.haskell.org nuget.org mvnrepository.com
        search.maven.org pkg.go.dev metacpan.org hub.docker.com chocolatey.org brew.sh
        formulae.brew.sh pub.dev cpan.org luarocks.org clojars.org packages.debian.org
        artifacthub.io galaxy.ansible.com charmhub.io store.docker.com bioconductor.org/packages
        melpa.org
    """,
    "code": """
        github.com gitlab.com bitbucket.org codeberg.org sourceforge.net launchpad.net git.*
        gist.github.com sr.ht git.sr.ht codepen.io jsfiddle.net jsbin.com glitch.com opendev.org
        svn.* review.* cgit.* googlesource.com go.googlesource.com code.google.com stackblitz.com
        repl.it replit.com observablehq.com codesandbox.io colab.research.google.com kaggle.com
        huggingface.co trac.* phabricator.* invent.kde.org
    """,
    "docs": """
        readthedocs.io readthedocs.org docs.* hexdocs.pm docs.rs developer.mozilla.org godoc.org
        rdoc.info rubydoc.info developer.* developers.* api.* apidocs.* learn.microsoft.com
        docs.microsoft.com msdn.microsoft.com man7.org kubernetes.io/docs help.* manual.*
        javadoc.io devdocs.io guides.* reference.* handbook.* codelabs.developers.google.com
    """,
    "wiki": """
        wikipedia.org wiki.* wikimedia.org wikidata.org fandom.com c2.com wikia.com
    """,
    "paper": """
        arxiv.org doi.org dx.doi.org dl.acm.org acm.org/citation.cfm ieeexplore.ieee.org
        papers.ssrn.com researchgate.net semanticscholar.org citeseerx.ist.psu.edu usenix.org
        scholar.google.com pubmed.ncbi.nlm.nih.gov ncbi.nlm.nih.gov biorxiv.org medrxiv.org
        nature.com/articles science.org sciencedirect.com link.springer.com jmlr.org
        papers.nips.cc openreview.net proceedings.mlr.press plos.org zenodo.org hal.science
        jstor.org tandfonline.com onlinelibrary.wiley.com research.google.com/pubs
        research.google/pubs cell.com/* eprint.iacr.org ietf.org tools.ietf.org rfc-editor.org
        datatracker.ietf.org osf.io
    """,
    "profile": """
        twitter.com x.com linkedin.com/in mastodon.* fosstodon.org mstdn.* hachyderm.io
        facebook.com instagram.com about.me keybase.io gravatar.com orcid.org bsky.app threads.net
        micro.blog xing.com/profile infosec.exchange chaos.social ruby.social plus.google.com
        linkedin.com/pub dribbble.com angel.co medium.com/@* dev.to
    """,
    "schedule": """
        sched.com sched.org lanyrd.com pretalx.com pretalx.* papercall.io sessionize.com
        meetup.com eventbrite.com eventbrite.de eventbrite.co.uk confengine.com connpass.com
        conf.researchr.org hopin.com swapcard.com tito.io ti.to conferize.com
    """,
    "article": """
        medium.com *.substack.com wordpress.com blogspot.com
    """,
}
"""Hosts (and beginnings of paths), or first labels of hosts (`docs.*`), of each kind of link."""


def _host_table() -> dict[str, list[tuple[str, str]]]:
    table: dict[str, list[tuple[str, str]]] = {}
    for kind, hosts in _HOSTS.items():
        for entry in hosts.split():
            host, _, path = entry.partition("/")
            table.setdefault(host, []).append((path, kind))
    for entries in table.values():
        entries.sort(key=lambda item: -len(item[0]))
    return table


_TABLE = _host_table()
_SCHEDULE = Pattern(
    r"/(?:summit-)?(?:schedules?|program(?:me)?|agenda|sessions?|timetable|events?/\d+|proposals?"
    r"|presentations?|talks?|speakers?|lectures?|fahrplan|programm|sched|"
    r"workshops?|activit(?:y|ies)|submission)"
    r"(?:/|$|\.html?|\?|#)",
    re.IGNORECASE,
)
_EVENT_PAGE = Pattern(r"/(?:summit-schedule|schedule|fahrplan|events)/", re.IGNORECASE)
_VIDEO = Pattern(
    r"/(?:videos?|recordings?|watch|replays?|screencasts?)(?:/|$|\?)|\.(?:mp4|webm|ogv|mov)$",
    re.IGNORECASE,
)
_SLIDES = Pattern(
    r"/(?:slides?|decks?|folien)(?:/|$|\?|#|\.)|\.(?:pptx?|key|odp)$|slides?[\w-]*\.(?:pdf|html?)$",
    re.IGNORECASE,
)
_DOCS = Pattern(
    r"/(?:docs?|documentation|manual|reference|api|guides?|handbook)(?:/|$|\.)", re.IGNORECASE
)
_WIKI = Pattern(r"/wiki(?:/|$)", re.IGNORECASE)
_ETHERPAD = Pattern(r"etherpad|/pad/", re.IGNORECASE)
_WORDS: tuple[tuple[Pattern, str], ...] = tuple(
    (Pattern(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (
            r"\b(?:slides?|slide deck|deck|folien|diapos?|diapositivas)\b|スライド|資料|幻灯片",
            "slides",
        ),
        (
            r"\b(?:videos?|recordings?|youtube|watch|aufzeichnung|enregistrement)\b|動画|视频|录像",
            "recording",
        ),
        (r"\b(?:code|repo(?:sitory)?|source code|sources?|github|demo code)\b|コード|代码", "code"),
        (r"\b(?:paper|preprint|rfc)\b|論文|论文", "paper"),
        (r"\b(?:docs|documentation|manual|reference)\b|ドキュメント|文档", "docs"),
        (r"\b(?:etherpad|pad)\b", "etherpad"),
        (r"\bwiki\b", "wiki"),
        (
            r"\b(?:abstract|session page|talk page|schedule|program(?:me)?|session|event page)\b",
            "schedule",
        ),
        (r"\b(?:twitter|profile|linkedin|mastodon)\b", "profile"),
    )
)


@lru_cache(maxsize=4096)
def address(url: str) -> tuple[str, str]:
    """Return host (lower case, no `www.`, no port) and path (with query) of `url`."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return "", ""
    host = host.removeprefix("www.").removeprefix("m.")
    return host, parts.path + ("?" + parts.query if parts.query else "")


def kind_of_link(
    url: str, text: str = "", context: str = "", rules: Sequence[LinkRule] = ()
) -> str:
    """Return the kind of what `url` leads to: a site's own rule, its host, its path, its words.

    `text` is the link's text, `context` the words around it; they decide where the URL does not.
    """
    host, path, found = _told_by(url)
    for rule in rules:
        if _fits(rule.match, host, path):
            return rule.kind
    if found == "profile" and re.search(r"/status(?:es)?/\d|/p/|/posts?/", path):
        return "article"
    if found == "code" and (text or context):
        worded = _by_words(text)
        if worded in ("slides", "paper", "docs") or (worded == "recording" and "/" in path):
            return worded
        return _code_or_person(host, path, text)
    if found == "article" or not found:
        return _by_words(text) or _by_path(host, path) or _by_words(_label(context)) or "article"
    return found


def _label(context: str) -> str:
    """Return the label before the link in its line (`Slides: …`), the words that tell its kind."""
    head, mark, _ = context.partition(":")
    return head if mark and len(head) < 24 else ""


def _code_or_person(host: str, path: str, text: str) -> str:
    depth = len([part for part in path.split("?", maxsplit=1)[0].split("/") if part])
    if host in ("github.com", "gitlab.com") and depth == 1 and " " in text.strip():
        return "profile"
    return "code"


def _fits(pattern: str, host: str, path: str) -> bool:
    pattern = pattern.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    whole = host + path
    if any(character in pattern for character in "*?["):
        return fnmatch.fnmatchcase(whole, pattern) or fnmatch.fnmatchcase(host, pattern)
    wanted, slash, rest = pattern.partition("/")
    same = host == wanted or host.endswith("." + wanted)
    return same and (not slash or path.startswith("/" + rest))


@lru_cache(maxsize=4096)
def _told_by(url: str) -> tuple[str, str, str]:
    """Return host and path of `url`, and the kind that they tell."""
    host, path = address(url)
    return host, path, _by_host(host, path)


def _by_host(host: str, path: str) -> str:
    if not host:
        return ""
    labels = host.split(".")
    names = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    for name in names:
        for prefix, kind in _TABLE.get(name, ()):
            if not prefix or _below(path, prefix):
                if kind in ("docs", "code", "wiki") and name == "openstack.org":
                    continue
                return _exception(host, path, kind)
    for prefix, kind in _TABLE.get(labels[0] + ".*", ()):
        if not prefix and len(labels) > 1:
            return kind
    return ""


def _below(path: str, prefix: str) -> bool:
    if prefix.endswith("*"):
        return path.lstrip("/").startswith(prefix[:-1])
    return path.lstrip("/").startswith(prefix)


def _exception(host: str, path: str, kind: str) -> str:
    if host == "youtube.com" and re.match(r"/(?:@|user/|channel/|c/)", path):
        return "profile"
    if host == "meetup.com" and not _EVENT_PAGE.search(path):
        return "article"
    return kind


@lru_cache(maxsize=4096)
def _by_path(host: str, path: str) -> str:
    if _ETHERPAD.search(host) or _ETHERPAD.search(path):
        return "etherpad"
    for pattern, kind in (
        (_EVENT_PAGE, "schedule"),
        (_VIDEO, "recording"),
        (_SLIDES, "slides"),
        (_WIKI, "wiki"),
        (_DOCS, "docs"),
        (_SCHEDULE, "schedule"),
    ):
        if pattern.search(path):
            return kind
    if path.lower().endswith(".pdf"):
        return "paper"
    return ""


def _by_words(text: str) -> str:
    if not text or len(text) > 60 or "://" in text:
        return ""
    for pattern, kind in _WORDS:
        if pattern.search(text):
            return kind
    return ""


def is_session_page(url: str) -> bool:
    """Return whether `url` looks like the page of one session: a recording, slides or schedule."""
    return kind_of_link(url) in ("recording", "slides", "schedule")


_NOISE = Pattern(r"^(?:utm_\w+|fbclid|gclid|mc_[ce]id|ref|ref_src|igshid|feature|_hs\w+|s|spm|si)$")


def canonical(url: str) -> str:
    """Return what makes two spellings of a URL one link.

    Scheme, `www.`, default ports, trailing slashes, tracking parameters, the order of parameters,
    percent-encoding and a plain fragment make no difference; the path's case does.
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
        port = parts.port
    except ValueError:
        return text
    if not host:
        return text
    host = host.removeprefix("www.").removeprefix("m.")
    path = unquote(parts.path).rstrip("/")
    query = urlencode(
        sorted(
            (k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _NOISE.match(k)
        )
    )
    if host == "youtu.be" and path.count("/") == 1:
        host, query, path = "youtube.com", urlencode([("v", path[1:]), *parse_qsl(query)]), "/watch"
    if host == "youtube.com" and path == "/watch":
        query = urlencode([(k, v) for k, v in parse_qsl(query) if k in ("v", "list")])
    fragment = parts.fragment if parts.fragment[:1] in ("!", "/") else ""
    shown = host + (f":{port}" if port and port not in (80, 443) else "") + path
    return shown + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def slug_words(url: str) -> tuple[str, ...]:
    """Return the folded words of the last telling part of a URL's path."""
    _, path = address(url)
    for part in reversed([part for part in path.split("?")[0].split("/") if part]):
        words = fold(unquote(part).rsplit(".html", 1)[0]).split()
        if len(words) > 1 or (words and not words[0].isdecimal() and len(words[0]) > 6):
            return tuple(words)
    return ()


def tells_title(url: str, title: str) -> bool:
    """Return whether the last part of `url` repeats the words of `title`."""
    wanted = [word for word in fold(title).split() if len(word) > 2]
    if len(wanted) < 2:
        return False
    slug = "".join(slug_words(url))
    if not slug:
        return False
    return sum(word in slug for word in wanted) >= max(2, 0.7 * len(wanted))
