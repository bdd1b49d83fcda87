"""Naming a state of a list and keeping it: own views, shared ones, and the one that a list opens with."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.listing import CURSORS, VIEW
from team.access import leads_others, scope_of
from team.audit import changed, record, values_of
from team.models import Arrangement, SavedView, Team, User
from team.records import add_record, change_record
from team.refusals import Refusal, taken_meanwhile

FIELDS = ("name", "listed", "query", "team", "for_all")
# What an address says besides the state of the list.
BESIDE = {*CURSORS, VIEW, "listed", "next", "client_ref", "csrfmiddlewaretoken"}
LONGEST = 2000
MOST = 50
# How long a deleted view can be brought back (ruling 23).
KEPT = timedelta(days=30)


def state_of(query: QueryDict) -> str:
    """What of an address is the list's state; where in the list one was is not."""
    state = QueryDict(mutable=True)
    for name, values in query.lists():
        told = [value for value in values if value and "\0" not in value]
        if told and name not in BESIDE:
            state.setlist(name, told)
    return state.urlencode()


def teams_to_share_with(user: User) -> "QuerySet[Team]":
    """Managers share with the teams they run and those inside them, administrators and directors with any."""
    return Team.visible_to(user).filter(is_active=True).order_by("path")


def may_share_with_all(user: User) -> bool:
    return scope_of(user).all


def own_views(user: User) -> "QuerySet[SavedView]":
    return SavedView.objects.filter(owner=user.pk, deleted_at__isnull=True)


def left_behind(user: User) -> "QuerySet[SavedView]":
    """Shared views of people who do not sign in any more, which this person may take over."""
    if not leads_others(user):
        return SavedView.objects.none()
    views = SavedView.objects.filter(deleted_at__isnull=True, owner__is_active=False)
    by_team = views.filter(team__in=Team.visible_to(user))
    return by_team | views.filter(for_all=True) if may_share_with_all(user) else by_team


def add_view(view: SavedView, *, starts: bool, by: User) -> tuple[SavedView, bool]:
    """Keep a state of a list; False: made before by the same post. Raises `Refusal`."""
    if len(view.query) > LONGEST:
        raise Refusal(_("This is more than a view can hold. Narrow the list by less."))
    view.owner, view.created_by = by, by
    with taken_meanwhile(_taken(), "name"), transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        view, made = add_record(view, by=by, fields=FIELDS)
        if made and own_views(by).filter(listed=view.listed).count() > MOST:
            raise Refusal(
                _("You keep %(n)s views of this list already. Delete one first.") % {"n": MOST}
            )
        if made and starts:
            start_with(view.listed, view, by=by)
    return view, made


def change_view(view: SavedView, values: dict[str, Any], *, by: User, version: int) -> SavedView:
    """Store another name, or with whom it is shared; raises `VersionConflict` and `Refusal`."""
    with taken_meanwhile(_taken(), "name"), transaction.atomic():
        return change_record(view, values, by=by, version=version)


def replace_view(view: SavedView, query: str, *, by: User) -> SavedView:
    """From now on the view shows this state."""
    if len(query) > LONGEST:
        raise Refusal(_("This is more than a view can hold. Narrow the list by less."))
    return change_record(view, {"query": query}, by=by, version=None)


def delete_view(view: SavedView, *, by: User) -> None:
    """Whoever opened the list with it opens the plain list, until it is brought back."""
    with transaction.atomic():
        stored = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
        if stored.deleted_at is None:
            _delete(stored, by)


def _delete(view: SavedView, by: User) -> None:
    change_record(view, {"deleted_at": timezone.now()}, by=by, version=None, action="delete")


def deleted_views(user: User) -> "QuerySet[SavedView]":
    since = timezone.now() - KEPT
    return SavedView.objects.filter(owner=user.pk, deleted_at__gte=since)


def restore_view(view: SavedView, *, by: User) -> None:
    """Raises `Refusal` where another view got its name meanwhile."""
    with taken_meanwhile(_taken()), transaction.atomic():
        change_record(view, {"deleted_at": None}, by=by, version=None, action="restore")


def take_over(view: SavedView, *, by: User) -> SavedView:
    """A shared view of somebody who left is kept on by another one. Raises `Refusal`."""
    with taken_meanwhile(_taken()), transaction.atomic():
        return change_record(view, {"owner": by}, by=by, version=None, action="take over")


def start_with(listed: str, view: SavedView | None, *, by: User) -> None:
    """A person's list opens with this view; None: as it comes."""
    arrange(listed, {"start": view}, by=by)


def arrange(listed: str, values: dict[str, Any], *, by: User) -> None:
    """Store how a person arranges a list; the last press counts."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        row = Arrangement.objects.filter(user=by, listed=listed).first()
        row = row or Arrangement(user=by, listed=listed)
        before = values_of(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        old, new = changed(before, values_of(row, values))
        if new:
            row.save()
            record("update", row, by=by, before=old, after=new)


def _taken() -> str:
    return _("You have a view of this name for this list already.")
