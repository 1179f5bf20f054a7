"""`kb completion`."""

import click
from click.shell_completion import get_completion_class

from kb.cli import app
from kb.cli.say import put

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def completion_command(shell: str) -> int:
    """Print the completion script of SHELL.

    For bash, put this into ~/.bashrc:  eval "$(kb completion bash)"
    """
    kind = get_completion_class(shell)
    assert kind is not None  # click knows the shells of _SHELLS
    put(kind(app.group, {}, "kb", "_KB_COMPLETE").source())
    return 0
