"""The pages of records in a real browser: nothing to complain of, and the acts of a working day."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Contact, Customer
from customers.ownership import assign
from customers.search import index_record
from sales.deals.changing import add_deal
from sales.leads.lead_ownership import assign_leads
from sales.models import Activity, Campaign, CampaignCost, Deal, Lead, LeadSource, Stage, Task
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
LONG = "ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“"


@pytest.fixture
def today() -> date:
    return Company.get().today


@pytest.fixture
def customer(rep: User, today: date) -> Customer:
    row = Customer.everything.create(
        name=LONG,
        place="Odesa",
        segment="Farming",
        phone="067 555 01 42",
        purchases=9,
        last_purchase_on=today - timedelta(days=41),
        at_risk_on=today - timedelta(days=1),
        lost_on=today + timedelta(days=22),
        annual_cents=1_234_567_890_00,
    )
    assign([row.pk], rep, on=today, by=rep)
    index_record(row)
    return row


@pytest.fixture
def deal(rep: User, customer: Customer, today: date) -> Deal:
    new = Deal(
        title="Coffee bags 2027",
        customer=customer,
        stage=Stage.objects.get(key="offer"),
        amount=310_000,
        currency="EUR",
        fx_rate=48,
        expected_close_on=today,
    )
    return add_deal(new, owner=rep, by=rep)[0]


@pytest.fixture
def lead(rep: User, today: date) -> Lead:
    arrived = timezone.now() - timedelta(hours=27)
    row = Lead.everything.create(
        name="苏州明华电子有限公司",
        person="陈晓丽",
        source=LeadSource.objects.get(key="web"),
        campaign=Campaign.objects.create(name="Autumn online", started_on=today),
        arrived_at=arrived,
        response_due_at=arrived + timedelta(hours=24),
        expected_amount=1_720_000,
    )
    assign_leads([row.pk], rep, on=today, by=rep)
    CampaignCost.objects.create(campaign=row.campaign, on=today, amount=5, recorded_on=today)
    Activity.everything.create(
        lead=row, author=rep, start_at=arrived, created_at=arrived, recorded_on=today, note="Asked"
    )
    return row


@pytest.fixture
def pages(rep: User, customer: Customer, deal: Deal, lead: Lead, today: date) -> list[str]:
    contact = Contact.everything.create(customer=customer, name="Роман Гнатюк", role="Buyer")
    task = Task.everything.create(title="Send samples", owner=rep, deal=deal, due_on=today)
    return [
        *("/customers/", "/contacts/", "/leads/", "/deals/", "/campaigns/", "/tasks/"),
        *("/customers/?state=lost", "/leads/?state=closed", "/tasks/?state=done"),
        *("/customers/new/", "/contacts/new/", "/leads/new/", "/deals/new/", "/tasks/new/"),
        f"/customers/{customer.pk}/edit/",
        f"/contacts/{contact.pk}/edit/",
        f"/leads/{lead.pk}/",
        f"/leads/{lead.pk}/edit/",
        f"/deals/{deal.pk}/",
        f"/deals/{deal.pk}/edit/",
        f"/deals/{deal.pk}/close/?stage=lost",
        f"/campaigns/{lead.campaign_id}/",
        f"/tasks/{task.pk}/edit/",
        f"/tasks/{task.pk}/reschedule/",
        "/search/?q=зерно",
        "/search/?q=zzzz",
    ]


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
def test_no_page_has_anything_to_complain_of(
    visit: Callable[..., Any], rep: User, pages: list[str], size: str, dark: bool
) -> None:
    visitor = visit(rep, size=size, dark=dark)
    findings = {}
    for path in pages:
        page = visitor.open(path)
        found = visitor.findings()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        if found:
            findings[path] = found
    assert findings == {}
    assert visitor.complaints == []


def test_a_manager_finds_nothing_either(
    visit: Callable[..., Any], manager: User, pages: list[str], lead: Lead
) -> None:
    visitor = visit(manager)
    paths = ["/customers/", f"/leads/{lead.pk}/", f"/campaigns/{lead.campaign_id}/", "/deals/new/"]
    findings = {path: visitor.open(path) and visitor.findings() for path in paths}
    assert findings == {path: [] for path in paths}
    assert visitor.complaints == []


def test_typing_narrows_the_list_where_it_stands(
    visit: Callable[..., Any], rep: User, customer: Customer
) -> None:
    index_record(other := Customer.everything.create(name="Harbour & Finch Ltd"))
    assign([other.pk], rep, on=Company.get().today, by=rep)
    visitor = visit(rep)
    page = visitor.open("/customers/")
    box = page.get_by_placeholder("Search in this list")
    box.press_sequentially("harb")
    page.wait_for_url(re.compile("q=harb"))
    page.get_by_text("Зернотрейд").wait_for(state="detached")
    assert page.get_by_role("rowheader", name="Harbour").is_visible()
    assert box.evaluate("field => field === document.activeElement")
    assert "q=harb" in str(page.get_by_role("link", name="At risk").get_attribute("href"))
    assert visitor.complaints == []


def test_a_customer_is_picked_by_typing(
    visit: Callable[..., Any], rep: User, customer: Customer
) -> None:
    visitor = visit(rep)
    page = visitor.open("/deals/new/")
    page.get_by_label("Title").fill("Stretch film")
    page.locator("#id_customer-ts-control").press_sequentially("zernotr")
    page.locator(".ts-dropdown .option").first.click()
    page.get_by_label("Amount").fill("1.2m")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/deals/\d+/$"))
    deal = Deal.everything.get()
    assert (deal.customer, deal.owner, deal.cents) == (customer, rep, 1_200_000_00)
    assert visitor.complaints == []


def test_the_same_customer_is_told_while_it_is_typed(
    visit: Callable[..., Any], rep: User, customer: Customer
) -> None:
    visitor = visit(rep)
    page = visitor.open("/customers/new/")
    page.get_by_label("Name").fill("Another name")
    page.locator("#id_phone").press_sequentially("0675550142")
    page.get_by_text("already has this number").wait_for()
    assert visitor.findings() == []
    page.get_by_role("button", name="Save a second one").click()
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    assert Customer.everything.filter(name="Another name").count() == 1
    assert visitor.complaints == []


def test_a_deal_moves_and_comes_back_by_z(visit: Callable[..., Any], rep: User, deal: Deal) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/deals/{deal.pk}/")
    page.get_by_role("button", name="Negotiation").click()
    page.get_by_text("moved to Negotiation").wait_for()
    deal.refresh_from_db()
    assert deal.stage.key == "negotiation"
    page.wait_for_load_state()  # the keys work once the scripts of the new page do
    page.keyboard.press("z")
    page.get_by_text("The move was taken back.").wait_for()
    deal.refresh_from_db()
    assert deal.stage.key == "offer"
    assert visitor.complaints == []


def test_losing_a_deal_asks_in_a_drawer(visit: Callable[..., Any], rep: User, deal: Deal) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/deals/{deal.pk}/")
    page.get_by_role("link", name="Lost").click()
    page.get_by_role("button", name="Save as lost").click()
    page.get_by_text("Choose why it was lost.").first.wait_for()
    assert visitor.findings() == []
    page.get_by_label("Why it was lost").select_option("price")
    page.get_by_role("button", name="Save as lost").click()
    page.get_by_text("moved to Lost").wait_for()
    deal.refresh_from_db()
    assert (deal.stage.key, deal.reason) == ("lost", "price")


def test_a_task_is_done_from_the_list_and_undone(
    visit: Callable[..., Any], rep: User, customer: Customer, today: date
) -> None:
    task = Task.everything.create(title="Send samples", owner=rep, customer=customer, due_on=today)
    visitor = visit(rep)
    page = visitor.open("/tasks/")
    page.get_by_role("button", name="Done", exact=True).click()
    page.get_by_text("«Send samples» is done.").wait_for()
    task.refresh_from_db()
    assert task.state == "done"
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("is open again").wait_for()
    task.refresh_from_db()
    assert task.state == "open"
    assert visitor.complaints == []


def test_a_task_is_put_off_by_keys_alone(
    visit: Callable[..., Any], rep: User, customer: Customer, today: date
) -> None:
    company = Company.get()
    company.workdays = [0, 1, 2, 3, 4, 5, 6]  # tomorrow is one, whichever day this is
    company.save()
    task = Task.everything.create(title="Send samples", owner=rep, customer=customer, due_on=today)
    visitor = visit(rep)
    page = visitor.open("/tasks/")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.wait_for_function("document.activeElement.textContent.trim() === 'Tomorrow'")
    page.keyboard.press("Enter")
    page.get_by_text("«Send samples» moved to").wait_for()
    task.refresh_from_db()
    assert (task.due_on - today).days == 1
    page = visitor.open("/tasks/")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.get_by_role("link", name="Another day").click()
    page.get_by_role("heading", name="Another day").wait_for()
    assert page.get_by_label("Due").is_visible()
    assert visitor.complaints == []


def test_c_and_t_in_a_list_are_about_its_row(
    visit: Callable[..., Any], rep: User, customer: Customer
) -> None:
    visitor = visit(rep)
    page = visitor.open("/customers/")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"/calls/new/$"))
    page = visitor.open("/customers/")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(rf"/calls/new/\?customer={customer.pk}&"))
    page.get_by_role("dialog").get_by_text(customer.name).first.wait_for()
    page = visitor.open("/customers/")
    page.keyboard.press("j")
    page.keyboard.press("t")
    page.wait_for_url(re.compile(rf"/tasks/new/\?customer={customer.pk}&"))
    assert visitor.complaints == []


def test_ctrl_enter_saves_where_the_button_says_so(
    visit: Callable[..., Any], rep: User, lead: Lead
) -> None:
    """Nothing on that page has the focus from the start."""
    visitor = visit(rep)
    page = visitor.open(f"/leads/{lead.pk}/convert/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/customers/*/")
    assert Customer.everything.filter(name=lead.name).exists()
    assert visitor.complaints == []


def test_a_name_that_turns_the_writing_turns_nothing_else(
    visit: Callable[..., Any], rep: User, lead: Lead
) -> None:
    """A public form takes any characters; the person stood backwards in the midst of the name."""
    Lead.everything.filter(pk=lead.pk).update(name="Evil \u202egnp.exe", person="Emily Carter")
    page = visit(rep).open("/today/")
    row = page.locator("[data-lead]")
    name = row.locator(".m-row-main a").bounding_box()
    person = row.locator(".m-row-main b span").bounding_box()
    assert name["x"] + name["width"] <= person["x"] + 1


def test_with_keys_switched_off_no_key_is_promised(
    visit: Callable[..., Any], rep: User, customer: Customer
) -> None:
    User.objects.filter(pk=rep.pk).update(shortcuts=False)
    visitor = visit(rep)
    Customer.everything.filter(pk=customer.pk).update(annual_cents=5)
    row = Customer.everything.create(name="Orchard & Sons")
    assign([row.pk], rep, on=Company.get().today, by=rep)
    page = visitor.open("/customers/")
    page.locator("[data-row-link]").first.click()
    page.get_by_role("link", name="next").wait_for()
    assert page.locator("kbd:visible").all_inner_texts() == []
    # keys held together with Ctrl go on
    page = visitor.open("/leads/new/")
    assert page.locator("kbd:visible").all_inner_texts() == ["Ctrl", "Enter"]
    assert visitor.findings() == []


def test_two_people_edit_one_customer(
    visit: Callable[..., Any], rep: User, manager: User, customer: Customer
) -> None:
    mine, theirs = visit(rep), visit(manager)
    address = f"/customers/{customer.pk}/edit/"
    page, other = mine.open(address), theirs.open(address)
    other.get_by_label("Segment").fill("Coffee")
    other.keyboard.press("Control+Enter")
    other.wait_for_url(re.compile(r"/customers/\d+/$"))
    page.get_by_label("Segment").fill("Food & drink")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Maria Manager changed").wait_for()
    assert mine.findings() == []
    page.get_by_label("Food & drink").check()
    page.get_by_role("button", name="Save this choice").click()
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    customer.refresh_from_db()
    assert customer.segment == "Food & drink"


def test_the_search_box_drops_its_finds(
    visit: Callable[..., Any], rep: User, customer: Customer
) -> None:
    visitor = visit(rep)
    page = visitor.open("/tasks/")
    page.keyboard.press("/")
    page.keyboard.type("zernotr")
    page.locator(".m-hit").first.wait_for()
    assert visitor.findings() == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/customers/{customer.pk}/$"))
    assert visitor.complaints == []


def test_a_clock_runs_on_without_moving_what_is_typed(
    visit: Callable[..., Any], rep: User, lead: Lead
) -> None:
    Lead.everything.update(response_due_at=timezone.now() + timedelta(minutes=5))
    visitor = visit(rep)
    visitor.page.clock.install()
    page = visitor.open("/leads/")
    page.fill("input[name=q]", "half typed")
    clock = page.locator("[data-clock]")
    assert "is-late" not in clock.get_attribute("class")
    Lead.everything.update(response_due_at=timezone.now() - timedelta(hours=3, minutes=5))
    page.clock.run_for(61_000)
    page.wait_for_selector(".m-clock.is-late[role=status]")
    assert "3 h late" in clock.inner_text()
    assert page.input_value("input[name=q]") == "half typed"
