"""Rows of another table, brought along with each row of a query: one query where a prefetch makes two."""

from typing import Any

from django.db import models


class Rows(models.Aggregate):
    """The chosen columns of all rows as a JSON array of arrays; None if there are no rows.

    Moments are texts, which `datetime.fromisoformat` reads to the microsecond (SQLite's lack the zone, UTC).
    """

    function = "JSONB_AGG"
    template = "%(function)s(JSONB_BUILD_ARRAY(%(expressions)s))"
    output_field = models.JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "JSON_GROUP_ARRAY(JSON_ARRAY(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)
