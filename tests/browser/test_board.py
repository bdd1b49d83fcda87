"""The deal board in a real browser: moving by dragging, by keys and by the menu of a card, on desk and phone."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from customers.models import Customer
from customers.ownership import assign
from sales.deals.changing import add_deal, move_deal
from sales.deals.pipelines import add_pipeline
from sales.models import Deal, DealChange, Pipeline, Product, Stage, Task
from team.models import Company, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOARD = "/deals/board/"
Visit = Callable[..., Any]


@pytest.fixture
def today() -> date:
    return Company.get().today


@pytest.fixture
def deals(rep: User, today: date) -> dict[str, Deal]:
    """Two new ones and one with an offer, the new stage being slow for one of them."""
    customer = Customer.everything.create(name="ТОВ „Виробничо-комерційна фірма «Зернотрейд»“")
    assign([customer.pk], rep, on=today, by=rep)
    made = {}
    for title, stage, amount in (
        ("Film", "new", 900),
        ("Bags", "new", 500),
        ("Boxes", "offer", 70),
    ):
        row = Deal(
            title=title,
            customer=customer,
            stage=Stage.objects.get(key=stage),
            amount=amount,
            expected_close_on=today + timedelta(days=9),
        )
        made[title] = add_deal(row, owner=rep, by=rep)[0]
    Task.everything.create(title="Ring", owner=rep, deal=made["Bags"], due_on=today)
    Stage.objects.filter(key="new").update(usual_half_days=4)
    Deal.everything.filter(pk=made["Bags"].pk).update(stage_since=today - timedelta(days=12))
    return made


def stands(deal: Deal) -> str:
    deal.refresh_from_db()
    return str(deal.stage.key)


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def in_column(page: Any, name: str, title: str) -> Any:
    return page.get_by_role("region", name=name, exact=True).get_by_role("link", name=title)


def test_a_card_is_dragged_into_another_stage_and_comes_back_by_z(
    visit: Visit, rep: User, deals: dict[str, Deal]
) -> None:
    visitor = visit(rep)
    page = visitor.open(BOARD)
    card = page.locator(f"#deal-{deals['Film'].pk}")
    card.drag_to(page.get_by_role("region", name="Negotiation", exact=True))
    page.get_by_text("«Film» moved to Negotiation.").wait_for()
    assert in_column(page, "Negotiation", "Film").count() == 1
    assert stands(deals["Film"]) == "negotiation"
    assert stands(deals["Bags"]) == "new"
    page.keyboard.press("z")
    page.get_by_text("The move was taken back.").wait_for()
    assert page.url.endswith(BOARD)
    assert stands(deals["Film"]) == "new"
    assert visitor.complaints == []


def test_dropped_where_it_stands_or_outside_it_stays(
    visit: Visit, rep: User, deals: dict[str, Deal]
) -> None:
    visitor = visit(rep)
    page = visitor.open(BOARD)
    card = page.locator(f"#deal-{deals['Film'].pk}")
    card.drag_to(page.get_by_role("region", name="New", exact=True))
    card.drag_to(page.get_by_role("heading", name="Deals", exact=True))
    page.wait_for_timeout(300)
    assert DealChange.everything.count() == 3
    assert page.locator(".is-dragging, .is-over").count() == 0


def test_a_card_dropped_on_won_asks_for_the_amount(
    visit: Visit, rep: User, deals: dict[str, Deal], today: date
) -> None:
    visitor = visit(rep)
    page = visitor.open(BOARD)
    page.locator(f"#deal-{deals['Film'].pk}").drag_to(page.locator(".m-end.is-won"))
    page.get_by_role("heading", name="Deal won").wait_for()
    assert stands(deals["Film"]) == "new"
    page.get_by_label("Amount").fill("850")
    page.get_by_role("button", name="Save as won").click()
    page.get_by_text("«Film» moved to Won.").wait_for()
    assert page.url.endswith(BOARD)
    assert stands(deals["Film"]) == "won"
    assert (deals["Film"].cents, deals["Film"].closed_on) == (850_00, today)
    assert visitor.complaints == []


def test_keys_alone_select_move_and_lose(visit: Visit, rep: User, deals: dict[str, Deal]) -> None:
    visitor = visit(rep)
    page = visitor.open(BOARD)
    for key in ("j", "j"):
        page.keyboard.press(key)
    assert focused(page) == "Bags"
    page.keyboard.press("m")
    page.get_by_text("Move to").locator("visible=true").wait_for()
    page.keyboard.press("3")
    page.get_by_text("«Bags» moved to Offer sent.").wait_for()
    assert stands(deals["Bags"]) == "offer"
    page.wait_for_function("document.activeElement.textContent.trim() === 'Bags'")
    # a letter of a Ukrainian layout is the same key
    page.evaluate(
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ь', code: 'KeyM', bubbles: true, cancelable: true}))"
    )
    page.get_by_text("Move to").locator("visible=true").wait_for()
    page.keyboard.press("Escape")
    assert focused(page) == "Bags"
    page.keyboard.press("m")
    page.keyboard.press("w")
    page.get_by_role("heading", name="Deal won").wait_for()
    # thought better of it: the drawer goes first, then the menu
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Deal won").wait_for(state="detached")
    assert page.locator("details[open]").count() == 1
    page.keyboard.press("Escape")
    assert (page.locator("details[open]").count(), focused(page)) == (0, "Bags")
    page.keyboard.press("m")
    page.keyboard.press("l")
    page.get_by_role("heading", name="Deal lost").wait_for()
    page.get_by_label("Why it was lost").select_option("price")
    page.keyboard.press("Control+Enter")
    page.get_by_text("«Bags» moved to Lost.").wait_for()
    assert (stands(deals["Bags"]), deals["Bags"].reason) == ("lost", "price")
    assert visitor.complaints == []


def test_with_single_keys_off_m_does_nothing_and_the_menu_works(
    visit: Visit, rep: User, deals: dict[str, Deal]
) -> None:
    User.objects.filter(pk=rep.pk).update(shortcuts=False)
    page = visit(rep).open(BOARD)
    page.locator(f"#deal-{deals['Film'].pk} a").first.focus()
    page.keyboard.press("m")
    assert page.locator("details[open]").count() == 0
    page.keyboard.press("Tab")
    if "no next step" in focused(page):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("Qualified")).locator("visible=true").press("Enter")
    page.get_by_text("«Film» moved to Qualified.").wait_for()
    assert stands(deals["Film"]) == "qualified"


def test_who_comes_too_late_is_told_and_the_board_is_fresh(
    visit: Visit, rep: User, manager: User, deals: dict[str, Deal]
) -> None:
    visitor = visit(rep)
    page = visitor.open(BOARD)
    move_deal(deals["Film"], Stage.objects.get(key="negotiation"), by=manager)
    page.locator(f"#deal-{deals['Film'].pk}").drag_to(
        page.get_by_role("region", name="Qualified", exact=True)
    )
    page.get_by_text("It stands in Negotiation now.").wait_for()
    assert in_column(page, "Negotiation", "Film").count() == 1
    assert stands(deals["Film"]) == "negotiation"


def test_the_menu_works_without_javascript(
    visit: Visit, chromium: Any, rep: User, deals: dict[str, Deal]
) -> None:
    visitor = visit(rep)
    state = visitor.page.context.storage_state()
    context = chromium.new_context(storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{visitor.address}{BOARD}")
    card = page.locator(f"#deal-{deals['Film'].pk}")
    card.locator("summary").click()
    card.get_by_role("button", name=re.compile("Offer sent")).click()
    page.wait_for_url(re.compile(BOARD))
    assert stands(deals["Film"]) == "offer"
    card.locator("summary").click()
    card.get_by_role("link", name=re.compile("Lost")).click()
    page.get_by_label("Why it was lost").select_option("price")
    page.get_by_role("button", name="Save as lost").click()
    page.wait_for_url(re.compile(f"{BOARD}$"))
    assert stands(deals["Film"]) == "lost"
    context.close()


@pytest.mark.parametrize(("size", "dark"), [("desk", True), ("phone", False)])
def test_nothing_to_complain_of(
    visit: Visit, rep: User, deals: dict[str, Deal], size: str, dark: bool
) -> None:
    visitor = visit(rep, size=size, dark=dark)
    page = visitor.open(BOARD)
    assert visitor.findings() == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    card = page.locator(f"#deal-{deals['Film'].pk}")
    card.locator("summary").click()
    assert visitor.findings() == []
    card.get_by_role("button", name=re.compile("Negotiation")).click()
    page.get_by_text("«Film» moved to Negotiation.").wait_for()
    assert stands(deals["Film"]) == "negotiation"
    columns = page.locator(".m-column").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().width)"
    )
    assert min(columns) > (340 if size == "phone" else 200)
    assert visitor.complaints == []


def test_stages_can_be_moved_to_from_the_page_of_a_deal_by_keys(
    visit: Visit, rep: User, deals: dict[str, Deal]
) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/deals/{deals['Film'].pk}/")
    page.keyboard.press("m")
    page.keyboard.press("2")
    page.get_by_text("«Film» moved to Qualified.").wait_for()
    page.wait_for_load_state()  # the keys work once the scripts of the new page do
    page.keyboard.press("m")
    page.keyboard.press("w")
    page.get_by_role("heading", name="Deal won").wait_for()
    page.keyboard.press("Escape")
    assert stands(deals["Film"]) == "qualified"
    assert visitor.complaints == []


def test_a_price_line_is_added_in_a_drawer_and_makes_the_amount(
    visit: Visit, rep: User, deals: dict[str, Deal]
) -> None:
    Product.objects.create(name="Kraft bag", price="12.5", cost="8", currency="UAH")
    visitor = visit(rep)
    page = visitor.open(f"/deals/{deals['Film'].pk}/")
    page.get_by_role("link", name="Add a price line").click()
    page.get_by_role("heading", name="Price line", exact=True).wait_for()
    assert visitor.findings() == []
    page.get_by_label("Product", exact=False).first.select_option(label="Kraft bag, ₴12.50")
    page.get_by_label("Quantity").fill("1 000")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Price line saved.").wait_for()
    deals["Film"].refresh_from_db()
    assert deals["Film"].cents == 12_500_00
    assert "₴4,500.00" in page.get_by_role("region", name="Price lines").inner_text()
    assert visitor.findings() == []
    page.get_by_role("button", name="Take off Kraft bag").click()
    page.get_by_text("«Kraft bag» was taken off.").wait_for()
    page.keyboard.press("z")
    page.get_by_text("«Kraft bag» is back.").wait_for()
    assert visitor.complaints == []


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
def test_the_pages_of_administrators_have_nothing_to_complain_of(
    visit: Visit, admin: User, deals: dict[str, Deal], size: str, dark: bool
) -> None:
    add_pipeline(Pipeline(name="Поновлення договорів", order=2), like=None, by=None)
    bag = Product.objects.create(name="Kraft bag", price="12.5", currency="UAH")
    visitor = visit(admin, size=size, dark=dark)
    stage = deals["Film"].stage_id
    findings = {}
    for path in (
        "/settings/pipelines/",
        "/settings/pipelines/new/",
        f"/settings/pipelines/stages/{stage}/",
        f"/settings/pipelines/stages/{stage}/retire/",
        "/settings/products/",
        f"/settings/products/{bag.pk}/",
        f"/deals/{deals['Film'].pk}/",
        "/deals/new/",
        "/deals/",
    ):
        page = visitor.open(path)
        found = visitor.findings()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        if found:
            findings[path] = found
    assert findings == {}
    assert visitor.complaints == []
