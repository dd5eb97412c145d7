"""The second factor: setting it up, signing in with it, and who cannot do without."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.cast import sign_in
from tests.factories import MembershipFactory, UserFactory
from timers.models import Timer
from workspaces.admin import may_do_more
from workspaces.models import Membership, User, Workspace
from workspaces.sign_in import second_factor

INDEX = "/accounts/second-factor/"
SET_UP = f"{INDEX}set-up/"
SWITCH_OFF = f"{INDEX}switch-off/"
CODES = f"{INDEX}recovery-codes/"
NEW_CODES = f"{CODES}new/"
STEP_TWO = f"{INDEX}authenticate/"
LOGIN = "/accounts/login/"
CONFIRM = "/accounts/reauthenticate/"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/conversations/"}


@pytest.fixture
def clock() -> Iterator[Any]:
    """A Monday morning that stands still, at the start of the 30 seconds of a code."""
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def confirm(client: Client) -> None:
    """Asked for the password once more, types it."""
    assert client.post(CONFIRM, {"password": "password"}).status_code == 302


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows, or showed or will show so many steps from now."""
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30 + steps))


def shown_secret(page: HttpResponse) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.content.decode())
    assert found
    return found[1].replace(" ", "")


def shown_codes(page: HttpResponse) -> list[str]:
    return [code.replace(" ", "") for code in re.findall(r"<li>(\d{4} \d{4})</li>", page.content.decode())]


def set_up(client: Client) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a second factor that is set up as people do it."""
    confirm(client)
    secret = shown_secret(client.get(SET_UP))
    answer = client.post(SET_UP, {"code": code_of(secret, -1)})
    assert (answer.status_code, answer.url) == (302, CODES)
    return secret, shown_codes(client.get(CODES))


def password(username: str = "agent", **fields: str) -> Client:
    """A browser after the first step of the sign-in."""
    client = Client()
    answer = client.post(LOGIN, {"username": username, "password": "password", **fields})
    assert (answer.status_code, answer.url) == (302, STEP_TWO)
    return client


def is_in(client: Client) -> bool:
    return client.get("/timers/").status_code == 200


def wrong_code(secret: str) -> str:
    right = {code_of(secret, steps) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


# Setting it up


def test_it_is_set_up_with_an_app_and_leaves_recovery_codes(
    as_agent: Client, agent: User, clock: Any
) -> None:
    secret, codes = set_up(as_agent)
    assert len(secret) == 32
    assert len(set(codes)) == 10
    page = as_agent.get(INDEX).content.decode()
    assert "On since" in page
    assert "10 recovery codes are left" in page
    assert as_agent.get("/accounts/settings/").content.decode().count("On: signing in") == 1


def test_the_app_is_shown_a_picture_in_the_page_that_names_the_account(as_agent: Client, clock: Any) -> None:
    confirm(as_agent)
    response = as_agent.get(SET_UP)
    page = response.content.decode()
    assert '<svg aria-hidden="true" ' in page
    assert "data:image" not in page
    assert "<?xml" not in page
    assert response.context["totp_url"].startswith("otpauth://totp/agent?secret=")
    assert response.context["totp_url"].endswith("&issuer=Stint")


def test_a_wrong_code_sets_nothing_up_and_keeps_the_secret(as_agent: Client, agent: User, clock: Any) -> None:
    confirm(as_agent)
    secret = shown_secret(as_agent.get(SET_UP))
    answer = as_agent.post(SET_UP, {"code": wrong_code(secret)})
    assert answer.status_code == 422
    assert "That code is not right" in answer.content.decode()
    assert shown_secret(answer) == secret
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("address", [SET_UP, SWITCH_OFF, NEW_CODES, CODES])
def test_each_page_of_it_asks_who_is_there(as_agent: Client, clock: Any, address: str) -> None:
    if address != SET_UP:
        set_up(as_agent)
        clock.shift(timedelta(minutes=6))
    answer = as_agent.get(address)
    assert (answer.status_code, answer.url) == (302, f"{CONFIRM}?next={address.replace('/', '%2F')}")


def test_recovery_codes_are_shown_once(as_agent: Client, clock: Any) -> None:
    _, codes = set_up(as_agent)
    again = as_agent.get(CODES).content.decode()
    assert "are shown no more" in again
    assert not any(code in again.replace(" ", "") for code in codes)


def test_recovery_codes_are_downloaded_without_asking_the_server(as_agent: Client, clock: Any) -> None:
    confirm(as_agent)
    secret = shown_secret(as_agent.get(SET_UP))
    page = as_agent.post(SET_UP, {"code": code_of(secret)}, follow=True)
    lines = "".join(f"{code}%0A" for code in shown_codes(page))
    assert f'href="data:text/plain;charset=utf-8,{lines}"' in page.content.decode()


def test_new_recovery_codes_replace_the_old_ones(as_agent: Client, agent: User, clock: Any) -> None:
    _, old = set_up(as_agent)
    new = shown_codes(as_agent.post(NEW_CODES, follow=True))
    assert len(new) == 10
    assert not set(new) & set(old)
    assert password().post(STEP_TWO, {"code": old[0]}).status_code == 422
    assert password().post(STEP_TWO, {"code": new[0]}).status_code == 302


def test_switched_off_the_password_is_enough_again(as_agent: Client, agent: User, clock: Any) -> None:
    set_up(as_agent)
    assert as_agent.post(SWITCH_OFF).status_code == 302
    assert not Authenticator.objects.exists()
    answer = Client().post(LOGIN, {"username": "agent", "password": "password"})
    assert (answer.status_code, answer.url) == (302, "/")


def test_switching_off_goes_on_after_the_password_is_asked_for(as_agent: Client, clock: Any) -> None:
    set_up(as_agent)
    clock.shift(timedelta(minutes=6))
    asked = as_agent.post(SWITCH_OFF)
    assert asked.url.startswith(CONFIRM)
    assert Authenticator.objects.exists()
    as_agent.post(asked.url, {"password": "password", "next": SWITCH_OFF})
    assert not Authenticator.objects.exists()


def test_a_code_confirms_as_the_password_does(as_agent: Client, clock: Any) -> None:
    secret, _ = set_up(as_agent)
    clock.shift(timedelta(minutes=6))
    address = f"{INDEX}reauthenticate/"
    assert as_agent.post(address, {"code": wrong_code(secret)}).status_code == 422
    assert as_agent.post(address, {"code": code_of(secret), "next": SWITCH_OFF}).url == SWITCH_OFF
    assert as_agent.get(SWITCH_OFF).status_code == 200


# Signing in


def test_the_password_alone_does_not_sign_in(as_agent: Client, agent: User, clock: Any) -> None:
    set_up(as_agent)
    client = password()
    assert not is_in(client)
    page = client.get(STEP_TWO).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


def test_password_and_code_sign_in_and_lead_to_the_page_that_was_asked_for(
    as_agent: Client, agent: User, clock: Any
) -> None:
    secret, _ = set_up(as_agent)
    client = password(next="/timers/?open=1")
    answer = client.post(STEP_TWO, {"code": f" {code_of(secret)[:3]} {code_of(secret)[3:]} "})
    assert (answer.status_code, answer.url) == (302, "/timers/?open=1")
    assert is_in(client)


def test_without_the_password_there_is_no_second_step(client: Client, db: None) -> None:
    for answer in (client.get(STEP_TWO), client.post(STEP_TWO, {"code": "123456"})):
        assert (answer.status_code, answer.url) == (302, LOGIN)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_phones_clock_may_be_thirty_seconds_off(agent: User, clock: Any, steps: int, taken: bool) -> None:
    secret, _ = set_up(sign_in(agent))
    clock.shift(timedelta(minutes=10))
    client = password()
    client.post(STEP_TWO, {"code": code_of(secret, steps)})
    assert is_in(client) is taken


@pytest.mark.parametrize("later", [0, 29, 59])
def test_a_code_is_good_for_once_while_it_is_shown_and_after(agent: User, clock: Any, later: int) -> None:
    secret, _ = set_up(sign_in(agent))
    clock.shift(timedelta(minutes=10))
    code = code_of(secret)
    assert password().post(STEP_TWO, {"code": code}).status_code == 302
    clock.shift(timedelta(seconds=later))
    client = password()
    assert client.post(STEP_TWO, {"code": code}).status_code == 422
    assert not is_in(client)


def test_the_code_of_the_setting_up_is_used_up(agent: User, clock: Any) -> None:
    client = sign_in(agent)
    confirm(client)
    secret = shown_secret(client.get(SET_UP))
    client.post(SET_UP, {"code": code_of(secret)})
    assert password().post(STEP_TWO, {"code": code_of(secret)}).status_code == 422


def test_an_older_code_than_the_last_is_not_taken(agent: User, clock: Any) -> None:
    secret, _ = set_up(sign_in(agent))
    clock.shift(timedelta(minutes=10))
    earlier = code_of(secret, -1)
    assert password().post(STEP_TWO, {"code": code_of(secret)}).status_code == 302
    assert password().post(STEP_TWO, {"code": earlier}).status_code == 422


def test_a_recovery_code_signs_in_once(agent: User, clock: Any) -> None:
    _, codes = set_up(sign_in(agent))
    client = password()
    assert client.post(STEP_TWO, {"code": f"{codes[3][:4]} {codes[3][4:]}"}).status_code == 302
    assert is_in(client)
    assert password().post(STEP_TWO, {"code": codes[3]}).status_code == 422
    assert second_factor.recovery_codes_left(agent) == 9


@pytest.mark.parametrize("code", ["", "abc", "１２３４５６", "\0" * 6, "0" * 5000, "-1", "٠٠٠٠٠٠"])
def test_what_is_no_code_is_refused(agent: User, clock: Any, code: str) -> None:
    set_up(sign_in(agent))
    assert password().post(STEP_TWO, {"code": code}).status_code == 422


def test_five_wrong_codes_wait_a_quarter_of_an_hour_wherever_they_are_sent_from(
    agent: User, clock: Any
) -> None:
    secret, codes = set_up(sign_in(agent))
    clock.shift(timedelta(minutes=10))
    for number in range(5):  # each from the start, and from another address
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        client.post(LOGIN, {"username": "agent", "password": "password"})
        assert client.post(STEP_TWO, {"code": wrong_code(secret)}).status_code == 422
    clock.shift(timedelta(minutes=14))
    for right in (code_of(secret), codes[0]):
        client = password()
        answer = client.post(STEP_TWO, {"code": right})
        assert "looked at in 1 minute." in answer.content.decode()
        assert not is_in(client)
    clock.shift(timedelta(minutes=1, seconds=1))
    client = password()
    client.post(STEP_TWO, {"code": code_of(secret)})
    assert is_in(client)


def test_a_right_code_forgets_the_wrong_ones(agent: User, clock: Any) -> None:
    secret, _ = set_up(sign_in(agent))
    for _ in range(2):
        clock.shift(timedelta(minutes=1))
        client = password()
        for _ in range(4):
            client.post(STEP_TWO, {"code": wrong_code(secret)})
        assert client.post(STEP_TWO, {"code": code_of(secret)}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_send_the_same_code_at_once_one_is_signed_in(
    agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = set_up(sign_in(agent))
    monkeypatch.setattr(second_factor, "matching_step", slowly(second_factor.matching_step))
    code = code_of(secret, 1)
    taken = at_once(10, lambda: second_factor.use(agent, code, timezone.now()))
    assert taken == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_that_are_sent_at_once_are_counted_one_by_one(agent: User) -> None:
    secret, _ = set_up(sign_in(agent))
    wrong = wrong_code(secret)
    assert at_once(12, lambda: second_factor.use(agent, wrong, timezone.now())) == 0
    assert len(Authenticator.objects.get(type="totp").data["wrong"]) == 5


def slowly(look: Any) -> Any:
    """Leaves everybody time to read the row before anybody has written it."""

    def looked(*args: Any, **options: Any) -> Any:
        found = look(*args, **options)
        time.sleep(0.05)
        return found

    return looked


def at_once(times: int, act: Any) -> int:
    """How many of the threads get through."""
    barrier, through, faults = threading.Barrier(times), [], []

    def run() -> None:
        barrier.wait()
        try:
            through.append(act())
        except ValidationError:
            pass
        except Exception as unexpected:
            faults.append(unexpected)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    return len(through)


# Secrets


def test_secrets_are_encrypted_in_the_database(agent: User, clock: Any) -> None:
    secret, codes = set_up(sign_in(agent))
    stored = str(list(Authenticator.objects.values()))
    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_a_replaced_key_still_reads_them_and_is_soon_not_needed(
    agent: User, clock: Any, settings: Any
) -> None:
    secret, _ = set_up(sign_in(agent))
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 6, [old]
    assert password().post(STEP_TWO, {"code": code_of(secret)}).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    clock.shift(timedelta(minutes=1))
    assert password().post(STEP_TWO, {"code": code_of(secret)}).status_code == 302


def test_a_lost_key_is_a_refused_code_and_an_error_in_the_log(
    agent: User, clock: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    secret, codes = set_up(sign_in(agent))
    settings.SECRET_KEY = "another-key-" * 6
    for code in (code_of(secret), codes[0]):
        assert password().post(STEP_TWO, {"code": code}).status_code == 422
    assert "SECRET_KEY was replaced" in caplog.text


def test_no_code_and_no_secret_gets_into_the_log(
    agent: User, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret, codes = set_up(sign_in(agent))
    wrong = wrong_code(secret)
    for code in (wrong, code_of(secret), codes[0]):
        password().post(STEP_TWO, {"code": code})
    logged = " ".join(
        str(vars(record)) for record in caplog.records if not record.name.startswith("django.db")
    )
    assert "Second factor refused" in logged
    assert not any(each in logged for each in (secret, wrong, *codes))


# Asked for by a workspace


@pytest.fixture
def asking(workspace: Workspace) -> Workspace:
    workspace.second_factor_for_managers = True
    workspace.save()
    return workspace


def test_a_manager_without_it_is_led_to_set_it_up(asking: Workspace, as_manager: Client) -> None:
    for address in ("/", "/conversations/", "/billing/review/", "/accounts/settings/", "/accounts/sessions/"):
        answer = as_manager.get(address)
        assert (answer.status_code, answer.url) == (302, INDEX), address
    assert "asks its managers for a second factor" in as_manager.get(INDEX).content.decode()


def test_a_session_from_before_is_held_back_as_well(workspace: Workspace, as_manager: Client) -> None:
    assert as_manager.get("/billing/review/").status_code == 200
    Workspace.objects.filter(pk=workspace.pk).update(second_factor_for_managers=True)
    assert as_manager.get("/billing/review/").url == INDEX


def test_a_click_leads_the_whole_page_there(
    asking: Workspace, as_manager: Client, conversation: Conversation
) -> None:
    answer = as_manager.post(f"/conversations/{conversation.pk}/timer/start/", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, INDEX)
    assert not Timer.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        INDEX, "/accounts/password_change/", "/accounts/password_change/done/", CONFIRM, "/timers/status/",
        "/healthz/", "/offline/",
    ],
)  # fmt: skip
def test_what_is_left_to_them(asking: Workspace, as_manager: Client, address: str) -> None:
    assert as_manager.get(address).status_code in (200, 204)


def test_their_own_timer_they_can_stop_and_nobody_elses(
    workspace: Workspace, conversation: Conversation, manager: User, agent: User, as_manager: Client
) -> None:
    own = Timer.objects.start(user=manager, conversation=conversation, now=timezone.now())
    theirs = Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
    Workspace.objects.filter(pk=workspace.pk).update(second_factor_for_managers=True)
    assert as_manager.post(f"/timers/{own.pk}/stop/").status_code == 302
    assert as_manager.post(f"/timers/{theirs.pk}/stop/").status_code == 404
    assert [Timer.objects.get(pk=each.pk).is_running for each in (own, theirs)] == [False, True]


def test_they_can_sign_out_and_choose_a_language(asking: Workspace, as_manager: Client) -> None:
    assert as_manager.post("/accounts/language/", {"language": "de", "next": INDEX}).url == INDEX
    assert as_manager.post("/accounts/logout/").url == LOGIN
    assert not is_in(as_manager)


def test_their_role_does_nothing_until_it_is_set_up(
    asking: Workspace, manager: User, as_manager: Client, clock: Any
) -> None:
    assert not manager.is_manager
    assert list(Workspace.objects.managed_by(manager)) == []
    assert BillingEntry.objects.reviewable_by(manager).count() == 0
    set_up(as_manager)
    assert as_manager.get("/billing/review/").status_code == 200


def test_those_who_are_not_asked_see_nothing_of_it(
    asking: Workspace, as_agent: Client, as_outsider: Client
) -> None:
    assert is_in(as_agent)
    assert is_in(as_outsider)


def test_a_manager_elsewhere_is_an_agent_where_it_is_asked_for(
    asking: Workspace, outsider: User, as_outsider: Client
) -> None:
    MembershipFactory(workspace=asking, user=outsider, role=Membership.Role.AGENT)
    assert as_outsider.get("/billing/review/").status_code == 200


def test_while_it_is_asked_for_it_cannot_be_switched_off(
    asking: Workspace, as_manager: Client, clock: Any
) -> None:
    set_up(as_manager)
    for answer in (as_manager.get(SWITCH_OFF), as_manager.post(SWITCH_OFF)):
        assert "It cannot be switched off" in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_asking_costs_no_query(
    asking: Workspace, as_manager: Client, as_agent: Client, clock: Any, django_assert_num_queries: Any
) -> None:
    set_up(as_manager)
    for client in (as_manager, as_agent):
        marks = client.get("/timers/status/").headers
        assert marks
        with django_assert_num_queries(3):  # the session, its user, the timers
            client.get("/timers/status/")


def test_an_admin_asks_for_it_and_the_history_says_so(
    workspace: Workspace, as_admin: Client, as_manager: Client
) -> None:
    address = f"/admin/workspaces/workspace/{workspace.pk}/change/"
    form = as_admin.get(address).context["adminform"].form
    sent = {name: form.initial.get(name) or "" for name in form.fields}
    sent |= {"create_entries_automatically": "on", "second_factor_for_managers": "on"}
    sent |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    assert as_admin.post(address, sent).status_code == 302
    workspace.refresh_from_db()
    assert workspace.second_factor_for_managers
    assert workspace.history.latest().second_factor_for_managers
    Workspace.objects.filter(pk=workspace.pk).update(second_factor_for_managers=False)
    assert "Second factor for managers" in as_manager.get("/billing/history/").content.decode()


# Staff


@pytest.fixture
def for_staff(settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True


def test_the_admin_site_can_ask_for_it(for_staff: None, as_admin: Client, clock: Any) -> None:
    answer = as_admin.get("/admin/")
    assert (answer.status_code, answer.url) == (302, INDEX)
    assert "The admin site asks" in as_admin.get(INDEX).content.decode()
    assert is_in(as_admin)
    set_up(as_admin)
    assert as_admin.get("/admin/").status_code == 200
    assert "It cannot be switched off" in as_admin.get(SWITCH_OFF).content.decode()


def test_the_admin_site_does_not_ask_unless_it_is_told_to(as_admin: Client) -> None:
    assert as_admin.get("/admin/").status_code == 200


def change(client: Client, user: User, **fields: str) -> HttpResponse:
    address = f"/admin/workspaces/user/{user.pk}/change/"
    form = client.get(address).context["adminform"].form
    sent = {name: form.initial.get(name) or "" for name in form.fields} | {"is_active": "on"}
    sent |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "user_permissions": [], "groups": []}
    sent |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    return client.post(address, sent | fields)


def test_an_admin_removes_it_when_the_phone_is_lost(
    as_agent: Client, agent: User, admin: User, as_admin: Client, caplog: pytest.LogCaptureFixture, clock: Any
) -> None:
    secret, codes = set_up(as_agent)
    page = as_admin.get(f"/admin/workspaces/user/{agent.pk}/change/").content.decode()
    assert "Remove the second factor" in page
    assert not any(each in page for each in (secret, *codes))
    assert change(as_admin, agent, remove_second_factor="on").status_code == 302
    assert not Authenticator.objects.exists()
    record = next(each for each in caplog.records if "removed by an admin" in each.message)
    assert (vars(record)["user_id"], vars(record)["by_user_id"]) == (agent.pk, admin.pk)
    assert (
        "Remove the second factor"
        in as_admin.get(f"/admin/workspaces/user/{agent.pk}/history/").content.decode()
    )


def test_saving_a_user_leaves_it(as_agent: Client, agent: User, as_admin: Client, clock: Any) -> None:
    set_up(as_agent)
    assert change(as_admin, agent, first_name="Kat").status_code == 302
    assert User.objects.get(pk=agent.pk).first_name == "Kat"
    assert Authenticator.objects.count() == 2


def test_an_admins_own_is_not_removed_without_the_password(as_admin: Client, admin: User, clock: Any) -> None:
    set_up(as_admin)
    assert (
        "Remove the second factor"
        not in as_admin.get(f"/admin/workspaces/user/{admin.pk}/change/").content.decode()
    )
    change(as_admin, admin, remove_second_factor="on", is_staff="on", is_superuser="on")
    assert Authenticator.objects.count() == 2


def test_staff_take_over_no_manager_who_has_yet_to_set_it_up(
    asking: Workspace, manager: User, agent: User
) -> None:
    staff = UserFactory(is_staff=True)
    assert may_do_more(manager, than=staff)
    assert not may_do_more(agent, than=staff)
