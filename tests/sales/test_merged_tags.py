"""The tags of who was merged are the survivor's: on its page, in lists, in acts; un-merged, each bears its own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.merging import merge, unmerge
from customers.models import Customer, CustomerTag, Tag
from team.models import Company, User
from tests.sales.bulk.kit import act, chosen, rows_of, told, undo

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


@pytest.fixture
def tags(db: None) -> tuple[Tag, Tag]:
    return Tag.objects.create(key="vip", name="VIP"), Tag.objects.create(key="bio", name="Bio")


@pytest.fixture
def pair(rep: User, admin: User, keep: Any, tags: tuple[Tag, Tag]) -> tuple[Customer, Customer]:
    """«Doubled» bore both tags and is merged into «Whole», which bears the first."""
    one, other = keep(rep, "Doubled"), keep(rep, "Whole")
    for row, tag in ((one, tags[0]), (one, tags[1]), (other, tags[0])):
        CustomerTag.everything.create(customer=row, tag=tag)
    merge(one, other, on=Company.get().today, by=admin)
    return Customer.everything.get(pk=one.pk), Customer.everything.get(pk=other.pk)


def shown(browser: Client, customer: Customer) -> list[str]:
    page = browser.get(f"/customers/{customer.pk}/").content.decode()
    return re.findall(r'm-bears"><a [^>]*>(\w+)</a>', page)


def listed(browser: Client, tag: str) -> list[str]:
    found = browser.get("/customers/", {"tag": tag}).context["rows"]
    return sorted(row.customer.name for row in found)


def test_the_survivor_bears_them_once_on_its_page_and_in_lists(
    login: Login, rep: User, pair: tuple[Customer, Customer]
) -> None:
    browser, (_one, whole) = login(rep), pair
    assert shown(browser, whole) == ["VIP", "Bio"]
    assert listed(browser, "bio") == listed(browser, "vip") == ["Whole"]
    (row,) = browser.get("/customers/").context["rows"]
    assert [tag.key for tag in row.tags] == ["vip", "bio"]


def test_un_merging_is_exact(
    login: Login, rep: User, admin: User, keep: Any, pair: tuple[Customer, Customer]
) -> None:
    browser, (one, whole), before = login(rep), pair, rows_of(CustomerTag)
    unmerge(one, by=admin)
    assert rows_of(CustomerTag) == before
    assert (shown(browser, one), shown(browser, whole)) == (["VIP", "Bio"], ["VIP"])
    assert (listed(browser, "bio"), listed(browser, "vip")) == (["Doubled"], ["Doubled", "Whole"])


def test_an_act_on_the_survivor_is_an_act_on_what_it_stands_for(
    login: Login, rep: User, pair: tuple[Customer, Customer], tags: tuple[Tag, Tag]
) -> None:
    browser, (_one, whole), bio = login(rep), pair, tags[1]
    before = sorted(map(repr, rows_of(CustomerTag, "id")))
    answer = act(browser, "customer", "tag", chosen(whole), tag=bio.pk)
    assert "There is none of them" in told(answer, browser)
    answer = act(browser, "customer", "untag", chosen(whole), tag=bio.pk)
    assert told(answer, browser) == "Tag «Bio» removed: 1 customer."
    assert shown(browser, whole) == ["VIP"]
    assert listed(browser, "bio") == []
    assert told(undo(browser), browser) == "It was taken back."
    assert sorted(map(repr, rows_of(CustomerTag, "id"))) == before


def test_taken_off_and_un_merged_since_it_comes_back_to_nobody_else(
    login: Login, rep: User, admin: User, pair: tuple[Customer, Customer], tags: tuple[Tag, Tag]
) -> None:
    browser, (one, whole), bio = login(rep), pair, tags[1]
    act(browser, "customer", "untag", chosen(whole), tag=bio.pk)
    unmerge(one, by=admin)
    undo(browser)
    assert (shown(browser, one), shown(browser, whole)) == (["VIP"], ["VIP"])


def test_a_tag_put_on_the_survivor_stays_with_it(
    login: Login, rep: User, admin: User, keep: Any, tags: tuple[Tag, Tag]
) -> None:
    browser, one, whole = login(rep), keep(rep, "Doubled"), keep(rep, "Whole")
    merge(one, whole, on=Company.get().today, by=admin)
    act(browser, "customer", "tag", chosen(whole), tag=tags[0].pk)
    assert shown(browser, whole) == ["VIP"]
    unmerge(one, by=admin)
    assert (shown(browser, one), shown(browser, whole)) == ([], ["VIP"])


def test_a_list_with_merged_customers_costs_the_same(
    login: Login, rep: User, admin: User, keep: Any, tags: tuple[Tag, Tag]
) -> None:
    browser, counts = login(rep), []
    for more in (2, 6):
        for n in range(more):
            one, whole = keep(rep, f"Doubled {more} {n}"), keep(rep, f"Whole {more} {n}")
            CustomerTag.everything.create(customer=one, tag=tags[0])
            merge(one, whole, on=Company.get().today, by=admin)
        browser.get("/customers/")
        with CaptureQueriesContext(connection) as asked:
            assert len(browser.get("/customers/?tag=vip").context["rows"]) == more + len(counts) * 2
        counts.append(len(asked))
    assert counts[0] == counts[1]
