"""Who covers for somebody and leaves, or is away too: whoever takes that over covers from then on.

Otherwise what is covered would be theirs for good, though nobody decided so, and who was away would come back to
nothing.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from sales.models import Handover, HandoverLine

Kind = HandoverLine.Kind


def pass_cover_on(handover: Handover, *, back: bool) -> None:
    """Of what this one moved (`back`: brought back) and other covers are to give back, say where it is now.

    Rules of who gets leads are told apart (`name_in_covers`). What was chosen piece by piece was decided so, and is not
    given back. Two statements.
    """
    covers = _covers(handover)
    if not covers:
        return
    there, here = ("receiver", "giver") if back else ("giver", "receiver")
    moved: Any = handover.lines.moving().filter(
        Q(**{there: OuterRef("receiver")}) | Q(**{f"{there}__isnull": True}, pool=OuterRef("pool")),
        kind=OuterRef("kind"),
        record_id=OuterRef("record_id"),
        stayed=False,
    )
    lines = _lines_of(covers).exclude(kind=Kind.RULE).filter(Exists(moved))
    nobody = Exists(moved.filter(**{f"{here}__isnull": True}))
    lines.update(receiver=Subquery(moved.values(here)[:1]), pool=nobody)


def name_in_covers(
    handover: Handover, rule_id: int, before: Sequence[int], after: Sequence[int]
) -> None:
    """Covers that find a rule naming `before` find `after` there now. One or two statements."""
    covers = _covers(handover)
    for line in _lines_of(covers).filter(kind=Kind.RULE, record_id=rule_id) if covers else ():
        if line.before.get("now") == sorted(before):
            line.before["now"] = sorted(after)
            line.save(update_fields=["before"])


def _covers(handover: Handover) -> list[int]:
    """Those from before that are to be given back, where this one takes all that somebody has.

    Later ones took over from this one: what goes back to who was away first is theirs no more.
    """
    if not handover.takes_all:
        return []
    kind, state = Handover.Kind.COVER, Handover.State.APPLIED
    running = Handover.everything.filter(kind=kind, state=state, until__isnull=False)
    if handover.applied_at is not None:
        running = running.filter(applied_at__lt=handover.applied_at)
    return list(running.exclude(pk=handover.pk).values_list("pk", flat=True))


def _lines_of(covers: list[int]) -> Any:
    return HandoverLine.objects.filter(handover__in=covers, chosen=True, stayed=False)
