"""Charts of the paid hours: one small field a rep on one scale, and the days of the week."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting, svg
from crm.lib.locales import active_locale
from crm.lib.multiples import Bar, Field, fields
from crm.lib.svg import Mark
from reports.reading import rows
from reports.screens.parts import Card
from reports.screens.screen import Opened

# Fields drawn; the split below has everybody.
AT_MOST = 12
WORKDAYS = range(7)


def charts(opened: Opened) -> list[Card]:
    """One query: the months of each rep with their minutes by weekday, which are no money."""
    found = rows(opened.snapshot, opened.viewer, ["loss"], opened.narrow)
    told = list(
        found.filter(opened.shelf.rows())
        .order_by("owner__name", "owner_id", "facets__month")
        .values_list("owner_id", "owner__name", "facets")
    )
    if not told:
        return []
    return [_by_rep(opened, told), _by_weekday(opened, told)]


def _by_rep(opened: Opened, told: list[tuple[Any, ...]]) -> Card:
    """Hours of selling on a paid day, by month (of one month alone: by day of the week)."""
    people: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for owner, name, facets in told:
        people.setdefault(owner, []).append((name or formatting.UNKNOWN, facets))
    months = {facets["month"] for _owner, _name, facets in told}
    by_month = len(months) > 2
    drawn = [
        _field(opened, owner, months_of, by_month=by_month)
        for owner, months_of in list(people.items())[:AT_MOST]
    ]
    full = float(opened.run.values["hours_per_day"])
    hint = (
        _("hours a paid day, by month; dashed: %(hours)s")
        if by_month
        else _("hours a paid day, by day of the week; dashed: %(hours)s")
    )
    foot = _("%(shown)s of %(all)s, all drawn to one scale") % {
        "shown": formatting.number(len(drawn)),
        "all": formatting.number(len(people)),
    }
    return Card(
        "reps",
        _("Selling hours a day") if opened.is_own else _("Selling hours a day, by rep"),
        "reports/charts/multiples.html",
        hint % {"hours": formatting.number(opened.run.values["hours_per_day"])},
        foot,
        data={"fields": fields(drawn, full)},
        is_wide=True,
    )


def _field(
    opened: Opened, owner: int, months: list[tuple[str, dict[str, Any]]], *, by_month: bool
) -> Field:
    name = months[0][0]
    facets = [each for _name, each in months]
    bars = (
        [Bar(each["month"], _hours([each])) for each in facets]
        if by_month
        else _weekday_bars(facets)
    )
    whole = sum(sum(each["selling_by_weekday"]) for each in facets)
    days = sum(sum(each["days_by_weekday"]) for each in facets)
    available = days * float(opened.run.values["hours_per_day"]) * 60
    part = formatting.percent(min(1.0, whole / available)) if available else formatting.UNKNOWN
    return Field(name, part, opened.list_url("loss", owner=owner), tuple(bars))


def _hours(facets: Iterable[dict[str, Any]]) -> float:
    some = list(facets)
    days = sum(sum(each["days_by_weekday"]) for each in some)
    minutes = sum(sum(each["selling_by_weekday"]) for each in some)
    return minutes / 60 / days if days else 0.0


def _weekday_bars(facets: list[dict[str, Any]]) -> list[Bar]:
    """Only days of the week on which somebody is paid or sells."""
    names = active_locale().weekdays_short
    bars = []
    for day in WORKDAYS:
        days = sum(each["days_by_weekday"][day] for each in facets)
        minutes = sum(each["selling_by_weekday"][day] for each in facets)
        if days or minutes:
            bars.append(Bar(names[day], minutes / 60 / days if days else 0.0))
    return bars


def _by_weekday(opened: Opened, told: list[tuple[Any, ...]]) -> Card:
    bars = _weekday_bars([facets for _owner, _name, facets in told])
    marks = [
        Mark(
            bar.label,
            bar.value,
            formatting.minutes(round(bar.value * 60)),
            opened.list_url("selling"),
        )
        for bar in bars
    ]
    chart = svg.columns(
        "weekdays", marks, formatting.axis_numbers, tone="gain", height=150, value_name=_("Hours")
    )
    return Card(
        "weekdays",
        _("Hours by day of the week"),
        "reports/charts/columns.html",
        _("selling on a paid day"),
        data={"chart": chart},
    )
