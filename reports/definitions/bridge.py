"""The revenue bridge: how the money of the period before became that of this one, customer by customer."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.models import Snapshot
from reports.printing import Money, money_keys
from reports.reads import PURCHASES
from reports.report import (
    Dimension,
    Listed,
    Measure,
    Report,
    Run,
    Sum,
    Totals,
    Whole,
    register,
)
from reports.rows import bridge_rows, knowledge
from reports.rows.bridge_rows import PARTS
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import share
from team.models import Company

# The lists in the order in which one acts: who buys less may still be won back.
TO_ACT_ON = ("contraction", "lost", "expansion", "reactivated", "new", "adjustment")
LABELS = {
    "new": _("New customers"),
    "reactivated": _("Back again"),
    "expansion": _("Bought more"),
    "contraction": _("Bought less"),
    "lost": _("Bought nothing more"),
    "adjustment": _("Credits and corrections"),
}


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Both periods with the knowledge of the same day, equally long while this one runs (R4)."""
    vendor = connection.vendor
    expressions = ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            bridge_rows.moves(vendor),
            knowledge.owners("move"),
        ]
    )
    insert_rows(snapshot, expressions, bridge_rows.evidence(vendor), _statement_values(run))
    return {}


def _statement_values(run: Run) -> dict[str, Any]:
    earlier = run.previous()
    return {
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "today": Company.get().today.isoformat(),
        # no median is read
        "memory": 0,
        "earlier_start": day_number(earlier.period.start),
        "earlier_end": day_number(earlier.end),
        "start": day_number(run.period.start),
        "end": day_number(run.end),
    }


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """Start + parts = end. `grr` and `nrr` are over who bought in the period before, None without any."""
    parts = {name: totals[name] for name in PARTS}
    moved = sum(parts.values(), Sum())
    start = (moved + totals["unchanged"]).base_cents
    kept = totals["kept"]
    gained = sum(parts[name].cents for name in ("expansion", "contraction", "lost"))
    figures: dict[str, Any] = {"start_cents": start, "end_cents": start + moved.cents}
    for name, part in parts.items():
        figures |= {f"{name}_cents": part.cents, f"{name}_customers": part.n}
    return figures | {
        "kept_cents": kept.cents,
        "grr": share(kept.cents, kept.base_cents),
        "nrr": share(kept.base_cents + gained, kept.base_cents),
        "partial": run.is_partial,
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report bridge`."""
    figures = snapshot.headline
    ends = money_keys({name: figures[name] for name in ("start_cents", "end_cents")})
    return {
        **ends,
        "parts": {name: Money(figures[f"{name}_cents"]) for name in PARTS},
        "customers": {name: figures[f"{name}_customers"] for name in PARTS},
        "grr": figures["grr"],
        "nrr": figures["nrr"],
    }


BRIDGE = register(
    Report(
        slug="bridge",
        version=1,
        title=_("Where revenue moved"),
        question=_("How did the revenue of the period before become that of this period?"),
        formula=_("revenue before + new + back again + more − less − lost ± corrections"),
        parameter_names=(),
        measures=(
            *(Measure(name, LABELS[name]) for name in PARTS),
            Measure("unchanged", _("Bought the same")),
            Measure("kept", _("Kept of what was bought before")),
        ),
        lists=(
            *(
                Listed(
                    name, LABELS[name], (name,), count=f"{name}_customers", money=f"{name}_cents"
                )
                for name in TO_ACT_ON
            ),
            Listed("kept", _("Kept of what was bought before"), ("kept",), money="kept_cents"),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        reads=PURCHASES,
    )
)
