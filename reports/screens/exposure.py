"""Which customers rest on one person: by person, how it moves, and the acts that bring a second one."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.exposure import EXPOSURE
from reports.raw.exposure import of_voices
from reports.reading.evidence import rows
from reports.rows.exposure_rows import ALONE
from reports.screens import columns
from reports.screens.customers_lists import count_steps, customer_columns, customers, dated, fact
from reports.screens.groups import groups_of
from reports.screens.moves import moves
from reports.screens.parts import Card, Figure, ListView
from reports.screens.screen import Opened, Screen, show
from team.access import scope_of

AT_MOST = 10


def _strip(opened: Opened) -> list[Figure]:
    return [_alone(opened), _of_class_a(opened), _shared(opened), _nobody(opened)]


def _alone(opened: Opened) -> Figure:
    now = opened.headline
    told = gettext("%(share)s of what these customers bought") % {
        "share": formatting.percent(now["share_alone"])
    }
    return Figure(
        _("Would be at risk if that one person left"),
        columns.short(opened, now["alone_cents"]),
        opened.list_url(ALONE),
        [gettext("counted")],
        [(_customers(now["alone_customers"]), ""), (told, "")],
        tone="loss",
        spark=opened.trend,
        spark_title=gettext("At the last 13 month-ends"),
    )


def _of_class_a(opened: Opened) -> Figure:
    now = opened.headline
    of = gettext("of %(n)s of class A") % {"n": formatting.number(now["a_customers"])}
    alone = ngettext(
        "%(n)s rests on one person", "%(n)s rest on one person", now["alone_a_customers"]
    ) % {"n": formatting.number(now["alone_a_customers"])}
    return Figure(
        _("Class A with two people"),
        formatting.percent(now["share_a_shared"]),
        opened.list_url("shared_a"),
        notes=[(of, ""), (alone, opened.list_url("alone_a"))],
    )


def _shared(opened: Opened) -> Figure:
    now = opened.headline
    return Figure(
        _("Two or more speak with them"),
        columns.short(opened, now["shared_cents"]),
        opened.list_url("shared"),
        notes=[(_customers(now["shared_customers"]), "")],
        tone="gain",
    )


def _nobody(opened: Opened) -> Figure:
    now = opened.headline
    return Figure(
        _("Nobody spoke with them"),
        columns.short(opened, now["nobody_cents"]),
        opened.list_url("nobody"),
        notes=[(_customers(now["nobody_customers"]), "")],
    )


def _customers(n: int) -> str:
    return ngettext("%(n)s customer", "%(n)s customers", n) % {"n": formatting.number(n)}


def _words(opened: Opened) -> str:
    """The rule with today's numbers."""
    now = opened.headline
    return gettext(
        "Of who bought in the last %(days)s days: %(alone)s with one person who spoke with them,"
        " %(shared)s with more, %(nobody)s with none. Who has left counts no more."
    ) % {
        "days": formatting.number(opened.run.values["rfm_days"]),
        "alone": _customers(now["alone_customers"]),
        "shared": formatting.number(now["shared_customers"]),
        "nobody": formatting.number(now["nobody_customers"]),
    }


def _by_person(opened: Opened) -> Card:
    """What would be at risk with each person, the most first."""
    found = rows(opened.snapshot, opened.viewer, [ALONE]).filter(opened.shelf.rows())
    groups = groups_of(found, opened.report, "owner", with_money=True)
    groups.sort(key=lambda group: (-group.whole.cents, group.key))
    bars: list[dict[str, Any]] = [
        {
            "label": group.label,
            "note": _customers(group.whole.n),
            "n": max(0, group.whole.cents),
            "text": formatting.money_short(group.whole.cents, opened.currency),
            "url": opened.list_url(ALONE, owner=group.key),
        }
        for group in groups[:AT_MOST]
    ]
    return Card(
        "people",
        _("If one of them left tomorrow"),
        "reports/charts/bars.html",
        _("sales of 12 months that rest on that person alone"),
        data={"bars": bars, "top": max((bar["n"] for bar in bars), default=0), "tone": "loss"},
    )


def _charts(opened: Opened) -> list[Card]:
    """Whoever sees themselves alone has read their own in the strip."""
    is_own = scope_of(opened.viewer).is_one_person
    return [*([] if is_own else [_by_person(opened)]), *moves(opened)]


def _why_no_range(_opened: Opened) -> str:
    return gettext(
        "It is counted who spoke with whom. What somebody would take along nobody can know."
    )


SPOKEN = dated("spoken", _("Last spoken"))
VOICES = fact("people", _("People"), "number", place="is-fact")
CLASS = fact("letter", _("Class"))
ONE = customer_columns(_("Last 12 months"), CLASS, SPOKEN, owner=_("Speaks with them"))
MORE = customer_columns(_("Last 12 months"), CLASS, VOICES, SPOKEN)
NONE = customer_columns(_("Last 12 months"), CLASS)
ACTS = ("introduce", "call", "reassign")

EXPOSURE_SCREEN = show(
    Screen(
        report=EXPOSURE,
        word="resting-on-one-person",
        title=EXPOSURE.title,
        lists=(
            ListView(
                ALONE,
                ONE,
                customers,
                _("one person alone spoke with them in 12 months"),
                _("Every customer who buys has two people, or nobody spoke with it."),
                deeds=ACTS,
            ),
            ListView("alone_a", ONE, customers, has_tab=False, deeds=ACTS),
            ListView("shared", MORE, customers),
            ListView("shared_a", MORE, customers, has_tab=False),
            ListView("nobody", NONE, customers, deeds=("call", "reassign")),
        ),
        strip=_strip,
        steps=count_steps,
        words=_words,
        explain=of_voices,
        why_range=_why_no_range,
        charts=_charts,
        splits=("owner", "team", "letter", "segment", "region"),
        group="analysis",
        is_opened_by_losses=True,
        icon="users",
        trend=ALONE,
    )
)
