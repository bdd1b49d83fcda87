"""A world that is put back is the one that was built, row for row; upon anything else it is built again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from customers.models import Customer, Revenue
from customers.ownership import assign
from sales.models import Lead
from team.audit import record
from team.models import AuditDetail, AuditEntry, Company, User
from tests import kept as keeping
from tests.kept import kept
from tests.reports.conftest import World
from tests.reports.pages import buys, day, night
from tests.reports.test_contract import fill


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL every world is built")
    monkeypatch.setattr(keeping, "_done", {})


def twice(build: Callable[[], Any]) -> tuple[Any, Any]:
    """All tables with their counters after a function, and after it again upon the same."""
    seen = []
    for _ in range(2):
        with transaction.atomic():
            answer = build()
            seen.append((whole(), answer))
            transaction.set_rollback(True)
    return seen[0], seen[1]


def whole() -> Any:
    return keeping._tables(), keeping._asked("SELECT name, seq FROM sqlite_sequence ORDER BY name")


def counted(build: Callable[..., Any]) -> tuple[Callable[..., Any], list[Any]]:
    """The function kept, and the calls that came through to it."""
    calls: list[Any] = []

    @kept
    def counting(*args: Any) -> Any:
        calls.append(args)
        return build(*args)

    return counting, calls


def test_a_company_with_its_figures(rep: User, sub_rep: User) -> None:
    """Orders, owners, purchases, snapshots with their evidence, changed and deleted rows, the audit log."""
    binned = buys("once", "Gone", rep, 1_00)

    def build(*owners: User) -> dict[str, Any]:
        made = {owner.name: [buys("lost", owner.name, owner, 5_00)] for owner in owners}
        Customer.everything.filter(pk=binned.pk).update(note="it says more by now")
        Revenue.everything.filter(customer=binned).delete()
        assign([binned.pk], sub_rep, on=day(3), by=rep)
        night()
        return made

    build, calls = counted(build)
    (built, made), (put_back, read) = twice(lambda: build(rep, sub_rep))
    assert len(calls) == 1
    assert put_back == built
    assert read == made and read["Rita Rep"][0].owner == rep
    assert sum(map(len, built[0].values())) > 100


def test_a_company_of_exchange_tables(world: World) -> None:
    """The rows that were told are there again too, for a second load of them with more."""
    build, calls = counted(lambda one: fill.__wrapped__(one, 9))
    told = []

    def filled() -> None:
        for rows in world.rows.values():
            rows.clear()
        build(world)
        told.append({name: list(rows) for name, rows in world.rows.items()})

    (built, _), (put_back, _) = twice(filled)
    assert len(calls) == 1
    assert put_back == built
    assert told[0] == told[1] and len(told[0]["customers"]) == 69


def test_the_database_goes_on_as_if_it_had_been_built(rep: User) -> None:
    """The next row gets the next number, also where the last one is gone; the audit log cannot be cut short."""

    def build(owner: User) -> None:
        buys("lost", "One", owner, 1_00)
        Customer.everything.create(name="Two").delete()
        record("update", owner, by=owner, after={"name": "One"})

    build, calls = counted(build)

    def then() -> tuple[int, int]:
        build(rep)
        with pytest.raises(DatabaseError, match="audit log only grows"), transaction.atomic():
            AuditDetail.objects.all().delete()
        record("update", rep, by=rep, after={"name": "Three"})
        return Customer.everything.create(name="Three").pk, AuditEntry.objects.latest("pk").pk

    (_, numbers), (_, again) = twice(then)
    assert len(calls) == 1 and again == numbers


OTHERWISE: dict[str, Callable[[User], object]] = {
    "another row": lambda _rep: Customer.everything.create(name="Before"),
    "another zone": lambda _rep: Company.objects.create(id=1, time_zone="Asia/Tokyo"),
    "another name": lambda rep: User.objects.filter(pk=rep.pk).update(name="Rita"),
    "an older lead": lambda _rep: Lead.everything.create(
        name="Old", recorded_on=day(9), arrived_at=timezone.now() - timedelta(days=9)
    ),
    "nothing": lambda rep: User.objects.filter(pk=rep.pk).update(created_at=timezone.now()),
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_upon_anything_else_it_is_built_again(rep: User, what: str) -> None:
    build, calls = counted(lambda owner: buys("lost", "One", owner, 1_00))
    for before in (lambda _rep: None, OTHERWISE[what]):
        with transaction.atomic():
            before(rep)
            build(rep)
            transaction.set_rollback(True)
    assert len(calls) == (1 if what == "nothing" else 2)


def test_with_other_words_or_an_hour_later_it_is_built_again(rep: User, sub_rep: User) -> None:
    build, calls = counted(lambda owner, *more: buys("lost", f"One {more}", owner, 1_00))

    def built(*words: Any) -> None:
        with transaction.atomic():
            build(*words)
            transaction.set_rollback(True)

    built(rep)
    for words in ((sub_rep,), (rep, "more"), (rep, ["more"])):
        built(*words)
        built(*words)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        built(rep)
    built(rep)
    assert calls == [(rep,), (sub_rep,), (rep, "more"), (rep, ["more"]), (rep,)]
