"""docs/reliability.md says which test holds what: those tests are there."""

import re
from pathlib import Path

from django.conf import settings

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_test_that_the_page_names_is_there() -> None:
    root = Path(settings.BASE_DIR)
    named = NAMED.findall((root / "docs" / "reliability.md").read_text())
    assert len(named) > 50
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (root / path).exists() or (name and f"def {name}(" not in (root / path).read_text())
    ]
    assert missing == []
