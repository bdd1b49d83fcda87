"""What can be done about the rows of a report's list: each deed with its button, its words and its task.

A list names its deeds (`ListView.deeds`); a person is offered those they may do, and no other is done for them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.lib import formatting
from reports.models import Act
from sales.models import Activity
from team.access import leads_others
from team.models import User


@dataclass(frozen=True)
class Deed:
    """`told` says what it comes to for so many rows. `title` names its task; empty: as the list names it."""

    key: str
    kind: Act.Kind
    label: Any
    icon: str
    told: Callable[[int], str]
    title: Any = ""
    task: str = Activity.Kind.CALL
    for_leaders: bool = False

    @property
    def is_plan(self) -> bool:
        return self.kind == Act.Kind.PLAN

    @property
    def is_stop(self) -> bool:
        return self.kind == Act.Kind.STOP


PLAN, ASSIGN = Act.Kind.PLAN, Act.Kind.ASSIGN
INTERNAL = Activity.Kind.INTERNAL
INTRODUCE = "introduce"

DEEDS = {
    deed.key: deed
    for deed in (
        Deed(
            "call",
            PLAN,
            _("Plan calls"),
            "phone-plus",
            lambda n: ngettext("Plan %(n)s call", "Plan %(n)s calls", n),
        ),
        Deed(
            "answer",
            PLAN,
            _("Plan answers"),
            "phone-plus",
            lambda n: ngettext("Plan %(n)s answer", "Plan %(n)s answers", n),
        ),
        Deed(
            "remind",
            PLAN,
            _("Remind"),
            "bell",
            lambda n: ngettext("Remind of %(n)s customer", "Remind of %(n)s customers", n),
            _("Reminder: get in touch with who was handed over to you"),
            for_leaders=True,
        ),
        Deed(
            "talk",
            PLAN,
            _("Plan talks"),
            "calendar-plus",
            lambda n: ngettext("Plan %(n)s talk", "Plan %(n)s talks", n),
            _("Look at the week together"),
            INTERNAL,
            for_leaders=True,
        ),
        Deed(
            "coach",
            PLAN,
            _("Coaching plan"),
            "checklist",
            lambda n: ngettext("Plan coaching of %(n)s rep", "Plan coaching of %(n)s reps", n),
            _("Coaching plan"),
            INTERNAL,
            for_leaders=True,
        ),
        Deed(
            "review",
            PLAN,
            _("Review date"),
            "calendar-event",
            lambda n: ngettext("Set %(n)s review", "Set %(n)s reviews", n),
            _("Review after the first months"),
            INTERNAL,
            for_leaders=True,
        ),
        Deed(
            INTRODUCE,
            PLAN,
            _("Introduce a second person"),
            "users",
            lambda n: ngettext("Plan %(n)s introduction", "Plan %(n)s introductions", n),
            _("Get to know them, with whoever speaks with them"),
            for_leaders=True,
        ),
        Deed(
            "reassign",
            ASSIGN,
            _("Reassign"),
            "user-share",
            lambda n: ngettext("Reassign %(n)s customer", "Reassign %(n)s customers", n),
            for_leaders=True,
        ),
        Deed(
            "assign",
            ASSIGN,
            _("Assign leads"),
            "user-share",
            lambda n: ngettext("Assign %(n)s lead", "Assign %(n)s leads", n),
            for_leaders=True,
        ),
        Deed(
            "hand-over",
            ASSIGN,
            _("Hand over"),
            "user-share",
            lambda n: ngettext("Hand over %(n)s customer", "Hand over %(n)s customers", n),
            for_leaders=True,
        ),
        Deed(
            "stop",
            Act.Kind.STOP,
            _("Stop campaigns"),
            "circle-x",
            lambda n: ngettext("Stop %(n)s campaign", "Stop %(n)s campaigns", n),
            for_leaders=True,
        ),
    )
}


def deeds_for(keys: Iterable[str], viewer: User) -> list[Deed]:
    """Those of a list's deeds that this person may do."""
    leads = leads_others(viewer)
    return [DEEDS[key] for key in keys if leads or not DEEDS[key].for_leaders]


def in_words(deed: Deed, n: int) -> str:
    """Plan 1,204 calls."""
    return deed.told(n) % {"n": formatting.number(n)}
