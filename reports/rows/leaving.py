"""The leave dates known at a day, in order: a few rows, read by the ORM."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from crm.lib.periods import day_number
from team.models import Employment, Membership


@dataclass(frozen=True)
class Departure:
    """A rep's last day, as an integer day, and the team on it."""

    rep_id: int
    reference: str
    left_day: int
    team_id: int | None


def departures_by(as_of: date, *, window: int) -> list[Departure]:
    """Departures at least `window` days old, by rep and day, with the knowledge of the day."""
    rows = (
        _known(Employment.objects, as_of)
        .filter(Q(hired_on__isnull=True) | Q(hired_on__lte=as_of))
        .filter(left_on__lte=as_of - timedelta(days=window))
        .values_list("user", "user__reference", "left_on")
        .distinct()
    )
    found = sorted(rows, key=lambda row: (row[1], row[2]))
    teams = _teams({row[0] for row in found}, as_of)
    return [
        Departure(rep, reference, day_number(left), _team_on(teams.get(rep, []), left))
        for rep, reference, left in found
    ]


def _known(rows: Any, as_of: date) -> Any:
    alive = Q(deleted_on__isnull=True) | Q(deleted_on__gt=as_of)
    return rows.filter(alive, recorded_on__lte=as_of)


def _teams(reps: set[int], as_of: date) -> dict[int, list[Any]]:
    """Memberships by rep, the last first."""
    found: dict[int, list[Any]] = {}
    rows = _known(Membership.objects, as_of).filter(user__in=reps).order_by("-from_on", "-pk")
    for rep, *membership in rows.values_list("user", "team", "from_on", "to_on"):
        found.setdefault(rep, []).append(membership)
    return found


def _team_on(memberships: list[Any], day: date) -> int | None:
    return next(
        (team for team, start, end in memberships if start <= day and (end is None or end > day)),
        None,
    )
