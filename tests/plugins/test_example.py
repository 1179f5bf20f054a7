"""The example of a plugin, installed and used in real builds."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "kb-plugin-reading-list"
NOTE = """\
+++
title = "Kanal Days 2021, Thursday"
date = 2021-09-16
+++

#### Locks and Keys

- Ines Carvalho, Tide Labs

* A lock without a key is a wall #locksmithing
* heard before: https://changelog.com/podcast/12 and https://papers.example.org/locks.pdf

#### Panel: Who Holds the Key?

- Femke de Boer

* Nobody, at night
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the example is installed to."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
    done = subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--no-index", "--target", target, EXAMPLE],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target


def kb(plugins: Path | None, *arguments: str, code: int = 0) -> str:
    """Run kb where the plugins of that folder are installed; return all that it said."""
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("PYTHONPATH", None)
    if plugins is not None:
        environment["PYTHONPATH"] = str(plugins)
    done = subprocess.run(
        [sys.executable, "-m", "kb", *arguments],
        cwd=ROOT / "tests",
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    return said


def site(folder: Path, settings: str = "") -> Path:
    (folder / "content").mkdir(parents=True)
    (folder / "content" / "thursday.md").write_text(NOTE)
    (folder / "site.toml").write_text(f'title = "Tide notes"\n{settings}')
    return folder


def test_every_hook_is_seen_in_the_site(installed: Path, tmp_path: Path) -> None:
    folder = site(tmp_path)
    kb(installed, "build", "-s", str(folder))
    public = folder / "public"
    page = (public / "reading-list" / "index.html").read_text()
    assert "papers.example.org/locks.pdf" in page
    assert '<a href="../talks/kanal-days-2021/locks-and-keys/">Locks and Keys</a>' in page
    assert "(podcast)" in page
    assert "changelog.com/podcast/12" in (public / "reading-list.txt").read_text()
    assert (public / "topics" / "locksmithing" / "index.html").is_file()
    talk = (public / "talks/kanal-days-2021/locks-and-keys/index.html").read_text()
    assert re.search(r'<a href="\.\./\.\./\.\./reading-list/">\s*Reading list\s*</a>', talk)
    assert "podcast" in kb(installed, "list", "links", "-s", str(folder))
    assert "plugin-hashtag" in kb(installed, "why", "locksmithing", "-s", str(folder))
    assert kb(installed, "check", "-s", str(folder), "--strict")


def test_its_command_is_one_of_kbs(installed: Path, tmp_path: Path) -> None:
    folder = site(tmp_path)
    assert "reading-list  Print what talks cite" in kb(installed, "--help")
    said = kb(installed, "reading-list", "-s", str(folder), "--kind", "podcast")
    assert said == "podcast  https://changelog.com/podcast/12\n"
    assert "No such command" in kb(None, "reading-list", code=2)


def test_it_reads_programmes_of_its_own_format(installed: Path, tmp_path: Path) -> None:
    folder = site(tmp_path)
    lines = "Kanal Days\n2021-09-16 10:00 Locks and Keys / Ines Carvalho\n2021-09-16 11:30 Tides\n"
    file = tmp_path / "kanal.lines"
    file.write_text(lines)
    kb(installed, "match", str(file), "-s", str(folder))
    kept = next((folder / "content" / "schedules").glob("*.toml")).read_text()
    assert '"10:00"' in kept
    assert "Ines Carvalho" in kept
    file.write_text("nothing\n")
    said = kb(installed, "match", str(file), "-s", str(folder), code=1)
    assert "it has no session with a title" in said


def test_a_site_switches_it_off(installed: Path, tmp_path: Path) -> None:
    folder = site(tmp_path)
    kb(installed, "build", "-s", str(folder))
    (folder / "site.toml").write_text("[plugins.reading-list]\nenabled = false\n")
    kb(installed, "build", "-s", str(folder))
    public = folder / "public"
    assert not (public / "reading-list").exists()
    assert not (public / "topics" / "locksmithing").exists()
    assert "Reading list" not in (public / "index.html").read_text()


def test_without_it_the_site_is_what_it_was(installed: Path, tmp_path: Path) -> None:
    folder = site(tmp_path)
    kb(None, "build", "-s", str(folder))
    before = contents(folder)
    kb(installed, "build", "-s", str(folder))
    assert contents(folder) != before
    kb(None, "build", "-s", str(folder))
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, bytes]:
    public = folder / "public"
    return {
        path.relative_to(public).as_posix(): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file()
    }


def test_an_incremental_build_equals_a_clean_one(installed: Path, tmp_path: Path) -> None:
    folder = site(tmp_path / "a")
    kb(installed, "build", "-s", str(folder))
    words = NOTE.replace("https://papers.example.org", "https://journal.example.org")
    (folder / "content" / "thursday.md").write_text(words.replace("#locksmithing", "#keys"))
    kb(installed, "build", "-s", str(folder))
    assert "journal.example.org" in (folder / "public" / "reading-list.txt").read_text()
    after = contents(folder)
    kb(installed, "build", "-s", str(folder), "--full")
    assert contents(folder) == after


def test_its_settings_its_key_and_its_code_are_part_of_what_a_build_depends_on(
    installed: Path, tmp_path: Path
) -> None:
    folder = site(tmp_path)
    hosts = tmp_path / "podcasts.txt"
    hosts.write_text("papers.example.org\n")
    setting = f'[plugins.reading-list]\npodcasts = "{hosts}"\n'
    kb(installed, "build", "-s", str(folder))
    assert "nothing changed" in kb(installed, "build", "-s", str(folder))

    def kinds() -> list[str]:
        page = (folder / "public" / "reading-list" / "index.html").read_text()
        return re.findall(r"locks\.pdf[^(]*\((\w+)\)", page)

    assert kinds() == ["paper"]
    (folder / "site.toml").write_text(setting)
    kb(installed, "build", "-s", str(folder))
    assert kinds() == ["podcast"]
    hosts.write_text("")
    kb(installed, "build", "-s", str(folder))
    assert kinds() == ["paper"]
    code = installed / "kb_plugin_reading_list" / "__init__.py"
    text = code.read_text()
    try:
        code.write_text(text.replace('"article", "podcast")', '"article")'))
        said = kb(installed, "build", "-s", str(folder))
    finally:
        code.write_text(text)
    assert "This kb, or a plugin, is another" in said
    assert "podcast" not in (folder / "public" / "reading-list.txt").read_text()


def test_worker_processes_have_it_too(installed: Path, tmp_path: Path) -> None:
    folder = site(tmp_path)
    for number in range(210):
        text = NOTE.replace("locksmithing", f"tag{number % 3}").replace("2021", str(1800 + number))
        (folder / "content" / f"day-{number}.md").write_text(text)
    one = kb(installed, "list", "topics", "-s", str(folder), "--csv")
    assert {"tag0", "tag1", "tag2"} <= set(re.findall(r"\btag\d\b", one))
    for path in (folder / ".kb" / "notes").iterdir():
        path.unlink()
    assert kb(installed, "list", "topics", "-s", str(folder), "--csv") == one


def test_one_that_makes_no_pages_leaves_the_short_way_open(tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    info = plugins / "kb_tide-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text("[kb]\ntide = kb_tide\n")
    (plugins / "kb_tide.py").write_text(
        "from kb.model.made import MenuEntry\n"
        "from kb.model.value import replace\n"
        "from kb.plugins.hooks import hookimpl\n"
        "@hookimpl\n"
        "def kb_extract(facts):\n"
        "    found = [replace(one, track='Tidal') for one in facts.sessions]\n"
        "    return replace(facts, sessions=tuple(found))\n"
        "@hookimpl\n"
        "def kb_menu():\n"
        "    return [MenuEntry('/links/', 'Ebb')]\n"
    )
    folder = site(tmp_path / "site")
    kb(plugins, "build", "-s", str(folder))
    talk = folder / "public/talks/kanal-days-2021/locks-and-keys/index.html"
    assert "Tidal" in talk.read_text()
    (folder / "content" / "thursday.md").write_text(NOTE.replace("is a wall", "is one wall"))
    said = kb(plugins, "build", "-s", str(folder), "--profile")
    assert "settle" not in said  # only the long way lets all notes agree
    after = contents(folder)
    assert "is one wall" in talk.read_text()
    assert "Tidal" in talk.read_text()
    assert ">Ebb</a>" in talk.read_text()
    kb(plugins, "build", "-s", str(folder), "--full")
    assert contents(folder) == after


def test_one_that_fails_is_named_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    info = broken / "kb_broken-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text("[kb]\nbroken = kb_broken\n")
    module = broken / "kb_broken.py"
    module.write_text("raise RuntimeError('out of order')\n")
    folder = site(tmp_path / "site")
    said = kb(broken, "build", "-s", str(folder), code=2)
    assert (
        "the plugin 'broken' (kb-broken 0.1) cannot be loaded: RuntimeError: out of order" in said
    )
    assert len(said.splitlines()) == 2
    assert "Print the completion script" in kb(broken, "--help")
    marked = "from kb.plugins.hooks import hookimpl\nimport click\n@hookimpl\n"
    module.write_text(f"{marked}def kb_extract(facts):\n    return 1 / 0\n")
    said = kb(broken, "build", "-s", str(folder), code=1)
    assert "content/thursday.md:1:1: error KB207" in said
    assert "ZeroDivisionError" in said
    assert (folder / "public/talks/kanal-days-2021/locks-and-keys/index.html").is_file()
    module.write_text(f"{marked}def kb_pages(site):\n    return 1 / 0\n")
    said = kb(broken, "build", "-s", str(folder), code=1)
    assert "KB402" in said
    assert "KB402" in kb(broken, "check", "-s", str(folder), code=1)
    command = "@click.command('burst')\ndef burst():\n    raise RuntimeError('burst pipe')\n"
    module.write_text(f"import click\n{command}{marked}def kb_commands():\n    return [burst]\n")
    said = kb(broken, "burst", code=1)
    assert said == "kb: the plugin 'broken' (kb-broken 0.1) failed: RuntimeError: burst pipe\n"
    taken = command.replace("burst", "build")
    # Of another length: Python takes a module of the same second and size for the one it compiled.
    module.write_text(f"import click\n\n{taken}{marked}def kb_commands():\n    return [build]\n")
    assert "a name that is taken" in kb(broken, "--help")


def test_settings_of_one_that_is_not_installed_are_told(tmp_path: Path) -> None:
    folder = site(tmp_path, "[plugins.bingo]\nloud = true\n")
    said = kb(None, "check", "-s", str(folder))
    assert "site.toml:2:1: warning KB150" in said


def test_a_build_with_nothing_to_do_loads_no_pluggy(tmp_path: Path) -> None:
    folder = site(tmp_path)
    kb(None, "build", "-s", str(folder))
    code = (
        "import sys; from kb.cli.app import run; run(['build', '-s', sys.argv[1]]);"
        "print({'pluggy', 'importlib.metadata', 'kb.plugins.hooks'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "set()\n"
    assert "nothing changed" in done.stderr
