"""Conversations by what they are called, while it is being typed."""

from __future__ import annotations

import pytest

from conversations.models import Conversation
from conversations.search import Found
from tests.factories import ConversationFactory, MessageFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(customer: object) -> list[Conversation]:
    names = {104: "VPN drops", 1042: "Lease renewal", 1049: "Exchange 2019", 10_420: "Drucker", 2104: "Toner"}
    return [ConversationFactory(pk=pk, customer=customer, subject=name) for pk, name in names.items()]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("104", {104, 1042, 1049, 10_420}),
        ("#1042", {1042, 10_420}),
        ("vpn", {104}),
        ("pn", set()),
        ("dr", {104, 10_420}),
        ("DROPS vpn", {104}),
        ("vpn lease", set()),
        ("hansen 2104", {2104}),
        ("20", {1049}),  # of the subject; no number begins with it
        ("0", set()),
        ("#", set()),
        ("9" * 40, set()),
    ],
)
def test_the_beginning_of_a_number_and_words_of_subject_or_customer_find_it(
    agent: User, called: list[Conversation], text: str, found: set[int]
) -> None:
    assert set(Found.titled(text, agent).numbers) == found
    assert {each.pk for each in called if each.is_titled(text)} == found


def test_no_message_is_read(agent: User, called: list[Conversation]) -> None:
    MessageFactory(conversation=called[0], body="Xylophone")
    assert Found.titled("xylophone", agent).numbers == []
    assert Found.by("xylophone", agent).numbers == [called[0].pk]
