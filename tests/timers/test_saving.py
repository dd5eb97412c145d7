"""Saving the entry that a stopped timer carries, and starting anew over it."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.cast import sign_in
from tests.races import together
from tests.timers.clicks import click
from timers.models import Timer
from workspaces.models import User, Workspace


class TestSave:
    def fields(self, entry: BillingEntry, **changes: Any) -> dict[str, Any]:
        fields = {"kind": entry.kind, "billing_type": entry.billing_type_id, "date": entry.date.isoformat()}
        return fields | {"billed": "1:15", "version": entry.version, "description": "Done"} | changes

    @pytest.fixture
    def entry(self, timer: Timer) -> BillingEntry:
        timer.stop(timezone.now())
        assert timer.entry
        return timer.entry

    def test_it_confirms_and_logs(self, as_agent: Client, timer: Timer, entry: BillingEntry) -> None:
        response = click(as_agent, "save", timer.pk, **self.fields(entry))
        assert "Logged 1:15:00, 150.00 EUR" in response.content.decode()
        entry.refresh_from_db()
        timer.refresh_from_db()
        assert (entry.billed_seconds, entry.description, timer.state) == (4500, "Done", "logged")
        assert entry.confirmed_at

    def test_sent_twice_it_is_saved_once(self, as_agent: Client, timer: Timer, entry: BillingEntry) -> None:
        fields = self.fields(entry)
        click(as_agent, "save", timer.pk, **fields)
        assert click(as_agent, "save", timer.pk, **fields).status_code == 200
        entry.refresh_from_db()
        assert entry.version == fields["version"] + 1

    @pytest.mark.django_db(transaction=True)
    def test_sent_twice_at_the_same_moment_it_is_saved_once(
        self, agent: User, timer: Timer, entry: BillingEntry
    ) -> None:
        fields = self.fields(entry)
        clients = [sign_in(agent) for _ in range(4)]
        answers = together(
            *[lambda client=client: click(client, "save", timer.pk, **fields) for client in clients]
        )
        assert [answer.status_code for answer in answers] == [200] * 4
        said = "".join(answer.content.decode() for answer in answers)
        assert said.count("Logged 1:15:00") == 1
        entry.refresh_from_db()
        assert entry.version == fields["version"] + 1

    @pytest.mark.parametrize("with_htmx", [True, False])
    def test_undo_brings_the_form_back_with_what_was_saved(
        self,
        as_agent: Client,
        timer: Timer,
        entry: BillingEntry,
        conversation: Conversation,
        with_htmx: bool,
    ) -> None:
        fields = self.fields(entry)
        undo = reverse("timers:restore", args=[timer.pk])
        if with_htmx:
            said = click(as_agent, "save", timer.pk, conversation, **fields).content.decode()
            page = click(as_agent, "restore", timer.pk, conversation).content.decode()
        else:
            saved = as_agent.post(reverse("timers:save", args=[timer.pk]), fields, follow=True)
            said = saved.content.decode()
            page = as_agent.post(undo, follow=True).content.decode()
        assert f'action="{undo}"' in said
        assert 'aria-label="Timers: 1 stopped"' in page
        assert 'value="1:15"' in page
        assert ">\nDone</textarea>" in page
        entry.refresh_from_db()
        timer.refresh_from_db()
        assert (timer.state, entry.state, entry.confirmed_at) == ("stopped", "new", None)
        assert (entry.billed_seconds, entry.version) == (4500, fields["version"] + 2)

    def test_undo_of_what_is_approved_by_now_says_so(
        self, as_agent: Client, manager: User, timer: Timer, entry: BillingEntry
    ) -> None:
        click(as_agent, "save", timer.pk, **self.fields(entry))
        BillingEntry.objects.get().approve(by=manager, now=timezone.now())
        response = click(as_agent, "restore", timer.pk)
        assert response.status_code == 409
        assert "is approved already. It stays saved." in response.content.decode()
        assert reverse("billing:entry", args=[entry.pk]) in response.content.decode()
        assert Timer.objects.get().state == "logged"

    def test_a_save_that_starting_anew_made_offers_no_undo(
        self, as_agent: Client, timer: Timer, entry: BillingEntry
    ) -> None:
        said = click(as_agent, "start", timer.pk, **self.fields(entry)).content.decode()
        assert "Logged 1:15:00" in said
        assert "/restore/" not in said

    def test_a_second_tab_is_told_that_the_first_has_saved(
        self, as_agent: Client, timer: Timer, entry: BillingEntry
    ) -> None:
        click(as_agent, "save", timer.pk, **self.fields(entry))
        response = click(as_agent, "save", timer.pk, **self.fields(entry, billed="3:00"))
        assert response.status_code == 409
        assert "This change was not saved." in response.content.decode()
        assert reverse("billing:entry", args=[entry.pk]) in response.content.decode()
        entry.refresh_from_db()
        assert entry.billed_seconds == 4500

    def test_a_form_that_was_put_right_without_htmx_leads_to_a_page(
        self, as_agent: Client, timer: Timer, entry: BillingEntry
    ) -> None:
        address = reverse("timers:save", args=[timer.pk])
        wrong = as_agent.post(address, self.fields(entry, billed="abc"))
        assert wrong.headers["Referrer-Policy"] == "origin"
        right = as_agent.post(
            address, self.fields(entry), headers={"Referer": "http://testserver/"}, follow=True
        )
        assert right.status_code == 200
        assert right.request["PATH_INFO"] == f"/conversations/{timer.conversation_id}/"

    def test_after_a_managers_decision_it_says_so(
        self, as_agent: Client, manager: User, timer: Timer, entry: BillingEntry
    ) -> None:
        fields = self.fields(entry)
        entry.approve(by=manager, now=timezone.now())
        response = click(as_agent, "save", timer.pk, **fields)
        assert response.status_code == 409
        assert "is approved already. This change was not saved." in response.content.decode()

    @pytest.mark.parametrize("with_htmx", [True, False])
    @pytest.mark.parametrize("billed", ["", "-1", "25:99", "abc", "NaN", "1e9", "9" * 5000])
    def test_a_wrong_duration_is_422_with_the_form(
        self,
        as_agent: Client,
        timer: Timer,
        entry: BillingEntry,
        conversation: Conversation,
        billed: str,
        with_htmx: bool,
    ) -> None:
        fields = self.fields(entry, billed=billed)
        if with_htmx:
            response = click(as_agent, "save", timer.pk, conversation, **fields)
        else:
            response = as_agent.post(reverse("timers:save", args=[timer.pk]), fields)
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
        entry.refresh_from_db()
        assert entry.version == fields["version"] and entry.confirmed_at is None

    @pytest.mark.parametrize("with_htmx", [True, False])
    def test_a_conflict_shows_both_versions(
        self,
        as_agent: Client,
        manager: User,
        timer: Timer,
        entry: BillingEntry,
        conversation: Conversation,
        with_htmx: bool,
    ) -> None:
        fields = self.fields(entry)
        entry.revise(by=manager, version=entry.version, now=timezone.now(), description="The manager's words")
        if with_htmx:
            response = click(as_agent, "save", timer.pk, conversation, **fields)
        else:
            response = as_agent.post(reverse("timers:save", args=[timer.pk]), fields)
        assert response.status_code == 409
        page = unescape(response.content.decode())
        assert "The manager's words" in page and "Done" in page
        entry.refresh_from_db()
        assert entry.description == "The manager's words"

    def test_a_foreign_billing_type_is_422(
        self, as_agent: Client, timer: Timer, entry: BillingEntry, other_workspace: Workspace
    ) -> None:
        fields = self.fields(entry, billing_type=other_workspace.default_billing_type_id)
        assert click(as_agent, "save", timer.pk, **fields).status_code == 422


class TestStartWithAnEntry:
    """Start on a stopped timer that carries its entry: it is logged, and a new one runs."""

    @pytest.fixture
    def entry(self, timer: Timer) -> BillingEntry:
        timer.stop(timezone.now())
        assert timer.entry
        return timer.entry

    fields = TestSave.fields

    def test_what_was_not_touched_is_logged_unconfirmed(
        self, as_agent: Client, timer: Timer, entry: BillingEntry
    ) -> None:
        click(as_agent, "start", timer.pk, **self.fields(entry, billed="1:00", description=""))
        entry.refresh_from_db()
        assert (entry.version, entry.confirmed_at) == (1, None)
        assert set(Timer.objects.values_list("state", flat=True)) == {"logged", "running"}

    def test_what_was_changed_is_saved_first(
        self, as_agent: Client, timer: Timer, entry: BillingEntry
    ) -> None:
        response = click(as_agent, "start", timer.pk, **self.fields(entry, billed="2:00"))
        assert "Logged 2:00:00" in response.content.decode()
        entry.refresh_from_db()
        assert (entry.billed_seconds, entry.description) == (7200, "Done")
        assert entry.confirmed_at
        assert Timer.objects.running().count() == 1

    def test_what_cannot_be_saved_starts_nothing(
        self, as_agent: Client, timer: Timer, entry: BillingEntry, conversation: Conversation
    ) -> None:
        response = click(as_agent, "start", timer.pk, conversation, **self.fields(entry, billed="abc"))
        assert response.status_code == 422
        assert not Timer.objects.running().exists()
