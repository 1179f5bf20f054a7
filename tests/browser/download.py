"""Fetches a package of npm without npm: `python -m tests.browser.download axe-core`.

So that `make test` needs Python alone. The version and its hash are those of package-lock.json;
what arrives with another hash is thrown away.
"""

import base64
import hashlib
import io
import json
import sys
import tarfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
REGISTRY = "https://registry.npmjs.org"


def download(name: str) -> Path:
    """Put the package `name` into node_modules, and return its folder.

    Raises:
        OSError: the registry does not answer.
        ValueError: what it sent is not what the lock file names.
    """
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    entry = lock["packages"][f"node_modules/{name}"]
    address = f"{REGISTRY}/{name}/-/{name.rpartition('/')[2]}-{entry['version']}.tgz"
    with urllib.request.urlopen(address, timeout=60) as answer:
        data: bytes = answer.read()
    digest = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    if digest != entry["integrity"]:
        raise ValueError(f"{address} has another hash than package-lock.json says")
    target = HERE / "node_modules" / name
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.isfile() else None
            inside = Path(member.name).parts[1:]
            if file is not None and ".." not in inside:
                path = target.joinpath(*inside)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.read())
    return target


if __name__ == "__main__":
    for package in sys.argv[1:]:
        try:
            print(download(package))
        except (OSError, ValueError) as fault:
            sys.exit(f"{package}: {fault}")
