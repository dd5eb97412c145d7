"""Two application servers, nginx and PgBouncer: the program that runs them finds no fault, in small."""

import pytest
from django.db import connection

from bench.machines.rig import Missing, limits, program
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


def test_the_role_has_the_limits_that_the_page_tells_and_no_others() -> None:
    names = ["lock_timeout", "idle_in_transaction_session_timeout", "statement_timeout"]
    names += ["max_parallel_workers_per_gather", "jit", "random_page_cost"]
    assert [limit.split()[4] for limit in limits()] == names


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
