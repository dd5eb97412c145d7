"""The main job in a real browser, from Timer to an approved entry."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.browser.gestures import in_sidebar, poll, timer_button
from tests.factories import ConversationFactory
from timers.models import Timer
from workspaces.models import User, Workspace


def icon(page: Page, state: str, name: str) -> None:
    """The status icon has this state and this accessible name."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_have_attribute("data-state", state)


def test_start_tick_stop_check_and_save(sit: Sit, agent: User, conversation: Conversation) -> None:
    page = sit(agent)
    icon(page, "white", "Timers: none")
    page.get_by_role("link", name=conversation.subject).click()
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running")
    clock = page.locator("#my-timer time.clock")
    expect(clock).to_have_text("0:00:02")
    in_sidebar(page, "Stop").click()
    icon(page, "red", "Timers: 1 stopped")
    form = page.locator("#my-timer")
    expect(form.get_by_role("heading", name="New entry")).to_be_visible()
    expect(form.get_by_label("Billed time")).to_have_value("0:15")
    expect(form.locator(".receipt")).to_contain_text("30.00 EUR")
    form.get_by_label("Description").fill("Looked at the logs")
    in_sidebar(page, "Save").click()
    icon(page, "white", "Timers: none")
    expect(page.locator("#others")).to_contain_text("Looked at the logs")
    entry = BillingEntry.objects.get()
    assert (entry.state, entry.billed_seconds, entry.amount) == ("new", 900, 3000)
    assert entry.confirmed_at
    assert Timer.objects.get().state == "logged"


def test_the_calculation_follows_the_form(sit: Sit, agent: User, conversation: Conversation) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    in_sidebar(page, "Stop").click()
    form = page.locator("#my-timer")
    form.get_by_label("Billed time").fill("1,5")
    form.get_by_label("Billed time").blur()
    expect(form.locator(".receipt")).to_contain_text("180.00 EUR")
    expect(form.locator(".receipt")).to_contain_text("adjusted", ignore_case=True)


def test_a_wrong_duration_is_told_beside_its_field(sit: Sit, agent: User, conversation: Conversation) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    in_sidebar(page, "Stop").click()
    form = page.locator("#my-timer")
    form.get_by_label("Billed time").fill("25:99")
    in_sidebar(page, "Save").click()
    expect(form.locator(".error").first).to_contain_text("Write 1:30, 90m, 1.5h or 1.5.")
    icon(page, "red", "Timers: 1 stopped")
    assert BillingEntry.objects.get().confirmed_at is None


def test_stop_start_cancel_and_undo_from_the_list(
    sit: Sit, agent: User, conversation: Conversation, workspace: Workspace
) -> None:
    other = ConversationFactory(customer=conversation.customer, subject="Exchange migration")
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running")
    page.goto(f"/conversations/{other.pk}/")
    page.get_by_role("button", name="Timers: 1 running").click()
    timers = page.locator("#timers")
    timers.get_by_role("button", name="Start timer").click()
    icon(page, "green", "Timers: 2 running")
    first = timers.locator("li", has_text=conversation.subject)
    first.get_by_role("button", name="Stop").click()
    icon(page, "green", "Timers: 1 running, 1 stopped")
    first = timers.locator("li", has_text=conversation.subject)
    expect(first).to_have_attribute("data-state", "red")
    first.get_by_role("button", name="Cancel timer").click()
    icon(page, "green", "Timers: 1 running")
    expect(page.locator("#toasts")).to_contain_text("None of its time is logged.")
    page.get_by_role("button", name="Undo").click()
    icon(page, "green", "Timers: 1 running, 1 stopped")
    if not timers.is_visible():  # the click on Undo was one outside the list
        page.get_by_role("button", name="Timers: 1 running, 1 stopped").click()
    first = timers.locator("li", has_text=conversation.subject)
    first.get_by_role("button", name="Start").click()
    icon(page, "green", "Timers: 2 running")
    # Each session its own entry: the first timer is logged, and a new one runs.
    assert sorted(Timer.objects.values_list("state", flat=True)) == ["logged", "running", "running"]
    assert BillingEntry.objects.get().state == "new"


def test_without_automatic_entries_stop_only_pauses(
    sit: Sit, agent: User, conversation: Conversation, workspace: Workspace
) -> None:
    workspace.create_entries_automatically = False
    workspace.save()
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    page.locator("#note").fill("Called back")
    in_sidebar(page, "Stop").click()
    icon(page, "red", "Timers: 1 stopped")
    expect(page.locator("#note")).to_have_value("Called back")
    assert not BillingEntry.objects.exists()
    in_sidebar(page, "Start").click()
    icon(page, "green", "Timers: 1 running")
    in_sidebar(page, "Time").click()
    form = page.locator("#my-timer")
    expect(form.get_by_role("heading", name="New entry")).to_be_visible()
    expect(form.get_by_label("Time entry")).to_be_checked()
    expect(form.get_by_label("Description")).to_have_value("Called back")
    in_sidebar(page, "Save").click()
    icon(page, "white", "Timers: none")
    assert BillingEntry.objects.get().kind == "time"
    assert Timer.objects.get().intervals.count() == 2


def test_one_running_timer_says_which_one_it_stopped(
    sit: Sit, agent: User, conversation: Conversation, workspace: Workspace
) -> None:
    workspace.one_running_timer = True
    workspace.save()
    other = ConversationFactory(customer=conversation.customer, subject="Exchange migration")
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running")
    page.goto(f"/conversations/{other.pk}/")
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running, 1 stopped")
    expect(page.locator("#toasts")).to_contain_text(f"Stopped the timer on {conversation.number}")


def test_another_tab_follows_on_focus_and_by_its_poll(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    second = page.context.new_page()
    second.goto(f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running")
    poll(second)
    icon(second, "green", "Timers: 1 running")
    expect(second.locator("#my-timer")).to_contain_text("Running since")
    in_sidebar(second, "Stop").click()
    icon(second, "red", "Timers: 1 stopped")
    expect(page.get_by_role("button", name="Timers: 1 stopped")).to_be_visible(timeout=20_000)
    expect(page.locator("#my-timer")).to_contain_text("New entry")


def test_a_poll_leaves_a_form_alone_while_it_is_filled_in(
    sit: Sit, agent: User, colleague: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    in_sidebar(page, "Stop").click()
    page.locator("#my-timer").get_by_label("Description").fill("Half a sent")
    theirs = sit(colleague, f"/conversations/{conversation.pk}/")
    timer_button(theirs).click()
    icon(theirs, "green", "Timers: 1 running")
    poll(page)
    expect(page.locator("#others")).to_contain_text("Jonas Feddersen-Lindqvist")
    expect(page.locator("#my-timer").get_by_label("Description")).to_have_value("Half a sent")


def test_the_clock_follows_the_server_and_not_the_device(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    page.add_init_script("Date.now = () => 0; Date = class extends Date { constructor() { super(0) } }")
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running")
    page.reload()
    clock = page.locator("#my-timer time.clock")
    expect(clock).to_have_text(re.compile(r"0:00:0[2-5]"))


def test_a_manager_approves_and_returns(
    sit: Sit, agent: User, manager: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    for description in ("First look", "Second look"):
        timer_button(page).click()
        in_sidebar(page, "Stop").click()
        page.locator("#my-timer").get_by_label("Description").fill(description)
        in_sidebar(page, "Save").click()
        icon(page, "white", "Timers: none")
    review = sit(manager, "/billing/review/")
    row = review.locator("tr", has_text="First look")
    row.get_by_role("button", name="Approve").first.click()
    expect(review.locator("#toasts")).to_contain_text("approved")
    assert BillingEntry.objects.get(description="First look").state == "approved"
    row = review.locator("tr", has_text="Second look")
    row.get_by_role("button", name="Return").first.click()
    dialog = review.get_by_role("dialog")
    dialog.get_by_label("Comment").fill("Please split it.")
    dialog.get_by_role("button", name="Return").click()
    expect(review.locator("#toasts")).to_contain_text("eturned")
    page.goto("/billing/")
    expect(page.get_by_text("Please split it.").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_whole_job_without_javascript(
    sit: Sit, agent: User, manager: User, conversation: Conversation, width: int
) -> None:
    plain = {"java_script_enabled": False, "viewport": {"width": width, "height": 844}}
    page = sit(agent, f"/conversations/{conversation.pk}/", **plain)
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running")
    if width == 390:
        page.locator("#timerbar").get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Check entry").click()
    else:
        page.locator("#note").fill("By form alone")
        in_sidebar(page, "Stop").click()
    icon(page, "red", "Timers: 1 stopped")
    form = page.locator("#my-timer")
    form.get_by_label("Description").fill("By form alone")
    in_sidebar(page, "Save").click()
    icon(page, "white", "Timers: none")
    review = sit(manager, "/billing/review/", **plain | {"viewport": {"width": 1280, "height": 800}})
    review.locator("tr", has_text="By form alone").get_by_role("button", name="Approve").first.click()
    entry = BillingEntry.objects.get()
    assert (entry.state, entry.description) == ("approved", "By form alone")
    assert Timer.objects.get().state == "logged"


def test_cancel_and_undo_without_javascript(sit: Sit, agent: User, conversation: Conversation) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/", java_script_enabled=False)
    timer_button(page).click()
    in_sidebar(page, "Cancel timer").click()
    icon(page, "white", "Timers: none")
    page.get_by_role("button", name="Undo").click()
    icon(page, "red", "Timers: 1 stopped")


def test_the_list_of_conversations_and_the_inbox_follow_their_timers(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    mark = page.locator("#inbox [data-timer-of]")
    expect(mark).to_be_hidden()
    timer_button(page).click()
    expect(mark).to_have_attribute("data-state", "green")
    expect(mark).to_be_visible()
    page.goto("/conversations/")
    expect(page.locator("#rows .chip [data-state]")).to_have_attribute("data-state", "green")
    page.get_by_role("button", name="Timers: 1 running").click()
    page.locator("#timers").get_by_role("button", name="Stop").click()
    expect(page.locator("#rows .chip [data-state]")).to_have_attribute("data-state", "red")


def test_a_double_click_on_stop_stops_and_starts_nothing(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    page.get_by_role("button", name="Timers: 1 running").click()
    page.locator("#timers").get_by_role("button", name="Stop").dblclick(delay=60)
    icon(page, "red", "Timers: 1 stopped")
    page.wait_for_timeout(400)
    icon(page, "red", "Timers: 1 stopped")
    assert Timer.objects.get().intervals.count() == 1


def test_a_form_that_is_being_filled_in_survives_somebody_elses_change_and_is_told_on_save(
    sit: Sit, agent: User, manager: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    in_sidebar(page, "Stop").click()
    form = page.locator("#my-timer")
    form.get_by_label("Description").fill("Half a sentence")
    entry = BillingEntry.objects.get()
    entry.revise(by=manager, version=entry.version, now=timezone.now(), description="The manager's")
    poll(page)
    page.wait_for_timeout(800)
    expect(form.get_by_label("Description")).to_have_value("Half a sentence")
    in_sidebar(page, "Save").click()
    expect(form).to_contain_text("The manager's")
    form.get_by_role("button", name="Save mine over it").click()
    icon(page, "white", "Timers: none")
    entry.refresh_from_db()
    assert entry.description == "Half a sentence"


def test_a_colleagues_clock_ticks(sit: Sit, agent: User, colleague: User, conversation: Conversation) -> None:
    Timer.objects.start(user=colleague, conversation=conversation, now=timezone.now())
    page = sit(agent, f"/conversations/{conversation.pk}/")
    expect(page.locator("#others time").first).to_have_text(re.compile("0:00:0[3-9]"))


def test_an_ended_session_leads_to_the_login_and_back(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    agent.set_password("demo")
    agent.save()
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running")
    page.context.clear_cookies()
    in_sidebar(page, "Stop").click()
    page.get_by_label("User name").fill("agent")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(f"/conversations/{conversation.pk}/"))
    icon(page, "green", "Timers: 1 running")


def test_a_token_that_another_tab_rotated_still_works(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    agent.set_password("demo")
    agent.save()
    page = sit(agent, f"/conversations/{conversation.pk}/")
    second = page.context.new_page()
    second.goto("/conversations/")
    second.get_by_role("button", name="Account of").click()
    second.get_by_role("button", name="Sign out").click()
    second.get_by_label("User name").fill("agent")
    second.get_by_label("Password").fill("demo")
    second.get_by_role("button", name="Sign in").click()
    expect(second).to_have_url(re.compile("/conversations/"))
    timer_button(page).click()
    icon(page, "green", "Timers: 1 running")


def test_save_is_not_moved_away_from_under_the_pointer(
    sit: Sit, agent: User, conversation: Conversation
) -> None:
    page = sit(agent, f"/conversations/{conversation.pk}/")
    timer_button(page).click()
    in_sidebar(page, "Stop").click()
    form = page.locator("#my-timer")
    form.get_by_label("Billed time").fill("2:00")
    form.get_by_role("button", name="Save", exact=True).click(delay=700)  # the figures come while it is down
    icon(page, "white", "Timers: none")
    assert BillingEntry.objects.get().billed_seconds == 7200


def test_a_manager_sees_a_colleagues_timer_end(
    sit: Sit, agent: User, manager: User, conversation: Conversation
) -> None:
    timer = Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
    page = sit(manager, "/timers/")
    expect(page.locator("#team")).to_contain_text("Katharina Wiegand")
    timer.stop(timezone.now())
    poll(page)
    expect(page.locator("#team")).to_contain_text("Nobody else has a timer running.")
