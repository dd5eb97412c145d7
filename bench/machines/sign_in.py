"""What one application server has learnt of a sign-in, the other one knows."""

from __future__ import annotations

from bench.client import Session
from bench.pages import form
from bench.people import PASSWORD, make_person, make_workspace
from workspaces.models import Membership

#: So many wrong passwords lock a name (AXES_FAILURE_LIMIT).
WRONG = 5


def shared(ports: list[int]) -> dict[str, bool]:
    """Each promise, and whether it holds."""
    workspace = make_workspace("Signed in at two servers")
    for username in ("traveller", "guessed"):
        make_person(username, Membership.Role.AGENT, [workspace])
    first, second = ports
    here = Session(first, "traveller")
    here.sign_in(PASSWORD)
    there = Session(second, "traveller", here.cookies)
    goes_on = there.get("/timers/").status == 200
    there.post("/accounts/logout/", htmx=False)
    ended = here.get("/timers/").status == 302
    attempts = [attempt(ports[number % 2], "guessed", "wrong") for number in range(WRONG)]
    locked = {attempt(port, "guessed", PASSWORD) for port in ports}
    return {
        "Who signs in at one server is signed in at the other": goes_on,
        "Who signs out at one is signed out at the other": ended,
        "Wrong passwords count together, and the right one opens neither": (
            attempts[: WRONG - 1] == [200] * (WRONG - 1) and locked == {429}
        ),
    }


def attempt(port: int, username: str, password: str) -> int:
    """The status of the answer to a sign-in."""
    session = Session(port, username)
    page = session.get("/accounts/login/")
    fields = form(page.text, lambda types: "password" in types)
    fields |= {"username": username, "password": password}
    return session.post("/accounts/login/", fields, htmx=False).status
