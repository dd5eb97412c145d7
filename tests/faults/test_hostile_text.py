"""Whatever people write, in every text that there is, stays a text on every page."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from billing.models import BillingType
from conversations.models import Conversation, Customer, Message
from tests.factories import BillingEntryFactory, ConversationFactory, MessageFactory
from tests.faults.addresses import address_of
from tests.test_access import MATRIX, things
from timers.models import Timer
from workspaces.models import User, Workspace

__all__ = ["things"]

#: Out of an attribute in either quotes, out of an element, into a script, a link or a template.
ATTACKS = [
    'javascript:x=1 "><b id=evil onclick=x=1></textarea></title><svg/onload=x=1>{{7|add:7}}',
    "' id=evil onfocus=x=1 autofocus x='--><script>x=1</script>&lt;b id=evil&gt; &#60;b id=evil>",
]
PAGES = [
    name for name, (method, *_) in MATRIX.items() if method == "get" and not name.startswith("billing:batch_")
]
QUERIES = {
    "billing:review": ["?state=approved&group=customer", "?state=returned&group=day", "?state=discarded"],
    "billing:statement": ["?dates=range"],
    "billing:history": ["?kind=type", "?kind=workspace"],
    "conversations:list": ["?view=closed", "?q=x"],
    "timers:palette": ["?q=x"],
}
WITH_ADDRESS = {"href", "src", "action", "formaction", "xlink:href", "data", "hx-get", "hx-post", "srcdoc"}


class Markup(HTMLParser):
    """What of a page came from somebody's text, or would run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        runs = tag in ("style", "iframe", "object", "embed", "base") or (
            tag == "script" and "src" not in given
        )
        runs |= any(name.startswith("on") or name == "style" for name in given)
        for name in WITH_ADDRESS & given.keys():
            scheme = re.match(r"\s*([\w+.-]+):", given[name] or "")
            runs |= bool(scheme) and scheme[1].lower() not in ("http", "https", "mailto")
        if runs or given.get("id") == "evil":
            self.found.append(self.get_starttag_text())


@pytest.fixture(params=ATTACKS, ids=["out of double quotes", "out of single quotes"])
def text(
    request: pytest.FixtureRequest,
    things: dict[str, int],
    conversation: Conversation,
    agent: User,
    manager: User,
) -> str:
    """In every text that there is, past every form; and in entries of every state."""
    text: str = request.param
    now = timezone.now()
    for kind in Message.Kind:
        MessageFactory(conversation=conversation, kind=kind, body=text, author_name=text)
    BillingType.objects.update(name=text)
    elsewhere = ConversationFactory(customer=conversation.customer, assignee=agent)
    stopped = Timer.objects.start(user=manager, conversation=elsewhere, now=now - timedelta(hours=30)).stop(
        now
    )
    assert stopped.entry
    stopped.entry.revise(by=manager, version=stopped.entry.version, now=now, description=text)
    Timer.objects.start(user=manager, conversation=elsewhere, now=now).stop(now)
    Timer.objects.start(user=manager, conversation=conversation, now=now).write_note(text)
    for state in ("new", "approved", "returned", "discarded"):
        fields = {"user": agent, "state": state, "description": text, "return_comment": text}
        BillingEntryFactory(conversation=conversation, **fields)
    Conversation.objects.update(subject=text, contact=text)
    Customer.objects.update(name=text)
    Workspace.objects.update(name=text)
    for user in User.objects.all():
        user.username, user.email = f"{user.pk}{text}", f'"{text}{user.pk}"@x.example'
        user.first_name = user.last_name = text
        user.save()
    return text


def addresses(name: str, things: dict[str, int]) -> list[str]:
    plain = address_of(name, things)
    return [plain, *(plain + query for query in QUERIES.get(name, []))]


@pytest.mark.parametrize("with_htmx", [False, True])
def test_no_page_makes_markup_of_it(
    with_htmx: bool, text: str, things: dict[str, int], as_manager: Client
) -> None:
    headers = {"HX-Request": "true"} if with_htmx else {}
    shown = set()
    for name in PAGES:
        for address in addresses(name, things):
            page = as_manager.get(address, headers=headers).content.decode()
            assert not Markup(page).found, address
            shown |= {name} if escape(text[:20]) in page else set()
    # Else it showed nothing.
    assert {"billing:review", "conversations:detail", "timers:palette", "billing:history"} <= shown


def test_nor_does_the_form_that_refuses_it(text: str, things: dict[str, int], as_manager: Client) -> None:
    named = (
        "q body note description billed worked comment subject contact kind date version entry seen decision"
    )
    named += " next week state username login email first_name last_name code submission customer on at shown"
    sent = dict.fromkeys(named.split(), text)
    for name, (method, *_) in MATRIX.items():
        if name.endswith("logout") or name.startswith("billing:batch_"):
            continue
        for headers in ({}, {"HX-Request": "true", "HX-Current-URL": f"http://testserver/?{escape(text)}"}):
            address = addresses(name, things)[0]
            assert not Markup(as_manager.get(address, sent, headers=headers).content.decode()).found, name
            if method == "post" or name in (
                "billing:entry",
                "billing:new",
                "conversations:create",
                "settings",
            ):
                answer = as_manager.post(address, sent, headers=headers)
                assert answer.status_code < 500
                assert not Markup(answer.content.decode()).found, name
