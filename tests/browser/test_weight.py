"""What a page weighs, as production serves it: granian, hashed and compressed files, compressed HTML."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

KILOBYTE = 1000
#: Everything that a first conversation page loads, headers included.
WHOLE_PAGE = 40 * KILOBYTE


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the demo, started as `make run` starts it."""
    folder = tmp_path_factory.mktemp("served")
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "STATIC_ROOT": str(folder / "static"),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEMO": "on",
    }
    for command in (["migrate"], ["demo"], ["collectstatic", "--no-input"]):
        manage = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(manage, cwd=settings.BASE_DIR, env=environment, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    granian = Path(sys.executable).with_name("granian")
    options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 1 --no-ws --log-level warning"
    server = subprocess.Popen(
        [granian, "config.wsgi:application", *options.split()], cwd=settings.BASE_DIR, env=environment
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz/")
        yield address
    finally:
        server.terminate()
        server.wait(10)


def wait_for(address: str) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            urlopen(address, timeout=5).close()
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


class Visit:
    """A first visit to a page, with nothing in the browser's cache, and what came over the wire for it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.addresses: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        self.complaints: list[str] = []
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", self._asked)
        network.on("Network.loadingFinished", self._loaded)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.add_init_script("""
            window.shifts = 0;
            const add = (list) => list.getEntries().forEach(({ value }) => (window.shifts += value));
            new PerformanceObserver(add)
                .observe({ type: "layout-shift", buffered: true });
        """)

    def _asked(self, event: dict) -> None:
        self.addresses[event["requestId"]] = event["request"]["url"]

    def _loaded(self, event: dict) -> None:
        address = self.addresses[event["requestId"]]
        self.bytes[address] = int(event["encodedDataLength"])


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def visit(browser: Browser, served: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """The first page of the agent's busiest day: a conversation with a running timer."""
    door = browser.new_context(base_url=served)
    page = door.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill("agent")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    conversation = page.locator(".timers-icon a").get_attribute("href")
    width, height = request.param
    room = browser.new_context(base_url=served, viewport={"width": width, "height": height})
    room.add_cookies(door.cookies())
    visit = Visit(room.new_page())
    visit.page.goto(str(conversation), wait_until="networkidle")
    yield visit
    room.close()
    door.close()


def test_a_first_conversation_page_is_light(visit: Visit) -> None:
    whole = sum(visit.bytes.values())
    assert len(visit.bytes) >= 4, "that was no whole page"
    assert whole <= WHOLE_PAGE, visit.bytes


def test_nothing_comes_from_another_host(visit: Visit, served: str) -> None:
    assert all(address.startswith((served, "data:")) for address in visit.addresses.values())


def test_nothing_is_refused_by_the_content_policy(visit: Visit) -> None:
    assert not visit.complaints


def test_nothing_moves_while_it_loads(visit: Visit) -> None:
    visit.page.wait_for_timeout(1500)
    assert visit.page.evaluate("window.shifts") == 0


def test_files_are_kept_for_good_and_pages_are_not(visit: Visit, served: str) -> None:
    for address in visit.bytes:
        if not address.startswith(served):
            continue
        kept = visit.page.request.get(address).headers.get("cache-control", "")
        assert kept == "no-store" if "/static/" not in address else "immutable" in kept, address
