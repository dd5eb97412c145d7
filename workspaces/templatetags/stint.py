"""How figures, times and people are written on every page."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from workspaces.durations import format_clock, format_hours, format_minutes
from workspaces.money import format_amount, format_money

register = template.Library()

register.filter("clock", format_clock)
register.filter("hours", format_hours)
register.filter("money", format_money)
register.filter("amount", format_amount)
#: How many decimals a currency has: 2 of "EUR".
register.filter("decimals", get_currency_precision)


@register.filter
def in_fours(text: str) -> str:
    """Easier to read and to type: "12345678" is "1234 5678"."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.filter
def minutes(length: timedelta) -> str:
    """ "15 min", "1 h 30 min"."""
    return format_minutes(length // timedelta(minutes=1))


@register.filter
def iso_duration(seconds: int) -> str:
    """For <time datetime>: 3133 is "PT3133S"."""
    return f"PT{seconds}S"


@register.filter
def time_in(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day in a workspace's zone: "13:08"."""
    return _time(moment.astimezone(zone))


@register.filter
def moment_in(moment: datetime, zone: ZoneInfo) -> str:
    """Day and time: "13:08" today, else "19 Nov, 13:08"."""
    return _moment(moment.astimezone(zone))


def _time(local: datetime) -> str:
    # By strftime it takes several times as long.
    return local.isoformat("T", "minutes")[11:16]


def _when(local: datetime) -> str:
    """As short as it can be understood: "13:08" today, "Wed" this week, "9 Nov" this year, "9 Nov 2024"."""
    today = datetime.now(local.tzinfo)
    days = today.toordinal() - local.toordinal()
    if days == 0:
        return _time(local)
    if 0 < days < 7:
        form = "WEEKDAY_FORMAT"
    else:
        form = "DAY_FORMAT" if local.year == today.year else "DAY_YEAR_FORMAT"
    return _written(local.date(), form, get_language())


def _moment(local: datetime) -> str:
    if local.date() == datetime.now(local.tzinfo).date():
        return _time(local)
    return f"{day(local.date())}, {_time(local)}"


@register.filter
def month_in(moment: datetime, zone: ZoneInfo) -> str:
    """ "November 2026"."""
    return _written(moment.astimezone(zone).date(), "MONTH_FORMAT", get_language())


@register.filter
def day(value: date) -> str:
    """ "19 Nov"; the year only where it is not this one."""
    form = "DAY_FORMAT" if value.year == timezone.now().year else "DAY_YEAR_FORMAT"
    return _written(value, form, get_language())


@lru_cache(maxsize=2000)
def _written(value: date, form: str, language: str | None) -> str:
    """In the active language. A page names few days, and each many times."""
    return date_format(value, form)


_FORMS = {"when": _when, "time": _time, "moment": _moment}


@register.simple_tag
def stamp(moment: datetime, zone: ZoneInfo, form: str = "when") -> SafeString:
    """A <time> with the exact moment in its attribute; `form` is when, time or moment."""
    local = moment.astimezone(zone)
    text = escape(_FORMS[form](local))
    return SafeString(f'<time datetime="{local.isoformat("T", "minutes")}">{text}</time>')


@register.simple_tag(takes_context=True)
def shortcut(context: dict[str, Any], key: str) -> str:
    """The attribute by which later/keys.js finds what a key presses; none if the user wants no keys."""
    user = getattr(context.get("request"), "user", None)
    return _attribute(key) if getattr(user, "shortcuts", False) else ""


@lru_cache(maxsize=50)
def _attribute(key: str) -> SafeString:
    return format_html(' aria-keyshortcuts="{}"', key)
