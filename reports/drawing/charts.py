"""Charts of the loss pages: values into marks, each with the list behind it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from crm.lib import formatting, svg
from crm.lib.formatting import MoneyAxis
from crm.lib.heat import HeatRow, Share, heat_rows
from crm.lib.periods import Period, add_months, month_end, month_start
from crm.lib.svg import Columns, Line, Mark
from reports.drawing.cohort_cells import Cell
from reports.drawing.cohort_view import Stays
from reports.report import Sum


def month_labels(starts: Sequence[date]) -> list[str]:
    """Names of months; one that comes again later carries its year: Nov ’25, Dec, …, Nov."""
    names = [formatting.month_axis(start) for start in starts]
    return [
        f"{name} ’{start:%y}" if name in names[index + 1 :] else name
        for index, (name, start) in enumerate(zip(names, starts, strict=True))
    ]


def period_columns(
    period: Period, left: dict[str, Sum], back: dict[str, Sum], currency: str, base: str
) -> tuple[Columns, str]:
    """Loss by month of the period, what came back below the axis; `base` is the page's address.

    A month without either has its place too: an axis of time leaves none out, and a mean counts it.
    """
    names = _months_of(period)
    running = names[-1] if period.end < month_end(period.end) else ""
    top = max((one.cents for one in [*left.values(), *back.values()]), default=0)
    axis = formatting.money_axis(top, currency)
    labels = month_labels([date.fromisoformat(f"{name}-01") for name in names])
    marks = [
        Mark(
            label=label,
            value=left.get(name, Sum()).cents,
            text=formatting.money(left.get(name, Sum()).cents, currency),
            below=back.get(name, Sum()).cents,
            below_text=formatting.money(back.get(name, Sum()).cents, currency),
            short=axis.at_bar(left.get(name, Sum()).cents),
            below_short=axis.at_bar(back.get(name, Sum()).cents),
            url=f"{base}&list=loss&month={name}#rows",
            running=name == running,
        )
        for name, label in zip(names, labels, strict=True)
    ]
    chart = svg.columns(
        "period",
        marks,
        axis.write,
        lines=_average([mark for mark in marks if not mark.running], len(marks), currency, axis),
        height=190,
        value_name=_("Left"),
        below_name=_("Came back"),
    )
    return chart, axis.unit


def change_mark(label: str, cents: int, currency: str, axis: MoneyAxis, url: str) -> Mark:
    """A step of a waterfall, with the sign that it has."""
    sign = "+" if cents > 0 else ""
    text = formatting.money_short(cents, currency)
    return Mark(label, cents, f"{sign}{text}", url, short=f"{sign}{axis.short(cents)}")


def _months_of(period: Period) -> list[str]:
    first = month_start(period.start)
    count = (period.end.year - first.year) * 12 + period.end.month - first.month + 1
    return [f"{add_months(first, index):%Y-%m}" for index in range(count)]


def _average(whole: Sequence[Mark], width: int, currency: str, axis: MoneyAxis) -> list[Line]:
    """A line through the mean of the months that are over; of one month there is none."""
    if len(whole) < 2:
        return []
    mean = sum(int(mark.value) for mark in whole) // len(whole)
    text = formatting.money_short(mean, currency)
    return [Line(_("Average"), [mean] * width, [text] * width, label=axis.short(mean), dashed=True)]


def stay_rows(
    found: Stays, url: Callable[[Cell], str], size_url: Callable[[Cell], str]
) -> tuple[HeatRow, ...]:
    """Percent who stayed, by step since; darker is fewer. Rows of few customers stay without colour.

    Each cell opens the customers it counts, `url` is their address; so does the number of all of a row.
    """
    rows = [
        (
            row.label,
            formatting.number(row.customers),
            [
                Share(
                    1 if row.is_few else share,
                    formatting.number(round(share * 100)),
                    url(row.cell(index, found.step)),
                )
                for index, share in enumerate(row.shares)
            ],
        )
        for row in found.rows
    ]
    drawn = heat_rows(rows, 1, found.lowest)
    return tuple(
        replace(row, size_url=size_url(stay.cell(-1, found.step)))
        for row, stay in zip(drawn, found.rows, strict=True)
    )


def stay_heads(found: Stays) -> list[str]:
    """Months or years since the first purchase; the first head names the unit."""
    width = max((len(row.shares) for row in found.rows), default=0)
    numbers = range(1, width + 1) if found.step == 12 else range(3, 3 * width + 1, 3)
    unit = _("%(n)s year") if found.step == 12 else _("%(n)s months")
    return [unit % {"n": n} if index == 0 else str(n) for index, n in enumerate(numbers)]


def stay_sentence(found: Stays) -> str:
    """What the map says of newer customers beside older ones, a year after their first purchase."""
    if found.ends is None:
        return ""
    old, new, column = found.ends
    before, now = round(old.shares[column] * 100), round(new.shares[column] * 100)
    words = (
        _("Newer customers leave sooner: of %(new)s, %(now)s%% stay a year; of %(old)s, %(was)s%%.")
        if now < before
        else _(
            "Newer customers stay longer: of %(new)s, %(now)s%% stay a year; of %(old)s, %(was)s%%."
        )
        if now > before
        else _("Newer customers stay as long: of %(new)s and of %(old)s, %(now)s%% stay a year.")
    )
    return words % {"new": new.label, "now": now, "old": old.label, "was": before}
