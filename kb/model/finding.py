"""What kb has to say about its input, as values kept with the thing they are about."""

from collections.abc import Iterable
from typing import Literal

from kb.model.value import Value

Severity = Literal["error", "warning", "hint"]


class Finding(Value, frozen=True):
    """Something a person should know about the input. Never an exception: the rest is built."""

    code: str
    """`KB` and three digits, one of `CODES`."""
    path: str
    """The file, relative to the site's folder, with `/` between parts."""
    message: str
    """What is the matter, in one line."""
    line: int = 0
    """1-based line in the file; 0 where the whole file is meant."""
    column: int = 0
    """1-based column, in characters; 0 where the whole line is meant."""
    hint: str = ""
    """How to mend it, in one line."""

    @property
    def severity(self) -> Severity:
        """How bad it is: `error` makes the exit code 1, the others do not."""
        return CODES[self.code][0]

    @property
    def place(self) -> str:
        """`path:line:col`, as editors and terminals understand it."""
        return f"{self.path}:{max(self.line, 1)}:{max(self.column, 1)}"


CODES: dict[str, tuple[Severity, str]] = {
    # 1xx reading: files and front matter
    "KB101": ("error", "front matter is not valid TOML or YAML"),
    "KB102": ("error", "front matter is opened and never closed"),
    "KB103": ("error", "a front matter key has a value of the wrong type"),
    "KB104": ("error", "the file is not UTF-8"),
    "KB105": ("error", "the file is empty"),
    "KB106": ("warning", "the note has no title"),
    "KB107": ("error", "a date is no date"),
    "KB108": ("error", "the file is larger than the limit"),
    "KB109": ("error", "the file cannot be read"),
    "KB110": ("warning", "the title is the file's name"),
    "KB111": ("warning", "a control character was left out"),
    "KB112": ("warning", "code took too long to colour and is shown plain"),
    "KB113": ("error", "a data file has an entry of the wrong shape"),
    "KB114": ("warning", "a link in the text was refused as unsafe"),
    "KB115": ("hint", "a note is left out of the build"),
    "KB116": ("error", "the note takes too long to read and is shown plain, or without its talks"),
    "KB117": ("error", "site.toml has a key that kb does not know or cannot use"),
    "KB118": ("error", "site.toml or a data file is not valid TOML"),
    "KB119": ("warning", "a drawing is published without what could run in it"),
    "KB130": ("warning", "a shortcode is shown as written"),
    "KB131": ("hint", "a setting of a Hugo blog is not taken over"),
    "KB132": ("error", "the configuration of a Hugo blog cannot be read"),
    "KB150": ("warning", "site.toml has settings for a plugin that is not installed"),
    # 2xx extraction
    "KB201": ("warning", "front matter names a talk that the note does not have"),
    "KB202": ("hint", "two spellings may be one person"),
    "KB203": ("hint", "what kb guessed is doubtful"),
    "KB204": ("warning", "an entry of a data file is used nowhere"),
    "KB205": ("warning", "evidence about an event or its days disagrees"),
    "KB206": ("warning", "a programme names a talk that its note does not have"),
    "KB207": ("error", "a plugin failed on a note"),
    "KB208": ("warning", "a note tells of more than one note may"),
    "KB209": ("warning", "a comment for kb says nothing that kb knows"),
    # 3xx graph
    "KB301": ("error", "two things want the same URL"),
    "KB302": ("error", "a picture is missing"),
    "KB303": ("warning", "the cover picture is missing"),
    "KB304": ("warning", "a link leads to no page of this site"),
    "KB305": ("warning", "an alias cannot be used"),
    "KB306": ("hint", "a picture was found under another path"),
    "KB307": ("error", "a permalink cannot be used"),
    "KB308": ("warning", "two entries of a data file claim one name"),
    "KB309": ("warning", "two notes in different folders have one file name, and so one URL"),
    # 4xx rendering
    "KB401": ("error", "a template cannot be rendered"),
    "KB402": ("error", "a plugin failed to make its pages"),
    # 6xx publishing
    "KB601": ("error", "a page cannot have the file name that its URL asks for"),
    "KB602": ("error", "a file that kb did not make is in the way of a page"),
    "KB603": ("warning", "a file that kb made was edited since, and stays"),
    # 7xx links, asked by `kb check --links`
    "KB701": ("warning", "a link is dead"),
    "KB702": ("hint", "a link does not answer, or not well"),
    "KB703": ("hint", "a link leads elsewhere now"),
}
"""Every code with its severity and its meaning; docs/findings.md tells how to mend each."""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return `findings` without doubles, sorted by path, line, column and code."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.path, f.line, f.column, f.code, f.message)))
