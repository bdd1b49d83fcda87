"""Which run a page, a night or a request is about."""

from datetime import date, timedelta

from crm.lib.periods import Period
from reports.calendar import Choice
from reports.models import Parameters
from reports.parameters import values_for
from reports.report import Report, Run


def run_for(
    report: Report, period: Period, as_of: date, *, version: Parameters | None = None
) -> Run:
    """The run of a period with the rules in force. A report of a day alone runs on `as_of`."""
    values = values_for(report.parameter_names, version=version)
    return Run(report.period_for(period, as_of), as_of, values)


def asked_run(report: Report, choice: Choice, yesterday: date) -> Run:
    """The run of a period that somebody chose: one of their own as it was known at its end (R2), or once it shows."""
    if not choice.is_own:
        return run_for(report, choice.period, yesterday)
    shows_on = choice.period.end + timedelta(days=report.matures_after)
    return run_for(report, choice.period, min(shows_on, yesterday))
