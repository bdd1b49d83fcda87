"""RFM and ABC (section 10): customers in classes, over a window of days that ends at D."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.knowledge import Knowledge, known_at, money
from tests.oracle.states import days, parameters
from tests.oracle.tables import Settings, Tables

CLASS_DEFAULTS = {"rfm_days": "365", "abc_a": "0.80", "abc_b": "0.95"}
SEGMENTS = {
    "fresh": ("champions", "potential", "recent"),
    "middling": ("loyal", "attention", "fading"),
    "stale": ("at_risk", "sleeping", "low"),
}


def rfm(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Scores of who bought in the window, and how many customers did not (`lapsed`)."""
    rules = parameters(settings, params or {}, CLASS_DEFAULTS)
    known = known_at(tables, as_of)
    first = as_of - days(rules, "rfm_days") + timedelta(days=1)
    recency, frequency, monetary = {}, {}, {}
    lapsed = 0
    for reference, party in known.parties.items():
        bought = {on for on in party.purchases if on >= first}
        if bought:
            recency[reference] = (as_of - max(bought)).days
            frequency[reference] = len(bought)
            monetary[reference] = party.net(first, as_of)
        elif party.purchases:
            lapsed += 1
    fresh = _scores({reference: -value for reference, value in recency.items()})
    often, much = _scores(frequency), _scores(monetary)
    customers = {
        reference: {
            "recency": recency[reference],
            "frequency": frequency[reference],
            "monetary": money(monetary[reference]),
            "R": fresh[reference],
            "F": often[reference],
            "M": much[reference],
            "segment": _segment(fresh[reference], (often[reference] + much[reference] + 1) // 2),
        }
        for reference in sorted(recency)
    }
    return {"customers": customers, "lapsed": lapsed}


def _scores(values: Mapping[str, int]) -> dict[str, int]:
    """1 to 5, the higher the better: 1 + floor(5 * (2*less + equal) / (2n))."""
    everybody = list(values.values())
    return {
        reference: 1
        + 5
        * (2 * sum(other < value for other in everybody) + everybody.count(value))
        // (2 * len(everybody))
        for reference, value in values.items()
    }


def _segment(fresh: int, worth: int) -> str:
    row = "fresh" if fresh >= 4 else "middling" if fresh == 3 else "stale"
    return SEGMENTS[row][0 if worth >= 4 else 1 if worth >= 2 else 2]


def abc(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """The class of every customer, by the share of all money that lies before it."""
    rules = parameters(settings, params or {}, CLASS_DEFAULTS)
    nets = _nets(known_at(tables, as_of), days(rules, "rfm_days"))
    total = sum(net for net in nets.values() if net > 0)
    found = {}
    before = 0
    for reference in sorted(nets, key=lambda each: (-nets[each], each)):
        net = nets[reference]
        if net <= 0:
            found[reference] = "C"
            continue
        share = Fraction(before, total)
        found[reference] = "A" if share < rules["abc_a"] else "B" if share < rules["abc_b"] else "C"
        before += net
    return dict(sorted(found.items()))


def _nets(known: Knowledge, window: timedelta) -> dict[str, int]:
    first = known.as_of - window + timedelta(days=1)
    return {
        reference: party.net(first, known.as_of)
        for reference, party in known.parties.items()
        if party.purchases
    }
