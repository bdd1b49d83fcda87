"""The tree of teams: adding, changing and closing; the only writer of `Team.path`."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from crm.lib.text import sort_key
from team.models import Team, User
from team.records import add_record, change_record
from team.refusals import Refusal, taken_meanwhile

TEAM_FIELDS = ("name", "parent", "manager")
DEEPEST = 10


def add_team(team: Team, *, by: User | None) -> tuple[Team, bool]:
    """Store a new team; False: made before by the same post."""
    with taken_meanwhile(_taken(), "name"), transaction.atomic():
        _lock_tree()
        team, made = add_record(team, by=by, fields=TEAM_FIELDS)
        if made:
            _move_inside(team, team.parent)
    return team, made


def change_team(team: Team, values: dict[str, Any], *, by: User | None, version: int) -> Team:
    """Store an edit; raises `Refusal` for a team inside itself, and `VersionConflict`."""
    with taken_meanwhile(_taken(), "name"), transaction.atomic():
        _lock_tree()
        stored = Team.objects.get(pk=team.pk)
        parent: Team | None = values.get("parent", stored.parent)
        if parent is not None and _fresh(parent).path.startswith(stored.path):
            raise Refusal(_("A team cannot lie inside itself."), "parent")
        changed = change_record(stored, values, by=by, version=version)
        if changed.parent_id != stored.parent_id:
            _move_inside(changed, changed.parent)
    return changed


def close_team(team: Team, *, by: User | None) -> None:
    """Close a team that holds nobody any more; its past stays."""
    with transaction.atomic():
        _lock_tree()
        people = User.objects.filter(team__path__startswith=_fresh(team).path, is_active=True)
        if people.exists():
            raise Refusal(
                _("There are people in %(team)s. Move them to another team first.")
                % {"team": team.name}
            )
        change_record(team, {"is_active": False}, by=by, version=None, action="close")


def reopen_team(team: Team, *, by: User | None) -> None:
    change_record(team, {"is_active": True}, by=by, version=None, action="reopen")


def _move_inside(team: Team, parent: Team | None) -> None:
    """Write the path of a team and, in the same statement, of everything inside it."""
    above = _fresh(parent).path if parent else "/"
    old, new = team.path, f"{above}{team.pk}/"
    if new.count("/") > DEEPEST:
        raise Refusal(_("Teams lie at most nine deep."), "parent")
    if not old:
        Team.objects.filter(pk=team.pk).update(path=new)
    else:
        rest = Substr(F("path"), len(old) + 1)
        inside = Team.objects.filter(path__startswith=old)
        inside.update(path=Concat(Value(new), rest))
    team.path = new


def _taken() -> str:
    return _("There is a team of this name.")


def _fresh(team: Team) -> Team:
    return Team.objects.get(pk=team.pk)


def _lock_tree() -> None:
    """Two moves at once could make a circle; the tree is small, so the whole of it is locked."""
    list(Team.objects.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def in_tree_order(teams: Iterable[Team]) -> list[Team]:
    """Each team below the one it lies in, by name; `depth` says how deep among those given."""
    known = {team.pk: team for team in teams}
    inside: dict[int | None, list[Team]] = defaultdict(list)
    for team in known.values():
        inside[team.parent_id if team.parent_id in known else None].append(team)
    ordered: list[Team] = []

    def walk(parent: int | None, depth: int) -> None:
        for team in sorted(inside[parent], key=lambda team: sort_key(team.name)):
            team.depth = depth  # type: ignore[attr-defined]
            ordered.append(team)
            walk(team.pk, depth + 1)

    walk(None, 0)
    return ordered
