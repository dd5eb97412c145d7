from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Conversation
from tests.factories import ConversationFactory
from tests.timers.moments import START, after
from timers.models import Timer
from workspaces.models import User


@pytest.fixture
def timer(agent: User, conversation: Conversation) -> Timer:
    """The agent's, running since an hour ago."""
    since = timezone.now() - timedelta(hours=1)
    return Timer.objects.start(user=agent, conversation=conversation, now=since)


@pytest.fixture
def books(agent, manager, customer, conversation):
    """By the verbs, two timers of the agent: one logged, its entry invoiced; one stopped, its entry New."""
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START).stop(after(minutes=5))
    timer.entry.revise(by=agent, version=1, now=after(minutes=6), billed_seconds=4500)
    timer.entry.approve(by=manager, now=after(minutes=7))
    workspace = conversation.workspace
    workspace.batches.create_from_approved(workspace, by=manager, now=after(minutes=8))
    other = ConversationFactory(customer=customer)
    Timer.objects.start(user=agent, conversation=other, now=after(minutes=9)).stop(after(minutes=10))
    return workspace


@pytest.fixture
def logged(books):
    return Timer.objects.get(state="logged")


@pytest.fixture
def stopped(books):
    return Timer.objects.get(state="stopped")
