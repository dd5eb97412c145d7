"""Conversations by what they are called, while it is being typed."""

from __future__ import annotations

import pytest

from conversations.models import Conversation
from tests.factories import ConversationFactory, MessageFactory

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
        ("DROPS vpn", {104}),
        ("vpn lease", set()),
        ("hansen 2104", {2104}),
        ("19", {1049}),  # of the subject; no number begins with it
        ("0", {1049}),
        ("#", set()),
        ("9" * 40, set()),
        ("", {104, 1042, 1049, 10_420, 2104}),
    ],
)
def test_the_beginning_of_a_number_and_words_of_subject_or_customer_find_it(
    called: list[Conversation], text: str, found: set[int]
) -> None:
    assert set(Conversation.objects.titled(text).values_list("pk", flat=True)) == found
    assert {each.pk for each in called if each.is_titled(text)} == found


def test_no_message_is_read(called: list[Conversation]) -> None:
    MessageFactory(conversation=called[0], body="Xylophone")
    assert not Conversation.objects.titled("xylophone")
