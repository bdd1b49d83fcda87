"""What is wrong with a row beyond a single cell: references, scales, periods (ruling 16), and the defaults."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from crm.lib.money import base_cents
from crm.lib.periods import SINCE_EVER, local_date
from reports.exchange.cells import shown
from reports.exchange.reading import Problem, Row
from reports.exchange.spec import Table
from reports.exchange.world import World

# A row's money beyond this would not add up in a database's whole numbers.
MOST_CENTS = 10**15
ZERO, ONE = Decimal(0), Decimal(1)
SCALES = {"nps": (0, 10), "csat": (1, 5), "": (1, 0)}
PERIODS_OF = {"ownership": "customer_id", "lead_ownership": "lead_id"}

Values = dict[str, Any]


class Checker:
    """Judges the rows of one table as they come, and the table as a whole at its end."""

    def __init__(self, table: Table, world: World) -> None:
        self.table, self.world = table, world
        self.lines: dict[str, int] = {}
        self.periods: dict[str, list[tuple[date, date, int, str]]] = defaultdict(list)
        self.merges: dict[str, tuple[str, int]] = {}
        self.rules = ROW_RULES.get(table.name, ())
        self.references = [
            (column.name, column.refers)
            for column in table.columns
            if column.refers not in ("", table.name)
        ]

    def check(self, row: Row) -> None:
        """Add what is wrong to the row; fill in what an empty cell means."""
        values = row.values
        reference = values.get(self.table.key, "")
        if reference:
            self._check_key(row, reference)
        for name, table in self.references:
            named = values.get(name)
            if named and not self.world.knows(table, named):
                row.wrong.append(f"{name} {shown(named)} is not in {table}.csv")
        if row.wrong:
            return
        complete(self.table, values, self.world.zone)
        row.wrong += [sentence for rule in self.rules if (sentence := rule(values))]
        self._remember(row, reference)

    def _check_key(self, row: Row, reference: str) -> None:
        before = self.lines.setdefault(reference, row.line)
        if before != row.line:
            row.wrong.append(f"{self.table.key} {shown(reference)} is on line {before} already")

    def _remember(self, row: Row, reference: str) -> None:
        values = row.values
        subject = PERIODS_OF.get(self.table.name)
        if subject and not row.wrong and values["deleted_on"] is None:
            period = (values["from_on"], values["to_on"] or date.max, row.line, reference)
            self.periods[values[subject]].append(period)
        if values.get("merged_into"):
            self.merges[reference] = (values["merged_into"], row.line)

    def finish(self) -> list[Problem]:
        """What is wrong between rows of the table."""
        wrong = [*self._overlaps(), *self._merges()]
        return [Problem(self.table.file, line, reason) for line, reason in wrong]

    def _overlaps(self) -> Iterator[tuple[int, str]]:
        for periods in self.periods.values():
            held = sorted(period for period in periods if period[0] < period[1])
            latest = held[0] if held else None
            for period in held[1:]:
                assert latest is not None
                if period[0] < latest[1]:
                    first, second = sorted((latest, period), key=lambda each: each[2])
                    yield (
                        second[2],
                        f"overlaps {self.table.key} {shown(first[3])} on line {first[2]}",
                    )
                latest = max(latest, period, key=lambda each: each[1])

    def _merges(self) -> Iterator[tuple[int, str]]:
        done: set[str] = set()
        for reference, (into, line) in self.merges.items():
            if into == reference:
                yield line, "is merged into itself"
            elif into not in self.lines:
                yield line, f"merged_into {shown(into)} is not in {self.table.file}"
            elif reference not in done:
                yield from self._circle_from(reference, done)

    def _circle_from(self, reference: str, done: set[str]) -> Iterator[tuple[int, str]]:
        """Follow the chain; every row of a circle it runs into is named."""
        way: list[str] = []
        while reference in self.merges and reference not in done:
            done.add(reference)
            way.append(reference)
            reference = self.merges[reference][0]
        if reference in way:
            circle = way[way.index(reference) :]
            if len(circle) > 1:
                told = " -> ".join(shown(each) for each in [*circle[:5], circle[0]])
                for each in circle:
                    yield self.merges[each][1], f"is merged in a circle: {told}"


def complete(table: Table, values: Values, zone: ZoneInfo) -> None:
    """What an empty cell means: a name repeats the reference, a rate is 1, a wage beside expenses is 0."""
    if "name" in values and not values["name"]:
        values["name"] = values[table.key]
    if "fx_rate" in values and values["fx_rate"] is None:
        values["fx_rate"] = ONE
    if "monthly_wage" in values:
        _complete_wage(table, values)
    if "recorded_on" in values and values["recorded_on"] is None:
        values["recorded_on"] = usually_recorded_on(table, values, zone)


def _complete_wage(table: Table, values: Values) -> None:
    costs = (values["monthly_wage"], values["monthly_expenses"])
    if table.name == "rep_costs" or costs != (None, None):
        values["monthly_wage"], values["monthly_expenses"] = (cost or ZERO for cost in costs)


def usually_recorded_on(table: Table, values: Values, zone: ZoneInfo) -> date | None:
    """The day on which a row is recorded if nobody says otherwise: the day of its event."""
    if table.name == "surveys":
        return asked_on(values["sent_on"], values["answered_on"])
    event = values[table.event] if table.event else None
    return local_date(event, zone) if isinstance(event, datetime) else event


def asked_on(sent_on: date | None, answered_on: date | None) -> date:
    """A survey is known from its first day; one that was neither sent nor answered never counts."""
    return min((day for day in (sent_on, answered_on) if day is not None), default=SINCE_EVER)


def _money_fits(values: Values) -> str:
    """Add the cents in the company's currency to the row (R5), unless they are too many."""
    for name in ("amount", "cost"):
        given = values.get(name)
        cents = None if given is None else base_cents(given, values["fx_rate"])
        if cents is not None and abs(cents) > MOST_CENTS:
            return f"{name} times fx_rate is more than fits"
        values[f"{name}_cents"] = cents
    return ""


def _ends_after_start(values: Values) -> str:
    if values["to_on"] is not None and values["to_on"] < values["from_on"]:
        return f"to_on {values['to_on']} is before from_on {values['from_on']}"
    return ""


def _score_on_scale(values: Values) -> str:
    low, high = SCALES[values["kind"]]
    score = values["score"]
    if score is None or low <= score <= high:
        return ""
    if not values["kind"]:
        return f"score {score} has no scale, because kind is empty"
    return f"score {score} is outside the scale of {values['kind']} ({low} to {high})"


ROW_RULES: dict[str, tuple[Callable[[Values], str], ...]] = {
    "revenue": (_money_fits,),
    "campaign_costs": (_money_fits,),
    "ownership": (_ends_after_start,),
    "lead_ownership": (_ends_after_start,),
    "surveys": (_score_on_scale,),
}
