"""docs/first-site.md, typed as it stands: every command works, and prints what the page shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"```(bash|text)\n(.*?)```", re.DOTALL)


def test_the_first_site_is_as_it_is_told(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "kb").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kb "$@"\n')
    (tools / "kb").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    here, printed, shown = tmp_path, "", 0
    for language, text in BLOCK.findall((checkout / "docs" / "first-site.md").read_text()):
        if language == "text":
            assert printed.endswith(text)
            shown += 1
            continue
        done = subprocess.run(
            ["sh", "-e", "-c", f"{text}\npwd >&2"],
            cwd=here,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert done.returncode == 0, f"{text}\n{done.stderr}"
        printed, here = done.stdout, Path(done.stderr.splitlines()[-1])
    assert shown == 3
    assert here == tmp_path / "my-notes"
    assert (here / "public" / "speakers" / "priya-raman" / "index.html").is_file()
    assert (here / ".github" / "workflows" / "publish.yml").is_file()
