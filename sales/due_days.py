"""The days on which a next step may be due: none that has passed, none in another age."""

from datetime import date

from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.periods import add_months

MONTHS_AHEAD = 120


def has_passed(day: date, today: date) -> str:
    """The sentence for a day before today; nothing for any other."""
    return _("This day has passed. Choose today or later.") if day < today else ""


def is_too_far(day: date, today: date) -> str:
    """The sentence for a day more than ten years ahead; nothing for any other."""
    last = add_months(today, MONTHS_AHEAD)
    if day <= last:
        return ""
    return _("This day is more than ten years ahead. Choose %(day)s or earlier.") % {
        "day": formatting.day(last)
    }


def why_not_due(day: date, today: date) -> str:
    """The sentence that says why a new step cannot be due then; nothing if it can."""
    return has_passed(day, today) or is_too_far(day, today)
