"""How old the figures of a page are, whether newer ones are under way, and why there are none if they are late."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext

from crm.lib import formatting
from crm.lib.periods import Period
from reports.asking import NIGHTLY_JOB, REFRESH_JOB, SNAPSHOT_JOB
from reports.calendar import Choice, choice_named, choices
from reports.models import Snapshot
from reports.reading.lateness import (
    Why,
    asked_earlier,
    failed_it,
    last_night,
    stands_still,
    why_by_old_rule,
    why_late,
)
from reports.report import Report, all_reports
from reports.rules.catalogue import as_json, stored_values
from reports.rules.parameters import in_force, values_of
from reports.showing import asked_run
from reports.snapshots.taking import report_of
from reports.statistics.confidence import Reason
from team.models import Company, Job

# Jobs whose state matters to the loss pages.
KINDS = (NIGHTLY_JOB, REFRESH_JOB, SNAPSHOT_JOB)
# Jobs looked at for the last one that matters.
LOOK_BACK = 100
A_WEEK = 7
# So many times as old as usual a page says it above everything else.
A_LOT = 3


@dataclass(frozen=True)
class Freshness:
    """`late` days behind yesterday, which the nightly job should have computed; `job` is the last one of all.

    `why` is told of late figures, `is_long` of those more than three times as old as they are when all goes well.
    Figures by a rule that another one has followed (`is_superseded`) are told why there are none by the new one.
    """

    late: int
    job: Job | None
    why: Why | None = None
    is_long: bool = False
    is_superseded: bool = False

    @property
    def is_late(self) -> bool:
        return self.late > 0

    @property
    def told(self) -> str:
        """Age and reason in sentences, where there is no page around the figures; nothing while they are not late."""
        age = [_behind(self.late)] if self.late else []
        return " ".join([*age, *([self.why.text] if self.why else [])])

    @property
    def is_asked(self) -> bool:
        """Whether newer figures are waited for, be somebody at work on them or not."""
        return self.job is not None and self.job.state in Job.LIVE

    @property
    def under_way(self) -> bool:
        """Whether somebody is, as far as one can tell: what has waited too long is not being updated."""
        return self.is_asked and not self.stands_still

    @property
    def stands_still(self) -> bool:
        return self.job is not None and stands_still(self.job)

    @property
    def failed(self) -> bool:
        return self.job is not None and self.job.state == Job.State.FAILED


def last_job(
    rule: dict[str, Any], choice: Choice | None, yesterday: date, slugs: Collection[str]
) -> Job | None:
    """What is under way, or ended last: what failed and was followed by something good does not count.

    `slugs` are the reports that the page is made of: computations of another are passed over.

    Runs with other values than those of `rule`, tried out on the page of the rules, are passed over, and so are those
    of periods of somebody's own, but on the pages of these.
    """
    since = timezone.now() - timedelta(days=2)
    recent = Job.everything.filter(
        Q(state__in=Job.LIVE) | Q(finished_at__gte=since), kind__in=KINDS
    )
    own = choice.period if choice is not None and choice.is_own else None
    for job in recent.order_by("-id")[:LOOK_BACK]:
        if job.kind == SNAPSHOT_JOB and job.args["slug"] not in slugs:
            continue
        tried = job.args.get("values", {})
        by_rule = all(rule.get(name, value) == value for name, value in tried.items())
        if by_rule and (job.kind != SNAPSHOT_JOB or _is_shown(job, own, yesterday)):
            return job
    return None


def _is_shown(job: Job, own: Period | None, yesterday: date) -> bool:
    """Whether a computation is of the period of one's own that a page shows; of a standard one where it shows such."""
    days = {name: date.fromisoformat(job.args[name]) for name in ("from_on", "to_on")}
    asked = Period(days["from_on"], days["to_on"])
    report = next((one for one in all_reports() if one.slug == job.args["slug"]), None)
    if own is not None or report is None:
        return asked == own
    standard = choices(report.told_upto(yesterday, stored_values(job.args["values"])))
    return asked in (report.period_for(one.period, yesterday) for one in standard)


def _late(snapshot: Snapshot, yesterday: date, choice: Choice | None) -> int:
    """Days behind yesterday; what is computed once a week is late after a week, frozen months never.

    What was asked for in a period of one's own is as of that period's end, if it is over. Figures of the month or
    year before the one that was asked for are late whatever they are kept as.
    """
    if choice is not None and choice.is_own:
        return (asked_run(report_of(snapshot), choice, yesterday).as_of - snapshot.as_of).days
    days = (yesterday - snapshot.as_of).days
    if choice is not None and _is_of_the_one_before(snapshot, choice, yesterday):
        return max(1, days)
    if snapshot.kind == Snapshot.Kind.MONTH_END:
        return 0
    return max(0, days) if days >= _usual(snapshot) else 0


def _usual(snapshot: Snapshot) -> int:
    """How many days old its figures are at most when no night fails: those of yesterday one, of a week seven."""
    is_year = (snapshot.from_on.day, snapshot.from_on.month, snapshot.to_on.month) == (1, 1, 12)
    return 1 if report_of(snapshot).every_night and not is_year else A_WEEK


def _is_of_the_one_before(snapshot: Snapshot, choice: Choice, yesterday: date) -> bool:
    """Whether a month or year has begun, or ended, that no night has told yet: the page shows the last good one."""
    report = report_of(snapshot)
    if not report.needs_period or report.looks_ahead:
        return False
    upto = report.told_upto(yesterday, stored_values(snapshot.values))
    named = choice_named(choice.key, upto)
    return named is not None and not named.is_rolling and snapshot.from_on < named.period.start


def freshness_of(
    snapshot: Snapshot | None,
    company: Company,
    choice: Choice | None = None,
    *,
    is_superseded: bool = False,
    made_of: Iterable[Report] = (),
) -> Freshness:
    """One query; without a snapshot one more for the rule in force, for late figures one more for the last night.

    `choice` is the period that was asked for; `is_superseded` says that the snapshot is by a rule of before; `made_of`
    are the reports of the page where it is not that of the snapshot alone.
    """
    yesterday = company.today - timedelta(days=1)
    late = 0 if snapshot is None else _late(snapshot, yesterday, choice)
    rule = snapshot.values if snapshot else as_json(values_of(in_force()))
    slugs = {report.slug for report in made_of} or {snapshot.slug if snapshot else ""}
    job = last_job(rule, choice, yesterday, slugs)
    if job is not None and snapshot is not None and not _concerns(job, snapshot, late):
        job = None
    if is_superseded:
        why = why_by_old_rule(job)
        return Freshness(late, job, why, is_long=why.is_stuck, is_superseded=True)
    if snapshot is None or not late:
        return Freshness(late, job)
    if choice is not None and choice.is_own:
        return Freshness(late, job, asked_earlier())
    why = why_late(job, last_night(), snapshot.as_of)
    return Freshness(late, job, why, is_long=late + 1 > A_LOT * _usual(snapshot))


def _concerns(job: Job, snapshot: Snapshot, late: int) -> bool:
    """Whether what failed, failed at these figures too: a night that did them, or passed them over, did not."""
    if job.state != Job.State.FAILED or job.kind == SNAPSHOT_JOB:
        return True
    if job.kind == NIGHTLY_JOB:
        return late > 0 and failed_it(job, snapshot.as_of)
    return snapshot.finished_at is None or snapshot.finished_at < job.created_at


def doubts_of_age(snapshot: Snapshot, choice: Choice | None = None) -> list[Reason]:
    """What is late is less sure; no query."""
    late = _late(snapshot, Company.get().today - timedelta(days=1), choice)
    if late <= 0:
        return []
    return [Reason(_behind(late), good=False)]


def _behind(late: int) -> str:
    told = ngettext("The figures are %(n)s day behind.", "The figures are %(n)s days behind.", late)
    return told % {"n": formatting.number(late)}
