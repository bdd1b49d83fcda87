"""Customers to be handed over are of two kinds: nobody has taken them over yet, or somebody has who did not call yet.

Handing over is for the first; calls and reminders are for the second, and for who has them: else a whole list that
is handed over would be taken away again from those who received it.
"""

from collections.abc import Iterable
from typing import Any

from reports.acts.choosing import Ticked
from reports.acts.deeds import Deed
from reports.reading.standing import taken_over
from team.models import User

LIST = ("departures", "to_hand_over")


class NoneFits(Exception):
    """None of the customers is of the kind that the deed is for; nothing was done."""

    def __init__(self, n: int) -> None:
        super().__init__(f"{n} of the other kind")
        self.n = n


def fitting(ticked: Ticked, deed: Deed, found: Iterable[Any], by: User) -> list[Any]:
    """Those that the deed is for. Raises `NoneFits`."""
    there, others = list(found), of_other_kind(ticked, deed)
    own = by.pk if deed.key == "call" else None
    fit = [row for row in there if row.pk not in others or (own and row.owner_id == own)]
    if not fit:
        raise NoneFits(len(there))
    return fit


def of_other_kind(ticked: Ticked, deed: Deed) -> set[int]:
    """The customers of the list that the deed is not for; they are no rest to compare with either."""
    if (ticked.snapshot.slug, ticked.list_key) != LIST:
        return set()
    received = set(taken_over(ticked.rows).values_list("subject_id", flat=True))
    if not deed.is_plan:
        return received
    return set(ticked.rows.order_by().values_list("subject_id", flat=True)) - received
