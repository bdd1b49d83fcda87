"""A call form in real Chromium: what is typed survives closing and a lost network, and is sent once."""

from collections.abc import Callable

import pytest

from customers.models import Customer
from customers.ownership import assign
from customers.search import index_record
from sales.models import Activity, CallDraft, Task
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


def test_a_draft_survives_closing_the_page_and_can_be_discarded(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open("/today/")
    page.get_by_label("What was said").fill("Two late deliveries")
    page.get_by_text("Draft kept until you save.").wait_for()
    page.get_by_label("What was said").fill("Two late deliveries in October")
    visitor.open("/customers/")  # before the pause that keeps it is over
    page = visitor.open("/today/")
    page.get_by_text("restored").wait_for()
    assert page.get_by_label("What was said").input_value() == "Two late deliveries in October"
    assert visitor.findings() == []
    page.get_by_role("button", name="Discard").click()
    page.get_by_text("restored").wait_for(state="detached")
    assert page.get_by_label("What was said").input_value() == ""
    assert not CallDraft.objects.exists()
    assert visitor.complaints == []


def test_a_restored_draft_does_not_hold_the_docked_form(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    other = Customer.everything.create(name="Northgate Dairy Co.")
    assign([other.pk], rep, on=Company.get().today, by=rep)
    Task.everything.create(title="Ask", owner=rep, customer=other, due_on=Company.get().today)
    visitor = visit(rep)
    page = visitor.open("/today/")
    first = page.locator(".m-call-who b").inner_text()
    page.get_by_label("What was said").fill("Half a sentence")
    page.get_by_text("Draft kept until you save.").wait_for()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.locator("form[data-call] input[name=outcome]:focus").wait_for()
    assert page.locator(".m-call-who b").inner_text() != first
    assert CallDraft.objects.count() == 1


@pytest.mark.parametrize("place", ["docked", "drawer"])
def test_a_call_saved_without_network_is_sent_later_once(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task, place: str
) -> None:
    visitor = visit(rep)
    if place == "docked":
        page = visitor.open("/today/")
    else:
        page = visitor.open(f"/customers/{customer.pk}/")
        page.keyboard.press("c")
        page.get_by_role("radio", name="Left word").wait_for()
    page.context.set_offline(True)
    page.get_by_role("radio", name="Left word").check()
    page.get_by_label("What was said").fill("Said without network")
    page.keyboard.press("Control+Enter")
    page.get_by_text("No network. The call is kept on this device and will be sent.").wait_for()
    page.keyboard.press("Control+Enter")  # pressed twice, it is still one
    assert page.locator("[data-waiting] [data-names]").inner_text() == customer.name
    assert page.get_by_label("What was said").input_value() == "Said without network"
    page.context.set_offline(False)
    page.get_by_text("The call that was kept is saved:").wait_for()
    call = Activity.everything.get()
    assert (call.note, call.author, call.customer) == ("Said without network", rep, customer)
    assert page.locator("[data-waiting]").is_hidden()
    page.reload()
    page.wait_for_load_state("networkidle")
    assert Activity.everything.count() == 1
    assert not CallDraft.objects.exists()


@pytest.mark.thorough
def test_when_a_kept_call_went_its_form_is_that_of_the_next_one(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    """It stood there with the reference of the call that was stored: what it saved next was told as saved, and lost."""
    visitor = visit(rep)
    page = visitor.open("/today/")
    said = page.get_by_label("What was said")
    page.context.set_offline(True)
    page.get_by_role("radio", name="Left word").check()
    said.fill("First")
    page.keyboard.press("Control+Enter")
    page.get_by_text("No network. The call is kept on this device and will be sent.").wait_for()
    said.fill("Second")
    page.context.set_offline(False)
    page.get_by_text("The call that was kept is saved:").wait_for()
    assert Activity.everything.get().note == "First"
    page.keyboard.press("Control+Enter")
    page.get_by_text(f"Call with {customer} saved.").first.wait_for()
    notes = Activity.everything.order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["First", "Second"]


@pytest.mark.thorough
def test_when_a_kept_call_went_today_knows_it(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/today/?task={step.pk}")
    row = page.locator("[data-row]", has_text=customer.name)
    assert row.count() == 1
    page.context.set_offline(True)
    page.get_by_role("radio", name="Refused").check()
    page.get_by_label("What was said").fill("They buy elsewhere")
    page.locator("input[name=next_step][value=none]").check()
    page.locator("[name=no_next_step]").fill("They are gone")
    page.keyboard.press("Control+Enter")
    page.get_by_text("No network. The call is kept on this device and will be sent.").wait_for()
    page.context.set_offline(False)
    page.get_by_text("The call that was kept is saved:").wait_for()
    page.get_by_text("Done today").wait_for()
    page.locator("#messages").get_by_role("button", name="Undo").wait_for()
    assert page.get_by_text("The call that was kept is saved:").count() == 1
    assert page.locator("form[data-call] textarea[name=note]").first.input_value() == ""
    step.refresh_from_db()
    assert step.state == Task.State.DONE


def test_calls_kept_on_the_device_survive_closing_and_go_in_order(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/today/?customer={customer.pk}")
    page.context.set_offline(True)
    for note in ("First", "Second"):
        page.get_by_role("radio", name="Left word").check()
        page.get_by_label("What was said").fill(note)
        page.keyboard.press("Control+Enter")
        page.get_by_text("will be sent").first.wait_for()
        # the next call is a form of its own
        page.evaluate(
            "document.querySelector('#call').elements.client_ref.value = crypto.randomUUID()"
        )
    page.close()
    visitor.page = page.context.new_page()
    page.context.set_offline(False)
    visitor.open("/customers/")
    visitor.page.get_by_text("The call that was kept is saved:").nth(1).wait_for()
    notes = Activity.everything.order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["First", "Second"]


def test_a_kept_call_that_cannot_be_saved_comes_back_as_a_draft(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/today/?customer={customer.pk}")
    page.context.set_offline(True)
    page.get_by_role("radio", name="Refused").check()  # needs what was said
    page.get_by_role("radio", name="In a week").check()
    page.keyboard.press("Control+Enter")
    page.get_by_text("will be sent").first.wait_for()
    page.context.set_offline(False)
    page.get_by_text("needs something before it can be saved").wait_for()
    page.get_by_role("link", name="Open it").click()
    page.get_by_text("restored").wait_for()
    assert page.get_by_role("radio", name="Refused").is_checked()
    assert not Activity.everything.exists()


def test_a_kept_call_with_somebody_new_is_not_lost_where_the_number_is_known(
    visit: Callable[..., object], rep: User, customer: Customer
) -> None:
    index_record(customer)
    visitor = visit(rep)
    page = visitor.open("/calls/unknown/?q=067 555 01 42")
    page.context.set_offline(True)
    page.get_by_role("radio", name="Left word").check()
    page.get_by_label("What was said").fill("Asked for Mrs. Savchuk")
    page.keyboard.press("Control+Enter")
    page.get_by_text("will be sent").first.wait_for()
    page.context.set_offline(False)
    page.get_by_text("needs something before it can be saved").wait_for()
    assert not Activity.everything.exists()
    page = visitor.open("/customers/")
    page.locator("[data-refused]").get_by_role("link", name="Open it").click()
    said = page.get_by_label("What was said")
    assert said.input_value() == "Asked for Mrs. Savchuk"
    said.fill("Asked for Mrs. Savchuk of accounts")
    page = visitor.open("/calls/unknown/")  # left without saving
    assert page.get_by_label("What was said").input_value() == "Asked for Mrs. Savchuk of accounts"
    page.keyboard.press("Control+Enter")
    page.locator("[name=second]").click()
    page.get_by_text("saved").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert Activity.everything.get().note == "Asked for Mrs. Savchuk of accounts"
    assert page.locator("[data-refused]").is_hidden()
    page = visitor.open("/calls/unknown/")
    assert page.get_by_label("What was said").input_value() == ""


def test_the_timer_runs_from_call_and_only_for_that_number(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open("/today/")
    page.clock.install()
    page.reload()
    page.evaluate(
        "document.addEventListener('click', (e) => e.preventDefault())"
    )  # no dialler here
    page.locator(".m-agenda [data-dial]").first.click()
    page.clock.run_for(6 * 60_000 + 5_000)
    assert page.get_by_label("Minutes").input_value() == "6"
    assert page.locator("[data-timer]").is_visible()
    page.keyboard.press("c")
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    page.get_by_text("saved").first.wait_for()
    assert Activity.everything.get().minutes == 6


def test_back_from_the_call_the_sheet_opens_on_the_phone(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep, size="phone")
    page = visitor.open("/today/")
    page.evaluate("document.addEventListener('click', (e) => e.preventDefault())")
    page.locator(".m-agenda [data-dial]").first.click()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("radio", name="Reached").wait_for()
    page.wait_for_load_state("networkidle")  # its minutes come with the scripts
    assert page.locator(".m-call-who b").inner_text() == customer.name
    assert page.get_by_label("Minutes").input_value() == "1"
    assert visitor.findings() == []


def test_a_call_that_came_too_late_is_shown_to_be_copied(
    visit: Callable[..., object], rep: User, other_rep: User, customer: Customer, step: Task
) -> None:
    """Kept by a device for weeks while its customer changed hands: no form is left to open it in."""
    visitor = visit(rep)
    page = visitor.open(f"/calls/new/?customer={customer.pk}")
    page.get_by_role("radio", name="Left word").check()
    page.get_by_label("What was said").fill("Two late deliveries")
    page.get_by_text("Draft kept until you save.").wait_for()
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.get_by_text("The call is kept on this device").wait_for()
    assign([customer.pk], other_rep, on=Company.get().today, by=other_rep)
    CallDraft.objects.all().delete()
    with page.expect_response("**/calls/draft/"):
        page.evaluate(
            """() => { const key = Object.keys(localStorage).find((one) => one.startsWith("calls:"));
            const kept = JSON.parse(localStorage.getItem(key));
            kept[0].body = kept[0].body.replace(/seen=[^&]*/, "seen=expired");
            localStorage.setItem(key, JSON.stringify(kept)); }"""
        )
        page.context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("these calls are too old to be entered").wait_for()
    text = page.get_by_role("textbox", name=customer.name)
    assert text.input_value() == "Two late deliveries\nCall again"
    page = visitor.open("/customers/")
    page.get_by_text("these calls are too old to be entered").wait_for()
    assert visitor.findings() == []
    assert not Activity.everything.exists()
    page.get_by_role("button", name="Remove from this device").click()
    page.get_by_text("these calls are too old to be entered").wait_for(state="hidden")
    page = visitor.open("/customers/")
    assert page.get_by_text("these calls are too old to be entered").is_hidden()
