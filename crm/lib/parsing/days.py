"""Days and instants: "25.11", "3 квітня 2021", "fri", "завтра", "2026-11-25 10:30", "+3"."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from crm.lib.formatting import day as shown_day
from crm.lib.locales import LOCALES
from crm.lib.parsing.unreadable import Unreadable

DayOrder = Literal["dmy", "mdy", "ymd"]
# Which way a day without a year lies; "either" is whichever of both is nearer.
Nearest = Literal["next", "last", "either"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
# Two-digit years: 69 is 1969, 68 is 2068, as in most programs.
_PIVOT = 69
_RELATIVE = {
    **dict.fromkeys(["today", "сьогодні", "now", "今天"], 0),
    **dict.fromkeys(["tomorrow", "tmr", "завтра", "明天"], 1),
    **dict.fromkeys(["day after tomorrow", "післязавтра", "后天"], 2),
    **dict.fromkeys(["yesterday", "вчора", "учора", "昨天"], -1),
    **dict.fromkeys(["next week", "in a week", "наступного тижня", "через тиждень"], 7),
}
_IN_DAYS = re.compile(
    r"(?:\+|in |через )\s?(?P<count>\d{1,3})\s?"
    r"(?P<unit>d|days?|д|день|дні|днів|w|weeks?|тиж|тижні|тижнів)?\.?"
)
_NUMBERS = re.compile(
    r"(\d{1,4})\s?([./\-年])\s?(\d{1,2})(?:\s?([./\-月])\s?(\d{1,4})?)?\s?[日р.]*"
)
_NAMED = [
    re.compile(
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s.\-/]*(?P<m>[^\W\d]{3,})\.?[\s,\-/]*(?P<y>\d{4}|\d{2})?[\sр.]*"
    ),
    re.compile(r"(?P<m>[^\W\d]{3,})\.?\s*(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s*(?P<y>\d{4})?"),
]
_CLOCK = re.compile(
    r"(?P<day>.*?\d.*?)[t,\s]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s?"
    r"(?P<half>[ap]m)?\s?(?P<zone>z|utc|[+\-]\d{2}:?\d{2})?"
)


def _names(tables: list[tuple[str, ...]]) -> list[tuple[str, int]]:
    return [(name.casefold().rstrip("."), i) for table in tables for i, name in enumerate(table)]


_MONTHS = _names(
    [
        t
        for known in LOCALES.values()
        for t in (known.months, known.months_alone, known.months_short)
    ]
)
_WEEKDAYS = _names(
    [t for known in LOCALES.values() for t in (known.weekdays, known.weekdays_short)]
)


def parse_day(
    text: str,
    today: date | None = None,
    *,
    order: DayOrder = "dmy",
    nearest: Nearest = "next",
    strict: bool = False,
) -> date:
    """The day that was typed; raises `Unreadable`.

    With `today`, words ("tomorrow", "fri") and days without a year are read too: the `next` such day from
    today on, the `last` one up to today, or `either`, whichever is nearer. `order` settles 03/04/2021;
    `strict` holds to it even where only the other order gives a day. A clock after the day is passed over.
    """
    plain = _plain(text)
    clock = _CLOCK.fullmatch(plain)
    plain = clock["day"].strip(" ,") if clock else plain
    found = None
    if today is not None:
        found = _relative(plain, today, nearest)
    found = found or _compact(plain) or _numeric(plain, order, today, nearest, strict)
    found = found or _named(plain, today, nearest)
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unreadable(
            _("“%(typed)s” is not a date. Write it like %(like)s."), typed=text, like="03.04.2021"
        )
    return found


def parse_moment(
    text: str, zone: ZoneInfo, *, order: DayOrder = "dmy", strict: bool = False
) -> datetime:
    """The instant in UTC; without a zone in the text, the clock is that of `zone`; without a clock, midnight."""
    day = parse_day(text, order=order, strict=strict)
    clock = _CLOCK.fullmatch(_plain(text))
    if clock is None:
        return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    try:
        at = _clock(clock["clock"], clock["half"])
    except ValueError:
        raise Unreadable(
            _("“%(typed)s” is not a time of day. Write it like 14:05."), typed=clock["clock"]
        ) from None
    return datetime.combine(day, at, tzinfo=_zone(clock["zone"]) or zone).astimezone(UTC)


def is_doubtful(text: str) -> tuple[date, date] | None:
    """The day-first and the month-first reading of a date that has two different ones, with its year."""
    try:
        day_first, month_first = parse_day(text, order="dmy"), parse_day(text, order="mdy")
    except Unreadable:
        return None
    return (day_first, month_first) if day_first != month_first else None


def doubt(first: date, second: date) -> Unreadable:
    return Unreadable(
        _("%(first)s or %(second)s? Write which."),
        doubtful=True,
        first=shown_day(first),
        second=shown_day(second),
    )


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("ʼ", "'")
    return " ".join(folded.split())


def _relative(text: str, today: date, nearest: str) -> date | None:
    if text in _RELATIVE:
        return today + timedelta(days=_RELATIVE[text])
    ahead = _IN_DAYS.fullmatch(text)
    if ahead:
        weeks = (ahead["unit"] or "d")[0] in "wт"
        return today + timedelta(days=int(ahead["count"]) * (7 if weeks else 1))
    weekday = _by_name(text.replace("п'ятн", "п’ятн").rstrip("."), _WEEKDAYS, 2)
    if weekday is None:
        return None
    if nearest == "last":
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _compact(text: str) -> date | None:
    """20261125."""
    if not re.fullmatch(r"(19|20)\d{6}", text):
        return None
    return _date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _numeric(
    text: str, order: DayOrder, today: date | None, nearest: str, strict: bool
) -> date | None:
    match = _NUMBERS.fullmatch(text)
    if match is None:
        return None
    first, mark, second, _mark, third = match.groups()
    if len(first) == 4:
        return _date(int(first), int(second), int(third)) if third else None
    if not third:
        return _without_year(int(first), int(second), mark, today, nearest)
    if order == "mdy" and mark == ".":
        # nobody writes the month first with points
        order = "dmy"
    if order == "ymd" and len(third) <= 2:
        return _date(_year(first), int(second), int(third))
    if len(third) not in (2, 4) or len(first) > 2:
        return None
    day, month = (int(second), int(first)) if order == "mdy" else (int(first), int(second))
    found = _date(_year(third), month, day)
    return found if strict or mark == "." else found or _date(_year(third), day, month)


def _without_year(day: int, month: int, mark: str, today: date | None, nearest: str) -> date | None:
    if today is None or mark not in (".", "/"):
        return None
    return _nearest(day, month, today, nearest)


def _named(text: str, today: date | None, nearest: str) -> date | None:
    for pattern in _NAMED:
        match = pattern.fullmatch(text)
        month = _by_name(match["m"], _MONTHS, 3) if match else None
        if match and month is not None:
            if match["y"]:
                return _date(_year(match["y"]), month + 1, int(match["d"]))
            return _nearest(int(match["d"]), month + 1, today, nearest) if today else None
    return None


def _by_name(text: str, names: list[tuple[str, int]], letters: int) -> int | None:
    """The number of a month or weekday by its name, or by a beginning that belongs to one alone."""
    if len(text) < letters:
        return None
    exact = {i for name, i in names if name == text}
    begun = exact or {i for name, i in names if name.startswith(text)}
    return begun.pop() if len(begun) == 1 else None


def _nearest(day: int, month: int, today: date, nearest: str) -> date | None:
    if nearest != "either":
        return _on_one_side(day, month, today, nearest)
    both = [_on_one_side(day, month, today, side) for side in ("next", "last")]
    days = [found for found in both if found is not None]
    return min(days, key=lambda found: abs(found - today), default=None)


def _on_one_side(day: int, month: int, today: date, nearest: str) -> date | None:
    """29 February looks ahead or back up to the next leap year."""
    years = (
        range(today.year, today.year + 9)
        if nearest == "next"
        else range(today.year, today.year - 9, -1)
    )
    days = [found for year in years if (found := _date(year, month, day))]
    if nearest == "next":
        return next((found for found in days if found >= today), None)
    return next((found for found in days if found <= today), None)


def _year(text: str) -> int:
    if len(text) > 2:
        return int(text)
    return int(text) + (1900 if int(text) >= _PIVOT else 2000)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str, half: str | None) -> time:
    hours, minutes, *seconds = text.replace(",", ".").split(":")
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(minutes), int(float(seconds[0])) if seconds else 0)


def _zone(text: str | None) -> ZoneInfo | None:
    if not text:
        return None
    if text in ("z", "utc"):
        return ZoneInfo("UTC")
    return datetime.strptime(text, "%z").tzinfo  # type: ignore[return-value]
