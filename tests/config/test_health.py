"""What a monitor is told."""

import socket
import time

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config.health import needed
from tests.config.production import Server
from tests.config.protection import assert_protected


@pytest.mark.django_db
def test_health_is_told_to_anybody(client: Client) -> None:
    response = client.get("/healthz/")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "migrations": "ok"})
    assert not response.cookies
    assert_protected(response)


@pytest.mark.django_db
def test_a_missing_migration_is_not_healthy(client: Client) -> None:
    assert client.get("/healthz/").status_code == 200
    MigrationRecorder(connection).record_unapplied("billing", "0001_initial")
    response = client.get("/healthz/")
    assert (response.status_code, response.json()) == (503, {"database": "ok", "migrations": "missing"})


def test_a_database_out_of_reach_is_not_healthy(
    client: Client, as_agent: Client, broken_database: None
) -> None:
    for visitor in (client, as_agent):
        response = visitor.get("/healthz/")
        assert response.status_code == 503
        assert response.json() == {"database": "unavailable", "migrations": "unknown"}
        assert not response.cookies


@pytest.mark.django_db
def test_a_probe_needs_no_https_and_no_name(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    for host in ("10.0.0.7:8000", "evil.example", "x y"):
        assert Client().get("/healthz/", headers={"Host": host}).status_code == 200
    assert Client().get("/timers/", headers={"Host": "localhost"}).status_code == 301


@pytest.mark.django_db
def test_a_probe_changes_nothing(client: Client) -> None:
    assert client.head("/healthz/").status_code == 200
    response = client.post("/healthz/")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_a_probe_is_cheap(db: None, client: Client, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        client.get("/healthz/")
    assert needed() is needed(), "the migrations are read anew"


def test_a_database_that_accepts_and_says_nothing_is_given_up_in_seconds() -> None:
    """As one behind a network that lost its way: the connection stands, and no answer comes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgres://stint@127.0.0.1:{silent.getsockname()[1]}/stint"
        with Server(DATABASE_URL=url, DATABASE_POOL_TIMEOUT="1") as server:
            began = time.monotonic()
            with socket.create_connection(("127.0.0.1", server.port)) as probe:
                probe.sendall(b"GET /healthz/ HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n")
                answer = b"".join(iter(lambda: probe.recv(4096), b"")).decode()
            assert answer.startswith("HTTP/1.1 503")
            assert '"database": "unavailable"' in answer
            assert time.monotonic() - began < 5
