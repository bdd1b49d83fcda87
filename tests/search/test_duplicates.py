"""The duplicate warning names what is yours and never what is not (ruling 22)."""

from datetime import timedelta

import pytest

from customers.duplicates import HINTS_AN_HOUR, possible_duplicates
from customers.models import Contact, Customer
from customers.search import index_record
from sales.models import Lead
from team.models import AuditEntry

pytestmark = pytest.mark.django_db


def indexed(row):
    row.save()
    index_record(row)
    return row


@pytest.fixture
def kava(rep):
    return indexed(
        Customer(name="ТОВ «Карпатська Кава»", owner=rep, phone="0675553318", email="o@kava.ua")
    )


@pytest.fixture
def foreign(other_rep):
    return indexed(
        Customer(name="Таємна Фірма", owner=other_rep, phone="0501112233", email="x@secret.ua")
    )


def known(found):
    return [(match.row, match.by) for match in found.known]


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ({"phone": "+38 067 555-33-18"}, "phone"),
        ({"email": " O@Kava.UA "}, "email"),
        ({"name": "карпатська кава"}, "name"),
        ({"name": "Karpatska Kava LLC"}, "name"),
        ({"name": "Кава Карпатська"}, "name"),
        ({"name": "Карпатська Кава", "phone": "067 555 33 18"}, "phone"),
    ],
)
def test_a_match_in_scope_is_told_by_name(typed, by, kava, rep):
    found = possible_duplicates(rep, "customer", **typed)
    assert known(found) == [(kava, by)]
    assert found.known[0].told.startswith("ТОВ «Карпатська Кава» ")
    assert not found.elsewhere
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [{"name": "Кава"}, {"name": "Карпатська Кава Плюс"}, {"name": "ТОВ"}, {"phone": "555 33 18"}]
    + [{"email": "o@kava"}, {"email": "kava.ua"}, {}],
)
def test_what_is_only_alike_is_not_told(typed, kava, rep):
    assert not possible_duplicates(rep, "customer", **typed).any


def test_contacts_and_leads_count_for_a_customer_too(kava, rep):
    person = indexed(Contact(customer=kava, name="Олена", phone="0630000001"))
    lead = indexed(Lead(name="Млин", owner=rep, phone="0630000001"))
    assert {
        row for row, _by in known(possible_duplicates(rep, "customer", phone="0630000001"))
    } == {
        person,
        lead,
    }
    assert known(possible_duplicates(rep, "customer", name="Млин")) == [(lead, "name")]
    assert not possible_duplicates(rep, "contact", name="Млин").any


@pytest.mark.parametrize("typed", [{"phone": "050 111 22 33"}, {"email": "x@secret.ua"}])
def test_beyond_the_scope_one_sentence_without_a_name_is_told_and_logged(typed, foreign, rep):
    found = possible_duplicates(rep, "customer", **typed)
    assert found.elsewhere and found.known == []
    assert "Таємна" not in found.told_elsewhere
    entry = AuditEntry.objects.get(action="duplicate.hinted")
    assert entry.actor == rep and entry.subject_name == ""


@pytest.mark.parametrize(
    "typed", [{"name": "Таємна Фірма"}, {"phone": "111 22 33"}, {"email": "x@secret"}]
)
def test_beyond_the_scope_a_name_or_a_part_tells_nothing(typed, foreign, rep):
    assert not possible_duplicates(rep, "customer", **typed).any
    assert not AuditEntry.objects.exists()


def test_in_the_bin_nobody_is_known(foreign, rep):
    foreign.binned_on = foreign.created_at.date()
    foreign.save()
    assert not possible_duplicates(rep, "customer", phone="0501112233").any


def test_who_sees_all_gets_the_name_and_no_hint(foreign, admin):
    found = possible_duplicates(admin, "customer", phone="0501112233")
    assert known(found) == [(foreign, "phone")] and not found.elsewhere


def test_hints_end_after_twenty_an_hour_and_the_same_one_counts_once(
    other_rep, rep, time_machine_at
):
    for number in range(HINTS_AN_HOUR + 1):
        indexed(Customer(name=f"Фірма {number}", owner=other_rep, phone=f"05011122{number:02}"))
    ask = lambda number: possible_duplicates(rep, "customer", phone=f"05011122{number:02}")  # noqa: E731
    for number in range(HINTS_AN_HOUR):
        assert ask(number).elsewhere
        assert ask(number).elsewhere
    assert not ask(HINTS_AN_HOUR).elsewhere
    assert ask(3).elsewhere
    assert AuditEntry.objects.filter(action="duplicate.hinted").count() == HINTS_AN_HOUR
    time_machine_at(timedelta(minutes=61))
    assert ask(HINTS_AN_HOUR).elsewhere


@pytest.fixture
def time_machine_at():
    import time_machine
    from django.utils import timezone

    travels = []

    def go(later):
        travel = time_machine.travel(timezone.now() + later, tick=True)
        travel.start()
        travels.append(travel)

    yield go
    for travel in travels:
        travel.stop()
