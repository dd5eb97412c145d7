"""Mail, sign-in, shops and files: what fails between two computers."""

from timers.demo.office import BEHNKE, DUBREUIL, FOUNDATION, ORBISONDE, REMOTE
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Container tracking mails bounce at outlook.com since the move of the mail gateway",
        customer=BEHNKE.name,
        contact="Gesa Lührmann",
        assignee="anjali",
        state="open",
        billing_type=REMOTE.name,
        messages=(
            incoming(
                7,
                "08:17",
                """
                Customers with outlook.com addresses no longer get the tracking mails. The bounce says "550
                5.7.509 access denied, sending domain does not pass DMARC verification".
                """,
            ),
            reply(
                "anjali",
                7,
                "10:45",
                """
                Good morning Ms Lührmann, the new gateway signs with a key that was never published, because
                the record is longer than 255 characters and the provider's form cuts it off. I have asked
                them to enter it in two parts.
                """,
            ),
            incoming(5, "09:02", "Done by the provider last night, they say. Still bouncing."),
            reply(
                "anjali",
                5,
                "14:20",
                """
                They entered the second half twice. Corrected with them on the phone; test mails to four big
                providers have arrived. I will look at the reports again in a week before I close this.
                """,
            ),
        ),
        work=(
            Work(
                "anjali",
                7,
                "09:03",
                (("0:00:54", "1:08:16"),),
                "DKIM record of the new gateway analysed",
                state="approved",
            ),
            Work(
                "anjali",
                5,
                "13:05",
                (("0:00:08", "0:52:09"),),
                "Record corrected with the provider, test mails",
                state="approved",
            ),
            Work(
                "anjali", 0, "", (("0:00:33", "0:16:24"),), "DMARC reports of the week read", minutes_ago=118
            ),
        ),
    ),
    Conversation(
        subject="SSO login loop after the certificate renewal",
        customer=ORBISONDE.name,
        contact="Tom Weyland",
        assignee="anjali",
        state="closed",
        billing_type=REMOTE.name,
        messages=(
            incoming(
                9,
                "18:12",
                """
                Hi, since we renewed the certificate everybody who signs in lands on the login page again,
                and again. Old sessions still work, so please do not restart anything!
                """,
            ),
            reply(
                "anjali",
                9,
                "18:40",
                """
                Hi Tom, the identity provider still has the old fingerprint. I have added the new one beside
                it, so that both are valid. New sign-ins work from here; yours?
                """,
            ),
            incoming(9, "18:49", "Works. I owe you a coffee next time you are in Luxembourg."),
            note(
                "anjali",
                8,
                "08:30",
                """
                Old fingerprint removed this morning. Reminder set for next year, six weeks ahead, with
                these steps in it.
                """,
            ),
        ),
        work=(
            Work(
                "anjali",
                9,
                "18:19",
                (("0:00:08", "0:33:21"),),
                "Identity provider: new fingerprint, test sign-ins",
                state="invoiced",
            ),
            Work(
                "anjali",
                8,
                "08:17",
                (("0:00:49", "0:14:45"),),
                "Old fingerprint removed, documentation",
                state="invoiced",
            ),
        ),
    ),
    Conversation(
        subject="Plans CAO : synchronisation très lente entre Lyon et Hambourg",
        customer=DUBREUIL.name,
        contact="Clémence Vasseur",
        assignee="agent2",
        state="open",
        billing_type=REMOTE.name,
        messages=(
            incoming(
                5,
                "16:48",
                """
                Bonjour, l'ouverture d'un plan de 300 Mo prend vingt minutes depuis le bureau de Hambourg. À
                Lyon, quelques secondes. L'équipe commence à s'envoyer les fichiers par messagerie...
                """,
            ),
            reply(
                "agent2",
                4,
                "11:33",
                """
                Bonjour Madame Vasseur, (Émile relit mon français) le serveur de Lyon envoie le fichier
                entier à chaque enregistrement. Je propose un cache à Hambourg, synchronisé la nuit. Un
                appareil de prêt arrive mercredi.
                """,
            ),
            incoming(2, "10:11", "Le cache est branché, quelle différence ! On le garde."),
            reply("agent2", 2, "10:52", "Parfait. L'appareil de prêt devient le vôtre, la facture suit."),
        ),
        work=(
            Work(
                "agent2",
                4,
                "09:58",
                (("0:00:48", "1:14:13"),),
                "Measurements Lyon to Hamburg, proposal for a cache",
            ),
            Work(
                "emile", 4, "11:14", (("0:00:53", "0:06:41"),), "Relecture de la réponse", state="discarded"
            ),
            Work(
                "agent2",
                3,
                "08:02",
                (
                    ("0:00:35", "0:51:33"),
                    ("0:56:31", "0:41:09"),
                ),
                "Cache installed and filled, remote session with Lyon",
            ),
        ),
    ),
    Conversation(
        subject="Konzertkasse: Ticketshop zeigt Plätze als frei, die schon verkauft sind",
        customer=FOUNDATION.name,
        contact="Almut Diekmann",
        assignee=None,
        state="open",
        billing_type=REMOTE.name,
        messages=(
            incoming(
                1,
                "18:27",
                """
                Guten Abend, für das Konzert am 14. wurden die Plätze 7 bis 12 in Reihe 3 zweimal verkauft.
                Im Shop stehen sie weiterhin auf Grün. Ich habe den Verkauf vorerst angehalten.
                """,
            ),
            reply(
                "anjali",
                0,
                "",
                """
                Guten Tag Frau Diekmann, gut, dass Sie angehalten haben. Ich habe den Stand gesichert; in
                Kürze ruft Sie jemand von uns an.
                """,
                minutes_ago=142,
            ),
        ),
    ),
)
