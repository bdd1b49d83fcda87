"""What a deed over many records is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from customers.models import Tag
from sales.bulk.kinds import Kind
from sales.models import BulkAct, BulkItem, Stage
from team.models import User


@dataclass(frozen=True)
class Values:
    """What somebody chose for the deed; each deed reads its own."""

    to: User | None = None
    tag: Tag | None = None
    stage: Stage | None = None
    text: str = ""
    due_on: date | None = None

    @property
    def told(self) -> tuple[Any, ...]:
        keys = [row.pk if row is not None else None for row in (self.to, self.tag, self.stage)]
        return (*keys, self.text, str(self.due_on))


@dataclass(frozen=True)
class Treated:
    """What a record said before, as far as taking back needs it, and the row that was made for it."""

    before: dict[str, Any] = field(default_factory=dict)
    made: int | None = None


@dataclass(frozen=True)
class Deed:
    """`cannot` says of which rows it cannot be done and why; `carry_out` does it to the others, set-based.

    `take_back` gets the treated items by record and answers the records that are as they were again: those
    that nobody changed since.
    """

    key: str
    label: Any
    # on its button in the bar, where space is dear
    short: Any
    icon: str
    kinds: frozenset[str]
    cannot: Callable[[Kind, Sequence[Any], Values], dict[int, str]]
    carry_out: Callable[[Kind, Sequence[Any], Values, User], dict[int, Treated]]
    take_back: Callable[[Kind, BulkAct, Mapping[int, BulkItem], User], set[int]]
    done: Callable[[Values, str], str]
    for_leaders: bool = False
