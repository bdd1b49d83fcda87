"""Merging by keyboard, a file by hand, and nothing to complain of on these pages, in a real browser."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from customers.merging import merge
from customers.models import Contact, Contract, Customer, CustomerFile, Survey
from customers.ownership import assign
from customers.search import index_record
from customers.twins import write_twins
from sales.calls.logging_calls import log_note
from team.models import Company, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“"


def owned(rep: User, name: str, **values: object) -> Customer:
    row: Customer = Customer.everything.create(name=name, **values)
    assign([row.pk], rep, on=Company.get().today, by=rep)
    index_record(row)
    row.refresh_from_db()
    return row


@pytest.fixture
def pair(rep: User, manager: User) -> tuple[Customer, Customer]:
    """A customer with a merged part, people, a contract, answers, a file and a note; and its twin."""
    today = Company.get().today
    kept = owned(rep, LONG, phone="067 555 01 42", note="Gate 3\nRing first")
    twin = owned(rep, "Зернотрейд Південь", phone="067 555 01 42", note="Closed on Monday")
    merge(owned(rep, "Zernotrade"), kept, on=today, by=manager)
    Contact.everything.create(customer=kept, name="Роман Гнатюк", role="Buyer", is_main=True)
    last = today + timedelta(days=30)
    Contract.everything.create(customer=kept, start_on=today, end_on=last, recorded_on=today)
    for days, score in ((90, 5), (60, 4), (30, 2)):
        Survey.everything.create(
            customer=kept,
            kind="csat",
            score=score,
            answered_on=today - timedelta(days=days),
            recorded_on=today,
            comment="Late again",
        )
    CustomerFile.everything.create(customer=kept, name=f"{LONG}.pdf", size=123_456)
    log_note(kept, f"@{manager.name} please look", by=rep)
    write_twins(today=today)
    return kept, twin


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
def test_no_page_has_anything_to_complain_of(
    visit: Callable[..., Any], manager: User, pair: tuple[Customer, Customer], size: str, dark: bool
) -> None:
    kept, twin = pair
    contract = Contract.everything.get()
    visitor = visit(manager, size=size, dark=dark)
    findings = {}
    for path in (
        f"/customers/{kept.pk}/",
        f"/customers/{Customer.everything.get(name='Zernotrade').pk}/",
        f"/customers/{kept.pk}/merge/",
        f"/customers/{kept.pk}/merge/?other={twin.pk}",
        f"/customers/{kept.pk}/contracts/new/?renews={contract.pk}",
        f"/contracts/{contract.pk}/end/",
        f"/customers/{kept.pk}/answers/new/",
        "/customers/twins/",
        "/customers/twins/?state=different",
    ):
        page = visitor.open(path)
        found = visitor.findings()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        if found:
            findings[path] = found
    assert findings == {}
    assert visitor.complaints == []


def test_two_are_merged_and_taken_apart_by_keys_alone(
    visit: Callable[..., Any], rep: User, pair: tuple[Customer, Customer]
) -> None:
    kept, twin = pair
    visitor = visit(rep)
    page = visitor.open(f"/customers/{kept.pk}/")
    page.get_by_role("link", name="Merge with…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Compare and merge").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"other="))
    page.get_by_role("radio", name="both, one below the other").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Merge these customers").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/customers/({kept.pk}|{twin.pk})/$"))
    merged = {
        row.pk: row.merged_into_id for row in Customer.everything.filter(pk__in=[kept.pk, twin.pk])
    }
    (gone,) = (pk for pk, into in merged.items() if into is not None)
    survivor = Customer.everything.get(pk=merged[gone])
    assert "Ring first" in survivor.note and "Closed on Monday" in survivor.note
    page.keyboard.press("z")
    page.get_by_text("stands alone again").wait_for()
    assert Customer.everything.get(pk=gone).merged_into is None
    assert visitor.complaints == []


def test_a_file_is_added_and_comes_back_as_it_was(
    visit: Callable[..., Any], rep: User, pair: tuple[Customer, Customer]
) -> None:
    kept, _twin = pair
    visitor = visit(rep)
    page = visitor.open(f"/customers/{kept.pk}/")
    content = b"%PDF-1.7 offer"
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "Пропозиція.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Add file").click()
    page.get_by_text("File saved.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Пропозиція.pdf").first.click()
    assert download.value.suggested_filename == "Пропозиція.pdf"
    assert download.value.path().read_bytes() == content
    assert visitor.complaints == []
