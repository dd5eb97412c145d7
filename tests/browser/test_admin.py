"""The admin in a real browser: a rule that is being typed, sheets on a phone, themes, accessibility."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from billing.models import BillingType
from conversations.models import Conversation
from tests.browser.conftest import Sit
from tests.factories import BillingEntryFactory, BillingTypeFactory, MembershipFactory, TimerFactory
from workspaces.models import User, Workspace

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 800}}


def page_of(billing_type: BillingType) -> str:
    return f"/admin/billing/billingtype/{billing_type.pk}/change/"


def says(page: Page, text: str) -> None:
    """Of which rule the figures are."""
    expect(page.locator(".preview").get_by_role("status")).to_have_text(text, use_inner_text=True)


def amounts(page: Page) -> list[str]:
    return page.locator(".preview tbody tr td:last-child").all_inner_texts()


# A rule that is being typed


def test_the_figures_follow_the_form_and_nothing_is_saved(
    sit: Sit, admin: User, billing_type: BillingType
) -> None:
    page = sit(admin, page_of(billing_type))
    preview = page.locator(".preview")
    assert amounts(page)[0] == "30.00"
    says(page, "By the rule as it is saved.")
    page.get_by_label("Increment, minutes").fill("30")
    expect(preview.locator(".receipt")).to_contain_text("rounded up to 30 min")
    assert amounts(page)[0] == "60.00"
    says(page, "By the rule as it is in the form, which is not saved yet.")
    page.get_by_label("Rounding").select_option("none")
    page.get_by_label("Rate, EUR").fill("3600")
    expect(preview.locator("tbody tr").first).to_contain_text("as recorded")
    expect(preview.locator("tbody tr").first.locator("td").last).to_have_text("1.00")
    billing_type.refresh_from_db()
    assert (billing_type.rounding, billing_type.increment_minutes, billing_type.rate) == ("up", 15, 12000)
    assert billing_type.history.count() == 1


def test_an_error_is_told_beside_its_field_until_it_is_mended(
    sit: Sit, admin: User, billing_type: BillingType
) -> None:
    page = sit(admin, page_of(billing_type))
    increment = page.get_by_label("Increment, minutes")
    increment.fill("0")
    said = "Ensure this value is greater than or equal to 1."
    expect(increment).to_have_accessible_description(re.compile(re.escape(said)))
    expect(increment).to_have_attribute("aria-invalid", "true")
    assert page.get_by_text(said).bounding_box()["y"] > increment.bounding_box()["y"]
    assert amounts(page)[0] == "30.00"
    says(page, "The form holds no rule just now: these are the figures from before.")
    page.get_by_label("Rate, EUR").fill("1.234")
    expect(page.get_by_text("EUR has 2 decimals.")).to_be_visible()
    assert page.get_by_text(said).count() == 1
    page.get_by_label("Rate, EUR").fill("60")
    increment.fill("15")
    expect(page.locator(".preview tbody tr").first.locator("td").last).to_have_text("15.00")
    expect(page.get_by_text(said)).to_have_count(0)
    expect(increment).not_to_have_attribute("aria-invalid", "true")


def test_a_new_rule_gets_its_amounts_while_it_is_typed(sit: Sit, admin: User, workspace: Workspace) -> None:
    page = sit(admin, "/admin/billing/billingtype/add/")
    assert set(amounts(page)) == {"–"}
    page.get_by_label("Rate").fill("90")
    page.get_by_label("Workspace:").select_option(str(workspace))
    expect(page.locator(".preview tbody tr").first.locator("td").last).to_have_text("22.50")
    expect(page.locator(".errorlist")).to_have_count(0)
    expect(page.locator(".preview thead")).to_contain_text("Amount, EUR")


def test_a_session_that_ended_leaves_the_figures_and_says_so(
    sit: Sit, admin: User, billing_type: BillingType
) -> None:
    page = sit(admin, page_of(billing_type))
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Increment, minutes").fill("30")
    says(page, "This could not be recalculated: these are the figures from before.")
    assert amounts(page)[0] == "30.00"


def test_without_scripts_it_shows_the_saved_rule_and_the_form_saves(
    sit: Sit, admin: User, billing_type: BillingType
) -> None:
    page = sit(admin, page_of(billing_type), java_script_enabled=False)
    page.get_by_label("Increment, minutes").fill("30")
    assert amounts(page)[0] == "30.00"
    page.get_by_role("button", name="Save and continue editing").click()
    assert amounts(page)[0] == "60.00"
    billing_type.refresh_from_db()
    assert billing_type.increment_minutes == 30


# One application


def test_a_theme_chosen_here_or_there_holds_in_both(sit: Sit, admin: User) -> None:
    page = sit(admin, "/conversations/", color_scheme="light")

    def choose(theme: str) -> None:
        page.get_by_role("button", name="Account of Ada Min").click()
        page.locator("#user-menu").get_by_text(theme, exact=True).click()

    def is_dark() -> bool:
        return page.evaluate("matchMedia('all').matches && getComputedStyle(document.body).color") != (
            "rgb(26, 29, 35)"
        )

    assert not is_dark()
    choose("Dark")
    page.goto("/admin/")
    assert is_dark()
    choose("Light")
    page.goto("/conversations/")
    assert not is_dark()
    choose("Dark")
    page.goto("/admin/")
    choose("System")
    assert not is_dark()
    page.goto("/conversations/")
    assert not is_dark()


def test_on_a_phone_models_and_filters_are_sheets(sit: Sit, admin: User, conversation: Conversation) -> None:
    TimerFactory(conversation=conversation)
    TimerFactory(conversation=conversation, state="stopped")
    page = sit(admin, "/admin/timers/timer/", **PHONE)
    expect(page.locator("#changelist-filter")).to_be_hidden()
    page.get_by_role("button", name="Filter").click()
    page.locator("#changelist-filter").get_by_role("link", name="Stopped").click()
    expect(page.get_by_role("button", name="Filtered")).to_be_visible()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#admin-nav")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    page.locator("#admin-nav").get_by_role("link", name="Intervals").click()
    expect(page.get_by_role("heading", name="Intervals")).to_be_visible()


def test_a_user_is_added_from_the_form_of_a_workspace(sit: Sit, admin: User, workspace: Workspace) -> None:
    page = sit(admin, f"/admin/workspaces/workspace/{workspace.pk}/change/")
    page.get_by_role("button", name="Add another Membership").or_(
        page.get_by_role("link", name="Add another Membership")
    ).click()
    with page.expect_popup() as opened:
        page.locator("#add_id_memberships-0-user").click()
    popup = opened.value
    popup.get_by_label("Username").fill("newcomer")
    popup.get_by_label("Password:", exact=True).fill("a-long-enough-secret")
    popup.get_by_label("Password confirmation").fill("a-long-enough-secret")
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    assert workspace.memberships.get().user.username == "newcomer"


# For everybody

#: What Django's own markup does: empty heads in the tables of rows, labels on what is only a picture.
BY_DJANGO = {"empty-table-header", "aria-prohibited-attr"}

PAGES = {
    "first": "/admin/",
    "app": "/admin/billing/",
    "list": "/admin/billing/billingentry/",
    "actions": "/admin/billing/billingtype/",
    "billing type": "/admin/billing/billingtype/{rule}/change/",
    "form": "/admin/workspaces/workspace/{workspace}/change/",
    "user": "/admin/workspaces/user/{user}/change/",
    "facts": "/admin/timers/timer/{timer}/change/",
    "delete": "/admin/billing/billingtype/{spare}/delete/",
    "protected": "/admin/billing/billingtype/{rule}/delete/",
    "history": "/admin/billing/billingentry/{entry}/history/",
    "popup": "/admin/workspaces/user/add/?_popup=1",
    "not found": "/admin/nope/",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("room", [DESK, PHONE], ids=["desk", "phone"])
def test_every_kind_of_page_is_accessible_and_as_wide_as_the_screen(
    sit: Sit,
    axe: Axe,
    complaints: list,
    admin: User,
    agent: User,
    conversation: Conversation,
    room: dict,
    theme: str,
) -> None:
    workspace = conversation.workspace
    MembershipFactory.create_batch(2, workspace=workspace)
    entry = BillingEntryFactory(conversation=conversation, user=agent)
    timer = TimerFactory(conversation=conversation, user=agent)
    spare = BillingTypeFactory(workspace=workspace)
    keys = {
        "rule": workspace.default_billing_type_id,
        "workspace": workspace.pk,
        "user": agent.pk,
        "timer": timer.pk,
        "spare": spare.pk,
        "entry": entry.pk,
    }
    page = sit(admin, "/admin/", **room, color_scheme=theme, reduced_motion="reduce")

    def check(name: str) -> None:
        found = axe.run(page, options={"preload": False}).response["violations"]
        problems = [
            (problem["id"], node["html"])
            for problem in found
            if problem["id"] not in BY_DJANGO
            for node in problem["nodes"]
        ]
        assert not problems, (name, problems)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= room["viewport"]["width"], (name, width)

    for name, url in PAGES.items():
        page.goto(url.format(**keys))
        check(name)
    complaints[:] = [said for said in complaints if "404" not in said]

    page.goto(PAGES["billing type"].format(**keys))
    page.get_by_label("Name").fill("")
    page.get_by_label("Maximum, minutes").fill("0")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    check("errors")

    page.goto("/admin/")
    page.get_by_role("button", name="Account of").click()
    check("account")
    page.goto("/admin/timers/timer/")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#changelist-filter")).to_be_visible()
    check("filters")

    page.context.clear_cookies()
    page.goto("/admin/login/")
    check("door")
