"""Matters inside a customer's own house: boards, statutes, staff and premises."""

from timers.demo.office import CONSULTING, DENTIST, FJORDLYS, FOUNDATION, LEGAL, SMALL_JOB, TIETJENS
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Aufsichtsratsbeschluss im Umlaufverfahren: Bestellung der neuen Finanzvorständin",
        customer=FJORDLYS.name,
        contact="Henning Clausen-Brodersen",
        assignee="agent",
        state="closed",
        billing_type=None,
        messages=(
            incoming(
                14,
                "10:05",
                """
                Guten Tag Frau Sommerkamp, Frau Østergaard soll zum Monatsersten bestellt werden, eine
                Sitzung bekommen wir bis dahin nicht zusammen. Geht das im Umlaufverfahren, wenn zwei
                Mitglieder im Ausland sind?
                """,
            ),
            reply(
                "agent",
                14,
                "16:28",
                """
                Guten Tag Herr Clausen-Brodersen,

                ja, § 11 Abs. 4 Ihrer Satzung lässt es zu, sofern niemand binnen fünf Tagen widerspricht.
                Der Entwurf des Beschlusses, das Anschreiben und ein Stimmbogen hängen an. E-Mail genügt,
                eine Unterschrift ist nicht nötig.

                Mit freundlichen Grüßen | Friederike Sommerkamp
                """,
            ),
            incoming(8, "11:47", "Alle sechs Stimmen liegen vor, kein Widerspruch. Was fehlt noch?"),
            reply(
                "agent",
                7,
                "09:31",
                """
                Nur noch die Feststellung durch den Vorsitzenden und die Anmeldung zum Handelsregister; der
                Termin beim Notar ist für Freitag reserviert. Danach schließe ich die Sache hier.
                """,
            ),
        ),
        work=(
            Work(
                "agent",
                14,
                "10:44",
                (("0:00:05", "1:14:20"),),
                "Satzung geprüft, Beschluss, Anschreiben, Stimmbogen",
                state="invoiced",
            ),
            Work(
                "agent",
                7,
                "09:05",
                (("0:00:47", "0:28:17"),),
                "Feststellung des Beschlusses, Termin beim Notar",
                state="approved",
            ),
        ),
    ),
    Conversation(
        subject="Satzungsänderung: Stiftungsaufsicht verlangt Nachbesserung in § 7 Abs. 2",
        customer=FOUNDATION.name,
        contact="Prof. Dr. Eckart Thomsen",
        assignee="agent",
        state="open",
        billing_type=LEGAL.name,
        messages=(
            incoming(
                11,
                "13:40",
                """
                Sehr geehrte Frau Sommerkamp,

                die Behörde hat die Änderung nicht genehmigt. Beanstandet wird, dass der Vorstand nach dem
                neuen § 7 Abs. 2 seine eigene Vergütung festsetzt. Das Schreiben liegt bei; die Frist läuft
                in vier Wochen ab.

                Mit freundlichen Grüßen | Eckart Thomsen
                """,
            ),
            reply(
                "agent",
                8,
                "15:12",
                """
                Sehr geehrter Herr Professor Thomsen,

                die Beanstandung ist berechtigt, lässt sich aber mit einem Satz heilen: Die Vergütung setzt
                das Kuratorium fest, der Vorstand wird angehört. Den Wortlaut und einen Beschlussvorschlag
                für das Kuratorium finden Sie im Anhang.
                """,
            ),
            incoming(
                2,
                "10:20",
                """
                Das Kuratorium hat gestern einstimmig beschlossen. Reichen Sie es bitte ein?
                """,
            ),
            reply(
                "agent",
                1,
                "09:48",
                """
                Heute früh per Bote eingereicht, die Empfangsbestätigung hängt an.
                """,
            ),
        ),
        work=(
            Work(
                "agent",
                8,
                "13:13",
                (("0:00:44", "1:06:26"),),
                "Bescheid der Stiftungsaufsicht, neuer Wortlaut § 7 Abs. 2",
                state="invoiced",
            ),
            Work(
                "agent",
                5,
                "",
                (),
                "Telefonat mit Herrn Prof. Thomsen zur Kuratoriumssitzung",
                state="approved",
                billed="0:24",
                by_hand=True,
            ),
            Work("agent", 1, "09:12", (("0:00:49", "0:34:49"),), "Einreichung bei der Stiftungsaufsicht"),
        ),
    ),
    Conversation(
        subject="Arbeitsvertrag für die neue Filialleiterin, Probezeit und Zuschläge für Nachtarbeit",
        customer=TIETJENS.name,
        contact="Wiebke Tietjens",
        assignee="agent",
        state="closed",
        billing_type=None,
        messages=(
            incoming(
                13,
                "06:12",
                """
                Moin Frau Sommerkamp, ich hab endlich jemanden für Moorrege! Frau Kowalczyk fängt am 1. an.
                Ich würd gern den alten Vertrag nehmen, aber mein Steuerberater sagt, das mit den Zuschlägen
                stimmt so nicht mehr. Sie fängt um 4 Uhr an.
                """,
            ),
            reply(
                "agent",
                12,
                "16:44",
                """
                Moin Frau Tietjens,

                Ihr Steuerberater hat recht. Der Tarifvertrag ist neu, und ab 4 Uhr ist es bei Bäckern noch
                Nachtarbeit. Der Vertrag hängt an, bitte nur die gelben Felder ausfüllen.

                Herzliche Grüße | Friederike Sommerkamp
                """,
            ),
            incoming(
                10,
                "06:03",
                """
                Unterschrieben! Danke, das ging ja fix. Brötchen kommen Freitag vorbei.
                """,
            ),
        ),
        work=(
            Work(
                "agent",
                12,
                "14:38",
                (("0:00:10", "1:26:58"),),
                "Arbeitsvertrag Filialleitung, Abgleich mit dem Manteltarifvertrag",
                state="invoiced",
            ),
        ),
    ),
    Conversation(
        subject="Praxisübernahme zum Quartalswechsel: Mietvertrag, Personal und IT in einem Ablaufplan",
        customer=DENTIST.name,
        contact="Dr. Annelies Reimers-Yavuz",
        assignee="agent",
        state="open",
        billing_type=CONSULTING.name,
        messages=(
            incoming(
                9,
                "20:14",
                """
                Liebe Frau Sommerkamp,

                ich übernehme zum nächsten Quartal die Praxis von Dr. Holm in Quickborn als zweiten
                Standort. Vermieter, zwei Helferinnen, Röntgengerät, Telefon: Alles hängt an allem. Könnten
                Sie und Herr Kröger einen Plan daraus machen?
                """,
            ),
            reply(
                "agent",
                8,
                "10:47",
                """
                Liebe Frau Dr. Reimers-Yavuz, sehr gern, und herzlichen Glückwunsch! Am engsten ist der
                Mietvertrag: Der Vermieter muss sechs Wochen vorher zustimmen. Damit fangen wir an.
                """,
            ),
            note(
                "agent2",
                4,
                "11:05",
                """
                War heute mit Dr. Holm am Telefon: Das Röntgengerät läuft an einem Rechner von 2011. Den
                nehmen wir nicht ins neue Netz.
                """,
            ),
            reply(
                "agent",
                2,
                "14:30",
                """
                Der Ablaufplan hängt an: 34 Schritte, davon sieben, die nur Sie tun können (rot). Die
                Helferinnen gehen mit allen Rechten über, das Schreiben an sie sollte von Ihnen beiden
                kommen.
                """,
            ),
        ),
        work=(
            Work(
                "agent",
                8,
                "09:31",
                (("0:00:54", "0:53:46"),),
                "Mietvertrag Quickborn, Liste der Beteiligten",
                state="approved",
            ),
            Work(
                "agent2",
                4,
                "10:12",
                (("0:00:17", "0:44:36"),),
                "Bestandsaufnahme IT mit Dr. Holm",
                state="unconfirmed",
            ),
            Work(
                "agent",
                3,
                "13:11",
                (
                    ("0:00:52", "0:53:47"),
                    ("1:06:15", "0:40:50"),
                ),
                "Betriebsübergang: Schreiben an die Mitarbeiterinnen",
            ),
            Work("agent", 2, "12:51", (("0:00:13", "1:27:52"),), "Ablaufplan mit 34 Schritten"),
            Work("agent", 1, "", (), "Telefonat mit dem Vermieter, unterwegs", billed="0:30", by_hand=True),
        ),
    ),
    Conversation(
        subject="Umstellung der Lohnabrechnung auf den neuen Dienstleister",
        customer=TIETJENS.name,
        contact="Wiebke Tietjens",
        assignee="agent",
        state="closed",
        billing_type=SMALL_JOB.name,
        messages=(
            incoming(
                14,
                "06:22",
                """
                Moin, der neue Lohnmensch will eine Vollmacht, eine Schnittstelle und meine Unterschrift auf
                elf Seiten. Können Sie da mal drübergucken, bevor ich was Dummes mache?
                """,
            ),
            reply(
                "agent",
                13,
                "17:31",
                """
                Moin Frau Tietjens, neun Seiten sind in Ordnung. Auf Seite 4 verlängert sich der Vertrag um
                drei Jahre, das habe ich auf eines geändert; Seite 10 brauchen Sie gar nicht.
                """,
            ),
            incoming(10, "05:49", "Hat er geschluckt. Auf Sie ist Verlass!"),
        ),
        work=(
            Work(
                "agent",
                13,
                "17:00",
                (("0:00:50", "0:57:50"),),
                "Dienstleistungsvertrag und Vollmacht geprüft",
                state="invoiced",
            ),
            Work(
                "agent2",
                11,
                "12:14",
                (("0:00:32", "0:26:31"),),
                "Export der Stammdaten aus dem alten Programm",
                state="approved",
            ),
        ),
    ),
)
