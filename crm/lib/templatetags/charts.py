"""Charts drawn by the server: each tag takes what crm.lib.svg made and renders ui/charts."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from django import template
from django.utils.translation import gettext

from crm.lib import formatting, svg
from crm.lib.heat import HeatRow
from crm.lib.svg import Columns, Mark, Value
from crm.lib.waterfall import Waterfall

register = template.Library()


@register.inclusion_tag("ui/charts/columns.html")
def column_chart(chart: Columns) -> dict[str, Any]:
    """Columns with grid, lines and the same numbers as a table."""
    names = [line.line.name for line in chart.lines if line.line.texts]
    rows = [
        (mark, [drawn.line.texts[index] for drawn in chart.lines if drawn.line.texts])
        for index, mark in enumerate(chart.marks)
    ]
    return {
        "chart": chart,
        "description": in_words(chart.marks),
        "line_names": names,
        "rows": rows,
        "running": next((drawn for drawn in chart.columns if drawn.mark.running), None),
        "hatch": f"hatch-{chart.name}",
    }


@register.inclusion_tag("ui/charts/waterfall.html")
def waterfall_chart(chart: Waterfall) -> dict[str, Any]:
    """A total, its changes, the total after, with the same numbers as a table."""
    told = "; ".join(f"{mark.label}: {mark.text}" for mark in chart.marks)
    return {"chart": chart, "description": told}


class Month(Protocol):
    """Net revenue of a calendar month in cents; `month` is its first day."""

    month: date
    cents: int


@register.inclusion_tag("ui/charts/columns.html")
def revenue_months(months: Sequence[Month], currency: str) -> dict[str, Any]:
    """The last 12 of 24 months, oldest first and the last one running, over the year before."""
    before, year = months[:-12], months[-12:]
    axis = _axis_of(months, currency)
    marks = [
        Mark(
            label=formatting.month_axis(one.month),
            value=one.cents,
            text=formatting.money(one.cents, currency),
            running=one is year[-1],
            short=axis.at_bar(one.cents),
        )
        for one in year
    ]
    line = svg.Line(
        gettext("A year before"),
        [one.cents for one in before],
        [formatting.money(one.cents, currency) for one in before],
        dashed=True,
    )
    return column_chart(
        svg.columns(
            "revenue",
            marks,
            axis.write,
            tone="neutral",
            lines=[line],
            height=110,
            value_name=gettext("Revenue"),
        )
    )


@register.filter
def money_unit(months: Sequence[Month], currency: str) -> str:
    """The unit of `revenue_months`, for its subtitle."""
    return _axis_of(months, currency).unit


def _axis_of(months: Sequence[Month], currency: str) -> formatting.MoneyAxis:
    return formatting.money_axis(max((abs(one.cents) for one in months), default=0), currency)


def in_words(marks: Sequence[Mark]) -> str:
    """One sentence for those who do not see the chart."""
    if not marks:
        return gettext("Nothing to show yet.")
    highest, latest = max(marks, key=lambda mark: mark.value), marks[-1]
    words = gettext(
        "Highest %(highest)s: %(highest_text)s. Latest %(latest)s: %(latest_text)s."
    ) % {
        "highest": highest.label,
        "highest_text": highest.text,
        "latest": latest.label,
        "latest_text": latest.text,
    }
    running = gettext("The latest is not complete.")
    return f"{words} {running}" if latest.running else words


@register.inclusion_tag("ui/charts/range_bar.html")
def range_bar(
    value: Value | None,
    top: Value,
    low: Value | None = None,
    high: Value | None = None,
    tone: str = "loss",
    track: bool = False,
    mark: Value | None = None,
) -> dict[str, Any]:
    """A horizontal bar on a scale that ends at `top`, with a line at `mark`. Its value stands printed beside it."""
    bar = svg.range_bar(value or 0, top, low, high, mark)
    return {"bar": bar, "tone": tone, "track": track}


@register.inclusion_tag("ui/charts/sparkline.html")
def sparkline(
    values: Sequence[Value | None], before: Sequence[Value | None] = (), tone: str = "loss"
) -> dict[str, Any]:
    """Thirteen month-ends and, dashed, the year before."""
    return {"spark": svg.sparkline(values, before), "tone": tone}


@register.inclusion_tag("ui/charts/signed_bars.html")
def signed_bars(marks: Sequence[Mark]) -> dict[str, Any]:
    """Points that lower or raise something, with label and value."""
    return {"bars": svg.signed_bars(marks)}


@register.inclusion_tag("ui/charts/heat_map.html")
def heat_map(
    rows: Sequence[HeatRow], heads: Sequence[str], label_head: str, size_head: str, caption: str
) -> dict[str, Any]:
    """A table whose cells are shaded by value; `heads` name the columns of values."""
    return {
        "rows": rows,
        "heads": heads,
        "label_head": label_head,
        "size_head": size_head,
        "caption": caption,
    }
