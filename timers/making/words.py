"""What people write: common words and rare ones, in English and German, some of it in Japanese."""

from __future__ import annotations

from random import Random


def _listed(words: str) -> list[str]:
    return words.split()


FIRST_NAMES = _listed(
    """
    Anna Ben Clara David Elif Finn Greta Hannes Ida Jörg Käthe Lars Mia Noah Özlem Paul Quirin Rosa
    Sören Tilda Uwe Vera Willi Yara Zoë Alice Brian Chloe Derek Emma Frank Grace Harry Ivy Jack Kate
    Liam Maya 健 陽子
    """
)
LAST_NAMES = _listed(
    """
    Müller Schröder Weiß Köhler Bäcker Fuchs Vogel Jäger Krämer Öztürk Nguyen Novák García Rossi
    Dupont Smith Jones Taylor Brown Wilson Evans Walker Wright Hughes Green Baker Carter Turner Cooper
    Ward 佐藤 鈴木
    """
)
CUSTOMER_NAMES = _listed(
    """
    Nordlicht Bergmann Weißbach Sonnenhof Küstenwerk Grünwald Lindenau Steinbrück Harbour Northgate
    Silverline Oakfield Brightwater Redwood Meridian Fairview Lakeside Kingsway 青空 さくら 山川
    """
)
TRADES = _listed(
    """
    Logistik Maschinenbau Bäckerei Apotheke Immobilien Elektronik Gebäudetechnik Dental Consulting
    Foods Textiles Software Printing Transport Energy Media Gärtnerei 商事 工業
    """
)
FORMS = ["GmbH", "AG", "& Söhne", "KG", "Ltd", "Inc", "& Partner", "e. V.", "SE", "株式会社"]

#: Each in about one message of ten.
COMMON = _listed(
    """
    invoice printer server password delivery contract account meeting update report order payment
    access Rechnung Drucker Lieferung Vertrag Zugang Termin Angebot Änderung Rückfrage Prüfung Störung
    Größe
    """
)
USUAL = _listed(
    """
    please thanks regarding attached yesterday today tomorrow morning office customer number system
    question answer still again since before after working broken changed missing wrong correct later
    soon maybe about with without between because although the a our your this that new old first last
    next same other bitte danke anbei gestern heute morgen Büro Kunde Nummer Frage Antwort noch wieder
    seit vorher nachher läuft defekt geändert fehlt falsch richtig später bald vielleicht über mit
    ohne zwischen weil obwohl der die das unser Ihr dieses neu alt erste letzte nächste gleiche andere
    können müssen möchten würden hätten
    """
)
#: Each in a few messages of a million.
RARE = _listed(
    """
    Zwiebelturm xylophone Quittengelee gyroscope Wölkchen marzipan Jodeldiplom kaleidoscope Üppigkeit
    zeppelin Schnürsenkel platypus Eichhörnchen obsidian Flüsterpost quicksilver Gänseblümchen
    labyrinth
    """
)
JAPANESE = [
    "請求書を送ってください。",
    "プリンターが動きません。",
    "ご連絡ありがとうございます。",
    "明日の会議は十時からです。",
    "契約の更新についてお願いします。",
]
SUBJECTS = [
    "Question about",
    "Problem with",
    "Order of",
    "Change of",
    "Offer for",
    "Renewal of",
    "Frage zu",
    "Störung bei",
    "Änderung an",
    "Lieferung von",
    "Angebot für",
    "Umzug von",
]
CONTACTS = 400


class Words:
    """Texts drawn by chance, put together from a store of sentences: to make one costs next to nothing."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.sentences = [self._sentence() for _ in range(5000)]
        self.contacts = [self.name() for _ in range(CONTACTS)]

    def _sentence(self) -> str:
        if self.chance.random() < 0.04:
            return self.chance.choice(JAPANESE)
        words = [self.chance.choice(USUAL) for _ in range(self.chance.randint(4, 12))]
        if self.chance.random() < 0.6:
            words.insert(self.chance.randrange(len(words)), self.chance.choice(COMMON))
        return f"{' '.join(words).capitalize()}."

    def name(self) -> str:
        return f"{self.chance.choice(FIRST_NAMES)} {self.chance.choice(LAST_NAMES)}"

    def customer(self) -> str:
        choice = self.chance.choice
        return f"{choice(CUSTOMER_NAMES)} {choice(TRADES)} {choice(FORMS)}"

    def subject(self) -> str:
        choice = self.chance.choice
        return f"{choice(SUBJECTS)} {choice(COMMON)} {self.chance.randint(100, 9999)}"

    def body(self) -> str:
        """One to six sentences; now and then with a number of an order, or with a rare word."""
        said = self.chance.choices(self.sentences, k=self.chance.choice((1, 2, 2, 3, 3, 4, 6)))
        luck = self.chance.random()
        if luck < 0.00005:
            said.append(f"{self.chance.choice(RARE)}!")
        elif luck < 0.1:
            said.append(f"Ref. ST-{self.chance.randint(10_000, 99_999)}.")
        return " ".join(said)

    def description(self) -> str:
        return self.chance.choice(self.sentences)
