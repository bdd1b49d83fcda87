"""Storing reps with their employment, team and wages, and their absences."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from crm.lib.periods import SINCE_EVER
from crm.lib.text import sort_key
from reports.exchange.world import World
from team.models import Absence, Employment, Membership, Team, User, Wage

Values = dict[str, Any]


class People:
    """Rows of reps and rep_costs; wages are stored when both tables have been read."""

    def __init__(self, world: World) -> None:
        self.world = world
        # rep -> row of reps with a wage, in force from the beginning
        self.first_wages: dict[str, Values] = {}
        self.wages: list[Values] = []
        self.teams = {team.name.casefold(): team.pk for team in Team.objects.order_by("-name")}

    def store_reps(self, rows: list[Values]) -> None:
        team_of = {row["rep_id"]: self._team(row["team"]) for row in rows}
        users = {user.reference: user for user in User.objects.filter(reference__in=list(team_of))}
        made = [
            self._user(row, team_of[row["rep_id"]]) for row in rows if row["rep_id"] not in users
        ]
        for row in rows:
            if row["rep_id"] in users:
                self._take_over(users[row["rep_id"]], row, team_of[row["rep_id"]])
        users |= {user.reference: user for user in User.objects.bulk_create(made)}
        self._employ(rows, team_of, {reference: user.pk for reference, user in users.items()})

    def _team(self, name: str) -> int | None:
        """Teams whose names differ in case alone are one team."""
        if not name:
            return None
        if name.casefold() not in self.teams:
            team = Team.objects.create(name=name)
            team.path = f"/{team.pk}/"
            team.save()
            self.teams[name.casefold()] = team.pk
        return self.teams[name.casefold()]

    def _user(self, row: Values, team: int | None) -> User:
        """Known from the tables alone: no e-mail, no password, so no way to sign in."""
        left = row["leave_on"]
        return User(
            reference=row["rep_id"],
            name=row["name"],
            sort_name=sort_key(row["name"]),
            password=make_password(None),
            is_rep=row["hire_on"] is not None,
            is_active=left is None or left >= self.world.today,
            leaves_on=self._ahead(left),
            team_id=team,
        )

    def _take_over(self, user: User, row: Values, team: int | None) -> None:
        """Somebody who can sign in already keeps that; who they are comes from the tables."""
        user.name, user.team_id = row["name"], team
        user.is_rep = user.is_rep or row["hire_on"] is not None
        user.leaves_on = self._ahead(row["leave_on"])
        user.save()

    def _ahead(self, left: date | None) -> date | None:
        """A last day that has not passed: who leaves is given nothing more."""
        return left if left is not None and left >= self.world.today else None

    def _employ(
        self, rows: list[Values], team_of: dict[str, int | None], ids: dict[str, int]
    ) -> None:
        Employment.objects.bulk_create(
            Employment(
                user_id=ids[row["rep_id"]],
                hired_on=row["hire_on"],
                left_on=row["leave_on"],
                recorded_on=row["hire_on"] or row["leave_on"],
            )
            for row in rows
            if row["hire_on"] or row["leave_on"]
        )
        Membership.objects.bulk_create(
            Membership(
                user_id=ids[row["rep_id"]],
                team_id=team,
                from_on=SINCE_EVER,
                recorded_on=SINCE_EVER,
            )
            for row in rows
            if (team := team_of[row["rep_id"]]) is not None
        )
        for row in rows:
            if row["monthly_wage"] is not None:
                self.first_wages[row["rep_id"]] = row

    def store_rep_costs(self, rows: list[Values]) -> None:
        self.wages += rows

    def finish_rep_costs(self) -> None:
        """Wages in an order of their own, so that the order of the rows plays no part."""
        since: dict[str, date] = {}
        for row in self.wages:
            since[row["rep_id"]] = min(since.get(row["rep_id"], date.max), row["from_on"])
        rows = [self._wage(row["rep_id"], row) for row in self.wages]
        rows += [
            self._wage(rep, row | _since_the_beginning(row["hire_on"], since.get(rep)))
            for rep, row in self.first_wages.items()
        ]
        rows.sort(key=lambda w: (w.user_id, w.from_on, w.monthly_wage, w.monthly_expenses))
        Wage.objects.bulk_create(rows)

    def _wage(self, rep: str, row: Values) -> Wage:
        return Wage(
            user_id=self.world.ids["reps"][rep],
            from_on=row["from_on"],
            monthly_wage=row["monthly_wage"],
            monthly_expenses=row["monthly_expenses"],
            recorded_on=row["recorded_on"],
            deleted_on=row["deleted_on"],
        )

    def store_absences(self, rows: list[Values]) -> None:
        Absence.objects.bulk_create(
            Absence(
                user_id=self.world.ids["reps"][row["rep_id"]],
                on=row["date"],
                recorded_on=row["recorded_on"],
                deleted_on=row["deleted_on"],
            )
            for row in rows
        )


def _since_the_beginning(hired: date | None, rep_costs_from: date | None) -> Values:
    """A wage of the reps table runs from the day of hire, or since ever where rep_costs begin by then."""
    begins = hired or SINCE_EVER
    if rep_costs_from is not None and rep_costs_from <= begins:
        begins = min(SINCE_EVER, rep_costs_from - timedelta(days=1))
    return {"from_on": begins, "recorded_on": begins, "deleted_on": None}
