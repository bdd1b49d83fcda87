"""Keeping the draft of a hand-over. It saves itself with every choice; nothing else changes until it is applied."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sales.bulk.people import may_give_to
from sales.handing_over.distributing import distribute, inherit
from sales.handing_over.planning import lay
from sales.models import Handover, HandoverHeir, HandoverLine
from team.access import leads_others
from team.audit import changed, record, values_of
from team.models import User
from team.records import add_record
from team.refusals import Refusal

WHO_FIELDS = ("last_day", "reason", "sign_in_ends_now", "until")
RULE_FIELDS = ("rule", "balance", "knows_first", "deals_follow", "tasks_follow", "ceiling")
# Columns of the matrix; the keys 1 to 9 give to the first nine.
MOST_HEIRS = 20


def may_hand_over(by: User, leaver: User | None, kind: str) -> bool:
    """Managers within their teams, administrators and directors everywhere (ruling 20); nobody their own departure, and
    who leaves gives nothing away.
    """
    if not leads_others(by) or by.is_leaving:
        return False
    if leaver is None:
        return kind in (Handover.Kind.TERRITORY, Handover.Kind.SELECTION)
    if leaver.pk == by.pk and kind == Handover.Kind.DEPARTURE:
        return False
    return User.visible_to(by).filter(pk=leaver.pk).exists()


def start(
    kind: str,
    leaver: User | None,
    *,
    by: User,
    client_ref: uuid.UUID | None = None,
    narrow: dict[str, Any] | None = None,
    **values: Any,
) -> tuple[Handover, bool]:
    """A draft with the plan of what there is; False: made before by the same post. Raises `Refusal`."""
    if not may_hand_over(by, leaver, kind):
        raise Refusal(_("You may hand over within the teams that you lead."))
    now = timezone.now()
    row = Handover(
        kind=kind,
        leaver=leaver,
        by=by,
        created_by=by,
        narrow=narrow or {},
        client_ref=client_ref,
        saved_at=now,
        asks_at=now,
        **values,
    )
    with transaction.atomic():
        handover, made = add_record(row, by=by, fields=("kind", "leaver", *WHO_FIELDS))
        if made:
            name_heirs(handover, _team_mates(handover))
            lay(handover)
            distribute(handover)
            handover.save(update_fields=["asks_at"])
    return handover, made


def _team_mates(handover: Handover) -> list[User]:
    """Who is proposed as heirs: the reps of the same team."""
    leaver = handover.leaver
    if leaver is None or leaver.team_id is None:
        return []
    mates = User.receivers(handover.by).filter(team=leaver.team_id, is_rep=True)
    return list(mates.exclude(pk=leaver.pk).order_by("sort_name", "pk")[:MOST_HEIRS])


def name_heirs(handover: Handover, people: Sequence[User]) -> None:
    HandoverHeir.objects.filter(handover=handover).delete()
    HandoverHeir.objects.bulk_create(
        HandoverHeir(handover=handover, user=user, place=place) for place, user in enumerate(people)
    )


@contextmanager
def editing(handover: Handover) -> Iterator[Handover]:
    """The draft, locked; saved with the time at the end. Raises `Refusal` once it is no draft any more."""
    with transaction.atomic():
        stored = Handover.everything.select_for_update(of=("self",)).get(pk=handover.pk)
        if not stored.is_draft:
            raise Refusal(_("This hand-over is no draft any more. Nothing was changed."))
        yield stored
        stored.saved_at = timezone.now()
        stored.version += 1
        stored.save()
    handover.refresh_from_db()


def say_who(handover: Handover, values: dict[str, Any], *, by: User) -> None:
    """Store the answers of the first step."""
    with editing(handover) as stored:
        _store(stored, values, by)


def set_rule(
    handover: Handover, values: dict[str, Any], heirs: Sequence[User], *, by: User
) -> None:
    """Store the rule and who takes over, and distribute anew; choices by hand stand. Raises `Refusal`."""
    with editing(handover) as stored:
        for heir in heirs:
            _check_heir(stored, heir, by)
        _store(stored, values, by)
        before = _heir_ids(stored)
        if [heir.pk for heir in heirs] != before:
            name_heirs(stored, heirs[:MOST_HEIRS])
            told = {"people": ", ".join(heir.name for heir in heirs)}
            record("name people", stored, by=by, after=told)
            stored.lines.filter(receiver__in=set(before) - {heir.pk for heir in heirs}).update(
                receiver=None, by_hand=False, why=""
            )
        distribute(stored)


def _heir_ids(handover: Handover) -> list[int]:
    rows = HandoverHeir.objects.filter(handover=handover).order_by("place")
    return list(rows.values_list("user", flat=True))


def _check_heir(handover: Handover, heir: User, by: User) -> None:
    if heir.pk == handover.leaver_id:
        raise Refusal(_("Who hands over cannot be an heir."), "heirs")
    if not may_give_to(by, heir):
        raise Refusal(
            _("%(name)s cannot take over: they are not in your teams or do not sign in.")
            % {"name": heir.name},
            "heirs",
        )


def _store(handover: Handover, values: dict[str, Any], by: User) -> None:
    before = values_of(handover, values)
    for name, value in values.items():
        setattr(handover, name, value)
    old, new = changed(before, values_of(handover, values))
    if new:
        record("update", handover, by=by, before=old, after=new)


def choose_lines(handover: Handover, lines: Iterable[int], *, chosen: bool, by: User) -> int:
    """These records are handed over, or stay where they are; what follows them too. How many changed."""
    with editing(handover) as stored:
        rows = stored.lines.filter(
            pk__in=list(lines), kind__in=("customer", "lead", "deal", "task")
        )
        count = _choose(rows.exclude(chosen=chosen), chosen=chosen)
        if count:
            told = {"rows": count, "chosen": chosen}
            record("choose records", stored, by=by, after=told)
            distribute(stored, anew=False)
    return count


def choose_all(handover: Handover, kind: str, *, chosen: bool, by: User) -> int:
    lines = handover.lines.filter(kind=kind).values_list("pk", flat=True)
    return choose_lines(handover, lines, chosen=chosen, by=by)


def _choose(rows: Any, *, chosen: bool) -> int:
    ids = list(rows.values_list("pk", flat=True))
    values: dict[str, Any] = {"chosen": chosen}
    if not chosen:
        values |= {"receiver": None, "pool": False, "by_hand": False, "why": ""}
    count = HandoverLine.objects.filter(pk__in=ids).update(**values)
    HandoverLine.objects.filter(parent__in=ids).update(**values)
    HandoverLine.objects.filter(parent__parent__in=ids).update(**values)
    return int(count)


def give(handover: Handover, lines: Iterable[int], to: User | None, *, by: User) -> int:
    """By hand: these records go to `to`, None: to the pool. Distributing again leaves them. How many.

    Raises `Refusal` for who is no heir of this hand-over.
    """
    with editing(handover) as stored:
        if to is not None and to.pk not in _heir_ids(stored):
            raise Refusal(_("Add %(name)s to the heirs first.") % {"name": to.name})
        pool = to is None
        given = stored.lines.filter(receiver=to, pool=pool, by_hand=True, chosen=True)
        rows = stored.lines.filter(pk__in=list(lines)).exclude(pk__in=given.values("pk"))
        why = HandoverLine.Why.POOL if to is None else HandoverLine.Why.HAND
        count = rows.update(receiver=to, pool=pool, by_hand=True, chosen=True, why=why)
        if count:
            record("choose heir", stored, by=by, after={"rows": count, "to": to.name if to else ""})
            inherit(stored)
    return int(count)


def give_rest_to_pool(handover: Handover, *, by: User) -> int:
    """Whatever has no heir goes to the pool, where leaders see it."""
    with editing(handover) as stored:
        rows = stored.lines.without_heir()
        ids = list(rows.values_list("pk", flat=True))
        count = HandoverLine.objects.filter(pk__in=ids).update(
            pool=True, by_hand=True, why=HandoverLine.Why.POOL
        )
        if count:
            record("choose heir", stored, by=by, after={"rows": count, "to": ""})
    return int(count)


def clear_hand(handover: Handover, *, by: User) -> int:
    """Forget what was chosen by hand and distribute by the rule alone; how many lines that was."""
    with editing(handover) as stored:
        count = stored.lines.filter(by_hand=True).update(by_hand=False, pool=False)
        if count:
            record("clear choices", stored, by=by, after={"rows": count})
        distribute(stored)
    return int(count)


def look_again(handover: Handover) -> None:
    """Lay the plan over what is there now; what has come goes by the rule, what was chosen stands."""
    with editing(handover) as stored:
        lay(stored)
        distribute(stored, anew=False)


def discard(handover: Handover, *, by: User) -> None:
    """Throw a draft away; its lines go with it, the log keeps that it was there. Thrown away already, it stays so."""
    with transaction.atomic():
        stored = Handover.everything.select_for_update(of=("self",)).filter(pk=handover.pk).first()
        if stored is None:
            return
        if stored.state not in (Handover.State.DRAFT, Handover.State.SCHEDULED):
            raise Refusal(_("This hand-over is no draft any more. Nothing was changed."))
        record("delete", stored, by=by, before=values_of(stored, ("kind", "leaver", *WHO_FIELDS)))
        HandoverLine.objects.filter(handover=stored).update(parent=None)
        HandoverLine.objects.filter(handover=stored).delete()
        stored.delete()
