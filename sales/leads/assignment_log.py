"""What the rules said of a lead, in words for its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from sales.leads.assigning import ABSENT, LEAVING, LEFT, NO_REP, NO_SIGN_IN, NOT_YET
from sales.models import Lead, LeadAssignment
from team.access import leads_others
from team.models import User

SHOWN = 5
WHY_NOT = {
    ABSENT: _("absent today"),
    LEAVING: _("is leaving"),
    LEFT: _("has left"),
    NOT_YET: _("has not begun"),
    NO_SIGN_IN: _("may not sign in"),
    NO_REP: _("is no rep"),
}


@dataclass(frozen=True)
class Told:
    """One time that the rules were asked; `passed_over` in words, for who leads others."""

    entry: LeadAssignment
    passed_over: list[str]


def assignments_of(lead: Lead, viewer: User) -> list[Told]:
    """The latest first. Two queries."""
    entries = list(
        LeadAssignment.visible_to(viewer).filter(lead=lead).select_related("rule", "to")[:SHOWN]
    )
    told = [entry.passed_over if leads_others(viewer) else [] for entry in entries]
    names = names_of([one for passed in told for one in passed])
    return [Told(entry, words(passed, names)) for entry, passed in zip(entries, told, strict=True)]


def names_of(passed: Sequence[dict[str, Any]]) -> dict[int, str]:
    people = User.objects.filter(pk__in={one["person"] for one in passed})
    return dict(people.values_list("pk", "name")) if passed else {}


def words(passed: Sequence[dict[str, Any]], names: dict[int, str]) -> list[str]:
    """ "Rita Rep (absent today)"; somebody whom several rules name is told once."""
    told = {one["person"]: f"{names[one['person']]} ({WHY_NOT[one['why']]})" for one in passed}
    return list(told.values())
