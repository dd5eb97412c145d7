"""Pages in the language of the reader; what is stored, in English for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from billing.models import BillingEntry, BillingType
from conversations.models import Conversation
from tests.cast import sign_in
from tests.factories import BillingEntryFactory
from tests.test_messages import LANGUAGES, Words, catalogue, plural_forms
from timers.models import Timer
from workspaces.models import User
from workspaces.money import format_money

PAGES = [
    "conversations:list",
    "conversations:create",
    "timers:list",
    "billing:entries",
    "billing:new",
    "billing:review",
    "billing:batches",
    "billing:history",
    "billing:statement",
    "password_change",
    "settings",
    "timers:palette",
    "timers:shortcuts",
]


@pytest.fixture
def browser_in_german() -> Client:
    return Client(headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})


def test_a_page_is_in_the_language_of_the_browser(browser_in_german: Client, db: None) -> None:
    response = browser_in_german.get("/accounts/login/")
    assert response.headers["Content-Language"] == "de"
    assert '<html lang="de">' in response.content.decode()
    assert "Anmelden" in response.content.decode()


def test_a_browser_in_no_language_of_ours_gets_english(db: None) -> None:
    html = Client(headers={"Accept-Language": "nl"}).get("/accounts/login/").content.decode()
    assert '<html lang="en">' in html


def test_what_the_user_has_chosen_goes_before_the_browser(agent: User, browser_in_german: Client) -> None:
    User.objects.filter(pk=agent.pk).update(language="fr")
    browser_in_german.force_login(agent)
    assert '<html lang="fr">' in browser_in_german.get("/conversations/").content.decode()


def test_an_error_is_in_the_language_of_the_user(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(language="ja")
    response = sign_in(agent).get("/nowhere/")
    assert response.status_code == 404
    assert '<html lang="ja">' in response.content.decode()


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "1,234.50 EUR"),
        ("de", "1.234,50 EUR"),
        ("fr", "1\u202f234,50 EUR"),
        ("es", "1.234,50 EUR"),
        ("ja", "1,234.50 EUR"),
    ],
)
def test_money_is_written_as_the_language_does(language: str, written: str) -> None:
    with translation.override(language):
        assert format_money(123_450, "EUR") == written


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("en", "4 May", "Monday, 4 May 2026"),
        ("de", "4. Mai", "Montag, 4. Mai 2026"),
        ("fr", "4 mai", "lundi 4 mai 2026"),
        ("es", "4 may", "lunes, 4 de mayo de 2026"),
        ("ja", "5月4日", "2026年5月4日 月曜日"),
    ],
)
def test_dates_are_written_as_the_language_does(language: str, short: str, long: str) -> None:
    day = timezone.datetime(2026, 5, 4)
    with translation.override(language):
        assert date_format(day, "DAY_FORMAT") == short
        assert date_format(day, "FULL_WEEKDAY_FORMAT").lower() == long.lower()


class TestExplanation:
    @pytest.fixture
    def entry(
        self, conversation: Conversation, agent: User, billing_type: BillingType
    ) -> Iterator[BillingEntry]:
        """Made by somebody who reads German."""
        with translation.override("de"):
            yield BillingEntry.objects.prepare(
                user=agent,
                conversation=conversation,
                billing_type=billing_type,
                raw_seconds=3133,
                day=timezone.now().date(),
                now=timezone.now(),
            )

    def test_it_is_kept_in_english(self, entry: BillingEntry) -> None:
        kept = "0:52:13 recorded → rounded up to 15 min: 1:00:00 → 1.00 h × 120.00 EUR = 120.00 EUR"
        assert entry.explanation == kept

    def test_it_is_read_in_the_language_of_the_reader(self, entry: BillingEntry) -> None:
        assert entry.explained.endswith("1,00 h × 120,00 EUR = 120,00 EUR")
        assert "recorded" not in entry.explained
        with translation.override("en"):
            assert entry.explained == entry.explanation

    def test_another_choice_is_kept_in_english_too(self, entry: BillingEntry) -> None:
        entry.choose(1800)
        assert "adjusted to: 0:30:00" in entry.explanation

    def test_a_rule_changed_since_does_not_change_it(
        self, entry: BillingEntry, billing_type: BillingType
    ) -> None:
        before = entry.explained
        BillingType.objects.filter(pk=billing_type.pk).update(rate=1, increment_minutes=60)
        entry.refresh_from_db()
        assert entry.explained == before


def test_the_history_keeps_its_reasons_in_english(agent: User, conversation: Conversation) -> None:
    User.objects.filter(pk=agent.pk).update(language="de")
    client = sign_in(agent)
    client.post(f"/conversations/{conversation.pk}/timer/start/")
    timer = Timer.objects.get()
    client.post(f"/timers/{timer.pk}/stop/")
    client.post(f"/timers/{timer.pk}/convert/", {"kind": "time"})
    client.post(f"/timers/{timer.pk}/cancel/")
    client.post(f"/timers/{timer.pk}/restore/")
    client.post(f"/conversations/{conversation.pk}/close/")
    reasons = list(
        BillingEntry.history.order_by("history_id").values_list("history_change_reason", flat=True)
    )
    assert reasons == [
        "Prepared from the timer, Standard consulting",
        "Switched to time entry",
        "Discarded with its timer",
        "Back with its timer",
    ]
    assert conversation.messages.last().body == "closed the conversation"


def untranslated(html: str, language: str) -> set[str]:
    """What stands in the page as it stands in the code, though the catalogue has another word for it."""
    words = Words()
    words.feed(html)
    said = {" ".join(text.split()) for text in words.found}
    messages = [each for each in catalogue(language) if isinstance(each.id, str) and each.id]
    theirs = {form for each in messages for form in plural_forms(each)}
    ours = {each.id for each in messages if each.string and each.string != each.id and len(each.id) > 3}
    return (said & ours) - theirs


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryPage:
    @pytest.fixture
    def client(self, manager: User, conversation: Conversation, language: str) -> Client:
        User.objects.filter(pk=manager.pk).update(language=language)
        BillingEntryFactory(conversation=conversation, user=manager)
        client = sign_in(manager)
        client.post(f"/conversations/{conversation.pk}/timer/start/")
        return client

    @pytest.mark.parametrize("name", PAGES)
    def test_is_in_the_language(self, client: Client, name: str, language: str) -> None:
        response = client.get(reverse(name))
        assert response.status_code == 200
        assert not untranslated(response.content.decode(), language)

    def test_so_is_a_conversation_in_every_state(
        self, client: Client, conversation: Conversation, language: str
    ) -> None:
        timer = Timer.objects.get()
        address = f"/conversations/{conversation.pk}/"
        assert not untranslated(client.get(address).content.decode(), language)
        client.post(f"/timers/{timer.pk}/stop/")
        assert not untranslated(client.get(address).content.decode(), language)
        client.post(f"/conversations/{conversation.pk}/close/")
        assert not untranslated(client.get(address).content.decode(), language)

    def test_so_are_an_entry_and_its_history(self, client: Client, language: str) -> None:
        entry = BillingEntry.objects.get()
        client.post(f"/billing/{entry.pk}/approve/", {"version": entry.version})
        html = client.get(reverse("billing:entry", args=[entry.pk])).content.decode()
        assert not untranslated(html, language)

    @pytest.mark.parametrize(
        "name", ["", "billing/billingtype/", "billing/billingtype/add/", "timers/timer/"]
    )
    def test_so_is_the_admin(self, as_admin: Client, admin: User, name: str, language: str) -> None:
        User.objects.filter(pk=admin.pk).update(language=language)
        html = as_admin.get(f"/admin/{name}").content.decode()
        # Django's own search_form.html has the word as it is, for its picture.
        assert not untranslated(html, language) - {"Search"}


def test_every_language_has_every_format() -> None:
    def names(language: str) -> set[str]:
        module = import_module(f"config.formats.{language}.formats")
        return {name for name in vars(module) if name.endswith("_FORMAT")}

    ours = names("en") - {"DATE_FORMAT", "DATETIME_FORMAT", "TIME_FORMAT"}
    assert all(names(language) == ours for language in LANGUAGES)
