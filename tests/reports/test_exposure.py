"""Customers that rest on one person: who spoke with them in 12 months and still works here."""

import random
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import Hire
from crm.lib.periods import Period
from customers.models import Customer, Revenue
from customers.purchases import refresh_purchases
from reports.definitions.exposure import EXPOSURE
from reports.models import Evidence, Snapshot
from reports.report import Run
from reports.showing import run_for
from reports.snapshots.nights import FROZEN, steps_of, take
from reports.snapshots.taking import take_snapshot
from sales.models import Activity, Outcome, Task
from team.models import Company, Team, User
from tests.reports.conftest import World
from tests.reports.pages import buys
from tests.reports.test_analysis_worked import printed
from tests.require import fewer

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
PAGE = "/analysis/resting-on-one-person/"
Login = Callable[[User], Client]


def on_new_year_s_eve() -> Run:
    day = date(2025, 12, 31)
    return run_for(EXPOSURE, Period(day, day), day)


def told(as_of: str = "2025-12-31") -> dict[str, tuple[int, str | None]]:
    """By customer how many people speak with it, and who if only one."""
    report = printed("exposure", "--as-of", as_of)
    return {name: (row["people"], row["rep"]) for name, row in report.items()}


@pytest.fixture
def small(world: World) -> World:
    """Five customers of Rep: with one, two, one left of two, nobody, and one who did not buy in the year."""
    for rep, leave in (("Rep", ""), ("Second", ""), ("Gone", "2025-10-31")):
        world.rep(rep, leave=leave)
    for number, name in enumerate(("one", "two", "left", "silent")):
        world.order(name, "2025-06-01", 1000 - 100 * number)
    world.order("before", "2024-12-31", 5000)
    for name in ("one", "two", "left", "silent", "before"):
        world.owned(name, "Rep", "2020-01-01")
    for name in ("one", "two", "left", "before"):
        world.touch("Rep", "2025-05-05T09:00:00Z", customer_id=name)
    world.touch("Second", "2025-05-06T09:00:00Z", "visit", customer_id="two")
    world.touch("Gone", "2025-05-06T09:00:00Z", customer_id="left")
    return world


def test_a_worked_example(small: World) -> None:
    small.load()
    assert told() == {
        "left": (1, "Rep"),
        "one": (1, "Rep"),
        "silent": (0, None),
        "two": (2, None),
    }
    # before Gone left, two people spoke with "left"
    assert told("2025-10-30")["left"] == (2, None)


def test_money_and_classes(small: World) -> None:
    """3,400 in all: 1,000 and 900 lie below 80 % of it, and so does what begins there; 700 begins at 79.4 %."""
    small.load()
    report = printed("exposure", "--as-of", "2025-12-31")
    cents = {name: (row["cents"], row["class"]) for name, row in report.items()}
    assert cents == {
        "one": (100_000, "A"),
        "two": (90_000, "A"),
        "left": (80_000, "A"),
        "silent": (70_000, "A"),
    }
    whole = take_snapshot(EXPOSURE, on_new_year_s_eve())
    assert (whole.headline["alone_cents"], whole.headline["alone_customers"]) == (180_000, 2)
    assert (whole.headline["a_customers"], whole.headline["shared_a_customers"]) == (4, 1)


def keep_month_ends(day: date) -> list[Snapshot]:
    """What the night of a day keeps of the months that are over, the earliest first."""
    steps = [step for step in steps_of(day) if step.report is EXPOSURE and step.kind == FROZEN]
    return [take(step) for step in steps]


def test_the_trend_is_what_was_true_at_each_month_s_end(small: World) -> None:
    """Of 2024 "before" is known, with whom Rep spoke in May; what was ordered in June rests on him with "one" alone
    until Gone leaves. Twelve months after its order "before" counts no more.
    """
    small.load()
    cents = {
        f"{one.as_of:%Y-%m-%d}": one.headline["alone_cents"]
        for one in keep_month_ends(date(2026, 1, 3))
    }
    assert list(cents)[-13:] == [
        "2024-12-31", "2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31",
        "2025-06-30", "2025-07-31", "2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30",
        "2025-12-31",
    ]  # fmt: skip
    assert list(cents.values())[-9:] == [
        0, 500_000, 600_000, 600_000, 600_000, 600_000, 680_000, 680_000, 180_000,
    ]  # fmt: skip
    assert all(one.kind == "month-end" for one in Snapshot.objects.filter(slug="exposure"))


def test_each_reads_their_own_trend(
    resting: Customer, login: Login, rep: User, other_rep: User, director: User
) -> None:
    today = Company.get().today
    spoke = Activity.everything.get(author=rep)
    spoke.start_at -= timedelta(days=70)
    spoke.recorded_on -= timedelta(days=70)
    spoke.save()
    ends = [one.as_of for one in keep_month_ends(today - timedelta(days=1))]
    orders = Revenue.everything.filter(customer=resting).values_list("on", flat=True)

    def bought(end: date) -> int:
        return 100_00 * sum(end - timedelta(days=365) < on <= end for on in orders)

    mine = [bought(end) if end >= spoke.recorded_on else 0 for end in ends]
    assert mine[0] == 0 < mine[-1]
    for reader, trend in ((rep, mine), (director, mine), (other_rep, [0] * len(ends))):
        page = login(reader).get(PAGE)
        told = [cents for cents in page.context["strip"][0].spark if cents is not None]
        assert told == trend, reader
        assert "At the last 13 month-ends" in page.content.decode()


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "internal"},
        {"status": "planned"},
        {"start_at": "2024-12-31T09:00:00Z"},
        {"deleted_on": "2025-12-01"},
        {"outcome": "no_answer"},
    ],
    ids=["no selling", "not done", "a year ago", "taken back", "nobody reached"],
)
def test_what_is_no_second_voice(small: World, what: dict[str, str]) -> None:
    given = {"start_at": "2025-05-07T09:00:00Z", "kind": "call", "customer_id": "one"} | what
    small.touch("Second", given.pop("start_at"), given.pop("kind"), **given)
    small.load()
    assert told()["one"] == (1, "Rep")


def test_the_only_voice_may_be_another_than_the_owner(small: World) -> None:
    small.order("theirs", "2025-07-01", 10)
    small.owned("theirs", "Rep", "2020-01-01")
    small.touch("Second", "2025-07-02T09:00:00Z", customer_id="theirs")
    small.load()
    assert told()["theirs"] == (1, "Second")
    take_snapshot(EXPOSURE, on_new_year_s_eve())
    row = Evidence.objects.get(line_key="theirs", snapshot__slug="exposure")
    assert row.owner is not None and row.owner.reference == "Second"


@pytest.mark.parametrize("seed", range(fewer(12)))
def test_against_a_second_count(world: World, seed: int) -> None:
    """A year of random calls of people who come and go, counted again from the same words in plain Python."""
    chance = random.Random(seed)
    as_of, first = date(2025, 12, 31), date(2025, 1, 1)
    leave = {f"P{n}": chance.choice([None, date(2025, 12, 31), date(2025, 6, 30), date(2026, 2, 1)])
             for n in range(5)}  # fmt: skip
    for person, day in leave.items():
        world.rep(person, leave=day.isoformat() if day else "")
    bought: dict[str, int] = {}
    voices: dict[str, set[str]] = {}
    for n in range(12):
        name = f"C{n:02}"
        on = first + timedelta(days=chance.randint(-40, 364))
        amount = chance.choice([50, 100, 250])
        world.order(name, on.isoformat(), amount)
        world.owned(name, chance.choice(sorted(leave)), "2020-01-01")
        if on >= first:
            bought[name] = amount
        voices[name] = set()
        for _call in range(chance.randint(0, 3)):
            person, day = (
                chance.choice(sorted(leave)),
                first + timedelta(days=chance.randint(-20, 364)),
            )
            kind = chance.choice(["call", "email", "internal"])
            world.touch(person, f"{day}T10:00:00Z", kind, customer_id=name)
            left = leave[person]
            if day >= first and kind != "internal" and not (left and left <= as_of):
                voices[name].add(person)
    world.load()
    expected = {
        name: (len(voices[name]), next(iter(voices[name])) if len(voices[name]) == 1 else None)
        for name in sorted(bought)
    }
    assert told() == expected


def figures() -> None:
    refresh_purchases(Customer.everything.values_list("pk", flat=True))
    as_of = Company.get().today - timedelta(days=1)
    take_snapshot(EXPOSURE, run_for(EXPOSURE, Period(as_of, as_of), as_of))


def speaks(person: User, customer: Customer) -> None:
    """A call of the day before yesterday that reached somebody."""
    on = Company.get().today - timedelta(days=2)
    Activity.everything.create(
        kind="call", direction="out", status="done", author=person, customer=customer, minutes=5,
        created_at=timezone.now(),
        start_at=timezone.now() - timedelta(days=2), recorded_on=on,
        outcome=Outcome.objects.get(key="reached"),
    )  # fmt: skip


@pytest.fixture
def resting(rep: User, other_rep: User) -> Customer:
    """Of five customers with 100.00 each: one rests on `rep`, one on `other_rep`."""
    theirs = buys("active", "Theirs Ltd", other_rep, 100_00)
    mine = buys("active", "Resting Ltd", rep, 100_00)
    speaks(other_rep, theirs)
    speaks(rep, mine)
    figures()
    return mine


def test_each_rep_reads_about_themselves_and_leaders_about_their_teams(
    resting: Customer, login: Login, rep: User, other_rep: User, manager: User, director: User
) -> None:
    for reader, mine, theirs in (
        (rep, True, False),
        (other_rep, False, True),
        (manager, True, False),
        (director, True, True),
    ):
        page = login(reader).get(PAGE)
        text = page.content.decode()
        assert ("Resting Ltd" in text, "Theirs Ltd" in text) == (mine, theirs), reader
        assert page.context["figures"].headline["alone_customers"] == mine + theirs
    assert "If one of them left tomorrow" in login(director).get(PAGE).content.decode()
    assert "If one of them left tomorrow" not in login(rep).get(PAGE).content.decode()


def test_an_introduction_brings_a_second_person(
    resting: Customer, login: Login, manager: User, sub_rep: User, rep: User
) -> None:
    """Planned for a colleague, offered to no rep; once they spoke, two people know the customer."""
    browser = login(manager)
    assert "Introduce a second person" in browser.get(PAGE).content.decode()
    assert "Introduce a second person" not in login(rep).get(PAGE).content.decode()
    on = Company.get().today
    words = {
        "row": resting.pk, "do": "introduce", "to": sub_rep.pk, "due_on": on.isoformat(),
        "client_ref": uuid.uuid4(), "next": PAGE,
    }  # fmt: skip
    assert login(rep).post(reverse("exposure-plan"), words).status_code in (302, 303)
    assert not Task.everything.exists()
    assert browser.post(reverse("exposure-plan"), words).status_code == 303
    task = Task.everything.get()
    assert (task.owner, task.customer, task.created_by) == (sub_rep, resting, manager)
    assert task.title == "Get to know them, with whoever speaks with them"
    speaks(sub_rep, resting)
    figures()
    headline = browser.get(PAGE).context["figures"].headline
    assert (headline["alone_customers"], headline["shared_customers"]) == (0, 1)


def test_a_second_person_is_proposed_of_the_same_team_with_fewest_customers(
    resting: Customer, login: Login, manager: User, hire: Hire, north: Team, rep: User
) -> None:
    busy, free = (hire(name, team=north, is_rep=True) for name in ("Busy One", "Free One"))
    Customer.everything.create(name="Theirs too", reference="TT", owner=busy)
    words = f"?row={resting.pk}&do=introduce"
    page = login(manager).get(reverse("exposure-act") + words).content.decode()
    assert f'<option value="{free.pk}" selected>' in page
    assert "Free One is of the same team and looks after fewest customers." in page
    assert f'<option value="{busy.pk}">' in page and f'<option value="{rep.pk}">' in page


def test_a_row_opens_who_spoke_and_the_orders_that_make_its_cents(
    resting: Customer, login: Login, rep: User
) -> None:
    row = Evidence.objects.get(line_key="Resting Ltd", snapshot__slug="exposure")
    shown = login(rep).get(reverse("evidence-row", args=[row.pk]), headers={"HX-Request": "true"})
    text = shown.content.decode()
    assert rep.name in text and shown.status_code == 200
    # sixteen orders of 100.00, twelve of them within 365 days
    assert row.cents == 12 * 100_00
    assert "₴1,200" in text
