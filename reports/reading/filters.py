"""What the loss pages read from their address: period, team, whose, which customers. Anything else is ignored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.periods import Period, add_months, month_end
from reports.calendar import TREND_MONTHS, Choice, choices
from reports.reading.narrowing import as_text, as_words, in_words, narrow_of
from reports.reading.own_period import Asked, asked_in
from reports.report import Report
from team.access import scope_of
from team.models import Company, Team, User

# By what the figures of a report page are narrowed beside the team; anything else narrows its rows.
NARROWS = ("owner", "segment", "region")


@dataclass(frozen=True)
class Filters:
    """`team` is one of the teams this viewer may ask for; its people with all teams inside it count.

    `own` is what was asked for from–to, also where it is no period. `narrow` is what the figures of a report are
    narrowed by, rows and all: values by dimension, None for rows without one; `owner` is that person. What this
    report cannot be narrowed by is `idle`: kept for the next one.
    """

    choice: Choice
    choices: list[Choice]
    team: Team | None
    teams: list[Team]
    own: Asked | None = None
    narrow: Mapping[str, Any] = field(default_factory=dict)
    owner: User | None = None
    idle: Mapping[str, str] = field(default_factory=dict)

    @property
    def team_ids(self) -> set[int] | None:
        if self.team is None:
            return None
        return {team.pk for team in self.teams if team.path.startswith(self.team.path)}

    @property
    def own_period(self) -> Period | None:
        return self.choice.period if self.choice.is_own else None

    @property
    def told(self) -> dict[str, str]:
        """For the audit log and the first lines of an export."""
        team = self.team.name if self.team else ""
        return {"period": self.choice.key, "team": team, **as_words(self.narrow)}

    def in_words(self, report: Report) -> dict[str, tuple[str, str]]:
        """By dimension what it is called, and what the figures are narrowed to."""
        return {
            name: (in_words(name, report), self._value(name, value))
            for name, value in self.narrow.items()
        }

    def _value(self, name: str, value: Any) -> str:
        if name == "owner":
            return str(self.owner)
        return _("(none)") if value is None else str(value)


def filters_of(request: HttpRequest, viewer: User, report: Report | None = None) -> Filters:
    """One query, for the teams of who sees all of them; one for the person, where a report is narrowed to one."""
    yesterday = Company.get().today - timedelta(days=1)
    asked = request.GET.get("period", "")
    own = asked_in(asked, yesterday)
    offered = [*choices(yesterday), *_whole_month(asked, yesterday)]
    chosen = chosen_of(asked, offered, own)
    teams = _teams_of(viewer)
    team = next((one for one in teams if str(one.pk) == request.GET.get("team")), None)
    offered = [*offered, chosen] if chosen.is_own else offered
    return Filters(chosen, offered, team, teams, own, **_narrowed(request, viewer, report))


def _narrowed(request: HttpRequest, viewer: User, report: Report | None) -> dict[str, Any]:
    """Who is not in sight narrows the rows alone, as any other value does: there may be some of them."""
    if report is None:
        return {}
    found = {name: v for name, v in narrow_of(request, report).items() if name in NARROWS}
    owner = (
        User.visible_to(viewer).filter(pk=found.get("owner") or 0).first()
        if "owner" in found
        else None
    )
    if owner is None:
        found.pop("owner", None)
    unknown = [name for name in NARROWS if report.dimension(name) is None]
    idle = {name: text for name in unknown if (text := as_text(request.GET.get(name, "")))}
    return {"narrow": found, "owner": owner, "idle": idle}


def chosen_of(asked: str, offered: list[Choice], own: Asked | None) -> Choice:
    """The choice that an address or a form names; the first one for what is none."""
    if own is not None and own.choice is not None:
        return own.choice
    return next((one for one in offered if one.key == asked), offered[0])


def _whole_month(asked: str, yesterday: date) -> list[Choice]:
    """A month of the trend by name (2026-10), as a column of the losses page opens it."""
    starts = (add_months(yesterday.replace(day=1), -back) for back in range(1, TREND_MONTHS))
    return [
        Choice(asked, formatting.month(start), Period(start, month_end(start)))
        for start in starts
        if f"{start:%Y-%m}" == asked
    ]


def _teams_of(viewer: User) -> list[Team]:
    scope = scope_of(viewer)
    return list(Team.objects.order_by("path")) if scope.all else list(scope.teams)


def as_query(filters: Filters, **more: Any) -> dict[str, Any]:
    """The parameters that keep these filters in another address."""
    kept = {"period": filters.choice.key} | ({"team": filters.team.pk} if filters.team else {})
    return kept | as_words(filters.narrow) | dict(filters.idle) | more
