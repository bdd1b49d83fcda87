"""The table of leads by source, rep, campaign or week: how many, how far they came, how fast they were answered."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext, pgettext

from crm.lib import formatting
from reports.rows.lead_steps import STEPS
from reports.rows.leakage_rates import CLASSES
from reports.screens.groups import Group, medians_of
from reports.screens.lead_money import money_columns
from reports.screens.parts import SplitColumn
from reports.screens.screen import Opened
from reports.screens.splits import split_name, split_rows
from reports.statistics.intervals import share


def split_columns(opened: Opened) -> list[SplitColumn]:
    def slow(group: Group) -> Any:
        return share(group.of("late", "never").n, group.of(*CLASSES).n)

    money = money_columns(opened)
    late = SplitColumn(gettext("Late or never"), slow, "percent", of_cases=True)
    return [
        SplitColumn(gettext("Leads"), lambda group: group.of(*CLASSES).n, key="leads"),
        *_qualified(opened),
        SplitColumn(pgettext("leads", "Won"), lambda group: group.of("won").n, key="came_won"),
        _won_share(opened),
        SplitColumn(gettext("First answer, median"), _first_answer(opened), "minutes"),
        # more columns than these a page does not hold
        *(money or [late]),
        SplitColumn(gettext("Leaked"), lambda group: group.of("loss").n, key="loss"),
        SplitColumn(gettext("Missed"), lambda group: group.of("loss").cents, "money", "loss"),
    ]


def _won_share(opened: Opened) -> SplitColumn:
    """Beside the usual share of the company, for who sees all of it."""

    def won(group: Group) -> Any:
        return share(group.of("won").n, group.of(*CLASSES).n)

    label = gettext("Won, %")
    rate = opened.snapshot.whole.get("rate") if opened.sees_all else None
    told = gettext(
        "%(label)s: the line is at %(told)s, the usual share of leads answered in time."
    ) % {"label": label, "told": formatting.percent(rate)}
    return SplitColumn(
        label, won, "percent", has_bar=True, line=rate, told=told if rate else "", of_cases=True
    )


def _qualified(opened: Opened) -> list[SplitColumn]:
    """Where deals tell of it."""
    if not opened.snapshot.whole["steps"]["qualified"]:
        return []
    further = STEPS[STEPS.index("qualified") :]
    label = pgettext("leads", "Qualified")
    return [SplitColumn(label, lambda group: group.of(*further).n, key="came_qualified")]


def _first_answer(opened: Opened) -> Callable[[Group], int | None]:
    """Minutes until half of a group's answered leads had their answer."""
    answered = split_rows(opened, ("timely", "late"))
    by_key = medians_of(answered, opened.report, split_name(opened), "answered_after")

    def median(group: Group) -> int | None:
        seconds = None if group.is_rest else by_key.get(None if group.is_all else group.key)
        return None if seconds is None else int(seconds) // 60

    return median
