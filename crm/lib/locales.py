"""How numbers, money and days are written, one entry a language. Adding a language adds one."""

from dataclasses import dataclass

from django.utils.translation import get_language

NBSP = "\u00a0"

SYMBOLS = {"UAH": "₴", "EUR": "€", "USD": "$", "GBP": "£", "CNY": "CN¥", "JPY": "JP¥", "PLN": "zł"}


@dataclass(frozen=True)
class Locale:
    """`months` stand in a full date, `months_alone` above a column, `months_short` in tables."""

    decimal: str
    group: str
    symbol_first: bool
    thousand: str
    million: str
    hour: str
    minute: str
    months: tuple[str, ...]
    months_alone: tuple[str, ...]
    months_short: tuple[str, ...]
    months_axis: tuple[str, ...]
    weekdays: tuple[str, ...]
    weekdays_short: tuple[str, ...]


_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ENGLISH_SHORT = tuple(name[:3] for name in _ENGLISH_MONTHS)

ENGLISH = Locale(
    decimal=".",
    group=",",
    symbol_first=True,
    thousand="k",
    million="m",
    hour="h",
    minute="min",
    months=_ENGLISH_MONTHS,
    months_alone=_ENGLISH_MONTHS,
    months_short=_ENGLISH_SHORT,
    months_axis=_ENGLISH_SHORT,
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    weekdays_short=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
)

UKRAINIAN = Locale(
    decimal=",",
    group=NBSP,
    symbol_first=False,
    thousand=f"{NBSP}тис.",
    million=f"{NBSP}млн",
    hour="год",
    minute="хв",
    months=(
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ),
    months_alone=(
        "січень",
        "лютий",
        "березень",
        "квітень",
        "травень",
        "червень",
        "липень",
        "серпень",
        "вересень",
        "жовтень",
        "листопад",
        "грудень",
    ),
    months_short=(
        "січ.",
        "лют.",
        "бер.",
        "квіт.",
        "трав.",
        "черв.",
        "лип.",
        "серп.",
        "вер.",
        "жовт.",
        "лист.",
        "груд.",
    ),
    months_axis=(
        "січ",
        "лют",
        "бер",
        "кві",
        "тра",
        "чер",
        "лип",
        "сер",
        "вер",
        "жов",
        "лис",
        "гру",
    ),
    weekdays=(
        "понеділок",
        "вівторок",
        "середа",
        "четвер",
        "п’ятниця",
        "субота",
        "неділя",
    ),
    weekdays_short=("пн", "вт", "ср", "чт", "пт", "сб", "нд"),
)

LOCALES = {"en": ENGLISH, "uk": UKRAINIAN}


def active_locale() -> Locale:
    """The reader's locale; English stands in where a language has no entry."""
    return LOCALES.get((get_language() or "en").split("-")[0], ENGLISH)
