"""Loss 6 on its page: which lost customers went with a rep who left."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.departures import DEPARTURES
from reports.definitions.did import DID
from reports.raw.spans import of_departure
from reports.reading.evidence import rows
from reports.reading.filters import as_query
from reports.reading.scope import has_facet
from reports.reading.standing import taken_over
from reports.screens import columns
from reports.screens.departures_charts import charts
from reports.screens.lead_names import people_names
from reports.screens.links import hand_over
from reports.screens.parts import Figure, ListView, Row, Shown, Step
from reports.screens.screen import Opened, Screen, show


def _noun(count: int) -> str:
    return ngettext("customer", "customers", count)


def _reps(count: int) -> str:
    return ngettext("rep", "reps", count)


def _day(name: str) -> Any:
    return lambda row: date.fromisoformat(row.fact(name)) if row.fact(name) else None


def _without(row: Row) -> Any:
    return row.fact("days_without_owner")


LEFT = Shown("left", _("Rep’s last day"), _day("leave_on"), "day", spare=True)
LOST = (
    columns.name(_("Customer")),
    columns.reference(),
    columns.owner(_("Departed rep")),
    LEFT,
    columns.day("lost", _("Lost on")),
    Shown("without", _("Days without an owner"), _without, "number", place="is-fact"),
    columns.money(_("A year")),
    columns.next_step(),
)
OPEN = (
    columns.name(_("Customer")),
    columns.reference(),
    columns.owner(_("Departed rep")),
    columns.day("since", _("Since")),
    columns.money(_("Last 12 months")),
    columns.next_step(wanted=True),
)
LEAVERS = (
    columns.name(_("Rep")),
    columns.reference(),
    columns.day("left", _("Last day")),
    Shown(
        "customers", _("Customers"), lambda row: row.fact("customers"), "number", place="is-fact"
    ),
    columns.money(_("A year")),
)
LISTS = (
    ListView(
        "loss",
        LOST,
        _noun,
        hint=_("lost after their rep left; each is also a customer who left (loss 1)"),
        nobody=_("No customer was lost with a rep."),
        deeds=("call", "reassign"),
        of=_("a year"),
    ),
    ListView(
        "to_hand_over",
        OPEN,
        _noun,
        hint=_(
            "their rep leaves or has left, and nobody has spoken with them since; or they were handed over,"
            " and have not ordered or renewed since"
        ),
        nobody=_("Every customer who changed hands is safe."),
        deeds=("hand-over", "remind", "call"),
        of=_("in the last 12 months"),
    ),
    ListView("leaver", LEAVERS, _reps, of=_("a year"), of_people=True),
    ListView("departure", LEAVERS[:3], _reps, has_tab=False, sort="left", of_people=True),
)


def strip(opened: Opened) -> list[Figure]:
    return [_lost(opened), _leavers(opened), _open(opened), *_effect(opened)]


def _lost(opened: Opened) -> Figure:
    now = opened.headline
    count = ngettext("%(n)s customer", "%(n)s customers", now["customers"]) % {
        "n": formatting.number(now["customers"])
    }
    return Figure(
        _("Lost with a departed rep, a year"),
        columns.short(opened, now["loss_cents"]),
        opened.list_url("loss"),
        [gettext("counted"), *columns.moved(opened, "loss_cents")],
        [(count, ""), (gettext("a part of the customers leaving"), "")],
        tone="loss",
        spark=opened.trend,
        spark_before=opened.trend_before,
    )


def _leavers(opened: Opened) -> Figure:
    now = opened.headline
    if opened.is_by_customers:
        n = formatting.number(_leavers_of_customers(opened))
        return Figure(_("Reps whose customers left"), n, opened.split_url("departure", "loss"))
    left = ngettext(
        "%(n)s left in the period", "%(n)s left in the period", now["departures_in_period"]
    )
    told = left % {"n": formatting.number(now["departures_in_period"])}
    return Figure(
        _("Reps whose customers left"),
        formatting.number(now["reps"]),
        opened.list_url("leaver"),
        notes=[(told, opened.list_url("departure"))],
    )


def _leavers_of_customers(opened: Opened) -> int:
    """With how many reps the customers went that the page is narrowed to; one query."""
    lost = rows(opened.snapshot, opened.viewer, ["loss"]).filter(opened.shelf.rows())
    return lost.order_by().values("facets__departure").distinct().count()


def _open(opened: Opened) -> Figure:
    """Customers without a new owner, those not called by theirs, and those that after-care watches."""
    waiting = opened.totals["to_hand_over"]
    rows_seen = rows(opened.snapshot, opened.viewer, ["to_hand_over"]).filter(opened.shelf.rows())
    taken = taken_over(rows_seen) if waiting.n else rows_seen.none()
    n = taken.count()
    watched = taken.filter(has_facet("watched", 1)).count()
    told = ngettext(
        "%(n)s customer waits to be handed over",
        "%(n)s customers wait to be handed over",
        waiting.n - n,
    ) % {"n": formatting.number(waiting.n - n)}
    called = ngettext(
        "%(n)s waits for the first call of its new owner",
        "%(n)s wait for the first call of their new owners",
        n - watched,
    ) % {"n": formatting.number(n - watched)}
    cared = ngettext(
        "%(n)s handed over has not ordered or renewed since",
        "%(n)s handed over have not ordered or renewed since",
        watched,
    ) % {"n": formatting.number(watched)}
    more = [(called, n - watched), (cared, watched)]
    return Figure(
        _("Can still be stopped"),
        columns.short(opened, waiting.cents),
        opened.list_url("to_hand_over"),
        notes=[(told, ""), *((text, "") for text, count in more if count)],
        tone="gain",
    )


def _effect(opened: Opened) -> list[Figure]:
    """What those who stayed bought less: an estimate beside the loss, never in it."""
    snapshot = opened.shelf.last(DID)
    if snapshot is None:
        return []
    effect = opened.shelf.totals([snapshot])[snapshot.pk]["effect"]
    if not effect.n:
        return []
    ends = formatting.money_range(effect.low_cents, effect.high_cents)
    told = ngettext(
        "estimate over %(n)s departure, not in the loss",
        "estimate over %(n)s departures, not in the loss",
        effect.n,
    ) % {"n": formatting.number(effect.n)}
    return [
        Figure(
            _("Those who stayed bought less by"),
            columns.short(opened, effect.cents),
            f"{reverse(DID.slug)}?{urlencode(as_query(opened.filters, list='effect'))}#rows",
            [gettext("probably %(ends)s") % {"ends": ends}],
            notes=[(told, "")],
        )
    ]


def words(opened: Opened) -> str:
    now = opened.headline
    return gettext(
        "Of the customers who left, %(n)s belonged to a rep who had left before: together %(loss)s of yearly"
        " sales. All of it is part of loss 1."
    ) % {
        "n": formatting.number(now["customers"]),
        "loss": formatting.money(now["loss_cents"], opened.currency),
    }


def steps(opened: Opened) -> list[Step]:
    now = opened.headline

    def count(label: Any, key: str, name: str, **more: Any) -> Step:
        return Step(label, formatting.number(now[name]), opened.list_url(key), **more)

    by_rep = (
        Step(
            _("of so many reps"),
            formatting.number(_leavers_of_customers(opened)),
            opened.split_url("departure", "loss"),
        )
        if opened.is_by_customers
        else count(_("of so many reps"), "leaver", "reps")
    )
    left = count(_("Reps who left in the period"), "departure", "departures_in_period")
    return [
        *([] if opened.is_by_customers else [left]),
        count(_("Customers lost after their rep left"), "loss", "customers", is_sum=True),
        by_rep,
        Step(
            _("Changing hands, not safe yet"),
            formatting.number(opened.totals["to_hand_over"].n),
            opened.list_url("to_hand_over"),
        ),
    ]


def why_range(opened: Opened) -> str:
    return gettext("The figure is counted by a rule, not estimated.")


DEPARTURES_SCREEN = show(
    Screen(
        report=DEPARTURES,
        word="departed-reps",
        title=_("Departed reps"),
        lists=LISTS,
        strip=strip,
        steps=steps,
        words=words,
        explain=of_departure,
        left_out=(
            _(
                "Customers who had left before their rep did, and those who bought on for more than the grace."
            ),
        ),
        why_range=why_range,
        charts=charts,
        splits=(
            "departure",
            "successor",
            "without_owner",
            "team",
            "segment",
            "region",
            "tenure_years",
        ),
        names={"departure": people_names, "successor": people_names},
        companions=(DID,),
        links=hand_over,
        computed=(DEPARTURES, DID),
        needs=_("needs leave dates and owners over time"),
        trend="loss",
        icon="logout",
    )
)
