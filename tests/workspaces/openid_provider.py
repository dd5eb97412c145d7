"""A small OpenID Connect provider on this machine: discovery, keys, tokens signed with RS256, user info."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "stint", "a-secret-of-both"


class OpenIDProvider:
    """Signs in whoever `person` says. What it does wrong is set before `answer`."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "248289761001",
            "email": "Katharina@example.com",
            "email_verified": True,
            "name": "Katharina Wiegand",
            "picture": "https://idp.example/face.png",
        }
        self.claims: dict[str, Any] = {}  # in place of those that belong into the ID token
        self.header: dict[str, Any] = {"kid": "first"}
        self.in_user_info: set[str] = set()  # what the ID token leaves to the user info
        self.user_info_sub = ""
        self.discovery: dict[str, Any] = {}
        self.status = 200
        self.signature: tuple[Any, str] | None = None
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, address: str) -> dict[str, str]:
        """What the browser brings back from the provider's page at this address, where somebody signs in."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def _config(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        } | self.discovery

    def _keys(self) -> dict[str, Any]:
        own = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [own | {"kid": "first", "use": "sig", "alg": "RS256"}]}

    def _token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """None for what the standards refuse: a code twice, another address, a verifier that does not fit."""
        query = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = query and (
            (query["code_challenge_method"], query["code_challenge"]) == ("S256", challenge)
            and query["redirect_uri"] == form["redirect_uri"]
            and (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        )
        if not fits or not query:
            return None
        now = int(time.time())
        told = {name: value for name, value in self.person.items() if name not in self.in_user_info}
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": query["nonce"]}
        claims = {name: value for name, value in (claims | told | self.claims).items() if value is not None}
        key, algorithm = self.signature or (self.key, "RS256")
        signed = jwt.encode(claims, key, algorithm=algorithm, headers=self.header)
        return {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": signed,
        }

    def _user_info(self) -> dict[str, Any]:
        return self.person | ({"sub": self.user_info_sub} if self.user_info_sub else {})

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/authorize?"):  # a browser, whose person is signed in here already
                    query = dict(parse_qsl(urlsplit(self.path).query))
                    self.send_response(302)
                    self.send_header(
                        "Location", f"{query['redirect_uri']}?{urlencode(provider.answer(self.path))}"
                    )
                    self.end_headers()
                    return
                found = {
                    "/.well-known/openid-configuration": provider._config,
                    "/keys": provider._keys,
                    "/userinfo": provider._user_info,
                }[self.path]
                if self.path == "/userinfo":
                    assert self.headers["Authorization"] == "Bearer an-access-token"
                self.reply(found())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = provider._token({name: values[0] for name, values in parse_qs(body).items()})
                self.reply(answer or {"error": "invalid_grant"}, 200 if answer else 400)

            def reply(self, answer: dict[str, Any], status: int = 200) -> None:
                provider.asked.append(self.path)
                text = json.dumps(answer).encode()
                self.send_response(status if provider.status == 200 else provider.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler


def callback(answer: dict[str, str]) -> str:
    return "/accounts/openid/callback/?" + urlencode(answer)
