"""The search page, its drop-down, and the search boxes in forms: only what one may see."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, Customer
from customers.search import index_record
from team.models import User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
Keep = Callable[..., Customer]


@pytest.fixture
def kava(rep: User, keep: Keep) -> Customer:
    row = keep(rep, name="ТОВ «Карпатська Кава»", phone="067 555 01 42")
    index_record(row)
    index_record(Contact.everything.create(customer=row, name="Роман Карпенко"))
    return row


def test_the_page_groups_what_was_found(login: Login, rep: User, kava: Customer) -> None:
    page = login(rep).get("/search/?q=karp").content.decode()
    assert "Карпатська Кава" in page and "Роман Карпенко" in page
    assert page.index("Карпатська Кава") < page.index("Роман Карпенко")
    assert f'href="/customers/{kava.pk}/"' in page


def test_the_drop_down_is_a_part_without_the_frame(login: Login, rep: User, kava: Customer) -> None:
    part = login(rep).get("/search/?q=karp", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "m-hit" in part and "Карпатська Кава" in part


@pytest.mark.parametrize("typed", ["067 555 01 42", "+380675550142", "5550142"])
def test_a_number_in_any_notation_finds_whose_it_is(
    login: Login, rep: User, kava: Customer, typed: str
) -> None:
    assert "Карпатська Кава" in login(rep).get("/search/", {"q": typed}).content.decode()


def test_nothing_of_other_peoples_records(login: Login, other_rep: User, kava: Customer) -> None:
    browser = login(other_rep)
    page = browser.get("/search/?q=karp").content.decode()
    assert "Карпат" not in page and "Nothing matches" in page
    assert browser.get("/pick/customer/?q=karp").json() == {"items": []}
    assert browser.get("/pick/contact/?q=karp").json() == {"items": []}


def test_a_search_box_in_a_form_gets_what_may_be_chosen(
    login: Login, rep: User, kava: Customer
) -> None:
    answer = login(rep).get("/pick/customer/?q=karp")
    assert answer.json() == {
        "items": [{"value": kava.pk, "text": "ТОВ «Карпатська Кава»", "note": "Rita Rep"}]
    }
    assert login(rep).get("/pick/user/?q=rita").status_code == 404


def test_markup_in_what_was_typed_stays_text(login: Login, rep: User) -> None:
    page = login(rep).get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_two_letters_are_too_few(login: Login, rep: User, kava: Customer) -> None:
    page = login(rep).get("/search/?q=ка").content.decode()
    assert "Карпатська" not in page and "three letters" in page


def test_the_queries_do_not_grow(login: Login, manager: User, rep: User, keep: Keep) -> None:
    browser = login(manager)
    counts = []
    for more in (2, 30):
        for i in range(more):
            index_record(keep(rep, name=f"Kava {more} {i}"))
        with CaptureQueriesContext(connection) as found:
            browser.get("/search/?q=kava")
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12
