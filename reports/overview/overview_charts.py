"""Charts of the losses overview: the total by month, and the waterfall of revenue."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.lib import formatting, svg
from crm.lib.svg import Columns, Line, Mark
from crm.lib.waterfall import Waterfall, waterfall
from reports.drawing.charts import change_mark, month_labels
from reports.overview.overview import Month, Overview

# The waterfall's parts in the order of its bars, and what each is called (ux.md 5.4).
PARTS = (
    ("new", gettext_lazy("New customers")),
    ("reactivated", pgettext_lazy("below a narrow bar", "Came back")),
    ("expansion", gettext_lazy("Bought more")),
    ("contraction", gettext_lazy("Bought less")),
    ("lost", gettext_lazy("Lost")),
    ("adjustment", gettext_lazy("Corrections")),
)
SHOWN_MONTHS = 12


def month_columns(
    overview: Overview, currency: str, kept: Mapping[str, Any], height: int = 64
) -> tuple[Columns, str]:
    """All losses by month as frozen, the running one and those that still ripen hatched, the year before dashed;
    the unit.
    """
    months = [month for month in overview.months if month.total is not None][-SHOWN_MONTHS:]
    before = {month.start: month.total for month in overview.year_before}
    tops = [month.total or 0 for month in [*months, *overview.year_before]]
    axis = formatting.money_axis(max(tops, default=0), currency)
    labels = month_labels([month.start for month in months])
    marks = [
        Mark(
            label=label,
            value=month.total or 0,
            text=formatting.money(month.total, currency),
            url=_month_url(month, kept),
            running=month.is_open,
            short=axis.at_bar(month.total or 0),
        )
        for month, label in zip(months, labels, strict=True)
    ]
    earlier = [before.get(month.start.replace(year=month.start.year - 1)) for month in months]
    chart = svg.columns(
        "months",
        marks,
        axis.write,
        lines=_dashed(earlier, currency),
        height=height,
        value_name=_("Lost"),
    )
    return chart, axis.unit


def _dashed(values: Sequence[int | None], currency: str) -> list[Line]:
    if all(value is None for value in values):
        return []
    texts = [formatting.money(value, currency) for value in values]
    return [Line(_("A year before"), values, texts, dashed=True)]


def _month_url(month: Month, kept: Mapping[str, Any]) -> str:
    period = "month" if month.running else f"{month.start:%Y-%m}"
    return f"{reverse('losses')}?{urlencode({**kept, 'period': period})}"


def revenue_waterfall(
    headline: Mapping[str, Any], currency: str, kept: Mapping[str, Any]
) -> tuple[Waterfall, str]:
    """Revenue before, what came and went, revenue now; each change opens its customers. And the unit."""
    page = reverse("bridge")
    ends = (headline["start_cents"], headline["end_cents"])
    axis = formatting.money_axis(max(*map(abs, ends)), currency)

    def change(name: str, label: Any) -> Mark:
        url = f"{page}?{urlencode({**kept, 'list': name})}#rows"
        return change_mark(str(label), headline[f"{name}_cents"], currency, axis, url)

    def whole(label: str, cents: int) -> Mark:
        return Mark(label, cents, formatting.money_short(cents, currency), short=axis.short(cents))

    changes = [
        change(name, label)
        for name, label in PARTS
        if name != "adjustment" or headline["adjustment_cents"]
    ]
    chart = waterfall(
        "bridge",
        whole(_("Period before"), headline["start_cents"]),
        changes,
        whole(_("This period"), headline["end_cents"]),
        height=130,
    )
    return chart, axis.unit


def waterfall_adds_up(headline: Mapping[str, Any], currency: str) -> bool:
    """Whether the values at its bars come to the last one."""
    start, end = headline["start_cents"], headline["end_cents"]
    axis = formatting.money_axis(max(abs(start), abs(end)), currency)
    return axis.adds_up([start, *(headline[f"{name}_cents"] for name, _label in PARTS)], end)
