"""Who scheduled a hand-over is told that it is done, and what had changed since they looked at it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.lib.formatting import number
from sales.handing_over.changes import Differences, in_names
from sales.models import Handover
from team.notices import AT_ONCE, Told, notice_kind, tell

# Of those that came and those that went so many are named.
NAMED = 5


def _done(told: Mapping[str, Any]) -> str:
    """The hand-over of Olena is done: 47 records. Since it was scheduled 2 came: A, B."""
    n = told["rows"]
    first = ngettext(
        "The hand-over of %(name)s is done: %(n)s record.",
        "The hand-over of %(name)s is done: %(n)s records.",
        n,
    ) % {"name": told["name"], "n": number(n)}
    return " ".join([first, *(one for one in _meanwhile(told) if one)])


def _meanwhile(told: Mapping[str, Any]) -> list[str]:
    def say(key: str, one: str, names: str = "") -> str:
        return one % {"n": number(told[key]), "names": names} if told[key] else ""

    return [
        say(
            "new",
            _("Since you scheduled it, came and went along: %(n)s (%(names)s)."),
            told["new_names"],
        ),
        say(
            "gone",
            _("Not theirs any more, left where it is: %(n)s (%(names)s)."),
            told["gone_names"],
        ),
        say("edited", _("Changed since: %(n)s.")),
        say("pool", _("Given to the pool: %(n)s.")),
    ]


DONE = notice_kind(
    "handover.done",
    gettext_lazy("A hand-over that you scheduled is done"),
    _done,
    icon="user-share",
    mail=AT_ONCE,
)


def tell_done(handover: Handover, rows: int, found: Differences) -> None:
    """`found` is what differed from the plan before it was laid once more. Call it in the transaction."""
    names = in_names(found)
    told = {
        "name": str(handover),
        "rows": rows,
        "pool": handover.lines.moving().filter(pool=True).count(),
        "edited": found.touched,
        **_sort("new", found.new, names),
        **_sort("gone", found.gone, names),
    }
    path = reverse("handover-watch", args=[handover.pk])
    tell(DONE, [Told(handover.by_id, f"handover {handover.pk} done", told, path)])


def _sort(what: str, sort: Mapping[str, list[int]], names: list[Any]) -> dict[str, Any]:
    named = [one.name for one in names if one.what == what]
    more = "…" if len(named) > NAMED else ""
    return {
        what: sum(len(ids) for ids in sort.values()),
        f"{what}_names": ", ".join(named[:NAMED]) + more,
    }
