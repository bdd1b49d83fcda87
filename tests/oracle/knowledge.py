"""What the books said at the end of one day: parties with their orders, contracts and owners.

Sources: loss-report definitions R2 (as-of), R5 (money), R6 (orders), R7 (merged, test), R8 (owner).
Money is integer base cents, numbers are fractions, days are dates.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

from tests.oracle.tables import Row, Tables, by_column, cell, day, visible

NOBODY = "(none)"


@dataclass(frozen=True)
class Contract:
    start: date
    cover: date | None
    """Last day of cover as agreed or cancelled; None while open."""


@dataclass(frozen=True)
class Ownership:
    reference: str
    rep: str
    start: date
    end: date | None
    """First day no longer owner; None while it lasts."""
    of_survivor: bool


@dataclass
class Party:
    """A customer with the rows of everybody merged into it by then."""

    reference: str
    revenue: list[tuple[date, int]] = field(default_factory=list)
    purchases: list[date] = field(default_factory=list)
    """One entry per purchase (R6), oldest first: a day with two purchases stands twice."""
    purchase_cents: dict[date, int] = field(default_factory=dict)
    """Purchase date -> all that its purchases sum to, refunds of any day included."""
    contracts: list[Contract] = field(default_factory=list)
    ownership: list[Ownership] = field(default_factory=list)

    def net(self, first: date, last: date) -> int:
        return sum(cents for on, cents in self.revenue if first <= on <= last)

    def owner(self, on: date) -> str:
        """R8: the owner on that day, or "(none)": no row, or the row that holds names nobody."""
        rows = [o for o in self.ownership if o.start <= on and (o.end is None or on < o.end)]
        if not rows:
            return NOBODY
        return max(rows, key=lambda o: (o.of_survivor, o.start, o.reference)).rep or NOBODY


@dataclass(frozen=True)
class Knowledge:
    as_of: date
    parties: dict[str, Party]
    leavers: dict[str, date]
    survivors: dict[str, str]
    """Every customer -> the party it belongs to by then, itself if it is not merged."""
    left_out: set[str]
    """Customers that are a test, or belong to one."""


def half_up(value: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    doubled = 2 * abs(value)
    whole = (doubled.numerator // doubled.denominator + 1) // 2
    return whole if value >= 0 else -whole


def base_cents(row: Row) -> int:
    """R5: amount times the rate of booking, rounded once by row."""
    return cents_of(row["amount"], cell(row, "fx_rate"))


@cache
def cents_of(amount: str, rate: str) -> int:
    return half_up(Fraction(amount) * Fraction(rate or "1") * 100)


def money(cents: int) -> Decimal:
    return (Decimal(cents) / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def known_at(tables: Tables, as_of: date) -> Knowledge:
    customers = by_column(tables.get("customers", []), "customer_id")
    survivors = {reference: _survivor(reference, customers, as_of) for reference in customers}
    parties = {
        reference: Party(reference)
        for reference, row in customers.items()
        if survivors[reference] == reference and not _is_test(row)
    }
    left_out = set(customers) - belongs_to(tables, as_of).keys()
    _add_revenue(tables, as_of, survivors, left_out, parties)
    _add_contracts(tables, as_of, survivors, left_out, parties)
    _add_ownership(tables, as_of, survivors, left_out, parties)
    return Knowledge(as_of, parties, _leavers(tables, as_of), survivors, left_out)


def belongs_to(tables: Tables, as_of: date) -> dict[str, str]:
    """R7: the party that each customer's rows belong to at D; test customers are not there."""
    customers = by_column(tables.get("customers", []), "customer_id")
    survivors = {reference: _survivor(reference, customers, as_of) for reference in customers}
    return {
        reference: survivor
        for reference, survivor in survivors.items()
        if not _is_test(customers[reference]) and not _is_test(customers[survivor])
    }


def _is_test(row: Row) -> bool:
    return cell(row, "is_test") == "1"


def _survivor(reference: str, customers: dict[str, Row], as_of: date) -> str:
    while True:
        row = customers[reference]
        merged_on = day(cell(row, "merged_on"))
        if not cell(row, "merged_into") or merged_on is None or merged_on > as_of:
            return reference
        reference = cell(row, "merged_into")


def _add_revenue(
    tables: Tables,
    as_of: date,
    survivors: dict[str, str],
    left_out: set[str],
    parties: dict[str, Party],
) -> None:
    orders: dict[tuple[str, str, str], list[tuple[date, int]]] = defaultdict(list)
    for row in tables.get("revenue", []):
        if row["customer_id"] in left_out or not visible(row, "date", as_of):
            continue
        party = parties[survivors[row["customer_id"]]]
        entry = (date.fromisoformat(row["date"]), base_cents(row))
        party.revenue.append(entry)
        order = cell(row, "order_id")
        alone = "" if order else row["entry_id"]
        orders[party.reference, order, alone].append(entry)
    for (reference, _, _), entries in orders.items():
        total = sum(cents for _, cents in entries)
        if total > 0:
            party, bought_on = parties[reference], min(on for on, cents in entries if cents > 0)
            party.purchases.append(bought_on)
            party.purchase_cents[bought_on] = party.purchase_cents.get(bought_on, 0) + total
    for party in parties.values():
        party.purchases.sort()


def _add_contracts(
    tables: Tables,
    as_of: date,
    survivors: dict[str, str],
    left_out: set[str],
    parties: dict[str, Party],
) -> None:
    for row in tables.get("contracts", []):
        if row["customer_id"] in left_out or not visible(row, "start_on", as_of):
            continue
        end, cancelled = day(cell(row, "end_on")), day(cell(row, "cancelled_on"))
        if cancelled is not None and cancelled > as_of:
            cancelled = None
        ends = [each for each in (end, cancelled) if each is not None]
        contract = Contract(day(cell(row, "start_on")) or date.min, min(ends, default=None))
        parties[survivors[row["customer_id"]]].contracts.append(contract)


def _add_ownership(
    tables: Tables,
    as_of: date,
    survivors: dict[str, str],
    left_out: set[str],
    parties: dict[str, Party],
) -> None:
    for row in tables.get("ownership", []):
        customer = row["customer_id"]
        if customer in left_out or not visible(row, "from_on", as_of):
            continue
        end = day(cell(row, "to_on"))
        parties[survivors[customer]].ownership.append(
            Ownership(
                reference=row["ownership_id"],
                rep=cell(row, "rep_id"),
                start=day(cell(row, "from_on")) or date.min,
                end=None if end is not None and end > as_of else end,
                of_survivor=survivors[customer] == customer,
            )
        )


def _leavers(tables: Tables, as_of: date) -> dict[str, date]:
    left = {row["rep_id"]: day(cell(row, "leave_on")) for row in tables.get("reps", [])}
    return {rep: on for rep, on in left.items() if on is not None and on <= as_of}
