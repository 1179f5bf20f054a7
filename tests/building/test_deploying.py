"""What `kb init --deploy` writes: pinned, whole, as its readers want it, and over nothing."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import kb
from kb.building import deploying
from kb.building.files import FileFault
from kb.rendering.hosting import POLICY

HOLE = re.compile(r"@[a-z]+@")


def made(folder: Path, host: str) -> dict[str, str]:
    written = deploying.deploy(folder, host, "public")
    return {path: (folder / path).read_text() for path in written}


@pytest.mark.parametrize("host", sorted(deploying.HOSTS))
def test_no_hole_is_left_and_everything_is_pinned(tmp_path: Path, host: str) -> None:
    for text in made(tmp_path, host).values():
        assert not HOLE.search(text)
        for used in re.findall(r"uses: *(\S+)(.*)", text):
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", used[0]), used
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", used[1]), used
        for wanted in re.findall(r"pip install (\S+)", text):
            assert wanted == f'"summit-kb=={kb.__version__}"'


@pytest.mark.parametrize("host", sorted(deploying.HOSTS))
def test_nothing_is_written_over(tmp_path: Path, host: str) -> None:
    (first, *_) = deploying.HOSTS[host]
    path = tmp_path / first
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    with pytest.raises(FileFault, match="is there already; nothing was changed"):
        deploying.deploy(tmp_path, host, "public")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]
    assert path.read_text() == "mine"


def test_a_link_that_leads_nowhere_is_in_the_way_too(tmp_path: Path) -> None:
    (tmp_path / "netlify.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileFault):
        deploying.deploy(tmp_path, "netlify", "public")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("output", ["a b", "x'; rm -rf /", "../public", "", "/srv/x", 'a"b'])
def test_an_output_folder_that_would_not_fit_is_refused(tmp_path: Path, output: str) -> None:
    with pytest.raises(FileFault):
        deploying.deploy(tmp_path, "s3", output)
    assert list(tmp_path.iterdir()) == []


def test_github_gives_each_job_no_more_rights_than_it_needs(tmp_path: Path) -> None:
    workflow = yaml.safe_load(made(tmp_path, "github")[".github/workflows/publish.yml"])
    assert workflow["permissions"] == {}
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    assert build["permissions"] == {"contents": "read", "pages": "read"}
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert all("run" not in step for step in deploy["steps"])
    commands = [step["run"] for step in build["steps"] if "run" in step]
    assert commands[-1] == 'kb build --base-url "$BASE_URL"'
    assert not any("${{" in command for command in commands)
    assert build["steps"][-1]["with"] == {"path": "public"}


def test_gitlab_publishes_what_was_built(tmp_path: Path) -> None:
    job = yaml.safe_load(made(tmp_path, "gitlab")[".gitlab-ci.yml"])["pages"]
    assert job["artifacts"]["paths"] == ["public"]
    assert job["script"][-1] == 'kb build -o public --base-url "$CI_PAGES_URL"'


def test_netlify_and_cloudflare_are_toml(tmp_path: Path) -> None:
    site = tmp_path / "My Notes"
    site.mkdir()
    netlify = tomllib.loads(made(site, "netlify")["netlify.toml"])
    assert netlify["build"]["publish"] == "public"
    cloudflare = tomllib.loads(made(site, "cloudflare")["wrangler.toml"])
    assert cloudflare["name"] == "my-notes"
    assert cloudflare["assets"]["directory"] == "./public"


def test_servers_send_the_policy_of_the_pages(tmp_path: Path) -> None:
    assert made(tmp_path, "nginx")["deploy/nginx.conf"].count(POLICY) == 2
    assert made(tmp_path, "caddy")["deploy/Caddyfile"].count(POLICY) == 1


def test_the_script_for_buckets_is_a_script(tmp_path: Path) -> None:
    """Run with a stand-in for `aws` and `kb`, it does three copies in their order."""
    made(tmp_path, "s3")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("aws", "kb"):
        (tools / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (tools / name).chmod(0o755)
    done = subprocess.run(
        ["sh", "deploy/s3.sh", "s3://bucket", "D1"],
        cwd=tmp_path,
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "kb build"
    assert [line.split()[:5] for line in lines[1:4]] == [
        ["aws", "s3", "sync", "public/theme", "s3://bucket/theme"],
        ["aws", "s3", "sync", "public", "s3://bucket"],
        ["aws", "s3", "sync", "public", "s3://bucket"],
    ]
    assert "--delete" not in lines[1] + lines[2]
    assert "--delete" in lines[3]
    assert all(".kb-manifest" in line for line in lines[2:4])
    assert lines[4].startswith("aws cloudfront create-invalidation --distribution-id D1")
    refused = subprocess.run(
        ["sh", "deploy/s3.sh"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert refused.returncode != 0
    assert "usage: sh deploy/s3.sh" in refused.stderr


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    if (nginx := shutil.which("nginx")) is None:
        pytest.skip("NOT RUN: nginx is not installed")
    text = made(tmp_path, "nginx")["deploy/nginx.conf"].replace(
        "listen 80", "listen 127.0.0.1:18080"
    )
    text = text.replace("    listen [::]:80;\n", "")
    whole = tmp_path / "whole.conf"
    whole.write_text(
        f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{text}}}\n"
    )
    done = subprocess.run(
        [nginx, "-t", "-q", "-c", whole], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    if (caddy := shutil.which("caddy")) is None:
        pytest.skip("NOT RUN: caddy is not installed")
    made(tmp_path, "caddy")
    done = subprocess.run(
        [caddy, "adapt", "--config", "deploy/Caddyfile", "--adapter", "caddyfile", "--validate"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
