"""One preview from start to end: builds, watches, answers, and tells everybody what is new."""

import asyncio
import contextlib
import threading
import webbrowser
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from kb.building.project import Project
from kb.model.value import Value, replace
from kb.serving.answers import Answers
from kb.serving.board import Board, Said, changed_files, pages_of
from kb.serving.builder import Builder, Built, NotBuilt
from kb.serving.editor import Editor
from kb.serving.given import Given
from kb.serving.keys import HELP, Keys
from kb.serving.live import Channel
from kb.serving.moving import Moving
from kb.serving.policy import ANY_ADDRESS, Policy
from kb.serving.process import ProcessBuilder
from kb.serving.rebuild import Rebuilder
from kb.serving.report import built_line, failed_line, failure_words, finding_lines
from kb.serving.server import Say, ServeFault, Server, listen
from kb.serving.shelf import Shelf
from kb.serving.sites import PREVIEW, SiteBuilder, preview_project
from kb.serving.watch import Watcher


class ServeOptions(Value, frozen=True):
    """Where and how to listen."""

    host: str = "127.0.0.1"
    port: int = 8000
    """0: any free port."""
    open_browser: bool = False
    allowed_hosts: tuple[str, ...] = ()
    """Names that the preview answers to besides localhost."""
    editor: str = ""
    keys: bool = True
    """Listen for single keys, where there is a terminal."""
    poll: bool = False
    """Look at the files now and then, rather than be told by the system."""


class Preview:
    """A running preview of one site."""

    def __init__(self, builder: Builder, options: ServeOptions, say: Say) -> None:
        """Listen at once, so that the address is known; `run` answers.

        `say` gets one line at a time, for a person.

        Raises:
            ServeFault: no port is free, or the address is not this machine's.
        """
        self._builder = builder
        self._options = options
        self._say = say
        self._sockets = listen(options.host, options.port)
        self.port: int = self._sockets[0].getsockname()[1]
        self._board = Board(builder.folder, Editor.of(options.editor, builder.folder))
        self._shelf = Shelf(builder.output)
        policy = Policy.of(options.host, self.port, options.allowed_hosts)
        self.moving = Moving(builder)
        """What has changed and is not built yet."""
        self._answers = Answers(self._shelf, self._board, policy, builder, self.moving)
        self._channel = Channel(self._answers.news)
        self._rebuilder = Rebuilder(builder, self)
        self._server: Server | None = None
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def output(self) -> Path:
        """The folder that is shown."""
        return self._builder.output

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        host = self._options.host
        if host in {"127.0.0.1", "::1", *ANY_ADDRESS}:
            host = "localhost"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def given(self) -> Given:
        """Answers that the same request gets again."""
        return self._shelf.given

    @property
    def ready(self) -> bool:
        """Whether the first build was looked at and requests are answered."""
        return self._board.now.number > 0 and self._server is not None and self._server.started

    def run(self) -> None:
        """Build, watch and serve until interrupted (Ctrl-C, SIGTERM) or `stop`ped."""
        self._server = Server(self._answers, self._channel, self._say)
        watcher = Watcher(
            self._builder.folder,
            self._builder.ignored(),
            self._rebuilder.hint,
            self._say,
            poll=self._options.poll,
        )
        keys = Keys({"o": self._open, "r": self._rebuild, "q": self.stop})
        try:
            watcher.start()
            if self._options.keys and keys.start():
                self._say(f"Keys: {HELP}")
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(self._serve(self._server))
        finally:
            keys.stop()
            watcher.stop()
            self._rebuilder.stop()
            for opened in self._sockets:
                opened.close()
            self._builder.close()

    @property
    def pending(self) -> bool:
        """Whether a change was heard of that no build has looked at."""
        return self._rebuilder.pending

    def stop(self) -> None:
        """End `run`; from any thread."""
        self._stopping = True
        if self._server is not None:
            self._server.should_exit = True

    async def _serve(self, server: Server) -> None:
        self._loop = asyncio.get_running_loop()
        self._shelf.attach(self._loop)
        self._rebuilder.start()
        if self._options.open_browser:
            self._loop.call_later(0.2, self._open)
        server.should_exit = self._stopping
        await server.serve(self._sockets)

    def _open(self) -> None:
        threading.Thread(target=webbrowser.open, args=(self.url,), daemon=True).start()

    def _rebuild(self) -> None:
        self._say("Building everything anew")
        self._rebuilder.rebuild()

    def open_pages(self) -> tuple[str, ...]:
        """Return the URL paths of the pages that are open."""
        return self._channel.pages()

    def heard(self, path: Path | None) -> None:
        """Take note that `path` may have changed: from now on its page is asked for anew."""
        with self._shelf.changing():
            self.moving.heard(path)

    def at_rest(self) -> None:
        """Take note that everything heard of is shown."""
        with self._shelf.changing():
            self.moving.rest()

    def ahead(self, pages: Mapping[str, bytes]) -> None:
        """Show `pages` to who has them open, ahead of the build that publishes them."""
        self._shelf.ahead = {**self._shelf.ahead, **pages}
        self._announce()

    def warmed(self, shown_notes: Mapping[str, tuple[str, ...]]) -> None:
        """Take note of which page shows which notes."""
        self._board.now = replace(self._board.now, shown_notes=shown_notes)
        self._announce()

    @contextlib.contextmanager
    def switching(self, broken: Collection[str]) -> Iterator[None]:
        """Hold readers back while files move; keep the last good pages of `broken` notes."""
        with self._shelf.switching():
            pages = pages_of(broken, self._board.now.shown_notes)
            kept = {path: self._shelf.read(path) for path in pages.values()}
            yield
            self._shelf.ahead = {}
            self._shelf.kept = {path: data for path, data in kept.items() if data is not None}
        self._announce()

    def done(self, built: Built) -> None:
        """Take note of a build, and tell everybody."""
        before = self._board.now
        number = before.number + 1
        shown = before.shown_notes if built.shown_notes is None else built.shown_notes
        held = self._shelf.kept
        kept = {
            url: path
            for url, path in pages_of(built.broken, before.shown_notes).items()
            if path in held
        }
        with self._shelf.changing():
            self._shelf.ahead = {}
            self._shelf.kept = {path: held[path] for path in kept.values()}
            self._board.now = Said(
                number=number,
                findings=built.findings,
                fault=built.fault,
                lines=built.lines,
                broken=frozenset(built.broken),
                # a broken note keeps its pages, so it keeps being shown on them
                shown_notes={**{url: before.shown_notes[url] for url in kept}, **shown},
                files=changed_files(before, built.written, number) if before.number else {},
            )
        told = finding_lines(built.findings)
        if not built.fault and told != finding_lines(before.findings):
            for line in told:
                self._say(line)
        line = built_line(built, first=before.number == 0)
        if not line and not built.fault and (before.fault or before.failure):
            line = "Mended: the site is as it was"
        if line:
            self._say(line)
        self._announce()

    def failed(self, fault: NotBuilt) -> None:
        """Take note that nothing could be built, and tell everybody."""
        now, failure = self._board.now, failure_words(fault)
        if failure != now.failure:
            self._say(failed_line(fault))
        self._board.now = replace(
            now, failure=failure, findings=fault.findings or now.findings, number=now.number + 1
        )
        self._announce()

    def _announce(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._shelf.use(self._channel.announce), loop)


def serve(
    project: Project,
    options: ServeOptions,
    say: Say,
    *,
    drafts: bool = False,
    future: bool = False,
) -> None:
    """Serve a preview of `project` until interrupted; `say` gets lines for a person.

    Raises:
        ServeFault: it cannot listen.
    """
    if options.host not in {"localhost", "127.0.0.1", "::1"}:
        say(f"Warning: everyone who can reach {options.host} can read this preview.")
    if drafts or future:
        project = preview_project(project.root)
        say(
            f"Drafts and notes of the future are shown from {PREVIEW}, never from the output folder"
        )
    builder = ProcessBuilder(SiteBuilder(project, drafts=drafts, future=future))
    try:
        preview = Preview(builder, options, say)
    except ServeFault:
        builder.close()
        raise
    say(f"Preview at {preview.url} (Ctrl-C ends it)")
    preview.run()
