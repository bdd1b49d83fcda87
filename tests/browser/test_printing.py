"""On paper reps have no lists (ruling 21): what they look through stays on the screen, figures may be printed."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from customers.models import Customer
from customers.search import index_record
from sales.models import Lead
from team.models import User
from tests.nets.worlds import make_world
from tests.reports.test_screens import grow, take_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
LISTS = ("/customers/", "/contacts/", "/leads/", "/deals/", "/tasks/", "/calls/", "/today/")
REPORTS = ("/losses/customers-leaving/", "/losses/paid-hours/", "/analysis/who-stays/")
SENTENCE = "Lists are not printed: ask your manager for them."
VISIBLE_ROWS = """() => [...document.querySelectorAll(".is-stacking tbody tr, [data-row]")]
  .filter((one) => one.checkVisibility() && one.closest("main")).map((one) => one.textContent.trim())"""


@pytest.fixture
def full(rep: User, manager: User) -> User:
    made = make_world("mine", rep)
    index_record(Customer.everything.get(pk=made.ids["customer_id"]))
    grow([rep])
    take_all()
    return rep


def rows_of(page: "Page", media: str) -> list[str]:
    page.emulate_media(media=media)  # type: ignore[arg-type]
    found: list[str] = page.evaluate(VISIBLE_ROWS)
    return found


def test_a_rep_s_lists_are_on_the_screen_and_not_on_paper(
    visit: Callable[..., Any], full: User
) -> None:
    visitor = visit(full)
    names = ["zqmineqz", *Customer.everything.values_list("name", flat=True)]
    names += Lead.everything.values_list("name", flat=True)
    for path in (*LISTS, *REPORTS):
        page = visitor.open(path)
        assert rows_of(page, "screen"), path
        assert SENTENCE not in page.inner_text("body"), path
        assert rows_of(page, "print") == [], path
        text = page.inner_text("body")
        assert SENTENCE in text, path
        assert [name for name in names if name in text] == [], path
    assert visitor.complaints == []


def test_what_the_search_finds_is_not_printed_either(visit: Callable[..., Any], full: User) -> None:
    page = visit(full).open("/search/?q=zqmineqz")
    assert rows_of(page, "screen") and rows_of(page, "print") == []


def test_figures_charts_and_splits_of_their_own_are_printed(
    visit: Callable[..., Any], full: User
) -> None:
    visitor = visit(full)
    page = visitor.open("/losses/leads-not-won/")
    page.emulate_media(media="print")
    assert page.locator(".m-figure, .m-strip").first.is_visible()
    assert page.locator(".m-chart").first.is_visible()
    page = visitor.open("/losses/leads-not-won/?split=source")
    assert rows_of(page, "print")
    assert SENTENCE not in page.inner_text("body")


def test_who_leads_others_prints_lists(
    visit: Callable[..., Any], full: User, manager: User
) -> None:
    visitor = visit(manager)
    for path in ("/customers/", *REPORTS):
        page = visitor.open(path)
        assert rows_of(page, "print") == rows_of(page, "screen") != [], path
        assert SENTENCE not in page.inner_text("body"), path


def test_one_record_is_no_list(visit: Callable[..., Any], full: User) -> None:
    visitor = visit(full)
    page = visitor.open("/customers/")
    page.get_by_role("link", name="Customer zqmineqz").click()
    page.wait_for_url(re.compile(r"/customers/\d+/\?in="))
    page.emulate_media(media="print")
    text = page.inner_text("body")
    assert "Contact zqmineqz" in text and SENTENCE not in text
