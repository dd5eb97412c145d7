"""What leaves for a spreadsheet: no text in any column is a formula, and every figure is a number."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.exports import COLUMNS
from billing.models import ExportBatch
from tests.billing.queue_page import make
from tests.factories import BillingTypeFactory, ConversationFactory
from workspaces.models import User, Workspace

#: How every figure, day and time is written.
FIGURES = {
    **dict.fromkeys(["Batch", "Entry", "Conversation"], r"\d+"),
    "Date": r"\d{4}-\d\d-\d\d",
    **dict.fromkeys(["Raw time", "Billed time"], r"\d+:\d\d:\d\d"),
    **dict.fromkeys(["Raw hours", "Billed hours"], r"\d+\.\d{4}"),
    **dict.fromkeys(["Rate", "Amount"], r"\d+(\.\d+)?"),
    "Currency": r"[A-Z]{3}",
}
TEXTS = [name for name in COLUMNS if name not in FIGURES]
#: By any reading: behind whatever a spreadsheet may pass over, in the usual form or a wide or small one.
FORMULA = re.compile(r"^[\t\r\n]|^[^\w'\"(]*[=+\-@＝＋－＠﹦﹢﹣﹫]")

#: What people can put before a formula, and what a formula can begin with.
UNSEEN = ["", " ", "\t", "\r\n", "\n", "\u00a0", "\u3000", "\u200b", "\u200e", "\u2060", "\u00ad", "\ufeff"]
FIRST = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"]
ATTACKS = [*(unseen + "=1+1" for unseen in UNSEEN), *(first + "SUM(A1)" for first in FIRST)]


@pytest.fixture
def exported(workspace: Workspace, agent: User, manager: User, as_manager: Client) -> Any:
    """A function that exports one entry, in which everything that people write is `text`."""

    def export(text: str) -> tuple[dict[str, str], bytes]:
        Workspace.objects.filter(pk=workspace.pk).update(name=text)
        User.objects.filter(pk=agent.pk).update(first_name=text, last_name="", username=text)
        rule = BillingTypeFactory(workspace=workspace, name=text)
        named = {"customer__workspace": workspace, "customer__name": text, "contact": text}
        conversation = ConversationFactory(subject=text, **named)
        make(User.objects.get(pk=agent.pk), conversation, billing_type=rule, description=text).approve(
            by=manager, now=timezone.now()
        )
        batch = ExportBatch.objects.create_from_approved(workspace, by=manager, now=timezone.now())
        content, book = (
            as_manager.get(f"/billing/batches/{batch.pk}/{form}/").content for form in ("csv", "xlsx")
        )
        (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return row, book

    return export


@pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
def test_no_text_in_any_column_is_a_formula(exported: Any, attack: str) -> None:
    row, book = exported(attack)
    assert list(row) == list(COLUMNS)
    for name in TEXTS:
        assert not FORMULA.search(row[name]), name
    for name, form in FIGURES.items():
        assert re.fullmatch(form, row[name]), name
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    texts = re.findall(r"<t(?: [^>]*)?>(.*?)</t>", sheet, re.DOTALL)
    assert len(texts) >= len(TEXTS)
    assert "<f>" not in sheet
    assert not [text for text in texts if FORMULA.search(text)]


def test_what_is_no_formula_is_left_as_it_is(exported: Any) -> None:
    for text in ("Call - notes", "a=b", "1 + 1", "(+49) 30 1234", "“=” means equal", "'=1", "é=1"):
        row, _ = exported(text)
        assert row["Description"] == row["Subject"] == row["Agent"] == text


def test_the_name_of_the_file_is_plain_whatever_the_workspace_is_called(
    as_manager: Client, manager: User, agent: User, workspace: Workspace, conversation: Any
) -> None:
    make(agent, conversation, day=date(2026, 3, 2)).approve(by=manager, now=timezone.now())
    batch = ExportBatch.objects.create_from_approved(workspace, by=manager, now=timezone.now())
    for name in ('../../etc/passwd"\r\nX-Evil: 1', "=cmd.exe", "会社", "a\u202egpj.exe", "con"):
        Workspace.objects.filter(pk=workspace.pk).update(name=name)
        response = as_manager.get(f"/billing/batches/{batch.pk}/csv/")
        said = response.headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[a-z0-9-]+-batch-\d+\.csv"', said)
        assert "X-Evil" not in response.headers
