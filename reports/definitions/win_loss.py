"""Won and lost: what became of the deals that closed in the period, and why the lost ones were lost."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.knowledge import survivors
from reports.models import Snapshot
from reports.printing import Money, money_keys
from reports.reads import DEALS
from reports.report import Dimension, Listed, Measure, Report, Run, Sum, Totals, Whole, register
from reports.rows import deal_rows, knowledge
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import share, wilson

NONE = "(none)"


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Deals as they stood at the end of the period, known at the as-of day."""
    vendor = connection.vendor
    expressions = ",".join(
        [
            survivors(),
            deal_rows.stands("%(start_on)s"),
            deal_rows.closed(),
            knowledge.teams("moment"),
        ]
    )
    values = {
        "date": run.as_of.isoformat(),
        "until": run.end.isoformat(),
        "start_on": run.period.start.isoformat(),
        "end_on": run.end.isoformat(),
    }
    insert_rows(snapshot, expressions, deal_rows.closed_evidence(vendor), values)
    return {}


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """Counts, money, and their rates; `reasons` by reason with count and cents, largest money first."""
    won, lost = totals["won"], totals["lost"]
    low, high = wilson(won.n, won.n + lost.n)
    reasons = totals.by_line("lost")
    return {
        "won": won.n,
        "lost": lost.n,
        "won_amount_cents": won.cents,
        "lost_amount_cents": lost.cents,
        "win_rate": share(won.n, won.n + lost.n),
        "lo": low,
        "hi": high,
        "win_rate_amount": share(won.cents, won.cents + lost.cents),
        "without_reason": share(reasons.get("", Sum()).n, lost.n),
        "reasons": [
            {"reason": reason, "count": each.n, "amount_cents": each.cents}
            for reason, each in sorted(reasons.items(), key=lambda item: (-item[1].cents, item[0]))
        ],
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report win_loss`."""
    shown = [
        name for name in headline(Totals(), run, {}) if name not in ("without_reason", "reasons")
    ]
    figures = {name: snapshot.headline[name] for name in shown}
    reasons: dict[str, Any] = {}
    for each in sorted(snapshot.headline["reasons"], key=lambda one: one["reason"] or NONE):
        reasons[each["reason"] or NONE] = {
            "count": each["count"],
            "amount": Money(each["amount_cents"]),
        }
    return money_keys(figures) | {"reasons": reasons}


WIN_LOSS = register(
    Report(
        slug="win_loss",
        version=1,
        title=_("Deals won and lost"),
        question=_("Of the deals that closed, how many did we win, and why did we lose the rest?"),
        formula=_("deals won ÷ deals closed in the period"),
        parameter_names=(),
        measures=(
            Measure("won", _("Won"), by_month=True),
            Measure("lost", pgettext_lazy("a deal", "Lost"), by_month=True),
        ),
        lists=(
            Listed(
                "lost",
                pgettext_lazy("a deal", "Lost"),
                ("lost",),
                False,
                "lost",
                "lost_amount_cents",
            ),
            Listed("won", _("Won"), ("won",), False, "won", "won_amount_cents"),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("reason", _("Reason")),
            Dimension("competitor", _("Competitor")),
            Dimension("stage_before", _("Stage before")),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        reads=DEALS,
        parts_by_line=True,
    )
)
