"""What a build makes: bytes and where they go."""

from kb.model.value import Value


class Output(Value, frozen=True):
    """One file of the published site."""

    path: str
    """Relative to the output folder, decoded, `/` between parts: `talks/a/b/index.html`."""
    data: bytes
