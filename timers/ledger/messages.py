"""Whether a message is where its conversation is."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.models import Message
from timers.ledger.difference import Difference, unequal
from timers.ledger.reading import Slice

#: Not the message's own: what is in a workspace is what its conversations hold.
WORKSPACE = "conversation__workspace_id"


def check(part: Slice) -> Iterator[Difference | int]:
    """The differences, and for every row that was looked at a 1."""
    messages = part.of(Message.objects.order_by(), workspace=WORKSPACE)
    for message, found, expected in messages.values_list("pk", "workspace_id", WORKSPACE):
        yield 1
        yield from unequal(f"message {message}", ("the workspace of its conversation", expected, found))
