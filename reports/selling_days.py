"""Where the work of rep-days is read from."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from reports import work_rows
from team.models import Company


def known_days(
    first: date, last: date, as_of: date, values: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """`worked` of the days first..last as known at a day, with the parameters of the statement."""
    zone = Company.get().zone
    text = ",".join(
        [
            work_rows.done(zone, connection.vendor, work_rows.known()),
            work_rows.placed(),
            work_rows.days(),
        ]
    )
    return text, {
        "date": as_of.isoformat(),
        "max_minutes": values["max_activity_minutes"],
        **work_rows.instants(first, last, zone),
    }
