from functools import cached_property
from typing import Any

from billing.models import BillingEntry
from timers.board import Board
from workspaces.counts import Many
from workspaces.requests import Request

#: What belongs to the review, among the addresses of billing.
REVIEWING = tuple(f"/billing/{page}/" for page in ("review", "batches", "history", "statement"))


class Topbar:
    """What the top bar of a signed-in page shows; read only if the page has one."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @property
    def icon(self) -> Board:
        return Board.of(self.request)

    @property
    def is_reviewing(self) -> bool:
        return self.request.path.startswith(REVIEWING)

    @cached_property
    def review_count(self) -> Many:
        # The queue has counted them already.
        counted = vars(self.request).get("review_count")
        if counted is not None:
            return counted
        user = self.request.user
        return Many.of(BillingEntry.objects.reviewable_by(user).new()) if user.is_manager else Many(0)

    @cached_property
    def memberships(self) -> list[Any]:
        return self.request.user.current_memberships


def topbar(request: Request) -> dict[str, Any]:
    signed_in = hasattr(request, "user") and request.user.is_authenticated
    return {"topbar": Topbar(request)} if signed_in else {}
