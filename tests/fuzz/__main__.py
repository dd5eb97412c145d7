"""The command: see `tests.fuzz`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.environment import FOLDER
from tests.fuzz.comparing import judge, tell
from tests.postgres import Postgres, die_with_parent

ROOT = Path(__file__).parent.parent.parent
DATABASES = ["sqlite", "postgresql"]
#: From here on a run reaches all that there is to reach.
LONG = 10_000


def run(seed: int, requests: int, only: int = -1, databases: list[str] = DATABASES) -> int:
    """Makes the requests on the databases at once, prints what came of them: 0, or 1 if anything is wrong."""
    began = time.monotonic()
    say(f"seed {seed}")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stint-fuzz-")))
        written = {name: folder / f"{name}.jsonl" for name in databases}
        workers = []
        for name, path in written.items():
            url = "sqlite://:memory:" if name == "sqlite" else stack.enter_context(Postgres()).url
            workers.append(start(url, folder, [seed, requests, only, path]))
        # Each is waited for, also where another has failed.
        ended = [worker.wait() for worker in workers]
        if any(ended):
            say("A run did not end.")
            return 1
        verdict = judge(written, seed, everything=requests >= LONG and only < 0)
        if only >= 0:
            show(written)
    say(tell(verdict))
    say(f"{time.monotonic() - began:.0f} seconds")
    return 0 if verdict.is_good else 1


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def start(url: str, folder: Path, arguments: list[object]) -> subprocess.Popen:
    environment = os.environ | {"DATABASE_URL": url, "PYTHONHASHSEED": "0", FOLDER: str(folder)}
    command = [sys.executable, "-m", "tests.fuzz.worker", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, preexec_fn=die_with_parent(signal.SIGTERM))


def show(written: dict[str, Path]) -> None:
    """All that is known of the last request."""
    for name, path in written.items():
        outcome = json.loads(path.read_text(encoding="utf-8").splitlines()[-2])
        say(f"\n== {name}")
        for key, value in outcome.items():
            if key != "rows":
                say(f"{key}: {value}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--requests", type=int, default=20_000, help="how many, on each database")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what everything is drawn from")
    parser.add_argument("--only", type=int, default=-1, help="the number of one request, told in detail")
    parser.add_argument("--on", choices=DATABASES, action="append", help="one database alone")
    given = parser.parse_args()
    return run(given.seed, given.requests, given.only, given.on or DATABASES)


if __name__ == "__main__":
    sys.exit(main())
