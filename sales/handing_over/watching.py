"""The pages of after-care: of one hand-over, of all that somebody leads, and of who took over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.answers import last_answers
from customers.models import Customer, Survey
from sales.customer_page.rhythm import rhythm_of
from sales.handing_over.care import (
    DUE,
    LATE,
    LATE_AGAIN,
    TABS,
    Watched,
    bought_since,
    cared,
    due_at,
    is_running,
    running,
    sums,
    taken_over,
)
from sales.handing_over.nudging import WAITING, reminded_today
from sales.handing_over.reading import Page, Row, page_of
from sales.handing_over.records import KINDS
from sales.models import Handover, HandoverLine
from team.access import scope_of
from team.models import Company, User
from team.offering import reaches

Kind = HandoverLine.Kind
TOLD = 200


@dataclass
class WatchedRow(Row):
    """`cents` is what was bought since; `may_open` says that the reader sees the customer's page, `phone` is its number
    where the reader takes none along.

    Only then `answer` is what the customer answered last, and `is_at_risk` that it is silent beyond its own rhythm.
    Where the new owner is waited for the reader may remind them (`may_remind`), unless they were today (`reminded`).
    """

    cents: int = 0
    may_open: bool = False
    phone: str = ""
    answer: Survey | None = None
    is_at_risk: bool = False
    may_remind: bool = False
    reminded: bool = False

    @property
    def is_late(self) -> bool:
        return self.line.care in (LATE, LATE_AGAIN)  # type: ignore[attr-defined]

    @property
    def key(self) -> str:
        return str(self.line.record_id)

    @property
    def is_called(self) -> bool:
        """The second conversation is what matters now."""
        return self.line.first_at is not None  # type: ignore[attr-defined]

    @property
    def due_on(self) -> date:
        return timezone.localtime(self.due_at).date()

    @property
    def due_at(self) -> datetime:
        return due_at(self.line)


@dataclass(frozen=True)
class Board:
    """The sums of some hand-overs and a page of their customers."""

    watched: Watched
    page: Page


def board_of(handover: Handover, asked: Mapping[str, str], viewer: User, now: datetime) -> Board:
    """A fixed number of statements; `of` of the address narrows to one of `TABS`."""
    return _board(HandoverLine.objects.all(), [handover.pk], asked, viewer, now)


def board_for(viewer: User, asked: Mapping[str, str], now: datetime) -> Board:
    """Of all that is watched: hand-overs in sight, and what people in sight took over from others."""
    lines = lines_in_sight(viewer)
    return _board(lines, list(_watched_by(viewer, now)), asked, viewer, now)


def lines_in_sight(viewer: User) -> "QuerySet[HandoverLine]":
    sight = Q(handover__in=Handover.visible_to(viewer).values("pk"))
    scope = scope_of(viewer)
    if not scope.all:
        sight |= Q(receiver__in=sorted(scope.user_ids))
    return HandoverLine.objects.filter(sight)


def _watched_by(viewer: User, now: datetime) -> "QuerySet[Handover, int]":
    """The ids of hand-overs that are watched; nobody reads of their own going."""
    # a territory has no leaver, and NULL is unequal to nobody
    own = Q(leaver=viewer.pk, leaver__isnull=False)
    return running(now).exclude(own).values_list("pk", flat=True)


def watched_line(viewer: User, customer_id: int, now: datetime) -> HandoverLine | None:
    """The row of a customer on the boards of this person, of the last hand-over; None: it is not there for them."""
    lines = taken_over(lines_in_sight(viewer), list(_watched_by(viewer, now)))
    return lines.filter(record_id=customer_id).order_by("-handover__applied_at", "-pk").first()


def _board(
    lines: Any, handovers: list[int], asked: Mapping[str, str], viewer: User, now: datetime
) -> Board:
    """The facts of all are read once, for the sums; for a page of a tab once more, to find its rows."""
    watched = sums(cared(lines, handovers, now))
    of = asked.get("of", "")
    shown = taken_over(lines, handovers)
    if of in TABS:
        shown = cared(lines, handovers, now).filter(care__in=TABS[of])
    page = page_of(shown, Kind.CUSTOMER, asked, watched.of(of))
    told_of = HandoverLine.objects.filter(pk__in=[row.line.pk for row in page.rows])
    told = cared(told_of, handovers, now).select_related("handover__leaver", "receiver")
    facts = {line.pk: line for line in told}
    rows_now = [(facts[row.line.pk], row.record) for row in page.rows if row.line.pk in facts]
    rows = _told(rows_now, viewer, now)
    return Board(watched, Page(rows, page.count, page.first, page.previous, page.next, page.last))


def _told(found: list[tuple[Any, Any]], viewer: User, now: datetime) -> list[Row]:
    """The rows of a page with what is said beside each. Four statements."""
    ids = [line.record_id for line, _record in found]
    cents = bought_since([line for line, _record in found])
    open_to = set(Customer.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    answers, reminded = last_answers(open_to), reminded_today(ids, now)
    today = Company.get().today
    rows: list[Row] = []
    for line, record in found:
        may_open = line.record_id in open_to
        rhythm = rhythm_of(record, today) if may_open and record else None
        rows.append(
            WatchedRow(
                line,
                record,
                cents=cents[line.pk],
                may_open=may_open,
                phone=record.phone_e164 if may_open and record and reaches(viewer) else "",
                answer=answers.get(line.record_id),
                is_at_risk=rhythm is not None and rhythm.state == "at-risk",
                may_remind=_may_remind(line, viewer, now),
                reminded=(line.record_id, line.receiver_id) in reminded,
            )
        )
    return rows


def _may_remind(line: Any, viewer: User, now: datetime) -> bool:
    waits = line.care in WAITING and is_running(line.handover, now)
    return waits and line.receiver.is_active and line.receiver_id != viewer.pk


def received_by(user: User, now: datetime, most: int) -> list[WatchedRow]:
    """What somebody took over and has yet to speak with: the late ones first, then by money. Four statements."""
    ids = list(
        running(now)
        .filter(lines__receiver=user.pk, lines__kind=Kind.CUSTOMER)
        .distinct()
        .order_by()
        .values_list("pk", flat=True)
    )
    if not ids:
        return []
    lines = cared(HandoverLine.objects.filter(receiver=user.pk), ids, now)
    open_ones = lines.filter(care__in=(DUE, LATE, LATE_AGAIN)).select_related("handover__leaver")
    late = list(open_ones.filter(care__in=(LATE, LATE_AGAIN)).order_by("-cents", "-id")[:most])
    rest = list(open_ones.filter(care=DUE).order_by("-fast", "-cents", "-id")[: most - len(late)])
    found = late + rest
    customers = Customer.everything.in_bulk([line.record_id for line in found])
    return [
        WatchedRow(line, customers[line.record_id], may_open=True)
        for line in found
        if line.record_id in customers
    ]


def named_lines(ids: list[int]) -> list[Row]:
    """The first of these lines with their records, by kind."""
    lines = HandoverLine.objects.filter(pk__in=ids[:TOLD]).select_related("receiver")
    found: list[Row] = []
    for kind, sort in KINDS.items():
        here = [line for line in lines if line.kind == kind]
        records = {row.pk: row for row in sort.rows(line.record_id for line in here)}
        found += [Row(line, records.get(line.record_id)) for line in here]
    return found
