"""How far each lead came on its way to a customer, by what is recorded of it, drafted once a run.

A lead is *answered* once it has a response, *reached* by a done activity of it whose outcome counts as reached,
*qualified* and with an *offer* by the stages that deals that came from it were in, *won* if it converted within
`convert_days` (docs/reports/leakage.md). Who came further came through all steps before, recorded or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from crm.lib.sql import day_number_sql
from customers.knowledge import held, known, not_test, recorded, said, survivors
from reports.report import Run
from reports.rules.catalogue import words_of
from reports.snapshots.filling import drafted, read_rows

STEPS = ("recorded", "answered", "reached", "qualified", "offer", "won")
# Which of them are told by records that a company may not keep.
BY_RECORD = ("reached", "qualified", "offer")


@contextmanager
def lead_steps(run: Run, values: Mapping[str, Any], vendor: str) -> Iterator[None]:
    """The table `lead_step(lead_id, step, reached, qualified, offer)` of the valid leads of `judged_lead`.

    `step` is the furthest one; the rest (1 or 0) is what records of its own say of a lead.
    """
    offer = words_of(run.values["offer_stages"])
    qualified = [*words_of(run.values["qualified_stages"]), *offer]
    named = _named("offer", offer) | _named("qualified", qualified)
    expressions = ",".join([survivors(), _spoken(), _deals(vendor), _dealt(offer, qualified)])
    with drafted("lead_step", expressions, _FURTHEST, {**values, **named}):
        yield


def told_steps() -> dict[str, bool]:
    """Of each step that needs records of its own, whether any lead has one: a step that nobody records is not told.

    Asked are the leads of the period and of the `rate_window_days` to the as-of day.
    """
    (row,) = read_rows("", _TOLD, {})
    return {step: bool(row[step]) for step in BY_RECORD}


_TOLD = f"SELECT {', '.join(f'MAX({step}) AS {step}' for step in BY_RECORD)} FROM lead_step"

_FURTHEST = """
SELECT j.lead_id, CASE WHEN j.converts = 1 THEN 'won' WHEN d.offer = 1 THEN 'offer'
        WHEN d.qualified = 1 THEN 'qualified' WHEN s.lead_id IS NOT NULL THEN 'reached'
        WHEN j.response IS NOT NULL THEN 'answered' ELSE 'recorded' END AS step,
    CASE WHEN s.lead_id IS NULL THEN 0 ELSE 1 END AS reached,
    COALESCE(d.qualified, 0) AS qualified, COALESCE(d.offer, 0) AS offer
FROM judged_lead j LEFT JOIN spoken s ON s.lead_id = j.lead_id
LEFT JOIN dealt d ON d.lead_id = j.lead_id WHERE j.valid = 1"""


def _spoken() -> str:
    """`spoken(lead_id)`: somebody was reached, in whatever direction, from the arrival on."""
    return f"""
spoken AS MATERIALIZED (
    SELECT DISTINCT j.lead_id FROM judged_lead j JOIN sales_activity a ON a.lead_id = j.lead_id
        AND a.start_at >= j.arrived AND a.start_at < %(until_at)s AND a.status = 'done'
        AND {recorded("a")}
    JOIN sales_outcome o ON o.id = a.outcome_id AND o.reached
)"""


def _deals(vendor: str) -> str:
    """`lead_deal(deal_id, lead_id)`: the deals that came from a lead, as was said at the day.

    One that was opened before the lead came did not come from it; those of test customers do not count.
    """
    return f"""
deal_then AS (
    SELECT d.id, {day_number_sql("d.opened_on", vendor)} AS day,
        {said("d", "p", "lead_id")} AS lead_id, {said("d", "p", "customer_id")} AS customer_id
    FROM sales_deal d LEFT JOIN sales_dealpast p ON p.deal_id = d.id AND {held("p")}
    WHERE d.opened_on <= %(date)s AND (d.lead_id IS NOT NULL OR p.lead_id IS NOT NULL)
),
lead_deal AS (
    SELECT d.id AS deal_id, d.lead_id
    FROM deal_then d JOIN judged_lead j ON j.lead_id = d.lead_id AND j.day <= d.day
    LEFT JOIN survivor v ON v.customer_id = d.customer_id
    WHERE d.customer_id IS NULL OR {not_test("d")}
)"""


def _dealt(offer: Sequence[str], qualified: Sequence[str]) -> str:
    """`dealt(lead_id, qualified, offer)`: by the stages that its deals were ever in; what was won had an offer."""

    def ever(name: str, stages: Sequence[str]) -> str:
        words = ", ".join(f"%({key})s" for key in _named(name, stages)) or "NULL"
        return f"MAX(CASE WHEN s.kind = 'won' OR s.key IN ({words}) THEN 1 ELSE 0 END) AS {name}"

    return f"""
dealt AS MATERIALIZED (
    SELECT d.lead_id, {ever("qualified", qualified)}, {ever("offer", offer)}
    FROM lead_deal d JOIN sales_dealchange h ON h.deal_id = d.deal_id
    JOIN sales_stage s ON s.id = h.stage_id
    WHERE {known("h", 'h."on"')} GROUP BY d.lead_id
)"""


def _named(name: str, stages: Sequence[str]) -> dict[str, str]:
    """The keys of stages as parameters of a statement."""
    return {f"{name}_{place}": key for place, key in enumerate(stages)}
