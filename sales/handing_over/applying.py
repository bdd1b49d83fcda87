"""Doing a hand-over: all of it in one transaction, or nothing."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.periods import local_date
from crm.lib.transactions import unhurried
from sales.handing_over.changes import Differences, differences
from sales.handing_over.distributing import distribute
from sales.handing_over.drafting import may_hand_over
from sales.handing_over.moving import Move, move
from sales.handing_over.planning import lay
from sales.handing_over.records import KINDS, LOCKED
from sales.handing_over.telling import tell_heirs
from sales.models import Handover, HandoverLine
from team.audit import acting, current_actor, record
from team.departures import deactivate, employed, end_employment
from team.models import Company, User
from team.refusals import Refusal

Kind = HandoverLine.Kind


class ChangedSince(Exception):
    """Customers or leads came or went since they were looked at; nothing was done."""

    def __init__(self, found: Differences) -> None:
        super().__init__(f"{found.material} changed")
        self.found = found


class NoHeir(Exception):
    """So many records have no heir; nothing was done."""

    def __init__(self, n: int) -> None:
        super().__init__(f"{n} without an heir")
        self.n = n


class AlreadyDone(Exception):
    """It was handed over before, or taken back."""


class NothingLeft(Exception):
    """Nothing of it is the giver's any more; nothing was done."""


@dataclass(frozen=True)
class Applied:
    """How many records moved, by kind."""

    moved: dict[str, int]


def apply(handover: Handover, *, by: User, seen: str = "", at_any_rate: bool = False) -> Applied:
    """Hand over, from today or the day it was scheduled for. `seen` is the fingerprint of the differences that were
    looked at; `at_any_rate` nobody is there to look (it was scheduled), and what has no heir goes to the pool.

    Raises `ChangedSince`, `NoHeir`, `AlreadyDone`, `NothingLeft`, `Refusal`.
    """
    with acting(current_actor()), transaction.atomic():
        unhurried()
        stored = Handover.everything.select_for_update(of=("self",)).get(pk=handover.pk)
        if stored.applied_at is not None:
            raise AlreadyDone
        in_sight = Handover.visible_to(by).filter(pk=stored.pk).exists()
        if not (in_sight and may_hand_over(by, stored.leaver, stored.kind)):
            raise Refusal(_("You may hand over within the teams that you lead."))
        _lock(stored)
        if not at_any_rate:
            found = differences(stored)
            if found.fingerprint not in ("", seen):
                raise ChangedSince(found)
        lay(stored)
        distribute(stored, anew=False)
        _check(stored, by, at_any_rate)
        day = _first_day(stored)
        moved = dict(stored.lines.moving().values_list("kind").annotate(n=Count("pk")).order_by())
        if not moved:
            raise NothingLeft
        move(Move(stored, day, by))
        _settle(stored, by, moved)
        tell_heirs(stored, by)
        if stored.kind == Handover.Kind.DEPARTURE:
            _end_employment(stored, by)
    handover.refresh_from_db()
    return Applied(moved)


def _lock(handover: Handover) -> None:
    """Everything that moves, in one order (`LOCKED`), on the bare tables; of the customers all deals, since the
    database writes each customer's new owner into them.
    """
    customers = handover.lines.filter(kind=Kind.CUSTOMER).values("record_id")
    for kind in LOCKED:
        ids = handover.lines.filter(kind=kind).values("record_id")
        which = Q(pk__in=ids)
        if kind == Kind.DEAL:
            which |= Q(customer__in=customers)
        rows = KINDS[kind].model.everything.select_for_update(of=("self",), no_key=True)
        list(rows.filter(which).order_by("pk").values_list("pk"))


def _check(handover: Handover, by: User, at_any_rate: bool) -> None:
    if handover.until is not None and handover.until < Company.get().today:
        raise Refusal(_("The absence is over. Choose another day in step 1."))
    why = HandoverLine.Why
    # what is at a colleague's customer goes to that colleague, whom nobody chose, and its steps with it
    by_itself = Q(why=why.OWNER) | Q(why=why.FOLLOWS, parent__why=why.OWNER)
    chosen = handover.lines.filter(chosen=True, receiver__isnull=False).exclude(by_itself)
    gone = chosen.exclude(receiver__in=User.receivers(by))
    names = list(gone.values_list("receiver__name", flat=True).distinct()[:3])
    if names:
        raise Refusal(
            _(
                "%(name)s cannot take over: they leave, are not in your teams or do not sign in. Choose other heirs."
            )
            % {"name": ", ".join(names)}
        )
    missing = handover.lines.without_heir()
    if at_any_rate:
        missing.update(pool=True, why=HandoverLine.Why.POOL)
    elif n := missing.count():
        raise NoHeir(n)


def _first_day(handover: Handover) -> date:
    """The local day for which it was scheduled, though its job may come later; today else."""
    company = Company.get()
    if handover.effect_at is None:
        return company.today
    return min(local_date(handover.effect_at, company.zone), company.today)


def _settle(handover: Handover, by: User, moved: dict[str, int]) -> None:
    handover.state = Handover.State.APPLIED
    handover.applied_at, handover.applied_by = timezone.now(), by
    handover.problem = ""
    handover.version += 1
    handover.save()
    record("hand over", handover, by=by, after={"rows": sum(moved.values()), "moved": moved})


def _end_employment(handover: Handover, by: User) -> None:
    """The employment ends with the last day, by who administers people; sign-in at once or in the night after.

    Of who is known to leave already, that is said anew where the hand-over says another day, or "at once".
    """
    leaver, last_day = handover.leaver, handover.last_day
    if leaver is None or not by.is_admin or last_day is None or not leaver.is_active:
        return
    employment = employed(leaver, Company.get().today)
    if employment is None:
        if handover.sign_in_ends_now:
            deactivate(leaver, by=by)
        return
    if employment.left_on == last_day and leaver.is_leaving and not handover.sign_in_ends_now:
        return
    end_employment(
        leaver,
        last_day=last_day,
        reason=employment.leave_reason or handover.get_reason_display(),
        sign_in_ends_now=handover.sign_in_ends_now,
        exports_end_now=not (leaver.is_leaving and leaver.exports),
        by=by,
    )
