"""Churn told by the fitted model: who goes by it, what is kept, parts, and when the rule stands in for it."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from crm.lib.periods import Period
from customers.models import Customer
from reports.definitions.churn import CHURN
from reports.models import Fit, Snapshot
from reports.reading.evidence import listed
from reports.report import Run
from reports.rules.parameters import values_for
from reports.snapshots.taking import compute, take_snapshot
from team.models import User
from tests.reports.conftest import World, churn, printed
from tests.reports.shown import added, figures

pytestmark = pytest.mark.thorough

END = date(2025, 12, 31)
YEAR = ("2025-01-01", "2025-12-31")


def sell(world: World, customers: int = 130, seed: int = 11) -> None:
    """Customers of two reps who buy at a rate of their own until they leave."""
    dice = random.Random(seed)
    for rep in ("ann", "bob"):
        world.rep(rep, team=rep)
    for number in range(customers):
        name = f"B{number:03}"
        rate, leaves = dice.gammavariate(1, 1 / 45), dice.betavariate(1, 3.5)
        day = date(2023, 6, 1) + timedelta(days=dice.randrange(500))
        pays = dice.gammavariate(3, 40)
        while day <= END:
            world.order(name, day.isoformat(), f"{dice.gammavariate(5, pays / 5) + 0.01:.2f}")
            day += timedelta(days=1 + int(dice.expovariate(rate)))
            if dice.random() < leaves:
                break
        world.owned(name, ("ann", "bob")[number % 2], "2023-01-01")


def run(**parameters: Any) -> Run:
    given = {"churn_method": "bgnbd", **parameters}
    return Run(Period(date(2025, 1, 1), END), END, values_for(CHURN.parameter_names, given))


def by_model(**parameters: Any) -> Any:
    return churn(*YEAR, churn_method="bgnbd", **parameters)


def test_repeat_customers_go_by_the_model(world: World) -> None:
    sell(world)
    world.load()
    report, rule = by_model(), churn(*YEAR)
    bases = {line["customer_id"]: line["basis"] for line in report["lines"]}
    assert report["method"] == "bgnbd"
    assert set(bases.values()) == {"model", "rule"}
    for line in report["lines"]:
        is_model = line["basis"] == "model"
        assert line["one_time"] != is_model
        assert (line["p_alive"] is not None) == is_model
        assert not is_model or 0 < Decimal(line["p_alive"]) < Decimal("0.5")
    # one-time buyers keep the rule, to the day
    one_time = [line for line in rule["lines"] if line["one_time"]]
    assert [line for line in report["lines"] if line["one_time"]] == one_time
    assert Decimal(report["expected_loss"]) > Decimal(report["expected_loss_se"]) > 0
    assert (rule["method"], rule["expected_loss"], rule["expected_loss_se"]) == ("rule", None, None)


def test_the_early_warning_is_of_the_rule(world: World) -> None:
    sell(world)
    world.order("ONCE", "2025-03-01", 70)
    world.load()
    snapshot = take_snapshot(CHURN, run())
    warned = snapshot.evidence.filter(measure="at_risk")
    assert {row.facets["basis"] for row in warned} == {"rule"}
    assert "ONCE" in {row.line_key for row in warned}


def test_who_has_a_contract_does_not_go_by_the_model(world: World) -> None:
    sell(world)
    for day in ("2024-01-10", "2024-02-10", "2024-03-10"):
        world.order("ENDED", day, 100)
        world.order("AFTER", day, 100)
    world.contract("ENDED", "2024-01-01", "2025-03-31")
    world.contract("AFTER", "2024-01-01", "2024-02-20")
    world.load()
    lines = {line["customer_id"]: line for line in by_model(cap_days=400)["lines"]}
    assert (lines["ENDED"]["basis"], lines["ENDED"]["lost_on"]) == ("contract", "2025-05-01")
    assert "AFTER" not in lines
    n = printed("clv", "--as-of", "2025-12-31")["model"]["n"]
    assert n == 130


def test_states_on_earlier_days_use_the_same_parameters(world: World) -> None:
    """Who is lost in the second half was active before it: the halves give the lines of the whole."""
    sell(world)
    world.load()
    words = {"churn_method": "bgnbd"}
    halves = [
        churn("2025-01-01", "2025-06-30", "2025-12-31", **words),
        churn("2025-07-01", "2025-12-31", "2025-12-31", **words),
    ]
    whole = by_model()
    keys = ("customer_id", "lost_on", "loss", "p_alive")
    lines = [[tuple(line[key] for key in keys) for line in report["lines"]] for report in halves]
    assert sorted(lines[0] + lines[1]) == sorted(
        tuple(line[key] for key in keys) for line in whole["lines"]
    )
    opening = halves[1]["opening_customers"]
    assert opening == halves[0]["active_at_end"] > 0


def test_what_came_later_changes_nothing(world: World) -> None:
    sell(world)
    world.load()
    before = by_model()
    world.order("B001", "2026-01-05", 500)
    world.order("B002", "2025-12-01", 500, recorded_on="2026-01-09")
    world.contract("B003", "2026-01-01")
    random.Random(2).shuffle(world.rows["revenue"])
    world.load(replace=True)
    assert by_model() == before


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"bgnbd_min_customers": 131}, "few_customers"),
        ({"bgnbd_min_repeaters": 131}, "few_repeaters"),
    ],
)
def test_without_enough_customers_the_rule_stands_in(
    world: World, parameters: dict[str, int], reason: str
) -> None:
    sell(world)
    world.load()
    assert by_model(**parameters) == churn(*YEAR)
    whole = take_snapshot(CHURN, run(**parameters)).whole
    assert (whole["method"], whole["model"]["ok"], whole["model"]["reason"]) == (
        "rule",
        False,
        reason,
    )
    assert not Fit.objects.exists()


def test_out_of_bounds_the_rule_stands_in(world: World) -> None:
    """Everybody bought twice, at one pace: no spread of rates that could be fitted."""
    for number in range(120):
        day = date(2024, 1, 1) + timedelta(days=number)
        world.order(f"B{number:03}", day.isoformat(), 10)
        world.order(f"B{number:03}", (day + timedelta(days=50)).isoformat(), 10)
    world.load()
    assert by_model() == churn(*YEAR)
    whole = take_snapshot(CHURN, run()).whole
    assert (whole["model"]["reason"], whole["model"]["r"]) == ("out_of_bounds", None)
    # that it does not hold is kept like a fit
    assert Fit.objects.get().r is None


def test_a_fit_is_made_once_for_the_same_customers(world: World, monkeypatch: Any) -> None:
    sell(world)
    world.load()
    first = take_snapshot(CHURN, run())
    kept = Fit.objects.get()
    assert (kept.as_of, kept.n, kept.r) == (END, 130, first.whole["model"]["r"])
    monkeypatch.setattr("reports.modelling.fitting.fit", None)
    again = compute(CHURN, run(p_lost="0.5"), kind=Snapshot.Kind.ON_DEMAND)
    other = take_snapshot(CHURN, run(p_lost="0.3"))
    assert again.whole == first.whole
    assert other.whole["model"] == first.whole["model"]
    assert other.headline["active_at_end"] > first.headline["active_at_end"]
    columns = ("measure", "line_key", "occurred_on", "cents", "base_cents", "facets")
    both = [sorted(each.evidence.values_list(*columns), key=str) for each in (first, again)]
    assert both[0] == both[1]


def test_parts_of_viewers(world: World) -> None:
    """Each sees its own expected loss with its own error; squared errors add up to the company's."""
    sell(world)
    world.load()
    snapshot = take_snapshot(CHURN, run())
    boss = User.objects.create_user("all@x.example", name="All", is_admin=True)
    reps = [User.objects.get(reference=name) for name in ("ann", "bob")]
    whole, *parts = (figures(snapshot, viewer) for viewer in (boss, *reps))
    assert sum(part["expected_loss_cents"] for part in parts) == whole["expected_loss_cents"]
    squares = sum(part["expected_loss_se_cents"] ** 2 for part in parts)
    assert squares == pytest.approx(whole["expected_loss_se_cents"] ** 2, rel=1e-4)
    for viewer, seen in zip((boss, *reps), (whole, *parts), strict=True):
        assert added(listed(snapshot, viewer, "expected")).cents == seen["expected_loss_cents"]
    assert whole == snapshot.headline


def test_expected_loss_is_the_sum_of_its_rows(world: World) -> None:
    """(1 - P)V, half up to the cent; the error is the root of the summed P(1 - P)V^2."""
    sell(world)
    world.load()
    snapshot = take_snapshot(CHURN, run())
    variance = Decimal(0)
    for row in snapshot.evidence.filter(measure="expected"):
        alive, value = Decimal(str(row.facets["p_alive"])), Decimal(row.facets["value_cents"])
        assert row.cents == int((1 - alive) * value + Decimal("0.5"))
        assert row.facets["basis"] == "model"
        variance += alive * (1 - alive) * value**2
    assert abs(snapshot.headline["expected_loss_se_cents"] - variance.sqrt()) <= 1
    # everybody who goes by the model, lost or not
    lost = snapshot.evidence.filter(measure="loss", facets__basis="model").count()
    assert snapshot.evidence.filter(measure="expected").count() > lost > 0


def test_very_large_money(world: World) -> None:
    """Squares of billions add up in units of value: no overflow, and the same figures but for the scale."""
    sell(world)
    world.load()
    small = by_model()
    for row in world.rows["revenue"]:
        row["amount"] = f"{Decimal(row['amount']) * 10**7}"
    world.load(replace=True)
    large = by_model()
    assert float(large["expected_loss_se"]) == pytest.approx(
        float(small["expected_loss_se"]) * 1e7, rel=1e-5
    )
    assert float(large["expected_loss"]) == pytest.approx(
        float(small["expected_loss"]) * 1e7, rel=1e-4
    )
    assert take_snapshot(CHURN, run()).whole["value_unit"] > 1


def test_the_roll_up_of_customers_stays_with_the_rule(world: World) -> None:
    sell(world)
    world.load()
    before = list(Customer.everything.order_by("pk").values_list("lost_on", "at_risk_on"))
    call_command(
        "report", "churn", "--from", YEAR[0], "--to", YEAR[1], "--set", "churn_method=bgnbd"
    )
    assert list(Customer.everything.order_by("pk").values_list("lost_on", "at_risk_on")) == before
