"""Tables, rates, periods and reports: advice that ends in a list."""

from timers.demo.office import ASHWORTH, BEHNKE, CONSULTING, FJORDLYS, FOUNDATION
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Freight rate calculator: from one spreadsheet to something three people can edit",
        customer=BEHNKE.name,
        contact="Malte Behnke",
        assignee="agent2",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                14,
                "11:02",
                """
                Moin Björn, our rates live in a spreadsheet of 38 sheets that only Gesa understands. When
                she is on holiday we quote from memory. Could you look at what it would take to get out of
                this?
                """,
            ),
            reply(
                "agent2",
                11,
                "16:57",
                """
                Moin Malte, I have read all 38. Eleven are copies, nine are dead, and in "Baltic_NEW_final2"
                the bunker surcharge is added twice. What remains is a table of about 2,600 rates with a
                date from and a date to. That is a small database, not a big project.
                """,
            ),
            incoming(10, "08:29", "Twice?! Since when?"),
            reply(
                "agent2",
                10,
                "09:11",
                """
                Since February last year, 114 quotations. The list is attached. I am sorry.
                """,
            ),
            note(
                "agent2",
                4,
                "09:40",
                """
                Prototype shown to Gesa, she found two mistakes in mine within five minutes. She should own
                the thing, not watch it being built.
                """,
            ),
            incoming(
                2,
                "16:33",
                """
                The prototype convinced my uncle, which is a first. Please send an offer for the rest, with
                Gesa's hours in it as our part.
                """,
            ),
            reply(
                "agent2",
                1,
                "16:44",
                """
                The offer is attached: 14 days, in three parts, each useful by itself.
                """,
            ),
        ),
        work=(
            Work(
                "agent2",
                14,
                "12:12",
                (("0:00:16", "2:32:14"),),
                "All 38 sheets read, duplicates marked",
                state="invoiced",
            ),
            Work(
                "agent2",
                11,
                "08:10",
                (
                    ("0:00:41", "1:58:21"),
                    ("2:09:05", "1:48:12"),
                ),
                "Bunker surcharge traced through 114 quotations",
                state="invoiced",
            ),
            Work(
                "agent2",
                8,
                "08:14",
                (
                    ("0:00:38", "1:38:03"),
                    ("1:49:28", "1:06:47"),
                ),
                "Data model, import of 2,600 rates",
                state="approved",
            ),
            Work(
                "agent2",
                6,
                "08:37",
                (
                    ("0:00:54", "1:45:20"),
                    ("1:54:36", "1:19:12"),
                    ("3:30:27", "1:02:28"),
                ),
                "Prototype: search and quotation",
                state="approved",
                billed="4:00",
            ),
            Work(
                "agent2", 4, "08:16", (("0:00:37", "1:06:57"),), "Prototype shown to Ms Lührmann, corrections"
            ),
            Work("agent2", 1, "14:13", (("0:00:21", "2:17:14"),), "Offer in three parts", kind="time"),
            Work(
                "agent2",
                0,
                "",
                (("0:00:12", "0:49:35"),),
                "Import rules written down for Ms Lührmann",
                minutes_ago=187,
            ),
        ),
    ),
    Conversation(
        subject="Document retention schedule for the clinical quality files",
        customer=FJORDLYS.name,
        contact="Sunniva Aas",
        assignee="manager",
        state="open",
        billing_type=CONSULTING.name,
        messages=(
            incoming(
                10,
                "09:19",
                """
                Dear Marie-Luise, the inspectors asked how long we keep the batch records, and got three
                different answers from three of us. We need one table that everybody can live with.
                """,
            ),
            reply(
                "manager",
                9,
                "13:40",
                """
                Dear Sunniva, I would begin with what you have: could each department send me a list of its
                folders, however untidy? The periods come second; where they start is what people disagree
                on.
                """,
            ),
            incoming(5, "15:44", "Five lists attached. Quality assurance sent a drawing instead."),
            reply(
                "manager",
                4,
                "17:33",
                """
                The drawing was the best of them. The table is attached, 62 kinds of document, each with the
                event that starts the period.
                """,
            ),
        ),
        work=(
            Work(
                "manager",
                9,
                "12:47",
                (("0:00:07", "0:38:19"),),
                "Inspection report read, questions to the departments",
                state="invoiced",
            ),
            Work(
                "manager",
                4,
                "13:42",
                (
                    ("0:00:21", "1:27:47"),
                    ("1:41:43", "1:14:06"),
                ),
                "Retention schedule, 62 kinds of document",
            ),
            Work(
                "agent",
                5,
                "08:30",
                (("0:00:22", "0:57:26"),),
                "Statutory periods for batch records",
                state="approved",
            ),
            Work(
                "anjali",
                4,
                "11:06",
                (("0:00:36", "0:39:30"),),
                "Shared drive: rights and labels for the new schedule",
                state="unconfirmed",
            ),
        ),
    ),
    Conversation(
        subject="Rent roll import: 412 units, three date formats and one column that means two things",
        customer=ASHWORTH.name,
        contact="Imogen Ashworth-Bell",
        assignee=None,
        state="open",
        billing_type=CONSULTING.name,
        messages=(
            incoming(
                3,
                "10:41",
                """
                Hello again, we have bought a small portfolio in Kiel, and its rent roll will not go into
                our system. Dates are day first, month first and in words. "Area" is sometimes with the
                balcony. Could you turn it into our format?
                """,
            ),
            reply(
                "anjali",
                2,
                "09:27",
                """
                Hello Imogen, yes. The dates are a morning's work; the areas need the floor plans, and
                somebody who knows the houses. We will come back to you with a name this week.
                """,
            ),
        ),
        work=(
            Work(
                "anjali",
                2,
                "08:39",
                (("0:00:51", "0:41:26"),),
                "Rent roll sifted, effort estimated",
                kind="time",
            ),
        ),
    ),
    Conversation(
        subject="Grant reporting to the ministry: template and figures for the first half-year",
        customer=FOUNDATION.name,
        contact="Almut Diekmann",
        assignee="anjali",
        state="closed",
        billing_type=CONSULTING.name,
        messages=(
            incoming(
                14,
                "14:26",
                """
                Good afternoon, the ministry wants the report in its own template this time, and it adds up
                cents that we do not have. Due at the end of the week.
                """,
            ),
            reply(
                "anjali",
                12,
                "12:06",
                """
                Dear Ms Diekmann, their template rounds each line and adds the rounded figures. I have put
                the exact sum underneath with one sentence of explanation; they accept that, I called.
                """,
            ),
            incoming(8, "11:31", "Accepted without a question, for the first time in nine years!"),
        ),
        work=(
            Work(
                "anjali",
                13,
                "13:11",
                (
                    ("0:00:18", "1:01:05"),
                    ("1:16:42", "1:15:48"),
                ),
                "Figures for the first half-year transferred",
                state="invoiced",
            ),
            Work(
                "anjali",
                12,
                "10:49",
                (("0:00:10", "1:11:06"),),
                "Difference explained, call with the ministry",
                state="invoiced",
            ),
        ),
    ),
)
