"""Leases, building contracts and what tenants and architects write about them."""

from timers.demo.office import ASHWORTH, DUBREUIL
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Lease renewal Große Elbstraße: rent review and break option",
        customer=ASHWORTH.name,
        contact="Rupert Pell",
        assignee="agent",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                12,
                "11:18",
                """
                Dear Friederike,

                the tenant on the third and fourth floor would like another five years, a break after three
                and the index capped at two per cent. We can live with the break if it costs them something.
                The cap I do not like at all.

                Could you put a counter-proposal together? Their lease runs out at the end of March.

                Rupert
                """,
            ),
            reply(
                "agent",
                9,
                "12:55",
                """
                Dear Rupert,

                attached is the addendum: break after 36 months against six months' rent, index with a
                threshold instead of a cap. Please mind the form: all pages and the floor plan have to be
                one document, otherwise either side may give notice at any time.

                Best wishes | Friederike
                """,
            ),
            incoming(
                3,
                "17:11",
                """
                They swallowed the six months but ask for the fit-out contribution to be paid up front. I
                would rather have it as a rent-free period. Your view?
                """,
            ),
            reply(
                "agent",
                2,
                "10:36",
                """
                The rent-free period is better for you: nothing to claw back if they leave early. I will add
                a graduated repayment in case of the break all the same.
                """,
            ),
        ),
        work=(
            Work(
                "agent",
                12,
                "13:13",
                (("0:00:45", "0:51:03"),),
                "Lease and two addenda read",
                state="invoiced",
            ),
            Work(
                "agent",
                9,
                "08:06",
                (
                    ("0:00:06", "1:10:04"),
                    ("1:17:09", "0:42:08"),
                ),
                "Addendum no. 3: break option, index clause",
                state="invoiced",
            ),
            Work(
                "agent",
                9,
                "",
                (),
                "Call with Mr Pell from the train",
                state="invoiced",
                billed="0:18",
                by_hand=True,
            ),
            Work(
                "agent",
                3,
                "17:05",
                (("0:00:44", "0:29:53"),),
                "Tenant's proposal on the fit-out contribution",
                billed="0:24",
            ),
            Work("agent", 2, "11:35", (("0:00:44", "0:48:12"),), "Rent-free period and graduated repayment"),
            Work(
                "agent",
                0,
                "",
                (("0:00:08", "0:18:36"),),
                "Addendum no. 3, floor plan and signature pages put together",
                state="stopped",
                minutes_ago=151,
            ),
        ),
    ),
    Conversation(
        subject="Contrat d'architecte pour l'hôtel à Travemünde : garantie décennale et droit applicable",
        customer=DUBREUIL.name,
        contact="Maxime Dubreuil",
        assignee="emile",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                8,
                "10:30",
                """
                Cher Maître,

                le maître d'ouvrage souhaite soumettre le contrat au droit allemand et aux honoraires de la
                HOAI. Notre assureur nous demande si la garantie décennale reste due dans ce cas.
                Pourriez-vous nous éclairer avant la réunion de chantier de jeudi ?

                Bien cordialement | Maxime Dubreuil
                """,
            ),
            reply(
                "emile",
                7,
                "17:15",
                """
                Cher Monsieur Dubreuil,

                en droit allemand, la responsabilité de l'architecte est de cinq ans à compter de la
                réception ; la décennale française ne s'applique pas à un ouvrage situé en Allemagne. Votre
                assureur doit néanmoins confirmer par écrit qu'il couvre le risque allemand.

                Je vous propose de limiter la mission aux phases 1 à 5 et de plafonner la responsabilité au
                montant assuré.
                """,
            ),
            incoming(
                3,
                "09:47",
                """
                Merci, c'est très clair. L'assureur confirme, mais seulement jusqu'à trois millions. Le
                maître d'ouvrage en veut cinq. Que faire ?
                """,
            ),
            reply(
                "emile",
                1,
                "11:38",
                """
                Une assurance de projet, à la charge du maître d'ouvrage, pour la différence. C'est courant
                à Hambourg et cela coûte moins cher que de négocier encore trois semaines.
                """,
            ),
        ),
        work=(
            Work(
                "emile",
                7,
                "08:10",
                (("0:00:56", "2:01:42"),),
                "Avis : responsabilité de l'architecte, garantie décennale, HOAI",
                state="approved",
            ),
            Work(
                "emile",
                5,
                "14:38",
                (("0:00:25", "0:44:34"),),
                "Téléphone avec l'assureur",
                state="approved",
                kind="time",
            ),
            Work(
                "emile",
                3,
                "10:59",
                (("0:00:07", "0:27:21"),),
                "Couverture de l'assureur relue, notes pour la réponse",
                state="unconfirmed",
            ),
            Work(
                "emile", 1, "11:02", (("0:00:48", "0:37:39"),), "Assurance de projet, réponse à M. Dubreuil"
            ),
        ),
    ),
    Conversation(
        subject="Service charge reconciliation for two years: tenant objects to lift and concierge",
        customer=ASHWORTH.name,
        contact="Imogen Ashworth-Bell",
        assignee="anjali",
        state="closed",
        billing_type=None,
        messages=(
            incoming(
                14,
                "12:49",
                """
                Hello, the tenant at Rödingsmarkt objects to 11,480 EUR of the service charges: full
                maintenance of the lift (they say repairs are hidden in it) and the concierge, who also
                signs for parcels. Do they have a point?
                """,
            ),
            note(
                "anjali",
                13,
                "10:31",
                """
                I have put the invoices of both years into a table. The lift contract splits the repair
                share itself: 38 per cent, on page 4.
                """,
            ),
            reply(
                "manager",
                12,
                "14:37",
                """
                Dear Imogen, they have half a point. The repair share of the lift comes off, about 3,100
                EUR. The concierge stays: the lease names him, parcels included. A corrected statement is
                attached.
                """,
            ),
            incoming(9, "16:20", "Accepted by the tenant, balance paid this morning. Thank you both!"),
        ),
        work=(
            Work(
                "anjali",
                13,
                "08:08",
                (("0:00:25", "1:57:38"),),
                "Invoices of two years put into a table",
                state="invoiced",
                billed="1:30",
            ),
            Work(
                "manager",
                12,
                "13:50",
                (("0:00:54", "0:44:26"),),
                "Objection examined, corrected statement",
                state="invoiced",
            ),
        ),
    ),
)
