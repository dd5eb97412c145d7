"""Counts that cost the same after ten years: nobody turns the pages beyond the first ten thousand rows."""

from __future__ import annotations

from django.db.models import IntegerField, QuerySet, Subquery

from workspaces.money import format_number

#: So many rows are counted, summed up, put in groups and paged through at most.
MOST = 10_000


class Many(int):
    """How many rows there are, up to `most` (0: MOST); beyond it `is_beyond`, and written "10,000+"."""

    is_beyond: bool

    def __new__(cls, count: int, most: int = 0) -> Many:
        many = super().__new__(cls, min(count, most or MOST))
        many.is_beyond = count > many
        return many

    @classmethod
    def of(cls, rows: QuerySet) -> Many:
        """The count of a queryset's rows; one query."""
        return cls(rows.order_by()[: MOST + 1].count())

    def __str__(self) -> str:
        return f"{format_number(int(self), '#,##0')}+" if self.is_beyond else int.__repr__(self)


class CountOf(Subquery):
    """The count of a queryset's rows, up to one more than `most` (0: MOST), as a column of another query.

    Of a queryset of distinct values, `column` names them.
    """

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet, most: int = 0, column: str = "pk") -> None:
        super().__init__(rows.order_by().values(column)[: (most or MOST) + 1])
