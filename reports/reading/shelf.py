"""What a loss page needs, in three queries: the last rules, the snapshots by them, the viewer's sums.

shelf = Shelf(viewer, [CHURN], team_ids)     the rule and the snapshots
snapshot = shelf.newest(CHURN, "month")      one of them
shelf.totals([snapshot, ...])                the sums of all that a page compares, by snapshot
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models import Sum as SumOf
from django.db.models.functions import Cast, Coalesce, Substr
from django.utils import timezone

from crm.lib.periods import Period, month_end
from reports.calendar import LAST_MONTH, choice_named
from reports.models import Evidence, Parameters, Part, Snapshot
from reports.reading.own_period import key_of
from reports.reading.rules_told import RulesTold
from reports.reading.scope import apart_of_teams, has_facet, in_scope
from reports.report import Report, Sum, Totals
from reports.snapshots.filling import SUMMED
from reports.snapshots.taking import report_of, run_of
from team.access import scope_of
from team.models import Company, User

# Month-ends of three years, dailies of some nights and what people asked for, of a few reports.
AT_MOST = 600
# Older dailies are kept to look back on, and no page starts from them. Some are taken once a week.
RECENT = timedelta(days=8)
# What people asked for in periods of their own stands on the pages of those periods alone.
PASSING = (Snapshot.Kind.DAILY, Snapshot.Kind.ON_DEMAND)


class Shelf:
    """The snapshots of some reports, each by one rule, newest first, without their figures.

    `own` is the period of somebody's own that the page is about, if it is; `narrow` what its figures are narrowed
    by beside the teams (`Filters.narrow`).
    """

    def __init__(
        self,
        viewer: User,
        reports: Iterable[Report],
        team_ids: Iterable[int] | None,
        own: Period | None = None,
        narrow: Mapping[str, Any] | None = None,
    ) -> None:
        self.viewer = viewer
        self.narrow = narrow or {}
        self.own = own
        self.team_ids = None if team_ids is None else sorted(team_ids)
        self.rules = RulesTold(reports)
        today = Company.get().today
        # as of a day to come only the command line computes: what is known by then, nobody knows
        found = Snapshot.objects.filter(
            self.rules.any_of_them(), is_complete=True, as_of__lte=today
        )
        found = found.defer("headline", "sources")
        found = found.order_by(_first_needed(own), "-as_of", "-revision")
        since = today - RECENT
        asked_for = Q(
            kind=Snapshot.Kind.ON_DEMAND, created_at__gte=timezone.now() - RECENT
        ) | _of_own(own)
        recent = Q(as_of__gte=since) | ~Q(kind__in=PASSING) | asked_for
        if not self.rules.set_since(RECENT):
            recent &= self.rules.in_force_only()
        there = list(found.filter(recent)[:AT_MOST])
        daily = Snapshot.Kind.DAILY
        fresh = {one.slug for one in there if one.kind == daily and one.as_of >= since}
        if late := {report.slug for report in self.rules.reports} - fresh:
            # not computed for a while: what is there of these is shown, however old
            kept = [one for one in there if one.slug not in late]
            there = [*kept, *found.filter(slug__in=late)[:AT_MOST]]
        self._there = sorted(there, key=lambda one: (one.as_of, one.revision), reverse=True)

    @property
    def snapshots(self) -> list[Snapshot]:
        """Those by the rule that each report is told by, newest first."""
        return [one for one in self._there if self.rules.is_told(one, self._there)]

    @property
    def parameters(self) -> Parameters | None:
        """The rule in force."""
        return self.rules.in_force

    def is_superseded(self, snapshot: Snapshot | None) -> bool:
        """Whether a rule has come since that tells this report otherwise."""
        return snapshot is not None and self.rules.is_superseded(snapshot)

    @property
    def sees_all(self) -> bool:
        """Whether everything of the company is read, narrowed to no team."""
        return scope_of(self.viewer).all and not self.is_narrowed

    @property
    def is_narrowed(self) -> bool:
        """Whether less is read than the viewer may see."""
        return self.team_ids is not None or bool(self.narrow)

    @property
    def is_by_facets(self) -> bool:
        """Whether it is narrowed by what parts do not know: sums come from the rows then."""
        return bool(self.narrow.keys() - {"owner"})

    def tells(self, report: Report) -> bool:
        """Whether a report can be narrowed as this page is: another one's chart beside it would tell of more."""
        return all(report.dimension(name) for name in self.narrow)

    def rows(self) -> Q:
        """The evidence this viewer sees, narrowed to what was asked for; parts too, where that is no facet."""
        seen = in_scope(self.viewer)
        if self.team_ids is not None:
            seen &= Q(team__in=self.team_ids)
        for name, value in self.narrow.items():
            seen &= Q(owner=value) if name == "owner" else has_facet(name, value)
        return seen

    def apart(self) -> Q | None:
        """The parts that are to be added to the sums by team in `rows`; None where these cannot be told by them."""
        apart = None if self.narrow else apart_of_teams(self.viewer)
        if apart is None or self.team_ids is None:
            return apart
        return apart & Q(team__in=self.team_ids)

    def newest(self, report: Report, choice: str) -> Snapshot | None:
        """The last good snapshot of a standard period, however old, or a month (2026-10) as it was frozen last:
        at its end, when it was ripe, or when the ledger was that it is a part of. Where a rule has changed, by the
        one that has the newest, and so is everything else of this report from then on (`rules_told`).
        """
        return self.rules.settle(report, lambda: self._newest(report, choice))

    def _newest(self, report: Report, choice: str) -> Snapshot | None:
        if self.own is not None and choice == key_of(self.own):
            return self._own(report, self.own)
        if choice[:4].isdigit():
            return next(self._frozen(report, date.fromisoformat(f"{choice}-01")), None)
        found = self._newest_of(report, choice)
        frozen = self._last_month(report) if choice == LAST_MONTH else None
        if frozen is None or (found is not None and found.from_on >= frozen.from_on):
            return found
        return frozen

    def _own(self, report: Report, own: Period) -> Snapshot | None:
        """The last look at it: when it was ripe, or the ledger that it is a part of; else the last one there is.

        Of days that are over a look from among them, to compare another period with, is none.
        """
        days, is_over = (own.start, own.end), own.end < Company.get().today
        return next(
            (
                one
                for one in self._of(report)
                if (one.from_on, one.to_on) == days and not (is_over and one.as_of < own.end)
            ),
            None,
        )

    def _newest_of(self, report: Report, choice: str) -> Snapshot | None:
        values = self.rules.values_of(report)
        for one in self._of(report):
            wanted = choice_named(choice, report.told_upto(one.as_of, values))
            if wanted and (one.from_on, one.to_on) == (wanted.period.start, wanted.period.end):
                return one
        return None

    def _last_month(self, report: Report) -> Snapshot | None:
        """The last month that is over, as it was frozen."""
        return max(self._frozen(report), key=lambda one: one.from_on, default=None)

    def _frozen(self, report: Report, start: date | None = None) -> Iterator[Snapshot]:
        """Months as they were frozen, the last look first."""
        return (
            one
            for one in self._of(report)
            if one.kind == Snapshot.Kind.MONTH_END and start in (None, one.from_on)
        )

    def before(self, snapshot: Snapshot) -> Snapshot | None:
        """The one of the previous period at equal maturity (R4), if it was taken."""
        run = run_of(snapshot).previous()
        wanted = (run.period.start, run.period.end, run.as_of)
        return next(
            (
                one
                for one in self.snapshots
                if one.slug == snapshot.slug and (one.from_on, one.to_on, one.as_of) == wanted
            ),
            None,
        )

    def last(self, report: Report) -> Snapshot | None:
        return next(self._of(report), None)

    def month(self, report: Report, start: date) -> Snapshot | None:
        """A whole month as it was frozen when it was ripe; of a report that keeps month-ends, its last day."""
        if report.keeps_month_ends:
            return self._as_of(report, month_end(start), month_end(start))
        return self._as_of(report, start, self.ripe_on(report, start))

    def young_month(self, report: Report, start: date) -> Snapshot | None:
        """A whole month as it stood at its end, be it ripe or not."""
        return self._as_of(report, start, month_end(start))

    def ripe_on(self, report: Report, start: date) -> date:
        """The day at whose end a month has shown all that it will, by the rule in force."""
        return report.ripe_on(Period(start, month_end(start)), self.rules.values_of(report))

    def _as_of(self, report: Report, start: date, day: date) -> Snapshot | None:
        return next((one for one in self._frozen(report, start) if one.as_of == day), None)

    def _of(self, report: Report) -> Iterator[Snapshot]:
        same = (one for one in self._there if one.slug == report.slug)
        return (one for one in same if self.rules.is_told(one, self._there))

    def totals(
        self,
        snapshots: Iterable[Snapshot | None],
        trend: Iterable[Snapshot | None] = (),
        measure: str = "",
    ) -> dict[int, Totals]:
        """The viewer's sums of several snapshots of one report, by their id; of those of a trend one measure.

        Not of several reports: one with many parts would have the few of the others read along.
        """
        snapshots, trend = list(snapshots), list(trend)
        ids, in_trend = _ids(snapshots), _ids(trend)
        totals = {pk: Totals() for pk in {*ids, *in_trend}}
        wanted = Q(snapshot__in=ids) | Q(snapshot__in=in_trend, measure=measure)
        shown = [one for one in (*snapshots, *trend) if one is not None]
        if not shown:
            return totals
        added = _added_up(report_of(shown[0])) if self.is_by_facets else _parts()
        rows = added.filter(self.rows(), wanted)
        for pk, measure, key, month, *sums in rows:
            totals[pk].add(measure, key, month, Sum(*sums))
        return totals


CELL = ("snapshot_id", "measure", "key", "month")


def _parts() -> Any:
    """The sums of parts by cell."""
    sums = (SumOf(name) for name in SUMMED)
    return Part.objects.order_by().values_list(*CELL).annotate(*sums)


def _added_up(report: Report) -> Any:
    """The same, added up from the rows as `filling.add_up` does it: parts know no facets."""
    month, counted = Substr(Cast("occurred_on", CharField()), 1, 7), Q(in_base=True)
    return (
        Evidence.objects.order_by()
        .annotate(
            key=F("line_key") if report.parts_by_line else Value(""),
            month=Case(When(measure__in=report.monthly_measures, then=month), default=Value("")),
        )
        .values_list(*CELL)
        .annotate(
            n_rows=Count("pk"),
            sum_cents=SumOf("cents"),
            sum_low=SumOf("low_cents"),
            sum_high=SumOf("high_cents"),
            n_base=Count("pk", filter=counted),
            sum_base=Coalesce(SumOf("base_cents", filter=counted), 0),
        )
    )


def _first_needed(own: Period | None) -> Case:
    """What a page cannot do without, before what people asked for: however much that is, it crowds out no month."""
    is_own, is_asked = When(_of_own(own), then=0), When(kind=Snapshot.Kind.ON_DEMAND, then=2)
    return Case(is_own, is_asked, default=1)


def _of_own(own: Period | None) -> Q:
    """A period of somebody's own, and the one before it to compare with."""
    if own is None:
        return Q(pk__in=[])
    return Q(
        *(Q(from_on=one.start, to_on=one.end) for one in (own, own.previous())), _connector=Q.OR
    )


def _ids(snapshots: Iterable[Snapshot | None]) -> list[int]:
    return sorted({one.pk for one in snapshots if one is not None})
