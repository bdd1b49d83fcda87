"""What days of work cost: the wage of a month over all working days of that calendar month, exact."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from crm.lib.periods import day_of
from reports.rows.staff import Pay, Staff
from reports.rows.work_calendar import WorkCalendar


@dataclass(frozen=True)
class Cost:
    """Wages and expenses, in cents before rounding."""

    wages: Fraction = Fraction(0)
    expenses: Fraction = Fraction(0)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wages + other.wages, self.expenses + other.expenses)


def cost_of(
    staff: Staff,
    calendar: WorkCalendar,
    rep_id: int,
    first: int,
    last: int,
    without: Collection[int] = (),
) -> Cost:
    """What the working days first..last of a rep cost, but for the days `without`.

    Absent days are paid: give them only where they are not meant (section 6, not 7).
    """
    days = Counter(
        (staff.pay_at(rep_id, day), calendar.of_month(day_of(day)))
        for day in calendar.working_between(first, last)
        if day not in without
    )
    return sum((_of(pay, 100 * count, divisor) for (pay, divisor), count in days.items()), Cost())


def _of(pay: Pay, hundreds: int, divisor: int) -> Cost:
    return Cost(
        Fraction(pay.wage) * hundreds / divisor, Fraction(pay.expenses) * hundreds / divisor
    )
