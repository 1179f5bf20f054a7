"""Measure search: hits, exact sets, agreement of terminal and browser, bytes, and time.

    python bench/search.py [--talks 1000] [--material FOLDER] [--seed 1001] [--built] [--site DIR]

Without MATERIAL, made-up talks are asked made-up questions: agreement, bytes and time are measured.
MATERIAL is a folder with `search/` (rows.py, knownitem.py, typos.py, structured.py, ir/) and
`bench/make_notes.py`, which make talks, notes, and queries whose answers are known; then hits,
exact sets and nDCG are measured, too. `--built` asks the site that `kb build` makes of the notes,
rather than the talks themselves: that measures reading and extraction as well. `--site` asks one
that is built already, of the notes that `make_notes.py --talk-tags --talks TALKS` makes.
"""

import argparse
import functools
import gc
import gzip
import html
import http.server
import itertools
import json
import math
import random
import re
import string
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from kb.building.options import Options
from kb.building.pipeline import load
from kb.building.project import open_project
from kb.model.output import Output
from kb.model.settings import Settings
from kb.model.site import Site
from kb.rendering.site import render_site
from kb.search.browser_index import export_of
from kb.search.documents import Document
from kb.search.documents import documents as documents_of
from kb.search.memory_index import MemoryIndex, shared
from kb.search.query import parse
from kb.search.ranking import rank
from kb.search.whoosh_index import WhooshEngine

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import chromium
from tests.rendering.sample import theme
from tests.search.sample import many

Row = dict[str, Any]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--talks", type=int, default=1000)
    parser.add_argument("--material", type=Path)
    parser.add_argument("--seed", type=int, default=1001)
    parser.add_argument("--built", action="store_true")
    parser.add_argument("--site", type=Path)
    given = parser.parse_args()
    gc.disable()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, queries = questions(given.material, given.talks, given.seed, folder)
        site = given.site
        if given.built and given.material and not site:
            site = build(given.material, given.talks, folder / "site")
        if site:
            index(read_from(site), folder / "measured")[0].close()
            public, engine = site / "public", WhooshEngine(site / "search_index")
        else:
            engine, exported = index(told(rows) if rows else many(given.talks), folder)
            public = publish(exported, folder / "public")
        terminal(engine, rows, queries)
        browser(public, engine, rows, queries)
        engine.close()
        if given.material:
            collections(given.material / "search" / "ir")


# Talks and questions


def questions(
    material: Path | None, talks: int, seed: int, folder: Path
) -> tuple[list[Row], list[Row]]:
    """Return the talks and the queries that MATERIAL makes, or made-up queries."""
    if material is None:
        chance = random.Random(seed)
        words = [word for document in many(60) for word in document.body[0].split()]
        texts = [" ".join(chance.sample(words, chance.randint(1, 4))) for _ in range(300)]
        return [], [{"query": text, "type": "made up"} for text in texts]
    makers, queries = material / "search", []
    run = functools.partial(subprocess.run, check=True, capture_output=True)
    run([sys.executable, makers / "rows.py", str(talks), folder / "rows.jsonl"])
    for maker in ("knownitem", "typos", "structured"):
        made = folder / f"{maker}.jsonl"
        run([sys.executable, makers / f"{maker}.py", folder / "rows.jsonl", str(seed), made])
        queries += read(made)
    return read(folder / "rows.jsonl"), queries


def read(path: Path) -> list[Row]:
    """Return the JSON lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def told(rows: Sequence[Row]) -> list[Document]:
    """Return the documents of a site that was read without a mistake."""

    def slug(text: str) -> str:
        return re.sub(r"\W+", "-", text.lower()).strip("-")

    found = []
    entities: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        clean = functools.partial(unicodedata.normalize, "NFC")
        people, topics = tuple(map(clean, row["speakers"])), tuple(map(clean, row["tags"]))
        body = (part.strip() for part in clean(row["description"]).split("zzsep"))
        found.append(
            Document(
                "talk",
                f"/talks/{slug(row['event'])}/{slug(row['title'])}-{row['id']}/",
                clean(row["title"]),
                speakers=people,
                topics=topics,
                topic_names=topics,
                event=row["event"],
                date=row["date"],
                year=int(row["year"]),
                session_kind="talk",
                body=tuple(filter(None, body)),
            )
        )
        for kind, names in (("speaker", people), ("topic", topics), ("event", (row["event"],))):
            for entity in names:
                entities[kind, entity].append(row["date"])
    for (kind, entity), dates in entities.items():
        url = f"/{kind}s/{slug(entity)}/"
        found.append(Document(kind, url, entity, date=min(dates), count=len(dates)))
    return found


def read_from(site: Path) -> Sequence[Document]:
    """Return the documents of a site of notes."""
    options = Options(now="2026-01-01T00:00:00+00:00")
    knowledge = load(open_project(site), options)
    return documents_of(knowledge.site, knowledge.prose)


def index(documents: Sequence[Document], folder: Path) -> tuple[WhooshEngine, list[Output]]:
    """Index documents both ways, and print what that costs."""
    talks = sum(document.kind == "talk" for document in documents)
    engine = WhooshEngine(folder / "search_index", secret=folder / "key")
    known = shared(lambda: documents)
    postings = cost(known)
    whoosh = cost(lambda: engine.build(documents, known))
    exported: list[Output] = []
    shards = cost(lambda: exported.extend(export_of(known(), "en").outputs))
    print(f"\n{len(documents)} documents, {talks} talks")
    table(
        ("index cost for 1,000 talks, CPU seconds", "must", "measured"),
        ("postings, made once for both", "", f"{postings * 1000 / talks:.2f}"),
        ("Whoosh, with them", "1.5", f"{(postings + whoosh) * 1000 / talks:.2f}"),
        ("browser export, besides", "0.3", f"{shards * 1000 / talks:.2f}"),
        ("browser export, alone", "", f"{(postings + shards) * 1000 / talks:.2f}"),
    )
    return engine, exported


def publish(exported: Sequence[Output], public: Path) -> Path:
    """Publish an empty site around the browser's index; return where."""
    for output in (*render_site(Site(), {}, Settings(), theme()), *exported):
        path = public / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output.data)
    return public


def build(material: Path, talks: int, site: Path) -> Path:
    """Make notes of the talks, and a site of the notes, with the real commands; return where."""
    maker = [sys.executable, str(material / "bench" / "make_notes.py"), "--talk-tags"]
    subprocess.run([*maker, "--talks", str(talks), "--out", str(site / "content")], check=True)
    (site / "site.toml").write_text('title = "Bench"\n', "utf-8")
    command = Path(sys.executable).with_name("kb")
    subprocess.run([command, "build", "-s", str(site)], check=False, capture_output=True)
    return site


def cost(work: Callable[[], object]) -> float:
    """Return the CPU seconds that `work` takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


# Hits


def normal(text: str) -> str:
    """Return a title as titles are compared: `&amp;` in a note is shown as `&`."""
    apart = unicodedata.normalize("NFKD", html.unescape(text))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"\W+", " ", re.sub(r"[`*_]", "", plain)).casefold().strip()


class Score:
    """How many queries of each type had the right answer first, among ten, exactly."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.ids: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in rows:
            self.ids[normal(row["title"])].append((normal(row["event"]), row["id"]))
        self.counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def add(self, query: Row, hits: Sequence[tuple[str, str]]) -> None:
        """Count the answer to one query: titles and events, best first."""
        found = [self._found(title, normal(event)) for title, event in hits]
        for name in (query["type"], "all"):
            count = self.counts[name]
            count[0] += 1
            if "expect" in query:
                wanted, got = set(query["expect"]), set().union(*found)
                count[3] += all(one & wanted for one in found) and wanted <= got
            elif "targets" in query:
                count[1] += bool(found and found[0] & set(query["targets"]))
                count[2] += any(query["target"] in one for one in found[:10])

    def _found(self, title: str, event: str) -> set[str]:
        near = self.ids.get(normal(title), [])
        same = [name for at, name in near if at and (at in event or event in at)]
        return set(same or [name for _, name in near])


def report(
    where: str, answers: Sequence[list[tuple[str, str]]], rows: list[Row], qs: list[Row]
) -> None:
    """Print the tables of hits."""
    if not rows:
        return
    groups = {
        "known item": ("title_typo", "speaker_rare", "tag_year", "rare2", "prefix", "surname_fold"),
        "typos": ("surname_typo", "rareword_typo"),
    }
    for name, types in groups.items():
        score = Score(rows)
        for query, hits in zip(qs, answers, strict=True):
            if query["type"] in types:
                score.add(query, hits)
        table(
            (f"{name}, {where}", "queries", "hit@1 / hit@10"),
            *(
                (kind, str(n), f"{one / n:.3f} / {ten / n:.3f}")
                for kind, (n, one, ten, _) in score.counts.items()
            ),
        )
    score = Score(rows)
    for query, hits in zip(qs, answers, strict=True):
        if "expect" in query:
            score.add(query, hits)
    table(
        (f"structured, {where}", "queries", "exact"),
        *((kind, str(n), str(exact)) for kind, (n, _, _, exact) in score.counts.items()),
    )


def terminal(engine: WhooshEngine, rows: list[Row], queries: list[Row]) -> None:
    """Ask the index of this machine."""
    answers, times = [], []
    for query in queries:
        started = time.process_time()
        hits = engine.search(query["query"], limit=limit(query), kinds=("talk",)).hits
        times.append(time.process_time() - started)
        answers.append([(hit.title, hit.event) for hit in hits])
    report("terminal", answers, rows, queries)
    hostile = []
    for text in malice(queries, 10_000):
        started = time.process_time()
        engine.search(text, limit=10)
        hostile.append(time.process_time() - started)
    table(
        ("terminal, ms of the processor", "must", "measured"),
        ("query, p95", "60", f"{share(times, 0.95) * 1000:.1f}"),
        ("random and hostile query, p95", "60", f"{share(hostile, 0.95) * 1000:.1f}"),
        ("random and hostile query, worst", "1000", f"{max(hostile) * 1000:.1f}"),
    )


def limit(query: Row) -> int:
    """Return how many hits a query needs to be judged."""
    return 250 if "expect" in query else 10


def malice(queries: Sequence[Row], count: int) -> Iterator[str]:
    """Yield random queries: words cut, mixed, quoted, negated; and letters of every kind."""
    chance = random.Random(11)
    words = [word for query in queries for word in query["query"].split()]
    yield from ("*", "?", "w0*", "the*", '"the of to"', "(" * 5000, "x " * 50_000, "a" * 100_000)
    yield from storms(words)
    for number in range(count):
        some = chance.choices(words, k=chance.randint(1, 5))
        letters = chance.choices('abcdeorst0123456789 "-*():?.é学', k=chance.randint(1, 60))
        yield (
            " ".join(some), "".join(letters), some[0][: chance.randint(1, 4)] + "*",
            f'"{" ".join(some)}"', f"{some[0][:2]}x{some[0][2:]}", f"-{some[0]}",
            f"speaker:{some[0][:3]}* {some[-1]}", "".join(reversed(some[0])),
        )[number % 8]  # fmt: skip


def storms(words: Sequence[str]) -> Iterator[str]:
    """Yield long queries, each of one kind of part that takes long to look up."""
    usual = [word for word, _ in Counter(word for word in words if word.isalpha()).most_common(400)]
    least = ["the", "of", "to", "and", "in", "a", "for", "with", "python", "is"]
    pairs = [f'"{left} {right}"' for left, right in itertools.permutations(least, 2)]
    starts = ["".join(two) for two in itertools.product(string.ascii_lowercase, repeat=2)]
    misspelt = [f"{word[:3]}q{word[3:]}" for word in usual]
    for parts in (
        usual, pairs, misspelt, ["kind:talk", "-kind:talk"] * 200,
        [f"{start}*" for start in starts], [f"{word[:4]}*" for word in usual],
        *([f"{field}:{start}*" for start in starts] for field in ("speaker", "title", "tag")),
        [f"title:{pair}" for pair in pairs], [f"title:{word}" for word in usual],
        [f"year:{year}..{year + 50}" for year in range(1900, 2100)],
    ):  # fmt: skip
        yield from (" ".join(parts), " OR ".join(parts), " ".join(f"-{part}" for part in parts))
    yield from ('"a ' * 2000, f'"{"the " * 1000}"', "(" * 2000 + "a" + ")" * 2000, "(a OR " * 600)


def share(times: Sequence[float], part: float) -> float:
    """Return the value below which a `part` of `times` lies."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


# The browser


class Host(http.server.SimpleHTTPRequestHandler):
    """A plain static host that compresses nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


CLIENT = """async ([engine, queries, limits, cold]) => {
  const { Index } = await import(engine);
  let index = new Index(new URL("search/", location.href));
  await index.open();
  const found = [];
  for (const [at, text] of queries.entries()) {
    if (cold) {
      index = new Index(index.base);
      await index.open();
    }
    performance.clearResourceTimings();
    const started = performance.now();
    const { hits } = await index.search(text, { limit: limits[at], kinds: cold ? [] : ["talk"] });
    const ms = performance.now() - started;
    found.push([hits.map((hit) => [hit.title, hit.event, hit.url]), ms, [...index.files.keys()]]);
  }
  return found;
}"""


def browser(public: Path, engine: WhooshEngine, rows: list[Row], queries: list[Row]) -> None:
    """Ask the published site in a headless Chromium."""
    found = chromium.find()
    if found is None:
        print("not measured: there is no Chromium here")
        return
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Host, directory=str(public))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    texts = [query["query"] for query in queries]
    limits = [limit(query) for query in queries]
    script = next((public / "theme").glob("search-engine.*.js"))
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=[*chromium.ARGUMENTS])
        page = running.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        engine_url = f"./theme/{script.name}"
        answers = page.evaluate(CLIENT, [engine_url, texts, limits, False])
        some = texts[:: max(1, len(texts) // 60)]
        cold = page.evaluate(CLIENT, [engine_url, some, [8] * len(some), True])
        keys = [text[:end] for text in some[:20] for end in range(1, len(text) + 1)]
        page.evaluate(CLIENT, [engine_url, keys, [8] * len(keys), False])
        typed = page.evaluate(CLIENT, [engine_url, keys * 2, [8] * len(keys) * 2, False])
        running.close()
    server.shutdown()
    report("browser", [[(t, e) for t, e, _ in hits] for hits, _, _ in answers], rows, queries)
    agreement(engine, texts, [[url for _, _, url in hits[:10]] for hits, _, _ in answers])
    client = [
        path for name in ("search", "words") for path in (public / "theme").glob(f"{name}*.js")
    ]
    raw = sum(path.stat().st_size for path in client)
    packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in client)
    first = [sum(size(public, name) for name in files) for _, _, files in cold]
    known: set[str] = set()
    later = []
    for _, _, files in answers:
        later.append(sum(size(public, name) for name in files if name not in known))
        known.update(files)
    table(
        ("bytes, KB", "must", "measured"),
        ("client, compressed by the host / as it is", "",
         f"{packed / 1000:.1f} / {raw / 1000:.1f}"),
        ("index for the first 8 results, median / p95", "",
         f"{share(first, 0.5) / 1000:.1f} / {share(first, 0.95) / 1000:.1f}"),
        ("both, median, compressing host / plain host", "60 (1,000), 80 (10,000)",
         f"{(packed + share(first, 0.5)) / 1000:.1f} / {(raw + share(first, 0.5)) / 1000:.1f}"),
        ("later query, median", "50", f"{share(later[10:], 0.5) / 1000:.1f}"),
    )  # fmt: skip
    warm = [ms for _, ms, _ in typed[len(keys) :]]
    table(
        ("browser, ms", "must", "measured"),
        ("per keystroke, warm, p50", "", f"{share(warm, 0.5):.1f}"),
        ("per keystroke, warm, p95", "50", f"{share(warm, 0.95):.1f}"),
    )


def size(public: Path, name: str) -> int:
    """Return the bytes of a file of the browser's index."""
    return (public / "search" / name).stat().st_size


def agreement(engine: WhooshEngine, texts: Sequence[str], answers: Sequence[list[str]]) -> None:
    """Print how far terminal and browser agree."""
    same = 0
    overlap = 0.0
    for text, urls in zip(texts, answers, strict=True):
        mine = [hit.url for hit in engine.search(text, limit=10, kinds=("talk",)).hits]
        same += mine[:1] == urls[:1]
        both = set(mine) | set(urls)
        overlap += len(set(mine) & set(urls)) / len(both) if both else 1.0
    table(
        ("terminal and browser", "must", "measured"),
        ("same first result", "0.99", f"{same / len(texts):.3f}"),
        ("overlap of the first ten", "0.98", f"{overlap / len(texts):.3f}"),
    )


# Classic collections


def collections(folder: Path) -> None:
    """Print nDCG@10 of queries with odd and with even numbers."""
    lines = []
    for name, must in (("cran", ".29"), ("cisi", ".33"), ("npl", ".43")):
        with gzip.open(folder / f"{name}.json.gz") as file:
            data = json.load(file)
        documents = [
            Document("talk", str(one["id"]), one["title"], body=(one["text"],))
            for one in data["docs"]
        ]
        known = MemoryIndex(documents)
        parts = {}
        for odd in (1, 0):
            gains = [
                gain(known, text, data["qrels"][number])
                for number, text in data["queries"].items()
                if data["qrels"].get(number) and int(number) % 2 == odd
            ]
            parts[odd] = sum(gains) / len(gains)
        lines.append((name, must, f"{parts[1]:.3f} / {parts[0]:.3f}"))
    table(("nDCG@10, odd / even queries", "must", "measured"), *lines)


def gain(known: MemoryIndex, text: str, judged: dict[str, int]) -> float:
    """Return nDCG@10 of one query."""
    found = rank(parse(text), known).documents[:10]
    urls = [known.documents[number].url for number in found]
    got = sum((2 ** judged.get(url, 0) - 1) / math.log2(at + 2) for at, url in enumerate(urls))
    best = sorted(judged.values(), reverse=True)[:10]
    return got / sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(best))


def table(*lines: tuple[str, ...]) -> None:
    """Print a table, its first line being its head."""
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    print()
    for number, line in enumerate(lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
        if number == 0:
            print("  ".join("-" * width for width in widths))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
