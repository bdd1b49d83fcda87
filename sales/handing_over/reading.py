"""What the pages of a hand-over show of its lines: pages of them with their records, and sums over all."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum

from crm.lib.paging import cut, decode, encode
from sales.handing_over.records import KINDS, MAIN, REST
from sales.models import Handover, HandoverLine, Task
from team.models import Company

Kind = HandoverLine.Kind
ORDER = ("-cents", "-id")
PAGE = 50
RELATED = {
    Kind.CUSTOMER: (),
    Kind.DEAL: ("customer", "stage"),
    Kind.LEAD: (),
    Kind.TASK: ("customer", "lead"),
}


@dataclass
class Row:
    """A line with its record, None where that is not there any more; `deals` and `tasks` follow it."""

    line: HandoverLine
    record: Any
    deals: int = 0
    tasks: int = 0

    @property
    def name(self) -> str:
        return str(self.record) if self.record is not None else f"#{self.line.record_id}"

    @property
    def calls(self) -> int:
        return self.line.calls_own + self.line.calls_others


@dataclass(frozen=True)
class Page:
    """Rows in order of money, and the addresses of the pages around them."""

    rows: list[Row]
    count: int
    first: str | None = None
    previous: str | None = None
    next: str | None = None
    last: str | None = None

    @property
    def has_pages(self) -> bool:
        return self.previous is not None or self.next is not None


def page_of(
    lines: "QuerySet[HandoverLine]",
    kind: str,
    asked: Mapping[str, str],
    count: int | None = None,
) -> Page:
    """The page of lines that the address asks for. Five statements at most, wherever it lies.

    Who has counted them already hands in the `count`.
    """
    after, before = (
        decode(asked[name], ORDER, HandoverLine) if asked.get(name) else None
        for name in ("after", "before")
    )
    found = lines.select_related("second", "receiver", "giver")
    part = cut(found, ORDER, PAGE, after=after, before=before, last="last" in asked)
    kept = {k: v for k, v in asked.items() if k not in ("after", "before", "last")}

    def address(**more: str) -> str:
        return f"?{urlencode({**kept, **more})}"

    rows = _rows(part.rows, kind)
    return Page(
        rows,
        lines.count() if count is None else count,
        first=address() if part.has_previous else None,
        previous=address(before=encode(part.rows[0], ORDER)) if part.has_previous else None,
        next=address(after=encode(part.rows[-1], ORDER)) if part.has_next else None,
        last=address(last="1") if part.has_next else None,
    )


def _rows(lines: list[HandoverLine], kind: str) -> list[Row]:
    found = KINDS[kind].rows(line.record_id for line in lines)
    related = RELATED.get(Kind(kind), ())
    records = {row.pk: row for row in (found.select_related(*related) if related else found)}
    followers: dict[int, dict[str, int]] = defaultdict(dict)
    if kind == Kind.CUSTOMER:
        children = HandoverLine.objects.filter(parent__in=lines)
        for parent, sort, n in children.values_list("parent", "kind").annotate(n=Count("pk")):
            followers[parent][sort] = n
    return [
        Row(
            line,
            records.get(line.record_id),
            deals=followers[line.pk].get(Kind.DEAL, 0),
            tasks=followers[line.pk].get(Kind.TASK, 0),
        )
        for line in lines
    ]


def row_of(line: HandoverLine) -> Row:
    return _rows([line], line.kind)[0]


@dataclass(frozen=True)
class Held:
    """Sums over the lines: by kind how many there are and how many are `chosen`; money in cents."""

    there: dict[str, int]
    chosen: dict[str, int]
    cents: int
    deal_cents: int
    high: int
    high_cents: int
    sole: int
    renewals: int
    overdue: int
    by_hand: int
    without: int
    pool: int

    @property
    def tabs(self) -> list[tuple[str, Any, int]]:
        return [(kind, KINDS[kind].title, self.there.get(kind, 0)) for kind in MAIN]

    @property
    def main(self) -> list[str]:
        """47 customers, 12 deals: those that are handed over, as `cents` counts them."""
        return [self.in_words(kind) for kind in MAIN if self.chosen.get(kind)]

    @property
    def rest(self) -> list[str]:
        """2 campaigns, 1 shared view."""
        return [KINDS[kind].in_words(self.chosen[kind]) for kind in REST if self.chosen.get(kind)]

    def in_words(self, kind: str) -> str:
        return KINDS[kind].in_words(self.chosen.get(kind, 0))

    @property
    def customers(self) -> int:
        return self.chosen.get(Kind.CUSTOMER, 0)

    @property
    def deals(self) -> int:
        return self.chosen.get(Kind.DEAL, 0)

    @property
    def leads(self) -> int:
        return self.chosen.get(Kind.LEAD, 0)

    @property
    def tasks(self) -> int:
        return self.chosen.get(Kind.TASK, 0)

    @property
    def all(self) -> int:
        return sum(n for kind, n in self.chosen.items() if kind != Kind.ASIDE)


def held_by(handover: Handover) -> Held:
    """Two statements."""
    chosen = Q(chosen=True)
    high = chosen & Q(tie=HandoverLine.Tie.HIGH)
    rows = (
        handover.lines.values("kind")
        .annotate(
            there=Count("pk"),
            n=Count("pk", filter=chosen),
            money=Sum("cents", filter=chosen),
            high=Count("pk", filter=high),
            high_cents=Sum("cents", filter=high),
            sole=Count("pk", filter=chosen & Q(second__isnull=True)),
            renewals=Count("pk", filter=chosen & Q(renews_on__isnull=False)),
            picked=Count("pk", filter=Q(by_hand=True)),
            pooled=Count("pk", filter=chosen & Q(pool=True)),
            heirless=Count("pk", filter=chosen & Q(receiver__isnull=True, pool=False)),
        )
        .order_by()
    )
    by_kind: dict[str, Any] = {row["kind"]: row for row in rows}
    customers: dict[str, Any] = by_kind.get("customer", {})
    late = Task.everything.filter(due_on__lt=Company.get().today, state=Task.State.OPEN)
    tasks = handover.lines.filter(kind=Kind.TASK, chosen=True)
    return Held(
        there={kind: row["there"] for kind, row in by_kind.items()},
        chosen={kind: row["n"] for kind, row in by_kind.items()},
        cents=customers.get("money") or 0,
        deal_cents=by_kind.get("deal", {}).get("money") or 0,
        high=customers.get("high") or 0,
        high_cents=customers.get("high_cents") or 0,
        sole=customers.get("sole") or 0,
        renewals=customers.get("renewals") or 0,
        overdue=late.filter(pk__in=tasks.values("record_id")).count(),
        by_hand=sum(row["picked"] for row in by_kind.values()),
        without=sum(row["heirless"] for row in by_kind.values()),
        pool=sum(row["pooled"] for row in by_kind.values()),
    )
