import pytest
from django.core.exceptions import ValidationError

from workspaces.fields import PlainTextField


@pytest.mark.parametrize("written", ["one\r\ntwo", "one\rtwo", "one\ntwo", "  one\r\ntwo \r\n"])
def test_line_breaks_become_one_character(written: str) -> None:
    assert PlainTextField(max_length=7).clean(written) == "one\ntwo"


def test_what_is_longer_is_refused() -> None:
    with pytest.raises(ValidationError):
        PlainTextField(max_length=6).clean("one\r\ntwo")


def test_nothing_is_an_empty_text() -> None:
    assert PlainTextField(required=False).clean(None) == ""
