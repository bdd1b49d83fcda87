"""The evidence of loss 2: of each lead a row by its class, one by how far it came, and one with its share of money."""

from collections.abc import Iterable
from typing import Any

from crm.lib.sql import rows_sql
from reports.models import Snapshot
from reports.rows import judged_leads
from reports.rows.leakage_rates import Line
from reports.snapshots.filling import insert_rows


def insert_leads(
    snapshot: Snapshot, lines: Iterable[Line], values: dict[str, Any], vendor: str
) -> None:
    """Write the rows of the leads of the period; the lines' cents are shared out over the leaked and the young.

    Reads the table `lead_step`.
    """
    expressions = ",".join([judged_leads.details(vendor), _shares(lines)])
    insert_rows(snapshot, expressions, _evidence(), values)


def _shares(lines: Iterable[Line]) -> str:
    """`counted`: the valid leads of the period, those that leak with what they share with how many others.

    The shares of a line are equal but for a cent: the first of its leads by reference get what is left over.
    """
    return f"""
line(source_id, loss, low, high, leaked, young, young_leads) AS (
    {rows_sql([_amounts(line) for line in lines], 7)}
),
counted AS MATERIALIZED (
    SELECT d.*, t.step, l.loss, l.low, l.high, l.leaked, l.young, l.young_leads,
        CASE WHEN d.class IN ('late', 'never') THEN 1 ELSE 0 END AS leaks,
        ROW_NUMBER() OVER (PARTITION BY d.source_id, d.mature, d.class IN ('late', 'never')
            ORDER BY d.reference) AS place
    FROM lead_detail d JOIN line l ON l.source_id = COALESCE(d.source_id, 0)
    JOIN lead_step t ON t.lead_id = d.lead_id
    WHERE d.valid = 1
)"""


def _amounts(line: Line) -> tuple[int, ...]:
    return (line.source_id, *line.loss, line.leaked, line.at_risk, line.young)


def _evidence() -> str:
    loss = (_share("loss", "leaked"), _share("low", "leaked"), _share("high", "leaked"))
    young = (_share("young", "young_leads"),) * 3
    rows = judged_leads.rows
    return " UNION ALL ".join(
        [
            rows("'loss'", "counted", "leaks = 1 AND mature = 1", loss),
            rows("'at_risk'", "counted", "leaks = 1 AND mature = 0", young),
            rows("class", "counted", "1 = 1"),
            rows("step", "counted", "1 = 1"),
            rows("'junk'", "lead_detail", "valid = 0"),
        ]
    )


def _share(cents: str, leads: str) -> str:
    return f"{cents} / {leads} + CASE WHEN place <= {cents} %% {leads} THEN 1 ELSE 0 END"
