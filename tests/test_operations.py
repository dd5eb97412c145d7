"""What the pages for administrators name is there, and works as they say."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from bench.server import MEMORY

ROOT = Path(settings.BASE_DIR)
PAGES = ["README.md", "docs/operations.md", "docs/upgrading.md"]
DEPLOYED = sorted(path.name for path in (ROOT / "deploy").iterdir())


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(text: str) -> Iterator[str]:
    """The commands of manage.py that a text names."""
    return (name for name in re.findall(r"(?:stint-manage|manage\.py) ([a-z_]+)", text) if name != "of")


@pytest.mark.parametrize("name", [*PAGES, *(f"deploy/{name}" for name in DEPLOYED)])
def test_every_command_that_is_named_exists(name: str) -> None:
    prose = {"is", "in", "where", "that"}
    assert [each for each in commands(text_of(name)) if each not in get_commands().keys() | prose] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_a_page_names_exists(name: str) -> None:
    text = text_of(name)
    named = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    files = [(ROOT / name).parent / each for each in named]
    files += [ROOT / each for each in re.findall(r"(?<![\w/])(?:deploy|tests|docs)/[\w./-]*\w", text)]
    assert [str(path) for path in files if not path.exists()] == []


def test_every_variable_for_administrators_is_in_the_readme() -> None:
    listed = set(re.findall(r"`([A-Z_]{4,})`", text_of("README.md")))
    table = text_of("docs/operations.md").split("Those worth a thought:")[1].split("```")[0]
    assert set(re.findall(r"`([A-Z_]{4,})`", table)) - listed == set()
    assert set(re.findall(r"^([A-Z_]+)=", text_of("deploy/stint.env"), re.MULTILINE)) - listed == set()


def test_stint_starts_with_the_settings_for_a_server(tmp_path: Path) -> None:
    given = dict(line.split("=", 1) for line in text_of("deploy/stint.env").splitlines() if "=" in line[:30])
    assert given["SECRET_KEY"] == ""
    untouched = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**untouched, "DEBUG": "off", "DEMO": "off", "HTTPS": "on", **given, "SECRET_KEY": "a8#kP!" * 10},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert given["BEHIND_PROXY"] == "on"


def test_the_proxy_sets_all_that_stint_believes_of_it() -> None:
    site = text_of("deploy/nginx.conf")
    for header in ("X-Forwarded-For $remote_addr", "X-Forwarded-Proto https", "X-Request-ID $request_id"):
        assert f"proxy_set_header {header};" in site
    # A block with headers of its own would inherit none of these.
    assert len(re.findall(r"^    proxy_set_header", site, re.MULTILINE)) == site.count("proxy_set_header")


def test_the_service_serves_as_the_demo_does() -> None:
    """But for the socket, and for what is logged."""

    def flags(text: str) -> set[str]:
        command = re.search(r"granian --interface.*?(?=&|\n\n|\n#)", text, re.DOTALL)
        assert command
        return set(re.findall(r"--[a-z0-9-]+(?: [\w.:]+)?", command[0]))

    only_there = {"--host 127.0.0.1", "--port"}
    only_here = {"--uds", "--uds-permissions 0660"}
    assert flags(text_of("Makefile")) - only_there == flags(text_of("deploy/stint.service")) - only_here


def test_the_service_keeps_memory_as_the_demo_and_what_is_measured_do() -> None:
    for name in ("Makefile", "deploy/stint.service"):
        assert dict(re.findall(r"(MALLOC_\w+)=(\d+)", text_of(name))) == MEMORY


def test_an_upgrade_is_compared_with_the_release_before_and_taken_back_to_it() -> None:
    page = " ".join(text_of("docs/operations.md").split("## Upgrading")[1].split("\n## ")[0].split())
    before, after = re.findall(r"`diff --recursive /opt/stint/(\S+)/deploy /opt/stint/(\S+)/deploy`", page)[0]
    assert before != after
    assert re.findall(r"--force (\S+) /opt/stint/current", page) == [after, before]
