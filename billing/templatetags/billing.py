"""How entries are shown wherever they are: the ruler over the receipt, and chips of state and of flags."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel.numbers import get_decimal_symbol, get_group_symbol
from django import template
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

from billing.chips import flag_chips, state_chips
from billing.ruler import measure
from billing.sums import Sums
from workspaces.parts import draw

register = template.Library()


@register.simple_tag
def ruler(raw_seconds: int, billed_seconds: int | None = None, state: str = "") -> SafeString:
    """The scale with what was recorded and what the rule added. `state` is "green" while the timer runs."""
    return draw("billing/ruler.html", {"ruler": measure(raw_seconds, billed_seconds), "state": state})


@register.simple_tag
def receipt(explanation: str, tall: bool = False) -> SafeString:
    """The kept explanation, marked up; its text stays exactly what was kept. `tall` sets it as rows."""
    # Escaped at once: nothing that a step is read by is of what that replaces, nor what it puts there.
    first, *others = escape(explanation).split(" → ")
    steps = " <i>→</i> ".join([_recorded(first), *map(_step, others)])
    return SafeString(f'<p class="receipt{" receipt-tall" if tall else ""}">{steps}</p>')


def _recorded(step: str) -> str:
    clock, space, how = step.partition(" ")
    if not space:
        return f'<span class="step"><span>{step}</span></span>'
    return f'<span class="step"><b>{_time(clock)}</b> <span>{how}</span></span>'


def _step(step: str) -> str:
    label, colon, clock = step.rpartition(": ")
    if colon:
        return f'<span class="step"><span>{label}<i>:</i></span> <b>{_time(clock)}</b></span>'
    product, equals, amount = step.rpartition(" = ")
    if equals:
        total = f"<span>{product}</span> <i>=</i> <b>{_money(amount)}</b>"
        return f'<span class="step total">{total}</span>'
    return f'<span class="step"><span>{step}</span></span>'


def _time(clock: str) -> str:
    hours, minutes, seconds = [*clock.split(":"), "0", "0"][:3]
    return f'<time datetime="PT{hours}H{minutes}M{seconds}S">{clock}</time>'


def _money(amount: str) -> str:
    group, point = _separators(to_locale(get_language() or "en"))
    digits = amount.split(" ")[0].replace(group, "")
    return f'<data value="{digits.replace(point, ".")}">{amount}</data>'


@cache
def _separators(locale: str) -> tuple[str, str]:
    """Between thousands, and before the decimals."""
    return get_group_symbol(locale), get_decimal_symbol(locale)


def decided_at(moment: datetime, zone: ZoneInfo) -> SafeString:
    """A <time> of a decision: "19 November, 13:08"."""
    local = moment.astimezone(zone)
    text = f"{date_format(local, 'LONG_DAY_FORMAT')}, {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


register.filter("money_in", Sums.money_in)
register.filter("state_chips", state_chips)
register.filter("flag_chips", flag_chips)
