"""What pages load: many small modules as one file, and every script and stylesheet as short as can be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage

SOURCE = settings.BASE_DIR / "static"
FOLDER = settings.BASE_DIR / "var" / "bundle"
#: The files of many, and the folders whose modules they are made of: every page's, and what review, export,
#: history and statement have besides.
BUNDLES = {"js/stint.js": "js", "js/records.js": "js/records"}
#: Runs before the first paint, and so for itself.
APART = "theme.js"


class BundleFinder(FileSystemFinder):
    """Makes a script or stylesheet whenever its sources have changed, for collectstatic and `make dev`."""

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        found = str(made(path)) if path in names() else super().find(path)
        if not find_all:
            return found
        return [found] if found else []

    def list(self, ignore_patterns: Any) -> Iterable[tuple[str, Any]]:
        for path, storage in super().list(ignore_patterns):
            if not path.endswith((".css", ".js")):
                yield path, storage
        for name in sorted(names()):
            made(name)
            yield name, FileSystemStorage(location=FOLDER)


def names() -> set[str]:
    """The files that are made: bundles, stylesheets, and scripts that are in no bundle."""
    sources = {path for kind in ("css", "js") for path in SOURCE.rglob(f"*.{kind}")}
    alone = sources.difference(*(modules(name) for name in BUNDLES))
    return {path.relative_to(SOURCE).as_posix() for path in alone} | BUNDLES.keys()


def made(name: str) -> Path:
    """The path of one of `names`, which is made anew if it is not what its sources are."""
    # Here, so that only those commands load it which make something: a library of Go brings its own threads.
    import minify

    path = FOLDER / name
    text = minify.string("text/css" if name.endswith(".css") else "text/javascript", read(name))
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        # In one piece: somebody else may read it meanwhile.
        fresh = path.with_name(f"{path.name}-{uuid4()}")
        fresh.write_text(text)
        fresh.replace(path)
    return path


def read(name: str) -> str:
    """The text of a file's sources.

    Each module of a bundle keeps its names to itself, as it would in a file of its own: it stands in a block.
    So none may import or export.
    """
    if name not in BUNDLES:
        return (SOURCE / name).read_text()
    return "\n".join(f"{{\n{module.read_text()}}}" for module in modules(name))


def modules(name: str) -> list[Path]:
    return sorted(path for path in (SOURCE / BUNDLES[name]).glob("*.js") if path.name != APART)
