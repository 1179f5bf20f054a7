"""Commands: data to stdout, words to stderr, and the exit code that says how it went."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

import kb.cli
from kb.cli.app import COMMANDS, group
from kb.cli.say import say_all
from kb.model.finding import CODES
from tests.building.sample import held_elsewhere
from tests.cli.conftest import Call, Kb


def test_help_names_every_command(call: Call) -> None:
    code, out, _ = call("--help")
    assert code == 0
    assert all(f"  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(call: Call, name: str) -> None:
    code, out, _ = call(name, "--help")
    assert code == 0
    assert "Usage: kb" in out


def test_version(call: Call) -> None:
    assert call("--version")[1].startswith("kb 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["build", "--nonsense"],
        ["list"],
        ["list", "cats"],
        ["search"],
        ["build", "x"],
    ],
)
def test_wrong_usage_is_2_with_words_on_stderr(call: Call, arguments: list[str]) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err


def test_build_tells_what_was_read_made_and_where_to_look(call: Call, site: Path) -> None:
    code, out, err = call("build", "-s", site)
    assert (code, out) == (0, "")
    assert "4 notes" in err
    assert "6 talks, 3 speakers" in err
    assert str(site / "public") in err
    assert "kb serve -s" in err
    assert (site / "search_index").is_dir()
    code, _, err = call("build", "-s", site)
    assert code == 0
    assert "nothing changed" in err


def test_build_as_json(call: Call, site: Path) -> None:
    code, out, err = call("build", "-s", site, "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["made"]["talks"] == 6
    assert answer["written"] == answer["made"]["files"]
    assert answer["counts"]["error"] == 0


def test_quiet_says_nothing_when_all_is_well(call: Call, site: Path) -> None:
    assert call("build", "-s", site, "-q") == (0, "", "")


def test_verbose_names_what_was_written(call: Call, site: Path) -> None:
    assert "written index.html" in call("build", "-s", site, "-v")[2]


def test_profile_tells_the_stages(call: Call, site: Path) -> None:
    _, _, err = call("build", "-s", site, "--profile")
    assert all(stage in err for stage in ("scan", "read", "graph", "render", "publish", "index"))


def test_errors_are_1_and_each_is_a_line_with_a_place(call: Call, site: Path) -> None:
    (site / "content" / "bad.md").write_text("+++\ntitle = \n+++\ntext\n")
    code, _, err = call("build", "-s", site)
    assert code == 1
    assert "content/bad.md:2:" in err
    assert "error KB101" in err
    assert (site / "public" / "index.html").exists()
    assert call("build", "-s", site)[0] == 1  # a build with nothing to do still tells
    code, out, _ = call("check", "-s", site)
    assert code == 1
    assert "content/bad.md:2:" in out


def test_a_build_shows_every_error_not_just_the_first_ones(call: Call, site: Path) -> None:
    for number in range(15):
        (site / "content" / f"empty-{number:02}.md").write_text("")
    code, _, err = call("build", "-s", site)
    assert code == 1
    for number in range(15):
        assert f"content/empty-{number:02}.md:1:1: error KB105" in err


def test_any_finding_counts_when_strict(call: Call, site: Path) -> None:
    path = site / "content" / "about.md"
    path.write_text('+++\ntitle = "About"\ncover = "none.png"\n+++\ntext\n')
    assert call("build", "-s", site)[0] == 0
    assert call("build", "-s", site, "--strict")[0] == 1
    assert call("check", "-s", site)[0] == 0
    assert call("check", "-s", site, "--strict")[0] == 1


def test_check_writes_no_output(call: Call, site: Path) -> None:
    code, out, err = call("check", "-s", site)
    assert (code, out) == (0, "")
    assert "all is well" in err
    assert not (site / "public").exists()
    code, out, _ = call("check", "-s", site, "--json")
    assert json.loads(out) == []


def test_no_site_says_how_to_start(call: Call, tmp_path: Path) -> None:
    for command in ("build", "check", "serve"):
        code, out, err = call(command, "-s", tmp_path)
        assert (code, out) == (2, "")
        assert "kb init" in err
    code, _, err = call("build", "-s", tmp_path / "none")
    assert code == 2
    assert "does not exist" in err
    (tmp_path / "f").write_text("")
    assert "is a file" in call("build", "-s", tmp_path / "f")[2]


def test_a_wrong_key_is_2_with_line_and_nearest_key(call: Call, site: Path) -> None:
    (site / "site.toml").write_text('\ntitel = "x"\n')
    code, _, err = call("build", "-s", site)
    assert code == 2
    assert "site.toml:2:" in err
    assert "title" in err


def test_a_foreign_output_is_2_and_untouched(call: Call, site: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    code, _, err = call("build", "-s", site, "-o", tmp_path / "mine")
    assert code == 2
    assert "did not make" in err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert not (site / ".kb").exists()


@pytest.mark.parametrize("built", [False, True], ids=["with work", "with nothing to do"])
def test_a_held_lock_is_75_with_the_pid(call: Call, site: Path, *, built: bool) -> None:
    if built:
        assert call("build", "-s", site)[0] == 0
    with held_elsewhere(site / ".kb" / "lock") as holder:
        code, _, err = call("build", "-s", site)
    assert code == 75
    assert str(holder) in err


def test_who_searches_while_a_build_makes_the_index_makes_none(call: Call, site: Path) -> None:
    with held_elsewhere(site / ".kb" / "lock") as holder:
        code, _, err = call("search", "pumps", "-s", site)
        assert not (site / "search_index").exists()
    assert code == 75
    assert str(holder) in err
    assert call("search", "pumps", "-s", site)[0] == 0


def _published(site: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in site.rglob("*") if one.is_file()}


@pytest.mark.parametrize(
    "command", [["build"], ["build", "--full"], ["check"], ["list", "talks"], ["serve"]]
)
def test_a_missing_folder_of_notes_is_2_and_unpublishes_nothing(
    call: Call, site: Path, command: list[str]
) -> None:
    assert call("build", "-s", site)[0] == 0
    (site / "site.toml").write_text('title = "Test"\n[content]\n  folder = "nope"\n')
    before = _published(site)
    code, out, err = call(*command, "-s", site)
    assert (code, out) == (2, "")
    assert err.startswith("site.toml:3:3: error KB117: ")
    assert "'nope'" in err
    assert _published(site) == before


def test_the_folder_of_notes_gone_without_a_key_is_told_in_words(call: Call, site: Path) -> None:
    assert call("build", "-s", site)[0] == 0
    (site / "content").rename(site / "elsewhere")
    before = _published(site)
    code, _, err = call("build", "-s", site)
    assert code == 2
    assert "'content'" in err
    assert "[content] folder" in err
    assert _published(site) == before
    assert call("new", "First words", "-s", site)[0] == 0
    assert call("build", "-s", site)[0] == 0


def test_init_leaves_a_readme_beside_notes_out(call: Call, tmp_path: Path) -> None:
    (tmp_path / "monday.md").write_text("# Monday\n\nRain.\n")
    (tmp_path / "ReadMe.md").write_text("![missing](nowhere.png)\n")
    (tmp_path / "LICENSE.md").write_text("")
    code, _, err = call("init", tmp_path)
    assert code == 0
    assert "Found 1 note" in err
    assert "LICENSE.md, ReadMe.md" in err
    assert call("build", "-s", tmp_path)[0] == 0
    assert [path.name for path in (tmp_path / "public" / "notes").iterdir() if path.is_dir()] == [
        "monday"
    ]


def test_init_keeps_a_readme_that_is_the_only_note(call: Call, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# All I know\n\nRain.\n")
    assert "Found 1 note" in call("init", tmp_path)[2]
    assert call("build", "-s", tmp_path)[0] == 0
    assert (tmp_path / "public" / "notes" / "readme" / "index.html").exists()


def test_init_new_build_in_an_empty_folder(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    assert call("init", folder)[0] == 0
    code, out, _ = call("new", "A day at Ümlaut Conf", "-s", folder)
    assert code == 0
    path = Path(out.strip())
    assert path.name == "2026-01-01-a-day-at-umlaut-conf.md"
    before = path.read_text()
    assert 'title = "A day at Ümlaut Conf"' in before
    assert call("new", "A day at Ümlaut Conf", "-s", folder)[0] == 1
    assert path.read_text() == before
    code, _, err = call("build", "-s", folder)
    assert code == 0, err
    assert " talks" in err


def test_init_deploy_in_an_empty_folder_and_in_a_site(call: Call, tmp_path: Path) -> None:
    site = tmp_path / "my site"
    first = call("init", str(site), "--deploy", "github")
    assert first[0] == 0
    assert (site / ".github/workflows/publish.yml").is_file()
    assert (site / "content").is_dir()
    assert f"kb build -s '{site}'" in first[2]
    second = call("init", str(site), "--deploy", "netlify")
    assert second[0] == 0
    assert (site / "netlify.toml").is_file()
    again = call("init", str(site), "--deploy", "netlify")
    assert again[0] == 1
    assert "netlify.toml: is there already; nothing was changed" in again[2]


def test_init_deploy_makes_no_site_where_the_file_of_the_host_is_in_the_way(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("mine")
    assert call("init", str(tmp_path), "--deploy", "gitlab")[0] == 1
    assert [path.name for path in tmp_path.iterdir()] == [".gitlab-ci.yml"]


def test_init_adopts_notes_and_changes_none(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\ntext\n")
    (tmp_path / ".gitignore").write_text("mine\n")
    assert call("init", tmp_path)[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".gitignore", "a.md", "site.toml"]
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    code, _, err = call("build", "-s", tmp_path)
    assert code == 0, err
    assert "1 note" in err
    code, _, err = call("init", tmp_path)
    assert code == 1
    assert "already" in err


def test_init_adopts_content(call: Call, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("# A\n\ntext\n")
    assert "1 note" in call("init", tmp_path)[2]
    assert sorted(path.name for path in (tmp_path / "content").iterdir()) == ["a.md"]
    assert call("build", "-s", tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("what", "key", "first"),
    [
        ("talks", "title", "Opening of the second year"),
        ("speakers", "name", "Ida Brook"),
        ("topics", "name", "law"),
        ("events", "title", "River Conf 2025"),
        ("links", "kind", None),
        ("notes", "path", None),
    ],
)
def test_lists(call: Call, site: Path, what: str, key: str, first: str | None) -> None:
    code, out, _ = call("list", what, "-s", site, "--json")
    rows = json.loads(out)
    assert code == 0
    assert rows
    if first is not None:
        assert rows[0][key] == first
    code, out, _ = call("list", what, "-s", site, "--csv")
    table = list(csv.DictReader(io.StringIO(out)))
    assert [row[key] for row in table] == [str(row[key]) for row in rows]
    code, out, _ = call("list", what, "-s", site)
    assert out.count("\n") == len(rows) + 1
    assert str(rows[0][key]) in out


def test_a_list_for_a_pipe_has_a_line_a_row(call: Call, site: Path) -> None:
    (site / "content" / "long.md").write_text(f"# {'Very ' * 200}long\n\nText.\n")
    code, out, _ = call("list", "notes", "-s", site)
    head, *rows = out.splitlines()
    assert code == 0
    assert head.split() == ["title", "date", "event", "sessions", "path", "url"]
    assert [row for row in rows if "content/long.md" in row and ("Very " * 200) in row]


@pytest.mark.parametrize("built", [True, False])
def test_what_the_site_shows_is_listed_and_checked(call: Call, site: Path, *, built: bool) -> None:
    (site / "content" / "early.md").write_text(
        "+++\ntitle = 'Early'\ndraft = true\n+++\n![](gone.png)\n"
    )
    assert "Early" not in call("list", "notes", "-s", site)[1]
    assert "gone.png" not in call("check", "-s", site)[1]
    with (site / "site.toml").open("a") as settings:
        settings.write("\n[build]\ndrafts = true\n")
    if built:
        call("build", "-s", site)
    assert "Early" in call("list", "notes", "-s", site)[1]
    assert "gone.png" in call("check", "-s", site)[1]


def test_a_list_for_spreadsheets_has_no_formula(call: Call, site: Path) -> None:
    (site / "content/formula.md").write_text("+++\ntitle = '=cmd()'\n+++\nText.\n")
    code, out, _ = call("list", "notes", "-s", site, "--csv")
    assert code == 0
    titles = [row["title"] for row in csv.DictReader(io.StringIO(out))]
    assert "'=cmd()" in titles
    code, out, _ = call("list", "notes", "-s", site, "--json")
    assert "=cmd()" in [row["title"] for row in json.loads(out)]


def test_list_of_two_forms_is_refused(call: Call, site: Path) -> None:
    assert call("list", "talks", "-s", site, "--json", "--csv")[0] == 2


def test_why_tells_file_line_and_rule(call: Call, site: Path) -> None:
    code, out, _ = call("why", "Mira Stone", "-s", site)
    assert code == 0
    assert out.startswith("speaker: Mira Stone")
    assert "content/2024-river.md:9: " in out
    code, out, _ = call("why", "pumps without", "-s", site, "--json")
    (talk,) = json.loads(out)
    assert talk["kind"] == "talk"
    assert {"speaker", "topic"} <= {reason["fact"] for reason in talk["reasons"]}
    assert all(reason["path"] and reason["rule"] for reason in talk["reasons"])


def test_why_reads_as_fact_and_value_each_once(call: Call, site: Path) -> None:
    _, out, _ = call("why", "pumps without", "-s", site)
    lines = out.splitlines()[1:]
    assert len(lines) == len(set(lines))
    title = "Pumps without electricity"
    assert f"  content/2024-river.md:7: title: {title}  (title-none, 50% sure)" in lines
    assert "  content/2024-river.md:9: speaker: Mira Stone  (speaker-item, 97% sure)" in lines
    (talk,) = [line for line in lines if ": talk: " in line]
    assert talk.startswith(f"  content/2024-river.md:7: talk: {title}  (talk-heading, ")
    assert talk.count("speaker below") == 1


def test_why_calls_a_day_a_day(call: Call, site: Path) -> None:
    (site / "content/days.md").write_text(
        "# Ferry Conf 2021\n\n## Tuesday\n\n### Ropes\n\nSpeaker: Mira Stone\n\n* knots\n\n"
        "### Sails\n\nSpeaker: Mira Stone\n\n* cloth\n"
    )
    (site / "content/events.toml").write_text(
        '[[events]]\nname = "Ferry Conf"\nyear = 2021\nstart = "2021-05-03"\nend = "2021-05-06"\n'
    )
    _, out, _ = call("why", "Ropes", "-s", site)
    (line,) = [line for line in out.splitlines() if "events.toml" in line]
    assert "day: 2021-05-04  (explicit-day-events-toml, 100% sure)" in line


def test_a_talk_says_on_which_day_it_was_where_no_date_is_known(call: Call, site: Path) -> None:
    (site / "content/days.md").write_text(
        "# Ferry Conf 2021 - Day 2\n\n## Ropes\n\nSpeaker: Mira Stone\n\n* knots\n\n"
        "## Sails\n\nSpeaker: Mira Stone\n\n* cloth\n"
    )
    assert call("build", "-s", site)[0] == 0
    page = (site / "public/talks/ferry-conf-2021/ropes/index.html").read_text()
    assert '<p class="kicker"><span>Talk</span> <span>Day 2</span></p>' in page


def test_a_new_note_says_nothing_until_its_writer_does(call: Call, site: Path) -> None:
    _, links, _ = call("list", "links", "-s", site, "--json")
    _, talks, _ = call("list", "talks", "-s", site, "--json")
    assert call("new", "Ferry Conf 2021", "-s", site)[0] == 0
    assert call("list", "links", "-s", site, "--json", "--future")[1] == links
    assert call("list", "talks", "-s", site, "--json", "--future")[1] == talks


def test_what_the_writer_said_is_quoted_with_its_file(call: Call, site: Path) -> None:
    (site / "content/talks.md").write_text(
        "# Ferry Conf 2021\n\n## Ropes\n<!-- kb: panel -->\n\nSpeaker: Mira Stone\n\n"
        "## Sails\n<!-- kb: keynoet -->\n\nSpeaker: Mira Stone\n\n* cloth\n"
    )
    (site / "content/events.toml").write_text(
        '[[events]]\nname = "Ferry Conf"\nyear = 2021\nstart = "2021-05-06"\nend = "2021-05-03"\n'
    )
    _, out, _ = call("why", "Ropes", "-s", site)
    assert "(explicit-comment, 100% sure)  “<!-- kb: panel -->”" in out
    _, out, _ = call("why", "Ferry Conf 2021", "-s", site)
    assert "content/events.toml:1: event: Ferry Conf 2021  (explicit-events-toml" in out
    _, out, err = call("check", "-s", site)
    assert "content/talks.md:9:1: warning KB209: nothing is called `kb: keynoet`" in out + err
    assert "did you mean `keynote`?" in out + err
    assert "content/events.toml:5:1: error KB113: `end` is before `start`" in out + err


def test_a_lunch_about_a_topic_is_counted_nowhere_as_a_talk(call: Call, site: Path) -> None:
    (site / "content/lunch.md").write_text(
        "# Ferry Conf 2021\n\n## Ropes\n\nSpeaker: Mira Stone\n\n* windlass\n\n"
        "## Sails\n\nSpeaker: Mira Stone\n\n* cloth\n\n## Lunch\n\nWe spoke of the windlass.\n"
    )
    (site / "content/topics.toml").write_text('[[topics]]\nname = "Windlass"\n')
    assert call("build", "-s", site)[0] == 0
    _, out, _ = call("list", "topics", "-s", site, "--json")
    assert [one["talks"] for one in json.loads(out) if one["name"] == "Windlass"] == [1]
    data = json.loads((site / "public/data/topics.json").read_text())
    (topic,) = [one for one in data["topics"] if one["name"] == "Windlass"]
    assert topic["talks"] == ["/talks/ferry-conf-2021/ropes/"]


def test_why_offers_near_names(call: Call, site: Path) -> None:
    code, out, err = call("why", "Mira Stoan", "-s", site)
    assert (code, out) == (1, "")
    assert "Mira Stone" in err


def test_search_makes_the_index_where_there_is_none(call: Call, site: Path) -> None:
    code, out, err = call("search", "pumps", "-s", site)
    assert code == 0
    assert "Pumps without electricity" in out
    assert err.count("There was no search index: it was made from the notes.") == 1
    assert not (site / "public").exists()
    code, out, _ = call("search", "speaker:Weir", "-s", site, "--type", "talk", "--json")
    titles = {hit["title"] for hit in json.loads(out)["hits"]}
    assert titles == {"Canals in winter", "Pumps again", "Courts and wells"}
    assert "Nothing found" in call("search", "zzzzqqq", "-s", site)[2]


def test_search_answers_a_line_for_a_line(
    call: Call, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("canals\n\nzzzzqqq\n(((\n"))
    code, out, err = call("search", "-", "-s", site, "--type", "talk")
    assert err.count("no search index") == 1
    answers = [json.loads(row) for row in out.splitlines()]
    assert code == 0
    assert [answer["query"] for answer in answers] == ["canals", "", "zzzzqqq", "((("]
    first = answers[0]["hits"][0]
    assert first["title"] == "Canals in winter"
    assert {"kind", "title", "event", "speakers", "url", "score", "excerpt"} <= set(first)
    assert answers[2]["hits"] == []


def test_a_minus_before_a_word_is_the_query_s(call: Call, site: Path) -> None:
    code, out, _ = call("search", "speaker:Weir", "-canals", "-s", site, "--type", "talk", "--json")
    answer = json.loads(out)
    assert (code, answer["query"]) == (0, "speaker:Weir -canals")
    assert {hit["title"] for hit in answer["hits"]} == {"Pumps again", "Courts and wells"}


def test_bytes_that_are_no_text_are_asked_as_well_as_can_be(kb: Kb, site: Path) -> None:
    made = kb("search", "canals", b"\xff".decode("utf-8", "surrogateescape"), "--json", cwd=site)
    assert (made.returncode, json.loads(made.stdout)["query"]) == (0, "canals \ufffd")


def test_an_empty_query_is_told_from_one_that_finds_nothing(call: Call, site: Path) -> None:
    assert call("search", " ", "-s", site)[::2] == (
        0,
        "There was no search index: it was made from the notes.\nNothing was asked for.\n",
    )


def test_search_tells_how_many_have_all_words(call: Call, site: Path) -> None:
    call("build", "-s", site, "-q")
    err = call("search", "mira", "pumps", "-s", site, "--limit", "1")[2]
    assert err == "6 found, 2 with all words, the first 1 shown\n"


@pytest.mark.parametrize("there", ["search_index", "search_index.old", "search_index.new"])
def test_search_minds_no_file_where_its_folder_belongs(call: Call, site: Path, there: str) -> None:
    (site / "search_index").mkdir()
    if there == "search_index":
        (site / there).rmdir()
    (site / there).write_text("nothing of kb's")
    assert "Canals" in call("search", "canals", "-s", site)[1]
    assert "made" not in call("search", "canals", "-s", site)[2]


def test_search_opens_the_first_hit(
    call: Call, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    call("search", "canals", "-s", site, "--type", "talk", "--open")
    assert opened[0].startswith("file://")
    assert "/talks/" in opened[0]


@pytest.mark.parametrize("damage", ["cut", "garbage", "foreign"])
def test_search_makes_a_damaged_index_anew_and_says_so(call: Call, site: Path, damage: str) -> None:
    wanted = call("search", "canals", "-s", site)[1]
    index = site / "search_index"
    largest = max(index.iterdir(), key=lambda path: path.stat().st_size)
    if damage == "cut":
        largest.write_bytes(largest.read_bytes()[:100])
    elif damage == "garbage":
        next(index.glob("*.toc")).write_bytes(b"\x80\x04nothing like it")
    else:
        (index / "stamp").write_bytes(b"0" * 64)
    code, out, err = call("search", "canals", "-s", site)
    assert (code, out) == (0, wanted)
    assert err.count("The search index was made anew:") == 1
    assert "made" not in call("search", "canals", "-s", site)[2]


def test_search_after_an_edit_answers_anew(call: Call, site: Path) -> None:
    call("build", "-s", site, "-q")
    path = site / "content" / "about.md"
    path.write_text("# About\n\nA word like xylophone.\n")
    call("build", "-s", site, "-q")
    assert "About" in call("search", "xylophone", "-s", site)[1]


def test_extract_needs_no_site(call: Call, site: Path, tmp_path: Path) -> None:
    (site / "site.toml").unlink()
    note = site / "content" / "2024-river.md"
    code, out, _ = call("extract", note)
    record = json.loads(out)
    assert code == 0
    assert [talk["title"] for talk in record["talks"]] == [
        "Pumps without electricity",
        "Canals in winter",
    ]
    assert record["talks"][0]["speakers"] == ["Mira Stone"]
    code, out, err = call("extract", site / "content", "--out", tmp_path / "out")
    assert (code, out) == (0, "")
    assert json.loads((tmp_path / "out" / "2024-river.json").read_text())["talks"]
    assert len(list((tmp_path / "out").rglob("*.json"))) == 4
    code, _, err = call("extract", tmp_path / "none.md")
    assert code == 2
    assert "does not exist" in err


def test_theme_tells_what_is_your_own(call: Call, site: Path) -> None:
    own = site / "themes" / "default" / "templates" / "home.html"
    own.parent.mkdir(parents=True)
    own.write_text("x")
    code, out, _ = call("theme", "-s", site, "--json")
    files = {one["file"]: one["from"] for one in json.loads(out)}
    assert code == 0
    assert files["templates/home.html"] == "themes/default"
    assert files["templates/base.html"].startswith("(kb)")


def test_a_theme_that_is_not_there_is_2(call: Call, site: Path) -> None:
    (site / "site.toml").write_text('[theme]\nname = "gone"\n')
    for command in ("build", "theme", "check"):
        code, _, err = call(command, "-s", site)
        assert code == 2
        assert "gone" in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(call: Call, shell: str) -> None:
    code, out, _ = call("completion", shell)
    assert code == 0
    assert "_KB_COMPLETE" in out


@pytest.mark.parametrize(
    ("verb", "begun", "offered"),
    [
        ("export", "sq", ["sqlite"]),
        ("import", "", ["ghost", "obsidian"]),
        ("export", "p", ["pyvideo"]),
    ],
)
def test_completion_offers_formats_and_programs(verb: str, begun: str, offered: list[str]) -> None:
    complete = ShellComplete(group, {}, "kb", "_KB_COMPLETE")
    assert [one.value for one in complete.get_completions([verb], begun)] == offered


def test_a_wrong_epoch_is_told(call: Call, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    code, _, err = call("build", "-s", site)
    assert code == 2
    assert "SOURCE_DATE_EPOCH" in err


def test_codes_have_a_severity() -> None:
    assert all(severity in {"error", "warning", "hint"} for severity, _ in CODES.values())


# In a process of its own ------------------------------------------------------------------------


def test_python_m_kb(kb: Callable[..., "subprocess.CompletedProcess[str]"], site: Path) -> None:
    done = kb("build", "-s", str(site))
    assert (done.returncode, done.stdout) == (0, "")
    done = kb("list", "talks", cwd=site)
    assert done.returncode == 0
    assert "Pumps again" in done.stdout


def test_a_reader_that_has_enough_is_no_fault(site: Path) -> None:
    for number in range(300):
        (site / "content" / f"n{number}.md").write_text(f"# Note {number} {'x' * 300}\n\ntext\n")
    with subprocess.Popen(
        [sys.executable, "-m", "kb", "list", "notes", "-s", str(site)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(60) == 0, err
    assert "Traceback" not in err
    assert "Exception" not in err


def test_a_full_disk_for_data_is_one_line(site: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kb", "list", "notes", "-s", str(site), "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "no space" in done.stderr.lower()


@pytest.fixture
def children() -> Iterator[list["subprocess.Popen[str]"]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_an_interrupt_is_one_line(site: Path, children: list["subprocess.Popen[str]"]) -> None:
    os.mkfifo(site / "wait")
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "serve", "-s", str(site), "--port", "0"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    children.append(process)
    assert process.stderr is not None
    line = process.stderr.readline()
    assert "Preview at http://" in line
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert "Traceback" not in err


def test_help_is_quick_and_imports_no_stage() -> None:
    code = (
        "import sys; from kb.cli.app import run; run(['--help']);"
        "print([n for n in sys.modules if n.startswith('kb.')"
        " and n.split('.')[1] not in ('cli',)], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    names = ["kb.building", "kb.building.memory", "kb.plugins", "kb.plugins.installed"]
    assert done.stderr.strip() == str(names)


def test_a_build_with_nothing_to_do_starts_no_parser_template_or_index(site: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "kb", "build", "-q", "-s", str(site)], check=True, timeout=60
    )
    code = (
        "import sys; from kb.cli.app import run; c = run(['build', '-q', '-s', sys.argv[1]]);"
        "heavy = {'markdown_it', 'whoosh', 'jinja2', 'pygments', 'PIL', 'rich', 'nh3', 'yaml'};"
        "print(c, sorted(heavy & {n.split('.')[0] for n in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(site)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "0 []"


@pytest.mark.parametrize("traced", [False, True])
def test_a_fault_of_kb_itself_is_a_line_that_tells_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, traced: bool
) -> None:
    def fail_deep_inside(_: object) -> int:
        raise ZeroDivisionError("none")

    monkeypatch.setattr("kb.cli.run", fail_deep_inside)
    monkeypatch.setenv("KB_TRACE", "1" if traced else "")
    assert kb.cli.main() == 1
    told = capsys.readouterr().err
    assert "kb: internal fault: ZeroDivisionError: none (fail_deep_inside, line " in told
    assert ("Traceback (most recent call last)" in told) is traced


def test_colours_of_findings_are_for_terminals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    say_all([("bad\x07", "red"), ("poor", "yellow")])
    assert capsys.readouterr().err == "bad\ufffd\npoor\n"
    monkeypatch.setattr("kb.cli.say.coloured", lambda _: True)
    say_all([("bad", "red"), ("poor", "yellow")])
    assert capsys.readouterr().err == "\033[31mbad\033[0m\n\033[33mpoor\033[0m\n"
