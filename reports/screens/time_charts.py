"""Charts of the paid hours: one small field a rep on one scale, and the days of the week."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting, svg
from crm.lib.locales import active_locale
from crm.lib.multiples import HEIGHT, Bar, Field, fields
from crm.lib.svg import Mark
from reports.drawing.charts import month_labels
from reports.reading.evidence import rows
from reports.screens.parts import Card
from reports.screens.screen import Opened

# Fields drawn, as many as a page has rows; the split below has everybody.
AT_MOST = 100
ALONE = 160
WORKDAYS = range(7)


def charts(opened: Opened) -> list[Card]:
    """One query: the months of each rep with their minutes by weekday, which are no money."""
    found = rows(opened.snapshot, opened.viewer, ["loss"], opened.narrow)
    told = list(
        found.filter(opened.shelf.rows())
        .order_by("owner__sort_name", "owner_id", "facets__month")
        .values_list("owner_id", "owner__name", "facets")
    )
    if not told:
        return []
    return [_by_rep(opened, told), _by_weekday(told)]


def _by_rep(opened: Opened, told: list[tuple[Any, ...]]) -> Card:
    """Hours of selling on a paid day, by month (of one month alone: by day of the week)."""
    people: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for owner, name, facets in told:
        people.setdefault(owner, []).append((name or formatting.UNKNOWN, facets))
    months = sorted({facets["month"] for _owner, _name, facets in told})
    if len(months) <= 2:
        months = []
    drawn = [
        _field(opened, owner, months_of, months)
        for owner, months_of in list(people.items())[:AT_MOST]
    ]
    full = float(opened.run.values["hours_per_day"])
    hint = (
        _("hours a paid day, by month; dashed: %(hours)s")
        if months
        else _("hours a paid day, by day of the week; dashed: %(hours)s")
    )
    return Card(
        "reps",
        _("Selling hours a day") if opened.is_own else _("Selling hours a day, by rep"),
        "reports/charts/multiples.html",
        hint % {"hours": formatting.number(opened.run.values["hours_per_day"])},
        _foot(len(drawn), len(people), months),
        data={
            "heads": _heads(months),
            "fields": fields(drawn, full, ALONE if len(drawn) == 1 else HEIGHT),
        },
        is_wide=True,
    )


def _heads(months: Sequence[str]) -> Sequence[str]:
    if not months:
        return active_locale().weekdays_short
    return month_labels([date.fromisoformat(f"{month}-01") for month in months])


def _foot(drawn: int, people: int, months: Sequence[str]) -> str:
    ends = ""
    if months:
        first, last = (
            formatting.month(date.fromisoformat(f"{one}-01")) for one in (months[0], months[-1])
        )
        ends = _("Each from %(first)s to %(last)s.") % {"first": first, "last": last}
    if people == 1:
        return ends
    counted = {"shown": formatting.number(drawn), "all": formatting.number(people)}
    told = (
        _("All %(all)s, drawn to one scale.")
        if drawn == people
        else _("%(shown)s of %(all)s, all drawn to one scale.")
    )
    return f"{told % counted} {ends}".strip()


def _field(
    opened: Opened,
    owner: int,
    worked: list[tuple[str, dict[str, Any]]],
    months: Sequence[str],
) -> Field:
    """A month in which somebody was not paid has its place too: the fields stand month under month."""
    name = worked[0][0]
    facets = [each for _name, each in worked]
    bars = _month_bars(facets, months) if months else _weekday_bars(facets)
    whole = sum(sum(each["selling_by_weekday"]) for each in facets)
    days = sum(sum(each["days_by_weekday"]) for each in facets)
    available = days * float(opened.run.values["hours_per_day"]) * 60
    part = formatting.percent(min(1.0, whole / available)) if available else formatting.UNKNOWN
    return Field(name, part, opened.list_url("loss", owner=owner), tuple(bars))


def _month_bars(facets: list[dict[str, Any]], months: Sequence[str]) -> list[Bar]:
    paid = {each["month"]: each for each in facets}
    return [
        Bar(
            formatting.month(date.fromisoformat(f"{month}-01")),
            _hours([paid[month]]) if month in paid else None,
        )
        for month in months
    ]


def _hours(facets: Iterable[dict[str, Any]]) -> float:
    some = list(facets)
    days = sum(sum(each["days_by_weekday"]) for each in some)
    minutes = sum(sum(each["selling_by_weekday"]) for each in some)
    return minutes / 60 / days if days else 0.0


def _weekday_bars(facets: list[dict[str, Any]]) -> list[Bar]:
    """The days of the week; one on which somebody is neither paid nor sells has its place alone."""
    told = dict(_weekdays(facets))
    return [Bar(name, told.get(name)) for name in active_locale().weekdays_short]


def _weekdays(facets: list[dict[str, Any]]) -> list[tuple[str, float | None]]:
    """Mean hours by the days on which somebody is paid or sells; None where nobody was paid: a mean of nothing."""
    names = active_locale().weekdays_short
    found = []
    for day in WORKDAYS:
        days = sum(each["days_by_weekday"][day] for each in facets)
        minutes = sum(each["selling_by_weekday"][day] for each in facets)
        if days or minutes:
            found.append((names[day], minutes / 60 / days if days else None))
    return found


def _by_weekday(told: list[tuple[Any, ...]]) -> Card:
    """No column leads anywhere: the rows below are months, and none is of a day of the week."""
    marks = [
        Mark(
            label,
            hours or 0,
            formatting.UNKNOWN if hours is None else formatting.minutes(round(hours * 60)),
            short="" if hours is None else formatting.number(round(hours, 1), 1 if hours else 0),
        )
        for label, hours in _weekdays([facets for _owner, _name, facets in told])
    ]
    chart = svg.columns(
        "weekdays", marks, formatting.axis_numbers, tone="gain", height=190, value_name=_("Hours")
    )
    return Card(
        "weekdays",
        _("Hours by day of the week"),
        "reports/charts/columns.html",
        _("selling on a paid day"),
        data={"chart": chart},
    )
