"""Win/loss and forecast (section 10), from the history of opportunities."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from tests.oracle.knowledge import belongs_to, cents_of, half_up, money
from tests.oracle.shares import Z, share, wilson
from tests.oracle.states import days, parameters
from tests.oracle.tables import Row, Settings, Tables, cell, day, visible

CLOSED = ("won", "lost")
NONE = "(none)"
DEAL_DEFAULTS = {"stage_min_n": "20", "stage_window_days": "365"}


@dataclass(frozen=True)
class Change:
    on: date
    stage: str
    cents: int
    """An empty amount is 0."""
    expected_close: date | None
    reason: str


History = list[Change]


def histories(tables: Tables, known_on: date, until: date) -> dict[str, History]:
    """By opportunity: its changes up to `until` in order, known at D; who has none is not there.

    Left out are opportunities of test customers and those not yet created at D.
    """
    owners = belongs_to(tables, known_on)
    counted = {
        row["opportunity_id"]
        for row in tables.get("opportunities", [])
        if _is_created(row, known_on)
        and (not cell(row, "customer_id") or row["customer_id"] in owners)
    }
    rows = sorted(
        tables.get("opp_history", []), key=lambda row: (row["changed_on"], row["history_id"])
    )
    found: dict[str, History] = defaultdict(list)
    for row in rows:
        if row["opportunity_id"] in counted and visible(row, "changed_on", known_on):
            change = _change(row)
            if change.on <= until:
                found[row["opportunity_id"]].append(change)
    return found


def _is_created(row: Row, as_of: date) -> bool:
    return not cell(row, "created_on") or visible(row, "created_on", as_of)


def _change(row: Row) -> Change:
    return Change(
        on=date.fromisoformat(row["changed_on"]),
        stage=cell(row, "stage"),
        cents=cents_of(cell(row, "amount") or "0", ""),
        expected_close=day(cell(row, "expected_close_on")),
        reason=cell(row, "reason"),
    )


def closing_day(history: History) -> date | None:
    """The first day of the run of closed rows at the end of the history; None while open."""
    closed_on = None
    for change in reversed(history):
        if change.stage not in CLOSED:
            break
        closed_on = change.on
    return closed_on


def win_loss(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Deals closed in the period, as they stand at its end."""
    end = min(to, as_of)
    last = []
    for history in histories(tables, as_of, end).values():
        closed_on = closing_day(history)
        if closed_on is not None and from_ <= closed_on <= end:
            last.append(history[-1])
    won = [change for change in last if change.stage == "won"]
    lost = [change for change in last if change.stage == "lost"]
    low, high = wilson(len(won), len(last))
    return {
        "won": len(won),
        "lost": len(lost),
        "won_amount": money(_sum(won)),
        "lost_amount": money(_sum(lost)),
        "win_rate": share(len(won), len(last)),
        "lo": low,
        "hi": high,
        "win_rate_amount": share(_sum(won), _sum(last)),
        "reasons": _reasons(lost),
    }


def _sum(changes: Iterable[Change]) -> int:
    return sum(change.cents for change in changes)


def _reasons(lost: list[Change]) -> dict[str, dict[str, Any]]:
    by_reason = defaultdict(list)
    for change in lost:
        by_reason[change.reason or NONE].append(change)
    return {
        reason: {"count": len(by_reason[reason]), "amount": money(_sum(by_reason[reason]))}
        for reason in sorted(by_reason)
    }


def forecast(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Open deals at D that are expected by `to`, each weighed with the chance of its stage."""
    rules = parameters(settings, params or {}, DEAL_DEFAULTS)
    known = histories(tables, as_of, as_of)
    first = as_of - days(rules, "stage_window_days") + timedelta(days=1)
    lines = []
    total = expected = 0
    variance = Fraction(0)
    for reference in sorted(known):
        last = known[reference][-1]
        if last.stage in CLOSED or last.expected_close is None or last.expected_close > to:
            continue
        won, closed = _outcomes(known.values(), last.stage, first)
        history = closed > 0 and closed >= rules["stage_min_n"]
        p = Fraction(won, closed) if history else _set_probability(settings, last.stage)
        cents = half_up(p * last.cents)
        total, expected = total + last.cents, expected + cents
        variance += p * (1 - p) * last.cents**2
        lines.append(
            {
                "opportunity_id": reference,
                "stage": last.stage,
                "amount": money(last.cents),
                "p": share(p.numerator, p.denominator),
                "basis": "history" if history else "setting",
                "expected": money(cents),
                "overdue": last.expected_close < as_of,
            }
        )
    half = _half_width(variance)
    return {
        "open": money(total),
        "expected": money(expected),
        "lo": money(max(0, half_up(expected - half))),
        "hi": money(min(total, half_up(expected + half))),
        "lines": lines,
    }


def _outcomes(known: Iterable[History], stage: str, first: date) -> tuple[int, int]:
    """(won, closed) of deals that ever were in the stage and closed on `first` or later."""
    won = closed = 0
    for history in known:
        closed_on = closing_day(history)
        if closed_on is None or closed_on < first:
            continue
        if any(change.stage == stage for change in history):
            closed += 1
            won += history[-1].stage == "won"
    return won, closed


def _set_probability(settings: Settings, stage: str) -> Fraction:
    return Fraction(str(settings.get("stage_probability", {}).get(stage, 0)))


def _half_width(variance: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = 40
        square = Decimal(variance.numerator) / variance.denominator
        return Fraction(Z * square.sqrt())
