"""The evidence of the forecast as SQL: open deals weighed with the chance of the stage they stand in.

Built on `reports.rows.deal_rows.stands`. Parameters: `since` the first day whose closings count, `until_close`
the horizon, `date` the as-of day, all as ISO text, `day` the as-of day as an integer; `least` the closed
deals a stage needs.

The variance p(1-p)A^2 of a deal in squared cents is kept in two whole numbers, so that any part of the
deals has an interval of its own: `cents` whole 10^12, `base_cents` hundredths of what is left.
"""

from collections.abc import Iterable

from crm.lib.sql import date_sql, json_object_sql

WHOLE, HUNDREDTHS = 10**12, 100
# Beyond any deal; what is more would not fit the database's integers.
MOST_VARIANCE = "1e28"


def chances(settings: Iterable[tuple[int, int, int]]) -> str:
    """`chance(stage_id, part, whole, basis)`: of history if it has enough, else the setting.

    `settings` are (stage, part, whole) in whole numbers.
    """
    rows = ", ".join(f"({stage}, {part}, {whole})" for stage, part, whole in settings)
    # a company may have no stages at all, and no values are no statement
    table = f"VALUES {rows}" if rows else "SELECT 0, 0, 1 WHERE 1 = 0"
    return f"""
setting(stage_id, part, whole) AS ({table}),
been_in AS (SELECT DISTINCT deal_id, stage_id FROM closing),
outcome AS (
    SELECT b.stage_id, COUNT(*) AS closed, SUM(CASE WHEN s.kind = 'won' THEN 1 ELSE 0 END) AS won
    FROM stand s JOIN been_in b ON b.deal_id = s.deal_id
    WHERE s.kind <> 'open' AND s.closed_on >= %(since)s GROUP BY b.stage_id
),
chance AS MATERIALIZED (
    SELECT g.stage_id,
        CAST(CASE WHEN o.closed >= %(least)s THEN o.won ELSE g.part END AS BIGINT) AS part,
        CAST(CASE WHEN o.closed >= %(least)s THEN o.closed ELSE g.whole END AS BIGINT) AS whole,
        CASE WHEN o.closed >= %(least)s THEN 'history' ELSE 'setting' END AS basis
    FROM setting g LEFT JOIN outcome o ON o.stage_id = g.stage_id
)"""


def weighed(vendor: str) -> str:
    """`open_deal`: what closes by the horizon with its expected cents, and what has no day at all.

    Cents are weighed in two steps, or part x cents would not fit the database's integers.
    """
    size = "ABS(s.cents)"
    expected = (
        f"p.part * ({size} / p.whole)"
        f" + (2 * p.part * ({size} %% p.whole) + p.whole) / (2 * p.whole)"
    )
    # a float from the first factor on
    variance = (
        "CAST(s.cents AS DOUBLE PRECISION) * s.cents * p.part * (p.whole - p.part)"
        " / p.whole / p.whole"
    )
    return f"""
open_deal AS MATERIALIZED (
    SELECT s.*, c.reference, c.owner_id, c.customer, c.segment, c.region, p.part, p.whole, p.basis,
        CASE WHEN s.cents < 0 THEN -1 ELSE 1 END * ({expected}) AS expected,
        CASE WHEN {variance} > {MOST_VARIANCE} THEN {MOST_VARIANCE} ELSE {variance} END AS variance
    FROM stand s JOIN counted c ON c.id = s.deal_id JOIN chance p ON p.stage_id = s.stage_id
    WHERE s.kind = 'open'
        AND (s.expected_close_on IS NULL OR s.expected_close_on <= %(until_close)s)
),
spread AS MATERIALIZED (
    SELECT deal_id, CAST(variance / {WHOLE} AS BIGINT) AS wholes, variance FROM open_deal
),
moment AS (
    SELECT DISTINCT owner_id AS rep_id, {date_sql("%(day)s", vendor)} AS on_date FROM open_deal
    WHERE owner_id IS NOT NULL
)"""


def evidence(vendor: str) -> str:
    """`open` and `spread` for each deal with a day, `undated` for the others."""
    rest = f"CAST((v.variance - CAST(v.wholes AS DOUBLE PRECISION) * {WHOLE}) * {HUNDREDTHS} AS BIGINT)"
    dated, undated = "d.expected_close_on IS NOT NULL", "d.expected_close_on IS NULL"
    return " UNION ALL ".join(
        [
            _rows("open", "d.expected", "d.cents", dated, vendor),
            _rows("undated", "d.cents", "d.cents", undated, vendor),
            _rows("spread", "v.wholes", rest, dated, vendor),
        ]
    )


def _rows(measure: str, cents: str, base_cents: str, counted: str, vendor: str) -> str:
    facets = {
        "stage": "d.stage",
        "p": "d.part || '/' || d.whole",
        "basis": "d.basis",
        "overdue": "CASE WHEN d.expected_close_on < %(date)s THEN 1 ELSE 0 END",
        "customer": "d.customer",
        "segment": "d.segment",
        "region": "d.region",
    }
    return f"""
SELECT '{measure}' AS measure, d.reference AS line_key, 'deal' AS subject_type,
    d.deal_id AS subject_id, d.owner_id, t.team_id, d.expected_close_on AS occurred_on,
    {cents} AS cents, {cents} AS low_cents, {cents} AS high_cents, 1 = 1 AS in_base,
    {base_cents} AS base_cents, {json_object_sql(facets, vendor)} AS facets
FROM open_deal d JOIN spread v ON v.deal_id = d.deal_id
LEFT JOIN in_team t ON t.rep_id = d.owner_id
WHERE {counted}"""
