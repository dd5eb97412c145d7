"""Sessions: how long a sign-in lasts, and on which devices somebody is signed in.

This module is the SESSION_ENGINE. A session lives for SESSION_COOKIE_AGE from the sign-in, whatever is saved
in it meanwhile; one that does not know when that was (made by an older release) is over.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from workspaces.models import Session, User
from workspaces.sign_in.sessions_devices import device_in_words

SIGNED_IN_AT = "signed_in_at"
DEVICE = "device"
#: As much of what a browser says of itself as is kept.
LONGEST_USER_AGENT, LONGEST_ADDRESS = 300, 45


class SessionStore(DatabaseStore):
    """Django's in the database, with an end that does not move and a user that it can be found by."""

    #: Who is signed in, once the session has been read; not to be believed before `user_of` has looked.
    person: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        if key == SESSION_KEY:
            super().__setitem__(SIGNED_IN_AT, int(time.time()))

    def load(self) -> dict[str, Any]:
        row = Session.objects.identify(self.session_key or "")
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return {}
        stored = self.decode(row.session_data)
        if SESSION_KEY in stored and _end(stored) <= timezone.now():
            self._session_key = None
            return {}
        self.person = row.person
        return stored

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Any = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        return session

    def get_expiry_date(self, **options: Any) -> datetime:
        return _end(dict(self.items())) if SESSION_KEY in self else super().get_expiry_date(**options)

    def get_expiry_age(self, **options: Any) -> int:
        if SESSION_KEY not in self:
            return super().get_expiry_age(**options)
        return max(0, int((_end(dict(self.items())) - timezone.now()).total_seconds()))

    def get_expire_at_browser_close(self) -> bool:
        return False


def _end(stored: dict[str, Any]) -> datetime:
    lifetime = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return datetime.fromtimestamp(stored.get(SIGNED_IN_AT, 0), UTC) + lifetime


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """The user of a request's session, whom the session brought along; else it is Django that looks."""
    session: Any = request.session
    key, person = session.get(SESSION_KEY), session.person
    if (
        person
        and key == str(person.pk)
        and person.is_active
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
    ):
        return person
    return get_user(request)


def note_device(session: SessionBase, user_agent: str, address: str) -> None:
    """Keeps in a session, once, what the list of sessions tells of the device.

    Only while the session is to be saved anyway, as at every sign-in: it costs no write of its own.
    """
    if session.modified and SESSION_KEY in session and DEVICE not in session:
        session[DEVICE] = {
            "user_agent": user_agent[:LONGEST_USER_AGENT],
            "address": address[:LONGEST_ADDRESS],
        }


@dataclass(frozen=True)
class SignIn:
    """One of a user's sessions, for the list; its key, which is as good as a password, is not shown."""

    session: Session
    stored: dict[str, Any]
    is_here: bool

    @property
    def handle(self) -> str:
        """What a form names the session by."""
        return salted_hmac("workspaces.sign_in.sessions", self.session.pk, algorithm="sha256").hexdigest()[
            :32
        ]

    @property
    def device(self) -> str:
        return device_in_words(self.stored.get(DEVICE, {}).get("user_agent", ""))

    @property
    def address(self) -> str:
        return self.stored.get(DEVICE, {}).get("address", "")

    @property
    def since(self) -> datetime:
        return datetime.fromtimestamp(self.stored[SIGNED_IN_AT], UTC)

    @property
    def until(self) -> datetime:
        return _end(self.stored)


def sign_ins(user: User, here: str | None) -> list[SignIn]:
    """Where the user is signed in, the device whose session key is `here` first, then the latest.

    Sessions that a change of the password has ended are none, even while their rows are there.
    """
    now = timezone.now()
    found = []
    for session in Session.objects.filter(user=user, expire_date__gt=now):
        each = SignIn(session, session.get_decoded(), session.pk == here)
        if SIGNED_IN_AT in each.stored and each.until > now and _is_verified(user, each.stored):
            found.append(each)
    return sorted(found, key=lambda each: (each.is_here, each.since), reverse=True)


def _is_verified(user: User, stored: dict[str, Any]) -> bool:
    own = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(stored.get(HASH_SESSION_KEY, ""), each) for each in own)


def end(user: User, here: str | None, handle: str) -> SignIn | None:
    """Ends one of the user's other sessions: its next request is nobody's. None if there is no such one."""
    for each in sign_ins(user, here):
        if not each.is_here and constant_time_compare(each.handle, handle):
            each.session.delete()
            return each
    return None


def end_others(user: User, here: str | None) -> int:
    """Ends all of the user's sessions but the one here, and says how many were alive."""
    others = [each for each in sign_ins(user, here) if not each.is_here]
    Session.objects.filter(user=user).exclude(pk=here).delete()
    return len(others)
