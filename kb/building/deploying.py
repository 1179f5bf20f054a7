"""What hosts need to build and serve a site: files that `kb init --deploy` writes.

Each is a text with holes, `@name@`, that `values_of` fills. What programs of others are used is
pinned: actions by commit, kb by its version.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import kb
from kb.building.files import FileFault, make_folder, write_new
from kb.graph.permalinks import slug
from kb.model.pattern import Pattern
from kb.rendering.hosting import FOREVER, POLICY, REFERRER

_GITHUB = """\
# Builds the site on every push to the main branch, and publishes it with GitHub Pages.
# Once: Settings > Pages > Source: GitHub Actions. The folder of site.toml is the repository's root.
name: Publish the site

on:
  push:
    branches: [main]
  workflow_dispatch:

permissions: {}

concurrency:
  group: pages
  cancel-in-progress: false

jobs:
  build:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pages: read
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with:
          python-version: "3.13"
      - run: python -m pip install "summit-kb==@version@"
      - id: pages
        uses: actions/configure-pages@983d7736d9b0ae728b81ab479565c72886d7745b # v5.0.0
      - run: kb build --base-url "$BASE_URL"
        env:
          BASE_URL: ${{ steps.pages.outputs.base_url }}
      - uses: actions/upload-pages-artifact@7b1f4a764d45c48632c6b24a0339c27f5614fb0b # v4.0.0
        with:
          path: @output@

  deploy:
    needs: build
    runs-on: ubuntu-latest
    permissions:
      pages: write
      id-token: write
    environment:
      name: github-pages
      url: ${{ steps.deployment.outputs.page_url }}
    steps:
      - id: deployment
        uses: actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e # v4.0.5
"""

_GITLAB = """\
# Builds the site on every push to the default branch, and publishes it with GitLab Pages.
pages:
  stage: deploy
  image: python:3.13-slim
  script:
    - python -m pip install "summit-kb==@version@"
    - kb build -o public --base-url "$CI_PAGES_URL"
  artifacts:
    paths:
      - public
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
"""

_NETLIFY = """\
# How Netlify builds and publishes the site. Its headers and redirects are files of the site.
[build]
command = 'python -m pip install "summit-kb==@version@" && kb build --base-url "$URL"'
publish = "@output@"

[build.environment]
PYTHON_VERSION = "3.13"
"""

_CLOUDFLARE = """\
# How Cloudflare builds and publishes the site: npx wrangler deploy, or by itself on every push
# (Workers & Pages > Create > Import a repository). Its headers and redirects are files of the site.
# Feeds and the sitemap need the address: base_url in site.toml.
name = "@name@"
compatibility_date = "2025-10-01"

[build]
command = 'python -m pip install "summit-kb==@version@" && kb build'

[assets]
directory = "./@output@"
html_handling = "auto-trailing-slash"
not_found_handling = "404-page"
"""

_S3 = """\
#!/bin/sh
# Builds the site and copies it to a bucket that serves it (AWS, or any store that speaks S3):
#   sh deploy/s3.sh s3://BUCKET [CLOUDFRONT-DISTRIBUTION]
# The bucket's index document is index.html, its error document 404.html.
# Needs the aws command, and rights to write. Feeds and the sitemap need base_url in site.toml.
set -eu
cd "$(dirname "$0")/.."
bucket=${1:?usage: sh deploy/s3.sh s3://BUCKET [CLOUDFRONT-DISTRIBUTION]}
site=@output@

kb build
# What pages need goes first, what is gone goes last: no reader meets half a site.
aws s3 sync "$site/theme" "$bucket/theme" --cache-control "@forever@"
aws s3 sync "$site" "$bucket" --exclude "theme/*" --exclude ".kb-manifest" \\
    --cache-control "public, max-age=300"
aws s3 sync "$site" "$bucket" --exclude ".kb-manifest" --delete
if [ -n "${2:-}" ]; then
    aws cloudfront create-invalidation --distribution-id "$2" --paths "/*"
fi
"""

_NGINX = """\
# A server for nginx. Copy the site to /srv/@name@ (rsync -a --delete @output@/ HOST:/srv/@name@/),
# this file to /etc/nginx/conf.d/, and mend server_name; TLS is yours to add.
server {
    listen 80;
    listen [::]:80;
    server_name example.org;
    root /srv/@name@;
    index index.html;
    error_page 403 404 =404 /404.html;
    charset utf-8;
    charset_types text/css text/plain text/xml text/calendar text/markdown application/javascript;
    gzip on;
    gzip_types text/css text/javascript application/javascript application/json
               image/svg+xml text/xml application/xml text/calendar text/markdown;

    add_header Content-Security-Policy "@policy@" always;
    add_header Referrer-Policy "@referrer@" always;
    add_header X-Content-Type-Options "nosniff" always;

    # Its names change with what is in it. nginx takes no header over from above where one is set.
    location /theme/ {
        add_header Content-Security-Policy "@policy@" always;
        add_header Referrer-Policy "@referrer@" always;
        add_header X-Content-Type-Options "nosniff" always;
        add_header Cache-Control "@forever@";
    }

    location ~ "\\.md$" {
        types { }
        default_type text/markdown;
    }
    location ~ "\\.ics$" {
        types { }
        default_type text/calendar;
    }

    # kb's own list of files, and what other hosts read.
    location ~ "^/(\\.kb-manifest|_headers|_redirects)$" {
        return 404;
    }
}
"""

_CADDY = """\
# A site for Caddy, which fetches its certificate itself. Copy the site to /srv/@name@
# (rsync -a --delete @output@/ HOST:/srv/@name@/), and mend the address.
example.org {
	root * /srv/@name@
	encode zstd gzip
	file_server {
		hide .kb-manifest _headers _redirects
	}

	header {
		Content-Security-Policy "@policy@"
		Referrer-Policy "@referrer@"
		X-Content-Type-Options "nosniff"
	}
	header /theme/* Cache-Control "@forever@"

	handle_errors {
		@missing expression {err.status_code} == 404
		handle @missing {
			rewrite * /404.html
			file_server
		}
	}
}
"""

_PLAIN = Pattern(r"\w[\w.-]*(?:/\w[\w.-]*)*", re.ASCII)

HOSTS: Mapping[str, Mapping[str, str]] = {
    "github": {".github/workflows/publish.yml": _GITHUB},
    "gitlab": {".gitlab-ci.yml": _GITLAB},
    "netlify": {"netlify.toml": _NETLIFY},
    "cloudflare": {"wrangler.toml": _CLOUDFLARE},
    "s3": {"deploy/s3.sh": _S3},
    "nginx": {"deploy/nginx.conf": _NGINX},
    "caddy": {"deploy/Caddyfile": _CADDY},
}
"""Host → the files that it needs, by path in the site's folder."""


def files_for(host: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return what `host` (of `HOSTS`) needs: path → text, with `values` in its holes."""
    found: dict[str, str] = {}
    for path, text in HOSTS[host].items():
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        found[path] = text
    return found


def values_of(folder: Path, output: str) -> dict[str, str]:
    """Return what fills the holes, for the site in `folder` that is built to `output` below it.

    Raises:
        FileFault: the name of the output folder does not fit into what hosts read.
    """
    if not _PLAIN.fullmatch(output):
        reason = "the output folder's name must be letters, digits, `-`, `_`, `.` and `/` for this"
        raise FileFault(output, reason)
    return {
        "version": kb.__version__,
        "name": slug(folder.resolve().name, "notes"),
        "output": output,
        "policy": POLICY,
        "referrer": REFERRER,
        "forever": FOREVER,
    }


def check_free(folder: Path, host: str) -> None:
    """Refuse to write what `host` needs where any of it is there already.

    Raises:
        FileFault: a file of that name exists.
    """
    for path in HOSTS[host]:
        if os.path.lexists(folder / path):
            raise FileFault(str(folder / path), "is there already; nothing was changed")


def deploy(folder: Path, host: str, output: str) -> tuple[str, ...]:
    """Write what `host` needs to build and serve the site in `folder`; return the paths.

    Raises:
        FileFault: a file of that name exists (nothing is written), or the disk refuses.
    """
    check_free(folder, host)
    made = files_for(host, values_of(folder, output))
    for path, text in made.items():
        make_folder((folder / path).parent)
        write_new(folder / path, text.encode())
    return tuple(made)
