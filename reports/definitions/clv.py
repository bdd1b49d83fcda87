"""Customer value: what each customer is expected to buy in the next year, by BG/NBD and gamma-gamma."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.money import half_up
from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.modelling import gamma_gamma
from reports.modelling.alive import expected_purchases, p_alive
from reports.modelling.bgnbd import Model
from reports.modelling.fitting import fitted
from reports.modelling.gamma_gamma import Spend, Spent
from reports.modelling.likelihood import Group
from reports.models import Evidence, Snapshot
from reports.printing import Money, broken_number
from reports.reads import PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import clv_rows, knowledge, standing
from reports.rows.clv_rows import BILLION
from reports.snapshots.filling import drafted, insert_rows, lent, read_rows
from team.models import Company

PARAMETERS = ("bgnbd_min_customers", "bgnbd_min_repeaters")
AHEAD = 365
# Where customers who buy often pay more or less each time, gamma-gamma errs: beyond this it is said.
CORRELATED = 0.3
MODEL_KEYS = ("r", "alpha", "a", "b", "LL", "ok", "n")


class Alike(NamedTuple):
    """Customers of whom the models say the same."""

    group: Group
    spent: Spent


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Fit both models, then write a row per customer. Without a model there are no rows."""
    vendor = connection.vendor
    values = _statement_values(run)
    expressions = ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            standing.covers(vendor, ("day",)),
            clv_rows.dated(),
        ]
    )
    with drafted("buyer", expressions, clv_rows.buyers(vendor), values):
        return _told(snapshot, run, values)


def _told(snapshot: Snapshot, run: Run, values: dict[str, Any]) -> dict[str, Any]:
    customers = _customers()
    groups, spends = _counted(customers)
    found = fitted(groups, run.as_of, run.values)
    whole = {"model": found.as_json(), "spend": None, "correlation": None}
    if found.model is None:
        return whole
    spend = gamma_gamma.fit(spends)
    expressions = f"{survivors()},{knowledge.owners('buyer')}"
    with lent("worth", clv_rows.COLUMNS, _worth(found.model, spend, customers)):
        insert_rows(snapshot, expressions, clv_rows.evidence(connection.vendor), values)
    told = spend._asdict() if spend else None
    return {**whole, "spend": told, "correlation": gamma_gamma.correlation(spends)}


def _statement_values(run: Run) -> dict[str, Any]:
    return {
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "today": Company.get().today.isoformat(),
        # no median is read
        "memory": 0,
    }


def _customers() -> Counter[Alike]:
    customers: Counter[Alike] = Counter()
    for row in read_rows("", clv_rows.alike(), {}):
        repeats = row["days"] - 1
        group = Group(repeats, row["span"], row["age"])
        customers[Alike(group, Spent(repeats, row["spent"]))] += row["n"]
    return customers


def _counted(customers: Counter[Alike]) -> tuple[Counter[Group], Counter[Spent]]:
    groups: Counter[Group] = Counter()
    spends: Counter[Spent] = Counter()
    for (group, spent), count in customers.items():
        groups[group] += count
        spends[spent] += count
    return groups, spends


def _worth(
    model: Model, spend: Spend | None, customers: Counter[Alike]
) -> Iterator[tuple[int, ...]]:
    """What the models say, once for all who are alike; money is rounded here and nowhere else."""
    known: dict[Group, tuple[int, float]] = {}
    for group, spent in customers:
        if group not in known:
            alive = round(p_alive(model, group) * BILLION)
            known[group] = alive, expected_purchases(model, group, AHEAD)
        alive, purchases = known[group]
        value = spend.of_purchase(spent) if spend else None
        money = (0, 0, 0) if value is None else (1, _cents(value), _cents(purchases * value))
        keys = (group.repeats + 1, group.span, group.age, spent.cents)
        yield (*keys, alive, round(purchases * BILLION), *money)


def _cents(value: float) -> int:
    return half_up(Fraction(value))


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """The value of all customers that have one, and the models it comes from."""
    rows = totals["clv"]
    correlation = whole.get("correlation")
    return {
        "clv_cents": rows.cents,
        "customers": rows.n,
        "valued_customers": rows.base_n,
        "model": whole.get("model"),
        "spend": whole.get("spend"),
        "correlation": correlation,
        "is_correlated": correlation is not None and abs(correlation) > CORRELATED,
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report clv`."""
    model, spend = snapshot.whole["model"], snapshot.whole["spend"]
    rows = snapshot.evidence.filter(measure="clv").order_by("line_key")
    customers = {row.line_key: _customer(row) for row in rows.iterator(2000)}
    return {
        "model": {key: model[key] for key in MODEL_KEYS},
        "spend": {
            "p": spend and spend["p"],
            "q": spend and spend["q"],
            "gamma": spend and spend["gamma"] / 100,
        },
        "customers": dict(sorted(customers.items())),
    }


def _customer(row: Evidence) -> dict[str, Any]:
    facets = row.facets
    value = facets["value_cents"]
    return {
        "p_alive": broken_number(facets["p_alive"]),
        "purchases": broken_number(facets["expected_purchases"]),
        "value": None if value is None else Money(value),
        "clv": None if value is None else Money(row.cents),
    }


CLV = register(
    Report(
        slug="clv",
        version=1,
        title=_("Customer value"),
        question=_("How much is each customer expected to buy in the next year?"),
        formula=_(
            "purchases expected in the next 365 days × what a purchase of the customer is worth"
        ),
        parameter_names=PARAMETERS,
        measures=(Measure("clv", _("Expected in a year")),),
        lists=(
            Listed("clv", _("Expected in a year"), ("clv",), False, "customers", "clv_cents"),
            Listed("valued", _("With a value"), ("clv",), True, "valued_customers"),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
            Dimension("one_time", _("Bought once"), is_whole=True),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        reads=PURCHASES,
        needs_period=False,
    )
)
