"""What a part writes: values escaped, texts of the catalogues as they are, and nothing that is not known."""

import pytest
from django.template import engines
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override
from jinja2 import UndefinedError
from markupsafe import Markup

from config.parts import Parts


def rendered(source: str, language: str = "en", **given: object) -> str:
    parts: Parts = engines["parts"].env  # type: ignore[attr-defined]
    return parts.spoken(language).from_string(source).render(given)


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("<b a=\"1\" b='2'>&", "&lt;b a=&#34;1&#34; b=&#39;2&#39;&gt;&amp;"),
        (SafeString("<b>"), "<b>"),
        (Markup("<b>"), "<b>"),
        (SimpleLazyObject(lambda: SafeString("<b>")), "<b>"),
        (SimpleLazyObject(lambda: "<b>"), "&lt;b&gt;"),
        (gettext_lazy("<b>"), "&lt;b&gt;"),
        (["<b>"], "[&#39;&lt;b&gt;&#39;]"),
        (7, "7"),
    ],
)
def test_a_value_is_escaped_unless_it_says_that_it_is_safe(value: object, html: str) -> None:
    assert rendered("{{ value }}", value=value) == html
    macro = "{% macro said(value) %}{{ value }}{% endmacro %}{{ said(value) }}"
    assert rendered(macro, value=value) == html


def test_a_sentence_escapes_what_it_is_given() -> None:
    assert rendered("{% trans name=value %}Assigned to {{ name }}{% endtrans %}", value="<b>") == (
        "Assigned to &lt;b&gt;"
    )


def test_a_text_that_is_not_the_templates_own_is_escaped() -> None:
    assert rendered("{{ _(value) }}{{ pgettext('button', value) }}", value="<b>") == "&lt;b&gt;&lt;b&gt;"


def test_what_is_not_known_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ nobody }}")


def test_texts_are_in_the_language_of_the_request() -> None:
    source = (
        "{{ pgettext('button', 'Stop') }}, {% trans n=count %}and {{ n }} more{% pluralize n %}"
        "and {{ n }} more{% endtrans %}"
    )
    assert rendered(source, count=2) == "Stop, and 2 more"
    assert rendered(source, "de", count=2) == "Stopp, und 2 weitere"


@pytest.mark.django_db
def test_a_page_draws_its_parts_in_the_language_that_is_active() -> None:
    from workspaces.parts import draw

    given = {"symbol": "x", "text": "", "retry": True}
    with override("de"):
        assert "Erneut versuchen" in draw("toast.html", given)
    assert "Try again" in draw("toast.html", given)


def test_a_text_and_an_icon_are_put_in_place_when_the_template_is_read() -> None:
    parts: Parts = engines["parts"].env  # type: ignore[attr-defined]
    code = parts.compile("{{ _('Stop') }}{{ icon('x') }}{{ _(text) }}", raw=True)
    assert code.count("context.call") == 1
