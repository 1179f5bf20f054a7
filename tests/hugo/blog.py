"""A Hugo blog of sixty posts, eight of them about summits, with pictures drawn here.

It has what such blogs have gathered over the years: three formats of front matter, bundles,
pictures in Ghost's folder, shortcodes, aliases, own URLs, translations, and lists that look like
talks.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

CONFIGURATION = """\
baseURL = "https://blog.example/"
locale = "en-gb"
title = "Weirs and Wires"
enableRobotsTXT = true
[params]
  description = "Water, computers, and what went wrong with both."
  dateFormat = "January 2, 2006"
  [params.author]
    name = "Ines Carvalho"
[privacy.x]
  disable = true
[permalinks]
  posts = "/:year/:month/:slug/"
[taxonomies]
  tag = "tags"
  category = "categories"
  series = "series"
[languages.en]
  weight = 1
[languages.de]
  weight = 2
  title = "Wehre und Drähte"
"""
LAYOUTS = {
    "single.html": "<title>{{ .Title }}</title>{{ .Content }}",
    "list.html": "<title>{{ .Title }}</title>{{ range .Pages }}{{ .RelPermalink }} {{ end }}",
    "home.html": "<title>home</title>{{ range .Site.RegularPages }}{{ .RelPermalink }} {{ end }}",
    "_shortcodes/callout.html": "<aside>{{ .Inner }}</aside>",
}
SUMMITS = 8
POSTS = 60

_TALKS = (
    ("Queues That Tell You They Are Full", "Obinna Okafor", "queues"),
    ("Who Watches the Metrics", "Femke de Boer", "metrics"),
    ("Restore Drills on a Friday", "Dele Adeyemi", "backups"),
    ("A Router in Every Shed", "Noor Haddad", "networks"),
    ("Certificates Without Tears", "Yuki Tanabe", "certificates"),
    ("Cold Starts, Warm Caches", "Priya Raman", "caches"),
    ("The Slow Death of a Message Bus", "Lars Holm", "messaging"),
    ("Small Clusters, Long Nights", "Amara Nwosu", "clusters"),
    ("Reading Logs Like Tide Tables", "Tomas Vrba", "logs"),
    ("What the Pager Taught Us", "Greta Lind", "on call"),
    ("Migrations You Can Undo", "Kofi Mensah", "databases"),
    ("Config Is Code, Too", "Salma Idrissi", "configuration"),
)
_SUMMITS = (
    ("Harbour Ops Summit", "Rotterdam", 2017),
    ("Harbour Ops Summit", "Rotterdam", 2018),
    ("Tidewater Cloud Summit", "Lisbon", 2016),
    ("Tidewater Cloud Summit", "Porto", 2019),
)
_DAYS = ("Monday", "Tuesday")
_SUBJECTS = (
    "Bread", "The Old Pump", "Tomatoes", "A Bicycle", "The Attic", "Radio", "Winter", "Paint",
    "Maps", "The Weir", "Cheese", "Knots", "Bees",
)  # fmt: skip


def make_blog(root: Path) -> Path:
    """Make the blog in `root`, which is not there, and return it."""
    for name, text in _files().items():
        _write(root / name, text.encode())
    for name in _pictures():
        _write(root / name, drawn(name))
    _write(root / "static/CNAME", b"blog.example\n")
    _write(root / "static/files/slides.pdf", b"%PDF-1.4\n")
    return root


def drawn(name: str) -> bytes:
    """Return a PNG of 24 by 16 pixels, another one for each `name`."""
    red, green, blue = hashlib.sha256(name.encode()).digest()[:3]
    rows = b"".join(
        b"\0"
        + bytes((red * x // 24, green * y // 16, blue)[i] for x in range(24) for i in range(3))
        for y in range(16)
    )
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 24, 16, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _files() -> dict[str, str]:
    found = {"hugo.toml": CONFIGURATION, ".gitignore": "/public/\n"}
    found |= {f"layouts/{name}": text for name, text in LAYOUTS.items()}
    found["archetypes/default.md"] = "+++\ntitle = '{{ .File.ContentBaseName }}'\n+++\n"
    found["content/posts/_index.md"] = "+++\ntitle = 'All posts'\n+++\nOldest last.\n"
    found["content/about/index.md"] = "+++\ntitle = 'About'\n+++\nI am Ines.\n\n![me](me.png)\n"
    found["content/de-note.md"] = "---\ntitle: Ein Blatt\n---\nNur ein Blatt.\n"
    for number in range(SUMMITS):
        path, text = _summit(number)
        found[path] = text
    for number in range(POSTS - SUMMITS):
        path, text = _ordinary(number)
        found[path] = text
    for number in (3, 8):
        path, text = _ordinary(number)
        found[path.replace(".md", ".de.md")] = text.replace("title", "title", 1)
    return found


def _pictures() -> Iterator[str]:
    yield "content/about/me.png"
    for number in range(SUMMITS):
        yield from (file for file, _ in _shots(number))
    for number in range(POSTS - SUMMITS):
        yield from (f"static{_picture(number, which)}" for which in range(3))


def _is_bundle(number: int) -> bool:
    return number % 4 == 1


def _shots(number: int) -> list[tuple[str, str]]:
    """Return the pictures of a summit note: the file, and how the note names it."""
    _, _, year = _SUMMITS[number // 2]
    shots = []
    for which in range(12):
        day = {2016: 9, 2017: 8, 2018: 7, 2019: 6}[year] + number % 2
        name = f"Photo-May-{day:02}--{1 + which}-{10 + which}-05-PM.png"
        if _is_bundle(number):
            shots.append((f"content/posts/{_slug(number)}/shots/{name}", f"shots/{name}"))
        else:
            place = f"content/images/{year}/05/{number}-{name}"
            shots.append((f"static/{place}", f"/{place}"))
    return shots


def _slug(number: int) -> str:
    name, place, year = _SUMMITS[number // 2]
    return f"{name} {place} {year} {_DAYS[number % 2]}".lower().replace(" ", "-")


def _summit(number: int) -> tuple[str, str]:
    """Return path and text of the note of one day at a summit."""
    name, place, year = _SUMMITS[number // 2]
    day = _DAYS[number % 2]
    shots = [target for _, target in _shots(number)]
    keys = {
        "title": f"{name} {place} {year} - {day} Sessions",
        "date": f"{year}-05-2{number}T06:40:53Z",
        "slug": _slug(number),
        "categories": ["conferences"],
        "tags": [name, "summit"],
        "draft": False,
    }
    if number == 2:
        keys["aliases"] = ["/old/rotterdam.html", "/2017/tuesday/"]
    if number == 4:
        del keys["slug"]
    lines: list[str] = []
    for place_in_day in range(4):
        title, speaker, topic = _TALKS[(number * 4 + place_in_day) % len(_TALKS)]
        shown = [shots.pop(0) for _ in range(3)]
        lines += [
            f"#### {title}",
            "",
            f"- {speaker}",
            f"- https://summit.example/{year}/sessions/{number}{place_in_day}",
            "",
            f"* What {topic} cost before",
            " * three people and a weekend, every time",
            f" * see https://github.com/example/{topic.replace(' ', '-')}",
            "* What they changed",
            "",
            f"![{topic}]({shown[0]})",
            f'{{{{< figure src="{shown[1]}" caption="The *{topic}* slide" >}}}}',
            f'<img src="{shown[2]}" alt="{topic} again">',
            "",
        ]
        if place_in_day == 0:
            lines += [f"{{{{< youtube w7Ft2ymG{number:03} >}}}}", ""]
        if place_in_day == 1:
            lines += ["{{< callout >}}", "Try this at home.", "{{< /callout >}}", ""]
        if place_in_day == 2:
            lines += ['{{< highlight sh "linenos=table" >}}', "restore --dry-run", ""]
            lines += ["# then for real", "{{< /highlight >}}", ""]
    before = f'[the day before]({{{{< relref "{_file(number - 1)}" >}}}})' if number % 2 else "none"
    lines += [f"Earlier notes: {before}", ""]
    path = f"content/{_file(number)}"
    return path, _note(keys, "\n".join(lines), ("toml", "yaml", "json")[number % 3])


def _file(number: int) -> str:
    name = _slug(number)
    return f"posts/{name}/index.md" if _is_bundle(number) else f"posts/{name}.md"


def _picture(number: int, which: int) -> str:
    return f"/content/images/{2014 + number % 7}/{1 + number % 12:02}/shed-{number}-{which}.png"


def _ordinary(number: int) -> tuple[str, str]:
    """Return path and text of a post about anything but a conference."""
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    make = _MAKERS[number % len(_MAKERS)]
    title, body = make(subject, number)
    keys: dict[str, object] = {
        "title": title,
        "date": f"{2014 + number % 7}-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00+02:00",
        "tags": [subject, ("Home & Garden", "CI/CD", "C++", "shed")[number % 4]],
        "categories": ["life" if number % 2 else "sheds"],
    }
    if number % 5 == 0:
        keys["slug"] = f"{subject} no {number}"
    if number == 7:
        keys["url"] = "/special/place.html"
    if number == 9:
        keys["aliases"] = ["/2015/gone/"]
    if number % 9 == 0:
        keys["series"] = ["The House"]
    text = f"{body}\n\n![a picture]({_picture(number, 0)})\n\n"
    text += f'{{{{< figure src="{_picture(number, 1)}" alt="Another" title="{subject}" >}}}}\n\n'
    text += f"[![small]({_picture(number, 2)})]({_picture(number, 2)})\n"
    folder = "recipes/sweet" if make is _recipe else "posts"
    file = f"content/{folder}/{title.replace('/', '-')}.md".replace("?", "").replace(":", "")
    return file, _note(keys, text, ("yaml", "toml", "toml", "json")[number % 4])


def _note(keys: Mapping[str, object], body: str, kind: str) -> str:
    values = {key: json.dumps(value, ensure_ascii=False) for key, value in keys.items()}
    if kind == "json":
        return f"{json.dumps(keys, indent=2, ensure_ascii=False)}\n\n{body}\n"
    if kind == "yaml":
        lines = "\n".join(f"{key}: {value}" for key, value in values.items())
        return f"---\n{lines}\n---\n\n{body}\n"
    values["date"] = values["date"].strip('"')
    lines = "\n".join(f"{key} = {value}" for key, value in values.items())
    return f"+++\n{lines}\n+++\n\n{body}\n"


def _recipe(subject: str, number: int) -> tuple[str, str]:
    return f"{subject} soup, version {number}", (
        f"## What you need\n\n- {number + 2} onions\n- salt\n * not too much\n\n"
        "## How it is done\n\n1. Chop\n2. Stir for 20 minutes\n\n> My aunt Clara swore by it."
    )


def _books(subject: str, number: int) -> tuple[str, str]:
    return f"Books about {subject.lower()}, shelf {number}", (
        "### The Long Wall\n\nby Hanna Brandt\n\nSlow, then quick.\n\n### Rust and Rain\n\n"
        "by Jonah Fell\n\nI gave it away.\n\n### Read next\n\n- *Boats* (Mira Stone)"
    )


def _repair(subject: str, number: int) -> tuple[str, str]:
    return f"Mending {subject.lower()}: part {number}", (
        "Took it apart on Saturday.\n\n#### Tools\n\n* a hammer\n * the small one\n* patience\n\n"
        "```sh\nsudo systemctl restart pump\n{{</* not a shortcode */>}}\n```\n\nIt leaks still."
    )


def _diary(subject: str, number: int) -> tuple[str, str]:
    return f"A week with {subject.lower()} ({number})", (
        "#### Monday\n\nRain. Called Peter.\n\n#### Tuesday\n\n- Anna came by\n- 14:30 tea\n\n"
        "#### Wednesday\n\nNothing at all, which was the best of it."
    )


def _links(subject: str, number: int) -> tuple[str, str]:
    return f"Links on {subject.lower()} no. {number}", (
        "- [A pump](https://pumps.example/) by somebody\n- https://example.org/shed\n\n"
        '{{< youtube id="dQw4w9WgXcQ" title="A song" >}}\n\n{{< x user="shed" id="20" >}}'
    )


def _howto(subject: str, number: int) -> tuple[str, str]:
    return f"How I set up {subject.lower()} & more, {number}", (
        "### Install\n\n    apt install pump\n\n### Configure\n\n| key | value |\n|---|---|\n"
        "| a | b |\n\n### Questions\n\n**Does it work?** Yes.\n\n**For how long?** We shall see."
    )


def _letter(subject: str, number: int) -> tuple[str, str]:
    return f"Letter {number} on {subject.lower()}", (
        "Dear all,\n\nthe meeting of the garden club was moved to the hall. Speakers were: the new "
        "chair, and a man with a ladder.\n\n**Agenda**\n\n1. Fence (Ruth)\n2. Money (Karl)"
    )


_MAKERS = (_recipe, _books, _repair, _diary, _links, _howto, _letter)
