"""How open deals stand: their next step, and their days in the stage against what is usual there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sales.models import Deal, Task


@dataclass(frozen=True)
class Standing:
    """A deal as a row or a card shows it; `days` and `step` are of open deals."""

    deal: Deal
    days: int | None
    step: Task | None

    @property
    def is_long(self) -> bool:
        """Longer in its stage than usual."""
        longest = self.deal.stage.longest_usual
        return self.days is not None and longest is not None and self.days > longest

    @property
    def lacks_step(self) -> bool:
        return self.deal.closed_on is None and self.step is None


def standings(deals: Iterable[Deal], today: date) -> list[Standing]:
    """In the order of the deals, which are read with their stages; one query."""
    rows = list(deals)
    steps = _next_steps([deal.pk for deal in rows if deal.closed_on is None])
    return [
        Standing(
            deal,
            (today - deal.stage_since).days if deal.closed_on is None else None,
            steps.get(deal.pk),
        )
        for deal in rows
    ]


def _next_steps(deals: list[int]) -> dict[int, Task]:
    """What is due first for each, whoever is to do it. Of steps out of sight, day and kind alone are shown."""
    planned = Task.everything.open().filter(deal__in=deals).order_by("due_on", "due_at", "id")
    first: dict[int, Task] = {}
    for task in planned.only("deal_id", "due_on", "due_at", "kind"):
        if task.deal_id is not None:
            first.setdefault(task.deal_id, task)
    return first
