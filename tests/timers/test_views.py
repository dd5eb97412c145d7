"""What a click on a timer answers, with htmx and without."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.factories import BillingEntryFactory
from tests.timers.clicks import click
from timers.board import Board
from timers.log import SHOWN
from timers.models import Timer
from workspaces.models import User, Workspace


class TestOneAnswer:
    def test_start_draws_icon_list_and_sidebar_in_one_response(
        self, as_agent: Client, conversation: Conversation
    ) -> None:
        page = click(as_agent, "start_on", conversation.pk, conversation).content.decode()
        assert 'data-state="green" aria-label="Timers: 1 running"' in page
        for region in ("timers-icon", "my-timer", "timer-button", "timerbar", "others", "favicon"):
            assert page.count(f'id="{region}"') == 1
        assert '<section id="timers" hx-swap-oob="innerHTML">' in page

    def test_regions_that_the_page_does_not_have_are_left_out(self, as_agent: Client, timer: Timer) -> None:
        page = click(as_agent, "stop", timer.pk).content.decode()
        assert 'id="timers-icon"' in page
        assert 'id="my-timer"' not in page

    def test_stop_opens_the_form_filled_in(
        self, as_agent: Client, timer: Timer, conversation: Conversation
    ) -> None:
        page = click(as_agent, "stop", timer.pk, conversation, note="Read the logs").content.decode()
        assert "New entry" in page and "Read the logs" in page and 'value="1:' in page
        assert BillingEntry.objects.get().description == "Read the logs"

    def test_the_event_tells_the_rest_of_the_page(self, as_agent: Client, timer: Timer) -> None:
        assert "timers" in click(as_agent, "stop", timer.pk).headers["HX-Trigger"]

    def test_without_htmx_it_is_back_to_the_page(self, as_agent: Client, timer: Timer) -> None:
        response = as_agent.post(
            reverse("timers:stop", args=[timer.pk]), headers={"Referer": "http://testserver/billing/?week=1"}
        )
        assert (response.status_code, response.url) == (302, "/billing/?week=1")

    @pytest.mark.parametrize("page", ["", "https://evil.example/x", "//evil.example", "javascript:alert(1)"])
    def test_a_foreign_page_is_not_gone_back_to(self, as_agent: Client, timer: Timer, page: str) -> None:
        response = as_agent.post(reverse("timers:stop", args=[timer.pk]), headers={"Referer": page})
        assert response.url == f"/conversations/{timer.conversation_id}/"


class TestPoll:
    def poll(self, client: Client, seen: str, here: Conversation | None = None) -> HttpResponse:
        return client.get(
            reverse("timers:status"),
            {"marks": seen, "on": here.pk if here else ""},
            headers={"HX-Request": "true"},
        )

    def seen(self, user: User, here: Conversation | None = None) -> str:
        return Board(user, timezone.now(), here).seen

    @pytest.mark.parametrize("logged", [0, 1, SHOWN + 2])
    def test_204_when_nothing_changed(
        self, as_agent: Client, agent: User, timer: Timer, conversation: Conversation, logged: int
    ) -> None:
        BillingEntryFactory.create_batch(logged, conversation=conversation, user=agent)
        for here in (None, conversation):
            assert self.poll(as_agent, self.seen(agent, here), here).status_code == 204

    def test_an_entry_of_the_log_that_has_changed_is_drawn_anew(
        self, as_agent: Client, agent: User, manager: User, conversation: Conversation
    ) -> None:
        entry = BillingEntryFactory(conversation=conversation, user=agent)
        seen = self.seen(agent, conversation)
        entry.revise(by=manager, version=1, now=timezone.now(), billed_seconds=60)
        response = self.poll(as_agent, seen, conversation)
        assert response.status_code == 200
        assert 'id="others"' in response.content.decode()
        assert 'id="my-timer"' not in response.content.decode()

    def test_a_timer_that_ran_and_stopped_again_is_drawn_anew(
        self, as_agent: Client, agent: User, workspace: Workspace, timer: Timer
    ) -> None:
        workspace.create_entries_automatically = False
        workspace.save()
        now = timezone.now()
        timer.refresh_from_db()
        timer.stop(now - timedelta(minutes=30))
        seen = self.seen(agent)
        timer.resume(now - timedelta(minutes=20)).stop(now - timedelta(minutes=10))
        assert self.poll(as_agent, seen).status_code == 200

    def test_a_closed_conversation_offers_no_start_any_more(
        self, as_agent: Client, agent: User, colleague: User, conversation: Conversation
    ) -> None:
        seen = self.seen(agent, conversation)
        conversation.close(by=colleague, now=timezone.now())
        page = self.poll(as_agent, seen, conversation).content.decode()
        assert 'id="my-timer"' in page
        assert reverse("timers:start_on", args=[conversation.pk]) not in page

    @pytest.mark.parametrize("seen", ["", "x", "a.b.c", "." * 500, "\U0001f600"])
    def test_unknown_marks_get_everything(self, as_agent: Client, timer: Timer, seen: str) -> None:
        response = self.poll(as_agent, seen)
        assert response.status_code == 200
        assert b'aria-label="Timers: 1 running"' in response.content

    def test_a_colleagues_start_leaves_my_form_alone(
        self, as_agent: Client, agent: User, colleague: User, timer: Timer, conversation: Conversation
    ) -> None:
        timer.stop(timezone.now())
        seen = self.seen(agent, conversation)
        Timer.objects.start(user=colleague, conversation=conversation, now=timezone.now())
        page = self.poll(as_agent, seen, conversation).content.decode()
        assert 'id="others"' in page
        assert 'id="my-timer"' not in page

    def test_what_the_icon_is_called_is_said_when_it_has_changed(
        self, as_agent: Client, agent: User, timer: Timer
    ) -> None:
        seen = self.seen(agent)
        timer.stop(timezone.now())
        news = '<p id="news" hx-swap-oob="innerHTML">Timers: 1 stopped</p>'
        assert news in self.poll(as_agent, seen).content.decode()
        assert "news" not in self.poll(as_agent, self.seen(agent)).content.decode()

    def test_a_device_that_slept_hears_nothing_new(self, as_agent: Client, timer: Timer) -> None:
        response = as_agent.get(reverse("timers:status"), headers={"HX-Request": "true"})
        assert 'aria-label="Timers: 1 running"' in response.content.decode()
        assert 'id="news"' not in response.content.decode()

    @pytest.mark.parametrize("on", ["0", "999999999999", "9" * 40, "-1", "x", "１２"])
    def test_a_wrong_conversation_is_none(self, as_agent: Client, timer: Timer, on: str) -> None:
        response = as_agent.get(reverse("timers:status"), {"on": on})
        assert response.status_code == 200
        assert b'id="my-timer"' not in response.content

    def test_a_foreign_conversation_shows_nothing(
        self, as_agent: Client, foreign_conversation: Conversation, outsider: User
    ) -> None:
        Timer.objects.start(user=outsider, conversation=foreign_conversation, now=timezone.now())
        response = self.poll(as_agent, "", foreign_conversation)
        assert "Auswärtig" not in response.content.decode()
        assert b'id="others"' not in response.content

    def test_an_ended_session_moves_the_whole_page_to_the_login(self, timer: Timer) -> None:
        address = f"/conversations/{timer.conversation_id}/"
        response = Client().post(
            reverse("timers:stop", args=[timer.pk]),
            headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"},
        )
        assert response.headers["HX-Redirect"] == f"/accounts/login/?next={address}"
        assert not response.content
        timer.refresh_from_db()
        assert timer.is_running

    def test_a_poll_without_a_session_leaves_the_page_where_it_is(self, conversation: Conversation) -> None:
        response = Client().get(
            reverse("timers:status"),
            headers={
                "HX-Request": "true",
                "HX-Trigger": "timers-icon",
                "HX-Current-URL": f"http://testserver/conversations/{conversation.pk}/",
            },
        )
        assert response.status_code == 401
        assert "HX-Redirect" not in response.headers
        assert f"/accounts/login/?next=/conversations/{conversation.pk}/" in response.content.decode()


class TestRefusals:
    def test_no_start_on_a_closed_conversation(
        self, as_agent: Client, agent: User, conversation: Conversation
    ) -> None:
        conversation.close(by=agent, now=timezone.now())
        response = click(as_agent, "start_on", conversation.pk, conversation)
        assert response.status_code == 409
        assert "is closed" in response.content.decode()
        start = reverse("timers:start_on", args=[conversation.pk])
        assert start not in response.content.decode()
        assert start not in as_agent.get(f"/conversations/{conversation.pk}/").content.decode()

    def test_a_note_for_a_timer_that_has_its_entry_is_refused_and_said(
        self, as_agent: Client, timer: Timer
    ) -> None:
        timer.stop(timezone.now())
        response = click(as_agent, "note", timer.pk, note="Too late")
        assert response.status_code == 409
        assert "The note was not kept." in response.content.decode()

    def test_what_is_canceled_keeps_the_note_that_was_typed(self, as_agent: Client, timer: Timer) -> None:
        click(as_agent, "cancel", timer.pk, note="Typed in haste")
        click(as_agent, "restore", timer.pk)
        timer.refresh_from_db()
        assert timer.note == "Typed in haste"

    @pytest.mark.parametrize("kind", ["", "free", "SERVICE", "service\0", "x" * 5000])
    def test_an_unknown_kind_is_400_with_and_without_htmx(
        self, as_agent: Client, timer: Timer, kind: str
    ) -> None:
        plain = as_agent.post(reverse("timers:convert", args=[timer.pk]), {"kind": kind})
        for response in (click(as_agent, "convert", timer.pk, kind=kind), plain):
            assert response.status_code == 400
            assert "A timer becomes a service charge or a time entry." in response.content.decode()
        assert not BillingEntry.objects.exists()

    @pytest.mark.parametrize("note", ["x" * 2001, "a\0b"])
    def test_a_bad_note_stops_no_stop(self, as_agent: Client, timer: Timer, note: str) -> None:
        response = click(as_agent, "stop", timer.pk, note=note)
        assert response.status_code == 200
        assert "The note was not kept." in response.content.decode()
        timer.refresh_from_db()
        assert (timer.state, timer.note) == ("stopped", "")
        assert click(as_agent, "note", timer.pk, note=note).status_code == 422

    def test_what_a_stale_page_sends_changes_nothing_and_shows_the_truth(
        self, as_agent: Client, timer: Timer, conversation: Conversation
    ) -> None:
        click(as_agent, "cancel", timer.pk)
        response = click(as_agent, "convert", timer.pk, conversation, kind="service")
        assert response.status_code == 409
        assert "was canceled" in response.content.decode()
        assert 'aria-label="Timers: none"' in response.content.decode()
        for verb in ("stop", "cancel", "save"):
            assert click(as_agent, verb, timer.pk).status_code == 200
        timer.refresh_from_db()
        assert timer.state == "canceled"

    def test_undo_is_refused_while_another_timer_is_open(
        self, as_agent: Client, agent: User, timer: Timer, conversation: Conversation
    ) -> None:
        click(as_agent, "cancel", timer.pk)
        Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
        response = click(as_agent, "restore", timer.pk)
        assert response.status_code == 409
        assert reverse("timers:restore", args=[timer.pk]) in response.content.decode()

    def test_fields_that_are_nobodys_to_set_are_ignored(
        self, as_agent: Client, timer: Timer, colleague: User, other_workspace: Workspace
    ) -> None:
        extra = {"amount": 1, "state": "approved", "user": colleague.pk, "workspace": other_workspace.pk}
        extra |= {"raw_seconds": 9, "billed_seconds": 9, "running_since": "2020-01-01", "entry": 1}
        before = Timer.objects.filter(pk=timer.pk).values().get()
        click(as_agent, "note", timer.pk, note="Kept", **extra)
        assert Timer.objects.filter(pk=timer.pk).values().get() == before | {"note": "Kept"}
        click(as_agent, "stop", timer.pk, **extra)
        entry = BillingEntry.objects.get()
        assert (entry.user_id, entry.workspace_id, entry.state) == (timer.user_id, timer.workspace_id, "new")
        assert entry.raw_seconds == Timer.objects.get().raw_seconds(timezone.now()) >= 3600


def test_saving_brings_what_the_customer_comes_to_this_month(
    as_agent: Client, agent: User, timer: Timer, conversation: Conversation
) -> None:
    timer.stop(timezone.now())
    page = as_agent.get(reverse("conversations:detail", args=[conversation.pk])).content.decode()
    assert page.count('id="this-month"') == 1
    entry = BillingEntry.objects.get()
    today = conversation.workspace.local_date(timezone.now())
    fields = {"kind": "service", "billing_type": entry.billing_type_id, "date": today.isoformat()}
    fields |= {"billed": "2:00", "version": entry.version}
    said = click(as_agent, "save", timer.pk, conversation, **fields).content.decode()
    assert '<dd id="this-month" hx-swap-oob="true">2:00 h, 240.00 EUR</dd>' in said


def test_the_page_of_a_conversation_shows_the_timers_of_colleagues(
    as_agent: Client, colleague: User, conversation: Conversation
) -> None:
    Timer.objects.start(user=colleague, conversation=conversation, now=timezone.now())
    page = as_agent.get(f"/conversations/{conversation.pk}/").content.decode()
    assert "Colleagues here" in page
    assert as_agent.get("/conversations/").status_code == 200
