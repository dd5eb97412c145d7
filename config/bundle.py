"""One file of all the small modules in static/js, so that a page asks for one and not for twenty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "js/stint.js"
SOURCE = settings.BASE_DIR / "static" / "js"
FOLDER = settings.BASE_DIR / "var" / "bundle"
#: Runs before the first paint, and so for itself.
APART = "theme.js"
#: A comment on a line of its own; a fifth of what the modules weigh, compressed.
COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)


class BundleFinder(BaseFinder):
    """Makes js/stint.js of the modules whenever one of them is newer; collectstatic finds it, and pages while
    static files are served as they are.

    Each module keeps its names to itself, as it would in a file of its own: it stands in a block. So none may
    import or export.
    """

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        if path != NAME:
            return []
        return [str(bundle())] if find_all else str(bundle())

    def list(self, ignore_patterns: Any) -> Iterable[tuple[str, FileSystemStorage]]:
        bundle()
        yield NAME, FileSystemStorage(location=FOLDER)

    def check(self, **options: Any) -> Any:
        return []


def bundle() -> Path:
    """The path of the file, which is made anew if it is older than its modules."""
    made = FOLDER / NAME
    text = "\n".join(f"{{\n{COMMENT.sub('', module.read_text())}}}" for module in modules())
    if not made.exists() or made.read_text() != text:
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(text)
    return made


def modules() -> list[Path]:
    return sorted(module for module in SOURCE.glob("*.js") if module.name != APART)
