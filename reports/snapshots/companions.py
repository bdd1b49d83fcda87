"""Snapshots made of other snapshots: of the same run, and of what was there to be read by the same count."""

from reports.models import Snapshot
from reports.report import Report, Run
from reports.snapshots.sources import Seen
from reports.snapshots.taking import Superseded, is_current, keep_as, latest, take_snapshot


def companion(report: Report, snapshot: Snapshot, run: Run) -> Snapshot:
    """The snapshot of another report for the run that `snapshot` is being made of, taken unless it is there.

    Both know the same: what `snapshot` counted is compared, nothing is counted again. `run` must have a
    value for each of the other's parameters. It is kept for as long as `snapshot` is.
    """
    values = {name: run.values[name] for name in report.parameter_names}
    same = Run(run.period, run.as_of, values)
    seen, kind = Seen(snapshot.sources, snapshot.coverage), Snapshot.Kind(snapshot.kind)
    there = latest(report, same)
    if there is not None and is_current(there, seen):
        return keep_as(there, kind)
    try:
        return take_snapshot(
            report,
            same,
            kind=kind,
            parameters=snapshot.parameters,
            by=snapshot.asked_by,
            seen=seen,
        )
    except Superseded:
        # somebody else has taken it meanwhile
        taken = latest(report, same)
        if taken is None:
            raise
        return taken
