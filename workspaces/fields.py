"""Form fields for what people write."""

from __future__ import annotations

from typing import Any

from django import forms

from workspaces.widgets import QuickTextarea


class PlainTextField(forms.CharField):
    """Text of several lines, in `rows` rows; a line break counts as one character, as browsers count it."""

    def __init__(self, *, rows: int = 2, **options: Any) -> None:
        options.setdefault("widget", QuickTextarea(attrs={"class": "input", "rows": rows}))
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
