"""Customer value: rows, parts, what has none, and what is said without a model."""

from decimal import Decimal

from crm.lib.periods import Period
from reports.definitions.churn import CHURN
from reports.definitions.clv import CLV
from reports.models import Fit
from reports.report import Run
from reports.rules.parameters import values_for
from reports.snapshots.taking import take_snapshot
from tests.reports.conftest import World, printed
from tests.reports.test_churn_model import END, sell
from tests.reports.test_churn_model import run as churn_run

AS_OF = ("--as-of", END.isoformat())


def run() -> Run:
    return Run(Period(END, END), END, values_for(CLV.parameter_names))


def test_every_customer_without_a_contract(world: World) -> None:
    sell(world)
    world.order("ONCE", "2025-03-01", 70)
    world.order("CONTRACT", "2025-03-01", 70)
    world.contract("CONTRACT", "2025-01-01")
    world.load()
    report = printed("clv", *AS_OF)
    assert list(report) == ["model", "spend", "customers"]
    assert list(report["model"]) == ["r", "alpha", "a", "b", "LL", "ok", "n"]
    assert (report["model"]["ok"], report["model"]["n"]) == (True, 131)
    assert list(report["customers"]) == sorted(report["customers"])
    assert len(report["customers"]) == 131
    once = report["customers"]["ONCE"]
    # the same text from both databases
    assert once["p_alive"] == "1.0"
    assert float(once["purchases"]) > 0
    assert (once["value"], once["clv"]) == (None, None)


def test_value_is_purchases_times_spend(world: World) -> None:
    sell(world)
    world.load()
    report = printed("clv", *AS_OF)
    valued = [one for one in report["customers"].values() if one["value"] is not None]
    assert len(valued) > 50
    for one in valued:
        told = float(one["purchases"]) * float(one["value"])
        assert abs(float(one["clv"]) - told) <= 0.01 + float(one["purchases"]) * 0.005


def test_the_headline_is_the_sum_of_the_rows(world: World) -> None:
    sell(world)
    world.load()
    snapshot = take_snapshot(CLV, run())
    rows = list(snapshot.evidence.all())
    headline = snapshot.headline
    assert headline["clv_cents"] == sum(row.cents for row in rows) > 0
    assert headline["customers"] == len(rows) == 130
    assert headline["valued_customers"] == sum(
        row.facets["value_cents"] is not None for row in rows
    )
    assert abs(headline["correlation"]) < 0.3
    assert not headline["is_correlated"]


def test_the_fit_is_that_of_churn(world: World) -> None:
    sell(world)
    world.load()
    churn = take_snapshot(CHURN, churn_run())
    value = take_snapshot(CLV, run())
    assert churn.whole["model"] == value.whole["model"]
    assert Fit.objects.count() == 1


def test_who_pays_more_the_more_often_is_told(world: World) -> None:
    sell(world)
    bought: dict[str, int] = {}
    for row in world.rows["revenue"]:
        bought[row["customer_id"]] = bought.get(row["customer_id"], 0) + 1
    for row in world.rows["revenue"]:
        row["amount"] = f"{Decimal(row['amount']) * bought[row['customer_id']]:.2f}"
    world.load()
    headline = take_snapshot(CLV, run()).headline
    assert headline["correlation"] > 0.3
    assert headline["is_correlated"]


def test_refunds_lower_what_a_purchase_is_worth(world: World) -> None:
    """Of its own order on any day; a credit without an order belongs to no purchase."""
    sell(world)
    for day, order in (("2025-01-10", "A"), ("2025-04-10", "B"), ("2025-07-10", "C")):
        world.order("REFUNDED", day, 300, order_id=order)
        world.order("FULL", day, 300, order_id=order)
        world.order("CREDITED", day, 300, order_id=order)
    world.order("REFUNDED", "2025-10-01", -200, order_id="C")
    world.order("CREDITED", "2025-10-01", -200)
    world.load()
    found = printed("clv", *AS_OF)["customers"]
    assert float(found["REFUNDED"]["value"]) < float(found["FULL"]["value"])
    assert found["CREDITED"] == found["FULL"]
    assert found["REFUNDED"]["purchases"] == found["FULL"]["purchases"]


def test_without_a_model_nobody_is_valued(world: World) -> None:
    sell(world, customers=99)
    world.load()
    report = printed("clv", *AS_OF)
    numbers = dict.fromkeys(("r", "alpha", "a", "b", "LL"))
    assert report["model"] == {**numbers, "ok": False, "n": 99}
    assert report["spend"] == {"p": None, "q": None, "gamma": None}
    assert report["customers"] == {}
    assert take_snapshot(CLV, run()).whole["model"]["reason"] == "few_customers"


def test_without_records_there_is_nothing(world: World) -> None:
    world.load()
    assert printed("clv", *AS_OF)["model"]["n"] == 0
