"""Numbers, money and days in both languages, by the examples of the interface guide."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from crm.lib import formatting as f
from crm.lib import relative

NB = "\u00a0"


def in_language(language, write, *args):
    with override(language):
        return write(*args)


@pytest.mark.parametrize(
    ("write", "args", "english", "ukrainian"),
    [
        (f.number, (Decimal("1284.5"),), "1,284.5", f"1{NB}284,5"),
        (f.number, (0,), "0", "0"),
        (f.number, (None,), "—", "—"),
        (f.number, (-3.5,), "−3.5", "−3,5"),
        (f.money, (87_100_000, "UAH"), "₴871,000", f"871{NB}000{NB}₴"),
        (f.money, (28_600_000, "CNY"), "CN¥286,000", f"286{NB}000{NB}CN¥"),
        (f.money, (4_410_000, "EUR"), "€44,100", f"44{NB}100{NB}€"),
        (f.money, (-123_456, "UAH", True), "−₴1,234.56", f"−1{NB}234,56{NB}₴"),
        (f.money, (-49, "UAH"), "₴0", f"0{NB}₴"),
        (f.money, (50, "UAH"), "₴1", f"1{NB}₴"),
        (f.money, (150_000, "CHF"), f"CHF{NB}1,500", f"1{NB}500{NB}CHF"),
        (f.money_short, (1_807_000_000, "UAH"), "₴18.07m", f"18,07{NB}млн{NB}₴"),
        (f.money_short, (694_000_000, "UAH"), "₴6.94m", f"6,94{NB}млн{NB}₴"),
        (f.money_short, (57_000_000, "UAH"), "₴570k", f"570{NB}тис.{NB}₴"),
        (f.money_short, (5_730_000, "UAH"), "₴57.3k", f"57,3{NB}тис.{NB}₴"),
        (f.money_short, (573_000, "UAH"), "₴5,730", f"5{NB}730{NB}₴"),
        (f.money_short, (12_345_678_900, "UAH"), "₴123m", f"123{NB}млн{NB}₴"),
        (f.money_short, (99_960_000, "UAH"), "₴1.00m", f"1,00{NB}млн{NB}₴"),
        (f.money_short, (-338_000_000, "UAH"), "−₴3.38m", f"−3,38{NB}млн{NB}₴"),
        (f.money_short, (0, "UAH"), "₴0", f"0{NB}₴"),
        (f.money_range, (650_000_000, 730_000_000), f"6.5{NB}–{NB}7.3m", f"6,5{NB}–{NB}7,3{NB}млн"),
        (f.money_range, (17_000_000, 23_000_000), f"170{NB}–{NB}230k", f"170{NB}–{NB}230{NB}тис."),
        (f.money_range, (0, 900_000), f"0{NB}–{NB}9,000", f"0{NB}–{NB}9{NB}000"),
        (f.percent, (0.075,), "7.5%", "7,5%"),
        (f.percent, (Decimal("0.62"),), "62%", "62%"),
        (f.percent, (Fraction(31, 412),), "7.5%", "7,5%"),
        (f.percent, (0,), "0%", "0%"),
        (f.percent, (None,), "—", "—"),
        (f.minutes, (108,), f"1{NB}h{NB}48{NB}min", f"1{NB}год{NB}48{NB}хв"),
        (f.minutes, (0,), f"0{NB}min", f"0{NB}хв"),
        (f.minutes, (120,), f"2{NB}h", f"2{NB}год"),
        (f.day, (date(2026, 11, 22),), f"22{NB}Nov{NB}2026", f"22{NB}лист.{NB}2026"),
        (f.day, (None,), "—", "—"),
        (f.weekday, (date(2026, 11, 25),), f"Wed{NB}25{NB}Nov", f"ср{NB}25{NB}лист."),
        (
            f.day_long,
            (date(2026, 11, 23),),
            f"Monday, 23{NB}November{NB}2026",
            f"понеділок, 23{NB}листопада{NB}2026",
        ),
        (f.month, (date(2026, 11, 1),), "November 2026", "листопад 2026"),
    ],
)
def test_as_the_reader_writes_it(write, args, english, ukrainian):
    assert in_language("en", write, *args) == english
    assert in_language("uk", write, *args) == ukrainian


@pytest.mark.parametrize(
    ("now", "before", "better", "expected"),
    [
        (91, 100, "down", ("9%", "down", "good")),
        (108, 100, "down", ("8%", "up", "bad")),
        (73, 100, "up", ("27%", "down", "bad")),
        (100, 100, "up", ("no change", "", "flat")),
        (5, 0, "down", ("new", "up", "bad")),
        (0, 0, "down", ("no change", "", "flat")),
        (5, None, "up", ("—", "", "flat")),
        (1001, 1000, "up", ("0.1%", "up", "good")),
        (1_000_001, 1_000_000, "up", ("no change", "", "flat")),
        (50, -100, "up", ("150%", "up", "good")),
        (198, 100, "neither", ("98%", "up", "flat")),
        (50, 100, "neither", ("50%", "down", "flat")),
    ],
)
def test_change_is_coloured_by_good_or_bad(now, before, better, expected):
    found = f.change(now, before, better)
    assert (found.text, found.arrow, found.tone) == expected


@pytest.mark.parametrize(
    ("now", "before", "text", "tone"),
    [
        (0.075, 0.088, "1.3 points", "good"),
        (0.10, 0.09, "1 point", "bad"),
        (0.12, 0.10, "2 points", "bad"),
        (0.1, 0.1, "no change", "flat"),
    ],
)
def test_percentages_change_in_points(now, before, text, tone):
    found = f.points(now, before, "down")
    assert (found.text, found.tone) == (text, tone)


def at(*moment):
    return datetime(*moment, tzinfo=UTC)


NOW = at(2026, 11, 23, 11, 0)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (at(2026, 11, 23, 10, 42), "today 10:42"),
        (at(2026, 11, 22, 23, 59), "yesterday 23:59"),
        (at(2026, 11, 24, 0, 5), "tomorrow 00:05"),
        (at(2026, 11, 21, 23, 0), "2 days ago"),
        (at(2026, 11, 16, 1, 0), "7 days ago"),
        (at(2026, 11, 15, 23, 0), f"15{NB}Nov{NB}2026"),
        (at(2026, 11, 26, 1, 0), "in 3 days"),
    ],
)
def test_relative_up_to_seven_days(instant, text):
    assert relative.ago(instant, NOW) == text


@pytest.mark.parametrize(
    ("on", "text", "tone"),
    [
        (date(2026, 11, 20), "3 days late", "bad"),
        (date(2026, 11, 22), "1 day late", "bad"),
        (date(2026, 11, 23), "today", "flat"),
        (date(2026, 11, 24), "tomorrow", "flat"),
        (date(2026, 11, 25), f"Wed{NB}25{NB}Nov", "flat"),
        (date(2027, 1, 5), f"5{NB}Jan{NB}2027", "flat"),
        (date(2026, 10, 1), "53 days late", "bad"),
    ],
)
def test_due(on, text, tone):
    found = relative.due(on, NOW.date())
    assert (found.text, found.tone) == (text, tone)


@given(st.integers(-(10**15), 10**15), st.sampled_from(["en", "uk"]))
def test_whole_money_reads_back_to_the_rounded_amount(cents, language):
    text = in_language(language, f.money, cents, "UAH")
    digits = text.replace("₴", "").replace(NB, "").replace(",", "").replace("−", "-")
    whole, rest = divmod(abs(cents), 100)
    size = whole + (1 if rest >= 50 else 0)
    assert int(digits) == (size if cents >= 0 else -size)
    assert " " not in text


@given(st.integers(1, 10**15))
def test_short_money_is_within_half_of_its_last_digit(cents):
    text = in_language("en", f.money_short, cents, "UAH").removeprefix("₴")
    scale = {"m": 10**8, "k": 10**5}.get(text[-1], 100)
    digits = text.rstrip("mk").replace(",", "")
    step = Decimal(scale).scaleb(-len(digits.partition(".")[2]))
    assert abs(Decimal(digits) * scale - cents) <= step / 2
    assert len(digits.replace(".", "")) >= 3 or scale == 100


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_no_change_is_written_exactly_where_no_digit_would_show(now, before):
    found = f.change(now, before, "up")
    assert (found.tone == "flat") == (found.text == "no change")
    assert not found.text.startswith("0.0")
