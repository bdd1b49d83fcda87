"""Amounts, days, instants and phones as people type them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from crm.lib import formatting
from crm.lib.parsing import Unreadable, parse_amount, parse_day, parse_moment, parse_phone
from crm.lib.parsing.days import is_doubtful
from crm.lib.typed_fields import AddressField, AmountField, DayField, PhoneField

KYIV = ZoneInfo("Europe/Kyiv")
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 204 500,00", "1204500"),
        ("1\u00a0204\u00a0500,50 ₴", "1204500.50"),
        ("1\u202f204,5", "1204.5"),
        ("₴12,500.00", "12500"),
        ("CN¥286,000.00", "286000"),
        ("44 100 €", "44100"),
        ("1.2m", "1200000"),
        ("1,2 млн грн.", "1200000"),
        ("25 тис.", "25000"),
        ("18.07m", "18070000"),
        ("3k", "3000"),
        ("1807万", "18070000"),
        ("(300)", "-300"),
        ("−5", "-5"),
        ("-0,01", "-0.01"),
        ("12-", "-12"),
        ("1'204.50", "1204.50"),
        ("1.204.500", "1204500"),
        ("1.204.500,75", "1204500.75"),
        ("1,204,500", "1204500"),
        ("0,500", "0.500"),
        (".5", "0.5"),
        ("UAH 100", "100"),
        ("１２３", "123"),
        ("0", "0"),
        ("12.3456", "12.3456"),
    ],
)
@pytest.mark.parametrize("language", ["en", "uk"])
def test_an_amount_is_read_in_either_language(typed, value, language):
    with translation.override(language):
        assert parse_amount(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "1 2 3",
        "12,50,0",
        "1.2.3",
        "12 abc",
        "1e5",
        "--5",
        "1,2345,678",
        "5 5,0.1",
        "1.2 x",
    ]
    + ["9" * 13, "0.123456789", "1,234.567,8", "NaN", "Infinity", "1_000", "₴", "k", "5."],
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(Unreadable):
        parse_amount(typed)


def test_three_digits_after_one_sign_are_asked_unless_the_language_groups_so():
    assert parse_amount("12,500") == 12500
    with pytest.raises(Unreadable) as error:
        parse_amount("12.500")
    assert error.value.doubtful and str(error.value) == "12.500 or 12,500? Write which."
    with translation.override("uk"):
        for typed in ("12,500", "12.500"):
            with pytest.raises(Unreadable):
                parse_amount(typed)


def test_the_decimal_sign_of_a_file_leaves_no_doubt():
    assert parse_amount("12,500", decimal=",") == Decimal("12.5")
    assert parse_amount("12.500", decimal=",") == 12500
    assert parse_amount("12.500", decimal=".") == Decimal("12.5")
    with pytest.raises(Unreadable):
        parse_amount("12.50", decimal=",")


@given(
    st.decimals(min_value=-(10**11), max_value=10**11, places=2),
    st.sampled_from(["en", "uk"]),
    st.sampled_from(["UAH", "EUR", "CNY", "PLN"]),
)
def test_an_amount_as_shown_is_read_back(value, language, currency):
    with translation.override(language):
        assert parse_amount(formatting.amount(value, currency, 2)) == value
        assert parse_amount(formatting.number(value, 2)) == value


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_is_refused_with_a_sentence(text):
    try:
        assert isinstance(parse_amount(text), Decimal)
    except Unreadable as error:
        assert str(error)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-25", date(2026, 11, 25)),
        ("2026/11/5", date(2026, 11, 5)),
        ("20261125", date(2026, 11, 25)),
        ("25.11.2026", date(2026, 11, 25)),
        ("25.11.26", date(2026, 11, 25)),
        ("25. 11. 2026 р.", date(2026, 11, 25)),
        ("3/4/2021", date(2021, 4, 3)),
        ("04/25/2021", date(2021, 4, 25)),
        ("22 Nov 2026", date(2026, 11, 22)),
        ("22-Nov-26", date(2026, 11, 22)),
        ("Nov 22, 2026", date(2026, 11, 22)),
        ("22nd november 2026", date(2026, 11, 22)),
        ("3 квітня 2021", date(2021, 4, 3)),
        ("3 квіт. 2021 р.", date(2021, 4, 3)),
        ("2026年11月22日", date(2026, 11, 22)),
        ("2026-11-25 10:30", date(2026, 11, 25)),
        ("2018-02-26T19:58:54.123Z", date(2018, 2, 26)),
        ("25.11.2026, 9:05", date(2026, 11, 25)),
        ("01.01.70", date(1970, 1, 1)),
        ("29.02.2024", date(2024, 2, 29)),
    ],
)
def test_a_day_with_its_year(typed, day):
    assert parse_day(typed) == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", MONDAY),
        ("Завтра", date(2026, 11, 24)),
        ("вчора", date(2026, 11, 22)),
        ("fri", date(2026, 11, 27)),
        ("Friday", date(2026, 11, 27)),
        ("пт", date(2026, 11, 27)),
        ("П'ятниця", date(2026, 11, 27)),
        ("п’ятн", date(2026, 11, 27)),
        ("mon", date(2026, 11, 30)),
        ("25.11", date(2026, 11, 25)),
        ("23.11", MONDAY),
        ("22.11", date(2027, 11, 22)),
        ("25/11", date(2026, 11, 25)),
        ("3 Dec", date(2026, 12, 3)),
        ("3 грудня", date(2026, 12, 3)),
        ("29.2", date(2028, 2, 29)),
        ("+3", date(2026, 11, 26)),
        ("in 2 weeks", date(2026, 12, 7)),
        ("через 5 днів", date(2026, 11, 28)),
        ("через тиждень", date(2026, 11, 30)),
    ],
)
def test_a_day_from_today_on(typed, day):
    assert parse_day(typed, MONDAY) == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [("22.11", date(2026, 11, 22)), ("24.11", date(2025, 11, 24)), ("mon", date(2026, 11, 16))]
    + [("fri", date(2026, 11, 20)), ("29.2", date(2024, 2, 29))],
)
def test_a_day_up_to_today(typed, day):
    assert parse_day(typed, MONDAY, nearest="last") == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("23.11", MONDAY),
        ("22.11", date(2026, 11, 22)),
        ("1.12", date(2026, 12, 1)),
        ("1 Jan", date(2027, 1, 1)),
        ("1.6", date(2026, 6, 1)),
        ("29.2", date(2028, 2, 29)),
    ],
)
def test_a_day_on_whichever_side_is_nearer(typed, day):
    assert parse_day(typed, MONDAY, nearest="either") == day


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "весна 2020",
        "31.02.2026",
        "32.01.2026",
        "2026-13-40",
        "1.1.1800",
        "25.11.9999",
        "00.00.2026",
    ]
    + [
        "12/2026",
        "2026",
        "5",
        "ju 5",
        "tomorrow",
        "25.11",
        "10:30",
        "1.2.3.4",
        "12.11.026",
        "2026-11",
    ],
)
def test_what_is_no_day_is_refused_with_the_value_and_an_example(typed):
    with pytest.raises(Unreadable) as error:
        parse_day(typed)
    assert str(error.value) == f"“{typed}” is not a date. Write it like 03.04.2021."


@pytest.mark.parametrize("typed", ["s", "t", "т", "ju 3", "31.2", "0.5", "mond day"])
def test_what_could_be_several_days_is_none(typed):
    with pytest.raises(Unreadable):
        parse_day(typed, MONDAY)


def test_the_order_of_a_file_settles_a_doubtful_date():
    assert parse_day("03/04/2021", order="mdy") == date(2021, 3, 4)
    assert parse_day("21/04/03", order="ymd") == date(2021, 4, 3)
    assert is_doubtful("03/04/2021") == (date(2021, 4, 3), date(2021, 3, 4))
    assert is_doubtful("25/04/2021") is None
    assert is_doubtful("04/04/2021") is None
    assert is_doubtful("2021-03-04") is None
    assert is_doubtful("03.04.2021") is None
    assert parse_day("03.04.2021", order="mdy") == date(2021, 4, 3)


def test_strictly_in_order_a_day_of_the_other_order_is_refused():
    assert parse_day("04/25/2021", order="mdy", strict=True) == date(2021, 4, 25)
    with pytest.raises(Unreadable):
        parse_day("04/25/2021", order="dmy", strict=True)


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from(["en", "uk"]))
def test_a_day_as_shown_is_read_back(value, language):
    with translation.override(language):
        assert parse_day(formatting.day(value)) == value
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%Y%m%d"):
        assert parse_day(value.strftime(pattern)) == value


@given(st.text(max_size=40), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_any_text_is_a_day_or_is_refused(text, order):
    try:
        assert isinstance(parse_day(text, MONDAY, order=order), date)
    except Unreadable as error:
        assert str(error)


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-11-25T10:30:00Z", datetime(2026, 11, 25, 10, 30, tzinfo=UTC)),
        ("2026-11-25 10:30", datetime(2026, 11, 25, 8, 30, tzinfo=UTC)),
        ("2026-07-25 10:30", datetime(2026, 7, 25, 7, 30, tzinfo=UTC)),
        ("25.11.2026 10:30:15", datetime(2026, 11, 25, 8, 30, 15, tzinfo=UTC)),
        ("2026-11-25T10:30+05:00", datetime(2026, 11, 25, 5, 30, tzinfo=UTC)),
        ("25.11.2026", datetime(2026, 11, 24, 22, 0, tzinfo=UTC)),
        ("11/25/2026 1:05 pm", datetime(2026, 11, 25, 11, 5, tzinfo=UTC)),
        ("11/25/2026 12:05 AM", datetime(2026, 11, 24, 22, 5, tzinfo=UTC)),
    ],
)
def test_an_instant_in_the_companys_zone(typed, instant):
    assert parse_moment(typed, KYIV) == instant


@pytest.mark.parametrize(
    "typed", ["", "10:30", "2026-11-25 25:00", "2026-11-25 10:99", "25.11.2026 13:00 pm"]
)
def test_what_is_no_instant_is_refused(typed):
    with pytest.raises(Unreadable):
        parse_moment(typed, KYIV)


@pytest.mark.parametrize(
    "typed",
    ["067 555 33 18", "+38 067 555-33-18", "(067)5553318", "380675553318", "00380675553318"],
)
def test_a_phone_number_gets_its_full_form(typed):
    assert parse_phone(typed).replace(" ", "") == "+380675553318"


def test_a_phone_number_abroad():
    assert parse_phone("+86 138 1234 5678") == "+86 138 1234 5678"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("067 555 3", "This number has 7 digits, Ukrainian numbers have 10."),
        ("06755533181234", "This number has 14 digits, Ukrainian numbers have 10."),
        ("7", "This number has 1 digit, Ukrainian numbers have 10."),
        (
            "call me",
            "“call me” is no complete phone number. Write it like 067 555 01 42 or +380 67 555 01 42.",
        ),
    ],
)
def test_a_phone_number_that_is_none_is_told_so(typed, sentence):
    with pytest.raises(Unreadable, match="number") as error:
        parse_phone(typed)
    assert str(error.value) == sentence


@given(st.text(max_size=40))
def test_any_text_is_a_phone_number_or_is_refused(text):
    try:
        assert parse_phone(text).startswith("+")
    except Unreadable as error:
        assert str(error)


def test_the_fields_of_forms_keep_what_is_read_and_say_why_not():
    class Form(forms.Form):
        amount = AmountField(least=0)
        on = DayField(today=lambda: MONDAY)
        phone = PhoneField(required=False)
        email = AddressField(required=False)

    good = Form({"amount": " 1.2m ", "on": "fri", "phone": "0675553318", "email": "A@B.ua"})
    assert good.is_valid()
    assert good.cleaned_data == {
        "amount": Decimal(1200000),
        "on": date(2026, 11, 27),
        "phone": "+380 67 555 3318",
        "email": "a@b.ua",
    }
    bad = Form({"amount": "-5", "on": "", "phone": "555", "email": "a@"})
    assert dict(bad.errors) == {
        "amount": ["This is less than 0."],
        "on": ["This field is required."],
        "phone": ["This number has 3 digits, Ukrainian numbers have 10."],
        "email": ["“a@” is no e-mail address. It looks like name@company.com."],
    }
    assert 'value="-5"' in str(bad["amount"])


@given(st.decimals(min_value=0, max_value=10**9, places=4), st.sampled_from(["en", "uk"]))
def test_an_amount_put_into_a_form_comes_back_unchanged(value, language):
    field = AmountField()
    with translation.override(language):
        assert field.clean(field.prepare_value(value)) == value
        assert not field.has_changed(value, field.prepare_value(value))
