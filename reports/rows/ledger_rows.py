"""What two losses count both, and the lines of sales times the margin rate, as SQL (loss-reports section 9).

Rows are copied from the evidence of the six snapshots of one run, `%(loss_1)s` to `%(loss_6)s`. The owner and
team of an overlap are those of the second loss, so that every viewer's total is what they see of the losses
less what they see of the overlaps.
"""

from crm.lib.sql import given_rows_sql, half_up_times_sql

LINE_COLUMNS = {"line_key": "TEXT", "n": "BIGINT"} | dict.fromkeys(
    ("cents", "low_cents", "high_cents"), "BIGINT"
)
PAIR_COLUMNS = {"source": "TEXT", "campaign": "TEXT", "cents": "BIGINT"}


def departed(vendor: str) -> str:
    """Overlap 1&6: all of loss 6, its lines are lines of loss 1."""
    return _copied("overlap_1_6", 6, "e.cents", vendor)


def margins(vendor: str) -> str:
    """The lines of 1 and 6, which are one customer each, times the rate; half up by line."""
    times = half_up_times_sql("e.cents", "%(rate_part)s", "%(rate_whole)s", vendor)
    return " UNION ALL ".join(
        [
            _copied("margin_1", 1, times, vendor),
            _copied("margin_6", 6, times, vendor),
            _copied("margin_overlap_1_6", 6, times, vendor),
        ]
    )


def _copied(measure: str, loss: int, cents: str, vendor: str) -> str:
    return f"""
SELECT '{measure}' AS measure, e.line_key, e.subject_type, e.subject_id, e.owner_id, e.team_id,
    e.occurred_on, {cents} AS cents, {cents} AS low_cents, {cents} AS high_cents,
    {_false(vendor)} AS in_base, 0 AS base_cents, e.facets
FROM reports_evidence e WHERE e.snapshot_id = %(loss_{loss})s AND e.measure = 'loss'"""


def lines(vendor: str) -> str:
    """`line`: the lines of 2 with their money of the basis, given as the parameter `lines`."""
    return f"line AS MATERIALIZED ({given_rows_sql('lines', LINE_COLUMNS, vendor)})"


def shared(vendor: str) -> str:
    """Margin of 2: the cents of a source shared out over its leads, one more for the first by reference."""
    money = ", ".join(
        f"n.{name} / n.n + CASE WHEN n.place <= n.{name} %% n.n THEN 1 ELSE 0 END AS {name}"
        for name in ("cents", "low_cents", "high_cents")
    )
    return f"""
SELECT 'margin_2' AS measure, n.line_key, n.subject_type, n.subject_id, n.owner_id, n.team_id,
    n.occurred_on, {money}, {_false(vendor)} AS in_base, 0 AS base_cents, n.facets
FROM (
    SELECT e.line_key, e.subject_type, e.subject_id, e.owner_id, e.team_id, e.occurred_on, e.facets,
        l.n, l.cents, l.low_cents, l.high_cents,
        ROW_NUMBER() OVER (PARTITION BY e.line_key ORDER BY d.reference) AS place
    FROM reports_evidence e JOIN line l ON l.line_key = e.line_key
    JOIN sales_lead d ON d.id = e.subject_id
    WHERE e.snapshot_id = %(loss_2)s AND e.measure = 'loss'
) n"""


def pairs(vendor: str) -> str:
    """`pair`: what a lead of a source and a campaign is lost twice with, given as the parameter `pairs`."""
    return f"pair AS MATERIALIZED ({given_rows_sql('pairs', PAIR_COLUMNS, vendor)})"


def leads_lost_twice(measure: str, vendor: str) -> str:
    """Overlap 2&3: the leads that lost a sale and their marketing money."""
    return f"""
SELECT '{measure}' AS measure, m.line_key, m.subject_type, m.subject_id, m.owner_id, m.team_id,
    m.occurred_on, p.cents AS cents, p.cents AS low_cents, p.cents AS high_cents,
    {_false(vendor)} AS in_base, 0 AS base_cents, m.facets
FROM reports_evidence e
JOIN reports_evidence m ON m.subject_id = e.subject_id AND m.snapshot_id = %(loss_3)s
    AND m.measure = 'loss' AND m.subject_type = 'lead'
JOIN pair p ON p.source = e.line_key AND p.campaign = m.line_key
WHERE e.snapshot_id = %(loss_2)s AND e.measure = 'loss'"""


def at_risk() -> str:
    """`at_risk(subject_id)`: the customers that loss 1 warns of."""
    return """
at_risk AS MATERIALIZED (
    SELECT a.subject_id FROM reports_evidence a
    WHERE a.snapshot_id = %(loss_1)s AND a.measure = 'at_risk'
)"""


def still_to_stop(vendor: str) -> str:
    """Live: customers to be handed over who are not among those at risk: counted there already (ruling 9)."""
    return f"""
SELECT 'stoppable_6' AS measure, e.line_key, e.subject_type, e.subject_id, e.owner_id, e.team_id,
    e.occurred_on, e.cents, e.low_cents, e.high_cents, {_false(vendor)} AS in_base, 0 AS base_cents,
    e.facets
FROM reports_evidence e
WHERE e.snapshot_id = %(loss_6)s AND e.measure = 'to_hand_over'
    AND e.subject_id NOT IN (SELECT subject_id FROM at_risk)"""


def _false(vendor: str) -> str:
    return "0" if vendor == "sqlite" else "FALSE"
