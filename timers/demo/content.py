"""The demo's two workspaces, complete. `manage.py demo` reads this and nothing else of the package.

WORKSPACE is the one that the demo accounts belong to; ELSEWHERE is there to stay out of their sight.
"""

from timers.demo import (
    agreements,
    buildings,
    claims,
    devices,
    figures,
    helpdesk,
    inhouse,
    office,
    online,
    premises,
    proceedings,
)
from timers.demo.elsewhere import ELSEWHERE
from timers.demo.records import Workspace

__all__ = ["ELSEWHERE", "WORKSPACE"]

WORKSPACE = Workspace(
    name="Kontor Albers & Delacroix",
    currency="EUR",
    time_zone="Europe/Berlin",
    hours_per_day="8.00",
    default_billing_type=office.CONSULTING.name,
    people=office.PEOPLE,
    billing_types=office.BILLING_TYPES,
    customers=office.CUSTOMERS,
    conversations=(
        *agreements.CONVERSATIONS,
        *buildings.CONVERSATIONS,
        *helpdesk.CONVERSATIONS,
        *claims.CONVERSATIONS,
        *devices.CONVERSATIONS,
        *inhouse.CONVERSATIONS,
        *premises.CONVERSATIONS,
        *figures.CONVERSATIONS,
        *online.CONVERSATIONS,
        *proceedings.CONVERSATIONS,
        *office.CONVERSATIONS,
    ),
)
