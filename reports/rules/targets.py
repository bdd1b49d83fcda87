"""Targets: the most a loss should come to in a calendar month; a period's is added up from its months (R4)."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from django.db import transaction

from crm.lib.money import half_up
from crm.lib.periods import Period, add_months, month_end, month_start
from reports.models import Target
from team.audit import record
from team.models import Company, User

Cell = tuple[str, date]


def months_of(period: Period) -> list[date]:
    """The first days of the months that a period touches."""
    months = [month_start(period.start)]
    while month_end(months[-1]) < period.end:
        months.append(add_months(months[-1], 1))
    return months


def targets_in(slugs: Iterable[str], period: Period) -> dict[Cell, int]:
    """The targets of the period's months, in cents, by report and month."""
    rows = Target.objects.filter(slug__in=list(slugs), month__in=months_of(period))
    return {
        (slug, month): cents for slug, month, cents in rows.values_list("slug", "month", "cents")
    }


def target_of(slug: str, period: Period, known: Mapping[Cell, int]) -> int | None:
    """Cents for a period: whole months added, parts of months by their days; None if a month has none."""
    total = Fraction(0)
    for month in months_of(period):
        cents = known.get((slug, month))
        if cents is None:
            return None
        first, last = max(month, period.start), min(month_end(month), period.end)
        total += Fraction(cents * ((last - first).days + 1), month_end(month).day)
    return half_up(total)


class TargetsTaken(Exception):
    """Somebody set these cells after the person opened them; `cells` holds what they are now."""

    def __init__(self, cells: Mapping[Cell, int | None]) -> None:
        super().__init__(sorted(cells))
        self.cells = cells


def set_targets(
    cells: Mapping[Cell, int | None],
    *,
    by: User,
    seen: Mapping[Cell, int | None] | None = None,
) -> int:
    """Write what differs, None removes; answers how many cells changed. One entry in the audit for all.

    `seen` is what the person saw in these cells; raises `TargetsTaken`, and writes nothing, where another value but
    theirs is by now.
    """
    with transaction.atomic():
        # a cell without a target has no row to lock: one person at a time
        list(Company.objects.select_for_update(no_key=True))
        held = Target.objects.filter(month__in={month for _slug, month in cells})
        before = {(row.slug, row.month): row.cents for row in held}
        changed = {cell: cents for cell, cents in cells.items() if before.get(cell) != cents}
        taken = {
            cell: before.get(cell) for cell in changed if seen and before.get(cell) != seen[cell]
        }
        if taken:
            raise TargetsTaken(taken)
        for slug, month in changed:
            Target.objects.filter(slug=slug, month=month).delete()
        Target.objects.bulk_create(
            Target(slug=slug, month=month, cents=cents)
            for (slug, month), cents in changed.items()
            if cents is not None
        )
        if changed:
            record(
                "set-targets",
                None,
                by=by,
                before=_told({cell: before.get(cell) for cell in changed}),
                after=_told(changed),
            )
    return len(changed)


def _told(cells: Mapping[Cell, int | None]) -> dict[str, int | None]:
    return {f"{slug} {month:%Y-%m}": cents for (slug, month), cents in sorted(cells.items())}
