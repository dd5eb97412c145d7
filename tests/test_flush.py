"""What the suite does between its transactional tests."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from tests.factories import IntervalFactory
from timers.models import Interval


@pytest.mark.django_db(transaction=True)
def test_the_flush_between_tests_empties_append_only_tables_and_leaves_them_so() -> None:
    interval = IntervalFactory()
    call_command("flush", interactive=False, verbosity=0)
    assert not Interval.objects.exists()
    interval = IntervalFactory()
    with pytest.raises(DatabaseError):
        Interval.objects.filter(pk=interval.pk).delete()
