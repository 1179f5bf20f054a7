"""Posts of a Ghost blog, as its JSON export holds them (https://docs.ghost.org/migration/custom).

The export mirrors Ghost's tables: `posts`, `posts_meta`, `tags`, `posts_tags`, `users`,
`posts_authors` and `settings`. Old ones (Ghost 0.x) keep Markdown in the post itself and moments as
milliseconds.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from kb.importing.cards import Piece, from_lexical, from_mobiledoc
from kb.importing.imported import ImportedNote, Remark
from kb.importing.markup import to_markdown
from kb.model.pattern import Pattern

_PLACEHOLDER = "__GHOST_URL__"
"""What Ghost writes for the blog's own address."""
_PICTURE = Pattern(
    r"(?<![\w/])/content/(images|media|files)/(?:size/w\d+(?:h\d+)?/)?([^\s\"'<>()]+)"
)
_WORDS = Pattern(r"[^\w-]+")
_PATTERN = Pattern(r"/(?:(?::(?:year|month|day|slug)|[\w-]+)/)+")
_PLAIN_PATTERN = "/:slug/"

Row = Mapping[str, Any]


class NoExport(ValueError):
    """Data that is no Ghost export; `str()` says what is missing."""


@dataclass(frozen=True)
class Blog:
    """An export, read."""

    title: str
    description: str
    permalinks: str
    """Pattern of the posts' URLs."""
    posts: tuple[Row, ...]
    """Rows of `posts`, by slug and id."""
    tags: Mapping[str, tuple[str, ...]]
    """Post's id → names of its tags, in order; so are `internal` and `authors`."""
    internal: Mapping[str, tuple[str, ...]]
    authors: Mapping[str, tuple[str, ...]]
    about: Mapping[str, Row]
    """Post's id → its row of `posts_meta`."""
    names: Mapping[str, str]
    """Post's id → what its note is called, no name twice."""


def read_blog(data: Any) -> Blog:
    """Return the blog that the JSON document `data` holds.

    Raises:
        NoExport: it holds none.
    """
    tables: dict[str, list[Row]] = defaultdict(list)
    for part in _parts(data):
        for name, rows in part.items():
            if isinstance(rows, list):
                tables[name] += (row for row in rows if isinstance(row, dict))
    if not tables["posts"]:
        raise NoExport("it has no posts")
    posts = tuple(sorted(tables["posts"], key=lambda row: (_text(row, "slug"), _id(row))))
    settings = {_text(row, "key"): _text(row, "value") for row in tables["settings"]}
    tags = {_id(row): row for row in tables["tags"]}
    people = {_id(row): row for row in tables["users"]}
    told = {
        post: [tags[tag] for tag in some if tag in tags]
        for post, some in _joined(tables["posts_tags"], "tag_id").items()
    }
    written = _joined(tables["posts_authors"], "author_id")
    for row in posts:
        written.setdefault(_id(row), [_id(row, "author_id")])
    pattern = settings.get("permalinks", "") or _PLAIN_PATTERN
    return Blog(
        settings.get("title", ""),
        settings.get("description", ""),
        pattern if _PATTERN.fullmatch(pattern) and ":slug" in pattern else _PLAIN_PATTERN,
        posts,
        {post: _names(row for row in some if not _is_internal(row)) for post, some in told.items()},
        {post: _names(filter(_is_internal, some)) for post, some in told.items()},
        {post: _names(people[one] for one in some if one in people)
         for post, some in written.items()},
        {_id(row, "post_id"): row for row in tables["posts_meta"]},
        _called(posts),
    )  # fmt: skip


class Post(NamedTuple):
    """A post as a note."""

    note: ImportedNote
    pictures: tuple[str, ...]
    """Paths of files below Ghost's `content/` that it shows, sorted."""
    remarks: tuple[Remark, ...]


def raw_post_of(blog: Blog, row: Row) -> Post:
    """Return a post of `blog` as a note that holds its HTML as it is."""
    place = _text(row, "slug")
    note = ImportedNote(
        f"{blog.names[_id(row)]}.md",
        _matter(blog, row, blog.about.get(_id(row), {})),
        _text(row, "html").replace(_PLACEHOLDER, ""),
    )
    return Post(note, (), (Remark(place, "takes too long to turn: its HTML was kept"),))


def post_of(blog: Blog, row: Row) -> Post:
    """Return a post of `blog` as a note."""
    about = blog.about.get(_id(row), {})
    name = blog.names[_id(row)]
    place = _text(row, "slug") or _text(row, "title") or name
    remarks = []
    lost: set[str] = set()
    blocks = []
    for piece in _body(row):
        if piece.kind == "markdown":
            blocks.append(piece.text.replace("\r\n", "\n").strip("\n"))
        elif piece.kind == "html":
            turned = to_markdown(piece.text)
            blocks.append(turned.markdown)
            lost.update(turned.lost)
        else:
            remarks.append(Remark(place, f"a card {piece.text!r} is left out"))
    if lost:
        remarks.append(Remark(place, f"left out: {', '.join(sorted(lost))}"))
    if any(
        _text(row, key) or _text(about, key) for key in ("codeinjection_head", "codeinjection_foot")
    ):
        remarks.append(Remark(place, "left out: code injected into the page"))
    body = "\n\n".join(filter(None, blocks)).replace(_PLACEHOLDER, "")
    matter = _matter(blog, row, about)
    if not body:
        remarks.append(Remark(place, "the post has no text"))
    if matter.get("draft") and _text(row, "visibility") not in {"", "public"}:
        remarks.append(Remark(place, f"for {_text(row, 'visibility')} only: it became a draft"))
    shown = f"{body} {matter.get('cover', '')}"
    found = (unquote(f"{one[1]}/{one[2]}".rstrip(".,;")) for one in _PICTURE.finditer(shown))
    pictures = set(found)
    body = _PICTURE.sub(r"/content/\1/\2", body)
    note = ImportedNote(f"{name}.md", matter, f"{body}\n" if body else "")
    return Post(note, tuple(sorted(pictures)), tuple(remarks))


def _parts(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the tables of an export, however it is wrapped."""
    wrapped = data.get("db", [data]) if isinstance(data, dict) else data
    found = False
    for one in wrapped if isinstance(wrapped, list) else ():
        part = one.get("data") if isinstance(one, dict) else None
        if isinstance(part, dict):
            found = True
            yield part
    if not found:
        raise NoExport('it has no "data", or "db" with "data" in it')


def _body(row: Row) -> Iterable[Piece]:
    """Return what a post says: in the form it was written in, else as HTML."""
    if _text(row, "markdown"):
        return (Piece("markdown", _text(row, "markdown")),)
    html = _text(row, "html")
    for key, turn in (("mobiledoc", from_mobiledoc), ("lexical", from_lexical)):
        try:
            document = json.loads(_text(row, key) or "null")
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            pieces = list(turn(document))
            # Ghost itself has made HTML of a card that is not known here.
            if pieces and not (html and any(one.kind == "unknown" for one in pieces)):
                return pieces
    return (Piece("html", html or _paragraphs(_text(row, "plaintext"))),)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{part}</p>" for part in text.split("\n\n"))


def _matter(blog: Blog, row: Row, about: Row) -> dict[str, Any]:
    """Return the front matter of a post, without what it does not say."""
    is_page = _text(row, "type") == "page" or row.get("page") == 1
    published = _moment(row.get("published_at")) or _moment(row.get("created_at"))
    updated = _moment(row.get("updated_at"))
    is_open = _text(row, "visibility") in {"", "public"}
    slug = _name(_text(row, "slug"))
    cover = _text(row, "feature_image") or _text(row, "image")
    summary = _text(row, "custom_excerpt") or _text(about, "meta_description")
    matter = {
        "title": " ".join(_text(row, "title").split()) or blog.names[_id(row)],
        "date": published,
        "lastmod": updated if updated != published else None,
        "draft": _text(row, "status") in {"draft", "sent"} or not is_open,
        "slug": slug,
        "url": f"/{slug}/" if is_page and blog.permalinks != _PLAIN_PATTERN and slug else "",
        "description": " ".join((summary or _text(row, "meta_description")).split()),
        "tags": list(blog.tags.get(_id(row), ())),
        "internal_tags": list(blog.internal.get(_id(row), ())),
        "authors": list(blog.authors.get(_id(row), ())),
        "language": _language(row),
        "cover": _PICTURE.sub(r"/content/\1/\2", cover.replace(_PLACEHOLDER, "")),
        "featured": row.get("featured") == 1,
    }
    return {key: value for key, value in matter.items() if value}


def _language(row: Row) -> str:
    """Return a post's language; what every blog has by default says nothing."""
    text = (_text(row, "locale") or _text(row, "language")).replace("_", "-")
    return "" if text in {"", "en-US", "en"} else text


def _moment(value: Any) -> datetime | None:
    """Return a moment: milliseconds since 1970, or text as databases and JSON write it; UTC."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value // 1000, UTC)
        if not isinstance(value, str) or not value:
            return None
        moment = datetime.fromisoformat(value).replace(microsecond=0)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _joined(rows: Iterable[Row], key: str) -> dict[str, list[str]]:
    """Return post's id → the ids that `rows` join to it, in their order."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for place, row in enumerate(rows):
        order = row.get("sort_order")
        rank = order if isinstance(order, int) else 0
        found[_id(row, "post_id")].append((rank, place, _id(row, key)))
    return {post: [one for _, _, one in sorted(some)] for post, some in found.items()}


def _is_internal(row: Row) -> bool:
    return _text(row, "visibility") == "internal" or _text(row, "name").startswith("#")


def _names(rows: Iterable[Row]) -> tuple[str, ...]:
    names = (" ".join(_text(row, "name").split()) for row in rows)
    return tuple(dict.fromkeys(filter(None, names)))


def _called(posts: Iterable[Row]) -> dict[str, str]:
    """Return post's id → a name for its file: the slug, numbered where it is there already."""
    taken: set[str] = set()
    called = {}
    for row in posts:
        wanted = _name(_text(row, "slug")) or _name(_text(row, "title")) or "post"
        name, number = wanted, 2
        while name.casefold() in taken:
            name, number = f"{wanted}-{number}", number + 1
        taken.add(name.casefold())
        called[_id(row)] = name
    return called


def _name(text: str) -> str:
    """Return `text` as a name for a file, `""` where nothing of it can be one."""
    return _WORDS.sub("-", text).strip("-_")[:100]


def _id(row: Row, key: str = "id") -> str:
    value = row.get(key)
    return str(value) if isinstance(value, int | str) else ""


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
