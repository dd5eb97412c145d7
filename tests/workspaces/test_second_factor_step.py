"""The second step of a sign-in, sent as no page of ours sends it."""

import pytest
from django.test import Client

from tests.workspaces.second_factor import STEP_TWO, is_in, password, set_up

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("fields", [{}, {"submission": "0"}, {"credential": "{}"}, {"credential": "null"}])
def test_without_a_code_it_asks_for_one(as_agent: Client, fields: dict[str, str]) -> None:
    set_up(as_agent)
    browser = password()
    answer = browser.post(STEP_TWO, fields)
    assert answer.status_code == 422
    assert 'id="id_code_error"' in answer.content.decode()
    assert not is_in(browser)
