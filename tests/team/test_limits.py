from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from customers.models import Contact, Customer
from team.buffer import Buffer
from team.middleware import slow_down
from team.models import AuditEntry, Reading
from team.reading import AT_MOST, ReadTooMuch, count_view

pytestmark = pytest.mark.thorough


def test_three_hundred_customers_an_hour_then_no_more(rep, other_rep):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for customer in range(AT_MOST):
            count_view(rep, customer)
        count_view(rep, 7)  # one opened before is no new one
        with pytest.raises(ReadTooMuch):
            count_view(rep, 10_000)
        count_view(other_rep, 10_000)
        clock.shift(timedelta(minutes=59))
        with pytest.raises(ReadTooMuch):
            count_view(rep, 10_000)
        clock.shift(timedelta(minutes=2))
        count_view(rep, 10_000)
    assert Reading.objects.filter(user=rep).count() == AT_MOST + 1


def test_counting_is_one_query(rep, django_assert_num_queries):
    count_view(rep, 1)
    with django_assert_num_queries(1):
        count_view(rep, 1)


def test_too_much_is_answered_in_words(rep, rf: RequestFactory):
    middleware = slow_down(lambda request: HttpResponse())
    answer = middleware.process_exception(rf.get("/customers/1/"), ReadTooMuch())
    assert answer.status_code == 429
    assert middleware.process_exception(rf.get("/"), ValueError()) is None


def test_rows_are_written_together_a_moment_later(settings):
    settings.BUFFER_SECONDS = 60.0
    written: list[list[int]] = []
    buffer = Buffer(written.append)
    for row in (1, 2, 3):
        buffer.add(row)
    assert (written, buffer.waiting()) == ([], [1, 2, 3])
    buffer.flush()
    buffer.flush()
    assert (written, buffer.waiting()) == ([[1, 2, 3]], [])


def test_what_waits_in_this_process_counts_too(rep, settings):
    settings.BUFFER_SECONDS = 60.0
    for customer in range(AT_MOST):
        count_view(rep, customer)
    assert not Reading.objects.exists()
    with pytest.raises(ReadTooMuch):
        count_view(rep, AT_MOST)
    from team.reading import _opened

    _opened.flush()
    assert Reading.objects.count() == AT_MOST


def test_every_door_to_a_customer_counts(rep, login, monkeypatch):
    """Who may open no more pages does not read on by the edit form, the call form or Today."""
    customers = [
        Customer.everything.create(name=f"Customer {n}", owner=rep, phone_e164=f"+38067555010{n}")
        for n in range(5)
    ]
    contact = Contact.everything.create(customer=customers[3], name="Contact")
    doors = [
        f"/customers/{customers[0].pk}/edit/",
        f"/calls/new/?customer={customers[1].pk}",
        f"/today/?customer={customers[2].pk}",
        f"/contacts/{contact.pk}/edit/",
        f"/customers/{customers[4].pk}/",
    ]
    browser = login(rep)
    for door in doors:
        Reading.objects.all().delete()
        assert browser.get(door).status_code == 200
        assert Reading.objects.count() == 1, door
        monkeypatch.setattr("team.reading.AT_MOST", 0)
        Reading.objects.all().delete()
        refused = browser.get(door)
        assert refused.status_code == 429, door
        assert "+38067" not in refused.content.decode()
        monkeypatch.undo()
    assert AuditEntry.objects.filter(action="slow down").count() == len(doors)
