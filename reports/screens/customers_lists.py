"""Lists of customers as the analysis pages have them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.report import Sum
from reports.screens import columns
from reports.screens.parts import ListView, Shown, Step
from reports.screens.screen import Opened


def customers(count: int) -> str:
    return ngettext("customer", "customers", count)


def deals(count: int) -> str:
    return ngettext("deal", "deals", count)


def customer_columns(
    money: Any = None, *more: Shown, day: Any = None, owner: Any = None, wanted: bool = False
) -> tuple[Shown, ...]:
    """Name, owner, day, what is the list's own, money, next step."""
    return (
        columns.name(_("Customer")),
        columns.reference(),
        columns.owner(owner),
        columns.day("day", day or _("Last order")),
        *more,
        *([columns.money(money)] if money else []),
        columns.next_step(wanted=wanted),
    )


def fact(name: str, label: Any, kind: Any = "text", **more: Any) -> Shown:
    """A column that shows a facet."""
    return Shown(name, label, lambda row: row.fact(name), kind, **more)


def dated(name: str, label: Any) -> Shown:
    """A facet that is a day."""

    def value(row: Any) -> date | None:
        text = row.fact(name)
        return date.fromisoformat(text) if text else None

    return Shown(name, label, value, "day")


def lists_of(
    keys: Iterable[str], shown: tuple[Shown, ...], noun: Any = customers, **more: Any
) -> tuple[ListView, ...]:
    """The same columns for several lists."""
    has_money = any(each.name == "money" for each in shown)
    sort = "money" if has_money else "day"
    return tuple(ListView(key, shown, noun, sort=sort, **more) for key in keys)


def count_steps(opened: Opened) -> list[Step]:
    """Each tab's list with how many it has."""
    found = []
    for view in opened.screen.lists:
        listed = opened.report.listed(view.key)
        if listed is not None:
            whole = sum((opened.totals[measure] for measure in listed.measures), Sum())
            n = whole.base_n if listed.only_base else whole.n
            found.append(Step(listed.label, formatting.number(n), opened.list_url(view.key)))
    return found


def by_formula(opened: Opened) -> str:
    return str(opened.report.formula)


def counted(opened: Opened) -> str:
    return gettext("The figure is counted by a rule, not estimated.")
