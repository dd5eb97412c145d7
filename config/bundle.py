"""One file of many small modules in static/js, so that a page asks for one and not for twenty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SOURCE = settings.BASE_DIR / "static" / "js"
FOLDER = settings.BASE_DIR / "var" / "bundle"
#: The files, and the folders of SOURCE whose modules they are made of: every page's, and what review, export,
#: history and statement have besides.
BUNDLES = {"js/stint.js": "", "js/records.js": "records"}
#: Runs before the first paint, and so for itself.
APART = "theme.js"
#: A comment on a line of its own; a fifth of what the modules weigh, compressed.
COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)


class BundleFinder(BaseFinder):
    """Makes the files whenever one of their modules has changed, for collectstatic and for `make dev`.

    Each module keeps its names to itself, as it would in a file of its own: it stands in a block. So none may
    import or export.
    """

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        if path not in BUNDLES:
            return []
        return [str(bundle(path))] if find_all else str(bundle(path))

    def list(self, ignore_patterns: Any) -> Iterable[tuple[str, FileSystemStorage]]:
        for name in BUNDLES:
            bundle(name)
            yield name, FileSystemStorage(location=FOLDER)

    def check(self, **options: Any) -> Any:
        return []


def bundle(name: str) -> Path:
    """The path of one of BUNDLES, which is made anew if it is not what its modules are."""
    made = FOLDER / name
    text = "\n".join(f"{{\n{COMMENT.sub('', module.read_text())}}}" for module in modules(name))
    if not made.exists() or made.read_text() != text:
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(text)
    return made


def modules(name: str) -> list[Path]:
    folder = SOURCE / BUNDLES[name]
    return sorted(module for module in folder.glob("*.js") if module.name != APART)
