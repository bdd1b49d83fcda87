"""The pages of the losses in a real browser, full of figures and empty: on a desk, on a phone, on paper."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from reports.models import Evidence
from team.models import User
from tests.browser.test_ukrainian import STICKING_OUT
from tests.reports.pages import night
from tests.reports.test_screens import grow, take_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
LOSSES = tuple(
    f"/losses/{word}/"
    for word in (
        *("customers-leaving", "leads-not-won", "marketing-waste", "paid-hours", "new-reps"),
        *("departed-reps", "counted-twice", "effect-of-departures", "speed-of-answer"),
    )
)
ANALYSIS = tuple(
    f"/analysis/{word}/"
    for word in (
        *("revenue-bridge", "who-stays", "best-customers", "customers-by-revenue", "margin"),
        *("recommendation", "satisfaction", "answers-and-leaving", "won-and-lost", "forecast"),
        *("customer-value", "how-often-the-rule-errs"),
    )
)
OTHERS = (
    "/losses/",
    "/losses/rules/?report=abc",
    "/losses/targets/",
    "/losses/questions/",
    "/losses/mail/",
    "/losses/paid-hours/how/",
)
# Words of one chart that lie over each other.
COVERED = """() => [...document.querySelectorAll("svg.m-columns")].flatMap((svg) => {
  const texts = [...svg.querySelectorAll("text")].filter((one) => one.checkVisibility())
    .map((one) => [one.textContent, one.getBoundingClientRect()]).filter(([, box]) => box.width);
  return texts.flatMap(([text, a], index) => texts.slice(index + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
    .map(([other]) => `${text} lies over ${other}`));
})"""
# Tables may scroll where each column is a month or a loss; all else keeps inside the page.
SCROLLING = """() => [...document.querySelectorAll(".m-table-wrap, .m-tabs")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .filter((one) => !one.querySelector(".m-heat, .m-targets"))
  .map((one) => `${one.className} scrolls: ${one.textContent.trim().slice(0, 40)}`)"""


@pytest.fixture
def looking(director: User) -> User:
    director.language = "uk"
    director.save(update_fields=["language"])
    return director


@pytest.fixture
def full(rep: User, sub_rep: User, other_rep: User) -> None:
    grow([rep, sub_rep, other_rep])
    take_all()


def wrong_on(page: "Page") -> list[str]:
    found: list[str] = page.evaluate(STICKING_OUT) + page.evaluate(COVERED)
    found += page.evaluate(SCROLLING)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("the page scrolls sideways")
    return found


def walked(visitor: Any, paths: tuple[str, ...], *, axe: bool = True) -> dict[str, list[str]]:
    """What is wrong on which page."""
    wrong = {}
    for path in paths:
        page = visitor.open(path)
        found = [*wrong_on(page), *(visitor.findings() if axe else []), *visitor.complaints]
        visitor.complaints.clear()
        if found:
            wrong[path] = found
    return wrong


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
def test_every_page_of_the_losses_is_whole(
    visit: Callable[..., Any], looking: User, full: None, size: str, dark: bool
) -> None:
    rows = Evidence.objects.order_by("snapshot__slug", "-pk").distinct
    drawers = tuple(
        f"/losses/row/{pk}/"
        for slug in ("churn", "leakage", "time", "bridge")
        for pk in rows().filter(snapshot__slug=slug, cents__gt=0).values_list("pk", flat=True)[:1]
    )
    visitor = visit(looking, size=size, dark=dark)
    # one theme shows what axe finds in the parts, the other in their colours: a few pages have all of them
    closely = (*OTHERS, *LOSSES, *drawers) if dark else (*OTHERS[:2], *LOSSES[:4])
    rest = {*OTHERS, *LOSSES, *ANALYSIS, *drawers} - {*closely}
    assert walked(visitor, closely) == {}
    assert walked(visitor, tuple(sorted(rest)), axe=False) == {}


def test_an_empty_company_s_pages_are_whole(visit: Callable[..., Any], looking: User) -> None:
    take_all()
    visitor = visit(looking, size="phone")
    assert walked(visitor, ("/losses/", *LOSSES[:6], *ANALYSIS[:5]), axe=False) == {}


def pages_of(pdf: bytes) -> list[str]:
    """Each sheet of a file, upright or across."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return ["upright" if float(wide) < float(high) else "across" for wide, high in boxes]


def test_a_report_prints_its_table_across_and_the_overview_on_one_page(
    visit: Callable[..., Any], looking: User, full: None
) -> None:
    night("ledger")
    visitor = visit(looking)
    sheets = {
        path: pages_of(visitor.open(path).pdf(prefer_css_page_size=True))
        for path in ("/losses/", "/losses/customers-leaving/")
    }
    assert sheets == {"/losses/": ["upright"], "/losses/customers-leaving/": ["upright", "across"]}
    page = visitor.page
    page.emulate_media(media="print")
    head = page.locator(".m-head-text").inner_text()
    assert "UAH" in head and "Певність" in head
    assert not page.locator(".m-rail, .m-head-acts, .m-twin").first.is_visible()


def test_lists_of_a_report_stand_in_two_columns_on_a_phone(
    visit: Callable[..., Any], looking: User, full: None
) -> None:
    """Each as wide as the one below it: a strip that breaks where a name ends has rows of any length."""
    visitor = visit(looking, size="phone")
    for path in LOSSES[:6]:
        places = visitor.open(path).eval_on_selector_all(
            "#rows nav.m-tabs:not(.is-small) > a",
            "all => all.map((one) => Math.round(one.getBoundingClientRect().left))",
        )
        assert len(set(places)) == min(len(places), 2) > 0, (path, places)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_lists_of_a_report_stand_in_one_row_on_a_desk(
    visit: Callable[..., Any], director: User, full: None, language: str
) -> None:
    User.objects.filter(pk=director.pk).update(language=language)
    visitor = visit(director)
    rows = {}
    for path in (*LOSSES, *ANALYSIS):
        tops = visitor.open(path).eval_on_selector_all(
            "main nav.m-tabs",
            """all => all.map((one) =>
                new Set([...one.children].map((each) => each.getBoundingClientRect().top)).size)""",
        )
        rows[path] = set(tops)
    assert {path for path, each in rows.items() if each and each != {1}} == set()
    assert sum(map(bool, rows.values())) > 10


def test_what_is_counted_twice_is_not_shouted_and_buttons_are_not_printed(
    visit: Callable[..., Any], looking: User, full: None
) -> None:
    visitor = visit(looking, size="phone")
    page = visitor.open("/losses/")
    weight = "getComputedStyle(document.querySelector('.m-ledger tfoot .is-wide')).fontWeight"
    assert page.evaluate(weight) == "400"
    page.emulate_media(media="print")
    assert page.evaluate(weight) == "400"
    page = visitor.open("/losses/leads-not-won/")
    buttons = "() => [...document.querySelectorAll('.btn')].filter((one) => one.checkVisibility())"
    assert page.locator(".m-list-chips > .btn").count() == 1
    assert page.evaluate(f"({buttons})().map((one) => one.textContent.trim())") == []
