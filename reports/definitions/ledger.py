"""The ledger: six losses, what of them is counted twice, and both bases (loss-reports section 9)."""

import json
from collections.abc import Iterable
from fractions import Fraction
from functools import partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.abreast import abreast
from crm.lib.sqlite import know_half_up_times
from reports.definitions.churn import CHURN
from reports.definitions.departures import DEPARTURES
from reports.definitions.leakage import LEAKAGE
from reports.definitions.marketing import MARKETING
from reports.definitions.new_reps import NEW_REPS
from reports.definitions.time import TIME
from reports.models import Snapshot
from reports.overview.ledger_view import Basis, margin_basis, revenue_basis, totals_of_all
from reports.printing import Money
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import ledger_rows
from reports.rows.ledger_lines import campaign_lines, lead_lines, pairs_of
from reports.rows.ledger_wages import least_selling, wages_lost_twice
from reports.rows.margin_rate import as_text, margin_rate_at, rate_in, usable
from reports.rules.catalogue import Values
from reports.snapshots.companions import companion
from reports.snapshots.filling import insert_made, insert_rows
from reports.snapshots.taking import run_of

LOSSES = {1: CHURN, 2: LEAKAGE, 3: MARKETING, 4: TIME, 5: NEW_REPS, 6: DEPARTURES}
# Two sets, each worked out by a connection of its own, that take equally long; departures are made of churn.
ABREAST = ((1, 6, 4), (2, 3, 5))


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """What is counted twice in the snapshots of the same run; `whole` names them, so that pages never mix runs."""
    losses = _losses(snapshot, run)
    rate = margin_rate_at(run.as_of)
    ids = {f"loss_{n}": one.pk for n, one in losses.items()}
    _count_twice(snapshot, losses, ids, Fraction(1))
    insert_made(snapshot, wages_lost_twice(losses[4], losses[5], run))
    if rate is not None and usable(rate):
        _count_twice(snapshot, losses, ids, rate, margin=True)
    stoppable = ledger_rows.still_to_stop(connection.vendor)
    insert_rows(snapshot, ledger_rows.at_risk(), stoppable, ids)
    insert_made(snapshot, least_selling(losses[4]))
    return {
        "snapshots": {str(n): one.pk for n, one in losses.items()},
        "margin_rate": as_text(rate),
    }


def _losses(snapshot: Snapshot, run: Run) -> dict[int, Snapshot]:
    """The six of the same run, by number."""

    def of(numbers: tuple[int, ...]) -> dict[int, Snapshot]:
        return {n: companion(LOSSES[n], snapshot, run) for n in numbers}

    sets = abreast([partial(of, numbers) for numbers in ABREAST])
    return dict(sorted(pair for found in sets for pair in found.items()))


def _count_twice(
    snapshot: Snapshot,
    losses: dict[int, Snapshot],
    ids: dict[str, int],
    rate: Fraction,
    *,
    margin: bool = False,
) -> None:
    """Overlaps 1&6 and 2&3 of a basis, and on that of the margin its lines of 1, 2 and 6."""
    vendor, name = connection.vendor, "margin_overlap_2_3" if margin else "overlap_2_3"
    know_half_up_times(connection)
    sources = [line.times(rate) for line in lead_lines(losses[2])]
    values = {
        **ids,
        "rate_part": rate.numerator,
        "rate_whole": rate.denominator,
        "lines": json.dumps([line.told() for line in sources]),
        "pairs": json.dumps(list(pairs_of(sources, campaign_lines(losses[3])))),
    }
    given = f"{ledger_rows.lines(vendor)},{ledger_rows.pairs(vendor)}"
    rows = [ledger_rows.leads_lost_twice(name, vendor)]
    if margin:
        rows += [ledger_rows.margins(vendor), ledger_rows.shared(vendor)]
    else:
        rows.append(ledger_rows.departed(vendor))
    insert_rows(snapshot, given, " UNION ALL ".join(rows), values)


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """What is counted twice, and the sums on the margin basis, in cents; the losses themselves are elsewhere.

    `reports.overview.ledger_view` puts them together.
    """
    rate = rate_in(whole)
    return {
        **{f"{measure}_cents": totals[measure].cents for measure in SUMMED},
        **{f"{measure}_rows": totals[measure].n for measure in OVERLAPS},
        "margin_rate": None if rate is None else float(rate),
        "partial": run.is_partial,
    }


OVERLAPS = ("overlap_1_6", "overlap_2_3", "overlap_4_5")
SUMMED = (*OVERLAPS, "margin_1", "margin_2", "margin_6", "margin_overlap_1_6", "margin_overlap_2_3")


def snapshots_in(snapshot: Snapshot) -> dict[int, Snapshot]:
    """The six snapshots that a ledger is made of, by the number of their loss; one query."""
    return snapshots_in_each([snapshot])[snapshot.pk]


def snapshots_in_each(ledgers: Iterable[Snapshot]) -> dict[int, dict[int, Snapshot]]:
    """The same of several ledgers, by their id; one query for all."""
    named = {one.pk: one.whole["snapshots"] for one in ledgers}
    found = Snapshot.objects.in_bulk({pk for parts in named.values() for pk in parts.values()})
    return {
        ledger: {int(number): found[pk] for number, pk in parts.items() if pk in found}
        for ledger, parts in named.items()
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report ledger`."""
    totals = totals_of_all(snapshot)
    margin = margin_basis(totals, rate_in(snapshot.whole))
    losses = sorted(snapshots_in(snapshot).items())
    return {
        "as_of": run.as_of,
        "from": run.period.start,
        "to": run.period.end,
        "partial": run.is_partial,
        "revenue_basis": _printed(revenue_basis(totals)),
        "margin_basis": None if margin is None else _printed(margin),
        "margin_rate": snapshot.headline["margin_rate"],
        "reports": {str(n): LOSSES[n].printed(one, run_of(one)) for n, one in losses},
    }


def _printed(basis: Basis) -> dict[str, Any]:
    return {
        "losses": {str(n): Money(loss.cents) for n, loss in basis.losses.items()},
        "overlaps": {pair: Money(cents) for pair, cents in basis.overlaps.items()},
        "total": Money(basis.total.cents),
    }


def _parameter_names() -> tuple[str, ...]:
    """Those of the six, each once."""
    return tuple(
        dict.fromkeys(name for report in LOSSES.values() for name in report.parameter_names)
    )


def _ripening(values: Values) -> int:
    """It is ripe when all six are."""
    return max(report.ripening(values) for report in LOSSES.values())


LEDGER = register(
    Report(
        slug="ledger",
        version=1,
        title=_("What we lose"),
        question=_("What do we lose, in six ways, and how much of it is counted twice?"),
        formula=_("the sum of six losses − what two of them count both"),
        parameter_names=_parameter_names(),
        measures=(
            Measure("overlap_1_6", _("Left with a departed rep, counted twice"), by_month=True),
            Measure("overlap_2_3", _("Leads lost twice"), by_month=True),
            Measure("overlap_4_5", _("Wages lost twice"), by_month=True),
            Measure("margin_1", _("Customers leaving, on the margin basis"), by_month=True),
            Measure("margin_2", _("Leads not won, on the margin basis"), by_month=True),
            Measure("margin_6", _("Departed reps, on the margin basis"), by_month=True),
            Measure(
                "margin_overlap_1_6", _("Left with a departed rep, counted twice"), by_month=True
            ),
            Measure("margin_overlap_2_3", _("Leads lost twice"), by_month=True),
            Measure("stoppable_4", _("Reps who sell least"), unit="count", live=True),
            Measure("stoppable_6", _("Changing hands, not yet at risk"), live=True),
        ),
        lists=(
            *(
                Listed(name, label, (name,), False, f"{name}_rows", f"{name}_cents")
                for name, label in (
                    ("overlap_1_6", _("Left with a departed rep, counted twice")),
                    ("overlap_2_3", _("Leads lost twice")),
                    ("overlap_4_5", _("Wages lost twice")),
                )
            ),
            *(
                Listed(name, label, (name,), money=f"{name}_cents")
                for name, label in (
                    ("margin_1", _("Customers leaving, on the margin basis")),
                    ("margin_2", _("Leads not won, on the margin basis")),
                    ("margin_6", _("Departed reps, on the margin basis")),
                    ("margin_overlap_2_3", _("Leads lost twice")),
                )
            ),
            Listed("stoppable_4", _("Reps who sell least"), ("stoppable_4",)),
            Listed("stoppable_6", _("Changing hands, not yet at risk"), ("stoppable_6",)),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
            Dimension("source", _("Source")),
            Dimension("campaign", _("Campaign")),
            Dimension("channel", _("Channel")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        ripening=_ripening,
        reads=tuple(dict.fromkeys(fact for report in LOSSES.values() for fact in report.reads)),
    )
)
