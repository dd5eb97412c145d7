"""What `manage.py verify_ledger` says of a database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MANAGE = Path(__file__).parent.parent / "manage.py"


def differences_in_the_ledger(url: str) -> list[str]:
    """Empty if it finds none, else the last lines that it prints."""
    result = subprocess.run(
        [sys.executable, str(MANAGE), "verify_ledger"],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return [] if result.returncode == 0 else ["verify_ledger:", *result.stdout.splitlines()[-5:]]
