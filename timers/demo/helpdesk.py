"""Things that do not work, and the people who cannot wait until they do."""

from timers.demo.office import BEHNKE, DENTIST, REMOTE, TIETJENS
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Terminal server logs everybody out at 11:40, chartering desk first",
        customer=BEHNKE.name,
        contact="Gesa Lührmann",
        assignee="agent2",
        state="open",
        billing_type=REMOTE.name,
        messages=(
            incoming(
                2,
                "11:49",
                """
                Hello, for the third day in a row all sessions on the terminal server ended at 11:40 sharp.
                The chartering desk loses whatever is not saved, and the Rotterdam calls are always before
                lunch. Could somebody look at it right away?
                """,
            ),
            note(
                "anjali",
                2,
                "13:25",
                """
                No crash in the event log. At 11:39:58 the licence service restarts, every day. I suspect
                the new inventory agent: it was rolled out on Friday, and its scan starts at 11:35.
                """,
            ),
            reply(
                "agent2",
                1,
                "10:04",
                """
                Dear Ms Lührmann, we moved the inventory scan to 22:00 and will watch 11:40 today from here.
                Please ask everybody to save at half past, just in case.
                """,
            ),
            incoming(
                1,
                "11:52",
                """
                It happened again, but only to the eleven people on the second server. The first one held!
                """,
            ),
            reply(
                "agent2",
                1,
                "12:31",
                """
                That helps: the second server did not take the new policy because its clock was four minutes
                off. The clock is right now, and I am checking both machines by hand.
                """,
            ),
            note(
                "agent2",
                0,
                "",
                """
                Both servers have the policy. Packet capture on the licence service is running until the
                next scan is through. Anjali watches the second one.
                """,
                minutes_ago=38,
            ),
        ),
        work=(
            Work(
                "anjali",
                2,
                "12:06",
                (("0:00:36", "1:17:06"),),
                "Event logs of both terminal servers, licence service",
            ),
            Work("agent2", 1, "09:14", (("0:00:24", "0:46:32"),), "Inventory scan moved, policy checked"),
            Work("agent2", 1, "11:54", (("0:00:55", "0:41:57"),), "Second server: time source repaired"),
            Work(
                "agent",
                1,
                "11:58",
                (("0:00:56", "0:13:09"),),
                "Call with Ms Lührmann, informed Capt. Behnke",
                kind="time",
            ),
            Work(
                "agent2",
                0,
                "",
                (("0:00:22", None),),
                "Packet capture on the licence service, both servers",
                state="running",
                minutes_ago=44,
            ),
            Work(
                "anjali",
                0,
                "",
                (("0:00:05", None),),
                "Second terminal server watched",
                state="running",
                minutes_ago=27,
            ),
            Work(
                "agent",
                0,
                "",
                (("0:00:31", "0:07:52"),),
                "Call with Mr Behnke senior about the lost sessions",
                state="stopped",
                minutes_ago=87,
            ),
        ),
    ),
    Conversation(
        subject="Röntgenbilder öffnen sich an Platz 3 nur noch mit zwei Minuten Verzögerung",
        customer=DENTIST.name,
        contact="Dilek Demir",
        assignee="agent2",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                6,
                "07:48",
                """
                Guten Morgen, an Platz 3 dauert ein Röntgenbild wieder ewig, an 1 und 2 geht es sofort. Die
                Patienten liegen schon, bitte schnell!
                """,
            ),
            reply(
                "agent2",
                6,
                "08:21",
                """
                Guten Morgen Frau Demir, ich bin drauf. Platz 3 hängt seit dem Umzug am Telefon statt an der
                Dose und bekommt nur 100 Megabit. Bitte stecken Sie das graue Kabel um, links oben ist frei.
                """,
            ),
            incoming(6, "08:35", "Umgesteckt, geht wie früher. Sie sind ein Schatz!"),
            note("agent2", 6, "08:44", "Switch gleich mit aufgenommen, Port 14 bis 16 beschriftet."),
            reply(
                "agent2",
                3,
                "10:59",
                """
                Heute noch einmal gemessen: alle vier Plätze unter zwei Sekunden.
                """,
            ),
        ),
        work=(
            Work(
                "agent2",
                6,
                "07:59",
                (("0:00:35", "0:29:29"),),
                "Platz 3: Netzwerk geprüft, umgesteckt",
                state="approved",
            ),
            Work(
                "agent2",
                3,
                "10:38",
                (("0:00:02", "0:17:22"),),
                "Nachkontrolle Ladezeiten, alle vier Plätze",
                state="unconfirmed",
            ),
        ),
    ),
    Conversation(
        subject="Kartenterminal nach Update: Fehler 9013, keine Gesundheitskarte lesbar",
        customer=DENTIST.name,
        contact="Dilek Demir",
        assignee="anjali",
        state="closed",
        billing_type=None,
        messages=(
            incoming(
                11,
                "07:36",
                """
                Hilfe, seit dem Update heute Nacht liest das Terminal keine Karten mehr, Fehler 9013. Das
                Wartezimmer ist voll.
                """,
            ),
            reply(
                "anjali",
                11,
                "07:58",
                """
                Guten Morgen Frau Demir, die Verbindung zum Konnektor ist gekappt, das Zertifikat wurde beim
                Update nicht übernommen. Ich pflege es gerade neu ein. Bitte bis dahin das Ersatzverfahren
                auf Papier.
                """,
            ),
            incoming(11, "08:40", "Läuft wieder, danke! 14 Karten nachgelesen."),
        ),
        work=(
            Work(
                "anjali",
                11,
                "07:49",
                (("0:00:39", "0:49:28"),),
                "Konnektor: Zertifikat neu eingespielt",
                state="invoiced",
            ),
        ),
    ),
    Conversation(
        subject="Kasse Filiale Moorrege druckt keine Bons",
        customer=TIETJENS.name,
        contact="Wiebke Tietjens",
        assignee="agent2",
        state="closed",
        billing_type=None,
        messages=(
            incoming(
                8,
                "05:58",
                """
                Moin, die Kasse in Moorrege druckt nix mehr. Papier ist drin. Ich muss Bons geben!
                """,
            ),
            reply(
                "agent2",
                8,
                "07:35",
                """
                Moin Frau Tietjens, das Papier liegt falsch herum: Thermopapier druckt nur auf einer Seite.
                Mit dem Fingernagel kratzen, die dunkle Seite muss nach oben.
                """,
            ),
            incoming(8, "07:51", "Ich sag nichts. Danke."),
        ),
        work=(
            Work(
                "agent2",
                8,
                "07:28",
                (("0:00:39", "0:08:03"),),
                "Bondrucker: Hilfe am Telefon",
                state="invoiced",
                kind="time",
            ),
        ),
    ),
    Conversation(
        subject="WLAN in der Backstube fällt aus, sobald der große Ofen läuft",
        customer=TIETJENS.name,
        contact="Wiebke Tietjens",
        assignee=None,
        state="open",
        billing_type=None,
        messages=(
            incoming(
                3,
                "06:20",
                """
                Moin, komisches Ding: Wenn der große Ofen an ist, geht das WLAN hinten nicht, und dann piept
                die Waage, weil sie die Rezepte nicht laden kann.
                """,
            ),
            incoming(
                1,
                "06:41",
                """
                Heute wieder, von 3 bis 5 Uhr. Kann mal jemand gucken kommen? Aber bitte nicht vor 9, und
                Schuhe zum Wechseln mitbringen.
                """,
            ),
        ),
    ),
)
