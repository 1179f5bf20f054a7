"""`kb serve`."""

from pathlib import Path

import click

from kb.cli.refusal import Refusal
from kb.cli.say import say
from kb.cli.site import opened, refusals, source_option
from kb.serving.preview import ServeOptions, serve
from kb.serving.server import ServeFault


@click.command("serve")
@source_option
@click.option("--host", help="Address to listen on.  [default: of site.toml, 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 for any.  [default: of site.toml, 8000]"
)
@click.option("--open", "open_browser", is_flag=True, help="Open the preview in your browser.")
@click.option("--drafts", is_flag=True, help="Show drafts, too.")
@click.option("--future", is_flag=True, help="Show notes dated in the future, too.")
@click.option("--allowed-host", multiple=True, metavar="NAME", help="Answer to this name, too.")
@click.option("--poll", is_flag=True, help="Look for changes now and then, where no events come.")
def serve_command(
    source: Path,
    host: str | None,
    port: int | None,
    allowed_host: tuple[str, ...],
    *,
    open_browser: bool,
    drafts: bool,
    future: bool,
    poll: bool,
) -> int:
    """Preview the site: build it, watch the notes, and patch the open page on every save."""
    project = opened(source)
    settings = project.settings.serve
    options = ServeOptions(
        host=host if host is not None else settings.host,
        port=port if port is not None else settings.port,
        open_browser=open_browser,
        allowed_hosts=allowed_host,
        editor=settings.editor,
        poll=poll,
    )
    try:
        with refusals():
            serve(project, options, say, drafts=drafts, future=future)
    except ServeFault as fault:
        raise Refusal(str(fault)) from fault
    return 0
