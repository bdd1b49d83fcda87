"""The screen of a report: its address, lists, figures, charts and words. One file a report beside this one.

The page, "how it is computed", the files, the rows below a row and the acts are the same for all of them
(`reports.views`); a screen says only what is its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from django.urls import reverse
from django.utils.http import urlencode

from crm.lib import formatting
from reports.models import Evidence, Snapshot
from reports.reading.filters import Filters, as_query
from reports.reading.freshness import doubts_of_age
from reports.reading.hiding import Told
from reports.reading.known import Missing, missing_of, needs_of
from reports.reading.narrowing import as_words
from reports.reading.shelf import Shelf
from reports.reading.untold import missing_in
from reports.report import Measure, Report, Run, Totals
from reports.screens.parts import (
    Card,
    Explanation,
    Figure,
    Link,
    ListView,
    SplitActs,
    SplitColumn,
    Step,
)
from reports.screens.writing import Writer
from reports.snapshots.taking import run_of
from reports.statistics.confidence import Confidence, Reason, confidence_in
from team.access import leads_others, scope_of
from team.models import Company, User


@dataclass(frozen=True)
class Opened:
    """A report as one person has it open: the snapshot, their sums of it, and how the page was narrowed.

    `before` are the figures of the previous period at equal maturity, None if it was not taken. `told` says
    how much of the money is theirs to read: totals and headline hold no other. `trend` are the months as
    frozen once they were ripe, the earliest first, `trend_before` those a year earlier (None = not ripe yet, or
    never computed).
    """

    screen: "Screen"
    viewer: User
    filters: Filters
    shelf: Shelf
    snapshot: Snapshot
    totals: Totals
    headline: dict[str, Any]
    before: dict[str, Any] | None
    told: Told
    narrow: Mapping[str, Any]
    asked: Mapping[str, str]
    trend: Sequence[int | None] = ()
    trend_before: Sequence[int | None] = ()

    @property
    def report(self) -> Report:
        return self.screen.report

    @cached_property
    def run(self) -> Run:
        return run_of(self.snapshot)

    @property
    def currency(self) -> str:
        return Company.get().base_currency

    @property
    def is_own(self) -> bool:
        """One person's own numbers: nobody else is named beside them."""
        return scope_of(self.viewer).is_one_person

    @property
    def is_by_customers(self) -> bool:
        """Whether figures and rows are narrowed by what customers are: people are of no segment and no region."""
        return not self.filters.narrow.keys().isdisjoint(("segment", "region"))

    @property
    def sees_all(self) -> bool:
        """What holds of the whole company is told to who sees all of it."""
        return self.shelf.sees_all

    @cached_property
    def confidence(self) -> Confidence:
        doubts = [*self.screen.doubts(self), *doubts_of_age(self.snapshot, self.filters.choice)]
        return confidence_in(self.snapshot, estimated=self.screen.estimated, more=doubts)

    @cached_property
    def writer(self) -> Writer:
        return Writer(self.currency, Company.get().today)

    def url(self, **more: Any) -> str:
        """The page, with its period and team."""
        return f"{self.screen.address}?{urlencode(as_query(self.filters, **more))}"

    def list_url(self, key: str, **narrow: Any) -> str:
        """The list behind a figure."""
        return f"{self.url(list=key, **narrow)}#rows"

    @cached_property
    def view(self) -> ListView:
        """The list that the address names, else the first; that too where the page is narrowed to customers."""
        named = self.screen.list_named(self.asked["list"])
        return self.screen.lists[0] if named.of_people and self.is_by_customers else named

    @property
    def title(self) -> Any:
        """What the page is headed by."""
        return self.view.title or self.screen.title

    @property
    def _first_key(self) -> str:
        """The list of the page's first figure: the one that stands by itself, of a report its loss, else the first."""
        if self.view.title:
            return self.view.key
        return "loss" if self.report.listed("loss") else self.screen.lists[0].key

    @property
    def rows_url(self) -> str:
        """The list of the page's first figure."""
        return self.list_url(self._first_key)

    @property
    def csv_url(self) -> str:
        """The same as a file."""
        query = urlencode(as_query(self.filters, list=self._first_key))
        return f"{reverse(f'{self.screen.slug}-export', args=['csv'])}?{query}"

    @property
    def dispute_url(self) -> str:
        """Where somebody says that the page's first figure looks wrong."""
        about = {"report": self.report.slug, "list": self._first_key, "next": self.url()}
        return f"{reverse('dispute-new')}?{urlencode(as_query(self.filters, **about))}"

    @cached_property
    def needs(self) -> Missing | None:
        """What the loss still needs to be told; nothing where it is."""
        return self.missing or needs_of(self.report, self.snapshot)

    @cached_property
    def missing(self) -> Missing | None:
        """What is missing where this reader has no row of it at all: then no figure of the page is one."""
        return missing_of(self.report, self.totals, self.shelf)

    @cached_property
    def untold(self) -> Mapping[int, Missing]:
        """Of a ledger the losses that cannot be told, by number, and what they need."""
        return missing_in(self.snapshot, self.shelf)

    @property
    def how_url(self) -> str:
        return self._beside("how")

    @property
    def filters_url(self) -> str:
        return self._beside("filters")

    @property
    def restated_url(self) -> str:
        return self._beside("restated")

    def _beside(self, word: str) -> str:
        """A drawer of this page: the rest of its address stays."""
        query = urlencode(self.carried)
        return f"{reverse(f'{self.screen.slug}-{word}')}?{query}"

    @property
    def export_address(self) -> str:
        """Up to the ending that says which kind of file."""
        return reverse(f"{self.screen.slug}-export", args=["csv"]).removesuffix("csv")

    @property
    def plan_url(self) -> str:
        """Where acts on the rows of this page's list go: its address says which list that is."""
        return f"{reverse(f'{self.screen.slug}-plan')}?{urlencode(self.carried)}"

    @property
    def act_url(self) -> str:
        """Where it is shown what a deed would come to; the form says the rest."""
        return reverse(f"{self.screen.slug}-act")

    @property
    def unplan_url(self) -> str:
        """Where an act is taken back."""
        return reverse(f"{self.screen.slug}-unplan")

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The address of this page as parameters: filters, list, split, what narrows it."""
        words = as_query(self.filters) | {w: v for w, v in self.asked.items() if v}
        return [(word, str(value)) for word, value in (words | as_words(self.narrow)).items()]

    def here(self, **changes: str) -> str:
        """The page as it stands, with some words of its address changed; an empty one is taken out."""
        words = dict(self.carried) | changes
        kept = {word: value for word, value in words.items() if value}
        return f"{self.screen.address}?{urlencode(kept)}"

    def split_url(self, name: str, key: str = "") -> str:
        """A split of the rows on the page."""
        return f"{self.url(split=name, **({'list': key} if key else {}))}#rows"


def _nothing(opened: Opened) -> list[Any]:
    return []


def _no_words(opened: Opened) -> str:
    return ""


@dataclass(frozen=True)
class Screen:
    """How a report stands on its page.

    `word` is its address; `companions` are reports read along with it, `computed` those that "Compute again"
    asks for (the report alone unless said). `notice` stands above the charts, which are `stacked` or side by
    side. `splits` are the dimensions offered, `split` is the one shown before a list where groups tell more
    than rows; it is of `split_measures`, or of the list's own; `split_acts` are what is done about its groups, by
    dimension. `words` is the formula in words with today's numbers (else a template says it). `names` turns the
    values of a dimension into what people read (one query at most). `newest` finds the snapshot where a period does
    not. `explain` answers what makes up a row. `beside` are the slugs of reports that tell more of the same, `links`
    acts that have pages of their own; what stands in the analysis `is_opened_by_losses`
    where figures of these lead to it.
    """

    report: Report
    word: str
    title: Any
    lists: tuple[ListView, ...]
    strip: Callable[[Opened], list[Figure]]
    steps: Callable[[Opened], list[Step]]
    explain: Callable[[Evidence, Run], Explanation]
    left_out: tuple[Any, ...] = ()
    why_range: Callable[[Opened], str] = _no_words
    charts: Callable[[Opened], list[Card]] = _nothing
    splits: tuple[str, ...] = ()
    split: str = ""
    split_measures: tuple[str, ...] = ()
    split_columns: Callable[[Opened], list[SplitColumn]] = _nothing
    split_acts: Mapping[str, SplitActs] = field(default_factory=dict)
    names: Mapping[str, Callable[[Sequence[str]], Mapping[str, str]]] | None = None
    companions: tuple[Report, ...] = ()
    computed: tuple[Report, ...] = ()
    doubts: Callable[[Opened], list[Reason]] = _nothing
    words: Callable[[Opened], str] | None = None
    estimated: bool = False
    notice: tuple[Any, Any] | None = None
    icon: str = "droplet-half-2"
    needs: Any = ""
    newest: Callable[[Shelf, Filters], Snapshot | None] | None = None
    has_period: bool = True
    stacked: bool = False
    trend: str = ""
    group: Literal["losses", "analysis"] = "losses"
    beside: tuple[str, ...] = ()
    links: Callable[[Opened], list[Link]] = _nothing
    is_opened_by_losses: bool = False

    @property
    def slug(self) -> str:
        return self.report.slug

    @property
    def is_for_all(self) -> bool:
        """Whether everybody opens it within their part."""
        return self.group == "losses" or self.is_opened_by_losses

    @property
    def is_of_period(self) -> bool:
        """Whether the page asks for a period: what tells of a day alone has none to choose."""
        return self.has_period and self.report.needs_period

    def snapshot(self, shelf: Shelf, filters: Filters) -> Snapshot | None:
        """The last good snapshot of what the address asks for."""
        if self.newest is not None:
            return self.newest(shelf, filters)
        if not self.report.needs_period:
            return shelf.last(self.report)
        return shelf.newest(self.report, filters.choice.key)

    @property
    def path(self) -> str:
        """The address without the slashes at its ends."""
        return f"{self.group}/{self.word}"

    @property
    def address(self) -> str:
        return reverse(self.slug)

    @property
    def formula(self) -> str:
        """The template that says the formula in words with today's numbers."""
        return f"reports/formulas/{self.slug}.html"

    def figures(self, opened: Opened) -> list[Figure]:
        """The strip; a loss that nothing could be made of is no 0: it says what it needs (R9)."""
        told, needs = self.strip(opened), opened.needs
        if needs is None or (not opened.missing and opened.headline["loss_cents"] is None):
            return told
        unknown = Figure(told[0].label, formatting.UNKNOWN, notes=[(needs.text, needs.url)])
        if opened.missing:
            return [unknown, *(Figure(each.label, formatting.UNKNOWN) for each in told[1:])]
        return [unknown, *told[1:]]

    @property
    def computes(self) -> tuple[Report, ...]:
        """What "Compute again" asks for."""
        return self.computed or (self.report,)

    @property
    def reports(self) -> tuple[Report, ...]:
        return (self.report, *self.companions)

    @property
    def tabs(self) -> list[ListView]:
        return [each for each in self.lists if each.has_tab]

    def opens_for(self, viewer: User) -> bool:
        """Whether a person has this page: the analysis is for who leads others, but for what all may open."""
        return self.is_for_all or leads_others(viewer)

    def heading_of(self, measure: Measure) -> str:
        """What a row of a measure is a row of: the report's page and the measure, or the list that stands by itself."""
        alone = [self.report.listed(view.key) for view in self.lists if view.title]
        is_alone = any(listed and measure.key in listed.measures for listed in alone)
        return str(measure.label) if is_alone else f"{self.title}: {measure.label}"

    def list_named(self, key: str) -> ListView:
        """The list of a key; the first for any other."""
        return next((each for each in self.lists if each.key == key), self.lists[0])


_screens: dict[str, Screen] = {}


def show(screen: Screen) -> Screen:
    """Give a report its page."""
    if screen.slug in _screens or screen.word in {each.word for each in _screens.values()}:
        raise ValueError(f"Two screens of {screen.slug}.")
    missing = [view.key for view in screen.lists if screen.report.listed(view.key) is None]
    if missing:
        raise ValueError(f"The report {screen.slug} has no list {missing[0]}.")
    _screens[screen.slug] = screen
    return screen


def all_screens() -> Iterable[Screen]:
    return _screens.values()


def screen_of(slug: str) -> Screen | None:
    return _screens.get(slug)
