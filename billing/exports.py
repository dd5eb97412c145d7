"""A batch as a table for spreadsheets, as CSV and as XLSX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import IO

import xlsxwriter
from django.utils.translation import override

from billing.models import BillingEntry, ExportBatch
from workspaces.durations import format_clock
from workspaces.money import as_decimal

Cell = str | int | Decimal | date | timedelta | None

#: What is not seen, and what a formula begins with in a spreadsheet; in a Japanese one, wide forms too.
_UNSEEN = r"\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_SIGN = r"[=+\-@＝＋－＠﹦﹢﹣﹫]"
FORMULA = re.compile(rf"^(?=[\t\r\n]|[{_UNSEEN}]*{_SIGN})")
#: The same wherever a spreadsheet that goes by semicolons, tabs or lines alone would start a cell.
FORMULA_WITHIN = re.compile(rf"[;\t\r\n](?=[{_UNSEEN}\"]*{_SIGN})")
TEN_THOUSANDTH = Decimal("0.0001")
#: So many entries are read at once; so wide a column is by itself.
AT_ONCE = 500
WIDEST = 60


def _hours(seconds: int) -> Decimal:
    return (Decimal(seconds) / 3600).quantize(TEN_THOUSANDTH, ROUND_HALF_UP)


def _amount(entry: BillingEntry) -> Decimal | None:
    """Nothing for internal time: whoever adds the column up gets what the customers owe."""
    return as_decimal(entry.amount, entry.currency) if entry.is_charge else None


COLUMNS: dict[str, Callable[[BillingEntry], Cell]] = {
    "Batch": lambda entry: entry.batch.number if entry.batch else None,
    "Entry": lambda entry: entry.pk,
    "Date": lambda entry: entry.date,
    "Customer": lambda entry: entry.conversation.customer.name,
    "Conversation": lambda entry: entry.conversation_id,
    "Subject": lambda entry: entry.conversation.subject,
    "Agent": lambda entry: entry.user.display_name,
    "Kind": lambda entry: entry.get_kind_display(),
    "Billing type": lambda entry: entry.rule["name"],
    "Description": lambda entry: entry.description,
    "Raw time": lambda entry: timedelta(seconds=entry.raw_seconds),
    "Raw hours": lambda entry: _hours(entry.raw_seconds),
    "Billed time": lambda entry: timedelta(seconds=entry.billed_seconds),
    "Billed hours": lambda entry: _hours(entry.billed_seconds),
    "Rate": lambda entry: as_decimal(entry.rate, entry.currency),
    "Amount": _amount,
    "Currency": lambda entry: entry.currency,
    "Explanation": lambda entry: entry.explanation,
}


class Reversed(Exception):
    """The batch was reversed while it was read."""


def _rows(batch: ExportBatch) -> Iterator[list[Cell]]:
    """A few hundred at a time, however large the batch is. Raises Reversed."""
    entries = BillingEntry.objects.filter(workspace=batch.workspace_id, batch=batch)
    ordered = entries.order_by("customer__name", "date", "pk")
    ids = list(ordered.values_list("pk", flat=True))
    if not ids:  # No batch was ever empty.
        raise Reversed
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        found = entries.select_related("batch", "user", "conversation__customer").in_bulk(some)
        if len(found) < len(some):
            raise Reversed
        for pk in some:
            yield [inert(read(found[pk])) for read in COLUMNS.values()]


def inert(cell: Cell) -> Cell:
    """A text that no spreadsheet runs; also in XLSX, which somebody may save as CSV."""
    return FORMULA.sub("'", cell) if isinstance(cell, str) else cell


def write_csv(batch: ExportBatch, file: IO[bytes]) -> None:
    """UTF-8 with a byte order mark, without which Excel takes umlauts for something else."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in _rows(batch):
        writer.writerow([_written(cell) for cell in row])
    text.detach()


def _written(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return FORMULA_WITHIN.sub(r"\g<0>'", cell)
    return format_clock(cell // timedelta(seconds=1)) if isinstance(cell, timedelta) else cell


def write_xlsx(batch: ExportBatch, file: IO[bytes]) -> None:
    """One sheet; figures, days and times are numbers there, and can be added up."""
    # Row by row to a temporary file; texts stand where they are then, in no list of their own.
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(f"Batch {batch.number}")
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            timedelta: book.add_format({"num_format": "[h]:mm:ss"}),
        }
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        widths = [len(name) for name in COLUMNS]
        for number, row in enumerate(_rows(batch), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif isinstance(cell, date | timedelta):
                    sheet.write_datetime(number, column, cell, formats[type(cell)])
                elif cell is not None:
                    sheet.write_number(number, column, cell)
                widths[column] = max(widths[column], min(len(str(cell)), WIDEST))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width + 1)


def file_of(batch: ExportBatch, form: str) -> bytes:
    """A batch in one of `FORMS`: in English, whoever downloads it, so everybody has the same file. Raises
    Reversed.
    """
    file = io.BytesIO()
    with override("en"):
        FORMS[form][0](batch, file)
    return file.getvalue()


FORMS: dict[str, tuple[Callable[[ExportBatch, IO[bytes]], None], str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
