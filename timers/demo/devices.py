"""Equipment that is bought, prepared, tested and handed over."""

from timers.demo.office import CONSULTING, DENTIST, FJORDLYS, REMOTE, SMALL_JOB, WATER
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Two-factor tokens for 38 field engineers, with gloves and without a smartphone",
        customer=WATER.name,
        contact="Torben Asmussen",
        assignee="anjali",
        state="open",
        billing_type=CONSULTING.name,
        messages=(
            incoming(
                12,
                "13:22",
                """
                Hello, our insurer wants a second factor for everybody by the end of the quarter. Our people
                stand in the rain with gloves on, and the works council will not have private telephones
                used. What is left?
                """,
            ),
            reply(
                "anjali",
                11,
                "15:16",
                """
                Dear Mr Asmussen, a key on the key ring that is held against the tablet: no battery, no
                typing, works with gloves, and survives being run over (we tried). Two per person, one stays
                in the safe.
                """,
            ),
            incoming(
                7,
                "10:03",
                """
                The works council likes it. 38 people plus 6 spare, please. And a sheet that explains it.
                """,
            ),
            note(
                "anjali",
                6,
                "16:12",
                """
                88 keys ordered, delivery in two weeks. The tablets of the older series need the firmware of
                March, otherwise the reader stays asleep. 9 of 38 are still without.
                """,
            ),
            reply(
                "anjali",
                2,
                "13:48",
                """
                The sheet is attached, one page, with pictures. The pilot with Mr Lorenzen and his three
                colleagues starts on Monday at 6:30 at the depot.
                """,
            ),
        ),
        work=(
            Work(
                "anjali",
                12,
                "14:05",
                (("0:00:25", "0:54:12"),),
                "Options compared: keys, tokens, cards",
                state="invoiced",
            ),
            Work(
                "anjali",
                11,
                "09:07",
                (("0:00:57", "1:23:05"),),
                "Trial with two kinds of key and three tablets",
                state="invoiced",
            ),
            Work(
                "anjali",
                6,
                "08:13",
                (
                    ("0:00:16", "0:37:16"),
                    ("1:01:53", "0:30:37"),
                ),
                "Order, firmware list of the tablets",
                state="approved",
            ),
            Work("anjali", 3, "11:37", (("0:00:30", "1:49:09"),), "Enrolment tested, one-page instructions"),
            Work(
                "anjali", 2, "09:31", (("0:00:10", "0:26:13"),), "Pilot group prepared", state="unconfirmed"
            ),
            Work(
                "agent",
                6,
                "09:52",
                (("0:00:16", "0:35:40"),),
                "Works agreement on second factors read",
                state="approved",
            ),
        ),
    ),
    Conversation(
        subject="Onboarding: eleven laptops for the laboratory in Geesthacht",
        customer=FJORDLYS.name,
        contact="Sunniva Aas",
        assignee="anjali",
        state="open",
        billing_type=REMOTE.name,
        messages=(
            incoming(
                8,
                "13:31",
                """
                Hi Anjali, eleven new colleagues start on the first, list attached. Two of them need the
                licence for the chromatography software, one is left-handed and asks for the mouse
                accordingly.
                """,
            ),
            reply(
                "anjali",
                7,
                "15:59",
                """
                Hi Sunniva, all ordered, left-handed mouse included. The chromatography licence is bound to
                the network card, so I need to know who gets which laptop before I request it.
                """,
            ),
            incoming(
                4,
                "09:36",
                """
                Numbers 4 and 9 then. Could they be ready one day earlier? There is a fire drill on the
                first.
                """,
            ),
            reply("anjali", 4, "10:08", "Yes. Seven are done, the other four follow tomorrow."),
        ),
        work=(
            Work(
                "anjali", 7, "14:16", (("0:00:15", "0:47:28"),), "Order, list of accounts", state="approved"
            ),
            Work(
                "anjali",
                5,
                "08:21",
                (
                    ("0:00:26", "1:15:59"),
                    ("1:23:39", "1:48:03"),
                ),
                "Laptops 1 to 7: image, encryption, accounts",
                state="approved",
            ),
            Work(
                "anjali",
                3,
                "09:48",
                (("0:00:12", "2:12:02"),),
                "Laptops 8 to 11, chromatography licence",
                billed="2:00",
            ),
            Work("anjali", 1, "08:10", (("0:00:05", "0:58:51"),), "Inventory list, asset labels"),
            Work("anjali", 1, "", (), "Drive to Geesthacht, hand-over", billed="2:30", by_hand=True),
        ),
    ),
    Conversation(
        subject="Backup restore test for the practice software, second quarter",
        customer=DENTIST.name,
        contact="Dr. Annelies Reimers-Yavuz",
        assignee="agent2",
        state="closed",
        billing_type=SMALL_JOB.name,
        messages=(
            reply(
                "agent2",
                14,
                "09:15",
                """
                Dear Dr. Reimers-Yavuz, the quarterly restore test is due. It runs on our machine, you will
                not notice anything. I need ten minutes with somebody who can tell whether a file looks
                right.
                """,
            ),
            incoming(14, "12:33", "Call Ms Demir after one, she knows every file by name."),
            reply(
                "agent2",
                13,
                "16:48",
                """
                Passed: 412 GB in 3 h 12 min, three patient files and five X-ray pictures compared with Ms
                Demir. The report for your quality folder is attached.
                """,
            ),
        ),
        work=(
            Work("agent2", 14, "10:09", (("0:00:57", "0:22:44"),), "Restore prepared", state="invoiced"),
            Work(
                "agent2",
                13,
                "08:28",
                (
                    ("0:00:22", "0:31:33"),
                    ("0:44:43", "0:56:37"),
                    ("1:53:55", "0:53:20"),
                ),
                "Restore test, comparison with Ms Demir, report",
                state="invoiced",
            ),
        ),
    ),
)
