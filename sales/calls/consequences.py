"""What follows from how a call ended: the day and hour of the next step, giving up, a stage of the deal."""

from dataclasses import dataclass
from datetime import date, datetime, time

from customers.models import Customer
from sales.days.due_days import WorkCalendar
from sales.models import Activity, Deal, Lead, Outcome, Stage

# Tries beyond this many are told as this many.
MOST_TRIES = 30


@dataclass(frozen=True)
class Follow:
    """The next step that an outcome proposes; without a day, whoever calls chooses one.

    `attempt` counts the tries in a row that reached nobody, this one among them; 0 where they are not counted.
    """

    title: str
    day: date | None = None
    at: time | None = None
    attempt: int = 0
    gives_up: bool = False


def follow(outcome: Outcome, tries: int, tried_at: datetime, calendar: WorkCalendar) -> Follow:
    """What an outcome proposes after `tries` earlier ones in a row that reached nobody."""
    title = outcome.default_title
    if not outcome.plans_itself:
        return Follow(title)
    rungs = outcome.next_step_after
    days = rungs[min(tries, len(rungs) - 1)]
    counts_days = outcome.next_step_rule == Outcome.Rule.DAYS
    day = calendar.in_days(days) if counts_days else calendar.after(days)
    if not outcome.is_ladder:
        return Follow(title, day)
    return Follow(title, day, calendar.another_hour(tried_at), tries + 1, tries >= len(rungs))


def tries_in_a_row(subject: Customer | Lead | Deal) -> int:
    """How many calls, counted from the last one back, reached nobody."""
    calls = Activity.everything.filter(
        kind=Activity.Kind.CALL,
        status=Activity.Status.DONE,
        deleted_on__isnull=True,
        outcome__isnull=False,
        **{str(subject._meta.model_name): subject},
    ).order_by("-start_at", "-id")
    count = 0
    for reached in calls.values_list("outcome__reached", flat=True)[:MOST_TRIES]:
        if reached:
            break
        count += 1
    return count


def stage_for(outcome: Outcome, deal: Deal | None) -> Stage | None:
    """The stage that an outcome proposes for a deal: one further on in its own pipeline."""
    stage = outcome.stage
    if deal is None or stage is None or not stage.is_active:
        return None
    if deal.closed_on is not None or deal.binned_on is not None:
        return None
    if stage.pipeline_id != deal.stage.pipeline_id or stage.order <= deal.stage.order:
        return None
    return stage
