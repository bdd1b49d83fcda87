"""Without network, on a phone, in real Chromium: today's agenda, the customers opened today and the call form work;
and nothing of it stays for who may not see it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer
from customers.ownership import assign
from sales.models import Activity, Task
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
NO_NETWORK = "No network"
KEPT = "caches.open('pages').then((c) => c.keys()).then((keys) => keys.map((k) => new URL(k.url).pathname))"
AGED = """caches.open('pages').then(async (cache) => {
    for (const key of await cache.keys()) {
        const old = await cache.match(key);
        const headers = new Headers(old.headers);
        headers.set('X-Kept-At', String(Date.now() - 24 * 3600_000 - 1000));
        await cache.put(key, new Response(await old.blob(), { headers }));
    }
})"""


def _until(page: Any, asked: str, is_so: Callable[[Any], bool]) -> None:
    """The worker does its part when it comes to it."""
    for _n in range(100):
        if is_so(answer := page.evaluate(asked)):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{asked} is still {answer}")


@pytest.fixture
def customer(rep: User) -> Customer:
    row = Customer.everything.create(name="ТОВ «Карпатська Кава»", phone="067 555 01 42")
    assign([row.pk], rep, on=Company.get().today, by=rep)
    Task.everything.create(
        title="Confirm the delivery", owner=rep, customer=row, due_on=Company.get().today
    )
    return row


@pytest.fixture
def on_the_road(visit: Callable[..., Any], rep: User, customer: Customer) -> Any:
    """Today and the customer were opened; then the network went."""
    visitor = visit(rep, size="phone")
    page = visitor.open("/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    visitor.open(f"/customers/{customer.pk}/")
    wanted = {"/today/", f"/customers/{customer.pk}/", "/calls/new/"}
    _until(page, KEPT, lambda names: set(names) == wanted)
    page.context.set_offline(True)
    return visitor


def test_agenda_customer_and_call_form_work_and_the_call_is_sent_once(
    on_the_road: Any, rep: User, customer: Customer
) -> None:
    page = on_the_road.open("/today/")
    page.locator("[data-offline]").wait_for()
    assert page.get_by_text("Confirm the delivery").is_visible()
    page.locator("[data-row] a", has_text=customer.name).click()
    page.get_by_role("heading", name=customer.name).wait_for()
    page.get_by_role("link", name="Log call").first.click()
    page.get_by_role("radio", name="Left word").check()
    page.get_by_label("What was said").fill("Said on the road")
    page.get_by_role("button", name="Save call").click()
    page.get_by_text("The call is kept on this device and will be sent.").wait_for()
    assert not Activity.everything.exists()
    page.context.set_offline(False)
    page.get_by_text("The call that was kept is saved:").wait_for()
    call = Activity.everything.get()
    assert (call.note, call.author, call.customer) == ("Said on the road", rep, customer)


def test_the_form_of_a_row_that_was_never_opened_stands_on_today(
    on_the_road: Any, rep: User, customer: Customer
) -> None:
    page = on_the_road.open("/today/")
    page.locator("[data-log]").first.click()
    page.get_by_role("link", name="Whole form").click()
    page.get_by_role("radio", name="No answer").check()
    assert page.locator("dialog .m-call-who").inner_text() == customer.name
    page.locator("dialog [data-save]").click()
    page.get_by_text("The call is kept on this device and will be sent.").wait_for()
    assert page.locator("dialog[open]").count() == 0
    page.context.set_offline(False)
    page.get_by_text("The call that was kept is saved:").wait_for()
    call = Activity.everything.get()
    assert (call.customer, call.outcome and call.outcome.key) == (customer, "no_answer")
    # the step is done with it, and the next one planned
    assert [one.state for one in Task.everything.order_by("pk")] == ["done", "open"]


def test_any_other_page_says_what_works(on_the_road: Any) -> None:
    page = on_the_road.open("/deals/")
    assert page.get_by_role("heading", name=NO_NETWORK).is_visible()
    page.get_by_role("link", name="Open Today").click()
    page.get_by_text("Confirm the delivery").wait_for()


def test_what_is_a_day_old_is_not_shown(on_the_road: Any, customer: Customer) -> None:
    on_the_road.page.evaluate(AGED)
    page = on_the_road.open(f"/customers/{customer.pk}/")
    assert page.get_by_role("heading", name=NO_NETWORK).is_visible()
    assert customer.name not in page.content()


def test_signing_out_leaves_nothing(on_the_road: Any, customer: Customer) -> None:
    page = on_the_road.page
    page.context.set_offline(False)
    page.reload()
    page.locator(".m-me").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    _until(page, "caches.has('pages')", lambda has: not has)
    page.context.set_offline(True)
    page = on_the_road.open("/today/")
    assert page.get_by_role("heading", name=NO_NETWORK).is_visible()


def test_a_customer_that_changed_hands_goes_with_the_next_look(
    on_the_road: Any, other_rep: User, customer: Customer
) -> None:
    page = on_the_road.page
    page.context.set_offline(False)
    assign([customer.pk], other_rep, on=Company.get().today, by=None)
    page.reload()
    _until(page, KEPT, lambda names: not names)


def test_the_product_can_be_put_on_the_start_screen(visit: Callable[..., Any], rep: User) -> None:
    page = visit(rep, size="phone").open("/today/")
    told = page.evaluate(
        "fetch(document.querySelector('link[rel=manifest]').href).then((a) => a.json())"
    )
    assert (told["display"], told["start_url"], told["scope"]) == ("standalone", "/", "/")
    sizes = page.evaluate(
        """(icons) => Promise.all(icons.map(async (icon) => {
            const image = await createImageBitmap(await (await fetch(icon.src)).blob());
            return `${image.width}x${image.height}`;
        }))""",
        told["icons"],
    )
    assert sizes == [icon["sizes"] for icon in told["icons"]] == ["192x192", "512x512"]
