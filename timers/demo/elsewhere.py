"""Another workspace, across the sea. Nobody in the first one may see anything of it."""

from timers.demo.records import (
    BillingType,
    Conversation,
    Customer,
    Person,
    Work,
    Workspace,
    incoming,
    note,
    reply,
)

ADVISORY = BillingType("Advisory hour", "service", "hour", "up", 6, None, None, 24_500)
BOOKKEEPING = BillingType("Bookkeeping", "service", "hour", "nearest", 15, 15, None, 9_000)

BREWERY = Customer("Kettle Creek Brewing Co.", BOOKKEEPING.name, "2020-02")
SCHOOLS = Customer("Saint Bartholomew School District", None, "2018-08")

ELSEWHERE = Workspace(
    name="Prairie Ledger Advisors",
    currency="USD",
    time_zone="America/New_York",
    hours_per_day="8.00",
    default_billing_type=ADVISORY.name,
    people=(Person("dolores", "Dolores", "Whitcomb", "manager"),),
    billing_types=(ADVISORY, BOOKKEEPING),
    customers=(BREWERY, SCHOOLS),
    conversations=(
        Conversation(
            subject="Excise tax return, second quarter: barrels do not match the tanks",
            customer=BREWERY.name,
            contact="Walt Nowicki",
            assignee="dolores",
            state="open",
            billing_type=None,
            messages=(
                incoming(
                    6,
                    "10:12",
                    """
                    Hi Dolores, the books say 1,204 barrels and the tank log says 1,187. The return is due
                    on the fifteenth.
                    """,
                ),
                reply(
                    "dolores",
                    5,
                    "09:45",
                    """
                    Hi Walt, 17 barrels went to the festival untaxed. Here is how to show it.
                    """,
                ),
            ),
            work=(
                Work(
                    "dolores",
                    5,
                    "09:02",
                    (("0:00:48", "0:38:49"),),
                    "Tank log reconciled with the books",
                    state="approved",
                ),
                Work("dolores", 1, "08:01", (("0:00:28", "0:52:34"),), "Return for the second quarter"),
            ),
        ),
        Conversation(
            subject="Audit committee: agenda and last year's findings",
            customer=SCHOOLS.name,
            contact="Marguerite Okafor",
            assignee="dolores",
            state="open",
            billing_type=None,
            messages=(
                incoming(
                    4,
                    "13:30",
                    """
                    Could you send us the open findings before the board meets on Tuesday?
                    """,
                ),
                note("dolores", 4, "15:02", "Two of nine are open, both about purchasing cards."),
                reply("dolores", 3, "11:20", "Attached, with a status for each and the person in charge."),
            ),
            work=(
                Work("dolores", 3, "09:46", (("0:00:09", "1:14:58"),), "Findings of last year, status list"),
            ),
        ),
        Conversation(
            subject="Sales tax on tap room merchandise",
            customer=BREWERY.name,
            contact="Walt Nowicki",
            assignee="dolores",
            state="closed",
            billing_type=None,
            messages=(
                incoming(9, "16:40", "Do we charge tax on the growlers if they leave empty?"),
                reply("dolores", 8, "10:05", "Yes. Empty or full, the growler itself is taxable."),
            ),
            work=(
                Work(
                    "dolores",
                    8,
                    "09:54",
                    (("0:00:22", "0:09:06"),),
                    "Question about growlers",
                    state="invoiced",
                ),
            ),
        ),
    ),
)
