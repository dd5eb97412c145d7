"""The measurements: a short run of each program, and that none lets a failed request pass."""

import json
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import connection

from bench.soak import drive
from bench.speed.__main__ import judge, play
from bench.speed.cpu import Meter
from bench.speed.load import PATIENCE_SECONDS, Browser, Call, Load, Reply
from bench.speed.measures import MEASURES, Block, Figures, Measure, Side
from bench.speed.stint import Stint
from bench.speed.timetagger import Timetagger
from tests.test_bench import run

#: Which the peer has, too.
PEERS_PAGES = ("timers list", "conversation page")
BURN = "import time; end = time.process_time() + {}\nwhile time.process_time() < end: pass"
#: Waits to be told, works by a child and by itself, says so, and waits to be told.
WORK = f"""
import subprocess, sys
input()
subprocess.run([sys.executable, "-c", {BURN.format(0.2)!r}])
{BURN.format(0.1)}
print("done", flush=True)
input()
"""


def test_a_short_run_measures_everything_beside_the_floor(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("it starts a PostgreSQL of its own, so on SQLite it would be the same run again")
    short = ["--people", "4", "--requests", "4", "--rounds", "1", "--at-once", "2"]
    result = run("bench.speed", *short, "--json", str(tmp_path / "figures"))
    assert result.returncode == 0, result.stdout + result.stderr
    figures = [each for each in json.loads((tmp_path / "figures").read_text()) if each["data"] == "demo"]
    assert [each["what"] for each in figures] == [measure.step for measure in MEASURES]
    assert all(each["cpu_ms"] > each["database_ms"] > 0 < each["floor_ms"] for each in figures)
    assert "0 not answered as they must be" in result.stdout


def test_a_short_soak_has_no_error() -> None:
    short = ["--people", "4", "--minutes", "0.05", "--rate", "10"]
    result = run("bench.soak", "--database", connection.vendor, *short)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 faults" in result.stdout


class Server(BaseHTTPRequestHandler):
    """Answers with the status that the address names; 0 closes the connection without an answer."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status = int(self.path.strip("/"))
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"Done")

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


class Asking:
    """Asks for these statuses, as if 200 were the only one that may come."""

    name = "something"

    def __init__(self, *statuses: int) -> None:
        self.statuses = statuses
        self.learned: list[int] = []

    def calls(self, work: str, count: int) -> list[Call]:
        return [Browser("").get(f"/{status}/") for status in self.statuses]

    def learn(self, work: str, replies: list[Reply]) -> None:
        self.learned = [reply.status for reply in replies]


def side(work: Asking, port: int, folder: Path) -> Side:
    (folder / "log").write_text("Started\nIt broke\n")
    return Side(work, port, Meter([]), Meter([]), folder / "log")


def test_an_answer_that_must_not_come_is_a_fault(
    port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = Asking(200, 500, 200, 302)
    measured = side(work, port, tmp_path)
    block = measured.do("a page", 2, 4)
    assert block
    assert len(block.latencies) == 4
    assert sorted(measured.wrong) == [
        "something, a page: 302, not 200",
        "something, a page: 500, not 200",
    ]
    assert judge([measured]) == 1
    assert "2 not answered as they must be" in (told := capsys.readouterr().out)
    assert "It broke" in told
    assert work.learned == [200, 200]


def test_no_answer_is_a_fault_and_the_next_goes_over_a_new_connection(port: int, tmp_path: Path) -> None:
    measured = side(Asking(0, 200, 0, 200), port, tmp_path)
    measured.do("a page", 1, 4)
    assert dict(measured.wrong) == {"something, a page: no answer, not 200": 2}


def test_nothing_to_ask_for_is_a_fault(port: int, tmp_path: Path) -> None:
    measured = side(Asking(), port, tmp_path)
    assert measured.do("a page", 1, 4) is None
    assert measured.faults()


class Noting:
    """A side that notes what it is to do, and has nothing to tell of it."""

    def __init__(self, name: str = "demo") -> None:
        self.name = name
        self.done: list[str] = []

    def do(self, what: str, concurrency: int, count: int) -> None:
        self.done.append(what)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.step)
def test_to_measure_one_step_is_to_do_its_chain(measure: Measure) -> None:
    floor, demo, peer = Noting(), Noting(), Noting(Timetagger.name)
    play([measure], 4, 2, floor, [demo, peer], defaultdict(Figures))  # type: ignore[arg-type, list-item]
    (chain,) = [chain for chain in Stint.chains if measure.step in chain]
    assert demo.done == list(chain)
    assert floor.done == [measure.floor]
    assert peer.done == [step for step in chain if step in ("status poll", "start", "stop", *PEERS_PAGES)]


class Everybody:
    """Asks for these statuses in turn."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)

    def call(self) -> Call:
        return Browser("").get(f"/{self.statuses.pop(0)}/")

    def learn(self, reply: Reply) -> tuple[str, bool]:
        return "poll", reply.status == 200


def test_a_soak_counts_errors_and_waits_for_every_answer(port: int) -> None:
    with Load(port, 2) as load:
        minute = drive(load, Everybody(200, 503, 0, 200), 100, 0.04)
    assert len(minute.seconds) == 4
    assert dict(minute.wrong) == {"503 to poll": 1, "no answer to poll": 1}


class Silent:
    """Connections over which no answer comes, and which say how long that was waited for."""

    idle, busy = (), 1

    def receive(self, timeout: float) -> list[Reply]:
        raise TimeoutError(timeout)


def test_a_soak_ends_where_an_answer_never_comes() -> None:
    """Of so long a wait the connections themselves say that it was too long."""
    with pytest.raises(TimeoutError, match=f"^{PATIENCE_SECONDS}$"):
        drive(Silent(), Everybody(), 100, 0)  # type: ignore[arg-type]


def test_the_meter_counts_children_that_ended() -> None:
    """They are counted to 10 ms, and with what Python needs to start."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", WORK], text=True, **pipes) as process:
        assert process.stdin
        assert process.stdout
        meter = Meter([process.pid])
        meter.read()
        print(file=process.stdin, flush=True)
        process.stdout.readline()
        used, afterwards = meter.read(), meter.read()
        print(file=process.stdin, flush=True)
    assert 0.29 <= used < 0.6
    assert afterwards < 0.01


def test_ratios_are_taken_round_by_round() -> None:
    figures = Figures()
    for own, floor in (0.010, 0.005), (0.040, 0.010), (0.090, 0.030):
        figures.add(Block(own, 0, 1, [0.1]), Block(floor, 0, 1, [0.1]))
    assert figures.ratio == 3
    assert figures.cpu == 40
