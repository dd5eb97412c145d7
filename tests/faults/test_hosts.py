"""A page names no host but its own, whatever a client says that is."""

from __future__ import annotations

import pytest
from django.test import Client

EVIL = "evil.example"
CLAIMS = {
    "X-Forwarded-Host": EVIL,
    "X-Host": EVIL,
    "X-Original-URL": f"//{EVIL}/",
    "X-Rewrite-URL": f"//{EVIL}/",
    "Forwarded": f"host={EVIL}",
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Scheme": "javascript",
    "X-Forwarded-Port": "1337",
    "Origin": f"https://{EVIL}",
}


@pytest.mark.parametrize("behind_proxy", [False, True])
@pytest.mark.parametrize(
    "address",
    ["/", "/timers/", "/conversations/", "/nowhere/", "/accounts/login/", "/manifest.webmanifest", "/sw.js"],
)
@pytest.mark.parametrize("claim", CLAIMS)
def test_what_a_header_claims_is_in_no_answer(
    claim: str, address: str, behind_proxy: bool, as_agent: Client, settings: object
) -> None:
    settings.BEHIND_PROXY = behind_proxy  # type: ignore[attr-defined]
    for client in (as_agent, Client()):
        response = client.get(address, headers={claim: CLAIMS[claim], "Referer": f"https://{EVIL}/x"})
        assert response.status_code < 500
        assert EVIL not in response.content.decode()
        assert EVIL not in str(response.headers)


@pytest.mark.parametrize(
    "host",
    [EVIL, f"testserver.{EVIL}", f"testserver@{EVIL}", "testserver:80:80", "", "test server", "[::1", "*"],
)
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/timers/"])
def test_a_host_that_is_not_ours_gets_no_page(host: str, path: str, as_agent: Client) -> None:
    response = as_agent.get(path, headers={"Host": host})
    assert response.status_code == 400
    assert EVIL not in response.content.decode()
