"""What a page weighs, as production serves it: granian, hashed and compressed files, compressed HTML."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import brotli
import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from bench.server import free_port
from config import bundle
from tests.browser.conftest import Sit
from tests.browser.wire import Answer, asked
from workspaces.models import User

KILOBYTE = 1000
#: What a first conversation page loads, headers included: the page, its scripts and styles, and everything.
PAGE = 10 * KILOBYTE
FILES = 30 * KILOBYTE
WHOLE_PAGE = 40 * KILOBYTE
#: What a browser takes where it trusts the server: over HTTPS, or on this machine.
ENCODINGS = "gzip, deflate, br, zstd"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `served` has its database and, in static/, its files."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """The address of a server with the demo, started as `make run` starts it."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "STATIC_ROOT": str(folder / "static"),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEMO": "on",
    }
    for command in (["migrate"], ["demo"], ["collectstatic", "--no-input"]):
        manage = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(manage, cwd=settings.BASE_DIR, env=environment, check=True)
    port = free_port()
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


@pytest.fixture(scope="module")
def door(browser: Browser, served: str) -> Iterator[BrowserContext]:
    """A browser in which the agent has signed in."""
    door = browser.new_context(base_url=served)
    page = door.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("User name").fill("agent")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/conversations/")
    yield door
    door.close()


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def visit(
    browser: Browser, door: BrowserContext, served: str, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """The first page of the agent's busiest day: a conversation with a running timer."""
    conversation = door.pages[0].locator(".timers-icon a").get_attribute("href")
    width, height = request.param
    room = browser.new_context(base_url=served, viewport={"width": width, "height": height})
    room.add_cookies(door.cookies())
    visit = Visit(room.new_page())
    visit.page.goto(str(conversation), wait_until="networkidle")
    yield visit
    room.close()


def test_a_first_conversation_page_is_light(visit: Visit) -> None:
    assert len(visit.bytes) >= 4, "that was no whole page"
    assert sum(visit.bytes.values()) <= WHOLE_PAGE, visit.bytes


def test_its_scripts_and_styles_are_light(visit: Visit) -> None:
    files = [size for address, size in visit.bytes.items() if address.endswith((".css", ".js"))]
    assert len(files) >= 4, visit.bytes
    assert sum(files) <= FILES, visit.bytes


def test_every_conversation_page_is_light(door: BrowserContext, served: str) -> None:
    page = door.pages[0]
    page.goto("/conversations/")
    paths = {str(link.get_attribute("href")) for link in page.locator(".conversations .subject").all()}
    weights = {path: answer(door, f"{served}{path}").weight for path in paths}
    assert len(weights) > 10
    assert max(weights.values()) <= PAGE, weights


def answer(door: BrowserContext, address: str, accepted: str = ENCODINGS) -> Answer:
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in door.cookies())
    return asked(address, {"Accept-Encoding": accepted, "Cookie": cookies})


def test_nothing_comes_from_another_host(visit: Visit, served: str) -> None:
    assert all(address.startswith((served, "data:")) for address in visit.addresses.values())


def test_nothing_is_refused_by_the_content_policy(visit: Visit) -> None:
    assert not visit.complaints


def test_nothing_moves_while_it_loads(visit: Visit) -> None:
    visit.page.wait_for_timeout(1500)
    assert visit.page.evaluate("window.shifts") == 0


def test_a_page_is_compressed_once(visit: Visit, door: BrowserContext) -> None:
    for accepted, undone in (("gzip, br", brotli.decompress), ("gzip", gzip.decompress)):
        page = answer(door, visit.page.url, accepted)
        assert undone(page.body).startswith(b"<!doctype html>")
    assert answer(door, visit.page.url, "").body.startswith(b"<!doctype html>")


def test_files_were_compressed_before_they_are_asked_for(visit: Visit, served: str, folder: Path) -> None:
    files = [address for address in visit.bytes if address.endswith((".css", ".js", ".svg"))]
    assert len(files) >= 5
    for address in files:
        path = folder / address.removeprefix(f"{served}/")
        for accepted, coding, end in ((ENCODINGS, "br", ".br"), ("gzip", "gzip", ".gz"), ("", None, "")):
            got = asked(address, {"Accept-Encoding": accepted})
            assert got.headers["Content-Encoding"] == coding, address
            assert got.body == path.with_name(path.name + end).read_bytes(), address
            assert got.headers["Vary"] == "Accept-Encoding", address
        assert brotli.decompress(path.with_name(f"{path.name}.br").read_bytes()) == path.read_bytes()
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes()


def test_files_are_kept_for_good_and_pages_are_not(visit: Visit, served: str) -> None:
    for address in visit.bytes:
        if not address.startswith(served):
            continue
        kept = visit.page.request.get(address).headers.get("cache-control", "")
        if "/static/" in address:
            assert re.search(r"\.[0-9a-f]{12}(\.min)?\.\w+$|\.min\.[0-9a-f]{12}\.js$", address), address
            assert "immutable" in kept and "max-age=315360000" in kept, address
        else:
            assert kept == "no-store", address


#: Every rule of a stylesheet: what it applies to, and the names of what it says.
RULES = """(text) => {
    const sheet = new CSSStyleSheet();
    const found = [];
    const note = (rule, depth) => {
        const of = rule.selectorText ?? rule.conditionText?.replaceAll(" ", "") ?? rule.name ?? "";
        found.push(`${depth} ${rule.constructor.name} ${of} ${[...(rule.style ?? [])]}`);
        for (const inner of rule.cssRules ?? []) note(inner, depth + 1);
    };
    sheet.replaceSync(text);
    for (const rule of sheet.cssRules) note(rule, 0);
    return found;
}"""


@pytest.mark.parametrize("name", ["css/app.css", "css/admin.css", "css/records.css", "css/second-factor.css"])
def test_a_stylesheet_has_the_rules_of_its_source(page: Page, name: str) -> None:
    written = page.evaluate(RULES, (bundle.SOURCE / name).read_text())
    assert written
    assert page.evaluate(RULES, bundle.made(name).read_text()) == written


def test_a_page_asks_four_times_a_minute_and_not_while_it_is_hidden(sit: Sit, agent: User) -> None:
    page = sit(agent)
    page.clock.install()
    page.reload(wait_until="networkidle")
    urls: list[str] = []
    answered: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.on("requestfinished", lambda request: answered.append(request.url))

    until = time.monotonic() + 20

    def let_pass(seconds: int) -> None:
        for _ in range(seconds // 5):
            page.clock.run_for(5000)
            # One that is under way keeps the next from being sent.
            while answered != urls and time.monotonic() < until:
                page.wait_for_timeout(20)

    let_pass(60)
    assert len(urls) == 4, urls
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    let_pass(60)
    assert len(urls) == 4, urls
