"""Hand-overs that wait for their hour, and cover that gives itself back."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.periods import local_date
from sales.handing_over.applying import ChangedSince, NoHeir, NothingLeft, apply
from sales.handing_over.changes import differences
from sales.handing_over.done_meanwhile import tell_done
from sales.handing_over.drafting import editing, may_hand_over
from sales.handing_over.undoing import give_back
from sales.models import Handover
from team.audit import record
from team.models import Company, Employment, User
from team.notices import AT_ONCE, Told, notice_kind, tell
from team.refusals import Refusal

log = logging.getLogger("mainstay.handovers")


def _failed(told: Mapping[str, Any]) -> str:
    return _("The hand-over of %(name)s was not done: %(why)s") % told


# How far ahead a hand-over is scheduled.
MOST_AHEAD = timedelta(days=366)

FAILED = notice_kind(
    "handover.failed",
    gettext_lazy("A scheduled hand-over was not done"),
    _failed,
    icon="alert-circle",
    mail=AT_ONCE,
)

STAYS = notice_kind(
    "handover.stays",
    gettext_lazy("Cover that is not given back"),
    lambda told: str(told["why"]),
    icon="user-share",
    mail=AT_ONCE,
)


def hour_of(handover: Handover) -> datetime | None:
    """The end of work on the last working day; None where there is none, or it has passed."""
    if handover.last_day is None:
        return None
    company = Company.get()
    end: time = company.work_end
    at = datetime.combine(handover.last_day, end, tzinfo=company.zone)
    return at if at > timezone.now() else None


def beginning_of(day: date) -> datetime:
    """A chosen day is the first of the new owners, so it happens as the day begins where the company is."""
    return datetime.combine(day, time.min, tzinfo=Company.get().zone)


def schedule(handover: Handover, *, by: User, seen: str = "", on: date | None = None) -> datetime:
    """Hand over as a day ahead begins; without one at the end of the last working day.

    Raises `ChangedSince`, `NoHeir`, `Refusal`.
    """
    at = hour_of(handover) if on is None else beginning_of(on)
    if at is None:
        raise Refusal(_("The last working day has ended: hand over now."))
    if on is not None:
        _check_day(handover, on)
    found = differences(handover)
    if found.fingerprint not in ("", seen):
        raise ChangedSince(found)
    with transaction.atomic():
        if not _is_scheduled(handover, at):
            _schedule(handover, at, by)
    return at


def _schedule(handover: Handover, at: datetime, by: User) -> None:
    with editing(handover) as stored:
        if n := stored.lines.without_heir().count():
            raise NoHeir(n)
        stored.state, stored.effect_at, stored.by = Handover.State.SCHEDULED, at, by
        stored.problem = ""
        record("schedule", stored, by=by, after={"effect_at": at})


def _is_scheduled(handover: Handover, at: datetime) -> bool:
    """The same was said already, as of a form that was sent twice; who is at it now is waited for."""
    stored = Handover.everything.select_for_update(of=("self",)).get(pk=handover.pk)
    return stored.state == Handover.State.SCHEDULED and stored.effect_at == at


def _check_day(handover: Handover, on: date) -> None:
    today = Company.get().today
    if on <= today:
        raise Refusal(_("Choose a day that lies ahead."), "day")
    if on > today + MOST_AHEAD:
        raise Refusal(_("At most a year ahead."), "day")
    if handover.until is not None and on > handover.until:
        raise Refusal(_("The absence is over by then."), "day")
    if handover.kind != Handover.Kind.DEPARTURE or handover.last_day is None:
        return
    # the hand-over ends the employment; before it nothing would, and they could sign in until then
    works_on = Employment.objects.filter(user=handover.leaver, left_on=None, deleted_on=None)
    if on > handover.last_day + timedelta(days=1) and works_on.exists():
        raise Refusal(
            _("They could sign in until then. Note on their page first when they leave."), "day"
        )


def unschedule(handover: Handover, *, by: User) -> None:
    """A draft again."""
    with transaction.atomic():
        waiting = Handover.everything.filter(pk=handover.pk, state=Handover.State.SCHEDULED)
        if waiting.update(state=Handover.State.DRAFT, effect_at=None, saved_at=timezone.now()):
            record(
                "update", handover, by=by, before={"state": "scheduled"}, after={"state": "draft"}
            )
    handover.refresh_from_db()


def is_due(now: datetime) -> bool:
    """Asked each minute: both questions are answered by an index of the few rows that wait."""
    return _waiting(now).exists() or _over(now).exists()


def _waiting(now: datetime) -> Any:
    return Handover.everything.filter(state=Handover.State.SCHEDULED, effect_at__lte=now)


def _over(now: datetime) -> Any:
    today = local_date(now, Company.get().zone)
    cover = Handover.everything.filter(state=Handover.State.APPLIED, kind=Handover.Kind.COVER)
    return cover.filter(until__lt=today)


def do_due(now: datetime) -> int:
    """Each in a transaction of its own; one that cannot be done is a draft again and says why. How many were done.

    What breaks on one of them is raised once all others are done: it waits on, and is tried again.
    """
    acts = [partial(_do, pk, now) for pk in _ids(_waiting(now).order_by("effect_at", "pk"))]
    acts += [partial(_end, pk, now) for pk in _ids(_over(now).order_by("pk"))]
    done, broken = 0, []
    for act in acts:
        try:
            done += act()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this document's alone; the job fails with it
            log.error("failed hand-over %s", act.args[0], exc_info=error)
            broken.append(error)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
    if broken:
        raise broken[0]
    return done


def _ids(rows: Any) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def _found(rows: Any, pk: int) -> Handover | None:
    """Locked, as it stands now; None: since the run began somebody made it a draft again, or moved its hour."""
    handover: Handover | None = rows.select_for_update().filter(pk=pk).first()
    return handover


def _end(pk: int, now: datetime) -> int:
    """What cover was for is over."""
    with transaction.atomic():
        handover = _found(_over(now), pk)
        if handover is None:
            return 0
        if handover.leaver is not None and _has_left(handover.leaver, now):
            _keep(handover)
        else:
            give_back(handover)
    return 1


def _has_left(leaver: User, now: datetime) -> bool:
    """Their sign-in ends a few minutes into the night after the last day, which may be the last one covered."""
    last_day, today = leaver.leaves_on, local_date(now, Company.get().zone)
    return not leaver.is_active or (last_day is not None and last_day < today)


def _keep(handover: Handover) -> None:
    """Cover of somebody who left meanwhile stays with who covers: nobody would look after what went back."""
    why = _("%(name)s does not work here any more: it stays with who covers.")
    told = {"name": str(handover), "why": why % {"name": handover}}
    with transaction.atomic():
        Handover.everything.filter(pk=handover.pk).update(until=None, problem=told["why"][:300])
        record("update", handover, by=None, before={"until": handover.until}, after={"until": None})
        path, key = handover.get_absolute_url(), f"handover {handover.pk} kept"
        tell(STAYS, (Told(pk, key, told, path) for pk in sorted(_who_is_told(handover))))


def _do(pk: int, now: datetime) -> int:
    """What refuses it undoes what was begun; that it is a draft again is written apart, if it still waits."""
    try:
        with transaction.atomic():
            handover = _found(_waiting(now), pk)
            if handover is None:
                return 0
            found = differences(handover)
            done = apply(handover, by=handover.by, at_any_rate=True)
            tell_done(handover, sum(done.moved.values()), found)
    except NothingLeft:
        _call_off_waiting(pk, now, _("Nothing of it is theirs any more."))
    except Refusal as refusal:
        _call_off_waiting(pk, now, refusal.sentence)
    else:
        return 1
    return 0


def _call_off_waiting(pk: int, now: datetime, why: str) -> None:
    with transaction.atomic():
        handover = _found(_waiting(now), pk)
        if handover is not None:
            call_off(handover, why, by=None)


def call_off(handover: Handover, why: str, *, by: User | None) -> None:
    """What waited for its hour is a draft again and says why, also to who scheduled it."""
    waited = handover.effect_at
    with transaction.atomic():
        Handover.everything.filter(pk=handover.pk, applied_at=None).update(
            state=Handover.State.DRAFT, problem=why[:300], effect_at=None
        )
        record("update", handover, by=by, after={"state": "draft", "reason": why})
        if waited is not None:
            told, path = {"name": str(handover), "why": why}, f"/handovers/{handover.pk}/check/"
            key = f"handover {handover.pk} {waited:%Y%m%d%H%M}"
            people = _who_is_told(handover) - {by.pk if by else 0}
            tell(FAILED, (Told(pk, key, told, path) for pk in sorted(people)))


def _who_is_told(handover: Handover) -> set[int]:
    """Who scheduled it; where they could not do it any more, the administrators, but for who leaves."""
    by = handover.by
    if by.is_active and may_hand_over(by, handover.leaver, handover.kind):
        return {by.pk}
    admins = User.objects.filter(is_admin=True, is_active=True).exclude(pk=handover.leaver_id or 0)
    return set(admins.values_list("pk", flat=True))
