"""Which run a page, a night or a request is about."""

from datetime import date

from crm.lib.periods import Period
from reports.models import Parameters
from reports.parameters import values_for
from reports.report import Report, Run


def run_for(
    report: Report, period: Period, as_of: date, *, version: Parameters | None = None
) -> Run:
    """The run of a period with the rules in force. A report of a day alone runs on `as_of`."""
    values = values_for(report.parameter_names, version=version)
    return Run(report.period_for(period, as_of), as_of, values)
