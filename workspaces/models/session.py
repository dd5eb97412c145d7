"""Sessions, and who is behind one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from workspaces.models.user import User
from workspaces.models.workspace import Membership, Workspace
from workspaces.prepared import Prepared
from workspaces.rows import Rows


def _reader(field: models.Field) -> Callable[[Any], Any]:
    """What makes a value of the field of what JSON has for it."""
    if not isinstance(field, models.DecimalField):
        return field.to_python
    smallest = Decimal(1).scaleb(-field.decimal_places)
    return lambda value: Decimal(str(value)).quantize(smallest)


#: The columns of a workspace.
SETTINGS = {field.attname: _reader(field) for field in Workspace._meta.concrete_fields}


class SessionManager(BaseSessionManager["Session"]):
    def identify(self, key: str) -> Session | None:
        """The session with its user, who knows what every page asks of them: one query.

        It may have expired.
        """
        return next(iter(_identified(key=key)), None)

    def with_user(self) -> QuerySet[Session]:
        """Each with all that its `person` needs."""
        own = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
        theirs = Membership.objects.filter(user=OuterRef("user")).order_by().values("user")
        columns = ["pk", "role", *(f"workspace__{name}" for name in SETTINGS)]
        memberships = Subquery(theirs.annotate(rows=Rows(*columns)).values("rows"))
        return self.select_related("user").annotate(has_second_factor=Exists(own), memberships=memberships)


class Session(AbstractBaseSession):
    """A sign-in on one device, or a visit before it; workspaces.sign_in.sessions says what it holds."""

    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.CASCADE, null=True, related_name="sessions"
    )

    objects = SessionManager()  # type: ignore[misc]  # as in AbstractBaseSession, but for ClassVar

    class Meta(AbstractBaseSession.Meta):
        pass

    @property
    def person(self) -> User | None:
        """The user, with what `SessionManager.with_user` brought along."""
        user, brought = self.user, vars(self)
        if user:
            user.has_second_factor = brought["has_second_factor"]
            rows = [_membership(user, row) for row in brought["memberships"] or ()]
            user.current_memberships = sorted(rows, key=lambda row: (row.workspace.name, row.workspace_id))
        return user

    @classmethod
    def get_session_store_class(cls) -> type:
        from workspaces.sign_in.sessions import SessionStore  # which knows this model

        return SessionStore


_identified = Prepared(lambda key: Session.objects.with_user().filter(pk=key))


def _membership(user: User, row: list[Any]) -> Membership:
    pk, role, *values = row
    known = {name: read(value) for (name, read), value in zip(SETTINGS.items(), values, strict=True)}
    workspace = Workspace.from_db(user._state.db, SETTINGS, known.values())
    return Membership(pk=pk, role=role, user=user, workspace=workspace)
