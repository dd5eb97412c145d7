"""Icons that a template names itself are drawn when it is read."""

from __future__ import annotations

import pytest
from django.template import engines
from django.template.base import TextNode


def read(tag: str) -> object:
    return engines["django"].from_string("{% load lucide %}" + tag).template.nodelist[-1]  # type: ignore[attr-defined]


@pytest.mark.parametrize("tag", ['"x"', '"x" size=16', '"x" size=16 class="icon" aria_hidden="true"'])
def test_an_icon_that_never_varies_is_a_text(tag: str) -> None:
    node = read("{% lucide " + tag + " %}")
    assert isinstance(node, TextNode)
    assert node.s.startswith("<svg")


@pytest.mark.parametrize("tag", ["name", '"x" size=size', '"x"|lower', '"x" size=16 title=_("Close")'])
def test_an_icon_that_varies_is_drawn_each_time(tag: str) -> None:
    assert not isinstance(read("{% lucide " + tag + " %}"), TextNode)
