"""Admin pages of tables that grow for ever: nothing is counted, sorted, searched or listed as a whole."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from workspaces.counts import Many
from workspaces.models import User

WORKSPACE = "workspace__id__exact"


class BoundedPaginator(Paginator):
    """Counts no further than `Many` does, where its pages end; a filter or a search finds what is beyond."""

    @cached_property
    def count(self) -> Many:
        rows: Any = self.object_list
        return Many.of(rows)


class InWorkspace(admin.ChoicesFieldListFilter):
    """Offered once a workspace is chosen: of all together no index knows it."""

    def __init__(self, field: Any, request: HttpRequest, *args: Any, **named: Any) -> None:
        self.in_workspace = WORKSPACE in request.GET
        super().__init__(field, request, *args, **named)

    def has_output(self) -> bool:
        return self.in_workspace


class LargeTable(admin.ModelAdmin):
    """The newest come first, and are found by a number or by whose they are."""

    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ["-pk"]
    sortable_by = ()
    search_fields = ["=pk"]
    #: What besides a record's own the number may be, and where a record says whose it is.
    numbered_by: tuple[str, ...] = ("conversation",)
    belongs_to = "user"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().removeprefix("#")
        if not term:
            return queryset, False
        if term.isascii() and term.isdigit():
            numbers = [Q(**{name: int(term)}) for name in self.numbered_by] if len(term) <= 18 else []
            found = Q(pk=int(term) if numbers else None)
            for number in numbers:
                found |= number
            return queryset.filter(found), False
        people = list(User.objects.filter(username=term).values_list("pk", flat=True))
        return queryset.filter(**{f"{self.belongs_to}__in": people}), False
