"""A batch as a table for spreadsheets, as CSV and as XLSX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

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


def _rows(batch: ExportBatch) -> Iterable[list[Cell]]:
    """In English, whoever downloads it: the file of a batch is the same for everybody."""
    entries = batch.entries.select_related("batch", "user", "conversation__customer")
    ordered = entries.order_by("conversation__customer__name", "date", "pk")
    with override("en"):
        return [[inert(read(entry)) for read in COLUMNS.values()] for entry in ordered]


def inert(cell: Cell) -> Cell:
    """A text that no spreadsheet runs; also in XLSX, which somebody may save as CSV."""
    return FORMULA.sub("'", cell) if isinstance(cell, str) else cell


def as_csv(batch: ExportBatch) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes umlauts for something else."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in _rows(batch):
        writer.writerow([_written(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return FORMULA_WITHIN.sub(r"\g<0>'", cell)
    return format_clock(cell // timedelta(seconds=1)) if isinstance(cell, timedelta) else cell


def as_xlsx(batch: ExportBatch) -> bytes:
    """One sheet; figures, days and times are numbers there, and can be added up."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheet = book.add_worksheet(f"Batch {batch.number}")
        head = book.add_format({"bold": True})
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            timedelta: book.add_format({"num_format": "[h]:mm:ss"}),
        }
        sheet.write_row(0, 0, COLUMNS, head)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(_rows(batch), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif isinstance(cell, date | timedelta):
                    sheet.write_datetime(number, column, cell, formats[type(cell)])
                elif cell is not None:
                    sheet.write_number(number, column, cell)
        sheet.autofit()
    return output.getvalue()


FORMS: dict[str, tuple[Callable[[ExportBatch], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
