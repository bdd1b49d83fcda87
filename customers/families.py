"""Customers together with whom they are merged with: a roll-up of one is a roll-up of all of them."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import Q

from customers.models import Customer, Merge

CHUNK, STRETCH = 5000, 25_000


class Families:
    """Some customers, by a list or a stretch of keys, with all that ever were merged with them."""

    def __init__(self, ids: Iterable[int] = (), stretch: tuple[int, int] | None = None) -> None:
        self.stretch = stretch
        self.ids = set(ids)
        edge = self._outside(_touching(*stretch)) if stretch else self.ids
        while edge:
            self.ids |= edge
            edge = self._outside(Q(customer__in=edge) | Q(into__in=edge))

    def _outside(self, near: Q) -> set[int]:
        """Who the merges name that is not among these customers yet."""
        pairs = Merge.everything.filter(near).values_list("customer_id", "into_id")
        return {
            end for pair in pairs for end in pair if end not in self.ids and not self._spans(end)
        }

    def _spans(self, customer_id: int) -> bool:
        return self.stretch is not None and self.stretch[0] <= customer_id <= self.stretch[1]

    def has(self, column: str) -> str:
        """An SQL condition: the column names one of them."""
        listed = ", ".join(str(int(each)) for each in sorted(self.ids))
        parts = [f"{column} IN ({listed})"] if listed else []
        if self.stretch is not None:
            parts.append(f"{column} BETWEEN {int(self.stretch[0])} AND {int(self.stretch[1])}")
        return f"({' OR '.join(parts)})"

    def lock(self) -> None:
        """Two roll-ups of one customer take turns."""
        them = Q(pk__in=self.ids)
        if self.stretch is not None:
            them |= Q(pk__range=self.stretch)
        locked = Customer.everything.select_for_update(of=("self",), no_key=True).filter(them)
        list(locked.order_by("pk").values_list("pk"))


def _touching(first: int, last: int) -> Q:
    return Q(customer__gte=first, customer__lte=last) | Q(into__gte=first, into__lte=last)


def families_of(ids: Iterable[int]) -> Iterator[Families]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield Families(chunk)


def all_families() -> Iterator[Families]:
    """All customers by stretches of keys: PostgreSQL plans long lists for seconds."""
    ids = Customer.everything.order_by("pk").values_list("pk", flat=True).iterator()
    while chunk := list(islice(ids, STRETCH)):
        yield Families(stretch=(chunk[0], chunk[-1]))
