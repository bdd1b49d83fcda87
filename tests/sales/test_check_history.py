"""`check_history`: silent on a history made by the product, and each fault found by its name."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from customers.models import Customer, Ownership
from customers.ownership import assign
from sales.handing_over.applying import apply
from sales.handing_over.drafting import set_rule, start
from sales.handing_over.undoing import undo
from sales.leads.lead_ownership import assign_leads
from sales.models import LeadOwnership
from team.models import AuditEntry, Company, User
from tests.sales.handovers import SINCE, book_of

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


def said() -> str:
    out = StringIO()
    try:
        call_command("check_history", stdout=out)
    except CommandError as error:
        out.write(f"ERROR {error}")
    return out.getvalue()


@pytest.fixture
def book(rep: User, other_rep: User, admin: User) -> list[Customer]:
    """Handed there, part of it back, some on, some to the pool."""
    made = book_of(rep, 6, deals=3, tasks=3, leads=2)
    handover, _made = start("departure", rep, by=admin)
    set_rule(handover, {"rule": "one"}, [other_rep], by=admin)
    apply(handover, by=admin)
    undo(handover, by=admin)
    today = Company.get().today
    assign([made[0].pk], other_rep, on=today, by=admin)
    assign([made[1].pk], None, on=today, by=admin)
    assign([made[2].pk], other_rep, on=today - timedelta(days=9), by=admin)
    assign_leads([LeadOwnership.everything.earliest("pk").lead_id], other_rep, on=today, by=admin)
    return made


def test_what_the_product_writes_holds_together(book: list[Customer]) -> None:
    told = said()
    assert "customers: 6 records" in told and "leads: 2 records" in told
    assert told.endswith("The history holds together.\n")


def test_a_time_without_an_owner_is_counted_and_no_fault(book: list[Customer], rep: User) -> None:
    period = Ownership.everything.get(customer=book[5], to_on=None, deleted_on=None)
    Ownership.everything.filter(pk=period.pk).update(from_on=date(2026, 6, 1))
    Ownership.everything.create(
        customer=book[5], rep=rep, from_on=SINCE, to_on=date(2026, 5, 1), recorded_on=SINCE
    )
    told = said()
    assert "1 times without an owner, 0 faults" in told and "ERROR" not in told


def test_overlaps_are_found(book: list[Customer], rep: User) -> None:
    unguard()
    Ownership.everything.create(
        customer=book[5],
        rep=rep,
        from_on=date(2026, 3, 1),
        to_on=date(2026, 4, 1),
        recorded_on=SINCE,
    )
    told = said()
    assert f"overlap: customers {book[5].pk}" in told and "ERROR 1 faults." in told


def test_a_column_unlike_its_period_is_found(book: list[Customer], other_rep: User) -> None:
    Customer.everything.filter(pk=book[4].pk).update(owner=other_rep)
    told = said()
    assert f"column: customers {book[4].pk}" in told and "ERROR 1 faults." in told


def test_an_owner_whom_the_log_does_not_know_is_found(
    book: list[Customer], other_rep: User, admin: User
) -> None:
    """Somebody wrote both period and column past the product."""
    Ownership.everything.filter(customer=book[3], to_on=None).update(rep=admin)
    Customer.everything.filter(pk=book[3].pk).update(owner=admin)
    told = said()
    assert f"log: customers {book[3].pk}" in told and "ERROR 1 faults." in told


def test_what_was_taken_to_the_pool_or_out_of_it_past_the_log_is_found(
    book: list[Customer], other_rep: User
) -> None:
    today = Company.get().today
    out, back = book[3], book[1]
    Ownership.everything.filter(customer=out, to_on=None, deleted_on=None).update(to_on=today)
    Customer.everything.filter(pk=out.pk).update(owner=None)
    # of this one the log says that it lies in the pool
    Ownership.everything.create(
        customer=back, rep=other_rep, from_on=today + timedelta(days=1), recorded_on=today
    )
    told = said()
    assert f"log: customers {out.pk}" in told and f"log: customers {back.pk}" in told
    assert "ERROR 2 faults." in told


def test_an_owner_in_between_whom_the_log_never_named_is_found(
    book: list[Customer], admin: User
) -> None:
    unguard()
    # the day after the log began to tell of this customer
    tomorrow = Company.get().today + timedelta(days=1)
    Ownership.everything.create(
        customer=book[5],
        rep=admin,
        from_on=SINCE - timedelta(days=9),
        to_on=SINCE,
        recorded_on=tomorrow,
    )
    told = said()
    assert f"untold: customers {book[5].pk} ({admin.pk})" in told and "ERROR 1 faults." in told


def test_an_owner_after_the_loading_whom_no_entry_names_is_found(rep: User, admin: User) -> None:
    row = book_of(rep, 1)[0]
    assert "ERROR" not in said()
    loaded = timezone.now() - timedelta(days=9)
    AuditEntry.objects.create(action="load-tables", at=loaded)
    assert "ERROR" not in said()
    today = Company.get().today
    Ownership.everything.update(to_on=today)
    Ownership.everything.create(customer=row, rep=admin, from_on=today, recorded_on=today)
    Customer.everything.update(owner=admin)
    assert f"untold: customers {row.pk} ({admin.pk})" in said()


def test_a_merged_customer_without_its_survivors_owner_is_found(
    book: list[Customer], other_rep: User
) -> None:
    Customer.everything.filter(pk=book[5].pk).update(merged_into=book[4])
    assert "ERROR" not in said()
    Customer.everything.filter(pk=book[5].pk).update(owner=other_rep)
    assert f"survivor: customers {book[5].pk}" in said()


def test_two_open_periods_are_found(book: list[Customer], rep: User) -> None:
    unguard()
    Ownership.everything.create(customer=book[5], rep=rep, from_on=SINCE, recorded_on=SINCE)
    assert f"open twice: customers {book[5].pk}" in said()


def unguard() -> None:
    """No database of ours stores such rows; one that lost what guards them does."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS ownership_one_open")
        if connection.vendor == "postgresql":
            cursor.execute(
                "ALTER TABLE customers_ownership DROP CONSTRAINT customers_ownership_no_overlap"
            )
