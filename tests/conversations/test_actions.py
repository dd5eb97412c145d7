"""Writing in a conversation, assigning, closing and reopening it."""

import re
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations.models import Conversation, Message
from workspaces.models import User

HTMX = {"HX-Request": "true"}
ACTIONS = ["post", "assign", "close", "reopen"]


def address(action: str, conversation: Conversation) -> str:
    return reverse(f"conversations:{action}", args=[conversation.pk])


def latest(conversation: Conversation) -> Message:
    return conversation.messages.latest("pk")


def columns(conversation: Conversation) -> Any:
    return Conversation.objects.filter(pk=conversation.pk).values().get()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_every_action_is_a_post(
    as_agent: Client, conversation: Conversation, action: str, method: str
) -> None:
    before = columns(conversation)
    assert getattr(as_agent, method)(address(action, conversation)).status_code == 405
    assert columns(conversation) == before


@pytest.mark.parametrize("action", ACTIONS)
def test_outsiders_can_do_nothing(
    as_outsider: Client, outsider: User, conversation: Conversation, action: str
) -> None:
    before = columns(conversation)
    sent = {"kind": "reply", "body": "Hello", "user": outsider.pk}
    assert as_outsider.post(address(action, conversation), sent).status_code == 404
    assert as_outsider.post(f"/conversations/{'9' * 30}/{action}/", sent).status_code == 404
    assert columns(conversation) == before
    assert conversation.messages.count() == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_a_form_without_a_token_is_refused(agent: User, conversation: Conversation, action: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    assert client.post(address(action, conversation), {"kind": "reply", "body": "Hello"}).status_code == 403


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_a_message_is_added_in_the_writers_name(
    as_agent: Client, agent: User, conversation: Conversation, kind: str
) -> None:
    response = as_agent.post(address("post", conversation), {"kind": kind, "body": "Hello\r\nthere "})
    assert response.headers["Location"] == f"/conversations/{conversation.pk}/#latest"
    message = latest(conversation)
    assert (message.kind, message.author, message.body) == (kind, agent, "Hello\nthere")
    conversation.refresh_from_db()
    assert conversation.last_message_at == message.created_at


def test_a_reply_answers_and_a_note_does_not(as_agent: Client, conversation: Conversation) -> None:
    conversation.post(kind="incoming", body="Well?", now=timezone.now())
    as_agent.post(address("post", conversation), {"kind": "note", "body": "I look at it."})
    conversation.refresh_from_db()
    assert conversation.awaiting_reply
    as_agent.post(address("post", conversation), {"kind": "reply", "body": "Done."})
    conversation.refresh_from_db()
    assert not conversation.awaiting_reply


def test_htmx_gets_the_new_item_and_an_empty_composer(as_agent: Client, conversation: Conversation) -> None:
    sent = {"kind": "note", "body": "Same pattern as in #7"}
    response = as_agent.post(address("post", conversation), sent, headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 200
    assert '<ol hx-swap-oob="beforeend:#messages">' in html
    assert 'class="message message-note"' in html
    assert 'Same pattern as in <a href="/conversations/7/">#7</a>' in html
    assert "autofocus></textarea>" in html
    assert "<html" not in html


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"kind": "reply"},
        {"kind": "reply", "body": " \r\n "},
        {"kind": "reply", "body": "x" * 20_001},
        {"kind": "reply", "body": "a\0b"},
        {"kind": "incoming", "body": "Hello"},
        {"kind": "event", "body": "closed the conversation"},
        {"kind": "x\0", "body": "Hello"},
        {"body": "Hello"},
    ],
)
def test_a_bad_message_is_refused_and_kept_in_the_composer(
    as_agent: Client, conversation: Conversation, sent: dict[str, str]
) -> None:
    fragment = as_agent.post(address("post", conversation), sent, headers=HTMX)
    page = as_agent.post(address("post", conversation), sent)
    for response in (fragment, page):
        assert response.status_code == 422
        assert 'id="reply-error"' in response.content.decode()
        assert sent.get("body", "").strip() in response.content.decode().replace("\r\n", "\n")
    assert "<html" not in fragment.content.decode()
    assert "<html" in page.content.decode()
    assert conversation.messages.count() == 1


def test_a_line_break_counts_as_one_character(as_agent: Client, conversation: Conversation) -> None:
    longest = "x\r\n" * 9_999 + "xx"
    as_agent.post(address("post", conversation), {"kind": "reply", "body": longest})
    assert len(latest(conversation).body) == 20_000


def test_fields_that_the_form_lacks_are_ignored(
    as_agent: Client, agent: User, colleague: User, conversation: Conversation
) -> None:
    extra = {"author": colleague.pk, "author_name": "Somebody", "conversation": 1, "created_at": "2001-01-01"}
    as_agent.post(address("post", conversation), {"kind": "reply", "body": "Hello"} | extra)
    message = latest(conversation)
    assert (message.author, message.author_name) == (agent, "")
    assert message.created_at.year > 2001


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_closed_conversation_takes_no_message_but_loses_none(
    as_agent: Client, agent: User, conversation: Conversation, headers: dict[str, str]
) -> None:
    conversation.close(by=agent, now=timezone.now())
    sent = {"kind": "reply", "body": "Written for long"}
    response = as_agent.post(address("post", conversation), sent, headers=headers)
    assert response.status_code == 409
    assert "Written for long" in response.content.decode()
    assert "Reopen" in response.content.decode()
    if headers:
        head = response.text.partition('<header class="thread-head" id="head" hx-swap-oob="true">')[2]
        assert "Closed" in head
        assert "timer/start/" not in head
    assert not Message.objects.filter(body="Written for long").exists()


def test_a_member_is_made_responsible(as_agent: Client, colleague: User, conversation: Conversation) -> None:
    response = as_agent.post(address("assign", conversation), {"user": colleague.pk})
    assert response.headers["Location"] == f"/conversations/{conversation.pk}/"
    assert columns(conversation)["assignee_id"] == colleague.pk
    assert latest(conversation).body == "assigned it to Jonas Feddersen-Lindqvist"


def test_assigning_twice_is_told_once(as_agent: Client, colleague: User, conversation: Conversation) -> None:
    for _ in range(2):
        as_agent.post(address("assign", conversation), {"user": colleague.pk})
    assert conversation.messages.filter(kind="event").count() == 1


def test_nobody_is_responsible_where_it_is_left_empty(as_agent: Client, conversation: Conversation) -> None:
    as_agent.post(address("assign", conversation), {"user": ""})
    assert columns(conversation)["assignee_id"] is None


@pytest.mark.parametrize("user", [None, "x", "0", "-1", "9" * 30, "9" * 5000, "\0", "NaN"])
def test_a_bad_assignee_is_refused(as_agent: Client, conversation: Conversation, user: str | None) -> None:
    before = columns(conversation)
    response = as_agent.post(address("assign", conversation), {} if user is None else {"user": user})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert columns(conversation) == before


def test_somebody_outside_the_workspace_is_refused(
    as_agent: Client, outsider: User, conversation: Conversation
) -> None:
    before = columns(conversation)
    response = as_agent.post(address("assign", conversation), {"user": outsider.pk})
    assert response.status_code == 422
    assert outsider.last_name not in response.content.decode()
    assert columns(conversation) == before


def test_closing_and_reopening_are_told_once_each(as_agent: Client, conversation: Conversation) -> None:
    for action, state in (("close", "closed"), ("reopen", "open")):
        for _ in range(2):
            response = as_agent.post(address(action, conversation))
            assert response.headers["Location"] == f"/conversations/{conversation.pk}/"
            assert columns(conversation)["state"] == state
    events = conversation.messages.filter(kind="event").values_list("body", flat=True)
    assert list(events) == ["closed the conversation", "reopened the conversation"]


def test_who_was_removed_meanwhile_is_refused_at_once(
    as_agent: Client, agent: User, conversation: Conversation
) -> None:
    agent.memberships.all().delete()
    for action in ACTIONS:
        assert as_agent.post(address(action, conversation)).status_code == 404
    assert columns(conversation)["state"] == "open"


def toast(response: HttpResponse) -> tuple[str, str]:
    """What the page's toast says, and the address of its Undo."""
    html = response.content.decode()
    said = html[html.index('<div class="toast"') :]
    text, undo = re.search(r"<p>(.*?)</p>", said), re.search(r'action="([^"]*)"', said)
    assert text and undo
    return unescape(text[1]), unescape(undo[1])


def test_closing_is_undone_from_its_toast_and_the_customer_still_waits(
    as_agent: Client, conversation: Conversation
) -> None:
    conversation.post(kind="incoming", body="Hello?", now=timezone.now(), author_name="Anna")
    text, undo = toast(as_agent.post(address("close", conversation), follow=True))
    assert text == "Closed."
    assert not columns(conversation)["awaiting_reply"]
    as_agent.post(undo)
    assert columns(conversation)["state"] == "open"
    assert columns(conversation)["awaiting_reply"]


def test_a_reopened_conversation_that_was_answered_awaits_no_reply(
    as_agent: Client, agent: User, conversation: Conversation
) -> None:
    for kind in ("incoming", "reply", "note"):
        conversation.post(kind=kind, body="Hello", now=timezone.now(), author=agent)
    for action in ("close", "reopen"):
        as_agent.post(address(action, conversation))
    assert not columns(conversation)["awaiting_reply"]


def test_assigning_is_undone_from_its_toast(
    as_agent: Client, agent: User, colleague: User, conversation: Conversation
) -> None:
    to_colleague = as_agent.post(address("assign", conversation), {"user": colleague.pk}, follow=True)
    text, undo = toast(to_colleague)
    assert text == "Assigned to Jonas Feddersen-Lindqvist."
    text, _redo = toast(as_agent.post(undo, follow=True))
    assert text == "Assigned to Katharina Wiegand."
    assert columns(conversation)["assignee_id"] == agent.pk
    text, undo = toast(as_agent.post(address("assign", conversation), {"user": ""}, follow=True))
    assert text == "Unassigned now."
    as_agent.post(undo)
    assert columns(conversation)["assignee_id"] == agent.pk


def test_assigning_to_whom_it_is_assigned_already_says_nothing(
    as_agent: Client, agent: User, conversation: Conversation
) -> None:
    response = as_agent.post(address("assign", conversation), {"user": agent.pk}, follow=True)
    assert '<div class="toast"' not in response.content.decode().split("<template", 1)[0]
