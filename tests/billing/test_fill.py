"""The loop that renders its body once: {% fill %}."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import SafeString

LINES = [{"name": "<b>", "size": "1"}, {"name": SafeString("<i>"), "size": "2"}]


def rendered(source, **context):
    return Template("{% load fill i18n %}" + source).render(Context(context))


def test_each_line_is_filled_in_and_escaped_unless_it_is_safe():
    source = "{% fill lines as row %}[{{ row.name }}: {{ row.size }}{{ row.size }}]{% endfill %}"
    assert rendered(source, lines=LINES) == "[&lt;b&gt;: 11][<i>: 22]"


def test_what_is_the_same_in_all_of_them_may_be_anything():
    source = "{% fill lines as row %}{% if many %}{{ place }}{% endif %}{{ row.size }}{% endfill %}"
    assert rendered(source, lines=LINES, many=True, place="<a>") == "&lt;a&gt;1&lt;a&gt;2"


def test_in_a_loop_it_is_rendered_once_and_filled_in_with_each_ones_lines():
    class Place:
        asked = 0

        def __str__(self):
            self.asked += 1
            return "x"

    place = Place()
    source = (
        "{% for each in groups %}({% fill each as row %}{{ place }}{{ row.size }}{% endfill %}){% endfor %}"
    )
    assert rendered(source, groups=[LINES, LINES[:1], []], place=place) == "(x1x2)(x1)()"
    assert place.asked == 1


def test_indentation_is_left_out():
    assert rendered(
        "{% fill lines as row %}\n    <p>\n      {{ row.size }}</p>{% endfill %}", lines=LINES[:1]
    ) == ("\n<p>\n1</p>")


def test_a_text_is_not_read_again_for_marks():
    lines = [{"name": "\0size\0", "size": "1"}]
    assert rendered("{% fill lines as row %}{{ row.name }}{% endfill %}", lines=lines) == "\0size\0"


def test_no_lines_are_nothing():
    assert rendered("{% fill lines as row %}{{ row.name }}{% endfill %}", lines=[]) == ""


def test_it_is_written_in_one_way():
    with pytest.raises(TemplateSyntaxError):
        rendered("{% fill lines %}{% endfill %}")
