"""Asking for many URLs, politely: one question at a time to each host, with pauses between."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import urldefrag, urljoin, urlsplit

from kb.asking.addresses import refusal
from kb.asking.client import Client, Refused, Reply, Trouble, client
from kb.model.ledger import Answer
from kb.model.value import Value

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_GONE = frozenset({404, 410})
_BUSY = frozenset({429, 503})
"""RFC 9110 and RFC 6585: a server may say with these when to come again."""
_MOST_REDIRECTS = 10
_SILENT_TRIES = 2
"""Of what does not answer at all: it rarely does a moment later, and each try takes long."""
_GIVEN_UP = 3
"""After so many links in a row that nothing answers, the rest of a host is left alone."""

Told = Callable[[str, Answer], None]


class Manners(Value, frozen=True):
    """How servers are asked. Times are in seconds."""

    agent: str = "kb"
    """How kb names itself to servers."""
    timeout: float = 20.0
    """How long one question may take."""
    tries: int = 3
    pause: float = 1.0
    """Between two questions to one host."""
    back_off: float = 2.0
    """Before the second try; before each further one twice as long."""
    longest_wait: float = 60.0
    """The longest that a host which asks for patience is waited for."""
    at_once: int = 16
    """Hosts."""
    private: bool = False
    """Whether addresses of this machine and its networks are asked, too."""


def ask_all(urls: Iterable[str], manners: Manners, told: Told) -> None:
    """Ask for each of `urls` once; call `told` with each answer as it comes.

    What is interrupted has told what was known until then.
    """
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        hosts[_host(url)].append(url)
    asyncio.run(_ask_hosts(tuple(hosts.values()), manners, told))


async def _ask_hosts(groups: Sequence[Sequence[str]], manners: Manners, told: Told) -> None:
    room = asyncio.Semaphore(manners.at_once)
    async with client(
        manners.agent, manners.timeout, private=manners.private, at_once=manners.at_once
    ) as asking:
        asker = Asker(asking, manners)

        async def work(group: Sequence[str]) -> None:
            async with room:
                await asker.ask_host(group, told)

        async with asyncio.TaskGroup() as tasks:
            for group in groups:
                tasks.create_task(work(group))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


class _Gate:
    """Lets one question at a time to a host, and only when the host can be asked again."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.free_at = 0.0


class _Again(Exception):
    """The answer so far, where another try may bring a better one."""

    def __init__(self, answer: Answer, wait: float = 0.0) -> None:
        super().__init__(answer.said)
        self.answer = answer
        self.wait = wait


class Asker:
    """Asks for URLs, following redirects and trying again."""

    def __init__(self, asking: Client, manners: Manners) -> None:
        self._client = asking
        self._manners = manners
        self._gates: dict[str, _Gate] = defaultdict(_Gate)
        self._closed: dict[str, str] = {}
        """Hosts that want to be left alone, and why."""

    async def ask_host(self, urls: Sequence[str], told: Told) -> None:
        """Ask for `urls`, all of one host, one after the other."""
        silent = 0
        for url in urls:
            if silent >= _GIVEN_UP:
                told(url, Answer("unasked", "its host does not answer", reached=False))
                continue
            answer = await self.ask(url)
            silent = 0 if answer.reached else silent + 1
            told(url, answer)

    async def ask(self, url: str) -> Answer:
        """Return what came of asking for `url`."""
        wait, tries, tried = self._manners.back_off, self._manners.tries, 0
        while True:
            tried += 1
            try:
                return await self._follow(url)
            except _Again as again:
                most = tries if again.answer.reached else min(tries, _SILENT_TRIES)
                if tried >= most or again.wait > self._manners.longest_wait:
                    return again.answer
                await asyncio.sleep(max(again.wait, wait))
                wait *= 2

    async def _follow(self, url: str) -> Answer:
        """Return what is at the end of the redirects of `url`.

        Raises:
            _Again: another try may bring a better answer.
        """
        here, moved, for_good = urldefrag(url).url, "", True
        seen = {here}
        for _ in range(_MOST_REDIRECTS + 1):
            reason = refusal(here, private=self._manners.private)
            reason = reason or self._closed.get(_host(here), "")
            if reason:
                return _not_asked(reason, redirected=len(seen) > 1)
            try:
                reply = await self._reply(here)
            except Refused as fault:
                return _not_asked(str(fault), redirected=len(seen) > 1)
            except Trouble as fault:
                answer = Answer("failing", str(fault), reached=fault.reached)
                if fault.passing or not fault.reached:
                    wait = 0.0 if fault.passing else self._manners.longest_wait + 1
                    raise _Again(answer, wait) from fault
                return answer
            if reply.status not in _REDIRECTS or not reply.location:
                return self._judged(reply, here, here if len(seen) > 1 else "", moved)
            try:
                here = urldefrag(urljoin(here, reply.location)).url
            except ValueError:
                return Answer("failing", "it redirects to a malformed address")
            if here in seen:
                return Answer("failing", "it redirects in a circle")
            seen.add(here)
            for_good = for_good and reply.status in _FOR_GOOD
            moved = here if for_good else moved
        return Answer("failing", f"it redirects more than {_MOST_REDIRECTS} times")

    def _judged(self, reply: Reply, here: str, landed: str, moved: str) -> Answer:
        said = f"{reply.status} {reply.reason}".strip()[:80]
        if reply.status in _BUSY:
            wait = wait_of(reply)
            if wait > self._manners.longest_wait:
                self._closed[_host(here)] = "its host asks to be left alone for now"
            verdict = Answer("unsure" if reply.status == 429 else "failing", said)
            raise _Again(verdict, wait)
        if reply.status in _GONE:
            return Answer("gone", said)
        if reply.status >= 500 and reply.status != 999:
            raise _Again(Answer("failing", said))
        if 200 <= reply.status < 300:
            return Answer("good", "", landed, moved)
        return Answer("unsure", said)

    async def _reply(self, url: str) -> Reply:
        """Return what the server says: to HEAD where that is good, else to GET.

        Many servers forbid HEAD, or answer it otherwise than GET.
        """
        try:
            reply = await self._ask("HEAD", url)
            if reply.status < 400 or reply.status == 429 or reply.retry_after:
                return reply
        except Refused:
            raise
        except Trouble as fault:
            if not fault.reached:
                raise
        return await self._ask("GET", url)

    async def _ask(self, method: str, url: str) -> Reply:
        gate = self._gates[_host(url)]
        async with gate.lock:
            clock = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, gate.free_at - clock.time()))
            try:
                return await self._client.ask(method, url)
            finally:
                gate.free_at = clock.time() + self._manners.pause


def _not_asked(reason: str, *, redirected: bool) -> Answer:
    """Return that nobody was asked; where a server sends us there, it is that server's fault."""
    if redirected:
        return Answer("unsure", f"it redirects to where nobody is asked: {reason}")
    return Answer("unasked", reason)


def wait_of(reply: Reply) -> float:
    """Return how many seconds `reply` asks to wait; 0.0 where it does not say.

    `Retry-After` (RFC 9110, section 10.2.3) is a number of seconds, or a date, which is held
    against the server's own clock.
    """
    text = reply.retry_after.strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(reply.date)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0
