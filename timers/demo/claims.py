"""Money that somebody owes and says they do not."""

from timers.demo.office import BEHNKE, DUBREUIL, FOUNDATION, LEGAL
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Late delivery claim against the Antwerp forwarder, reefer container BEHU 442 917-3",
        customer=BEHNKE.name,
        contact="Capt. Rasmus Behnke",
        assignee="agent",
        state="open",
        billing_type=LEGAL.name,
        messages=(
            incoming(
                9,
                "07:55",
                """
                Good morning,

                the reefer with the blueberries stood on the quay for 31 hours without power. The consignee
                refused the whole load, 22 tonnes. The forwarder says it was the terminal, the terminal says
                it was the forwarder. Survey report and temperature log attached.

                Rasmus Behnke
                """,
            ),
            reply(
                "agent",
                9,
                "16:33",
                """
                Dear Captain Behnke,

                the written reservation has to reach the carrier within seven days, so it went out this
                afternoon by courier and by e-mail. For the lawsuit we have a year. Please keep the data
                logger itself, not only the printout.
                """,
            ),
            note(
                "manager",
                6,
                "09:17",
                """
                Check whether the forwarder contracted on its own general conditions: the Belgian ones have
                a forum clause for Antwerp, and a short one.
                """,
            ),
            incoming(
                0,
                "",
                """
                Their insurer offers 40 per cent "without prejudice" if we sign by Friday. My father would
                take it. I would not. What do you advise, and what would it cost us to go on?
                """,
                minutes_ago=74,
            ),
        ),
        work=(
            Work(
                "agent",
                9,
                "14:22",
                (("0:00:43", "1:24:30"),),
                "Survey report, reservation to the carrier",
                state="invoiced",
            ),
            Work(
                "agent",
                6,
                "08:36",
                (("0:00:27", "0:59:41"),),
                "General conditions and forum clause",
                state="approved",
            ),
            Work(
                "agent",
                3,
                "17:41",
                (("0:00:10", "13:41:27"),),
                "Quantum: market value of the load, cost of destruction",
                state="unconfirmed",
            ),
            Work("agent", 2, "08:37", (("0:00:22", "0:52:51"),), "Draft statement of claim, outline"),
            Work(
                "manager",
                0,
                "",
                (("0:00:17", "0:31:48"),),
                "Settlement scenarios, first sketch",
                minutes_ago=66,
            ),
        ),
    ),
    Conversation(
        subject="Demurrage at Gdynia: owners claim two days, charterers say weather working",
        customer=BEHNKE.name,
        contact="Capt. Rasmus Behnke",
        assignee="manager",
        state="open",
        billing_type=LEGAL.name,
        messages=(
            incoming(
                7,
                "12:08",
                """
                Statement of facts and the weather reports from the port are attached. Laytime stopped for
                rain on both days according to the master, but the terminal next door loaded grain all the
                time.
                """,
            ),
            reply(
                "manager",
                6,
                "15:50",
                """
                Dear Captain Behnke, grain next door helps us: rain that does not stop grain does not stop
                steel coils either. We should ask the agent for the neighbour's log while people still
                remember.
                """,
            ),
            note(
                "manager",
                2,
                "18:22",
                """
                Log received. It had rained for 5 h 40 min in total, not for two days.
                """,
            ),
            reply(
                "manager",
                1,
                "12:14",
                """
                Our calculation is attached: 1 day, 18 hours and 20 minutes are due, 31,762.50 USD at the
                charter rate. I propose to claim that and to mention arbitration in the last sentence only.
                """,
            ),
        ),
        work=(
            Work(
                "manager",
                6,
                "13:15",
                (("0:00:15", "1:44:12"),),
                "Statement of facts, charter party clauses 6 and 19",
                state="approved",
            ),
            Work(
                "manager",
                2,
                "16:04",
                (
                    ("0:00:57", "0:39:07"),
                    ("0:54:01", "0:38:59"),
                ),
                "Laytime calculation against the neighbour's log",
            ),
            Work(
                "manager", 1, "11:12", (("0:00:18", "0:52:16"),), "Claim letter to charterers", billed="1:00"
            ),
        ),
    ),
    Conversation(
        subject="Organ restoration St. Nikolai: delay, defects in the wind chest and the last instalment",
        customer=FOUNDATION.name,
        contact="Almut Diekmann",
        assignee="manager",
        state="open",
        billing_type=LEGAL.name,
        messages=(
            incoming(
                8,
                "09:40",
                """
                Dear Ms Grabowski-Hohenfels,

                the organ builder asks for the last 60,000 EUR, although three stops of the choir organ
                still do not speak and the anniversary concert is sold out. May we keep the money back?
                """,
            ),
            reply(
                "manager",
                8,
                "17:06",
                """
                Dear Ms Diekmann,

                you may keep twice what the repair is likely to cost, not the whole sum. Please do not
                declare acceptance, not even by playing the concert "for the time being"; I have drafted a
                sentence for the programme and one for the builder.
                """,
            ),
            incoming(4, "13:15", "The expert estimates 9,500 EUR for the wind chest. So 19,000?"),
            reply(
                "manager",
                3,
                "09:02",
                """
                Exactly. The letter is attached, please send it on your own paper.
                """,
            ),
        ),
        work=(
            Work(
                "manager",
                8,
                "14:18",
                (("0:00:04", "1:31:49"),),
                "Contract for work, acceptance and retention",
                state="approved",
            ),
            Work("manager", 3, "08:33", (("0:00:43", "0:26:45"),), "Letter to the organ builder"),
            Work(
                "agent",
                7,
                "13:02",
                (("0:00:56", "0:36:50"),),
                "Case law on acceptance by use",
                state="discarded",
            ),
        ),
    ),
    Conversation(
        subject="Facture impayée du promoteur de Bremerhaven, mise en demeure",
        customer=DUBREUIL.name,
        contact="Clémence Vasseur",
        assignee="emile",
        state="closed",
        billing_type=None,
        messages=(
            incoming(
                12,
                "15:33",
                """
                Bonjour, la facture de 48 300 EUR du mois de mars n'est toujours pas réglée malgré deux
                relances. Le promoteur ne répond plus au téléphone.
                """,
            ),
            reply(
                "emile",
                11,
                "10:18",
                """
                Bonjour Madame Vasseur, la mise en demeure est partie par huissier, délai de dix jours, avec
                les intérêts légaux de neuf points. En général, le téléphone se remet à marcher.
                """,
            ),
            incoming(4, "11:09", "Payé hier soir, intérêts compris. Merci infiniment !"),
            reply(
                "emile",
                4,
                "11:52",
                """
                Avec plaisir. Le compte est exact au centime près, je classe le dossier.
                """,
            ),
        ),
        work=(
            Work(
                "emile",
                11,
                "09:31",
                (("0:00:03", "0:32:41"),),
                "Mise en demeure par huissier",
                state="invoiced",
            ),
            Work(
                "emile",
                4,
                "11:30",
                (("0:00:39", "0:11:01"),),
                "Calcul des intérêts vérifié, clôture",
                state="approved",
                kind="time",
            ),
        ),
    ),
)
