"""Tags put on many records, taken off, and given back."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import CustomerTag, Tag
from sales.models import (
    BulkAct,
    BulkItem,
    Deal,
)
from team.models import AuditEntry, User
from tests.sales.bulk.kit import act, chosen, leads_of, told, undo

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_tags_are_put_on_taken_off_and_given_back(
    login: Login, rep: User, vip: Tag, keep: Any
) -> None:
    old, new, browser = keep(rep, "Old"), keep(rep, "New"), login(rep)
    CustomerTag.everything.create(customer=old, tag=vip)
    answer = act(browser, "customer", "tag", chosen(old, new), tag=vip.pk)
    assert told(answer, browser) == "Tag «VIP» added: 1 customer. Left as they were: 1."
    assert ">VIP</a>" in browser.get("/customers/").content.decode()
    undo(browser)
    assert [list(row.tags.all()) for row in (old, new)] == [[vip], []]
    answer = act(browser, "customer", "untag", chosen(old, new), tag=vip.pk)
    assert told(answer, browser) == "Tag «VIP» removed: 1 customer. Left as they were: 1."
    assert list(old.tags.all()) == []
    undo(browser)
    assert [list(row.tags.all()) for row in (old, new)] == [[vip], []]
    assert AuditEntry.objects.filter(action="tag", subject_type="customer").count() == 2
    assert AuditEntry.objects.filter(action="untag", subject_type="customer").count() == 2


def test_a_tag_put_on_anew_is_not_taken_off(login: Login, rep: User, vip: Tag, keep: Any) -> None:
    row, browser = keep(rep), login(rep)
    act(browser, "customer", "tag", chosen(row), tag=vip.pk)
    first = BulkAct.everything.get()
    act(browser, "customer", "untag", chosen(row), tag=vip.pk)
    act(browser, "customer", "tag", chosen(row), tag=vip.pk)
    browser.post(f"/bulk/acts/{first.pk}/undo/")
    assert list(row.tags.all()) == [vip]
    assert BulkItem.objects.get(act=first).is_back is False


def test_retired_tags_are_put_on_nothing_and_still_found(
    login: Login, admin: User, rep: User, vip: Tag, keep: Any
) -> None:
    row = keep(rep)
    CustomerTag.everything.create(customer=row, tag=vip)
    login(admin).post(f"/settings/lists/tags/{vip.pk}/retire/")
    browser = login(rep)
    assert act(browser, "customer", "tag", chosen(row), tag=vip.pk).status_code == 422
    assert row.name in html.unescape(browser.get("/customers/?tag=vip").content.decode())
    assert act(browser, "customer", "untag", chosen(row), tag=vip.pk).status_code == 303
    assert not row.tags.exists()


def test_contacts_leads_and_deals_bear_tags_too(
    login: Login, rep: User, vip: Tag, deals: list[Deal], keep: Any
) -> None:
    from customers.models import Contact

    contact = Contact.everything.create(customer=keep(rep), name="Olha")
    (lead,) = leads_of(rep, 1)
    browser = login(rep)
    for kind, row, address in (
        ("contact", contact, "/contacts/?tag=vip"),
        ("lead", lead, "/leads/?tag=vip"),
        ("deal", deals[0], "/deals/?tag=vip"),
    ):
        assert act(browser, kind, "tag", chosen(row), tag=vip.pk).status_code == 303
        assert list(row.tags.all()) == [vip]
        assert str(row) in browser.get(address).content.decode()
        assert f'value="{row.pk}"' in browser.get(address).content.decode()


def test_a_record_page_shows_its_tags_and_leads_to_adding_one(
    login: Login, rep: User, vip: Tag, keep: Any
) -> None:
    row, browser = keep(rep), login(rep)
    back = f"/customers/{row.pk}/"
    page = browser.get(back).content.decode()
    (add,) = re.findall(r'href="(/bulk/customer/\?do=tag[^"]*)"', page)
    answer = browser.post(html.unescape(add), {"with-tag": str(vip.pk), "next": back})
    assert answer["Location"] == back
    page = browser.get(back).content.decode()
    (off,) = re.findall(r'href="(/bulk/customer/\?do=untag[^"]*)"', page)
    look = browser.get(html.unescape(off)).content.decode()
    assert f'<option value="{vip.pk}" selected' in look
    assert list(row.tags.all()) == [vip]


@pytest.mark.parametrize("do", ["tag", "untag"])
def test_without_any_tag_it_is_told_who_makes_them(
    login: Login, admin: User, rep: User, keep: Any, do: str
) -> None:
    """A select without a choice would be a dead end."""
    row = keep(rep)
    page = login(rep).get(f"/bulk/customer/?do={do}&row={row.pk}").content.decode()
    assert "Administrators keep the list of tags." in page and "with-tag" not in page
    assert "/settings/lists/tags/new/" not in page
    page = login(admin).get(f"/bulk/customer/?do={do}&row={row.pk}").content.decode()
    assert "/settings/lists/tags/new/" in page
