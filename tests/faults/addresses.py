"""Every address of the matrix, as it is typed."""

from django.urls import reverse

from tests.test_access import MATRIX, PARTS


def address_of(name: str, things: dict[str, int]) -> str:
    thing = MATRIX[name][1]
    return reverse(name, args=PARTS.get(name, [things[thing]] if thing else []))
