"""How long deals usually stand in a stage: the median of all stays that are over (ux.md 5.8)."""

from django.db import connection

from crm.lib.sql import day_number_sql
from sales.models import Stage

# Of fewer stays nothing is said.
LEAST = 5


def refresh_paces() -> None:
    """Write the median of every open stage anew; two statements, and one more for each stage that changed."""
    found = _medians()
    for stage in Stage.objects.open():
        half_days = found.get(stage.pk)
        if stage.usual_half_days != half_days:
            Stage.objects.filter(pk=stage.pk).update(usual_half_days=half_days)


def _medians() -> dict[int, int]:
    """Stage to twice its median: of an even number of stays the two in the middle, added."""
    day = day_number_sql("r.since", connection.vendor)
    end = day_number_sql("r.until", connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(_MEDIANS.format(days=f"{end} - {day}"), {"least": LEAST})
        return {stage: int(half_days) for stage, half_days in cursor.fetchall()}


# A run of changes in one stage is a stay; it is over with the first change into another one.
_MEDIANS = """
WITH step AS (
    SELECT c.deal_id, c.stage_id, c."on", c.reference,
        LAG(c.stage_id) OVER (PARTITION BY c.deal_id ORDER BY c."on", c.reference) AS before
    FROM sales_dealchange c JOIN sales_deal d ON d.id = c.deal_id
    WHERE c.deleted_on IS NULL AND d.binned_on IS NULL
),
run AS (
    SELECT stage_id, "on" AS since,
        LEAD("on") OVER (PARTITION BY deal_id ORDER BY "on", reference) AS until
    FROM step WHERE before IS NULL OR before <> stage_id
),
stay AS (
    SELECT r.stage_id, {days} AS days FROM run r WHERE r.until IS NOT NULL
),
placed AS (
    SELECT stage_id, days, ROW_NUMBER() OVER (PARTITION BY stage_id ORDER BY days) AS n,
        COUNT(*) OVER (PARTITION BY stage_id) AS size
    FROM stay
)
SELECT stage_id, SUM(CASE WHEN n = (size + 1) / 2 THEN days ELSE 0 END)
    + SUM(CASE WHEN n = (size + 2) / 2 THEN days ELSE 0 END)
FROM placed WHERE size >= %(least)s GROUP BY stage_id"""
