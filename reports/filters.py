"""What the loss pages read from their address: period, teams. Anything else is ignored."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest

from crm.lib import formatting
from crm.lib.periods import Period, add_months, month_end
from reports.calendar import TREND_MONTHS, Choice, choices
from reports.own_period import Asked, asked_in
from team.access import scope_of
from team.models import Company, Team, User


@dataclass(frozen=True)
class Filters:
    """`team` is one of the teams this viewer may ask for; its people with all teams inside it count.

    `own` is what was asked for from–to, also where it is no period.
    """

    choice: Choice
    choices: list[Choice]
    team: Team | None
    teams: list[Team]
    own: Asked | None = None

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
        return {"period": self.choice.key, "team": self.team.name if self.team else ""}


def filters_of(request: HttpRequest, viewer: User) -> Filters:
    """One query, for the teams of who sees all of them."""
    yesterday = Company.get().today - timedelta(days=1)
    asked = request.GET.get("period", "")
    own = asked_in(asked, yesterday)
    offered = [*choices(yesterday), *_whole_month(asked, yesterday)]
    chosen = chosen_of(asked, offered, own)
    teams = _teams_of(viewer)
    team = next((one for one in teams if str(one.pk) == request.GET.get("team")), None)
    return Filters(chosen, [*offered, chosen] if chosen.is_own else offered, team, teams, own)


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
    return kept | more
