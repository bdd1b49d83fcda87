"""Writing the roll-up of what reps did by day: the only writer of `SellingDay` and `SellingRollUp`.

Every night, after loading, and when the rules change: only rep-days that something came to or went from are
written anew. Readers need not wait for it: see `reports.rows.selling_days`.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Count, F, Max, Sum
from django.db.models.functions import Coalesce

from crm.lib.periods import day_of
from crm.lib.sql import local_day_sql
from crm.lib.transactions import roomy
from reports.models import SellingDay, SellingRollUp
from reports.rows import selling_days, work_rows
from reports.rows.selling_days import FORMULA, MOST, Key, in_doubt
from reports.rows.work_rows import COUNTED
from reports.rules.parameters import in_force, values_of
from sales.models import Activity
from team.models import Company

# Activities that are added up at once, so that nobody waits long for the writer.
AT_ONCE = 50_000
COLUMNS = ", ".join(("rep_id", "day", *COUNTED))


class Overtaken(Exception):
    """Somebody else began to write the roll-up meanwhile."""


def refresh_selling_days() -> None:
    """Bring the roll-up up to date with the activities, the zone and the rule in force."""
    wanted = {
        "formula": FORMULA,
        "zone": Company.get().zone.key,
        "max_minutes": values_of(in_force())["max_activity_minutes"],
    }
    # looked at before the rows are read: what comes in between is in doubt again
    seen = _seen()
    roll_up = SellingRollUp.objects.filter(**wanted, is_whole=True).first()
    keys = None if roll_up is None else in_doubt(roll_up, None)
    try:
        if roll_up is None or keys is None or len(keys) > MOST:
            _write_all(wanted | seen)
        else:
            _write_some(roll_up, keys, seen)
    except Overtaken:
        return


def _seen() -> dict[str, Any]:
    """What is there to be read. Deletions of yesterday may still be on their way to the database."""
    told = Activity.everything.aggregate(
        last_id=Coalesce(Max("pk"), 0), rows=Count("pk"), id_sum=Coalesce(Sum("pk"), 0)
    )
    return {**told, "known_on": Company.get().today - timedelta(days=1)}


def _write_some(roll_up: SellingRollUp, keys: list[Key], seen: dict[str, Any]) -> None:
    zone = ZoneInfo(roll_up.zone)
    values = {"doubt": selling_days.told(keys, zone), "max_minutes": roll_up.max_minutes}
    with transaction.atomic(), roomy():
        _take(roll_up.serial)
        _execute(
            f"WITH {selling_days.doubt()} DELETE FROM reports_sellingday"
            " WHERE (rep_id, day) IN (SELECT rep_id, day FROM doubt)",
            values,
        )
        _insert(selling_days.of_keys(zone, "a.deleted_on IS NULL"), values)
        SellingRollUp.objects.update(**seen)


def _take(serial: int) -> None:
    """Be the one who writes: nobody else may have begun since the roll-up was read."""
    if not SellingRollUp.objects.filter(serial=serial).update(serial=F("serial") + 1):
        raise Overtaken


def _write_all(made: dict[str, Any]) -> None:
    """In parts, each with a short lock; until all are there, readers work from the activities."""
    serial = _begin()
    for first, last in list(_parts()):
        with transaction.atomic(), roomy():
            _still_mine(serial)
            zone = ZoneInfo(made["zone"])
            instants = work_rows.instants(first, last, zone)
            _insert(selling_days.of_days(zone), {**instants, "max_minutes": made["max_minutes"]})
    with transaction.atomic():
        _still_mine(serial)
        SellingRollUp.objects.update(**made, is_whole=True)


def _begin() -> int:
    """Empty the roll-up; the answer is what tells this writing from a later one."""
    SellingRollUp.objects.get_or_create(pk=1)
    with transaction.atomic():
        SellingRollUp.objects.update(serial=F("serial") + 1, is_whole=False)
        SellingDay.objects.all()._raw_delete("default")
        return SellingRollUp.objects.get().serial


def _still_mine(serial: int) -> None:
    """Holds off other writers to the end of the transaction."""
    if not SellingRollUp.objects.filter(serial=serial).update(serial=serial):
        raise Overtaken


def _parts() -> Iterator[tuple[date, date]]:
    """Local days, first and last, with about `AT_ONCE` activities each; every activity lies in one."""
    day = local_day_sql("a.start_at", Company.get().zone, connection.vendor)
    with roomy(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {day} AS day, COUNT(*) FROM sales_activity a GROUP BY 1 ORDER BY 1", {}
        )
        counts = cursor.fetchall()
    first, held = None, 0
    for number, count in counts:
        first, held = (number if first is None else first), held + count
        if held >= AT_ONCE or number == counts[-1][0]:
            yield day_of(first), day_of(number)
            first, held = None, 0


def _insert(expressions: str, values: dict[str, Any]) -> None:
    _execute(
        f"INSERT INTO reports_sellingday ({COLUMNS})"
        f" WITH {expressions} SELECT {COLUMNS} FROM ({work_rows.day_sums()}) AS summed",
        values,
    )


def _execute(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
