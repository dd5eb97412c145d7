"""Signing in through the organisation's own provider, by OpenID Connect.

allauth speaks the protocol: state, PKCE, the exchange of the code. What it leaves to TLS is checked here as
well: the ID token's signature and its nonce.
"""

from __future__ import annotations

import logging
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from requests import RequestException

from workspaces.models import User

logger = logging.getLogger(__name__)

#: Signatures by a key that only the provider has; with a shared secret, or none, anybody could sign.
ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
]  # fmt: skip
CLAIMS = ["iss", "sub", "aud", "exp", "iat"]
#: Between the provider's clock and this one, in seconds.
LEEWAY = 60
LONGEST_SUBJECT = 191  # what allauth's table takes


class Exchange(OpenIDConnectOAuth2Adapter):
    """allauth's talk with the provider, that believes nothing which is not signed for this sign-in."""

    def __init__(self, request: HttpRequest, provider_id: str = "") -> None:
        super().__init__(request, provider_id or settings.OIDC_ISSUER)
        #: What the ID token has to repeat.
        self.nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; raises OAuth2Error if it is not the one that is trusted."""
        if not hasattr(self, "_openid_config"):
            found = self._fetch(settings.OIDC_ISSUER.rstrip("/") + "/.well-known/openid-configuration")
            if str(found.get("issuer")).rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
                raise OAuth2Error("the provider names itself otherwise than OIDC_ISSUER does")
            if not all(found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
                raise OAuth2Error("the provider does not name its addresses")
            self._openid_config = found
        return self._openid_config

    def _fetch(self, address: str, **options: Any) -> dict[str, Any]:
        with SocialAdapter(self.request).get_requests_session() as session:
            response = session.get(address, **options)
            response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise OAuth2Error("the provider answers with something else than an object")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("openid_callback"))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Who it is, by the ID token; what it does not say of the address, by the provider's user info."""
        claims = self._verified(str(kwargs["response"].get("id_token") or ""))
        if "email" not in claims and self.openid_config.get("userinfo_endpoint"):
            bearer = {"Authorization": f"Bearer {token.token}"}
            told = self._fetch(self.openid_config["userinfo_endpoint"], headers=bearer)
            if told.get("sub") != claims["sub"]:
                raise OAuth2Error("the user info is of somebody else than the ID token")
            # Whether it is verified says who names it: the token's word would be on no address.
            claims |= {name: told.get(name) for name in ("email", "email_verified")}
        address = claims.get("email")
        known = {
            "sub": claims["sub"],
            "email": address if isinstance(address, str) else "",
            "email_verified": claims.get("email_verified") is True,
        }
        return self.get_provider().sociallogin_from_response(request, known)

    def _verified(self, id_token: str) -> dict[str, Any]:
        keys = self._fetch(self.openid_config["jwks_uri"])
        try:
            header = jwt.get_unverified_header(id_token)
            signing = [key for key in keys["keys"] if key.get("use", "sig") == "sig"]
            chosen = [key for key in signing if "kid" not in header or key.get("kid") == header["kid"]]
            key = jwt.PyJWK(chosen[0], algorithm=chosen[0].get("alg") or header["alg"])
            if key.algorithm_name not in ALGORITHMS:
                raise OAuth2Error("the key is for no signature that is taken here")
            claims = jwt.decode(
                id_token,
                key,
                algorithms=[key.algorithm_name],
                issuer=self.openid_config["issuer"],
                audience=settings.OIDC_CLIENT_ID,
                leeway=LEEWAY,
                options={"require": CLAIMS},
            )
        except (jwt.PyJWTError, LookupError, TypeError, AttributeError) as error:
            raise OAuth2Error(f"the ID token does not hold: {error}") from error
        if not self.nonce or claims.get("nonce") != self.nonce:
            raise OAuth2Error("the ID token is not for this sign-in")
        if not isinstance(claims["aud"], str) and claims.get("azp") != settings.OIDC_CLIENT_ID:
            raise OAuth2Error("the ID token is for others as well, and was not given to us")
        if not (0 < len(claims["sub"]) <= LONGEST_SUBJECT) or "\0" in claims["sub"]:
            raise OAuth2Error("the provider's name of the user does not fit")
        return claims


class Provider(OpenIDConnectProvider):
    """The one provider, as the settings name it."""

    oauth2_adapter_class = Exchange
    pkce_enabled_default = True

    def extract_uid(self, data: dict[str, Any]) -> str:
        return data["sub"]

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}  # Nothing about the person is kept but who they are there.

    def get_auth_params(self) -> dict[str, Any]:
        return {}


class SocialAdapter(DefaultSocialAccountAdapter):
    """Who of Stint's users somebody is whom the provider has signed in. It never makes a user.

    First it is whoever the provider's `sub` was linked to. Of somebody new it is the one active user who has
    the address that the provider has verified, and the two are linked from then on. So the provider is
    trusted with the addresses of everybody whom it could be. Staff are not found by their address: whoever
    gets the provider to confirm an admin's would be an admin. Once linked they may be made staff.

    A user who claims another's address in their own settings would find that person in their account, with
    no right that they had not before; addresses are unique, so nobody can claim one that is taken.
    """

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        app = SocialApp(
            provider=Provider.id,
            # A `sub` means something at its issuer only. Links carry this name.
            provider_id=settings.OIDC_ISSUER,
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
        )
        return Provider(request, app=app)

    def list_apps(self, *args: Any, **kwargs: Any) -> list[SocialApp]:
        return []  # The one there is has its own address, and none are in the database.

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        return None  # pre_social_login does; allauth would take the password away.

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the user, and link them; whoever is none sees a page."""
        if not sociallogin.is_existing:
            sociallogin.user = _by_address(sociallogin)
            if sociallogin.user:
                _link(sociallogin)
        if not (sociallogin.user and sociallogin.user.is_active):
            logger.warning("OpenID Connect: no account for whom the provider signed in")
            raise ImmediateHttpResponse(refused(request, "unknown", 403))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Every failure is a page of ours. The log says what it was; it holds no token and no code."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(refused(request, "canceled", 403))
        if isinstance(exception, RequestException):
            logger.error("OpenID Connect: the provider does not answer (%s)", type(exception).__name__)
            raise ImmediateHttpResponse(refused(request, "unreachable", 503))
        logger.warning("OpenID Connect: refused (%s)", _reason(exception))
        raise ImmediateHttpResponse(refused(request, "failed", 403))


def _by_address(sociallogin: SocialLogin) -> User | None:
    addresses = [each.email for each in sociallogin.email_addresses if each.verified]
    if len(addresses) != 1:
        return None
    found = User.objects.filter(email__iexact=addresses[0], is_active=True)[:2]
    same = [user for user in found if user.email.lower() == addresses[0].lower()]
    if len(same) != 1 or same[0].is_staff or same[0].is_superuser:
        return None
    return same[0]


def _link(sociallogin: SocialLogin) -> None:
    account: SocialAccount = sociallogin.account
    account.user = sociallogin.user
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:  # Another tab was quicker.
        account = SocialAccount.objects.get(provider=account.provider, uid=account.uid)
        sociallogin.account, sociallogin.user = account, account.user
    logger.info("OpenID Connect: linked", extra={"user_id": account.user_id})


def _reason(exception: Exception | None) -> str:
    # What allauth says of a refused code repeats the provider's whole answer.
    told = str(exception) if isinstance(exception, OAuth2Error) else ""
    return told if told and not told.startswith("Error retrieving") else "no state, or no code for us"


def refused(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    context = {"reason": reason, "provider": settings.OIDC_NAME, "languages": settings.LANGUAGES}
    return render(request, "socialaccount/refused.html", context, status=status)
