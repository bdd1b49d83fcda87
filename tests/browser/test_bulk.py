"""Ticking rows by keyboard and by touch, acting on them, and taking it back; saved views with the mouse."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, CustomerTag, Tag
from customers.ownership import assign
from customers.search import index_record
from team.models import Company, SavedView, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL = 60


@pytest.fixture
def bakers(rep: User) -> Tag:
    """Sixty customers of one rep, in the order of their numbers, and a tag for them."""
    made = [
        Customer.everything.create(name=f"Baker {n:02d}", annual_cents=1_000_00) for n in range(ALL)
    ]
    for row in made:
        index_record(row)
    assign([row.pk for row in made], rep, on=Company.get().today, by=rep)
    return Tag.objects.create(key="spring", name="Spring list")


def tagged() -> list[str]:
    rows = CustomerTag.everything.order_by("customer__name")
    return list(rows.values_list("customer__name", flat=True))


def add_tag(visitor: Any, told: str) -> None:
    """From the bar over the preview to the message."""
    page = visitor.page
    page.get_by_role("button", name="Add tag").click()
    page.get_by_role("heading", name=f"Add a tag: {told}").wait_for()
    page.get_by_label("Tag", exact=True).select_option(label="Spring list")
    page.get_by_role("button", name=f"Add a tag: {told}").wait_for()
    assert visitor.findings() == []
    page.get_by_role("button", name=f"Add a tag: {told}").click()
    page.get_by_text(f"Tag «Spring list» added: {told}.").wait_for()


def test_rows_are_ticked_by_x_and_shift_x_and_the_act_taken_back_by_z(
    visit: Callable[..., Any], rep: User, bakers: Tag
) -> None:
    visitor = visit(rep)
    page = visitor.open("/customers/?sort=name")
    keys = page.keyboard
    keys.press("j")
    keys.press("j")
    keys.press("x")  # Baker 01
    for _n in range(3):
        keys.press("j")
    keys.press("Shift+X")  # up to Baker 04
    ticked = page.locator("[data-row]:has(input:checked) [data-row-link]").all_inner_texts()
    assert ticked == [f"Baker {n:02d}" for n in range(1, 5)]
    bar = page.locator(".m-bulk")
    assert bar.get_by_role("status").inner_text() == "selected: 4 · ₴4,000"
    assert visitor.findings() == []
    add_tag(visitor, "4 customers")
    assert tagged() == ticked
    keys.press("z")
    page.get_by_text("It was taken back.").wait_for()
    assert tagged() == []
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/\?in="))
    assert visitor.complaints == []


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_whole_list_is_selected_beyond_the_page(
    size: str, visit: Callable[..., Any], rep: User, bakers: Tag
) -> None:
    visitor = visit(rep, size=size)
    page = visitor.open("/customers/?sort=name")
    bar = page.locator(".m-bulk .m-plan")
    assert not bar.is_visible()
    page.get_by_label("Baker 00").check()
    page.get_by_label(f"Select all {ALL}").check()
    assert bar.get_by_role("status").inner_text() == f"selected: {ALL} · ₴60,000"
    page.get_by_label("Baker 01").uncheck()  # one less is not all
    assert not page.get_by_label(f"Select all {ALL}").is_checked()
    page.get_by_label(f"Select all {ALL}").check()
    add_tag(visitor, f"{ALL} customers")
    assert len(tagged()) == ALL
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_text("It was taken back.").wait_for()
    assert tagged() == []
    assert visitor.complaints == []


def test_a_view_is_saved_found_and_deleted(
    visit: Callable[..., Any], rep: User, bakers: Tag
) -> None:
    visitor = visit(rep)
    page = visitor.open("/customers/")
    page.get_by_role("searchbox", name="Search in this list").fill("baker")
    page.get_by_role(
        "link", name="Save view"
    ).click()  # offered as soon as there is something to keep
    page.get_by_label("Name").fill("My bakers")
    assert visitor.findings() == []
    page.get_by_role("button", name="Save view").first.click()
    chip = page.get_by_role("navigation", name="Saved views").get_by_role("link", name="My bakers")
    chip.wait_for()
    assert chip.get_attribute("aria-current") == "page"
    assert SavedView.objects.get().query == "q=baker"
    assert visitor.findings() == []
    page.get_by_role("link", name="Columns").click()
    page.get_by_role("checkbox", name="Segment").uncheck()
    page.get_by_role("button", name="Move A year up").click()
    page.get_by_role("button", name="Save columns").last.click()
    page.get_by_text("Columns saved.").wait_for()
    heads = page.locator("thead th").all_inner_texts()
    assert [head.strip() for head in heads][:3] == ["Customer", "A year", "Region"]
    page.get_by_role("link", name="Edit view").click()
    page.get_by_role("button", name="Delete view").click()
    page.get_by_text("View «My bakers» deleted.").wait_for()
    page.keyboard.press("z")
    page.get_by_text("View «My bakers» is back.").wait_for()
    assert visitor.complaints == []


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True])
def test_no_page_of_them_has_a_finding(
    size: str,
    dark: bool,  # noqa: FBT001 - a parameter of the test
    visit: Callable[..., Any],
    rep: User,
    manager: User,
    bakers: Tag,
) -> None:
    view = SavedView.objects.create(
        listed="customer-list", name="Мої пекарні", query=f"owner={rep.pk}&columns=phone,value",
        owner=manager, for_all=True,
    )  # fmt: skip
    rows = Customer.everything.order_by("name")
    CustomerTag.everything.create(customer=rows[0], tag=bakers)
    visitor = visit(manager, size=size, dark=dark)
    ticked = f"row={rows[0].pk}&row={rows[1].pk}"
    for path in (
        f"{view.get_absolute_url()}&tag=spring&sort=name",
        "/customers/?owner=987654",
        "/views/",
        f"/views/{view.pk}/edit/",
        "/views/new/?listed=customer-list&state=all",
        "/lists/customer-list/columns/",
        f"/customers/{rows[0].pk}/",
        *(f"/bulk/customer/?do={do}&{ticked}" for do in ("give", "tag", "untag", "plan")),
        f"/bulk/customer/?do=untag&{ticked}&with-tag={bakers.pk}",
    ):
        visitor.open(path)
        assert visitor.findings() == [], path
    visitor.open(f"/bulk/customer/?do=tag&{ticked}")
    visitor.page.get_by_label("Tag", exact=True).select_option(label="Spring list")
    visitor.page.get_by_role("button", name="Add a tag: 1 customer", exact=False).first.click()
    visitor.page.get_by_text("Left as they were: 1").wait_for()
    assert visitor.findings() == []
    assert visitor.complaints == []
