"""The review queue with JavaScript: ticks and their sums, opened rows, the dialog, where the focus goes."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from billing.models import BillingEntry
from tests.factories import BillingEntryFactory


@pytest.fixture
def entries(transactional_db, agent, colleague, conversation):
    """One of the colleague's and three of the agent's, the last of them internal; as the queue shows them."""
    users = [colleague, agent, agent, agent]
    texts = ["Log read", "MTU reset", "Clause 7.3", "Internal notes"]
    made = [
        BillingEntryFactory(
            user=user, conversation=conversation, confirmed_at=timezone.now(), description=text, kind=kind
        )
        for user, text, kind in zip(users[::-1], texts[::-1], ["time", *["service"] * 3], strict=True)
    ]
    return made[::-1]


@pytest.fixture
def page(sit, manager, entries) -> Page:
    return sit(manager, "/billing/review/")


def row(page, entry):
    return page.locator(f"#row-{entry.pk}")


def test_ticked_entries_are_counted_and_added_up(page, entries):
    bar = page.get_by_role("group", name="Selected entries")
    row(page, entries[1]).get_by_role("checkbox").check()
    expect(bar).to_contain_text("1 selected 1:00:00, 120.00 EUR")
    page.get_by_role("checkbox", name="Select all of Katharina Wiegand").check()
    expect(bar).to_contain_text("3 selected 3:00:00, 240.00 EUR")
    expect(page.get_by_role("checkbox", name="Select all", exact=True)).to_have_js_property(
        "indeterminate", True
    )
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_ticked_entries_are_approved_and_that_is_undone(page, entries):
    page.get_by_role("checkbox", name="Select all", exact=True).check()
    page.get_by_role("group", name="Selected entries").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("4 entries approved, 360.00 EUR.")).to_be_visible()
    expect(page.get_by_text("Everything is reviewed")).to_be_visible()
    expect(page.locator("#review-badge")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("4 entries set back, 360.00 EUR.")).to_be_visible()
    expect(page.locator("#review-badge")).to_contain_text("4")


def test_the_next_row_gets_the_focus_of_one_that_was_decided_on(page, entries):
    row(page, entries[1]).get_by_role("button", name="Approve").click()
    expect(row(page, entries[2]).locator(".disclosure")).to_be_focused()
    expect(row(page, entries[1])).to_have_count(0)


def test_a_row_opens_and_closes(page, entries):
    opener = row(page, entries[0]).get_by_role("link", name="Log read")
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("heading", name="Calculation")).to_be_visible()
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("heading", name="Calculation")).to_have_count(0)


def test_returning_asks_for_a_comment_in_a_dialog(page, entries, complaints):
    row(page, entries[1]).get_by_role("button", name="Return").click()
    dialog = page.get_by_role("dialog", name="Return to Katharina Wiegand")
    expect(dialog.get_by_label("Comment")).to_be_focused()
    dialog.get_by_label("Comment").fill("  ")
    dialog.get_by_role("button", name="Return").click()
    expect(dialog.get_by_text("Write what should change.")).to_be_visible()
    complaints.clear()  # the browser's, of the status 422
    dialog.get_by_label("Comment").fill("Split it, please.")
    dialog.get_by_role("button", name="Return").click()
    expect(page.get_by_text("1 entry returned to Katharina Wiegand, 120.00 EUR.")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(row(page, entries[2]).locator(".disclosure")).to_be_focused()
    assert BillingEntry.objects.get(pk=entries[1].pk).return_comment == "Split it, please."


def test_a_filter_shows_in_the_address_and_keeps_the_focus(page, entries, colleague):
    page.get_by_label("Agent").focus()
    page.get_by_label("Agent").select_option(label=colleague.display_name)
    expect(row(page, entries[1])).to_have_count(0)
    expect(page).to_have_url(f"/billing/review/?state=new&agent={colleague.pk}&group=agent")
    expect(page.get_by_label("Agent")).to_be_focused()
    page.go_back()
    expect(row(page, entries[1])).to_be_visible()


def test_the_queue_has_no_flaw_that_axe_finds(page, entries, axe):
    row(page, entries[0]).locator(".disclosure").click()
    expect(page.get_by_role("heading", name="Calculation")).to_be_visible()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", ["the row", "the choice"])
def test_it_works_without_javascript(sit, manager, entries, name):
    page = sit(manager, "/billing/review/?group=day", java_script_enabled=False)
    if name == "the row":
        row(page, entries[0]).get_by_role("button", name="Approve").click()
    else:
        row(page, entries[0]).get_by_role("checkbox").check()
        page.get_by_role("group", name="Selected entries").get_by_role("button", name="Approve").click()
    expect(page).to_have_url("/billing/review/?group=day")
    expect(page.get_by_text("1 entry approved, 120.00 EUR.")).to_be_visible()
    expect(row(page, entries[0])).to_have_count(0)


# After a decision the queue is read again


def head(page):
    return page.locator(".page-head p")


def approve(page, entry):
    row(page, entry).get_by_role("button", name="Approve").click()
    expect(row(page, entry)).to_have_count(0)


def take(page, held):
    """Let the request go that reads the queue again."""
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()


def test_a_row_leaves_before_the_queue_is_read_again(page, entries, hold):
    held = hold("**/billing/review/")
    approve(page, entries[1])
    expect(page.get_by_text("1 entry approved, 120.00 EUR.")).to_be_visible()
    expect(head(page)).to_contain_text("4 new entries")
    take(page, held)
    expect(head(page)).to_contain_text("3 new entries")
    expect(page.locator("#review-badge")).to_contain_text("3")


def test_what_is_ticked_and_opened_and_has_the_focus_stays_so(page, entries, hold):
    held = hold("**/billing/review/")
    opener = row(page, entries[2]).locator(".disclosure")
    opener.click()
    expect(page.get_by_role("heading", name="Calculation")).to_be_visible()
    approve(page, entries[1])
    box = row(page, entries[3]).get_by_role("checkbox")
    box.check()
    take(page, held)
    expect(head(page)).to_contain_text("3 new entries")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.get_by_role("group", name="Selected entries")).to_contain_text("1 selected 1:00:00")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("heading", name="Calculation")).to_be_visible()


def test_a_comment_that_is_being_written_stays_and_the_queue_is_read_after_it(page, entries, hold):
    held = hold("**/billing/review/")
    approve(page, entries[1])
    row(page, entries[2]).get_by_role("button", name="Return").click()
    comment = page.get_by_role("dialog").get_by_label("Comment")
    comment.fill("Split it")
    take(page, held)
    page.wait_for_timeout(300)
    expect(comment).to_have_value("Split it")
    page.get_by_role("dialog").get_by_role("button", name="Keep as it is").click()
    take(page, held)
    expect(head(page)).to_contain_text("3 new entries")


def test_nothing_moves_under_a_pointer_that_is_pressed(page, entries, hold):
    held = hold("**/billing/review/")
    approve(page, entries[1])
    row(page, entries[2]).get_by_role("button", name="Approve").hover()
    page.mouse.down()
    take(page, held)
    page.wait_for_timeout(300)
    page.mouse.up()
    expect(row(page, entries[2])).to_have_count(0)
    take(page, held)
    expect(head(page)).to_contain_text("2 new entries")


def test_a_group_leaves_with_its_last_row(page, entries, hold):
    held = hold("**/billing/review/")
    approve(page, entries[0])
    expect(page.get_by_role("checkbox", name="Select all of Jonas Feddersen-Lindqvist")).to_have_count(0)
    expect(row(page, entries[1]).locator(".disclosure")).to_be_focused()
    take(page, held)
    expect(head(page)).to_contain_text("3 new entries")
