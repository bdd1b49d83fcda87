"""Keyset pages: whatever the ties and empty values, walking either way shows each row once, in order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.lib.paging import Slice, cut, cut_found, decode, encode
from crm.lib.union import count_and_sum
from sales.models import Deal, Lead, Stage
from tests.require import fewer

pytestmark = pytest.mark.django_db
START = date(2026, 1, 1)
ORDERINGS = (
    ("expected_close_on", "id"),
    ("-expected_close_on", "-id"),
    ("expected_close_on", "-id"),
    ("-cents", "-id"),
    ("cents", "id"),
    ("competitor", "-expected_close_on", "id"),
)
Row = tuple[int | None, int, str]
ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 3)), st.integers(0, 2), st.sampled_from(["", "a"])
    ),
    max_size=14,
)


def store(rows: list[Row]) -> None:
    Deal.everything.all().delete()
    stage = Stage.objects.get(key="new")
    Deal.everything.bulk_create(
        Deal(
            title="Deal",
            stage=stage,
            stage_since=START,
            opened_on=START,
            expected_close_on=None if day is None else START + timedelta(days=day),
            cents=cents,
            competitor=competitor,
        )
        for day, cents, competitor in rows
    )


def expected(ordering: tuple[str, ...]) -> list[int]:
    """All ids in the order asked for, sorted here by hand: what is unknown stands last either way."""
    rows = list(Deal.everything.all())
    for name in reversed(ordering):
        column, falling = name.lstrip("-"), name.startswith("-")
        known = [row for row in rows if getattr(row, column) is not None]
        known.sort(key=lambda row, column=column: getattr(row, column), reverse=falling)
        rows = known + [row for row in rows if getattr(row, column) is None]
    return [row.pk for row in rows]


Parts = list[QuerySet[Deal]]


def forwards(ordering: tuple[str, ...], size: int, parts: Parts = ()) -> list[list[int]]:
    rows, pages = Deal.everything.all(), []
    page = cut(rows, ordering, size, parts=parts)
    while page.rows:
        pages.append([row.pk for row in page.rows])
        if not page.has_next:
            break
        page = cut(rows, ordering, size, after=edge(page.rows[-1], ordering), parts=parts)
    return pages


def backwards(ordering: tuple[str, ...], size: int, parts: Parts = ()) -> list[list[int]]:
    rows, pages = Deal.everything.all(), []
    page = cut(rows, ordering, size, last=True, parts=parts)
    while page.rows:
        pages.insert(0, [row.pk for row in page.rows])
        if not page.has_previous:
            break
        page = cut(rows, ordering, size, before=edge(page.rows[0], ordering), parts=parts)
    return pages


def edge(row: Deal, ordering: tuple[str, ...]) -> list[object]:
    """Through the address, as a click goes."""
    values = decode(encode(row, ordering), ordering, Deal)
    assert values is not None
    return values


@settings(
    max_examples=fewer(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=ROWS,
    size=st.integers(1, 5),
    ordering=st.sampled_from(ORDERINGS),
)
def test_each_row_once_both_ways(rows: list[Row], size: int, ordering: tuple[str, ...]) -> None:
    store(rows)
    wanted = expected(ordering)
    assert sum(forwards(ordering, size), []) == wanted
    assert sum(backwards(ordering, size), []) == wanted


@settings(
    max_examples=fewer(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=ROWS, size=st.integers(1, 5), ordering=st.sampled_from(ORDERINGS), limit=st.integers(1, 20)
)
def test_overlapping_parts_are_read_as_one_list(
    rows: list[Row], size: int, ordering: tuple[str, ...], limit: int
) -> None:
    store(rows)
    deals = Deal.everything.all()
    parts = [deals.filter(cents__lte=1), deals.none(), deals.filter(cents__gte=1)]
    wanted = expected(ordering)
    assert sum(forwards(ordering, size, parts), []) == wanted
    assert sum(backwards(ordering, size, parts), []) == wanted
    known = len(rows), sum(row[1] for row in rows)
    assert count_and_sum(parts, "cents", limit) == (known if len(rows) < limit else (limit, 0))
    assert count_and_sum([deals.none()], None, limit) == (0, 0)


@settings(
    max_examples=fewer(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, size=st.integers(1, 5), ordering=st.sampled_from(ORDERINGS))
def test_what_was_found_is_paged_and_counted_at_once(
    rows: list[Row], size: int, ordering: tuple[str, ...]
) -> None:
    store(rows)
    deals = Deal.everything.all()
    found = deals.exclude(cents=1)
    wanted = [pk for pk in expected(ordering) if found.filter(pk=pk).exists()]
    cents = sum(row[1] for row in rows if row[1] != 1)
    for last in (False, True):
        seen: list[int] = []
        edges: dict[str, Any] = {"last": last}
        while True:
            page, counted = cut_found(deals, found, ordering, size, **edges, total="cents")
            assert counted == (len(wanted), cents)
            ids = [row.pk for row in page.rows]
            seen = ids + seen if last else seen + ids
            if not (page.has_previous if last else page.has_next):
                break
            way = ("before", page.rows[0]) if last else ("after", page.rows[-1])
            edges = {way[0]: edge(way[1], ordering)}
        assert seen == wanted


def test_the_first_page_knows_what_surrounds_it() -> None:
    store([(day, 0, "") for day in range(5)])
    ordering = ("expected_close_on", "id")
    first = cut(Deal.everything.all(), ordering, 2)
    assert (first.has_previous, first.has_next) == (False, True)
    second = cut(Deal.everything.all(), ordering, 2, after=edge(first.rows[-1], ordering))
    assert (second.has_previous, second.has_next) == (True, True)
    third = cut(Deal.everything.all(), ordering, 2, after=edge(second.rows[-1], ordering))
    assert (third.has_previous, third.has_next, len(third.rows)) == (True, False, 1)
    back = cut(Deal.everything.all(), ordering, 2, before=edge(third.rows[0], ordering))
    assert [row.pk for row in back.rows] == [row.pk for row in second.rows]
    assert (back.has_previous, back.has_next) == (True, True)


@pytest.mark.parametrize("ordering", [("-arrived_at", "-id"), ("arrived_at", "id")])
def test_instants_a_microsecond_apart_are_each_shown_once(ordering: tuple[str, ...]) -> None:
    Lead.everything.all().delete()
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for step in (100, 101, 102, 1_500):
        Lead.everything.create(name="Lead", arrived_at=noon + timedelta(microseconds=step))
    rows = Lead.everything.all()
    wanted = list(rows.order_by(*ordering).values_list("pk", flat=True))
    after, before = None, None
    down, up = [], []
    for _step in wanted:
        page = cut(rows, ordering, 1, after=after).rows
        down += [row.pk for row in page]
        after = decode(encode(page[0], ordering), ordering, Lead) if page else after
        page = cut(rows, ordering, 1, before=before, last=before is None).rows
        up += [row.pk for row in page]
        before = decode(encode(page[0], ordering), ordering, Lead) if page else before
    assert (down, up[::-1]) == (wanted, wanted)


def test_nothing_at_all_is_one_empty_page() -> None:
    assert cut(Deal.everything.none(), ("id",), 5) == Slice([], False, False)


@pytest.mark.parametrize(
    "cursor", ["", "%%%", "bm9uc2Vuc2U", "W10", "WzEsMiwzXQ", "WyJ4IiwieSJd", "W3t9LDFd"]
)
def test_a_strange_cursor_is_none(cursor: str) -> None:
    assert decode(cursor, ("expected_close_on", "id"), Deal) is None
