"""Every text is in gettext's hands, and in every language's catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.base import Lexer, TokenType

LANGUAGES = [language for language, _ in settings.LANGUAGES if language != "en"]
FOLDERS = "config", "workspaces", "conversations", "billing", "timers", "templates"
METHODS = [
    ("**.py", "python"),
    ("**/parts/**.html", "jinja2.ext:babel_extract"),
    ("**.html", "config.messages:extract_template"),
]
KEYWORDS = parse_keywords(
    ["gettext_lazy", "gettext_noop", "pgettext_lazy:1c,2", "ngettext_lazy:1,2", "npgettext_lazy:1c,2,3"]
)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}|%%|</?\w+")

#: What is the same in every language.
NAMES = {"Stint", "CSV", "XLSX", "Ctrl", "Enter", "Esc", "Home", "End", "Shift"}
WORD = re.compile(r"[^\W\d_]{2,}")
READ_ALOUD = {"aria-label", "aria-description", "title", "placeholder", "alt"}


@cache
def texts() -> Catalog:
    """Of the code and the templates, as `make messages` finds them."""
    found = Catalog()
    for folder in FOLDERS:
        where = settings.BASE_DIR / folder
        options = {pattern: {} for pattern, _ in METHODS}
        for _, _, text, _, context in extract_from_dir(
            where, METHODS, options, keywords=DEFAULT_KEYWORDS | KEYWORDS
        ):
            found.add(text, None, context=context)
    return found


@cache
def catalogue(language: str) -> Catalog:
    path = settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def plural_forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def sources(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def test_the_texts_are_found() -> None:
    assert len(texts()) > 600
    assert texts().get("Start", context="button")
    assert texts().get("%(n)s entry")


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalogue:
    def test_it_has_every_text(self, language: str) -> None:
        known = {(each.id, each.context) for each in catalogue(language)}
        missing = [each.id for each in texts() if each.id and (each.id, each.context) not in known]
        assert not missing, "make messages, then translate"

    def test_it_has_no_other(self, language: str) -> None:
        needed = {(each.id, each.context) for each in texts()}
        assert not [each.id for each in catalogue(language) if (each.id, each.context) not in needed]

    def test_everything_is_translated(self, language: str) -> None:
        assert not [each.id for each in catalogue(language) if each.id and not all(plural_forms(each))]

    def test_nothing_is_a_guess(self, language: str) -> None:
        assert not [each.id for each in catalogue(language) if each.id and each.fuzzy]

    def test_every_plural_has_as_many_forms_as_the_language(self, language: str) -> None:
        forms = catalogue(language).num_plurals
        plurals = [each for each in catalogue(language) if each.pluralizable]
        assert not [each.id for each in plurals if len(plural_forms(each)) != forms]

    def test_placeholders_and_tags_stay(self, language: str) -> None:
        """A form for one thing may leave its number out."""
        for each in catalogue(language):
            if not each.id:
                continue
            wanted = set(PLACEHOLDER.findall(sources(each)[-1]))
            for form in plural_forms(each)[-1:]:
                assert set(PLACEHOLDER.findall(form)) == wanted, each.id
            for form in plural_forms(each):
                assert set(PLACEHOLDER.findall(form)) <= wanted, each.id

    def test_an_explanation_stays_readable_for_the_receipt(self, language: str) -> None:
        """It begins with the time, and a step's time follows a colon and a space: billing.templatetags."""
        recorded, by_hand, step = (
            catalogue(language).get(text).string
            for text in ("%(time)s recorded", "%(time)s by hand", "%(step)s: %(time)s")
        )
        assert recorded.startswith("%(time)s ")
        assert by_hand.startswith("%(time)s ")
        assert step.endswith(": %(time)s")


class Words(HTMLParser):
    """Collects what people read or hear of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def literal(path: Path) -> Iterator[str]:
    """The words of a template that are not in a tag of its own."""
    source: list[str] = []
    passed_over = ""
    for token in Lexer(path.read_text()).tokenize():
        tag = token.contents.split(" ")[0] if token.token_type == TokenType.BLOCK else ""
        if tag in ("blocktranslate", "comment") and not passed_over:
            passed_over = f"end{tag}"
        elif tag == passed_over:
            passed_over = ""
        elif not passed_over and token.token_type == TokenType.TEXT:
            source.append(token.contents)
        elif not passed_over and token.token_type == TokenType.VAR:
            source.append("v")  # may be the name of an element
    words = Words()
    words.feed("".join(source))
    for text in words.found:
        yield from (word for word in WORD.findall(text) if word not in NAMES)


def test_templates_say_nothing_that_is_not_translated() -> None:
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    loose = {path.name: found for path in templates if (found := list(literal(path)))}
    assert not loose
