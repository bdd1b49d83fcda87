"""A period of one's own, from–to: as somebody typed it, and as an address keeps it (2026-03-01..2026-05-15)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.parsing import Unreadable, parse_day
from crm.lib.periods import Period, add_months
from reports.calendar import Choice

BETWEEN = ".."
# As far as what people compare goes back, and as long as a night's own figures take.
LONGEST_YEARS = 3
# What an address keeps of a text that is no day.
KEPT = 30


class OddPeriod(ValueError):
    """There is no such period, or there are no figures of it; the sentence is shown to who asked."""


@dataclass(frozen=True)
class Asked:
    """What somebody typed, and what it comes to: a choice, or the sentence that says why it is none."""

    first: str
    last: str
    choice: Choice | None
    refused: str = ""


def typed_key(first: str, last: str) -> str:
    """How an address keeps what was typed, so that its page can say what is odd about it."""
    kept = (text.replace("\0", "").replace(BETWEEN, ".").strip()[:KEPT] for text in (first, last))
    return BETWEEN.join(kept)


def key_of(period: Period) -> str:
    """The one way in which addresses name a period."""
    return f"{period.start}{BETWEEN}{period.end}"


def asked_in(key: str, yesterday: date) -> Asked | None:
    """What a `period` of an address asks for, where it is one from–to."""
    first, between, last = key.partition(BETWEEN)
    if not between:
        return None
    try:
        period = read_period(first, last, yesterday)
    except OddPeriod as error:
        return Asked(first[:KEPT], last[:KEPT], None, str(error))
    return Asked(str(period.start), str(period.end), own_choice(period))


def read_period(first: str, last: str, yesterday: date) -> Period:
    """The days that were typed; raises `OddPeriod`."""
    if not first.strip() or not last.strip():
        raise OddPeriod(_("Write the first and the last day of the period."))
    today = yesterday + timedelta(days=1)
    start, end = (_day(text, today) for text in (first, last))
    if end < start:
        told = {"first": formatting.day(start), "last": formatting.day(end)}
        raise OddPeriod(_("The last day, %(last)s, lies before the first, %(first)s.") % told)
    if start > yesterday:
        told = {"day": formatting.day(yesterday)}
        raise OddPeriod(_("No day of this period is over yet. Let it begin by %(day)s.") % told)
    if end >= add_months(start, 12 * LONGEST_YEARS):
        raise OddPeriod(_("At most %(years)s years at a time.") % {"years": LONGEST_YEARS})
    return Period(start, end)


def _day(text: str, today: date) -> date:
    try:
        return parse_day(text, today, nearest="last")
    except Unreadable as error:
        raise OddPeriod(f"“{text.strip()[:KEPT]}”: {error}") from None


def own_choice(period: Period) -> Choice:
    label = f"{formatting.day(period.start)} – {formatting.day(period.end)}"
    return Choice(key_of(period), label, period, every_night=False, is_own=True)
