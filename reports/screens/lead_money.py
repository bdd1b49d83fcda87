"""What the leads of a group cost and brought, as the marketing report of the same days tells of them.

Only leads of campaigns cost anything and only what these brought stands against it: a group without such leads has
neither. Told where that report can be split and narrowed as the page is.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.money import half_up
from reports.definitions.marketing import MARKETING
from reports.models import Snapshot
from reports.reading.evidence import rows
from reports.reading.filters import as_query
from reports.report import Sum
from reports.screens.groups import Group, groups_of
from reports.screens.parts import SplitColumn
from reports.screens.screen import Opened
from reports.screens.splits import split_name

# What leads and their costs are split by alike; a lead’s owner is that of the day it was due, of its cost that of
# the day it came.
ALIKE = ("source", "campaign", "channel", "region")
# What a lead's share of its campaign's cost stands in, and what the customers brought.
SPENT, WON = ("loss", "pending", "worked"), ("won",)
MEASURES = (*SPENT, *WON)
Told = Mapping[str, Group]


def money_columns(opened: Opened) -> list[SplitColumn]:
    """Spent, won and won per unit spent; one query. Nothing where the marketing report does not tell of it."""
    told = _told(opened)
    if not told:
        return []
    unit = formatting.money(100, opened.currency)
    opens = _list_of_marketing(opened)
    return [
        SplitColumn(_("Spent"), _of(told, _spent), "money", "leads", opens=opens),
        SplitColumn(_("Revenue won"), _of(told, _won), "money", "won", opens=opens),
        SplitColumn(
            _("Revenue per %(unit)s") % {"unit": unit},
            _of(told, _per_unit),
            told=_(
                "Spent and revenue won are of the leads that campaigns brought; revenue is what their customers"
                " bought since, to the as-of day."
            ),
        ),
    ]


def _told(opened: Opened) -> Told:
    """The groups of the page's split in the marketing report; empty where it is not told so."""
    name, narrow = split_name(opened), opened.narrow
    snapshot = opened.shelf.newest(MARKETING, opened.filters.choice.key)
    narrowed_alike = set(ALIKE).issuperset((name, *narrow)) and opened.shelf.tells(MARKETING)
    if snapshot is None or not narrowed_alike or not _of_same_days(snapshot, opened.snapshot):
        return {}
    seen = rows(snapshot, opened.viewer, MEASURES, narrow).filter(opened.shelf.rows())
    found = groups_of(seen, MARKETING, name, with_money=True)
    return {group.key: group for group in found}


def _of_same_days(one: Snapshot, other: Snapshot) -> bool:
    days = ((each.from_on, each.to_on, each.as_of) for each in (one, other))
    return len(set(days)) == 1


def _of(told: Told, value: Callable[[Group], Any]) -> Callable[[Group], Any]:
    """What is told of a group of leads; None of one that no campaign brought."""

    def found(group: Group) -> Any:
        if group.is_rest:
            return None
        each = _all_of(told) if group.is_all else told.get(group.key)
        return value(each) if each is not None and each.of(*SPENT).n else None

    return found


def _all_of(told: Told) -> Group:
    sums = {
        measure: sum((group.of(measure) for group in told.values()), Sum()) for measure in MEASURES
    }
    return Group("", "", sums, is_all=True)


def _spent(group: Group) -> int:
    return group.of(*SPENT).base_cents


def _won(group: Group) -> int:
    return group.of(*WON).cents


def _per_unit(group: Group) -> Decimal | None:
    """Revenue ÷ spent to one decimal, half up."""
    if _spent(group) <= 0:
        return None
    return Decimal(half_up(Fraction(10 * _won(group), _spent(group)))) / 10


def _list_of_marketing(opened: Opened) -> Callable[..., str]:
    """The address of a list on the page of the marketing report, narrowed as a group is."""
    page, filters = reverse(MARKETING.slug), opened.filters

    def address(key: str, **narrow: Any) -> str:
        return f"{page}?{urlencode(as_query(filters, list=key, **narrow))}#rows"

    return address
