"""Who leads whom: the manager of somebody's team, or of the nearest team above that has one."""

from collections.abc import Iterable

from team.models import Team, User


def leaders_of(people: Iterable[User]) -> dict[int, User | None]:
    """Their leaders, by person: never themselves, nobody who may not sign in. Two queries."""
    everybody = list(people)
    paths = dict(
        Team.objects.filter(pk__in={person.team_id for person in everybody}).values_list(
            "pk", "path"
        )
    )
    above = {int(part) for path in paths.values() for part in path.split("/") if part}
    teams = Team.objects.filter(pk__in=above, manager__is_active=True).select_related("manager")
    managers = {team.pk: team.manager for team in teams}
    return {
        person.pk: _nearest(person, paths.get(person.team_id or 0, ""), managers)
        for person in everybody
    }


def _nearest(person: User, path: str, managers: "dict[int, User | None]") -> User | None:
    upwards = [int(part) for part in reversed(path.split("/")) if part]
    found = (managers.get(team) for team in upwards)
    return next((one for one in found if one is not None and one.pk != person.pk), None)
