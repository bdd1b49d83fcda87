"""A doubted figure in the words of who reads it, whatever language it was asked in."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from reports.acts.disputing import Doubted
from reports.calendar import choice_named
from reports.models import Dispute
from reports.reading import narrowing
from reports.reading.hiding import of_wages
from reports.report import CannotRun, Report, report_named
from team.models import Company

Figure = Doubted | Dispute


def figure_in_words(figure: Figure) -> str:
    """Customers leaving: Left (Last 12 months; Segment: hotels)."""
    try:
        report = report_named(figure.slug)
    except CannotRun:
        return figure.slug
    list_ = report.listed(figure.list_key)
    told = [_period(figure)] if figure.period else []
    told += [f"{_label(name, report)}: {_value(v)}" for name, v in figure.narrow.items()]
    words = f"{report.title}: {list_.label if list_ else figure.list_key}"
    return f"{words} ({'; '.join(told)})" if told else words


def shown_in_words(figure: Figure) -> str:
    """29 · ₴6,710,000; of a count alone what it counts, and of wages who may see them."""
    count = formatting.number(figure.count)
    if figure.cents is None:
        told = ngettext("%(n)s row", "%(n)s rows", figure.count) % {"n": count}
        return f"{told} · {_('wages are visible to directors')}" if _is_of_wages(figure) else told
    return f"{count} · {formatting.money(figure.cents, Company.get().base_currency)}"


def _is_of_wages(figure: Figure) -> bool:
    """Whether the list's money is what people are paid."""
    try:
        report = report_named(figure.slug)
    except CannotRun:
        return False
    list_ = report.listed(figure.list_key)
    if list_ is None or not list_.money:
        return False
    return not of_wages(report).isdisjoint(list_.measures)


def _period(figure: Figure) -> str:
    standard = choice_named(figure.period, figure.as_of)
    if standard is not None:
        return str(standard.label)
    if figure.period == f"{figure.from_on:%Y-%m}":
        return formatting.month(figure.from_on)
    return f"{formatting.day(figure.from_on)} – {formatting.day(figure.to_on)}"


def _label(name: str, report: Report) -> str:
    return _("Team") if name == "team" else narrowing.in_words(name, report)


def _value(value: Any) -> str:
    return _("(none)") if value is None else str(value)
