"""What the programs print."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def print_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """In columns, under their heads; figures to the right."""
    table = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(heads))]
    numbers = [all(_is_number(row[column]) for row in table[1:]) for column in range(len(heads))]
    for row in table:
        cells = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numbers, strict=True)
        ]
        print("  ".join(cells).rstrip())


def say(text: str) -> None:
    """At once, and beside what is printed: how far it has come."""
    print(text, file=sys.stderr, flush=True)


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()
