"""What is known while tables are loaded: references and the rows they name, and everything that was wrong."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from crm.lib.periods import local_date
from reports.exchange.reading import Problem


@dataclass
class World:
    """`ids`: by table, reference -> primary key (0 while nothing is stored because something is wrong)."""

    zone: ZoneInfo
    now: datetime
    ids: dict[str, dict[str, int]] = field(default_factory=dict)
    # tables whose file cannot be read to the end: references into them are not judged
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return local_date(self.now, self.zone)

    def pk(self, table: str, reference: str) -> int:
        """The row that a cell names."""
        return self.ids[table][reference]

    def pk_or_none(self, table: str, reference: str) -> int | None:
        """The row that a cell names; an empty cell names none."""
        return self.ids[table][reference] if reference else None

    def knows(self, table: str, reference: str) -> bool:
        return reference in self.ids.get(table, {}) or table in self.broken
