"""The fields of a report's filters: whose, and which customers or leads; the values that its reader could meet."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from reports.reading.filters import Filters
from reports.reading.narrowing import NONE, as_words, in_words
from reports.report import Report
from sales.models import Lead
from team.access import scope_of
from team.models import User

# Values offered; one that is written into the address by hand is read too.
AT_MOST = 300


@dataclass(frozen=True)
class FilterField:
    """A select: value and text of each choice, and the one in force."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    chosen: str


def filter_fields(viewer: User, report: Report, filters: Filters) -> list[FilterField]:
    """One query a field. Who reads their own numbers alone is not asked whose."""
    words = as_words(filters.narrow)
    choices = {name: _choices(name, viewer, report) for name in fields_of(viewer, report)}
    return [
        FilterField(name, in_words(name, report), found, words.get(name, ""))
        for name, found in choices.items()
    ]


def fields_of(viewer: User, report: Report) -> list[str]:
    """By what the figures of a report can be narrowed for this reader, beside the team."""
    whose = [] if scope_of(viewer).is_one_person else ["owner"]
    return [name for name in (*whose, "segment", "region") if report.dimension(name)]


def _choices(name: str, viewer: User, report: Report) -> list[tuple[str, str]]:
    if name == "owner":
        people = User.visible_to(viewer).filter(is_rep=True).order_by("name")
        return [(str(pk), text) for pk, text in people.values_list("pk", "name")]
    of_leads = name == "region" and report.dimension("source") is not None
    values = _values(Lead, name, viewer) if of_leads else set()
    if report.dimension("segment") is not None:
        values |= _values(Customer, name, viewer)
    return [*((value, value) for value in sorted(values, key=str.casefold)), (NONE, _("(none)"))]


def _values(model: Any, name: str, viewer: User) -> set[str]:
    found = model.visible_to(viewer).exclude(**{name: ""}).order_by()
    return set(found.values_list(name, flat=True).distinct()[:AT_MOST])
