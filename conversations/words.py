"""How texts fall into the words that a search looks for: the same in Python, PostgreSQL and SQLite.

A word is a run of letters and digits, in small letters. Scripts that leave no space between words are read by
twos: 請求書 is 請求, 求書 and 書. So a search finds a word by its beginning, and those anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

#: Chinese, Japanese and Korean letters, as the inside of a character class; in the databases' patterns too.
UNSPACED = "々〆ぁ-ヿ㐀-鿿가-힣豈-﫿ｦ-ﾟ"
#: So much of a word is looked at.
LONGEST = 64
#: So many words are looked for.
MOST_WORDS = 8

_WORDS = re.compile(rf"(?P<unspaced>[{UNSPACED}]+)|(?:(?![{UNSPACED}])[^\W_])+")


class Term(NamedTuple):
    """What a text has to hold: a word, or, unless that is `whole`, one that begins so."""

    text: str
    whole: bool = False

    def is_in(self, words: set[str]) -> bool:
        return self.text in words or (not self.whole and any(word.startswith(self.text) for word in words))


def words_of(text: str) -> list[str]:
    """What stands between spaces."""
    return text.split()[:MOST_WORDS]


def numbers_from(word: str) -> list[tuple[int, int]]:
    """The numbers that begin with "104" or "#104", as ranges: 104, 1040 to 1049, and so on."""
    digits = word.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12) or digits.startswith("0"):
        return []
    return [(int(digits) * 10**n, (int(digits) + 1) * 10**n - 1) for n in range(5)]


def terms_of(word: str) -> list[Term]:
    """What a text has to hold to hold `word`; of foo@exam.co, that is foo, exam, and what begins with co."""
    parts = list(_parts(word))
    terms: list[Term] = []
    for number, (part, unspaced) in enumerate(parts, start=1):
        if unspaced and len(part) > 1:
            terms += [Term(pair, whole=True) for pair in _pairs(part)[:-1]]
        else:
            terms.append(Term(part[:LONGEST], whole=number < len(parts) and not unspaced))
    return terms


def indexed(text: str) -> set[str]:
    """The words under which a text is found."""
    found: set[str] = set()
    for part, unspaced in _parts(text):
        found |= set(_pairs(part)) if unspaced else {part[:LONGEST]}
    return found


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    for match in _WORDS.finditer(_small(unicodedata.normalize("NFC", text))):
        yield match[0], bool(match["unspaced"])


def _pairs(part: str) -> list[str]:
    """請求書: 請求, 求書, 書."""
    return [part[start : start + 2] for start in range(len(part))]


def _small(text: str) -> str:
    # Letter by letter, as the databases do it: in Python a small Σ is another one at a word's end.
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
