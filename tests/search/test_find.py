"""The search box finds what its user may see, and nothing else."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import search
from customers.models import Contact, Customer, SearchTerm
from customers.search import index_record, index_records, narrow
from sales.models import Deal, Lead, Stage
from sales.search import find

pytestmark = pytest.mark.django_db


def indexed(row):
    row.save()
    index_record(row)
    return row


def customer(name, owner, **fields):
    return indexed(Customer(name=name, owner=owner, **fields))


@pytest.fixture
def world(rep, other_rep):
    """A customer, contact, lead and deal of the rep, and the same of a rep of another team."""
    for owner, town in ((rep, "Північ"), (other_rep, "Південь")):
        place = customer(f"Карпатська Кава {town}", owner)
        indexed(Contact(customer=place, name=f"Карпо Мельник {town}", phone="067 555 33 18"))
        indexed(Lead(name=f"Karp Tours {town}", owner=owner, person="Леся"))
        indexed(
            Deal(
                title=f"Карпатський чай {town}",
                customer=place,
                owner=owner,
                stage=Stage.objects.get(key="new"),
                stage_since=date(2026, 1, 5),
                opened_on=date(2026, 1, 5),
            )
        )


def names(found):
    return [str(row) for row in (*found.customers, *found.contacts, *found.leads, *found.deals)]


def test_all_four_kinds_are_found_within_the_scope_only(world, rep):
    assert names(find(rep, "karp")) == [
        "Карпатська Кава Північ",
        "Карпо Мельник Північ",
        "Karp Tours Північ",
        "Карпатський чай Північ",
    ]


def test_a_manager_finds_the_records_of_the_team_and_an_administrator_all(world, manager, admin):
    assert len(names(find(manager, "карп"))) == 4
    assert len(names(find(admin, "карп"))) == 8


def test_what_belongs_to_others_looks_like_what_is_not_there(world, rep):
    assert find(rep, "південь") == find(rep, "несутнє")
    assert not find(rep, "південь").any


def test_a_phone_number_in_any_notation_stands_first(world, admin, rep):
    for typed in (
        "+380675553318",
        "067-555-33-18",
        "067 555 33 18",
        "(067) 555-33-18",
        "tel:+380675553318",
        "тел. 067 555-33-18",
        "\u200e+380675553318\u202c",
        "+38\u00a0067\u2011555\u201133\u201118",
        "067 555 33 18 дод. 12",
    ):
        assert [str(row) for row in find(rep, typed).exact] == ["Карпо Мельник Північ"]
    assert len(find(admin, "0675553318").exact) == 2
    assert find(rep, "3318").exact == []
    assert names(find(rep, "3318")) == ["Карпо Мельник Північ"]


def test_a_lead_is_found_by_its_person(world, rep):
    assert names(find(rep, "lesia")) == ["Karp Tours Північ"]


def test_the_bin_and_merged_customers_are_not_found(rep):
    kept = customer("Лавка", rep)
    customer("Лавка друга", rep, merged_into=kept)
    customer("Лавка третя", rep, binned_on=date(2026, 1, 1))
    assert names(find(rep, "лавка")) == ["Лавка"]


def test_more_is_told_beyond_the_limit(rep):
    for number in range(4):
        customer(f"Лавка {number}", rep)
    found = find(rep, "лавка", limit=3)
    assert names(found) == ["Лавка 0", "Лавка 1", "Лавка 2"]
    assert found.more == {"customer"}
    assert not find(rep, "лавка", limit=4).more


def test_two_letters_ask_the_database_nothing(world, rep, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not find(rep, "ка").any


def test_the_number_of_queries_is_fixed(world, rep, manager, django_assert_max_num_queries):
    for _ in range(30):
        customer("Карпатська Кава", rep)
    with CaptureQueriesContext(connection) as few:
        find(rep, "карп")
    with CaptureQueriesContext(connection) as many:
        find(rep, "мель карп")
    assert len(few) == 5
    assert len(many) <= 5


def test_an_edit_is_found_by_the_new_name_and_no_longer_by_the_old(rep):
    shop = customer("Стара Лавка", rep, phone="0675553318")
    shop.name, shop.phone = "Нова Лавка", "0501112233"
    indexed(shop)
    assert not find(rep, "стара").any and not find(rep, "3318").any
    assert names(find(rep, "нова лавка")) == names(find(rep, "050 111 22 33")) == ["Нова Лавка"]


def test_saving_again_without_a_change_writes_nothing(rep, django_assert_num_queries):
    shop = customer("Лавка", rep)
    with django_assert_num_queries(2):
        index_record(shop)


def test_indexing_in_bulk_gives_the_terms_of_indexing_one_by_one(world, monkeypatch):
    terms = lambda: sorted(SearchTerm.objects.values_list("kind", "record_id", "term"))  # noqa: E731
    before = terms()
    monkeypatch.setattr(search, "CHUNK", 1)
    for kind in ("customer", "contact", "lead", "deal"):
        index_records(kind)
    assert terms() == before
    index_records("customer", ids=Customer.everything.values_list("pk", flat=True))
    assert terms() == before


def test_terms_with_tabs_and_backslashes_survive_the_bulk_way(rep):
    shop = Customer(name="A\\b\tc", owner=rep, email="a\\b@x.ua")
    shop.save()
    index_records("customer", ids=[shop.pk])
    bulk = set(SearchTerm.objects.values_list("term", flat=True))
    SearchTerm.objects.all().delete()
    index_record(shop)
    assert set(SearchTerm.objects.values_list("term", flat=True)) == bulk


@pytest.mark.parametrize("few", [0, 1, 500])
@pytest.mark.parametrize("typed", ["кава", "кав карп", "карп", "несутнє", "кава несутнє", "!"])
def test_common_and_rare_words_take_different_ways_to_the_same_rows(
    few, typed, world, rep, manager, admin, monkeypatch
):
    """`FEW` decides how the rows are fetched, never which."""
    customer("Кава без гір", rep)
    customer("Карп без кави", None)
    expected = {
        "кава": {"Карпатська Кава Північ", "Карпатська Кава Південь", "Кава без гір"},
        "кав карп": {"Карпатська Кава Північ", "Карпатська Кава Південь", "Карп без кави"},
        "карп": {"Карпатська Кава Північ", "Карпатська Кава Південь", "Карп без кави"},
    }.get(typed, set())
    mine = {"Карпатська Кава Північ", "Кава без гір"}
    monkeypatch.setattr(search, "FEW", few)
    for viewer, scope in ((rep, mine), (manager, mine | {"Карп без кави"}), (admin, None)):
        rows = narrow(Customer.visible_to(viewer), "customer", typed, viewer=viewer)
        seen = {row.name for row in rows}
        assert seen == (expected if scope is None else expected & scope)
