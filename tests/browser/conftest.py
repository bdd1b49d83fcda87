"""Real Chromium on the real pages: no policy violation, no script error, no accessibility finding."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from conftest import PASSWORD
from customers.models import Customer
from customers.ownership import assign
from sales.models import Task
from team.models import Company, User
from tests.require import CHROMIUM

if TYPE_CHECKING:  # a machine without a browser skips these tests, and says so
    from playwright.sync_api import Browser, ConsoleMessage, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; the tests themselves use the database synchronously
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A signed-in person at a browser, and everything the page complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.address}{path}")
        return self.page

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def findings(self) -> list[str]:
        return axe_findings(self.page)


def axe_findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands, a line each."""
    from axe_playwright_python.sync_playwright import Axe

    found: Any = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def findings() -> Callable[[Page], list[str]]:
    return axe_findings


@pytest.fixture
def visit(live_server: Any, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visit(rep, size="phone", dark=True)`: sign in through the form and stay at the start page."""
    contexts = []

    def sign_in(user: User, *, size: str = "desk", dark: bool = False) -> Visitor:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=size == "phone",
        )
        contexts.append(context)
        visitor = Visitor(context.new_page(), live_server.url)
        visitor.page.on("console", visitor.heard)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.open("/sign-in/")
        visitor.page.get_by_label("E-mail").fill(user.email or "")
        visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
        visitor.page.get_by_role("button", name="Sign in").click()
        visitor.page.wait_for_url(lambda url: "/sign-in/" not in url)
        return visitor

    yield sign_in
    for context in contexts:
        for page in context.pages:
            _leave(page)
        context.close()


def _leave(page: Page) -> None:
    """A form with a draft sends it on leaving: the server still answers that, or it would after the test."""
    if page.locator("form[data-draft]").count():
        page.goto("about:blank")
        page.wait_for_timeout(300)


@pytest.fixture
def customer(rep: User) -> Customer:
    row = Customer.everything.create(name="ТОВ «Карпатська Кава»", phone="067 555 01 42")
    assign([row.pk], rep, on=Company.get().today, by=rep)
    return row


@pytest.fixture
def step(rep: User, customer: Customer) -> Task:
    return Task.everything.create(
        title="Confirm the delivery", owner=rep, customer=customer, due_on=Company.get().today
    )
