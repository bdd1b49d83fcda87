"""`manage.py report churn --from D --to D [--as-of D] [--by split] [--set name=value ...] [--json]`."""

import re
from argparse import Action, ArgumentParser, Namespace
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.lib.new_database import make_tables
from crm.lib.parsing.days import FIRST_YEAR, LAST_YEAR
from crm.lib.periods import Period, local_date
from reports.instead import rule_instead
from reports.models import Snapshot
from reports.printing import as_table, as_text
from reports.report import CannotRun, Report, Run, all_reports, report_named
from reports.rules.catalogue import SILENCE, BadParameter
from reports.rules.parameters import in_force, values_for
from reports.snapshots.taking import run_of, take_snapshot
from team.models import Company

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Assignment(Action):
    """`--set name=value`, each name once: of two values one would be taken in silence."""

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        name, sign, value = str(values).partition("=")
        name, given = name.strip(), getattr(namespace, self.dest)
        if not sign or not name:
            parser.error(f"--set {values}: write it as name=value.")
        if name in given:
            parser.error(f"--set {name} is given twice, {given[name]} and {value}: leave one out.")
        # the default is shared by all runs: it stays empty
        setattr(namespace, self.dest, {**given, name: value})


class Command(BaseCommand):
    help = "Compute a report as the nightly job does, and print the figures it stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        slugs = ", ".join(report.slug for report in all_reports())
        parser.add_argument("slug", help=f"one of: {slugs}")
        parser.add_argument("--from", dest="start", metavar="DAY", help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="end", metavar="DAY", help="last day")
        parser.add_argument(
            "--as-of",
            metavar="DAY",
            help="what was known at the end of this day; default: --to or yesterday, if that is earlier",
        )
        parser.add_argument(
            "--set",
            dest="assignments",
            action=Assignment,
            default={},
            metavar="NAME=VALUE",
            help="a parameter other than the company's; may be repeated",
        )
        parser.add_argument("--by", metavar="SPLIT", help=f"how to split: {_splits()}")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        make_tables()
        try:
            report = report_named(options["slug"])
            _check_split(report, options["by"])
            run = self._run(report, options)
            version = None if options["assignments"] else in_force()
            snapshot = take_snapshot(report, run, parameters=version)
        except (CannotRun, BadParameter) as error:
            raise CommandError(str(error)) from error
        self._tell_aside(run)
        figures = _figures(report, snapshot, options["by"])
        reasons = list(rule_instead(snapshot))
        for sentence in reasons:
            (self.stderr if options["json"] else self.stdout).write(sentence)
        self.stdout.write(as_text(figures) if options["json"] else as_table(figures))

    def _tell_aside(self, run: Run) -> None:
        """What the figures do not say of themselves: on standard error, so that JSON stays alone."""
        today = Company.get().today
        if run.as_of > today:
            self.stderr.write(
                f"--as-of {run.as_of} is a day to come: today is {today}, and what is entered until then"
                " will change these figures. No page shows them."
            )
        floor, cap = (run.values.get(name) for name in SILENCE)
        if floor is not None and cap is not None and floor > cap:
            self.stderr.write(
                f"floor_days ({floor}) is more than cap_days ({cap}): cap_days decides for every customer"
                " without a contract."
            )

    def _run(self, report: Report, options: dict[str, Any]) -> Run:
        yesterday = local_date(timezone.now(), Company.get().zone) - timedelta(days=1)
        as_of = _day(options["as_of"], "--as-of")
        end = _day(options["end"], "--to") or as_of
        start = _day(options["start"], "--from")
        if report.looks_ahead and options["end"] is None:
            raise CannotRun(f"The report {report.slug} needs --to.")
        if report.needs_period and not report.looks_ahead and (start is None or end is None):
            raise CannotRun(f"The report {report.slug} needs --from and --to.")
        end = end or yesterday
        as_of = as_of or min(end, yesterday)
        given = options["assignments"]
        values = values_for(report.parameter_names, given)
        for name in given.keys() - set(report.parameter_names):
            self.stderr.write(f"{name} does not enter {report.slug}.")
        start = start or end
        if report.needs_period and not report.looks_ahead and end < start:
            raise CannotRun(f"The period ends before it starts: {start} to {end}.")
        asked = Period(min(start, end), end)
        return Run(report.period_for(asked, as_of), as_of, values)


def _splits() -> str:
    return "; ".join(
        f"{each.slug}: {', '.join(each.splits)}" for each in all_reports() if each.splits
    )


def _check_split(report: Report, by: str | None) -> None:
    """Before anything is computed."""
    if by is not None and report.printed_by is None:
        raise CannotRun(f"The report {report.slug} is not split: leave --by out.")
    if by is not None and by not in report.splits:
        raise CannotRun(f"The report {report.slug} is split by: {', '.join(report.splits)}.")


def _figures(report: Report, snapshot: Snapshot, by: str | None) -> Any:
    """What to print; a report that is split prints its first split unless another is named."""
    run = run_of(snapshot)
    if report.printed_by is None or by is None:
        return report.printed(snapshot, run)
    return report.printed_by(snapshot, run, by)


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        # Python also reads days of a week (2026-W01-1) and days without hyphens
        day = date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        raise CannotRun(f"{option}: “{text}” is not a day. Write it like 2026-11-30.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CannotRun(f"{option}: “{text}” is not between {FIRST_YEAR} and {LAST_YEAR}.")
    return day
