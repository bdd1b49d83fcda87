"""The simple rule: parameters, the state of a customer at the end of a day, its past calls "lost"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.knowledge import Knowledge, Party
from tests.oracle.tables import Settings

DEFAULTS = {
    "k": "3",
    "floor_days": "30",
    "cap_days": "365",
    "default_interval_days": "120",
    "gap_memory": "12",
    "min_gaps": "2",
    "value_days": "365",
    "contract_grace_days": "30",
    "warn_ratio": "0.67",
    "departure_grace_days": "90",
    "handover_days": "60",
}
Params = dict[str, Fraction]


@dataclass(frozen=True)
class State:
    """Where a customer stands at the end of a day on which it has at least one purchase."""

    basis: str
    last: date
    purchases: int
    one_time: bool
    typical: Fraction
    threshold: Fraction
    lost_on: date | None
    """None while a contract covers it without end."""

    def active(self, on: date) -> bool:
        return self.lost_on is None or on < self.lost_on


def parameters(
    settings: Settings, given: Mapping[str, Any], defaults: Mapping[str, str] = DEFAULTS
) -> Params:
    """Defaults, over them the company's settings, over them the parameters of this run."""
    texts = {**defaults} | {name: str(value) for name, value in settings.get("params", {}).items()}
    texts |= {name: str(value) for name, value in given.items()}
    return {name: Fraction(texts[name]) for name in defaults}


def days(params: Params, name: str) -> timedelta:
    return timedelta(days=int(params[name]))


def states_at(known: Knowledge, on: date, rules: Params) -> dict[str, State]:
    """Everybody with a purchase by `on`, judged by purchases and contracts up to that day."""
    states = {reference: _state(party, on, rules) for reference, party in known.parties.items()}
    return {reference: state for reference, state in states.items() if state is not None}


def _state(party: Party, on: date, rules: Params) -> State | None:
    purchases = [each for each in party.purchases if each <= on]
    if not purchases:
        return None
    purchase_days = sorted(set(purchases))
    last = purchase_days[-1]
    typical = typical_interval(purchase_days, rules)
    threshold = threshold_of(typical, rules)
    basis, lost_on = "rule", lost_day(purchase_days, rules)
    covers = [contract.cover for contract in party.contracts if contract.start <= on]
    if None in covers:
        basis, lost_on = "contract", None
    elif covers:
        cover = max(each for each in covers if each is not None)
        if last <= cover:
            basis = "contract"
            lost_on = cover + days(rules, "contract_grace_days") + timedelta(days=1)
    return State(basis, last, len(purchases), len(purchase_days) == 1, typical, threshold, lost_on)


def typical_interval(purchase_days: list[date], rules: Params) -> Fraction:
    gaps = [
        (after - before).days
        for before, after in zip(purchase_days, purchase_days[1:], strict=False)
    ]
    if len(gaps) < rules["min_gaps"]:
        return rules["default_interval_days"]
    gaps = sorted(gaps[-int(rules["gap_memory"]) :])
    middle = len(gaps) // 2
    if len(gaps) % 2:
        return Fraction(gaps[middle])
    return Fraction(gaps[middle - 1] + gaps[middle], 2)


def threshold_of(typical: Fraction, rules: Params) -> Fraction:
    return min(rules["cap_days"], max(rules["floor_days"], rules["k"] * typical))


def lost_day(purchase_days: list[date], rules: Params) -> date:
    """The first day whose distance from the last purchase exceeds the threshold."""
    threshold = threshold_of(typical_interval(purchase_days, rules), rules)
    whole = threshold.numerator // threshold.denominator
    return purchase_days[-1] + timedelta(days=whole + 1)


def calls(party: Party, rules: Params) -> Iterator[tuple[date, date | None]]:
    """Every call "lost" of the simple rule, with the purchase that ended it, if any.

    A purchase on the very day of the call prevents it. Parties with a contract have none.
    """
    purchase_days = sorted(set(party.purchases))
    if party.contracts:
        return
    for n in range(1, len(purchase_days) + 1):
        lost_on = lost_day(purchase_days[:n], rules)
        following = purchase_days[n] if n < len(purchase_days) else None
        if following is None or following > lost_on:
            yield lost_on, following


def annual_value(party: Party, last: date, as_of: date, rules: Params) -> int:
    """Cents: the year of buying up to the last purchase, less every later credit; not below 0."""
    first = last - days(rules, "value_days") + timedelta(days=1)
    return max(0, party.net(first, as_of))
