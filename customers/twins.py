"""Customers that were probably entered twice: found every night, kept until somebody merges or dismisses them.

Two customers are alike by the same e-mail, the same phone number, or the same words of the name (in any order,
spelling or alphabet, without the legal form) where neither region nor place speaks against it. What more than
`SHARED_BY` customers have in common is a switchboard or a chain, and no sign of anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from crm.lib.text import normalise
from customers.duplicates import name_words
from customers.models import Customer, TwinPair
from team.access import leads_others
from team.audit import record
from team.models import User
from team.rail import waiting

SHARED_BY = 8
CHUNK = 1000
# The strongest sign first.
SIGNS = ("phone", "email", "name")

Pair = tuple[int, int]


class _Row(NamedTuple):
    pk: int
    name: str
    region: str
    place: str
    phone: str
    email: str
    cents: int


def write_twins(*, today: date) -> int:
    """Bring the table up to date; answers how many pairs wait. The same number of statements per 1,000 pairs."""
    found, cents = _found()
    with transaction.atomic():
        known = {(row.first_id, row.second_id): row for row in TwinPair.everything.all()}
        gone = [row.pk for pair, row in known.items() if row.is_open and pair not in found]
        TwinPair.everything.filter(pk__in=gone).delete()
        TwinPair.everything.bulk_create(
            (
                TwinPair(
                    first_id=pair[0],
                    second_id=pair[1],
                    signs=signs,
                    cents=cents[pair[0]] + cents[pair[1]],
                    found_on=today,
                )
                for pair, signs in found.items()
                if pair not in known
            ),
            batch_size=CHUNK,
        )
        changed = list(_changed(known, found, cents))
        TwinPair.everything.bulk_update(changed, ["signs", "cents"], batch_size=CHUNK)
    return sum(1 for pair in found if pair not in known or known[pair].is_open)


def _changed(
    known: dict[Pair, TwinPair], found: dict[Pair, str], cents: dict[int, int]
) -> Iterator[TwinPair]:
    for pair, row in known.items():
        if row.is_open and pair in found:
            now = (found[pair], cents[pair[0]] + cents[pair[1]])
            if now != (row.signs, row.cents):
                row.signs, row.cents = now
                yield row


def _found() -> tuple[dict[Pair, str], dict[int, int]]:
    """The signs of each pair that is alike, and a year's money of each customer. One query."""
    groups: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    cents: dict[int, int] = {}
    for row in _rows():
        cents[row.pk] = row.cents
        for key in _keys(row):
            groups[key].append(row)
    signs: dict[Pair, set[str]] = defaultdict(set)
    for (sign, _key), rows in groups.items():
        for pair in _pairs(sign, rows) if 1 < len(rows) <= SHARED_BY else ():
            signs[pair].add(sign)
    return {pair: _written(found) for pair, found in signs.items()}, cents


def _written(found: set[str]) -> str:
    return ",".join(sign for sign in SIGNS if sign in found)


def _rows() -> Iterator[_Row]:
    columns = ("pk", "name", "region", "place", "phone_e164", "email", "annual_cents")
    rows = Customer.everything.listed().filter(is_test=False).order_by()
    for values in rows.values_list(*columns).iterator(chunk_size=5000):
        yield _Row(*values)


def _keys(row: _Row) -> Iterator[tuple[str, str]]:
    if row.phone:
        yield "phone", row.phone
    if row.email:
        yield "email", row.email
    words = name_words(row.name)
    if len("".join(words)) > 2:
        yield "name", " ".join(sorted(words))


def _pairs(sign: str, rows: Iterable[_Row]) -> Iterator[Pair]:
    for one, other in combinations(sorted(rows), 2):
        if sign != "name" or _near(one, other):
            yield one.pk, other.pk


def _near(one: _Row, other: _Row) -> bool:
    """Neither says of itself that it lies elsewhere."""
    said = ((one.region, other.region), (one.place, other.place))
    return all(not a or not b or normalise(a) == normalise(b) for a, b in said)


@waiting("twin")
def waiting_twins(user: User) -> "QuerySet[TwinPair]":
    """For who leads others: the pairs that nobody has looked at."""
    if not leads_others(user):
        return TwinPair.everything.none()
    return TwinPair.visible_to(user).listed().filter(state=TwinPair.State.OPEN)


def twins_of(customer: Customer, viewer: User) -> list[TwinPair]:
    """The pairs that a customer waits in, as far as this person may see them."""
    mine = Q(first=customer) | Q(second=customer)
    waiting_here = TwinPair.visible_to(viewer).listed().filter(mine, state=TwinPair.State.OPEN)
    return list(waiting_here.select_related("first__owner", "second__owner").order_by("-cents"))


def dismiss(pair: TwinPair, *, by: User) -> bool:
    """They are two; remembered, so that no night brings them up again. False: somebody has said so already."""
    return _settle(pair, TwinPair.State.OPEN, TwinPair.State.DIFFERENT, by)


def bring_back(pair: TwinPair, *, by: User) -> bool:
    return _settle(pair, TwinPair.State.DIFFERENT, TwinPair.State.OPEN, by)


def _settle(pair: TwinPair, before: str, after: str, by: User) -> bool:
    with transaction.atomic():
        rows = TwinPair.everything.filter(pk=pair.pk, state=before)
        settled = rows.update(state=after, by=by if after != TwinPair.State.OPEN else None)
        if settled:
            record("settle twins", pair, by=by, before={"state": before}, after={"state": after})
    return bool(settled)
