"""How a deal went through its stages: periods derived from its changes (ruling 14); and what stages promise."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sales.models import Deal, DealChange, Stage, StagePast


@dataclass(frozen=True)
class StagePeriod:
    """From a day until the next stage (None: still there), with the change that ended in it last.

    `days` in an open stage count up to today; a closed deal stands still.
    """

    stage: Stage
    since: date
    until: date | None
    days: int | None
    last: DealChange


def stage_history(deal: Deal, today: date) -> list[StagePeriod]:
    """The newest period first; one query."""
    changes = (
        DealChange.everything.filter(deal=deal, deleted_on__isnull=True)
        .select_related("stage", "by")
        .order_by("on", "reference")
    )
    runs: list[list[DealChange]] = []
    for change in changes:
        if runs and runs[-1][-1].stage_id == change.stage_id:
            runs[-1].append(change)
        else:
            runs.append([change])
    # a deal that was loaded may have no history
    ends = [*(run[0].on for run in runs[1:]), None][: len(runs)]
    return [
        _period(run, until, today) for run, until in reversed(list(zip(runs, ends, strict=True)))
    ]


def win_shares(on: date) -> dict[int, Decimal]:
    """The usual share of wins of every stage, as the settings said at the end of a day; two queries."""
    before = StagePast.objects.filter(recorded_on__lte=on, deleted_on__gt=on)
    now = Stage.objects.order_by("pk").values_list("pk", "win_share")
    return dict(now) | dict(before.values_list("stage", "win_share"))


def _period(run: list[DealChange], until: date | None, today: date) -> StagePeriod:
    stage, since = run[0].stage, run[0].on
    closed = until is None and stage.kind != Stage.Kind.OPEN
    days = None if closed else ((until or today) - since).days
    return StagePeriod(stage, since, until, days, run[-1])
