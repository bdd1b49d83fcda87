"""As soon as somebody is known to leave, the draft of their hand-over stands, with its plan.

What waits for its hour stops waiting when they leave on another day, or stay.
"""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.formatting import day
from sales.handing_over.drafting import may_hand_over, start
from sales.handing_over.due import call_off
from sales.models import Handover
from team.departures import at_notice, at_staying
from team.models import User

State = Handover.State


@at_notice
def draft_hand_over(leaver: User, last_day: date, by: User) -> None:
    """None where one is under way or done for this departure already, as when the hand-over itself says who leaves."""
    kind = Handover.Kind.DEPARTURE
    waiting = _waiting(leaver).exclude(last_day=last_day)
    for handover in waiting.filter(state=State.SCHEDULED):
        said = _("The last working day is %(day)s now. Check it and confirm once more.")
        call_off(handover, said % {"day": day(last_day)}, by=by)
    waiting.update(last_day=last_day)
    if not may_hand_over(by, leaver, kind):
        return
    under_way = Q(state__in=(State.DRAFT, State.SCHEDULED))
    just_done = Q(state=State.APPLIED, applied_at__date=timezone.localdate())
    theirs = Handover.everything.filter(kind=kind, leaver=leaver)
    if not theirs.filter(under_way | just_done).exists():
        start(kind, leaver, by=by, last_day=last_day)


@at_staying
def call_off_hand_over(leaver: User, by: User) -> None:
    """The plan stands as a draft: whoever made it decides whether it goes."""
    for handover in _waiting(leaver):
        call_off(handover, _("%(name)s stays after all.") % {"name": leaver.name}, by=by)


def _waiting(leaver: User) -> "QuerySet[Handover]":
    theirs = Handover.everything.filter(kind=Handover.Kind.DEPARTURE, leaver=leaver)
    return theirs.filter(state__in=(State.DRAFT, State.SCHEDULED)).order_by("pk")
