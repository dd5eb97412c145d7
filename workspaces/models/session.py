"""Sessions, and who is behind one."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from workspaces.models.user import User
from workspaces.models.workspace import Membership, Workspace

#: The columns of a workspace, and what makes their values of JSON.
SETTINGS = {field.attname: field.to_python for field in Workspace._meta.concrete_fields}


class _Rows(models.Aggregate):
    """Rows as one JSON array of arrays."""

    function = "JSONB_AGG"
    output_field = models.JSONField()
    template = "%(function)s(JSONB_BUILD_ARRAY(%(expressions)s))"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "JSON_GROUP_ARRAY(JSON_ARRAY(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)


class SessionManager(BaseSessionManager["Session"]):
    def with_user(self) -> QuerySet[Session]:
        """Each with its user, who knows what every page asks of them: one query, where there were four."""
        own = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
        theirs = Membership.objects.filter(user=OuterRef("user")).order_by().values("user")
        columns = ["pk", "role", *(f"workspace__{name}" for name in SETTINGS)]
        memberships = Subquery(theirs.annotate(rows=_Rows(*columns)).values("rows"))
        return self.select_related("user").annotate(has_second_factor=Exists(own), memberships=memberships)


class Session(AbstractBaseSession):
    """A sign-in on one device, or a visit before it; workspaces.sign_in.sessions says what it holds."""

    # Of `with_user`.
    has_second_factor: bool
    memberships: list[list[Any]] | None

    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.CASCADE, null=True, related_name="sessions"
    )

    objects = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        pass

    @property
    def person(self) -> User | None:
        """The user, with what `SessionManager.with_user` brought along."""
        if self.user:
            self.user.has_second_factor = self.has_second_factor
            rows = [_membership(self.user, row) for row in self.memberships or ()]
            rows.sort(key=lambda each: (each.workspace.name, each.workspace_id))
            self.user.current_memberships = rows
        return self.user

    @classmethod
    def get_session_store_class(cls) -> type:
        from workspaces.sign_in.sessions import SessionStore  # which knows this model

        return SessionStore


def _membership(user: User, row: list[Any]) -> Membership:
    pk, role, *values = row
    known = {name: read(value) for (name, read), value in zip(SETTINGS.items(), values, strict=True)}
    workspace = Workspace.from_db(user._state.db, SETTINGS, known.values())
    return Membership(pk=pk, role=role, user=user, workspace=workspace)
