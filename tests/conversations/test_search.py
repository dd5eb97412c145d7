"""What a search finds, the same in both databases."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations import search
from conversations.models import Conversation, Customer
from conversations.search import Found
from conversations.words import indexed
from tests.factories import ConversationFactory, CustomerFactory, MembershipFactory, MessageFactory
from workspaces.models import User

TEXT = (
    "Grüße! Ünal’s E-Mail: foo.bar@example.com (“VPN接続”), 1.5h, #104, 2019-03-01, UTF-8 a_b 請求書を送った"
)


@pytest.fixture
def said(conversation: Conversation) -> Conversation:
    MessageFactory(conversation=conversation, body=TEXT)
    return conversation


def found(user: User, text: str) -> set[int]:
    return set(Found.by(text, user).numbers)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "grüße",
            "GRÜ",
            "grü",
            "ÜNAL",
            "ünal",
            "e-mail",
            "E-MAIL",
            "mail",
            "foo.bar@example.com",
            "bar@exam",
        ],
        *["example.com", "vpn", "VPN接続", "接続", "続", "請求", "請求書", "書を送", "送", "1.5h", "2019"],
        *[
            "2019-03",
            "03-01",
            "utf-8",
            "utf",
            "a_b",
            "“grüße”",
            "(vpn)",
            "#104",
            "grüße vpn hansen",
            "grüße —",
        ],
        *["drops grüße", "foo@bar", "exam@", "hansen söhne 請求書"],
    ],
)
def test_words_are_found_by_their_beginning_whatever_stands_around_them(
    agent: User, said: Conversation, text: str
) -> None:
    assert found(agent, text) == {said.pk}


@pytest.mark.parametrize(
    "text",
    [
        *["rüße", "ail", "pn", "求請", "書送", "fo@bar", "exam@com", "grüße zzz", "utf-9", "—", "#", "😀"],
        *[
            "%",
            "_",
            "\\",
            "*",
            '"',
            "'",
            "& | !",
            "NOT zzz",
            "vpn:* | zzz",
            "zzz OR vpn",
            "words:vpn",
            "x" * 200,
        ],
    ],
)
def test_nothing_else_is_found(agent: User, said: Conversation, text: str) -> None:
    assert found(agent, text) == set()


@pytest.mark.parametrize("text", ["", " \t ", "—"])
def test_without_a_word_nothing_is_looked_for(
    agent: User, said: Conversation, text: str, django_assert_num_queries
) -> None:
    assert agent.workspace_ids
    with django_assert_num_queries(0):
        assert found(agent, text) == set()


def test_words_may_stand_in_subject_customer_and_different_messages(
    agent: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, body="The router is new.")
    MessageFactory(conversation=conversation, body="Firmware 2.1, that is.")
    assert found(agent, "firm router hansen vpn") == {conversation.pk}
    assert found(agent, "firm router hansen vpn modem") == set()


def test_python_and_the_database_fall_a_text_into_the_same_words(agent: User, said: Conversation) -> None:
    missing = [word for word in indexed(TEXT) if found(agent, word) != {said.pk}]
    assert missing == []


def test_a_number_finds_its_conversation(agent: User, customer: Customer) -> None:
    for pk in (104, 1042):
        ConversationFactory(pk=pk, customer=customer)
    assert found(agent, "#104") == found(agent, "104") == {104}


def test_a_long_word_is_found_by_its_first_letters(agent: User, conversation: Conversation) -> None:
    MessageFactory(conversation=conversation, body="x" * 500 + " " + "請" * 300)
    assert found(agent, "x" * 63) == found(agent, "x" * 200) == found(agent, "請" * 20) == {conversation.pk}


def test_a_new_name_is_found_and_the_old_one_is_not(agent: User, conversation: Conversation) -> None:
    customer = conversation.customer
    customer.name = "Werft Petersen"
    customer.save()
    conversation.subject = "Neuer Betreff"
    conversation.save()
    assert found(agent, "werft") == found(agent, "neuer") == {conversation.pk}
    assert found(agent, "hansen") == found(agent, "vpn") == set()


def test_what_is_gone_is_found_no_more(agent: User, said: Conversation) -> None:
    said.messages.all().delete()
    assert found(agent, "grüße") == set()
    assert found(agent, "vpn") == {said.pk}


def test_nothing_of_other_workspaces_is_found(
    agent: User, outsider: User, said: Conversation, foreign_conversation: Conversation
) -> None:
    # The names that factories count up may hold its number as a word.
    assert said.pk not in found(outsider, f"#{said.pk}")
    assert found(outsider, "hansen") == set()
    MessageFactory(conversation=foreign_conversation, body=TEXT)
    assert found(outsider, "grüße") == {foreign_conversation.pk}
    MembershipFactory(workspace=said.workspace, user=outsider)
    outsider = User.objects.get(pk=outsider.pk)
    assert found(outsider, "grüße") == {foreign_conversation.pk, said.pk}


def test_of_one_customer_only_theirs_are_found(agent: User, said: Conversation) -> None:
    other = CustomerFactory(workspace=said.workspace)
    theirs = ConversationFactory(customer=other, subject="Grüße")
    assert Found.by("grüße", agent, other).numbers == [theirs.pk]


def test_the_newest_are_found_where_there_are_many(
    agent: User, as_agent: Client, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 3)
    made = [ConversationFactory(customer=customer, subject="Same", assignee=agent) for _ in range(5)]
    same = Found.by("same", agent)
    assert same.numbers == [each.pk for each in made[:1:-1]]
    assert {name: str(count) for name, count in same.count_by_view(agent).items()} == {
        "open": "3+",
        "mine": "3+",
        "unassigned": "0+",
        "closed": "0+",
    }
    page = as_agent.get("/conversations/", {"q": "same"})
    assert [each.pk for each in page.context["page"]] == same.numbers
    assert '<span class="num">3+</span>' in page.text
