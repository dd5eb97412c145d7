"""Lengths of time as whole seconds: how people write them and how pages show them."""

import re
from fractions import Fraction

from django.utils.translation import gettext, gettext_noop, pgettext

ACCEPTED = gettext_noop("Write 1:30, 90m, 1.5h or 1.5.")
LONGEST = 100_000 * 3600

_CLOCK = re.compile(r"(\d{1,6})[:h]([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_HOURS = re.compile(r"\d{1,6}(?:[.,]\d{1,6})?|[.,]\d{1,6}", re.ASCII)
#: In every language that Stint speaks, whatever the page's: people write what they think in.
_HOUR = r"h|hrs?|hours?|std\.?|stunden?|heures?|horas?|時間"
_MINUTE = r"m|min\.?|mins|minutes?|minuten|minutos?|分"
_SECOND = r"s|secs?|seconds?|sek\.?|sekunden?|secondes?|segundos?|秒"
_UNITS = re.compile(
    rf"(?:(?P<h>\d{{1,6}}(?:[.,]\d{{1,6}})?)\s*(?:{_HOUR}))?\s*"
    rf"(?:(?P<m>\d{{1,7}}(?:[.,]\d{{1,6}})?)\s*(?:{_MINUTE}))?\s*"
    rf"(?:(?P<s>\d{{1,8}})\s*(?:{_SECOND}))?",
    re.ASCII,
)


def parse_duration(text: str) -> int:
    """Read a length of time as a person writes it; returns whole seconds.

    Understands `1:30`, `1h30` and `0:52:13`, `90m`, `1.5h`, `1h 30m 15s`, `90 Minuten`, and a bare number as
    hours, with a point or a comma; what is finer than a second is rounded half up. Raises ValueError, whose
    message says what is accepted, for anything else and for more than 100,000 hours.
    """
    text = text.strip().lower()
    if len(text) > 40:
        raise ValueError(gettext(ACCEPTED))
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (Fraction(part or 0) for part in match.groups())
    elif _HOURS.fullmatch(text):
        hours, minutes, seconds = _fraction(text), Fraction(0), Fraction(0)
    elif text and (match := _UNITS.fullmatch(text)):
        hours, minutes, seconds = (_fraction(match[unit] or "0") for unit in "hms")
    else:
        raise ValueError(gettext(ACCEPTED))
    exact = hours * 3600 + minutes * 60 + seconds
    if exact > LONGEST:
        raise ValueError(gettext("That is more than 100,000 hours."))
    return int(exact + Fraction(1, 2))


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


def format_clock(seconds: int) -> str:
    """3133 is "0:52:13"."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def format_hours(seconds: int) -> str:
    """Sums and axes: 8760 is "2:26"; seconds are left away, not rounded."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}"


def format_input(seconds: int) -> str:
    """The shortest text that `parse_duration` reads as exactly these seconds: "1:00" or "0:52:13"."""
    return format_clock(seconds) if seconds % 60 else format_hours(seconds)


def format_minutes(minutes: int) -> str:
    """For sentences about rules: "15 min", "8 h", "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(f"{hours} {pgettext('unit', 'h')}")
    if rest or not hours:
        parts.append(f"{rest} {pgettext('unit', 'min')}")
    return " ".join(parts)
