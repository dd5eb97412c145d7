"""Planned changes on the customer's premises."""

from timers.demo.office import BEHNKE, ON_SITE, ORBISONDE, WATER
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Firewall replacement Pumpwerk Nord: change window, rollback plan, who is on call",
        customer=WATER.name,
        contact="Torben Asmussen",
        assignee="agent2",
        state="open",
        billing_type=ON_SITE.name,
        messages=(
            incoming(
                13,
                "08:44",
                """
                Good morning Mr Kröger, the new firewalls have arrived. The control room can spare the link
                for four hours on a day without rain, not a minute longer. When would suit you?
                """,
            ),
            reply(
                "agent2",
                12,
                "17:28",
                """
                Good morning Mr Asmussen,

                the plan is attached: configuration and dry run at our office, then two days on site. If the
                telemetry is not back after 90 minutes we go back to the old pair, without discussion. For
                that we need one person in the control room who may decide it.
                """,
            ),
            incoming(8, "15:05", "Agreed. Ms Lorenzen has the shift and may decide. Forecast says dry."),
            note(
                "agent2",
                5,
                "18:31",
                """
                First day done, everything in the rack, old pair still carrying. The tunnel to the sewage
                works uses a cipher that the new pair refuses; their contractor must change it first.
                """,
            ),
            reply(
                "agent2",
                3,
                "19:02",
                """
                Switched over at 14:10, telemetry back at 14:31, 59 minutes to spare. The old pair stays
                wired for two weeks. Thank you for the fish rolls.
                """,
            ),
        ),
        work=(
            Work(
                "agent2",
                12,
                "08:44",
                (
                    ("0:00:08", "1:26:21"),
                    ("1:40:03", "1:21:01"),
                ),
                "Change plan, rollback plan, call list",
                state="invoiced",
            ),
            Work(
                "agent2",
                9,
                "08:36",
                (
                    ("0:00:54", "1:58:27"),
                    ("2:21:45", "2:05:07"),
                ),
                "Configuration and dry run with both units",
                state="invoiced",
                billed="4:00",
            ),
            Work(
                "agent2",
                5,
                "07:42",
                (("0:00:25", "9:50:44"),),
                "On site at Pumpwerk Nord: installation, cabling, tests",
                state="approved",
            ),
            Work(
                "agent2",
                5,
                "",
                (),
                "Drive to Pumpwerk Nord and back",
                state="approved",
                kind="time",
                billed="1:40",
                by_hand=True,
            ),
            Work(
                "agent2",
                3,
                "13:02",
                (
                    ("0:00:24", "2:23:43"),
                    ("2:35:40", "1:47:29"),
                ),
                "On site at Pumpwerk Nord: switch-over and acceptance",
            ),
            Work(
                "agent2",
                2,
                "08:41",
                (("0:00:18", "1:58:20"),),
                "As-built drawing and rule list",
                state="returned",
                comment="The drawings were in the offer. Make it a time entry, or say what was added.",
            ),
        ),
    ),
    Conversation(
        subject="Telephone migration: 64 extensions, the fax nobody wants to give up, old number ranges",
        customer=BEHNKE.name,
        contact="Gesa Lührmann",
        assignee="agent2",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                11,
                "10:50",
                """
                The provider switches off our old line in ten weeks. 64 extensions, 9 hunt groups, and Mr
                Behnke senior insists on the fax number that is painted on the ships.
                """,
            ),
            reply(
                "agent2",
                10,
                "14:40",
                """
                Dear Ms Lührmann, the painted number can stay, as a fax that arrives as an e-mail. He will
                not notice if we print them. Could you mark in the list which extensions are really used?
                """,
            ),
            incoming(
                5,
                "17:19",
                """
                List attached. 41 in use, 12 unknown, 11 belong to people who have retired.
                """,
            ),
            note(
                "agent2",
                4,
                "16:50",
                """
                The twelve unknown ones: lift, gate, two door openers, the alarm panel. The alarm panel must
                not move before the security company has been here.
                """,
            ),
            reply(
                "agent2",
                2,
                "15:52",
                """
                The security company comes on Thursday week. New schedule attached, no date lost.
                """,
            ),
        ),
        work=(
            Work(
                "agent2",
                10,
                "11:03",
                (("0:00:31", "1:36:02"),),
                "Inventory of extensions and hunt groups",
                state="invoiced",
            ),
            Work(
                "agent2",
                7,
                "08:19",
                (
                    ("0:00:26", "1:22:50"),
                    ("1:40:29", "1:35:18"),
                ),
                "Routing plan, two offers compared",
                state="approved",
            ),
            Work(
                "agent2",
                4,
                "12:05",
                (
                    ("0:00:24", "1:12:34"),
                    ("1:23:37", "0:55:06"),
                ),
                "Unknown extensions traced in the building",
            ),
            Work(
                "agent2",
                2,
                "14:09",
                (("0:00:25", "1:24:18"),),
                "Call with the security company, revised schedule",
            ),
            Work(
                "manager",
                7,
                "08:03",
                (("0:00:24", "0:31:15"),),
                "Provider's contract: notice periods",
                state="approved",
            ),
        ),
    ),
    Conversation(
        subject="Pricing workshop in Luxembourg",
        customer=ORBISONDE.name,
        contact="Tom Weyland",
        assignee="manager",
        state="closed",
        billing_type=ON_SITE.name,
        messages=(
            incoming(
                13,
                "16:15",
                """
                Hi Marie-Luise, eleven of us, one day, no slides: what do we charge for and why? The room is
                booked for Wednesday, and there is a very good bakery next door.
                """,
            ),
            reply(
                "manager",
                12,
                "09:20",
                """
                Hi Tom, gladly. Please bring five real invoices, two of them to customers who complained,
                and leave the titles at the door.
                """,
            ),
            incoming(
                10,
                "18:55",
                """
                Best day in months. We had been giving away the one thing that they all pay for elsewhere.
                """,
            ),
            reply(
                "manager",
                9,
                "17:45",
                """
                The photographs of the walls and two pages of summary are attached.
                """,
            ),
        ),
        work=(
            Work("manager", 12, "09:40", (("0:00:42", "1:23:02"),), "Workshop prepared", state="invoiced"),
            Work(
                "manager", 10, "08:52", (("0:00:04", "8:42:42"),), "Workshop in Luxembourg", state="invoiced"
            ),
            Work(
                "manager",
                10,
                "",
                (),
                "Train Hamburg to Luxembourg",
                state="invoiced",
                kind="time",
                billed="6:45",
                by_hand=True,
            ),
            Work(
                "manager",
                9,
                "16:07",
                (("0:00:52", "1:04:35"),),
                "Summary and photographs",
                state="approved",
                billed="0:30",
            ),
        ),
    ),
)
