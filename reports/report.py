"""What a report is: one file in `reports.definitions` that says which rows make up its figures.

Everything shown is a sum over the rows of evidence that `Report.fill` writes, or a ratio of two such sums.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Model, Q

from crm.lib.periods import Period
from reports.rules.catalogue import Parameter, Values, parameters_named

if TYPE_CHECKING:
    from reports.models import Snapshot


Whole = Mapping[str, Any]


class CannotRun(ValueError):
    """The report cannot be computed as asked; the sentence is shown to who asked."""


@dataclass(frozen=True)
class Run:
    """One computation: a period, an as-of day and a value for each of the report's parameters."""

    period: Period
    as_of: date
    values: Values

    def __post_init__(self) -> None:
        if self.as_of < self.period.start:
            raise CannotRun(f"The as-of day {self.as_of} lies before the period begins.")

    @property
    def end(self) -> date:
        """`e` of R4: the last day that is computed."""
        return min(self.period.end, self.as_of)

    @property
    def before(self) -> date:
        """The day whose end is the opening of the period."""
        return self.period.start - timedelta(days=1)

    @property
    def is_partial(self) -> bool:
        return self.as_of < self.period.end

    def previous(self) -> "Run":
        """The period before, as mature as this one (R4)."""
        as_of = self.period.previous_as_of(self.as_of)
        return Run(self.period.previous(), as_of, self.values)


@dataclass(frozen=True)
class Sum:
    """What rows add up to: how many, their cents with the limits of their range, and what of them is in the base."""

    n: int = 0
    cents: int = 0
    low_cents: int = 0
    high_cents: int = 0
    base_n: int = 0
    base_cents: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            self.n + other.n,
            self.cents + other.cents,
            self.low_cents + other.low_cents,
            self.high_cents + other.high_cents,
            self.base_n + other.base_n,
            self.base_cents + other.base_cents,
        )


class Totals:
    """Sums by measure, line and month. What has no rows is a sum of nothing."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str, str], Sum] = {}

    def add(self, measure: str, key: str, month: str, whole: Sum) -> None:
        cell = (measure, key, month)
        self.cells[cell] = self.cells[cell] + whole if cell in self.cells else whole

    def __getitem__(self, measure: str) -> Sum:
        """The sum of all rows of a measure."""
        return sum((s for (name, _k, _m), s in self.cells.items() if name == measure), Sum())

    def by_measure(self) -> dict[str, Sum]:
        """The sum of all rows of each measure that has any, in order."""
        measures: dict[str, Sum] = {}
        for (name, _key, _month), whole in self.cells.items():
            measures[name] = measures.get(name, Sum()) + whole
        return dict(sorted(measures.items()))

    def by_line(self, measure: str) -> dict[str, Sum]:
        """Sums of a measure by line, in order; of reports whose parts keep lines (`parts_by_line`)."""
        lines: dict[str, Sum] = {}
        for (name, key, _month), whole in self.cells.items():
            if name == measure:
                lines[key] = lines.get(key, Sum()) + whole
        return dict(sorted(lines.items()))

    def by_month(self, measure: str) -> dict[str, Sum]:
        """Sums of a measure by month (YYYY-MM), in order."""
        months: dict[str, Sum] = {}
        for (name, _key, month), whole in self.cells.items():
            if name == measure:
                months[month] = months.get(month, Sum()) + whole
        return dict(sorted(months.items()))

    def by_line_and_month(self, measure: str) -> dict[str, dict[str, Sum]]:
        """Sums of a measure by line, and in each by month."""
        lines: dict[str, dict[str, Sum]] = {}
        for (name, key, month), whole in self.cells.items():
            if name == measure:
                lines.setdefault(key, {})[month] = whole
        return lines


@dataclass(frozen=True)
class Measure:
    """Rows that are counted together; each figure on a page opens the rows of one or two measures.

    `unit` is what `cents` hold. What is `live` knows of today (plans, days of leaving that lie ahead): it
    stands beside the figures, is never printed, and a later revision is not made because of it.
    """

    key: str
    label: Any
    by_month: bool = False
    unit: Literal["money", "minutes", "days", "count"] = "money"
    live: bool = False


@dataclass(frozen=True)
class Listed:
    """A list that figures open: the rows of some measures, or those of them in the base.

    `count` and `money` name the figures of the headline that are its number of rows and its sum.
    """

    key: str
    label: Any
    measures: tuple[str, ...]
    only_base: bool = False
    count: str = ""
    money: str = ""


@dataclass(frozen=True)
class Dimension:
    """A way to split: a column of the evidence (`owner`, `team`), or a facet, text or whole number."""

    key: str
    label: Any
    source: Literal["column", "facet"] = "facet"
    is_whole: bool = False


def _at_once(_values: Values) -> int:
    """Most periods are ripe when they end."""
    return 0


@dataclass(frozen=True)
class Way:
    """A way of its own to narrow a report's rows. `read` makes a value of what an address says, None where that
    is none; as text it is the address again, and `told` says it in words.
    """

    key: str
    label: Any
    read: Callable[[str], Any]
    told: Callable[[Any], str]
    rows: Callable[["Snapshot", Any], Q]


@dataclass(frozen=True)
class Report:
    """`fill` writes the evidence of a snapshot; `headline` turns its sums into the keys that are shown.

    What is no sum over rows (a rate, the cost of a campaign, a fitted model: what holds of a whole line or of
    the whole company) `fill` answers as JSON. It is kept as `Snapshot.whole`, and `headline` gets it.
    `printed` is what `manage.py report` prints: the keys of loss-reports.md section 13; `printed_by` the
    same where `--by` names one of `splits`. `every_night` reports are computed anew each night, others once a
    week and when somebody asks. `reads` are the facts it is made of; `loss` the number of the
    loss it measures, `money_kind` what its money is (section 9), 0 and nothing for the other reports;
    `ways` narrow its rows beside the dimensions.

    A report that tells of a day alone (`needs_period` off) runs on that day as its period, one that
    `looks_ahead` from that day to the period's end. One with `keeps_month_ends` is kept as of the last day of each
    month, so that it has a trend. `ripening` answers, by the rules, how many days after
    its end a period has shown all that it will: as of then its months are frozen. Where a younger period
    tells nothing (`only_ripe`), the standard periods are those that are ripe.
    """

    slug: str
    version: int
    title: Any
    question: Any
    formula: Any
    parameter_names: tuple[str, ...]
    measures: tuple[Measure, ...]
    lists: tuple[Listed, ...]
    dimensions: tuple[Dimension, ...]
    fill: Callable[["Snapshot", Run], dict[str, Any]]
    headline: Callable[[Totals, Run, Whole], dict[str, Any]]
    printed: Callable[["Snapshot", Run], Any]
    reads: tuple[type[Model], ...]
    needs_period: bool = True
    every_night: bool = False
    looks_ahead: bool = False
    keeps_month_ends: bool = False
    ripening: Callable[[Values], int] = _at_once
    only_ripe: bool = False
    parts_by_line: bool = False
    loss: int = 0
    money_kind: Any = ""
    splits: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    printed_by: Callable[["Snapshot", Run, str], Any] | None = None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return parameters_named(self.parameter_names)

    def period_for(self, asked: Period, as_of: date) -> Period:
        """The period it runs on where `asked` is wanted."""
        if not self.needs_period:
            return Period(as_of, as_of)
        return Period(min(as_of, asked.end), asked.end) if self.looks_ahead else asked

    def ripe_on(self, period: Period, values: Values) -> date:
        """The day at whose end a period has shown all that it will."""
        return period.end + timedelta(days=self.ripening(values))

    def is_ripe(self, run: Run) -> bool:
        return run.as_of >= self.ripe_on(run.period, run.values)

    def told_upto(self, day: date, values: Values) -> date:
        """The last day that the standard periods are about, as of a day."""
        return day - timedelta(days=self.ripening(values)) if self.only_ripe else day

    def listed(self, key: str) -> Listed | None:
        return next((each for each in self.lists if each.key == key), None)

    def way(self, key: str) -> Way | None:
        return next((each for each in self.ways if each.key == key), None)

    def dimension(self, key: str) -> Dimension | None:
        return next((each for each in self.dimensions if each.key == key), None)

    @property
    def live_measures(self) -> tuple[str, ...]:
        return tuple(measure.key for measure in self.measures if measure.live)

    @property
    def monthly_measures(self) -> tuple[str, ...]:
        return tuple(measure.key for measure in self.measures if measure.by_month)


_reports: dict[str, Report] = {}


def register(report: Report) -> Report:
    """Make a report known under its slug."""
    if report.slug in _reports:
        raise ValueError(f"Two reports named {report.slug}.")
    _reports[report.slug] = report
    return report


def report_named(slug: str) -> Report:
    """The registered report; `CannotRun` names the ones there are."""
    if slug not in _reports:
        raise CannotRun(f"There is no report “{slug}”. There are: {', '.join(sorted(_reports))}.")
    return _reports[slug]


def all_reports() -> list[Report]:
    return list(_reports.values())
