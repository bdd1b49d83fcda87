"""Every figure of every report page that is a link is followed: what it opens says the same number.

As a rep, a manager and a director. A figure says a count or an amount; what it opens counts its rows and adds them
up in its foot, or is a page whose own sums say it.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from crm.lib import formatting
from crm.lib.heat import HeatCell
from reports.screens import all_screens
from reports.screens.screen import Screen
from reports.snapshots.taking import run_of
from team.models import User
from tests.reports import test_screens

Login = Callable[[User], Client]
# A company of three reps with all that the reports are made of.
grown = test_screens.grown
LAYER = {"HX-Request": "true", "HX-Target": "layer"}
TITLE = re.compile(r'title="([^"]*)"')
# A span of time, an amount with its sign and its short unit, or a plain count; shares are no sums of rows.
NUMBER = re.compile(r"\d[\d,]* h(?: \d+ min)?|\d+ min|[−-]?₴?\d[\d,]*(?:\.\d+)?[mk]?(?![\d,.%])")
# What a figure says beside its sum: by which rule, which month.
BESIDE = re.compile(r"k = [\d.]+|\d{4}-\d\d(?:-\d\d)?|95% range[^;]*")
NOTHING = {"0", "₴0"}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclasses.dataclass(frozen=True)
class Figure:
    where: str
    text: str
    url: str

    @property
    def numbers(self) -> set[str]:
        """The amounts and counts it says; a short amount also in full, the ends of a range with their sign."""
        full = " ".join(TITLE.findall(self.text))
        plain = BESIDE.sub(" ", f"{strip_tags(self.text)} {full}")
        found = {each.replace("−", "-") for each in NUMBER.findall(plain)}
        return found | {f"₴{each}" for each in found} if "–" in plain else found


def figures_on(browser: Client, context: Any, screen: Screen) -> Iterator[Figure]:
    """Strip, tabs, split, chart and "how it is computed" of a page: all that says a number and has an address."""
    for one in context["strip"]:
        yield Figure(f"strip: {one.label}", str(one.value), one.url)
        for text, url in one.notes:
            yield Figure(f"strip note: {one.label}", str(text), url)
    for tab in context["tabs"]:
        if tab["count"] is not None:
            yield Figure(f"tab: {tab['key']}", formatting.number(tab["count"]), tab["url"])
    for row in context.get("split_rows", ()):
        for cell in row["cells"]:
            if cell["kind"] in ("number", "money"):
                yield Figure(
                    f"split: {row['label']} {cell['label']}", str(cell["text"]), cell["url"]
                )
    for card in context["cards"]:
        yield from _drawn(f"chart: {card.name}", card.data)
    told = browser.get(reverse(f"{screen.slug}-how"), headers=LAYER).context
    for step in told["steps"]:
        yield Figure(f"step: {step.label}", str(step.value), step.url)


def _drawn(where: str, data: Any) -> Iterator[Figure]:
    """Bars, marks and cells: whatever has an address and a text, at any depth."""
    if isinstance(data, HeatCell):
        return  # shares; test_cohort_cells follows them
    if dataclasses.is_dataclass(data):
        data = {field.name: getattr(data, field.name) for field in dataclasses.fields(data)}
    if isinstance(data, dict):
        for name, text in (
            ("url", "text"),
            ("first_url", "first_text"),
            ("second_url", "second_text"),
        ):
            if data.get(name) and data.get(text):
                yield Figure(f"{where} {data.get('label', '')}", str(data[text]), str(data[name]))
        yield from _drawn(where, [value for key, value in data.items() if not key.endswith("url")])
    elif isinstance(data, list | tuple):
        for each in data:
            yield from _drawn(where, each)


def said_by(context: Any) -> set[str]:
    """What the page behind a figure says of all its rows, in every way that an amount is written."""
    found: set[str] = set()
    listing = context.get("listing")
    if listing is not None:
        found |= {formatting.number(listing.count)}
        found |= _written(listing.total or 0)
        for each in context["other_sums"]:
            found |= set(NUMBER.findall(strip_tags(str(each))))
        base = sum(row.evidence.base_cents or 0 for row in context["rows"])
        found |= _written(base) if context["list"].base_of and not listing.has_pages else set()
    for cell in context.get("split_total", ()):
        found |= _written(cell["value"] or 0) if cell["kind"] == "money" else {str(cell["text"])}
    return {each.replace("−", "-") for each in found}


def _written(cents: int) -> set[str]:
    minor = formatting.money(cents, "UAH", minor=True)
    return {formatting.money(cents, "UAH"), formatting.money_short(cents, "UAH"), minor}


@pytest.mark.thorough
def test_every_figure_opens_what_it_says(
    grown: None,
    login: Login,
    request: pytest.FixtureRequest,
) -> None:
    for who in ("rep", "manager", "director"):
        viewer = request.getfixturevalue(who)
        followed, wrong = _follow(login(viewer), viewer)
        assert wrong == [], "\n".join(map(str, wrong))
        assert followed > 80, (who, followed)


def _follow(browser: Client, viewer: User) -> tuple[int, list[Any]]:
    opened: dict[str, set[str]] = {}
    nothing: set[tuple[str, str]] = set()
    followed, wrong = 0, []
    for screen in all_screens():
        if not screen.opens_for(viewer):
            continue
        for figure in figures_on(browser, browser.get(screen.address).context, screen):
            if not figure.url or not figure.numbers:
                continue
            if figure.url.startswith(reverse("first-steps")):
                continue  # what is missing: it leads to where that is entered
            kind = (screen.slug, figure.where.partition(":")[0])
            if figure.numbers <= NOTHING:
                if kind in nothing:
                    continue  # of the many months without anything one tells it for all
                nothing.add(kind)
            path = figure.url.split("#")[0]
            if path not in opened:
                answer = browser.get(path)
                assert answer.status_code == 200, (screen.slug, figure)
                opened[path] = said_by(answer.context)
            followed += 1
            if figure.numbers.isdisjoint(opened[path]):
                wrong.append((screen.slug, figure.where, figure.numbers, path, opened[path]))
    return followed, wrong


@pytest.mark.thorough
def test_the_mean_of_a_weekday_is_that_of_its_days(
    grown: None, login: Login, request: pytest.FixtureRequest
) -> None:
    """Selling on all Mondays ÷ those of them that were paid, out of the rows below each row of the page."""
    screen = next(each for each in all_screens() if each.slug == "time")
    for who in ("rep", "manager", "director"):
        browser = login(request.getfixturevalue(who))
        context = browser.get(screen.address).context
        card = next(each for each in context["cards"] if each.name == "weekdays")
        assert list(_drawn("chart: weekdays", card.data)) == []  # no list is of one day of the week
        marks = [column.mark for column in card.data["chart"].columns]
        minutes, paid = _by_weekday(browser, screen, f"{screen.address}?list=selling")
        told = {mark.label: mark.text for mark in marks}
        means = {
            WEEKDAYS[day]: formatting.minutes(round(Fraction(minutes[day], paid[day])))
            if paid[day]
            else formatting.UNKNOWN
            for day in minutes
        }
        assert told == means, who
        assert len(told) >= 5, who


def _by_weekday(browser: Client, screen: Screen, path: str) -> tuple[Counter[int], Counter[int]]:
    """Selling minutes, and paid days, by the day of the week."""
    minutes: Counter[int] = Counter()
    paid: Counter[int] = Counter()
    query = path.removeprefix(screen.address)
    while query:
        context = browser.get(f"{screen.address}{query}").context
        for row in context["rows"]:
            explained = screen.explain(row.evidence, run_of(row.evidence.snapshot))
            for day, state, _records, _imputed, selling, *_wage in explained.tables[0].rows:
                minutes[day.weekday()] += selling
                paid[day.weekday()] += state == "paid"
        query = context["listing"].next
    return minutes, paid


@pytest.mark.thorough
def test_every_amount_of_the_losses_page_opens_what_it_says(
    grown: None, login: Login, request: pytest.FixtureRequest
) -> None:
    """A loss its report with the same sum, what can be stopped and what is counted twice their lists."""
    for who in ("rep", "manager", "director"):
        browser = login(request.getfixturevalue(who))
        page = browser.get("/losses/").context
        told = 0
        for row in page["rows"]:
            if row.money is not None:
                headline = browser.get(row.url).context["figures"].headline
                assert headline["loss_cents"] == row.money.cents, (who, row.number)
                told += 1
            if row.number == 4:
                continue  # the reps of loss 4 are all on its page, the slowest first
            listing = browser.get(row.stop.url.split("#")[0]).context["listing"]
            assert listing.count == row.stop.count, (who, row.number)
            assert row.stop.cents is None or (listing.total or 0) == row.stop.cents, (
                who,
                row.number,
            )
        for step in page["waterfall"].steps:
            if step.mark.url:
                listing = browser.get(step.mark.url.split("#")[0]).context["listing"]
                assert (listing.total or 0) == step.mark.value, (who, step.mark.label)
        for _label, cents, url in page["twice"]:
            assert (browser.get(url.split("#")[0]).context["listing"].total or 0) == cents, url
        assert told >= 3, who
