"""Behind a customer that rests on one person: what it bought in the window, and who spoke with it."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.periods import day_number, day_of
from customers.knowledge import survivors
from reports.definitions.exposure import first_day
from reports.models import Evidence
from reports.raw.orders import rows_of
from reports.raw.spans import bought
from reports.report import Run
from reports.rows import exposure_rows
from reports.rows.work_rows import instants
from reports.screens.parts import Explanation, Table
from team.models import Company

FAMILY = """AND a.customer_id IN (
    SELECT customer_id FROM survivor WHERE survivor_id = %(customer)s UNION ALL SELECT %(customer)s)"""


def of_voices(evidence: Evidence, run: Run) -> Explanation:
    """The orders of the window with their sum, and each person with the times they spoke with the customer."""
    start = first_day(run)
    orders = [
        row for row in rows_of(evidence.subject_id, run.as_of) if start <= row.on <= run.as_of
    ]
    cents = sum(row.cents for row in orders)
    span = f"{formatting.day(start)} – {formatting.day(run.as_of)}"
    heads: list[tuple[Any, Any]] = [
        (_("Person"), "text"),
        (_("Spoke with them"), "number"),
        (_("Last on"), "day"),
    ]
    voices = Table(_("Who spoke with them, of today’s people"), heads, _voices(evidence, run))
    return Explanation(
        [], [voices, bought(_("Orders of %(span)s") % {"span": span}, orders)], cents
    )


def _voices(evidence: Evidence, run: Run) -> list[tuple[Any, ...]]:
    vendor, zone = connection.vendor, Company.at(run.as_of).zone
    statement = f"""
WITH RECURSIVE {survivors()},{exposure_rows.spoken(zone, vendor, FAMILY)}
SELECT u.name, s.times, s.last_day FROM spoke s JOIN team_user u ON u.id = s.rep_id
WHERE s.customer_id = %(customer)s ORDER BY s.times DESC, u.sort_name, u.id"""
    values = {
        "customer": evidence.subject_id,
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        **instants(first_day(run), run.as_of, zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(name, times, day_of(day)) for name, times, day in cursor.fetchall()]
