"""Which rows of a list somebody chose, and what of them can be acted on, by whom and for whom."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from customers.models import Customer
from customers.models.customer import LISTED
from reports.acts.deeds import Deed
from reports.models import Evidence, Snapshot
from sales.bulk.people import for_whom
from sales.leads.campaigns import kept_by
from sales.models import Campaign, Lead
from team.access import leads_others
from team.models import Company, User

# `Lead.is_open` as a condition.
OPEN_LEAD = Q(converted_on__isnull=True, closed_on__isnull=True, deleted_on__isnull=True)
# Rows acted on at once: ticked ones of a page, or a whole list.
AT_ONCE = 100
WHOLE = 5000


class NotThere(Exception):
    """Some of the rows are not there for this person; nothing was done."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} not found")
        self.missing = missing


class NotAllowed(Exception):
    """This person does not do this deed, or not for that colleague."""


class TooMany(Exception):
    """A list longer than what is done in one act; nothing was done."""


class AllOver(Exception):
    """None of the rows can be acted on any more; nothing was done."""


class Changed(Exception):
    """The rows are others than those looked at, or somebody else's by now; nothing was done."""

    def __init__(self, now: int) -> None:
        super().__init__(f"{now} rows now")
        self.now = now


@dataclass(frozen=True)
class Ticked:
    """Which rows of which list somebody chose; `rows` is the whole list in their sight, as it is narrowed.

    Without `ids` it is all of them. What cannot be acted on any more is left out: there were `expected` so many
    records when they looked, and `seen` says which ones and whose (`Preview.seen`). Where the rows are not of the
    records themselves, `of` names these by the rows, each with its money: the campaigns of leads.
    """

    snapshot: Snapshot
    list_key: str
    rows: QuerySet[Evidence]
    subject_type: str
    ids: tuple[int, ...] | None
    expected: int | None = None
    seen: str = ""
    of: Callable[["QuerySet[Evidence]"], dict[int, int]] | None = None


@dataclass(frozen=True)
class Subject:
    """The records that rows are about: which are there (not what was merged or binned meanwhile), and which `go_on`:
    not a lead that was won or given up since, nor somebody who does not work here any more, nor a campaign that has
    ended. `seen_by` finds those of a person, where the model does not say it.
    """

    model: Any
    there: Q = Q()
    go_on: Callable[[], Q] = Q
    seen_by: Callable[[User], "QuerySet[Any]"] | None = None

    def rows(self, by: User) -> "QuerySet[Any]":
        """Those that this person may act on, over or not."""
        seen = self.model.visible_to(by) if self.seen_by is None else self.seen_by(by)
        return seen.filter(self.there)


def _running() -> Q:
    """Begun, and going on after today; a last day that lies ahead is a plan."""
    today = Company.get().today
    begun = Q(started_on__isnull=True) | Q(started_on__lte=today)
    return begun & (Q(ended_on__isnull=True) | Q(ended_on__gt=today))


SUBJECTS: Mapping[str, Subject] = {
    "customer": Subject(Customer, LISTED),
    "lead": Subject(Lead, go_on=lambda: OPEN_LEAD),
    "user": Subject(User, go_on=lambda: Q(is_active=True)),
    "campaign": Subject(Campaign, go_on=_running, seen_by=kept_by),
}


def may_do(deed: Deed, ticked: Ticked, by: User) -> bool:
    """What concerns people, and whose customers are, is for who leads others."""
    for_leaders = deed.for_leaders or ticked.subject_type == "user"
    return leads_others(by) or not for_leaders


def may_stop(campaign: Campaign, by: User) -> bool:
    """Whether this person may end a campaign that goes on."""
    return kept_by(by).filter(_running(), pk=campaign.pk).exists()


def found_in(ticked: Ticked, by: User, listed: set[int]) -> list[Any]:
    """The records of the chosen rows, in order of id: those in the list, this person's to see, and not over."""
    subject = SUBJECTS[ticked.subject_type]
    rows = subject.rows(by).filter(pk__in=listed).order_by("pk")
    there = list(rows)
    if ticked.ids is not None and len(there) < len(set(ticked.ids)):
        raise NotThere(len(set(ticked.ids)) - len(there))
    going_on = set(rows.filter(subject.go_on()).values_list("pk", flat=True))
    found = [row for row in there if row.pk in going_on]
    if not found:
        raise AllOver
    if ticked.expected not in (None, len(found)):
        raise Changed(len(found))
    if ticked.seen and ticked.seen != fingerprint(for_whom(found, by)):
        raise Changed(len(found))
    return found


def listed_in(ticked: Ticked) -> set[int]:
    """The ids of the chosen rows' records, as far as they are in the list."""
    ids = None if ticked.ids is None else sorted(set(ticked.ids))
    if ids is None and ticked.subject_type not in SUBJECTS:
        raise AllOver
    if ids is not None and (len(ids) > AT_ONCE or ticked.subject_type not in SUBJECTS):
        raise NotThere(len(ids))
    if ticked.of is not None:
        named = ticked.of(ticked.rows).keys()
        return set(named if ids is None else named & set(ids))
    rows = ticked.rows.filter(subject_type=ticked.subject_type).order_by()
    chosen = rows if ids is None else rows.filter(subject_id__in=ids)
    listed = set(chosen.values_list("subject_id", flat=True).distinct()[: WHOLE + 1])
    if len(listed) > WHOLE:
        raise TooMany
    return listed


def fingerprint(whose: Mapping[int, int]) -> str:
    return hashlib.sha256(repr(sorted(whose.items())).encode()).hexdigest()[:16]
