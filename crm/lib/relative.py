"""Days told from today: relative up to seven days, as dates beyond."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext, ngettext

from crm.lib.formatting import Tone, day, weekday

NEAR_DAYS = 7


@dataclass(frozen=True)
class Due:
    text: str
    tone: Tone


def ago(instant: datetime, now: datetime) -> str:
    """Both in the reader's zone. "today 10:42", "2 days ago", "in 3 days", then the date."""
    days = (now.date() - instant.date()).days
    if abs(days) > NEAR_DAYS:
        return day(instant.date())
    clock = {"time": f"{instant:%H:%M}"}
    if days == 0:
        return gettext("today %(time)s") % clock
    if days == 1:
        return gettext("yesterday %(time)s") % clock
    if days == -1:
        return gettext("tomorrow %(time)s") % clock
    if days > 0:
        return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
    return ngettext("in %(days)s day", "in %(days)s days", -days) % {"days": -days}


def day_ago(value: date, today: date) -> str:
    """A day without a clock: "today", "yesterday", "3 days ago", then the date."""
    days = (today - value).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    if 1 < days <= NEAR_DAYS:
        return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
    return day(value)


def due(value: date, today: date) -> Due:
    """When something promised falls due; what is late is told in days, whatever their number."""
    days = (value - today).days
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
        return Due(late, "bad")
    if days == 0:
        return Due(gettext("today"), "flat")
    if days == 1:
        return Due(gettext("tomorrow"), "flat")
    return Due(weekday(value) if value.year == today.year else day(value), "flat")
