"""The effect of a departure: the worked example and its edges, typed by hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.lib import formatting
from reports.calendar import choices
from reports.definitions import did as definition
from reports.models import Evidence, Snapshot
from team.models import Company, User
from tests.reports.conftest import World, printed

pytestmark = pytest.mark.thorough

LEFT = "2025-06-30"
TREATED = {"T1": (100, 60), "T2": (200, 150)}
CONTROLS = {f"C{n}": (100, after) for n, after in enumerate((90, 100, 95, 105, 110), 1)}
RIPE = "2025-12-27"


def effect(world: World, as_of: str = RIPE, **parameters: Any) -> list[dict[str, Any]]:
    world.load()
    found: list[dict[str, Any]] = printed("did", "--as-of", as_of, **parameters)
    return found


@pytest.fixture
def departure(world: World) -> World:
    """L leaves on 30 June 2025 with two customers; S keeps five. Sales the day before and two months after."""
    world.rep("L", team="North", leave=LEFT)
    world.rep("S", team="South")
    world.rep("U")
    for customers, rep in ((TREATED, "L"), (CONTROLS, "S")):
        for customer, (before, after) in customers.items():
            world.order(customer, "2025-06-29", before)
            world.order(customer, "2025-08-31", after)
            world.owned(customer, rep, "2024-01-01")
    return world


def test_worked_example(departure: World) -> None:
    assert effect(departure) == [
        {
            "rep_id": "L", "treated": 2, "controls": 5, "control_ratio": "1.0",
            "pre": "300.00", "post": "210.00", "loss": "90.00", "lo": "61.43", "hi": "118.57",
        }
    ]  # fmt: skip


def test_the_range_of_a_sum_is_the_sum_of_the_ends(
    departure: World, login: Callable[[User], Client]
) -> None:
    """A second leaver of the same day, compared with the same customers: 90 ± 28.57 each, 180 ± 57.14 together."""
    departure.rep("M", team="South", leave=LEFT)
    for customer, (before, after) in {"T3": (100, 60), "T4": (200, 150)}.items():
        departure.order(customer, "2025-06-29", before)
        departure.order(customer, "2025-08-31", after)
        departure.owned(customer, "M", "2024-01-01")
    assert [line["lo"] for line in effect(departure)] == ["61.43", "61.43"]
    told = Snapshot.objects.get(slug="did").headline
    assert (told["effect_lo_cents"], told["effect_hi_cents"]) == (12_286, 23_714)
    assert told["effect_cents"] == 18_000
    browser = login(User.objects.create_user("d@x.example", name="Dee", is_director=True))
    for slug, place in (("did", 0), ("departures", 3)):
        day = Company.get().today - timedelta(days=1)
        printed("did", "--as-of", str(day))
        if slug == "departures":
            year = choices(day)[0].period
            printed(slug, "--from", str(year.start), "--to", str(year.end), "--as-of", str(day))
        figure = browser.get(reverse(slug)).context["strip"][place]
        assert figure.beside == [f"probably {formatting.money_range(12_286, 23_714)}"]
        rows = browser.get(figure.url.split("#")[0]).context
        assert rows["listing"].total == 18_000
        assert sum(row.evidence.low_cents for row in rows["rows"]) == 12_286


def test_under_a_segment_no_effect_is_told_but_its_customers_are(
    departure: World, login: Callable[[User], Client]
) -> None:
    departure.rows["customers"][0]["segment"] = "retail"
    effect(departure)
    browser = login(User.objects.create_user("d@x.example", name="Dee", is_director=True))
    printed("did", "--as-of", str(Company.get().today - timedelta(days=1)))
    whole, part = (
        browser.get(reverse("did"), words).context["strip"] for words in ({}, {"segment": "retail"})
    )
    assert [figure.value for figure in part] == [formatting.UNKNOWN, "1"]
    assert "of no segment" in str(part[0].notes)
    assert [figure.value for figure in whole][1:] == ["1", "0", "2"]


def test_a_day_too_early(departure: World) -> None:
    assert effect(departure, "2025-12-26") == []


def test_a_departure_of_any_period_is_told(departure: World) -> None:
    assert effect(departure, "2026-09-30")[0]["loss"] == "90.00"


def test_four_controls_are_not_enough(departure: World) -> None:
    departure.rows["ownership"][-1]["rep_id"] = ""
    assert effect(departure) == [
        {
            "rep_id": "L", "treated": 2, "controls": 4, "control_ratio": None,
            "pre": None, "post": None, "loss": None, "lo": None, "hi": None,
        }
    ]  # fmt: skip
    row = Evidence.objects.get(measure="too_few")
    assert (row.line_key, row.cents, row.team.name if row.team else "") == ("L", 0, "North")


@pytest.mark.parametrize(
    ("moved", "controls"),
    [("2025-01-02", 5), ("2025-01-03", 4), ("2025-12-27", 4), ("2025-12-28", 5)],
)
def test_a_control_keeps_its_owner(departure: World, moved: str, controls: int) -> None:
    departure.rows["ownership"][-1]["to_on"] = moved
    departure.owned("C5", "U", moved)
    assert effect(departure, "2025-12-28")[0]["controls"] == controls


def test_the_same_owner_again_is_no_change(departure: World) -> None:
    departure.rows["ownership"][-1]["to_on"] = "2025-07-01"
    departure.owned("C5", "S", "2025-07-01")
    assert effect(departure)[0]["controls"] == 5


@pytest.mark.parametrize(("leaves", "controls"), [("2025-12-27", 0), ("2025-12-28", 5)])
def test_controls_of_who_leaves_in_the_window_are_none(
    departure: World, leaves: str, controls: int
) -> None:
    departure.rows["reps"][1]["leave_on"] = leaves
    assert effect(departure, "2025-12-28")[0]["controls"] == controls


def test_handed_over_shortly_before_still_belongs_to_the_leaver(departure: World) -> None:
    departure.rows["ownership"][0]["to_on"] = "2025-05-02"
    departure.owned("T1", "S", "2025-05-02")
    assert effect(departure)[0]["treated"] == 2
    departure.rows["ownership"][0]["to_on"] = "2025-05-01"
    departure.rows["ownership"][-1]["from_on"] = "2025-05-01"
    departure.folder.joinpath("ownership.csv").unlink()
    departure.load(replace=True)
    assert printed("did", "--as-of", RIPE)[0]["treated"] == 1


def test_who_is_lost_already_is_compared_with_nobody(departure: World) -> None:
    """C5 bought last on 1 January 2024: lost on 27 December, so not active before the departure."""
    departure.rows["revenue"] = [
        row for row in departure.rows["revenue"] if row["customer_id"] != "C5"
    ]
    departure.order("C5", "2024-01-01", "100")
    departure.order("C5", "2025-08-31", "110")
    assert effect(departure)[0]["controls"] == 4


def test_a_control_is_nobody_of_the_treated(departure: World) -> None:
    """The hand-over lasts longer than the window: T1 is old enough with S, and still the leaver's."""
    departure.rows["ownership"][0]["to_on"] = "2024-12-01"
    departure.owned("T1", "S", "2024-12-01")
    found = effect(departure, handover_days=400)[0]
    assert (found["treated"], found["controls"]) == (2, 5)


def test_customers_can_be_opened(departure: World) -> None:
    effect(departure)
    rows = Evidence.objects.filter(snapshot=Snapshot.objects.get(slug="did"))
    treated = rows.filter(measure="treated").order_by("subject_id")
    assert [(row.base_cents, row.cents) for row in treated] == [(10_000, 6_000), (20_000, 15_000)]
    controls = rows.filter(measure="controls")
    assert sum(row.base_cents for row in controls) == 50_000
    assert {row.owner.reference for row in controls if row.owner} == {"S"}
    assert {row.facets["customer"] for row in controls} == set(CONTROLS)


def test_of_many_controls_the_sums_are_kept(
    departure: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definition, "LISTED", 4)
    assert effect(departure)[0]["loss"] == "90.00"
    snapshot = Snapshot.objects.get(slug="did")
    assert not snapshot.evidence.filter(measure="controls").exists()
    line = snapshot.whole["departures"][0]
    assert (line["controls"], line["controls_pre"], line["controls_post"]) == (5, 50_000, 50_000)


def test_no_spread_is_none_at_all(departure: World) -> None:
    """Everybody bought a third of what they had bought before: R = 1/3, nothing lost, no interval."""
    for row in departure.rows["revenue"]:
        row["amount"] = "0.01" if row["date"] == "2025-08-31" else "0.03"
    found = effect(departure)[0]
    assert (found["loss"], found["lo"], found["hi"]) == ("0.00", "0.00", "0.00")


def test_a_merged_customer_is_one_with_its_survivor(departure: World) -> None:
    departure.customer("X", merged_into="C5", merged_on="2025-10-01")
    departure.order("X", "2025-08-31", "15")
    found = effect(departure)[0]
    assert (found["controls"], found["control_ratio"]) == (5, "1.03")
