"""Which team somebody belongs to, and since when: the only writer of `Membership` and `User.team`."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from crm.lib.formatting import day
from team.audit import record
from team.facts import end, forget
from team.models import Company, Membership, Team, User
from team.refusals import Refusal


def join_team(user: User, team: Team | None, *, on: date, by: User | None) -> bool:
    """Put somebody into a team, or into none, from a day on; False if that is so already.

    Raises `Refusal` for a change ahead of time, or before the present team began. Only the first
    team, with the hiring, may be written ahead. An end that was planned stays.
    """
    today = Company.get().today
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        now = _membership_at(person, on)
        if (now.team_id if now else None) == (team.pk if team else None):
            return False
        if now is not None:
            _check_day(now, on, today)
        until = now.to_on if now else None
        if now is not None:
            _close(now, on, today)
        if team is not None:
            Membership.objects.create(
                user=person, team=team, from_on=on, to_on=until, recorded_on=today
            )
        User.objects.filter(pk=person.pk).update(team=team)
        user.team = team
        before = {"team": now.team_id if now else None}
        record("move", person, by=by, before=before, after={"team": team and team.pk, "on": on})
    return True


def leave_team(user: User, *, on: date, today: date) -> None:
    """End the present membership on the day before `on`. `User.team` stays: what a leaver still
    holds must remain in sight of the manager who hands it over.
    """
    now = _membership_at(user, on)
    if now is not None:
        _close(now, on, today)


def stay_in_team(user: User, *, on: date) -> None:
    """The membership that was to end on the day before `on` goes on."""
    last = Membership.objects.filter(user=user, deleted_on=None).order_by("from_on", "id").last()
    if last is not None and last.to_on == on:
        last.to_on = None
        last.save(update_fields=["to_on"])


def _membership_at(user: User, on: date) -> Membership | None:
    """The last membership, if it holds on that day or later."""
    last = Membership.objects.filter(user=user, deleted_on=None).order_by("from_on", "id").last()
    return last if last is not None and (last.to_on is None or last.to_on > on) else None


def _check_day(now: Membership, on: date, today: date) -> None:
    if on > today:
        raise Refusal(_("This day has not come yet. Choose today or earlier."), "on")
    if on < now.from_on:
        raise Refusal(
            _("The present team began on %(day)s. Choose that day or later.")
            % {"day": day(now.from_on)},
            "on",
        )


def _close(now: Membership, on: date, today: date) -> None:
    if on <= now.from_on:
        forget(now, today)
    else:
        end(now, "to_on", on, today)
