"""Layered templates → bytes. The only file that imports Jinja2.

Templates are trusted, what they print is not: everything is escaped (HTML and XML alike) unless it
is an `Html` value. A name that a view does not have is a `TemplateFault`, not an empty string.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from difflib import get_close_matches
from functools import cached_property, lru_cache
from hashlib import sha256
from keyword import iskeyword
from traceback import walk_tb
from types import CodeType, TracebackType
from typing import Any

import markupsafe
from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
    pass_context,
)
from jinja2.compiler import CodeGenerator
from jinja2.compiler import Frame as Scope
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.filters import FILTERS
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from kb.model.output import Output
from kb.model.pattern import Pattern
from kb.model.value import Value, digest, to_json
from kb.rendering import accents, views
from kb.rendering.hosting import POLICY
from kb.rendering.isolation import isolated
from kb.rendering.views import Html, Page, SiteView
from kb.rendering.words import Words

_QUOTED = re.compile(rb"""(["'(])\./([A-Za-z0-9_.-]+)(["')])""")

_NO_FIELD = Pattern(r"'kb\.rendering\.views\.(\w+) object' has no attribute '(\w+)'")
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))
_NO_CHARACTERS = tuple(sign.encode() for sign in "\ufffe\uffff")
"""With the control characters, what neither HTML nor XML may hold (XML 1.0, 2.2): a title written
with escapes may. Bytes are looked through four times as fast as text."""
_THEIR_FIRST = b"\xef"


class ThemeFiles(Value, frozen=True):
    """A theme as found on disk, the site's own files already laid over the packaged ones."""

    templates: Mapping[str, str]
    """Name below `templates/` → source."""
    static: Mapping[str, bytes] = {}
    """Name below `static/` → content."""
    strings: Mapping[str, Mapping[str, str]] = {}
    """Language → key → words."""
    origins: Mapping[str, str] = {}
    """Name below `templates/` → path of the file, for messages."""


class TemplateFault(Exception):
    """A template cannot be compiled or rendered.

    Attributes:
        path: the template's file, or its name.
        line: 1-based line in it; 0 where none is known.
        message: what is the matter, in one line.
    """

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


class _Loader(BaseLoader):
    """Templates by name, compiled as seldom as can be."""

    def __init__(
        self, sources: Mapping[str, str], known: Mapping[str, CodeType], *, direct: bool
    ) -> None:
        """`known` are templates that were compiled before, as `used` has them.

        `direct` says whether templates that allow it are compiled by `_Direct`.
        """
        self._sources = sources
        self._known = known
        self._direct = direct
        self.used: dict[str, CodeType] = {}
        """What was loaded, by the digest of all that it was compiled from."""

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja names it so
    ) -> Template:
        """Return the template `name`, bound to `environment`."""
        source = self._sources.get(name)
        if source is None:
            raise TemplateNotFound(name)
        names = frozenset(environment.filters), frozenset(environment.tests)
        direct = self._direct and not any(word in source for word in _LENIENT)
        key = digest(source, name, *map(sorted, names), direct)
        code = self._known.get(key) or _compiled(source, name, *names, direct=direct)
        self.used[key] = code
        return Template.from_code(environment, code, dict(globals or {}))


_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))
"""Marks that mean something in HTML and XML, `&` first."""


def _escaped(value: object) -> str:
    """Return what a template prints: text escaped, `Html` and markup as they are."""
    if type(value) is str:
        if not value.isascii():
            value = isolated(value)
        for mark, entity in _ENTITIES:
            if mark in value:
                value = value.replace(mark, entity)
        return value
    if type(value) is Html:
        return value.text
    if type(value) is Markup:
        return value
    # Undefined names, numbers, what filters of Jinja make.
    return markupsafe.escape(value)


class _Generator(CodeGenerator):
    """Writes templates as Jinja does, but printing asks `_escaped`, and a call is a call.

    Jinja makes of each piece of a page an object that remembers that it is safe, and asks of
    everything that is called whether it wants to know the page, which no macro or function of ours
    does. Both together would be nearly half of the time that a page takes.
    """

    def _output_child_pre(
        self, node: nodes.Expr, frame: Scope, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")

    def visit_Call(  # noqa: N802 - Jinja names it so
        self, node: nodes.Call, frame: Scope, forward_caller: bool = False
    ) -> None:
        if forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for value in node.args:
            self.visit(value, frame)
            self.write(", ")
        self.write(")")


class _Direct(_Generator):
    """Takes what a template names of a value as Python does, a call less for each name.

    Jinja would look further where there is no such name: into a mapping, or whether the template
    says what is to be instead. So a page that fails is rendered again by templates of `_Generator`.
    """

    def visit_Getattr(  # noqa: N802 - Jinja names it so
        self, node: nodes.Getattr, frame: Scope
    ) -> None:
        if not node.attr.isidentifier() or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")


_LENIENT = ("params", "extra", "default", "defined")
"""Words of templates that look into mappings, or say what is to be where there is no such name."""


class _Environment(Environment):
    """What templates are compiled for: `_Generator` writes them."""

    code_generator_class = _Generator
    escaped = staticmethod(_escaped)


def _environment(loader: BaseLoader | None = None) -> Environment:
    return _Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
    )


@lru_cache(maxsize=256)
def _parsed(source: str, name: str) -> nodes.Template:
    return _environment().parse(source, name, name)


@lru_cache(maxsize=256)
def _referenced(source: str, name: str) -> tuple[str | None, ...]:
    """Return the templates that one names; None for a name computed at run time."""
    return tuple(meta.find_referenced_templates(_parsed(source, name)))


def _later(*_: object) -> str:
    """Stand in for a filter of one site: Jinja must not compute with it when it compiles."""
    raise TypeError


@lru_cache(maxsize=256)
def _compiled(
    source: str, name: str, filters: frozenset[str], tests: frozenset[str], *, direct: bool
) -> CodeType:
    """Return the code of a template; `filters` and `tests` are the names that it may use.

    It is the same for every site, and takes longer to make than a small site takes to render.
    """
    environment = _environment()
    if direct:
        environment.code_generator_class = _Direct
    environment.filters.update(dict.fromkeys(filters - environment.filters.keys(), _later))
    environment.filters["rel"] = _rel
    environment.tests.update(dict.fromkeys(tests - environment.tests.keys(), _later))
    return environment.compile(_parsed(source, name), name, name)


class Theme:
    """A theme, compiled: each template once, whatever the number of pages."""

    def __init__(
        self,
        files: ThemeFiles,
        site: SiteView,
        dates: str = "",
        compiled: Mapping[str, CodeType] | None = None,
    ) -> None:
        """`compiled` are templates that were compiled before, as `compiled()` returned them."""
        self._files = files
        self._site = site
        self.words = Words(files.strings, site.language, dates)
        self._static = publish({**files.static, "words.js": _spoken(self.words)})
        self._loader, self._second_loader = (
            _Loader(files.templates, compiled or {}, direct=direct) for direct in (True, False)
        )
        self._keeper = _Keeper()
        self._environment = self._furnished(self._loader)
        self._lenient: set[str] = set()
        """Templates that failed as they are compiled first."""
        self._closures: dict[str, str] = {}

    @cached_property
    def _second(self) -> Environment:
        """Where pages are rendered whose template is `_lenient`."""
        return self._furnished(self._second_loader)

    def _furnished(self, loader: BaseLoader) -> Environment:
        environment = _environment(loader)
        words, keeper = self.words, self._keeper
        environment.globals.update(
            site=self._site,
            t=words.say,
            lang=words.content,
            words=words.language,
            dir=words.direction,
            policy=Html(POLICY),
            once=keeper.once,
            each=keeper.each,
        )
        environment.tests["asset"] = self._static.__contains__
        environment.filters.update(
            rel=_rel,
            asset=self._asset,
            date=words.date,
            day=words.day,
            span=words.span,
            weekday=words.weekday,
            part=words.part,
            kind=words.kind,
            link_kind=words.link_kind,
            number=words.number,
        )
        return environment

    def get_ready(self) -> None:
        """Load all templates that can be compiled, so that copies of this process need not."""
        for name in sorted(self._files.templates):
            with suppress(TemplateError, TemplateFault):
                self._environment.get_template(name)
                self.key(name)

    def compiled(self) -> Mapping[str, CodeType]:
        """Return the templates that were needed so far, compiled, by what they were made from."""
        return {**self._loader.used, **self._second_loader.used}

    def forget(self) -> None:
        """Let go what templates made of parts of views; it is made again where it is needed."""
        self._keeper.forget()

    def own_names(self) -> tuple[str, ...]:
        """Return the functions and filters that templates have besides those of Jinja."""
        own = set(self._environment.globals) - set(DEFAULT_NAMESPACE)
        return tuple(sorted(own | (set(self._environment.filters) - set(FILTERS))))

    def _asset(self, name: str) -> str:
        """Return the root-relative URL of a static file of the theme."""
        if name not in self._static:
            raise UndefinedError(f"the theme has no static file {name!r}")
        return f"/theme/{self._static[name][0]}"

    def key(self, template: str) -> str:
        """Return the digest of all that `template` is made from, pages apart.

        That is the sources of the template and of those it includes, extends or imports, the
        names of the static files, the words and the site's own view.

        Raises:
            TemplateFault: one of them cannot be parsed.
        """
        if template not in self._closures:
            names = sorted(self._reach(template))
            self._closures[template] = digest(
                {name: self._files.templates.get(name, "") for name in names},
                {name: published for name, (published, _) in sorted(self._static.items())},
                self.words.table,
                self._site,
            )
        return self._closures[template]

    def _reach(self, template: str) -> set[str]:
        seen: set[str] = set()
        waiting = [template]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            try:
                referenced = _referenced(self._files.templates.get(name, ""), name)
            except TemplateError as fault:
                raise self._fault(fault, name) from fault
            for found in referenced:
                # A name computed at run time may be any template.
                waiting.extend([found] if found else sorted(self._files.templates))
        return seen

    def render(self, page: Page) -> Output:
        """Return the file of a page.

        Raises:
            TemplateFault: its template cannot be compiled, or names what its view does not have.
        """
        text = self._text(page)
        data = text.encode("utf-8", "replace").translate(None, _CONTROLS)
        if _THEIR_FIRST in data:  # one byte is found in a fraction of the time
            for sign in _NO_CHARACTERS:
                data = data.replace(sign, b"")
        return Output(page.path, data)

    def _text(self, page: Page) -> str:
        if page.template not in self._lenient:
            try:
                return _rendered(self._environment, page)
            except Exception:  # noqa: BLE001 - whatever it is, it is told below
                self._lenient.add(page.template)
        try:
            return _rendered(self._second, page)
        except Exception as fault:
            raise self._fault(fault, page.template) from fault

    def _fault(self, fault: Exception, template: str) -> TemplateFault:
        name, line = template, 0
        if isinstance(fault, TemplateSyntaxError):
            name, line = fault.name or template, fault.lineno
        elif isinstance(fault, TemplateNotFound):
            return TemplateFault(
                self._origin(template),
                _line(fault.__traceback__, template),
                f"no template {fault.name!r}",
            )
        else:
            name, line = self._where(fault.__traceback__, template)
        message = _plain(" ".join(str(fault).split())) or type(fault).__name__
        return TemplateFault(self._origin(name), line, message)

    def _where(self, trace: TracebackType | None, template: str) -> tuple[str, int]:
        """Return the innermost template line that a traceback passes through."""
        found = (template, 0)
        for frame, line in walk_tb(trace):
            name = frame.f_code.co_filename
            if name in self._files.templates:
                found = (name, line)
        return found

    def _origin(self, name: str) -> str:
        return self._files.origins.get(name, f"templates/{name}")

    def static(self) -> Iterator[Output]:
        """Yield the theme's static files, names carrying the digest of their content."""
        for _, (published, data) in sorted(self._static.items()):
            yield Output(f"theme/{published}", data)


def _rendered(environment: Environment, page: Page) -> str:
    return environment.get_template(page.template).render(page=page.frame, view=page.view)


def _plain(message: str) -> str:
    """Say of a view what Jinja says of an object, and name the field that may have been meant."""
    found = _NO_FIELD.search(message)
    if found is None:
        return message
    view, name = found.groups()
    kind = getattr(views, view, None)
    near = get_close_matches(name, getattr(kind, "__struct_fields__", ()), 1)
    return f"{view} has no {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _line(trace: TracebackType | None, name: str) -> int:
    return max(
        (line for frame, line in walk_tb(trace) if frame.f_code.co_filename == name), default=0
    )


def _spoken(words: Words) -> bytes:
    """Return the words that scripts say, as a module of its own."""
    said = {key.removeprefix("js."): text for key, text in words.table.items() if key[:3] == "js."}
    return b"export default " + to_json(said) + b";\n"


@pass_context
def _rel(context: Context, url: str, root: str | None = None) -> str:
    """Return a root-relative URL as the page being rendered must write it, or one with `root`."""
    way: Any = context["page"].root if root is None else root
    return f"{way}{url[1:]}" if url.startswith("/") else url


class _Keeper:
    """Calls macros once for equal values, and knows the answer from then on.

    Parts of views that many pages show (a talk's row) are equal on all pages of one depth.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], dict[object, str]] = {}

    def forget(self) -> None:
        """Let all answers go."""
        self._kept.clear()

    def once(self, macro: Macro, value: object, *more: object) -> Html:
        """Return what `macro` makes of `value` and `more`, which must be all that it looks at."""
        return Html(self._each(macro, (value,), more)[0])

    def each(self, macro: Macro, values: Iterable[object], *more: object) -> Html:
        """Return what `macro` makes of each of `values`, with `more`, a line each."""
        return Html("\n".join(self._each(macro, values, more)))

    def _each(self, macro: Macro, values: Iterable[object], more: tuple[object, ...]) -> list[str]:
        kept = self._kept.setdefault((macro, *more), {})
        made = []
        for value in values:
            found = kept.get(value)
            if found is None:
                found = kept[value] = str(macro(value, *more))
            made.append(found)
        return made


def publish(static: Mapping[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """Return each static file under its published name, with references to others renamed.

    `style.css` gets the colours of events, and a site's own `site.css` after that. In scripts and
    style sheets, `"./name.js"` means another file of the same folder.
    """
    sources = dict(static)
    if "style.css" in sources:
        own = sources.pop("site.css", b"")
        sources["style.css"] = b"\n".join((sources["style.css"], accents.css().encode(), own))
    done: dict[str, tuple[str, bytes]] = {}

    def settle(name: str, above: tuple[str, ...]) -> str:
        if name not in done:
            data = sources[name]
            if name.endswith((".js", ".css", ".mjs")):
                data = _QUOTED.sub(lambda found: _renamed(found, name, above), data)
            stem, dot, end = name.rpartition(".")
            mark = sha256(data).hexdigest()[:8]
            done[name] = (f"{stem}.{mark}.{end}" if dot else f"{name}.{mark}", data)
        return done[name][0]

    def _renamed(found: re.Match[bytes], name: str, above: tuple[str, ...]) -> bytes:
        other = found.group(2).decode()
        if other not in sources or other == name or other in above:
            return found.group(0)
        return found.group(1) + b"./" + settle(other, (*above, name)).encode() + found.group(3)

    for name in sorted(sources):
        settle(name, ())
    return done
