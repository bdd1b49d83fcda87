"""The response clock of leads: how soon somebody has to answer, and how far the time has run.

The company's goal at the time of arrival stands on the lead (ruling 7): a later change of the goal or of the
calendar moves no clock that runs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sales.models import Lead
from team.models import Company
from team.working_time import WorkingTime

# Longer than that is told in days, which nobody counts by working hours.
LONG = timedelta(hours=72)
HOUR = timedelta(hours=1)


def start_clock(lead: Lead, time: WorkingTime) -> None:
    """From its arrival on, by the company's goal."""
    company = time.company
    lead.response_due_at = lead.arrived_at + timedelta(hours=company.response_hours)
    lead.working_hours = None
    if company.response_clock == Company.Clock.WORKING:
        due = time.after(lead.arrived_at, company.response_hours)
        if due is not None:
            lead.response_due_at, lead.working_hours = due, company.response_hours


@dataclass(frozen=True)
class Clock:
    """How long a lead (by its number) has waited against the company's goal; `works`: in working hours."""

    lead: int
    hours: int
    goal_hours: int
    late: bool
    works: bool = False
    days: int = 0

    @property
    def share(self) -> int:
        """Percent of the goal used up, at most 100."""
        return min(100, 100 * self.hours // self.goal_hours) if self.goal_hours else 100


def clock_of(lead: Lead, now: datetime, time: WorkingTime) -> Clock | None:
    """None once the lead was answered or has ended. Whole days where hours would be a number nobody grasps."""
    due = lead.response_due_at
    if due is None or lead.first_touch_at is not None or not lead.is_open:
        return None
    late, works = now > due, lead.working_hours is not None
    goal = lead.working_hours or round((due - lead.arrived_at) / HOUR)
    since = due if late else lead.arrived_at
    if late and now - since >= LONG:
        return Clock(lead.pk, (now - since) // HOUR, goal, late, days=(now - since).days)
    waited = time.between(since, now) if works else now - since
    # another machine's clock may be a little ahead
    return Clock(lead.pk, max(0, waited // HOUR), goal, late, works)
