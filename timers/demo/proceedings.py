"""Matters before a court, an office or a contracting authority."""

from timers.demo.office import CONSULTING, LEGAL, ORBISONDE, TIETJENS, WATER
from timers.demo.records import Conversation, Work, incoming, note, reply

CONVERSATIONS = (
    Conversation(
        subject="Kündigungsschutzklage ArbG Elmshorn, Gütetermin: Kassendifferenzen und Zeugenliste",
        customer=TIETJENS.name,
        contact="Wiebke Tietjens",
        assignee="agent",
        state="open",
        billing_type=LEGAL.name,
        messages=(
            incoming(
                10,
                "06:31",
                """
                Moin, heute kam ein gelber Brief vom Gericht. Der Herr Lüdemann klagt. Ich hab ihm doch nur
                gekündigt, weil die Kasse fünfmal nicht stimmte. Termin ist in drei Wochen, muss ich da hin?
                """,
            ),
            reply(
                "agent",
                10,
                "11:25",
                """
                Moin Frau Tietjens,

                Sie müssen nicht, aber es hilft: Die meisten Fälle enden im Gütetermin mit einem Vergleich,
                und da entscheiden Sie schneller als ich am Telefon. Bitte schicken Sie mir die
                Kassenberichte der fünf Tage und sagen Sie mir, wer außer ihm an der Kasse war.
                """,
            ),
            incoming(
                6,
                "13:58",
                """
                Kassenberichte anbei, sind etwas mehlig. An zwei Tagen war auch Frau Ahrens an der Kasse,
                das hatte ich vergessen.
                """,
            ),
            note(
                "agent",
                5,
                "17:36",
                """
                Zwei von fünf Tagen fallen damit weg. Abmahnung gab es keine. Verhaltensbedingt wird
                schwierig; Vergleich auf der Basis von 0,4 Gehältern je Jahr anpeilen.
                """,
            ),
            reply(
                "agent",
                3,
                "12:09",
                """
                Der Schriftsatz ist heute hinausgegangen. Für den Termin brauchen Sie nur Ihren Ausweis. Zum
                Vergleich habe ich drei Zahlen notiert, die besprechen wir am Montag in Ruhe.
                """,
            ),
        ),
        work=(
            Work(
                "agent",
                10,
                "10:38",
                (("0:00:35", "0:41:41"),),
                "Klage geprüft, Telefonat mit Frau Tietjens",
                state="invoiced",
            ),
            Work(
                "agent",
                5,
                "10:28",
                (
                    ("0:00:03", "0:53:33"),
                    ("1:02:14", "0:44:45"),
                ),
                "Sichtung der Kassenberichte, Vergleichsrechnung",
                state="approved",
            ),
            Work(
                "agent",
                4,
                "08:43",
                (("0:00:55", "1:28:43"),),
                "Klageerwiderung, Telefonat mit Frau Tietjens",
                state="returned",
                comment="Please split it: the call is part of the fixed fee, the rest stays.",
            ),
            Work(
                "agent", 3, "10:55", (("0:00:54", "1:03:43"),), "Klageerwiderung fertiggestellt, Zeugenliste"
            ),
            Work(
                "agent",
                1,
                "14:16",
                (("0:00:57", "0:46:10"),),
                "Vorbereitung des Gütetermins, drei Vergleichsvorschläge",
            ),
        ),
    ),
    Conversation(
        subject="Opposition devant l'EUIPO : preuves d'usage de la marque ORBISONDE en classes 9 et 42",
        customer=ORBISONDE.name,
        contact="Joëlle Schockmel",
        assignee="emile",
        state="open",
        billing_type=None,
        messages=(
            incoming(
                14,
                "09:12",
                """
                Bonjour Émile, l'Office nous donne deux mois pour prouver l'usage de la marque. Qu'est-ce
                qui compte comme preuve pour un logiciel que personne ne voit ?
                """,
            ),
            reply(
                "emile",
                13,
                "14:55",
                """
                Bonjour Joëlle,

                factures datées avec le nom du produit, captures de votre site aux archives, contrats de
                licence, salons professionnels. Cinq pays au moins, réparties sur les cinq ans. Les chiffres
                peuvent être noircis, sauf l'ordre de grandeur.
                """,
            ),
            incoming(
                6,
                "17:02",
                """
                Voici 214 factures. Nous n'avons rien trouvé pour la deuxième année, est-ce grave ?
                """,
            ),
            note(
                "emile",
                5,
                "12:20",
                """
                La deuxième année est couverte par le salon de Lisbonne : le catalogue cite la marque, page
                61. À commander à la bibliothèque.
                """,
            ),
            reply(
                "emile",
                1,
                "17:29",
                """
                Non, ce n'est pas grave, le catalogue de Lisbonne comble le trou. Le mémoire part demain ;
                il me faut encore la déclaration signée de votre directeur financier.
                """,
            ),
        ),
        work=(
            Work(
                "emile",
                13,
                "13:13",
                (("0:00:05", "1:09:27"),),
                "Preuves d'usage : liste et instructions",
                state="invoiced",
            ),
            Work(
                "emile",
                10,
                "08:02",
                (("0:00:13", "0:53:08"),),
                "Recherche de jurisprudence, usage d'un logiciel",
                state="invoiced",
            ),
            Work(
                "emile",
                5,
                "08:33",
                (
                    ("0:00:44", "1:21:13"),
                    ("1:28:31", "1:31:23"),
                ),
                "214 factures triées par pays et par année",
                state="approved",
                billed="2:30",
            ),
            Work("emile", 3, "08:26", (("0:00:16", "2:18:05"),), "Mémoire, première partie"),
            Work(
                "emile",
                1,
                "14:34",
                (
                    ("0:00:20", "1:24:00"),
                    ("1:39:40", "1:05:15"),
                ),
                "Mémoire, seconde partie et annexes",
                state="unconfirmed",
            ),
        ),
    ),
    Conversation(
        subject="Ausschreibung Verbrauchsablesung: Leistungsverzeichnis, Eignung und Wertungsmatrix",
        customer=WATER.name,
        contact="Meike Lorenzen",
        assignee="agent",
        state="open",
        billing_type=CONSULTING.name,
        messages=(
            incoming(
                13,
                "14:47",
                """
                Sehr geehrte Frau Sommerkamp,

                wir möchten die Ablesung von 21.400 Zählern neu vergeben. Beim letzten Mal hat ein Bieter
                gerügt, weil die Wertung nicht nachvollziehbar war. Können Sie uns die Unterlagen so
                aufsetzen, dass das nicht wieder passiert?
                """,
            ),
            reply(
                "agent",
                10,
                "17:20",
                """
                Sehr geehrte Frau Lorenzen,

                anbei das Leistungsverzeichnis in erster Fassung. Für die Wertung schlage ich vor: Preis 60,
                Erreichbarkeit 20, Umgang mit Fehlablesungen 20, jeweils mit einer Formel, die jeder
                nachrechnen kann.
                """,
            ),
            incoming(
                6,
                "11:11",
                """
                Der Verbandsvorsteher möchte Tariftreue und Ortskenntnis aufnehmen. Geht beides?
                """,
            ),
            reply(
                "agent",
                5,
                "10:26",
                """
                Tariftreue ja, sie ist ohnehin vorgeschrieben. Ortskenntnis leider nein: Sie bevorzugt den,
                der es schon macht, und genau das wurde beim letzten Mal gerügt.
                """,
            ),
            note(
                "agent",
                2,
                "11:54",
                """
                Björn: Schnittstelle der Zähler bitte noch als Anlage 4, zwei Seiten reichen. Ohne das kann
                niemand kalkulieren.
                """,
            ),
        ),
        work=(
            Work(
                "agent",
                13,
                "15:46",
                (("0:00:27", "1:08:57"),),
                "Alte Vergabeakte und Rüge gelesen",
                state="invoiced",
            ),
            Work(
                "agent",
                10,
                "12:41",
                (
                    ("0:00:48", "1:42:22"),
                    ("1:53:35", "1:46:10"),
                ),
                "Leistungsverzeichnis, erste Fassung",
                state="invoiced",
            ),
            Work(
                "agent",
                7,
                "10:18",
                (
                    ("0:00:25", "1:17:39"),
                    ("1:35:42", "0:57:17"),
                ),
                "Eignungskriterien und Wertungsmatrix",
                state="approved",
                billed="2:00",
            ),
            Work(
                "agent",
                5,
                "09:38",
                (("0:00:45", "0:43:05"),),
                "Tariftreue und Ortskenntnis: Antwort an den Verband",
                state="approved",
            ),
            Work("agent", 4, "12:33", (("0:00:42", "1:02:21"),), "Bewerbungsbedingungen, Fristenplan"),
            Work("agent2", 2, "10:58", (("0:00:38", "1:13:59"),), "Anlage 4: Schnittstelle der Zähler"),
            Work(
                "agent",
                1,
                "11:20",
                (("0:00:31", "1:32:10"),),
                "Vergabeunterlagen, zweite Fassung",
                billed="1:15",
            ),
            Work(
                "agent", 0, "", (("0:00:26", "0:58:11"),), "Bieterfragen 1 bis 9 beantwortet", minutes_ago=238
            ),
        ),
    ),
)
