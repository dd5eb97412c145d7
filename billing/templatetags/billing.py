"""How entries are shown wherever they are: the ruler over the receipt, and chips of state and of flags."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.numbers import get_decimal_symbol, get_group_symbol
from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
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
    first, *others = explanation.split(" → ")
    steps = format_html_join(
        mark_safe(" <i>→</i> "), "{}", ((step,) for step in (_recorded(first), *map(_step, others)))
    )
    return format_html('<p class="receipt{}">{}</p>', " receipt-tall" if tall else "", steps)


def _recorded(step: str) -> SafeString:
    clock, space, how = step.partition(" ")
    if not space:
        return format_html('<span class="step"><span>{}</span></span>', step)
    return format_html('<span class="step"><b>{}</b> <span>{}</span></span>', _time(clock), how)


def _step(step: str) -> SafeString:
    label, colon, clock = step.rpartition(": ")
    if colon:
        return format_html('<span class="step"><span>{}<i>:</i></span> <b>{}</b></span>', label, _time(clock))
    product, equals, amount = step.rpartition(" = ")
    if equals:
        return format_html(
            '<span class="step total"><span>{}</span> <i>=</i> <b>{}</b></span>', product, _money(amount)
        )
    return format_html('<span class="step"><span>{}</span></span>', step)


def _time(clock: str) -> SafeString:
    hours, minutes, seconds = [*clock.split(":"), "0", "0"][:3]
    return format_html('<time datetime="PT{}H{}M{}S">{}</time>', hours, minutes, seconds, clock)


def _money(amount: str) -> SafeString:
    locale = to_locale(get_language() or "en")
    digits = amount.split(" ")[0].replace(get_group_symbol(locale), "")
    value = digits.replace(get_decimal_symbol(locale), ".")
    return format_html('<data value="{}">{}</data>', value, amount)


def decided_at(moment: datetime, zone: ZoneInfo) -> SafeString:
    """A <time> of a decision: "19 November, 13:08"."""
    local = moment.astimezone(zone)
    text = f"{date_format(local, 'LONG_DAY_FORMAT')}, {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


register.filter("money_in", Sums.money_in)
register.filter("state_chips", state_chips)
register.filter("flag_chips", flag_chips)
