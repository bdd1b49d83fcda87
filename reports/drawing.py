"""Charts of the loss pages: values into marks, each with the list behind it."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.lib import formatting, svg
from crm.lib.heat import HeatRow, Share, heat_rows
from crm.lib.svg import Columns, Line, Mark
from reports.cohort_view import Stays
from reports.overview import Figures, MonthLoss
from reports.report import Sum


def month_columns(
    figures: Figures, currency: str, *, height: int, with_year_before: bool
) -> tuple[Columns, str]:
    """Loss by month, the running one hatched; the unit for the subtitle."""
    months = [month for month in figures.months if month.cents is not None]
    top = max((month.cents or 0 for month in [*months, *figures.year_before]), default=0)
    axis = formatting.money_axis(top, currency)
    marks = [_month_mark(month, currency) for month in months]
    line = (
        _year_before(figures, months, currency) if with_year_before else _average(months, currency)
    )
    chart = svg.columns(
        "months",
        marks,
        axis.write,
        lines=[line] if line else [],
        height=height,
        value_name=f"{_('Lost')}, {axis.unit}",
    )
    return chart, axis.unit


def _month_mark(month: MonthLoss, currency: str) -> Mark:
    cents = month.cents or 0
    return Mark(
        label=formatting.month_axis(month.start),
        value=cents,
        text=formatting.money(cents, currency),
        url=month_address(month.start) if month.running else "",
        running=month.running,
    )


def month_address(start: date) -> str:
    """The list behind the running month."""
    return f"{reverse('churn')}?{urlencode({'period': 'month', 'list': 'loss'})}"


def _year_before(figures: Figures, months: Sequence[MonthLoss], currency: str) -> Line | None:
    by_month = {month.start.month: month.cents for month in figures.year_before}
    values = [by_month.get(month.start.month) for month in months]
    if all(value is None for value in values):
        return None
    texts = [formatting.money(value, currency) for value in values]
    return Line(_("A year before"), values, texts, dashed=True)


def _average(months: Sequence[MonthLoss], currency: str) -> Line | None:
    whole = [month.cents or 0 for month in months if not month.running]
    if not whole:
        return None
    mean = sum(whole) // len(whole)
    text = formatting.money_short(mean, currency)
    return Line(_("Average"), [mean] * len(months), [text] * len(months), label=text)


def period_columns(
    left: dict[str, Sum], back: dict[str, Sum], currency: str, base: str, running: str
) -> tuple[Columns, str]:
    """Loss by month inside the period, what came back below the axis; `base` is the page's address."""
    names = sorted({*left, *back})
    axis = formatting.money_axis(
        max((one.cents for one in [*left.values(), *back.values()]), default=0), currency
    )
    marks = [
        Mark(
            label=formatting.month_axis(date.fromisoformat(f"{name}-01")),
            value=left[name].cents if name in left else 0,
            text=formatting.money(left[name].cents if name in left else 0, currency),
            url=f"{base}&list=loss&month={name}",
            running=name == running,
        )
        for name in names
    ]
    returned = [-back[name].cents if name in back else None for name in names]
    texts = [
        formatting.money(back[name].cents, currency) if name in back else "—" for name in names
    ]
    lines = [Line(_("Came back"), returned, texts)] if any(returned) else []
    chart = svg.columns(
        "period", marks, axis.write, lines=lines, height=220, value_name=f"{_('Left')}, {axis.unit}"
    )
    return chart, axis.unit


def stay_rows(found: Stays) -> tuple[HeatRow, ...]:
    """Percent who stayed, by step since; darker is fewer."""
    rows = [
        (
            row.label,
            formatting.number(row.customers),
            [
                Share(share, formatting.number(round(share * 100)))
                for share in row.shares
                if share is not None
            ],
        )
        for row in found.rows
    ]
    lowest = min((s for row in found.rows for s in row.shares if s is not None), default=0)
    return heat_rows(rows, 1, lowest)


def stay_heads(found: Stays) -> list[str]:
    width = max((len(row.shares) for row in found.rows), default=0)
    years = found.step == 12
    return [(_("%(n)s y") if years else _("%(n)s q")) % {"n": index + 1} for index in range(width)]
