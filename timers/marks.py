"""What a page has of timers, in a few letters, by which a poll knows what has changed since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2s
from typing import Any

from conversations.models import Conversation
from timers.log import NOTHING, with_mark
from timers.models import Desk, Timer
from workspaces.models import User

WELL_FORMED = re.compile("[0-9a-f]{12}")
#: The regions of a page, in the order of their marks; of them "icon" is what the icon is called.
REGIONS = ("list", "mine", "others", "icon")


def marks_of(desk: Desk, here: Conversation | None, log_mark: tuple[int, ...]) -> dict[str, str]:
    """A mark for each region, which changes when what it shows does; `here` is what the page is about."""
    place = here and (here.pk, here.is_open)
    mine = here and desk.on(here.pk)
    colleagues = desk.colleagues(here.pk) if here else []
    own = desk.open
    running = sum(timer.is_running for timer in own)
    return {
        "list": _mark([place, *map(_signature, own)]),
        "mine": _mark([place, mine and _signature(mine)]),
        "others": _mark([*map(_signature, colleagues), log_mark]),
        "icon": _mark([running, len(own) - running]),
    }


def marks_now(user: User, here: int) -> dict[str, str]:
    """Those of a page about the conversation `here` (0: about none), with no more read than they tell."""
    found: list[Any] = with_mark(here=here, workspaces=user.workspace_ids) if here else []
    if not found:
        return marks_of(Desk.glance(user), None, ())
    return marks_of(Desk.glance(user, here=here), found[0], tuple(found[0].log_mark or NOTHING))


def read_marks(seen: str) -> dict[str, str]:
    """Those that a page sent, which may be anything."""
    return dict(zip(REGIONS, seen.split("."), strict=False))


def changes(marks: Mapping[str, str], seen: str) -> list[str]:
    """The regions whose mark is not the one that a page sent."""
    old = read_marks(seen)
    return [region for region, mark in marks.items() if old.get(region) != mark]


def _signature(timer: Timer) -> tuple[object, ...]:
    entry = timer.entry
    return (
        timer.pk,
        timer.is_running,
        timer.running_since,
        timer.changed_at,
        timer.conversation.is_open,
        entry and (entry.pk, entry.version),
    )


def _mark(parts: Iterable[object]) -> str:
    return blake2s(repr(list(parts)).encode(), digest_size=6).hexdigest()
