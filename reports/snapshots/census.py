"""What there was to be read at each of many days, every table read once: for a night and its 25 month-ends.

Rows are counted by the day from which they are known, the day they are gone, and the day of their event
where that lies ahead of their recording; so the groups are few, and each is known whole or not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Model

from crm.lib.periods import day_number, day_of
from crm.lib.sql import day_number_sql, local_day_sql
from customers.models import Revenue
from reports.report import Report, all_reports
from reports.snapshots.sources import EVENTS, INSTANTS, REACHES, Seen, buying_customers, name_of
from team.models import Company


@dataclass(frozen=True)
class Group:
    """Rows of a table that come and go together. Integer days; `ahead` and `reach` are events."""

    known: int
    gone: int | None
    ahead: int | None
    rows: int
    last: int
    reach: int | None


class Census:
    """Answers `Seen` for any day as the tables stood when it was taken; `reports` are those it serves."""

    def __init__(self, reports: Iterable[Report] | None = None) -> None:
        wanted = all_reports() if reports is None else reports
        models = {model for report in wanted for model in report.reads}
        self.tables = {model: _groups(model) for model in models}
        self.days: dict[date, Seen] = {}

    def at(self, as_of: date) -> Seen:
        """What there was to be read at a day."""
        if as_of not in self.days:
            self.days[as_of] = self._count(day_number(as_of))
        return self.days[as_of]

    @cached_property
    def begins(self) -> date:
        """The first day of which anything was known; of an empty company a day that never comes."""
        known = [each.known for groups in self.tables.values() for each in groups]
        return day_of(min(known)) if known else date.max

    def _count(self, day: int) -> Seen:
        sources: dict[str, Any] = {}
        coverage: dict[str, Any] = {}
        for model, groups in self.tables.items():
            known = [
                each
                for each in groups
                if each.known <= day and (each.gone is None or each.gone > day)
            ]
            last = max((each.last for each in known), default=None)
            sources[name_of(model)] = {"rows": sum(each.rows for each in known), "last": last}
            if model in REACHES:
                coverage[name_of(model)] = _reach(known, day)
        if Revenue in self.tables:
            coverage |= self._buying
        return Seen(sources, coverage)

    @cached_property
    def _buying(self) -> dict[str, int]:
        return buying_customers()


def _reach(known: list[Group], day: int) -> str | None:
    """The last event by a day of rows that nobody has deleted since."""
    events = [
        each.reach
        for each in known
        if each.gone is None
        and each.reach is not None
        and (each.ahead is None or each.ahead <= day)
    ]
    return day_of(max(events)).isoformat() if events else None


def _groups(model: type[Model]) -> list[Group]:
    vendor, table = connection.vendor, model._meta.db_table
    column = f'"{EVENTS[model]}"'
    event = (
        local_day_sql(column, Company.get().zone, vendor)
        if EVENTS[model] in INSTANTS
        else day_number_sql(column, vendor)
    )
    known, gone = (day_number_sql(name, vendor) for name in ("recorded_on", "deleted_on"))
    statement = f"""
        SELECT known, gone, CASE WHEN event > known THEN event END AS ahead,
            COUNT(*), MAX(id), MAX(event)
        FROM (
            SELECT id, {known} AS known, {gone} AS gone, {event} AS event
            FROM {table} WHERE recorded_on IS NOT NULL
        ) counted GROUP BY 1, 2, 3"""
    with connection.cursor() as cursor:
        # the expressions double their per cent signs: they are made for statements with parameters
        cursor.execute(statement, {})
        return [Group(*row) for row in cursor.fetchall()]
