"""The office itself: its people, its rules, its customers, and what it talks about among itself."""

from timers.demo.records import BillingType, Conversation, Customer, Person, Work, incoming, note, reply

PEOPLE = (
    Person("agent", "Friederike", "Sommerkamp", "agent", password_known=True),
    Person("agent2", "Björn", "Kröger", "agent", password_known=True),
    Person("manager", "Marie-Luise", "Grabowski-Hohenfels", "manager", password_known=True),
    Person("anjali", "Anjali", "Deshmukh", "agent"),
    Person("emile", "Émile", "Garnier-Roux", "agent"),
)

LEGAL = BillingType("Legal advice, six minutes", "service", "hour", "up", 6, None, None, 28_000)
CONSULTING = BillingType("Standard consulting", "service", "hour", "up", 15, 15, None, 12_000)
REMOTE = BillingType("Remote support", "service", "minute", "nearest", 5, 10, None, 160)
ON_SITE = BillingType("On-site day", "service", "day", "up", 240, None, None, 96_000)
SMALL_JOB = BillingType("Small job, capped at two hours", "service", "hour", "up", 10, 30, 120, 9_500)
INTERNAL = BillingType("Internal", "time", "hour", "none", 1, None, None, 0)

BILLING_TYPES = (LEGAL, CONSULTING, REMOTE, ON_SITE, SMALL_JOB, INTERNAL)

BEHNKE = Customer("Reederei Behnke & Sohn GmbH & Co. KG", CONSULTING.name, "2019-03")
FJORDLYS = Customer("Fjordlys Pharma AG", LEGAL.name, "2021-09")
ASHWORTH = Customer("Ashworth & Pell Properties Ltd", LEGAL.name, "2017-06")
DUBREUIL = Customer("Atelier Dubreuil Architectes S.A.R.L.", LEGAL.name, "2023-02")
TIETJENS = Customer("Bäckerei Tietjens e. K.", SMALL_JOB.name, "2020-11")
WATER = Customer("Wasserverband Krückau-Pinnau", None, "2018-01")
DENTIST = Customer("Zahnarztpraxis Dr. Annelies Reimers-Yavuz", REMOTE.name, "2022-04")
ORBISONDE = Customer("Orbisonde Analytics S.à r.l.", LEGAL.name, "2024-05")
FOUNDATION = Customer("Stiftung Norddeutsche Orgelmusik", None, "2016-10")
OURSELVES = Customer("Our own office", INTERNAL.name, "2015-01")

CUSTOMERS = (
    BEHNKE,
    FJORDLYS,
    ASHWORTH,
    DUBREUIL,
    TIETJENS,
    WATER,
    DENTIST,
    ORBISONDE,
    FOUNDATION,
    OURSELVES,
)

CONVERSATIONS = (
    Conversation(
        subject="Monthly closing: open items, fee review and what goes out on the first",
        customer=OURSELVES.name,
        contact="Silke Matthiesen",
        assignee="manager",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                12,
                "08:52",
                """
                Good morning all, the list of open items is in the usual folder. Seven invoices are more
                than thirty days old, four of them Behnke. Could you look at yours before I send reminders?
                """,
            ),
            note(
                "manager",
                12,
                "11:20",
                """
                No reminder to Behnke before I have spoken to Mr Behnke senior; he pays in one go after the
                quarter and he has told us so.

                For the others: two weeks, friendly tone, no dunning fee.
                """,
            ),
            note(
                "agent2",
                6,
                "16:41",
                """
                The Wasserverband wants one invoice per cost centre from now on. I have asked them for the
                list, it is three numbers.
                """,
            ),
            incoming(
                1,
                "09:05",
                """
                Reminder: please have everything of last week confirmed by noon tomorrow, otherwise it slips
                into the next batch. There are still entries without a description.
                """,
            ),
            reply("manager", 1, "10:22", "Mine are done. I will go through the rest this afternoon."),
        ),
        work=(
            Work(
                "manager",
                12,
                "12:41",
                (("0:00:43", "1:04:06"),),
                "Open items: list, calls to two customers",
                state="approved",
            ),
            Work(
                "manager",
                6,
                "08:11",
                (
                    ("0:00:29", "0:45:24"),
                    ("0:50:52", "0:43:30"),
                ),
                "Fee review of the previous week",
                state="approved",
            ),
            Work("manager", 1, "09:26", (("0:00:54", "0:47:21"),), "Fee review, first pass"),
            Work(
                "agent",
                6,
                "10:54",
                (("0:00:04", "0:23:17"),),
                "Descriptions completed for the closing",
                state="approved",
            ),
        ),
    ),
    Conversation(
        subject="New apprentice in systems integration: plan for the first four weeks",
        customer=OURSELVES.name,
        contact="Silke Matthiesen",
        assignee="anjali",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                9,
                "10:14",
                """
                Jonna starts with us next month. Contract is signed, the vocational school is Tuesdays and
                every second Thursday. Who takes which week?
                """,
            ),
            note(
                "anjali",
                9,
                "13:32",
                """
                I take week one (workplace, ticket basics, how we write to customers) and week three. Björn,
                could you take her to the pumping station in week two? She has safety shoes.
                """,
            ),
            note(
                "agent2",
                8,
                "08:25",
                """
                Gladly. Gate list closes three days before, I need her date of birth.
                """,
            ),
            reply(
                "anjali",
                4,
                "16:30",
                """
                The plan is in your calendar, Silke. Jonna gets Björn's old desk by the window.
                """,
            ),
        ),
        work=(
            Work(
                "anjali",
                9,
                "10:44",
                (("0:00:53", "1:12:52"),),
                "Plan for the first four weeks, checklist workplace",
                state="approved",
            ),
            Work("anjali", 4, "08:12", (("0:00:45", "0:55:13"),), "Test tickets prepared for Jonna"),
        ),
    ),
    Conversation(
        subject="Meeting room panel shows London time",
        customer=OURSELVES.name,
        contact="Silke Matthiesen",
        assignee="anjali",
        state="closed",
        billing_type=None,
        messages=(
            incoming(
                11,
                "15:37",
                """
                The panel in front of „Altona“ is one hour behind, so people walk into running meetings. The
                one in front of „Blankenese“ is right.
                """,
            ),
            reply(
                "anjali",
                10,
                "09:03",
                """
                Somebody had reset it to factory settings with the paper clip. Set to Berlin again and the
                hole is taped over.
                """,
            ),
        ),
        work=(
            Work(
                "anjali",
                10,
                "08:51",
                (("0:00:53", "0:09:01"),),
                "Panel „Altona“: time zone",
                state="approved",
            ),
        ),
    ),
    Conversation(
        subject="Engagement letters and conflict check: revise the templates",
        customer=OURSELVES.name,
        contact="Silke Matthiesen",
        assignee="agent",
        state="open",
        billing_type=None,
        messages=(
            note(
                "manager",
                13,
                "14:02",
                """
                Our engagement letter still names the old liability cap and has no paragraph on billing in
                six-minute steps. Friederike, Émile: please make one German, one English and one French
                version that say the same.
                """,
            ),
            note(
                "emile",
                7,
                "10:48",
                """
                French version is in the folder. Two places where the German text has no equivalent are
                marked: | 1. Textform (I wrote « support durable ») | 2. Streitwert (left out, it does not
                concern hourly fees)
                """,
            ),
            note(
                "agent",
                2,
                "17:20",
                """
                English done, German half done. The conflict check form now asks for affiliated companies;
                with Ashworth we would have caught it a day earlier.
                """,
            ),
        ),
        work=(
            Work(
                "emile",
                7,
                "10:37",
                (("0:00:52", "1:37:52"),),
                "Engagement letter, French version",
                state="approved",
            ),
            Work(
                "agent",
                8,
                "08:25",
                (("0:00:21", "0:38:47"),),
                "Liability cap: wording compared with chamber's model",
                state="approved",
            ),
            Work("agent", 2, "09:55", (("0:00:29", "1:16:04"),), "Engagement letter, English version"),
            Work("agent", 2, "15:09", (("0:00:50", "0:31:53"),), "Conflict check form"),
        ),
    ),
)
