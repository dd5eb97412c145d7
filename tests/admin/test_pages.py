"""All pages of the admin: strict content policy, names that do nothing, few queries, odd addresses."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin as site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import BillingEntry, BillingType
from billing.models.batch import ExportBatch
from conversations.models import Conversation, Customer, Message
from tests.admin.pages import address
from tests.factories import (
    BillingEntryFactory,
    BillingTypeFactory,
    ConversationFactory,
    MembershipFactory,
    MessageFactory,
    TimerFactory,
    UserFactory,
)
from timers.models import Interval, Timer
from workspaces.models import Membership, User, Workspace

MODELS: list[Any] = [
    User, Workspace, Membership, Customer, Conversation, Message, BillingType, BillingEntry, ExportBatch,
    Timer, Interval,
]  # fmt: skip
EACH = pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
EVIL = '"><script>alert(1)</script><svg onload=alert(1)>'


class Inline(HTMLParser):
    """Collects what the content policy forbids, wherever it came from."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        forbidden = tag == "style" or (tag == "script" and not given.get("src"))
        forbidden |= any(name == "style" or name.startswith("on") for name in given)
        forbidden |= any("javascript:" in (value or "") for value in given.values())
        if forbidden:
            self.found.append(self.get_starttag_text())


def populate(count, text="Fine"):
    """So many of each model, each in a workspace and with people of its own."""
    now = timezone.now()
    for number in range(count):
        user = UserFactory(username=f"{text[:20]}{now}{number}", first_name=text, last_name=text)
        rule = BillingTypeFactory(name=text, workspace__name=text)
        workspace = rule.workspace
        Workspace.objects.filter(pk=workspace.pk).update(default_billing_type=rule)
        MembershipFactory(user=user, workspace=workspace)
        conversation = ConversationFactory(
            customer__name=text,
            customer__workspace=workspace,
            customer__billing_type=rule,
            subject=text,
            contact=text,
            assignee=user,
            billing_type=rule,
        )
        MessageFactory(conversation=conversation, author=user, body=text)
        MessageFactory(conversation=conversation, author_name=text)
        batch = ExportBatch.objects.create(workspace=workspace, number=1, created_by=user)
        exported = {"state": "invoiced", "batch": batch, "description": text}
        entry = BillingEntryFactory(conversation=conversation, user=user, **exported)
        TimerFactory(conversation=conversation, user=user, state="logged", entry=entry, note=text)


def pages(client, model):
    """The list, and what there is of one record: its form, its history, its deletion, an empty form."""
    one = model.objects.order_by("pk").last()
    addresses = [address(model), address(one), address(one, "history"), address(one, "delete")]
    responses = [client.get(url) for url in [*addresses, address(model, "add")]]
    shown = [response.content.decode() for response in responses if response.status_code == 200]
    assert len(shown) >= 3
    return shown


@EACH
def test_no_page_has_inline_scripts_or_styles_and_names_are_inert(model, as_admin):
    populate(2, EVIL)
    for page in pages(as_admin, model):
        assert not Inline(page).found


def test_nor_have_the_pages_around_them(as_admin, client):
    for response in (
        as_admin.get("/admin/"),
        as_admin.get("/admin/billing/"),
        as_admin.get("/admin/password_change/"),
        client.get("/admin/login/", follow=True),
        as_admin.post("/admin/logout/", follow=True),
    ):
        assert response.status_code == 200
        assert not Inline(response.content.decode()).found


@EACH
def test_a_list_takes_the_same_queries_for_1_and_30_rows(model, as_admin):
    counts = []
    for more in (1, 29):
        populate(more)
        as_admin.get(address(model))
        with CaptureQueriesContext(connection) as queries:
            assert as_admin.get(address(model)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_model_of_ours_is_tested_here():
    ours = {
        model
        for model in site.site._registry
        if model._meta.app_label in ("workspaces", "conversations", "billing", "timers")
    }
    assert ours == set(MODELS)
