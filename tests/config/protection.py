"""The headers that no response goes without."""

from django.http import HttpResponse

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


def assert_protected(response: HttpResponse, *, kept: bool = False) -> None:
    """Of a page, a fragment, a redirect or an error. What may be `kept` in a cache is asked for anew."""
    headers = response.headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(), " in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] in ("same-origin", "origin")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert ("no-cache" if kept else "no-store") in headers["Cache-Control"]
    assert len(headers["X-Request-ID"]) >= 8
