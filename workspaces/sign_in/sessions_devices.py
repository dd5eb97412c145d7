"""What a browser says of itself, in words: as much as people tell their devices apart by."""

from __future__ import annotations

from django.utils.translation import gettext as _

#: Whose mark comes first: most browsers also claim to be those below them.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


def device_in_words(user_agent: str) -> str:
    """Such as “Firefox on Windows”. An iPad that asks for the pages of computers calls itself macOS."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


def _first(marks: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
