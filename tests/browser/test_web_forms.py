"""The public form in real Chromium: framed by another site, filled in by a stranger; and the pages of who keeps it."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from sales.models import Lead, LeadRule, LeadSource, WebForm, WebPost
from team.models import Team, User
from tests.browser.conftest import axe_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def form(shipped: Any) -> WebForm:
    return WebForm.objects.create(
        name="Site",
        title="Ask for an offer",
        language="en",
        asks=WebForm.Ask.values,
        source=LeadSource.objects.get(key="web"),
    )


@pytest.fixture
def stranger(chromium: Any) -> Any:
    """A browser in which nobody is signed in, and what its pages complained of."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
    yield page
    context.close()


@pytest.fixture
def shop() -> Iterator[Callable[[str], str]]:
    """Another site, that shows an address in a frame."""
    servers = []

    def show(address: str) -> str:
        page = f'<!doctype html><title>Shop</title><iframe src="{address}" width="380" height="800"></iframe>'

        class Shop(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_said: Any) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Shop))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield show
    for server in servers:
        server.shutdown()


def test_in_a_frame_of_another_site_a_stranger_becomes_a_lead(
    live_server: Any, stranger: Any, form: WebForm, shop: Callable[[str], str]
) -> None:
    stranger.goto(shop(f"{live_server.url}/f/{form.token}/?utm_source=web"))
    inside = stranger.frame_locator("iframe")
    inside.get_by_label("Your name").fill("Anna Koval")
    inside.get_by_role("button", name="Send").click()
    told = "Write a phone number or an e-mail, so that we can answer."
    inside.get_by_text(told, exact=True).wait_for()
    assert inside.get_by_label("Your name").input_value() == "Anna Koval"
    inside.get_by_label("Phone").fill("067 555 33 18")
    stranger.wait_for_timeout(3_100)  # the least that a person needs
    inside.get_by_role("button", name="Send").click()
    inside.get_by_role("heading", name="Sent").wait_for()
    lead = Lead.everything.get()
    assert (lead.name, lead.source.key) == ("Anna Koval", "web")
    assert stranger.context.cookies() == []
    # that something was wrong, and that a frame of another site takes no focus by itself
    expected = ("422", "autofocus")
    assert [said for said in stranger.complaints if not any(w in said for w in expected)] == []


def test_the_public_pages_have_nothing_to_complain_of(
    live_server: Any, stranger: Any, form: WebForm
) -> None:
    address = f"{live_server.url}/f/{form.token}/"
    stranger.goto(address)
    assert axe_findings(stranger) == []
    stranger.get_by_role("button", name="Send").click()
    stranger.get_by_text("Write your name.", exact=True).wait_for()
    assert axe_findings(stranger) == []
    assert stranger.evaluate("document.documentElement.scrollWidth") <= 390
    for page in (f"{address}thanks/", f"{live_server.url}/f/none/"):
        stranger.goto(page)
        assert axe_findings(stranger) == []


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
def test_the_pages_of_administrators_have_nothing_to_complain_of(
    visit: Callable[..., Any],
    admin: User,
    rep: User,
    north: Team,
    form: WebForm,
    size: str,
    dark: bool,
) -> None:
    rule = LeadRule.objects.create(
        name="Lviv", regions="Lviv, Lviv region", team=north, passes_on=True
    )
    LeadRule.objects.create(name="Rita", way="person", is_active=False).people.set([rep])
    WebPost.everything.create(
        form=form, at=timezone.now(), said={"name": "Bot", "message": "www"}, reasons=["links", "trap"],
        origin={"utm_source": "x"}, state="suspected",
    )  # fmt: skip
    visitor = visit(admin, size=size, dark=dark)
    for path in (
        "/settings/lead-rules/?ask=1&region=Lviv",
        f"/settings/lead-rules/{rule.pk}/",
        "/settings/lead-rules/new/",
        "/settings/web-forms/",
        "/settings/web-forms/new/",
        f"/settings/web-forms/{form.pk}/",
        "/settings/web-forms/sent/",
        "/settings/web-forms/sent/?state=lead",
        "/settings/",
    ):
        page = visitor.open(path)
        assert visitor.findings() == [], path
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, path
    assert visitor.complaints == []
