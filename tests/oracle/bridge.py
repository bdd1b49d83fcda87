"""Revenue bridge (section 10): how the money of the previous period became that of this one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.oracle.knowledge import Party, known_at, money
from tests.oracle.periods import previous_mature
from tests.oracle.shares import share
from tests.oracle.tables import Settings, Tables

PARTS = ("new", "reactivated", "expansion", "contraction", "lost", "adjustment")


def bridge(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Both periods as known at the end of `as_of`, equally long if this one is not over (R4)."""
    end = min(to, as_of)
    before_from, before_end = previous_mature(from_, to, as_of)
    parts = dict.fromkeys(PARTS, 0)
    counts = dict.fromkeys(PARTS, 0)
    pairs = []
    for party in known_at(tables, as_of).parties.values():
        then, now = party.net(before_from, before_end), party.net(from_, end)
        pairs.append((then, now))
        if then != now:
            part = _part(party, then, now, from_, end)
            parts[part] += now - then
            counts[part] += 1
    return {
        "start": money(sum(then for then, _ in pairs)),
        "end": money(sum(now for _, now in pairs)),
        "parts": {name: money(cents) for name, cents in parts.items()},
        "customers": counts,
        **_retention([pair for pair in pairs if pair[0] > 0]),
    }


def _part(party: Party, then: int, now: int, from_: date, end: date) -> str:
    """Which part a customer belongs to whose two sums differ."""
    if then > 0:
        if now <= 0:
            return "lost"
        return "expansion" if now > then else "contraction"
    if then == 0 and now > 0:
        first = party.purchases[0] if party.purchases else None
        return "new" if first is not None and from_ <= first <= end else "reactivated"
    return "adjustment"


def _retention(paying: list[tuple[int, int]]) -> dict[str, Any]:
    """GRR and NRR over those who paid in the previous period."""
    start = sum(then for then, _ in paying)
    kept = sum(min(max(now, 0), then) for then, now in paying)
    return {"grr": share(kept, start), "nrr": share(sum(now for _, now in paying), start)}
