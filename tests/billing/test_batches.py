"""Approved entries leave in numbered batches; what a spreadsheet makes of them."""

import csv
import io
from datetime import date
from importlib import import_module
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.exports import inert
from billing.models import ExportBatch, NothingToExport
from tests.factories import BillingEntryFactory, BillingTypeFactory, ConversationFactory, MembershipFactory
from workspaces.models import Membership

KEEP_SUMS = import_module("billing.migrations.0009_what_batches_come_to")
PAGE = "/billing/batches/"
EXPORT = "/billing/batches/export/"


@pytest.fixture
def approved(agent, conversation):
    return make(agent, conversation)


@pytest.fixture
def batch(approved, manager, workspace):
    return export(workspace, manager)


def make(user, conversation, **fields):
    state = {"state": "approved", "confirmed_at": timezone.now(), "description": "MTU reset"}
    return BillingEntryFactory(user=user, conversation=conversation, **state | fields)


def export(workspace, by):
    return ExportBatch.objects.create_from_approved(workspace, by=by, now=timezone.now())


def csv_rows(client, batch):
    content = client.get(f"{PAGE}{batch.pk}/csv/").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def xlsx_cells(client, batch):
    """Address to text, or to a number."""
    book = ZipFile(io.BytesIO(client.get(f"{PAGE}{batch.pk}/xlsx/").content))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert sheet.find(f".//{space}f") is None  # no formula
    cells = {}
    for cell in sheet.iter(f"{space}c"):
        value = cell.find(f"{space}v")
        if cell.get("t") == "inlineStr":
            cells[cell.get("r")] = "".join(cell.itertext())
        elif value is not None and value.text:
            cells[cell.get("r")] = float(value.text)
    return cells


def test_what_is_approved_becomes_the_next_batch(as_manager, manager, agent, conversation, workspace):
    entries = [make(agent, conversation), make(agent, conversation, kind="time")]
    new = make(agent, conversation, state="new")
    response = as_manager.post(EXPORT, {"workspace": workspace.pk})
    assert (response.status_code, response.url) == (302, PAGE)
    batch = ExportBatch.objects.get()
    assert (batch.number, batch.created_by) == (1, manager)
    for entry in entries:
        entry.refresh_from_db()
        assert (entry.state, entry.batch, entry.version) == ("invoiced", batch, 2)
        latest = entry.history.latest()
        assert (latest.history_user, latest.history_change_reason) == (manager, "Invoiced in batch 1")
    new.refresh_from_db()
    assert (new.state, new.batch) == ("new", None)


def test_batches_are_numbered_in_each_workspace(
    manager, agent, conversation, workspace, outsider, other_workspace, foreign_conversation
):
    numbers = []
    for _ in range(2):
        make(agent, conversation)
        numbers.append(export(workspace, manager).number)
    make(outsider, foreign_conversation)
    assert [*numbers, export(other_workspace, outsider).number] == [1, 2, 1]


def test_there_is_no_empty_batch(as_manager, manager, workspace, batch):
    response = as_manager.post(EXPORT, {"workspace": workspace.pk})
    assert response.status_code == 409
    assert "there is nothing to export" in response.content.decode()
    with pytest.raises(NothingToExport):
        export(workspace, manager)
    assert ExportBatch.objects.count() == 1


@pytest.mark.parametrize("chosen", ["", "x", "0", "NaN", "\0", str(10**30), "9" * 5000, "foreign", "agent"])
def test_only_a_workspace_that_one_manages_can_be_exported(
    as_manager, manager, other_workspace, outsider, foreign_conversation, chosen
):
    make(outsider, foreign_conversation)
    if chosen == "agent":
        MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.AGENT)
    chosen = other_workspace.pk if chosen in ("foreign", "agent") else chosen
    assert as_manager.post(EXPORT, {"workspace": chosen}).status_code == 422
    assert not ExportBatch.objects.exists()


def test_the_page_shows_what_is_approved_and_the_batches(as_manager, agent, conversation, batch):
    make(agent, conversation)
    make(agent, conversation, kind="time")
    page = as_manager.get(PAGE).content.decode()
    assert "2 entries" in page
    assert "Batch 1" in page
    assert page.count('class="num amount">120.00 EUR<') == 2
    assert f'href="{PAGE}{batch.pk}/csv/"' in page
    assert f'href="{PAGE}{batch.pk}/xlsx/"' in page


def test_the_page_shows_nothing_of_other_workspaces(as_outsider, batch):
    page = as_outsider.get(PAGE).content.decode()
    assert "Batch 1" not in page
    assert "Brandt" not in page


def test_the_page_takes_as_many_queries_for_thirty_batches_as_for_one(
    as_manager, manager, agent, conversation, workspace, batch
):
    with CaptureQueriesContext(connection) as before:
        as_manager.get(PAGE)
    for _ in range(29):
        make(agent, conversation)
        export(workspace, manager)
    with CaptureQueriesContext(connection) as after:
        as_manager.get(PAGE)
    assert len(after) == len(before)


def test_batches_of_the_release_before_come_to_the_same(
    as_manager, manager, agent, conversation, workspace, monkeypatch
):
    monkeypatch.setattr(KEEP_SUMS, "AT_ONCE", 1)
    for kinds in (["service", "time"], ["time"], ["service"]):
        for kind in kinds:
            make(agent, conversation, kind=kind)
        export(workspace, manager)
    kept = list(ExportBatch.objects.values())
    assert [(row["entry_count"], row["amounts"]) for row in kept] == [
        (1, {"EUR": 12000}),
        (1, {}),
        (2, {"EUR": 12000}),
    ]
    ExportBatch.objects.update(entry_count=None, billed_seconds=None, amounts=None)
    shown = as_manager.get(PAGE).context["batches"]
    assert [(sums.count, dict(sums.amounts)) for _, sums in shown] == [
        (row["entry_count"], row["amounts"]) for row in kept
    ]
    KEEP_SUMS.keep_sums(apps, None)
    assert list(ExportBatch.objects.values()) == kept


def test_a_batch_can_be_reversed_once(as_manager, manager, approved, batch):
    moments = []
    for _ in range(2):
        response = as_manager.post(f"{PAGE}{batch.pk}/reverse/")
        assert (response.status_code, response.url) == (302, PAGE)
        batch.refresh_from_db()
        moments.append(batch.reversed_at)
    approved.refresh_from_db()
    assert batch.reversed_by == manager
    assert moments[0] == moments[1] is not None
    assert (approved.state, approved.batch, approved.version) == ("approved", None, 3)
    assert approved.history.latest().history_change_reason == "Batch 1 reversed"


def test_a_reversed_batch_has_no_downloads_and_keeps_its_number(
    as_manager, manager, approved, batch, workspace
):
    batch.reverse(by=manager, now=timezone.now())
    for form in ("csv", "xlsx"):
        assert as_manager.get(f"{PAGE}{batch.pk}/{form}/").status_code == 404
    assert f"{PAGE}{batch.pk}/csv/" not in as_manager.get(PAGE).content.decode()
    assert export(workspace, manager).number == 2


@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("outsider", 404)])
def test_nobody_else_downloads_or_reverses_a_batch(request, batch, approved, who, status):
    client = request.getfixturevalue(f"as_{who}")
    assert client.get(f"{PAGE}{batch.pk}/csv/").status_code == status
    assert client.get(f"{PAGE}{batch.pk}/xlsx/").status_code == status
    assert client.post(f"{PAGE}{batch.pk}/reverse/").status_code == status
    approved.refresh_from_db()
    assert approved.state == "invoiced"


def test_agents_export_nothing(as_agent, approved, workspace):
    assert as_agent.post(EXPORT, {"workspace": workspace.pk}).status_code == 403
    assert not ExportBatch.objects.exists()


def test_exports_and_reversals_are_posted(as_manager, batch):
    assert as_manager.get(EXPORT).status_code == 405
    assert as_manager.get(f"{PAGE}{batch.pk}/reverse/").status_code == 405


# What a spreadsheet reads


def test_a_row_of_the_csv(as_manager, manager, agent, conversation, workspace):
    entry = make(agent, conversation, day=date(2026, 3, 2))
    batch = export(workspace, manager)
    assert csv_rows(as_manager, batch) == [
        {
            "Batch": "1",
            "Entry": str(entry.pk),
            "Date": "2026-03-02",
            "Customer": "Reederei Hansen & Söhne",
            "Conversation": str(conversation.pk),
            "Subject": "VPN drops after update",
            "Agent": "Katharina Wiegand",
            "Kind": "Service charge",
            "Billing type": "Standard consulting",
            "Description": "MTU reset",
            "Raw time": "0:52:13",
            "Raw hours": "0.8703",
            "Billed time": "1:00:00",
            "Billed hours": "1.0000",
            "Rate": "120.00",
            "Amount": "120.00",
            "Currency": "EUR",
            "Explanation": entry.explanation,
        }
    ]


def test_the_csv_says_that_it_is_utf_8(as_manager, batch):
    response = as_manager.get(f"{PAGE}{batch.pk}/csv/")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="kanzlei-brandt-ohlsen-batch-1.csv"'


def test_in_the_xlsx_figures_are_numbers(as_manager, manager, agent, conversation, workspace):
    entry = make(agent, conversation, day=date(2026, 3, 2))
    cells = xlsx_cells(as_manager, export(workspace, manager))
    assert cells["A1"] == "Batch"
    assert cells["B2"] == entry.pk
    assert cells["C2"] == (date(2026, 3, 2) - date(1899, 12, 30)).days
    assert cells["J2"] == "MTU reset"
    assert cells["K2"] == pytest.approx(3133 / 86400)
    assert (cells["L2"], cells["N2"], cells["O2"], cells["P2"]) == (0.8703, 1, 120, 120)


def test_internal_time_has_no_amount(as_manager, manager, agent, conversation, workspace):
    make(agent, conversation, kind="time")
    batch = export(workspace, manager)
    assert [(row["Kind"], row["Amount"]) for row in csv_rows(as_manager, batch)] == [("Time entry", "")]
    assert "P2" not in xlsx_cells(as_manager, batch)


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "12000"), ("KWD", "12.000"), ("EUR", "120.00")])
def test_amounts_have_the_decimals_of_their_currency(
    as_manager, manager, agent, workspace, conversation, currency, amount
):
    workspace.currency = currency
    workspace.save()
    rule = BillingTypeFactory(workspace=workspace, rate=12000)
    make(agent, conversation, billing_type=rule)
    (row,) = csv_rows(as_manager, export(workspace, manager))
    assert (row["Rate"], row["Amount"], row["Currency"]) == (amount, amount, currency)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_text_that_would_be_a_formula_is_neutralised(as_manager, manager, agent, workspace, first):
    text = f"{first}cmd|' /C calc'!A0"
    agent.first_name, agent.last_name = first, "1+1"
    agent.save()
    rule = BillingTypeFactory(workspace=workspace, name=text)
    conversation = ConversationFactory(customer__workspace=workspace, customer__name=text, subject=text)
    make(agent, conversation, billing_type=rule, description=text)
    batch = export(workspace, manager)
    content = as_manager.get(f"{PAGE}{batch.pk}/csv/").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content, newline=""))
    cells = xlsx_cells(as_manager, batch)
    for column, name in {"D": "Customer", "F": "Subject", "I": "Billing type", "J": "Description"}.items():
        assert row[name] == f"'{text}"
        assert cells[f"{column}2"].startswith("'")
    assert row["Agent"].startswith("'") or not first.strip()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_large_batch_is_read_in_parts_and_is_whole(
    as_manager, manager, agent, conversation, workspace, monkeypatch, form
):
    monkeypatch.setattr("billing.exports.AT_ONCE", 2)
    entries = [make(agent, conversation, day=date(2026, 3, day)) for day in (5, 1, 4, 2, 3)]
    batch = export(workspace, manager)
    expected = [entry.pk for entry in sorted(entries, key=lambda entry: entry.date)]
    if form == "csv":
        assert [int(row["Entry"]) for row in csv_rows(as_manager, batch)] == expected
    else:
        cells = xlsx_cells(as_manager, batch)
        assert [cells[f"B{row}"] for row in range(2, 7)] == expected
        assert "B7" not in cells


def test_a_negative_number_would_stay_a_number():
    """Only texts are neutralised: figures never turn into texts."""
    assert inert(-5) == -5


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("call;=HYPERLINK(A1)", "call;'=HYPERLINK(A1)"),
        ('call; "=1+1', "call;' \"=1+1"),
        ("call\t@SUM(A1)", "call\t'@SUM(A1)"),
        ("\u00a0=1+1", "'\u00a0=1+1"),
        ("\ufeff=1+1", "'\ufeff=1+1"),
        ("a; b, c = d", "a; b, c = d"),
    ],
)
def test_a_text_is_inert_however_a_spreadsheet_splits_it(
    as_manager, manager, agent, conversation, workspace, text, written
):
    make(agent, conversation, description=text)
    (row,) = csv_rows(as_manager, export(workspace, manager))
    assert row["Description"] == written
