"""What the pages of the reports are made of: columns, figures, steps, charts, explanations. Data alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from crm.lib.paging import Ordering
from reports.models import Evidence

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from reports.report import Run
    from reports.screens.groups import Group
    from reports.screens.screen import Opened

# How a value is written: on the page for the eye, in a file as a plain value.
Kind = Literal["text", "money", "cents", "day", "number", "percent", "minutes", "due"]


@dataclass(frozen=True)
class Row:
    """A row of evidence with the record it is about.

    `subject` is None where the viewer may no longer open the record; the figure stays theirs.
    """

    evidence: Evidence
    subject: Any
    run: "Run"
    url: str = ""

    @property
    def name(self) -> str:
        return str(self.subject) if self.subject else self.evidence.line_key

    @property
    def as_of(self) -> date:
        return self.run.as_of

    def fact(self, name: str) -> Any:
        """A facet; None if the row has none of this name."""
        return self.evidence.facets.get(name)


@dataclass(frozen=True)
class Shown:
    """A column of a list: what it says of a row, and how that is written.

    `ordering` makes it sortable (stored columns). `place` is where a phone puts it (is-fact, is-fact-2),
    `note` what stands small below; what is
    `guarded` are wages, left out for who may not read them. A file has the same columns, and those
    that stand `only_in_file`; `in_file` is what it holds where that differs from what the page says.
    """

    name: str
    label: Any
    value: Callable[[Row], Any]
    kind: Kind = "text"
    ordering: Ordering = ()
    place: str = ""
    spare: bool = False
    only_in_file: bool = False
    guarded: bool = False
    note: Callable[[Row], Any] | None = None
    in_file: Callable[[Row], Any] | None = None
    empty: Any = ""

    @property
    def is_numeric(self) -> bool:
        return self.kind in ("money", "cents", "number", "percent", "minutes")


@dataclass(frozen=True)
class Link:
    """An act that has a page of its own, or one that is looked at `in_layer` over this page."""

    label: Any
    url: str
    icon: str
    in_layer: bool = False


@dataclass(frozen=True)
class Ranking:
    """Another order of a list, by what no column of the evidence holds: its first rows on one page.

    `rows` puts them in order, each with what it is ranked by among its facets, which `columns` show instead of those
    named; `checked` says how well the order told the future, empty where there is nothing to say.
    """

    key: str
    label: Any
    hint: Any
    columns: tuple[Shown, ...]
    instead_of: tuple[str, ...]
    rows: "Callable[[Opened, QuerySet[Evidence]], list[Evidence]]"
    checked: "Callable[[Opened], str]"


@dataclass(frozen=True)
class ListView:
    """How a list of the report stands on its page.

    `hint` says what is in it and by what it is ranked, `nobody` what an empty one means, `noun` counts its
    rows ("12 customers"), `deeds` are what can be done about them. Lists without a tab are opened by figures.
    `of` says what their money is, `base_of` what the other money of the same rows is (the amount behind an
    expectation, the cost behind a count): the foot tells both sums. `opens` names the drawer of a row, `beside` is
    what else a person may do about it, `ranking` another order than by its columns. A list `of_people` has nobody's
    segment or region: a page that is narrowed by these has it not. A list with a `title` stands by itself: its page
    is headed by it, and its strip, its tabs and its words are not those of the report's other lists.
    """

    key: str
    columns: tuple[Shown, ...]
    noun: Callable[[int], str]
    hint: Any = ""
    nobody: Any = ""
    deeds: tuple[str, ...] = ()
    has_tab: bool = True
    sort: str = "money"
    of: Any = ""
    base_of: Any = ""
    opens: Any = ""
    beside: Callable[[Row, "Opened"], "Link | None"] | None = None
    ranking: Ranking | None = None
    of_people: bool = False
    title: Any = ""

    @property
    def is_of_base(self) -> bool:
        """The money of these rows is that of their base alone."""
        return bool(self.base_of) and not self.of


@dataclass(frozen=True)
class Figure:
    """One figure of the strip. `beside` is its range, its change or "counted"; each note may open a list.
    `spark_title` is what a trend shows that is not of month-ends.
    """

    label: Any
    value: Any
    url: str = ""
    beside: Sequence[Any] = ()
    notes: Sequence[tuple[Any, str]] = ()
    tone: str = ""
    is_small: bool = False
    spark: Sequence[int | None] = ()
    spark_before: Sequence[int | None] = ()
    spark_title: str = ""


@dataclass(frozen=True)
class Step:
    """One step of "how it is computed": a count or a sum, and the list of what it counts."""

    label: Any
    value: Any
    url: str = ""
    is_sum: bool = False
    note: Any = ""


@dataclass(frozen=True)
class Card:
    """A chart with its title (what is seen), its unit, and a sentence made from data.

    `tabs` are other ways to see it: label, address, whether it is the one shown.
    """

    name: str
    title: Any
    template: str
    hint: Any = ""
    foot: Any = ""
    data: dict[str, Any] = field(default_factory=dict)
    is_wide: bool = False
    tabs: Sequence[tuple[Any, str, bool]] = ()


@dataclass(frozen=True)
class SplitColumn:
    """A column of a split beside its name: what it says of a group, and the list that it opens.

    Shares may be drawn beside (`has_bar`), with a `line` at what they are compared with. `told` is a sentence about
    the column below the table. A share of the cases that the first column counts (`of_cases`) is marked where these
    are few. A list of another page is found by `opens`.
    """

    label: Any
    value: Callable[["Group"], Any]
    kind: Kind = "number"
    key: str = ""
    has_bar: bool = False
    line: float | None = None
    told: str = ""
    of_cases: bool = False
    opens: Callable[..., str] | None = None


@dataclass(frozen=True)
class SplitActs:
    """What can be done about the groups of a split, which are records of their own.

    `of` names the records by the rows, each with its money; `ids` finds them by the keys of the groups.
    """

    subject_type: str
    deeds: tuple[str, ...]
    of: "Callable[[QuerySet[Evidence]], dict[int, int]]"
    ids: Callable[[Sequence[str]], Mapping[str, int]]


@dataclass(frozen=True)
class Table:
    """Raw rows below a row of evidence: heads, rows of (kind, value), a row that adds them up."""

    title: Any
    heads: Sequence[tuple[Any, Kind]]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] = ()
    note: Any = ""


@dataclass(frozen=True)
class Explanation:
    """What makes up a row of evidence: sentences of the arithmetic, and the records it is made of.

    `cents` is what the raw rows come to; it is the row's own cents. `counted_in` are the ids of the rows of
    other reports that hold the same money.
    """

    facts: Sequence[tuple[Any, Any]]
    tables: Sequence[Table] = ()
    cents: int | None = None
    counted_in: Sequence[int] = ()
