"""How a timer is changed: while its user is held, and written down by one statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from timers.models.recorded import RecordedTimer
from workspaces.models import User


class HeldTimer(RecordedTimer):
    """What the verbs of `Timer` are made of."""

    user_id: int
    entry: Any

    #: Whether this is how the database has it until the transaction ends, because its user is held.
    is_held = False
    #: The fields that verbs changed and did not save yet.
    _changed: frozenset[str] = frozenset()

    class Meta(RecordedTimer.Meta):
        abstract = True

    @contextmanager
    def _held(self) -> Iterator[None]:
        if self.is_held:
            yield
            return
        with transaction.atomic():
            User.objects.hold([self.user_id])
            related = "workspace", "user", "conversation", "entry", "billing_type__workspace"
            fresh = type(self)._default_manager.select_related(*related)
            self.refresh_from_db(from_queryset=fresh)
            self.may_overlap = None
            with self.holding():
                yield

    @contextmanager
    def holding(self) -> Iterator[None]:
        """For whoever holds its user and has read it since: verbs take it as it is, and the end saves it."""
        self._be_held(True)
        try:
            yield
            self.write_down()
        finally:
            self._be_held(False)

    def _be_held(self, is_held: bool) -> None:
        self.is_held = is_held
        if self.entry:
            self.entry.is_held = is_held

    def _change(self, **values: Any) -> None:
        """Not saved yet: one statement writes down all that a verb changes."""
        for name, value in values.items():
            setattr(self, name, value)
        self._changed = self._changed | values.keys()

    def write_down(self) -> None:
        if self._changed:
            self.write(self._changed)
            self._changed = frozenset()

    def move(self, state: str, now: datetime, running_since: datetime | None = None) -> None:
        """Be in another state from now on."""
        self._change(state=state, changed_at=now, running_since=running_since)
