"""Which snapshot answers a page."""

from dataclasses import dataclass
from datetime import date

from crm.lib.periods import Period
from reports.asking import job_for
from reports.models import Parameters, Snapshot
from reports.parameters import values_for
from reports.report import Report, Run
from reports.snapshots import latest, report_of, run_of
from team.models import Job


def run_for(
    report: Report, period: Period, as_of: date, *, version: Parameters | None = None
) -> Run:
    """The run of a period with the rules in force. A report of a day alone runs on `as_of`."""
    values = values_for(report.parameter_names, version=version)
    return Run(period if report.needs_period else Period(as_of, as_of), as_of, values)


@dataclass(frozen=True)
class Shown:
    """What a page shows of a run.

    `snapshot` is its last revision, or else the last good one of the same choice (`is_late`), or None.
    `job` is the one that computes the run, waiting, running or failed; None if nobody asked.
    """

    run: Run
    snapshot: Snapshot | None
    job: Job | None

    @property
    def is_late(self) -> bool:
        """The snapshot is not the one that was asked for."""
        return self.snapshot is not None and run_of(self.snapshot) != self.run

    @property
    def reason(self) -> str:
        """Why the one asked for is missing, if a job failed over it."""
        return self.job.error if self.job is not None else ""


def shown(report: Report, run: Run, choice: str = "") -> Shown:
    """The snapshot to show for a run, in three queries at most. `choice` names a standard period."""
    exact = latest(report, run)
    if exact is not None:
        return Shown(run, exact, None)
    return Shown(run, _last_good(report, run, choice), job_for(report, run))


def _last_good(report: Report, run: Run, choice: str) -> Snapshot | None:
    good = Snapshot.objects.filter(slug=report.slug, is_complete=True, as_of__lte=run.as_of)
    same = {"from_on": run.period.start, "to_on": run.period.end}
    good = good.filter(choice=choice) if choice else good.filter(**same)
    return good.order_by("-as_of", "-pk").first()


def previous(snapshot: Snapshot) -> Snapshot | None:
    """The snapshot of the period before at equal maturity (R4), if it was taken."""
    return latest(report_of(snapshot), run_of(snapshot).previous())
