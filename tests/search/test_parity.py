"""Python and JavaScript say the same: words, stems, trees, hits, their order, excerpts."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kb.search.browser_index import export_anew
from kb.search.documents import Document
from kb.search.engine import results
from kb.search.memory_index import MemoryIndex
from kb.search.query import parse
from kb.search.ranking import rank
from tests.search.sample import many, sample_documents, write_site

TESTS = Path(__file__).parents[1]
ENGINE = TESTS.parent / "themes" / "default" / "static" / "search-engine.js"
ANALYSIS = json.loads((TESTS / "golden" / "analysis.json").read_text("utf-8"))
QUERIES = json.loads((TESTS / "golden" / "queries.json").read_text("utf-8"))

Call = Mapping[str, Any]


def in_node(folder: Path | str, calls: Sequence[Call]) -> list[Any]:
    """Return what the engine answers when run by Node; it stands in for a browser, quickly."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; the Chromium tests cover the same")
    answer = subprocess.run(
        [node, str(TESTS / "search" / "engine.mjs"), str(ENGINE), str(folder)],
        input="".join(f"{json.dumps(call)}\n" for call in calls),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return [json.loads(line) for line in answer.stdout.splitlines()]


def write_index(folder: Path, documents: Sequence[Document]) -> None:
    for output in export_anew(documents, "en").outputs:
        path = folder / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output.data)


def pieces(text: str, marks: Sequence[tuple[int, int]]) -> list[str]:
    """Return `text` as the browser shows it: every second piece is marked."""
    found, done = [], 0
    for start, end in marks:
        found += [text[done:start], text[start:end]]
        done = end
    return [*found, text[done:]]


def answer(index: MemoryIndex, text: str, kinds: Sequence[str], limit: int) -> dict[str, Any]:
    """Return what Python answers, in the shape of engine.mjs."""
    ranked = rank(parse(text), index, kinds)
    found = [index.documents[number] for number in ranked.documents[:limit]]
    said = results(text, ranked, found, total=len(ranked.documents))
    return {
        "total": said.total,
        "complete": said.complete,
        "meant": said.meant,
        "hits": [
            [
                hit.kind,
                hit.url,
                score,
                pieces(hit.title, hit.title_marks),
                pieces(hit.excerpt, hit.marks),
            ]
            for hit, score in zip(said.hits, ranked.scores, strict=False)
        ],
    }


def questions(documents: Sequence[Document], count: int) -> Iterator[str]:
    """Yield queries of every kind made from the documents' own words, always the same."""
    chance = random.Random(7)
    texts = [text for d in documents for text in (d.title, *d.speakers, *d.body, *d.topics)]
    for number in range(count):
        words = chance.choice(texts).split()
        at = chance.randrange(len(words))
        some = words[at : at + chance.randint(1, 4)]
        word = some[0]
        swapped = word[:1] + word[2:3] + word[1:2] + word[3:]
        shapes = (
            " ".join(some),
            f'"{" ".join(some)}"',
            f"{word} -{some[-1]}",
            f"{word[:3]}*",
            word[:-1],
            f"{swapped} {some[-1]}",
            f"({word} OR {chance.choice(texts).split()[0]}) year:2016..2018",
            f"speaker:{chance.choice(documents).title.split()[0]} {word}",
            f'topic:"{chance.choice(texts)}"',
            f"event:harbour {word} has:recording sort:date",
            f"{word} kind:talk -year:2018",
            f"-{word}",
            f"tag:{word[:2]}*",
            f"zz{word} qq",
        )
        yield shapes[number % len(shapes)]


def test_words_and_stems(tmp_path: Path) -> None:
    texts = [case["text"] for case in ANALYSIS["texts"]]
    calls = [{"call": "words", "text": text} for text in texts]
    calls += [{"call": "stem", "text": word} for word in ANALYSIS["stems"]]
    wanted: list[Any] = [[case["folded"], case["words"]] for case in ANALYSIS["texts"]]
    assert in_node("", calls) == wanted + list(ANALYSIS["stems"].values())


def test_trees() -> None:
    found = in_node("", [{"call": "parse", "text": case["text"]} for case in QUERIES])
    assert [unset(tree) for tree in found] == [unset(case["query"]) for case in QUERIES]


def unset(tree: Any) -> Any:
    """Return a tree without the values that Python leaves out because they are the usual ones."""
    if isinstance(tree, dict):
        usual = {"sort": "score", "value": "", "terms": []}
        return {k: unset(v) for k, v in tree.items() if usual.get(k) != v}
    return [unset(item) for item in tree] if isinstance(tree, list) else tree


@pytest.mark.parametrize("made", ["sample", "many"])
def test_hits(made: str, tmp_path: Path) -> None:
    documents = sample_documents() if made == "sample" else many(400)
    write_index(tmp_path, documents)
    index = MemoryIndex(documents)
    asked = [*questions(documents, 390), *(case["text"] for case in QUERIES)]
    kinds: list[list[str]] = [[], ["talk"], ["speaker", "topic"]]
    calls = [
        {"call": "search", "text": text, "kinds": kinds[number % 3], "limit": 5}
        for number, text in enumerate(asked)
    ]
    for call, found in zip(calls, in_node(tmp_path, calls), strict=True):
        assert found == answer(index, call["text"], call["kinds"], 5), call


@pytest.mark.shared
def test_hostile_queries(shared: Path, tmp_path: Path) -> None:
    documents = sample_documents()
    write_index(tmp_path, documents)
    index = MemoryIndex(documents)
    lines = (shared / "hostile" / "naughty-strings.jsonl").read_text("utf-8").splitlines()
    calls = [
        {"call": "search", "text": json.loads(line)["text"], "kinds": [], "limit": 5}
        for line in lines
    ]
    for call, found in zip(calls, in_node(tmp_path, calls), strict=True):
        assert found == answer(index, call["text"], (), 5), call


@pytest.fixture(scope="module")
def page(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, Path]]:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder)
    found = browser.new_page()
    yield found, folder
    found.close()


@pytest.mark.browser
def test_chromium_agrees(page: tuple[Page, Path], publish: Any) -> None:
    tab, folder = page
    tab.goto(publish(folder, "/notes/"))
    engine = next((folder / "theme").glob("search-engine.*.js")).name
    tab.evaluate("async (url) => { window.engine = await import(url); }", f"./theme/{engine}")
    texts = [case["text"] for case in ANALYSIS["texts"]]
    found = tab.evaluate(
        "(texts) => texts.map((t) => engine.words(engine.fold(t)).map(([w, p]) => [w, p]))", texts
    )
    assert found == [case["words"] for case in ANALYSIS["texts"]]
    stems = ANALYSIS["stems"]
    assert tab.evaluate("(words) => words.map(engine.stem)", list(stems)) == list(stems.values())
    trees = tab.evaluate("(texts) => texts.map(engine.parse)", [c["text"] for c in QUERIES])
    assert [unset(tree) for tree in trees] == [unset(case["query"]) for case in QUERIES]
    index = MemoryIndex(sample_documents())
    asked = list(questions(sample_documents(), 60))
    answers = tab.evaluate(
        """async (texts) => {
          const index = new engine.Index(new URL("search/", location.href));
          await index.open();
          const found = [];
          for (const text of texts) {
            const { total, complete, meant, hits } = await index.search(text, { limit: 5 });
            const shown = hits.map((h) => [h.kind, h.url, h.score, h.titleParts, h.excerpt]);
            found.push({ total, complete, meant, hits: shown });
          }
          return found;
        }""",
        asked,
    )
    assert answers == [answer(index, text, (), 5) for text in asked]
