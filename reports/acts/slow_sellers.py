"""What can still be stopped of loss 4: reps who sell in less than half the share of time usual in their team."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from django.db.models import QuerySet, Sum

from reports.models import Part


@dataclass(frozen=True)
class SlowSeller:
    """Shares of the paid time, exact; `team_share` is the median of the team's reps."""

    owner_id: int
    team_id: int | None
    share: Fraction
    team_share: Fraction


def below_half_of_team(parts: "QuerySet[Part]") -> list[SlowSeller]:
    """Of the parts of one snapshot of `time`, the reps below half the median of their team, lowest share first.

    Who was in two teams is judged in each. Give the parts of whole teams: what a rep sees of their own has no
    median to compare with. Who belongs to no team is compared with the others of none. One query.
    """
    rows = parts.order_by().values_list("team", "owner", "measure")
    minutes: dict[tuple[int | None, int], dict[str, int]] = defaultdict(dict)
    chosen = rows.filter(measure__in=("selling", "available"), owner__isnull=False)
    for team, owner, measure, total in chosen.annotate(Sum("cents")):
        minutes[team, owner][measure] = int(total)
    shares: dict[int | None, dict[int, Fraction]] = defaultdict(dict)
    for (team, owner), told in minutes.items():
        if told.get("available"):
            shares[team][owner] = Fraction(
                min(told["selling"], told["available"]), told["available"]
            )
    found = [
        SlowSeller(owner, team, share, middle)
        for team, of_team in shares.items()
        for middle in [median(of_team.values())]
        for owner, share in of_team.items()
        if share * 2 < middle
    ]
    return sorted(found, key=lambda each: (each.share, each.owner_id))
