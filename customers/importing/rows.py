"""A row on its way through an import, and the run it belongs to."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from customers.importing.columns import Style
from customers.models import ImportRow
from team.models import Company, User

if TYPE_CHECKING:
    from customers.importing.importer import Importer

NEW, FILLED = ImportRow.Verdict.NEW, ImportRow.Verdict.FILLED
SAME, ERROR = ImportRow.Verdict.SAME, ImportRow.Verdict.ERROR
FILL, REPLACE, SKIP = "fill", "replace", "skip"
ON_ITS_DAY, TODAY = "on-its-day", "today"


@dataclass
class Row:
    """`values`: texts by column; `clean`: what they mean; `record`: what it fills or has made.

    `was`: the values that were overwritten. `owner_id`: its first owner.
    """

    number: int
    values: dict[str, str]
    clean: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    verdict: str = NEW
    record: Any = None
    was: dict[str, Any] = field(default_factory=dict)
    owner_id: int | None = None

    def refuse(self, sentence: str, label: Any = "") -> None:
        self.problems.append(f"{label}: {sentence}" if label else sentence)
        self.verdict = ERROR

    @property
    def good(self) -> bool:
        return self.verdict != ERROR


@dataclass(frozen=True)
class Options:
    """`existing`: what happens to records that are there. `make`: what may be made where it is not known.

    `same_by`: which of the importer's keys tell that a row is a record that is there; empty: all.
    `values`: texts for columns that the file lacks or leaves empty. `rates`: to the company's currency.
    `recorded`: since when reports know the rows, see `Run.recorded_on`; empty: decided by what is there.
    """

    existing: str = FILL
    make: frozenset[str] = frozenset()
    same_by: frozenset[str] = frozenset()
    values: dict[str, str] = field(default_factory=dict)
    rates: dict[str, Decimal] = field(default_factory=dict)
    strict: bool = False
    recorded: str = ""


@dataclass
class Run:
    """One import under way. `by` None is the operator of the command line, who sees all.

    `done`: rows that came in with an earlier import of the same file.
    `seen`: keys of earlier rows of this file. `notes`: what importers keep for `finish`.
    """

    importer: "Importer"
    by: User | None
    company: Company
    options: Options
    style: Style
    today: date
    mapped: frozenset[str]
    recorded: str
    done: frozenset[int]
    seen: dict[tuple[str, Any], int] = field(default_factory=dict)
    made: dict[str, list[int]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def note_made(self, record: Model) -> None:
        """Remember a record that was made besides the rows, so that undo finds it."""
        self.made.setdefault(record._meta.label, []).append(record.pk)

    def recorded_on(self, happened_on: date) -> date:
        """History that is brought in first counts as known on its own days; what comes later, as of today.

        So a report of a past day can be made from a first import, and later imports never change one.
        """
        return min(happened_on, self.today) if self.recorded == ON_ITS_DAY else self.today

    @property
    def known_since(self) -> date | None:
        """The same for records without a day of their own; None: always known."""
        return None if self.recorded == ON_ITS_DAY else self.today

    def has(self, column: str) -> bool:
        """Whether the file (or an option) gives this column."""
        return column in self.mapped or column in self.options.values
