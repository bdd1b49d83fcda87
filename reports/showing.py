"""Which run a page, a night or a request is about."""

from datetime import date

from crm.lib.periods import Period
from reports.calendar import Choice, choice_named, choices
from reports.models import Parameters
from reports.report import Report, Run
from reports.rules.parameters import values_for


def standard_period(report: Report, choice: str, yesterday: date) -> Period:
    """A standard period by its name, the last twelve months for any other; the day alone where there is none."""
    upto = report.told_upto(yesterday, values_for(report.parameter_names))
    named = choice_named(choice, upto) or choices(upto)[0]
    return report.period_for(named.period, yesterday)


def run_for(
    report: Report, period: Period, as_of: date, *, version: Parameters | None = None
) -> Run:
    """The run of a period with the rules in force. A report of a day alone runs on `as_of`."""
    values = values_for(report.parameter_names, version=version)
    return Run(report.period_for(period, as_of), as_of, values)


def asked_run(report: Report, choice: Choice, yesterday: date) -> Run:
    """The run of a period that somebody chose: one of their own as it was known when it was ripe (R2)."""
    if not choice.is_own:
        return run_for(report, standard_period(report, choice.key, yesterday), yesterday)
    ripe_on = report.ripe_on(choice.period, values_for(report.parameter_names))
    return run_for(report, choice.period, min(ripe_on, yesterday))
