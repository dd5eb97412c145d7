"""Agreements that a customer is about to sign."""

from timers.demo.office import FJORDLYS, ORBISONDE
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Share purchase agreement: warranty cap, de minimis and the tax indemnity in clause 9.4",
        customer=FJORDLYS.name,
        contact="Dr. Ingrid Haugland",
        assignee="agent",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                13,
                "09:26",
                """
                Dear Ms Sommerkamp,

                please find attached the sellers' draft, version 4. They have moved the cap from 30 to 12
                per cent of the purchase price and struck the tax indemnity altogether. Our board meets on
                Thursday next week and would like to know which of this is usual and which is not.

                Kind regards | Ingrid Haugland
                """,
            ),
            note(
                "agent",
                13,
                "15:10",
                """
                12 per cent is low for a company of this size without insurance. The de minimis of 50k per
                claim worries me more: with their small customer contracts nothing would ever reach it.
                """,
            ),
            reply(
                "agent",
                11,
                "17:42",
                """
                Dear Dr. Haugland,

                our comments are in the margin. In short: the cap is negotiable, the missing tax indemnity
                is not. For the periods before closing the sellers are the only ones who know what was
                filed, and an audit for three of those years has been announced already.

                We suggest 25 per cent, a de minimis of 10,000 EUR with similar claims added up, and clause
                9.4 as in version 2.

                Kind regards | Friederike Sommerkamp
                """,
            ),
            incoming(
                5,
                "08:33",
                """
                The board agrees on all three points. The sellers' counsel proposes a call tomorrow at
                eleven, they hint at W&I insurance to bridge the gap. Could you join, and could Mr
                Garnier-Roux look at the French subsidiary beforehand?
                """,
            ),
            reply(
                "emile",
                4,
                "16:05",
                """
                Dear Dr. Haugland, the subsidiary in Lille is clean apart from one thing: the lease of the
                laboratory ends on a change of control unless the landlord agrees in writing. I would make
                that consent a condition for closing.
                """,
            ),
            incoming(
                0,
                "",
                """
                Version 6 just came in, they accept 22 per cent. Clause 9.4 is back but with a cut-off after
                eighteen months. Is that acceptable? They want an answer today.
                """,
                minutes_ago=96,
            ),
            note(
                "agent",
                0,
                "",
                """
                Eighteen months is shorter than the audit will take. I am drafting six months after the
                assessment becomes final, as in the Nordmed deal.
                """,
                minutes_ago=31,
            ),
        ),
        work=(
            Work(
                "agent",
                13,
                "09:55",
                (
                    ("0:00:02", "1:16:13"),
                    ("1:38:52", "0:50:12"),
                ),
                "Sellers' draft version 4 read, issues list",
                state="invoiced",
            ),
            Work(
                "agent",
                11,
                "08:28",
                (
                    ("0:00:12", "0:49:08"),
                    ("0:56:43", "1:12:01"),
                    ("2:14:16", "1:11:09"),
                ),
                "Markup of clauses 7 to 9, letter to the board",
                state="invoiced",
                billed="3:00",
            ),
            Work(
                "emile",
                5,
                "11:56",
                (("0:00:19", "2:23:49"),),
                "French subsidiary: data room, lease of the Lille laboratory",
                state="approved",
            ),
            Work(
                "agent",
                4,
                "10:52",
                (("0:00:13", "1:21:31"),),
                "Call with sellers' counsel, note on W&I insurance",
                state="approved",
            ),
            Work("emile", 4, "14:45", (("0:00:40", "0:38:46"),), "Change of control: letter to Dr. Haugland"),
            Work(
                "manager",
                3,
                "09:15",
                (("0:00:44", "0:34:49"),),
                "Insurance offer compared with the draft, second pair of eyes",
            ),
            Work(
                "agent",
                0,
                "",
                (("0:00:13", None),),
                "Clause 9.4: cut-off tied to the final assessment, version 7",
                state="running",
                minutes_ago=50,
            ),
            Work(
                "emile",
                0,
                "",
                (("0:00:41", "0:22:37"),),
                "Landlord's consent Lille, draft",
                state="stopped",
                minutes_ago=128,
            ),
        ),
    ),
    Conversation(
        subject="Data processing agreement with a US subprocessor: transfer impact assessment and annex II",
        customer=ORBISONDE.name,
        contact="Joëlle Schockmel",
        assignee="emile",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                10,
                "14:19",
                """
                Hello Émile,

                from next month our telemetry goes through a company in Oregon. They have sent their
                standard agreement and say that it is not negotiable. Two of our clients are banks and will
                ask for the transfer impact assessment before they sign anything. What do you need from us?
                """,
            ),
            reply(
                "emile",
                9,
                "11:02",
                """
                Hello Joëlle,

                three things: which fields leave the Union, in which form (you mentioned hashed addresses),
                and who on their side can read them. With that I can fill in annex II properly instead of
                with the marketing text they offer.
                """,
            ),
            incoming(
                7,
                "09:54",
                """
                The list of fields is attached, 41 in total. Three support engineers in Portland can read
                everything, and they do not want to change that.
                """,
            ),
            note(
                "emile",
                4,
                "18:07",
                """
                The hashed addresses are not anonymous: the salt is the customer number, which is sent
                along. They need to change that before anybody signs. Marie-Luise, would you read my section
                3 please?
                """,
            ),
            reply(
                "emile",
                2,
                "15:26",
                """
                The draft assessment is in your folder. One condition up front: the salt has to stay with
                you. Your engineers told me that this is a morning's work; without it I cannot write the
                sentence that the banks want to read.
                """,
            ),
        ),
        work=(
            Work(
                "emile",
                9,
                "08:22",
                (("0:00:32", "0:58:14"),),
                "Subprocessor's standard agreement compared with the clauses",
                state="invoiced",
            ),
            Work(
                "emile",
                6,
                "08:22",
                (
                    ("0:00:11", "1:26:51"),
                    ("1:32:29", "1:00:48"),
                ),
                "Annex II, list of 41 fields classified",
                state="approved",
            ),
            Work(
                "emile", 4, "16:12", (("0:00:54", "1:42:40"),), "Transfer impact assessment, sections 1 to 3"
            ),
            Work("manager", 3, "10:00", (("0:00:07", "0:42:17"),), "Assessment section 3 reviewed"),
            Work(
                "emile",
                2,
                "08:23",
                (("0:00:45", "1:35:58"),),
                "Assessment completed, letter to Ms Schockmel",
                state="returned",
                billed="1:30",
                comment="Recorded 1:35, billed 1:30: a slip, or left out on purpose? I would bill all of it.",
            ),
        ),
    ),
)
