"""Two application servers, nginx and PgBouncer: the program that runs them finds no fault, in small."""

import pytest
from django.db import connection

from bench.machines.rig import Missing, program
from tests.test_bench import run

SMALL = [
    "--requests",
    "4",
    "--rounds",
    "1",
    "--writers",
    "2",
    "--kills",
    "2",
    "--people",
    "4",
    "--readers",
    "2",
]


def test_nobody_notices_that_a_server_is_gone_and_everything_is_there_once() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("several machines share a PostgreSQL")
    try:
        program("nginx", "nginx-light")
        program("pgbouncer", "pgbouncer")
    except Missing as missing:
        pytest.skip(str(missing))
    result = run("bench.machines", *SMALL)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 faults" in result.stdout
