from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Conversation
from timers.models import Timer
from workspaces.models import User


@pytest.fixture
def timer(agent: User, conversation: Conversation) -> Timer:
    """The agent's, running since an hour ago."""
    since = timezone.now() - timedelta(hours=1)
    return Timer.objects.start(user=agent, conversation=conversation, now=since)
