"""The billing type that a timer takes when it starts, and keeps."""

import pytest

from tests.factories import BillingTypeFactory
from tests.timers.moments import START, after
from timers.models import Timer


@pytest.fixture
def rules(workspace, customer, conversation, billing_type):
    """One for each level at which a billing type can be chosen."""
    conversation.billing_type = BillingTypeFactory(workspace=workspace, name="The conversation's")
    conversation.save()
    customer.billing_type = BillingTypeFactory(workspace=workspace, name="The customer's")
    customer.save()
    return {
        "conversation": conversation.billing_type,
        "customer": customer.billing_type,
        "workspace": billing_type,
    }


def unset(level, customer, conversation, workspace):
    chooser, field = {
        "conversation": (conversation, "billing_type"),
        "customer": (customer, "billing_type"),
        "workspace": (workspace, "default_billing_type"),
    }[level]
    setattr(chooser, field, None)
    chooser.save()


def archive(rule):
    """As if it had been archived while it was nobody's default."""
    type(rule).objects.filter(pk=rule.pk).update(archived_at=START)


@pytest.mark.parametrize("passed_over", ["unset", "archived"])
@pytest.mark.parametrize(
    ("without", "taken"),
    [
        ([], "conversation"),
        (["conversation"], "customer"),
        (["customer"], "conversation"),
        (["conversation", "customer"], "workspace"),
        (["conversation", "customer", "workspace"], None),
    ],
)
def test_a_timer_takes_the_nearest_billing_type_in_use(
    agent, workspace, customer, conversation, rules, passed_over, without, taken
):
    for level in without:
        if passed_over == "archived":
            archive(rules[level])
        else:
            unset(level, customer, conversation, workspace)
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    assert timer.billing_type == rules.get(taken)


def test_without_any_billing_type_the_time_is_logged_as_it_is_and_worth_nothing(
    agent, workspace, conversation
):
    workspace.default_billing_type = None
    workspace.save()
    entry = (
        Timer.objects.start(user=agent, conversation=conversation, now=START).stop(after(seconds=61)).entry
    )
    assert (entry.kind, entry.billing_type, entry.rule["name"]) == ("time", None, "No billing type")
    assert (entry.raw_seconds, entry.billed_seconds, entry.rate, entry.amount) == (61, 61, 0, 0)


def test_a_timer_keeps_the_billing_type_that_it_started_with(agent, workspace, customer, conversation, rules):
    started_with = rules["conversation"]
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    conversation.billing_type = BillingTypeFactory(workspace=workspace, name="Chosen later", rate=1)
    conversation.save()
    archive(started_with)
    entry = timer.stop(after(hours=1)).entry
    assert (entry.billing_type, entry.amount) == (started_with, 12000)


def test_a_timer_that_runs_on_keeps_its_billing_type(agent, workspace, conversation, rules):
    workspace.create_entries_automatically = False
    workspace.save()
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START).stop(after(minutes=5))
    unset("conversation", conversation.customer, conversation, workspace)
    timer = timer.resume(after(minutes=10))
    assert timer.billing_type == rules["conversation"]


def test_an_entry_is_made_under_the_rule_as_it_is_when_the_timer_stops(agent, conversation, billing_type):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    billing_type.rate = 20000
    billing_type.save()
    entry = timer.stop(after(hours=1)).entry
    assert entry.amount == 20000
    billing_type.rate = 1
    billing_type.save()
    entry.refresh_from_db()
    assert (entry.rate, entry.amount, entry.rule["rate"]) == (20000, 20000, 20000)
