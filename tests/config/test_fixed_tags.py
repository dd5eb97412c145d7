"""Texts and addresses that templates work out once."""

from __future__ import annotations

import pytest
from django.template import engines
from django.urls import set_script_prefix
from django.utils.translation import override

from config import fixed_tags


def read(text: str) -> object:
    return engines["django"].from_string("{% load i18n %}" + text)


def test_a_text_is_said_in_the_language_of_each_request() -> None:
    template = read('{% translate "Close" context "button" %}')
    said = []
    for language in ("en", "de", "fr", "de", "en"):
        with override(language):
            said.append(template.render())  # type: ignore[attr-defined]
    assert said == ["Close", "Schließen", "Fermer", "Schließen", "Close"]


def test_a_text_with_a_name_is_in_the_context_each_time() -> None:
    template = read('{% translate "Timers" as title %}<h1>{{ title }}</h1>')
    for language, title in (("en", "Timers"), ("de", "Timer"), ("en", "Timers")):
        with override(language):
            assert template.render() == f"<h1>{title}</h1>"  # type: ignore[attr-defined]


def test_what_varies_is_worked_out_each_time() -> None:
    template = read("{% translate word %}")
    assert [template.render({"word": word}) for word in "ab"] == ["a", "b"]  # type: ignore[attr-defined]


def test_a_text_of_the_template_itself_is_never_escaped() -> None:
    text = '{% translate "<b>" %}{% autoescape off %}{% translate "<b>" %}{% endautoescape %}'
    assert read(text).render() == "<b><b>"  # type: ignore[attr-defined]


def test_an_address_keeps_the_prefix_of_the_request() -> None:
    template = read('{% url "timers:list" %}')
    assert template.render() == "/timers/"  # type: ignore[attr-defined]
    try:
        set_script_prefix("/stint/")
        assert template.render() == "/stint/timers/"  # type: ignore[attr-defined]
    finally:
        set_script_prefix("/")


@pytest.mark.parametrize("address", ['"timers:stop" 7', '"timers:stop" pk=7', "name"])
def test_an_address_that_varies_is_left_to_django(address: str) -> None:
    found = read("{% url " + address + " %}").template.nodelist[-1]  # type: ignore[attr-defined]
    assert not isinstance(found, fixed_tags.Fixed)
