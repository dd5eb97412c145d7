"""The programs that put a server under load start, judge and succeed; here with small numbers."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

RACES = ["--requests", "6", "--rounds", "1", "--writers", "2"]
CRASH = ["--kills", "2", "--cuts", "1", "--people", "4", "--workers", "4", "--damages", "1"]


def run(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", program, *options],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("program", "options"), [("bench.races", RACES), ("bench.crash", CRASH)])
def test_a_short_run_finds_no_fault(program: str, options: list[str]) -> None:
    result = run(program, "--database", connection.vendor, *options)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 faults" in result.stdout


def test_the_programs_are_listed_with_what_they_do() -> None:
    listed = run("bench").stdout.splitlines()
    programs = ["races", "crash", "machines", "speed", "scale", "capacity", "soak"]
    assert [line.split()[2] for line in listed] == [f"bench.{name}" for name in programs]
