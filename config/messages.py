"""Finds the texts of templates for the catalogues in locale/: a method of Babel (see pyproject.toml)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from io import BytesIO
from typing import Any, BinaryIO

from babel.messages.extract import extract_python
from django.utils.translation import templatize


def extract_template(
    file: BinaryIO, keywords: dict[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[tuple[Any, ...]]:
    """Yields (line, function, texts, comments), as Babel asks for."""
    # Django writes the calls of gettext that a template comes to, with blanks that are no indentation.
    source = templatize(file.read().decode())
    lines = (line.strip() for line in source.splitlines())
    yield from extract_python(BytesIO("\n".join(lines).encode()), keywords, comment_tags, options)
