"""By how much a step can be put off at once."""

from datetime import timedelta
from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext

from crm.lib import formatting
from sales.days.due_days import WorkCalendar
from team.models import Company

register = template.Library()

Choices = list[tuple[int, str]]


@register.simple_tag(takes_context=True)
def later_choices(context: Context) -> Choices:
    """Numbers of days with what is read for each: a day that is not worked leads to the next one, and says so.

    The holidays are read once for all rows of a page.
    """
    request: Any = context["request"]
    known: Choices | None = getattr(request, "later_choices", None)
    if known is None:
        known = request.later_choices = _choices(WorkCalendar.of(Company.get()))
    return known


def _choices(calendar: WorkCalendar) -> Choices:
    words = {1: gettext("Tomorrow"), 3: gettext("In 3 days"), 7: gettext("In a week")}
    found: dict[Any, tuple[int, str]] = {}
    for count, label in words.items():
        day = calendar.in_days(count)
        plain = day == calendar.today + timedelta(days=count)
        found.setdefault(day, (count, label if plain else formatting.weekday(day)))
    return list(found.values())
