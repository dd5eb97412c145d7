import re
from html import unescape

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from billing.chips import flag_chips, state_chips
from billing.models import BillingType
from billing.ruler import WIDTH, measure
from billing.templatetags.billing import receipt
from tests.factories import BillingEntryFactory
from workspaces.models import Workspace

MINUTE, HOUR = 60, 3600


def test_the_example_of_the_look_is_drawn_to_scale() -> None:
    ruler = measure(3133, 3600)
    assert ruler.recorded == "208.9"
    assert ruler.added == ("209.9", "240")
    assert ruler.ticks == ["60", "120", "180"]
    assert ruler.labels == ["0:15", "0:30", "0:45", "1:00"]
    assert ruler.cut is None


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (0, ["0:15", "0:30", "0:45", "1:00"]),
        (1, ["0:15", "0:30", "0:45", "1:00"]),
        (HOUR, ["0:15", "0:30", "0:45", "1:00"]),
        (HOUR + 1, ["0:15", "0:30", "0:45", "1:00", "1:15"]),
        (2 * HOUR, ["0:15", "0:30", "0:45", "1:00", "1:15", "1:30", "1:45", "2:00"]),
        (2 * HOUR + 1, ["0:30", "1:00", "1:30", "2:00", "2:30"]),
        (9 * HOUR, ["2:00", "4:00", "6:00", "8:00", "10:00"]),
        (13 * 24 * HOUR, ["64:00", "128:00", "192:00", "256:00", "320:00"]),
    ],
)
def test_a_longer_time_gets_a_coarser_scale(seconds: int, labels: list[str]) -> None:
    assert measure(seconds).labels == labels


@given(st.integers(0, 3_162_240_000), st.integers(0, 3_162_240_000))
def test_every_ruler_has_four_to_eight_divisions_and_stays_inside(raw: int, billed: int) -> None:
    ruler = measure(raw, billed)
    assert 4 <= len(ruler.labels) <= 8
    assert len(ruler.ticks) == len(ruler.labels) - 1
    ends = [ruler.recorded, *(ruler.added or ()), *ruler.ticks]
    assert all(0 <= float(end) <= WIDTH for end in ends)
    assert float(ruler.cut_at) + float(ruler.cut or 0) <= WIDTH + 0.1


def test_a_running_timer_has_recorded_time_only() -> None:
    ruler = measure(3133)
    assert (ruler.recorded, ruler.added, ruler.cut) == ("208.9", None, None)


def test_what_a_maximum_cut_away_is_still_shown() -> None:
    ruler = measure(90 * MINUTE, 60 * MINUTE)
    assert (ruler.recorded, ruler.cut_at, ruler.cut) == ("160", "160", "80")
    assert ruler.added is None


def test_nothing_recorded_and_nothing_billed_is_an_empty_ruler() -> None:
    ruler = measure(0, 0)
    assert (ruler.recorded, ruler.added, ruler.cut) == ("0", None, None)


def test_the_ruler_takes_its_sizes_from_svg_attributes_alone() -> None:
    html = render("{% ruler 3133 3600 %}")
    assert '<rect class="recorded" y="2" width="208.9" height="10"/>' in html
    assert '<line class="added" x1="209.9" x2="240" y1="7" y2="7"/>' in html
    assert html.count('class="tick"') == 3
    assert "<span>0:15</span><span>0:30</span><span>0:45</span><span>1:00</span>" in html
    assert "style" not in html
    assert "data-state" not in html


def test_the_ruler_of_a_running_timer_says_so() -> None:
    assert '<div class="ruler" data-state="green"' in render('{% ruler 3133 state="green" %}')


def test_the_receipt_of_the_look() -> None:
    html = receipt(
        "0:52:13 recorded → rounded up to 15 min: 1:00:00 → 1.00 h × 120.00 EUR = 120.00 EUR", tall=True
    )
    assert html == (
        '<p class="receipt receipt-tall">'
        '<span class="step"><b><time datetime="PT0H52M13S">0:52:13</time></b> <span>recorded</span></span>'
        " <i>→</i> "
        '<span class="step"><span>rounded up to 15 min<i>:</i></span>'
        ' <b><time datetime="PT1H00M00S">1:00:00</time></b></span>'
        " <i>→</i> "
        '<span class="step total"><span>1.00 h × 120.00 EUR</span> <i>=</i>'
        ' <b><data value="120.00">120.00 EUR</data></b></span>'
        "</p>"
    )


@pytest.mark.parametrize("chosen", [None, 1, 4500])
@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("limits", [{}, {"minimum_minutes": 90}, {"maximum_minutes": 30}])
def test_the_text_of_a_receipt_is_the_kept_sentence(
    chosen: int | None, by_hand: bool, limits: dict[str, int]
) -> None:
    rule = BillingType(workspace=Workspace(currency="EUR"), rate=123_456_789, **limits)
    sentence = rule.calculate(3133, chosen_seconds=chosen, by_hand=by_hand).explanation
    assert text_of(receipt(sentence)) == text_of(receipt(sentence, tall=True)) == sentence


@given(st.text())
def test_the_text_of_a_receipt_is_the_sentence_whatever_it_says(sentence: str) -> None:
    assert text_of(receipt(sentence)) == sentence


def test_markup_in_a_sentence_is_only_text() -> None:
    assert "<script" not in receipt("1:00 <script>alert(1)</script> → a<b: c&d = <i>e</i>")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "chips"),
    [
        ({}, ["Not confirmed"]),
        ({"confirmed_at": "2026-11-19T13:00Z"}, ["New"]),
        ({"confirmed_at": "2026-11-19T13:00Z", "by_hand": True}, ["New", "By hand"]),
        ({"state": "returned"}, ["Returned"]),
        ({"state": "approved"}, ["Approved"]),
        ({"state": "invoiced", "by_hand": True}, ["Invoiced", "By hand"]),
        ({"state": "discarded"}, ["Discarded"]),
    ],
)
def test_the_chips_of_each_state(fields: dict, chips: list[str]) -> None:
    assert words_of(state_chips(BillingEntryFactory(**fields))) == chips


@pytest.mark.django_db
def test_an_entry_that_is_in_order_has_no_flags() -> None:
    entry = BillingEntryFactory(confirmed_at="2026-11-19T13:00Z")
    assert words_of(flag_chips(entry)) == []


@pytest.mark.django_db
def test_every_flag_has_its_chip() -> None:
    entry = BillingEntryFactory(
        raw_seconds=8 * HOUR + 1, billed_seconds=60, overlap_seconds=14 * MINUTE + 59, clock_stepped_back=True
    )
    assert words_of(flag_chips(entry)) == [
        "adjusted",
        "unconfirmed",
        f"overlaps 0:14 with #{entry.conversation_id}",
        "unusually long",
        "clock set back",
    ]


@pytest.mark.django_db
def test_an_overlap_of_seconds_is_not_said_to_be_nothing() -> None:
    entry = BillingEntryFactory(confirmed_at="2026-11-19T13:00Z", overlap_seconds=42)
    assert words_of(flag_chips(entry)) == [f"overlaps 0:00:42 with #{entry.conversation_id}"]


def render(source: str, **context: object) -> str:
    return Template("{% load billing %}" + source).render(Context(context))


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def words_of(html: str) -> list[str]:
    _, *chips = html.split('<span class="chip"')
    return [text_of("<span" + chip).strip() for chip in chips]
