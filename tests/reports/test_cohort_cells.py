"""The map of who stays: each cell opens exactly the customers it counts, in both views, for everybody."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.lib import formatting
from crm.lib.periods import add_months, month_end, month_start
from customers.models import Revenue
from reports.drawing.cohort_cells import Cell, cell_of
from reports.models import Snapshot
from team.models import User
from tests.kept import kept
from tests.reports.pages import CHURN, buys, day, night

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
KINDS = ("lost", "silent", "active", "back")


@pytest.fixture
@kept
def company(rep: User, sub_rep: User, other_rep: User) -> None:
    """Customers of each kind of three reps and of nobody."""
    for owner in (rep, sub_rep, other_rep, None):
        for kind in KINDS:
            buys(kind, f"{kind} of {owner.name if owner else 'nobody'}", owner, 1_000)
    night("churn", "cohorts")


def cells(browser: Client, page: str, **parameters: str) -> list[tuple[int, Any]]:
    """How many joined, and each cell of the row that is told."""
    card = browser.get(page, parameters).context["cards"][0]
    return [
        (int(row.size), cell) for row in card.data["rows"] for cell in row.cells if cell is not None
    ]


def opened(browser: Client, url: str) -> Any:
    answer = browser.get(url.split("#")[0])
    assert answer.status_code == 200, url
    return answer.context


@pytest.mark.parametrize("view", ["", "bought"])
@pytest.mark.parametrize("who", ["rep", "manager", "director"])
@pytest.mark.thorough
def test_each_cell_opens_as_many_as_it_counts(
    view: str, who: str, company: None, login: Login, request: pytest.FixtureRequest
) -> None:
    """Each once; from the page of the customers who left and, for who leads others, from its own."""
    browser = login(request.getfixturevalue(who))
    for page in (CHURN, reverse("cohorts")):
        found = cells(browser, page, stay=view)
        assert len(found) > 3
        shares = set()
        for size, cell in found:
            context = opened(browser, cell.url)
            count = context["listing"].count
            assert cell.text == str(round(100 * count / size)), cell.url
            names = [row.name for row in context["rows"]]
            assert len(names) == count == len(set(names)), cell.url
            shares.add(cell.text)
        assert len(shares) > 1


def test_the_customers_are_those_who_are_active_by_the_rule(
    company: None, login: Login, director: User
) -> None:
    """With purchases each 30 days somebody is a customer for 90 days after the last; found from the orders."""
    browser, today = login(director), day(0)
    joined = {month_start(day(ago)) for ago in (460, 470, 160)}
    looked = set()
    for month in sorted(joined):
        for since in range(3, 15):
            end = month_end(add_months(month, since))
            if end >= today:
                continue
            cell = Cell(month.year, (month.month + 2) // 3, since)
            words = {"list": "joined", "active_in": str(cell)}
            shown = browser.get(reverse("cohorts"), words).context["rows"]
            expected = _active(month, since)
            of_month = {row.name for row in shown if row.evidence.occurred_on == month}
            assert of_month == expected, (month, since)
            looked.add(len(expected))
    assert len(looked) > 1


def _active(joined: date, since: int) -> set[str]:
    end = month_end(add_months(joined, since))
    days: dict[str, list[date]] = {}
    for name, on in Revenue.everything.values_list("customer__name", "on").order_by("on"):
        days.setdefault(name, []).append(on)
    return {
        name
        for name, bought in days.items()
        if month_start(bought[0]) == joined
        and end - max(on for on in bought if on <= end) <= timedelta(days=90)
    }


@pytest.mark.parametrize("who", ["rep", "director"])
def test_how_many_joined_and_stayed_a_year_opens_them(
    who: str, company: None, login: Login, request: pytest.FixtureRequest
) -> None:
    """Each row's number of customers, and those of all who joined at least a year ago."""
    browser = login(request.getfixturevalue(who))
    page = browser.get(reverse("cohorts")).context
    for card in page["cards"]:
        for row in card.data["rows"]:
            assert opened(browser, row.size_url)["listing"].count == int(row.size), card.name
    year = page["strip"][1]
    stayed = opened(browser, year.url)
    (told, of_all), *_others = year.notes
    everybody = opened(browser, of_all)
    assert told.startswith(f"of {everybody['listing'].count} ") and everybody["rows"]
    share = stayed["listing"].count / everybody["listing"].count
    assert str(year.value) == formatting.percent(share)
    assert 0 < share < 1
    assert stayed["chips"][0]["label"] == "Still active: joined at least 12 months ago"


def test_a_cell_is_told_and_can_be_taken_out(company: None, login: Login, rep: User) -> None:
    browser = login(rep)
    (_size, cell), *_others = cells(browser, CHURN)
    context = opened(browser, cell.url)
    (chip,) = context["chips"]
    assert chip["label"].startswith("Still active: joined in 20")
    assert chip["label"].endswith("months later")
    assert "active_in" not in chip["remove_url"]
    assert {row.evidence.owner for row in context["rows"]} <= {rep}


def test_a_team_narrows_the_map_and_what_it_opens(
    company: None, login: Login, director: User, rep: User
) -> None:
    browser = login(director)
    team = str(rep.team_id)
    for size, cell in cells(browser, CHURN, team=team):
        assert f"team={team}" in cell.url
        count = opened(browser, cell.url)["listing"].count
        assert cell.text == str(round(100 * count / size))


@pytest.mark.parametrize(
    "text", ["", "2024", "2024Q5-3", "-12", "2024Q1-", "0000Q1-1", "2024Q1-1000", "٢٠٢٤Q1-3", "x"]
)
def test_what_is_no_cell_narrows_nothing(text: str) -> None:
    assert cell_of(text) is None


def test_a_cell_is_its_address() -> None:
    for text in ("2024Q1-3", "2024-12", "12"):
        assert str(cell_of(text)) == text
    assert Cell(2024, 4, 3).months(Snapshot()) == [
        (date(2024, 10, 1), date(2025, 1, 1)),
        (date(2024, 11, 1), date(2025, 2, 1)),
        (date(2024, 12, 1), date(2025, 3, 1)),
    ]
