"""The worked examples of loss-reports.md section 10 and their edges, typed by hand."""

from decimal import Decimal

import pytest

from reports.models import Snapshot
from reports.reading.evidence import listed
from sales.models import Stage
from team.models import User
from tests.reports.conftest import World, printed
from tests.reports.shown import added, figures

FEBRUARY = ("--from", "2025-02-01", "--to", "2025-02-28", "--as-of", "2025-02-28")
YEAR = ("--from", "2025-01-01", "--to", "2025-12-31", "--as-of", "2025-12-31")


# Bridge


def sell_two_months(world: World) -> None:
    for name, january, february in (
        ("A", 100, 150),
        ("B", 200, 120),
        ("C", 300, -20),
        ("D", 50, 50),
        ("E", 0, 80),
        ("F", 0, 40),
    ):
        for day, amount in (("2025-01-10", january), ("2025-02-10", february)):
            if amount:
                world.order(name, day, amount)
    world.order("F", "2024-05-05", 7)


def test_bridge_from_january_to_february(world: World) -> None:
    sell_two_months(world)
    world.load()
    report = printed("bridge", *FEBRUARY)
    assert report == {
        "start": "650.00",
        "end": "420.00",
        "parts": {
            "new": "80.00",
            "reactivated": "40.00",
            "expansion": "50.00",
            "contraction": "-80.00",
            "lost": "-320.00",
            "adjustment": "0.00",
        },
        "customers": {
            "new": 1,
            "reactivated": 1,
            "expansion": 1,
            "contraction": 1,
            "lost": 1,
            "adjustment": 0,
        },
        "grr": str(270 / 650),
        "nrr": str(300 / 650),
    }


def test_a_running_month_is_compared_with_as_many_days(world: World) -> None:
    world.order("A", "2025-01-10", 100)
    world.order("A", "2025-01-11", 900)
    world.order("A", "2025-02-10", 130)
    world.order("A", "2025-02-11", 5000)
    world.load()
    report = printed("bridge", *FEBRUARY[:4], "--as-of", "2025-02-10")
    assert (report["start"], report["end"]) == ("100.00", "130.00")
    assert report["parts"]["expansion"] == "30.00"


def test_a_credit_without_a_purchase_is_an_adjustment(world: World) -> None:
    world.order("A", "2025-02-10", -12)
    world.order("B", "2025-01-10", -5)
    world.order("B", "2025-02-10", -5)
    world.load()
    report = printed("bridge", *FEBRUARY)
    assert report["parts"]["adjustment"] == "-12.00"
    assert report["customers"]["adjustment"] == 1
    assert (report["start"], report["end"]) == ("-5.00", "-17.00")
    assert (report["grr"], report["nrr"]) == (None, None)


def test_the_bridge_closes_in_every_part(world: World) -> None:
    sell_two_months(world)
    world.rep("ann", team="North")
    world.rep("bob", team="South")
    for name, rep in (("A", "ann"), ("B", "ann"), ("C", "bob"), ("E", "bob")):
        world.owned(name, rep, "2024-01-01")
    world.load()
    printed("bridge", *FEBRUARY)
    ann = figures(Snapshot.objects.get(), User.objects.get(reference="ann"))
    assert (ann["start_cents"], ann["end_cents"]) == (30_000, 27_000)
    assert ann["expansion_cents"] + ann["contraction_cents"] == -3_000
    assert (ann["grr"], ann["nrr"]) == (220 / 300, 270 / 300)


# Win/loss


def five_closed(world: World) -> None:
    for amount, stage, why in (
        (100, "won", ""),
        (300, "won", ""),
        (200, "lost", "price"),
        (400, "lost", "price"),
        (50, "lost", "timing"),
    ):
        changes = (("2025-02-01", "offer", "1"), ("2025-03-01", stage, amount))
        world.deal("ann", "2025-02-01", *changes, why=why)


def test_two_won_and_three_lost(world: World) -> None:
    world.rep("ann")
    five_closed(world)
    world.load()
    report = printed("win_loss", *YEAR)
    assert (report["won"], report["lost"]) == (2, 3)
    assert (report["won_amount"], report["lost_amount"]) == ("400.00", "650.00")
    assert float(report["win_rate"]) == pytest.approx(0.4)
    assert float(report["lo"]) == pytest.approx(0.118, abs=5e-4)
    assert float(report["hi"]) == pytest.approx(0.769, abs=5e-4)
    assert float(report["win_rate_amount"]) == pytest.approx(0.381, abs=5e-4)
    assert report["reasons"] == {
        "price": {"count": 2, "amount": "600.00"},
        "timing": {"count": 1, "amount": "50.00"},
    }


def test_a_deal_opened_again_closes_with_its_last_run(world: World) -> None:
    """Lost in January, opened again, lost twice in a row: it closed on the first day of that run."""
    changes = (
        ("2025-01-10", "lost", 10),
        ("2025-02-01", "offer", 20),
        ("2025-03-01", "lost", 30),
        ("2025-04-01", "lost", 40),
    )
    world.deal("", "2025-01-01", *changes)
    world.load()
    assert printed("win_loss", *FEBRUARY)["lost"] == 0
    march = ("--from", "2025-03-01", "--to", "2025-03-31")
    assert printed("win_loss", *march, "--as-of", "2025-03-31")["lost_amount"] == "30.00"
    # as it stood at the end of March, however much is known later
    assert printed("win_loss", *march, "--as-of", "2025-12-31")["lost_amount"] == "30.00"
    assert printed("win_loss", *YEAR)["lost_amount"] == "40.00"
    reasons = printed("win_loss", *YEAR)["reasons"]
    assert reasons == {"(none)": {"count": 1, "amount": "40.00"}}
    assert Snapshot.objects.latest("pk").headline["without_reason"] == 1


def test_reasons_of_a_viewers_part(world: World) -> None:
    world.rep("ann", team="North")
    world.rep("bob", team="South")
    five_closed(world)
    world.deal("bob", "2025-02-01", ("2025-03-01", "lost", 9), why="price")
    world.load()
    printed("win_loss", *YEAR)
    seen = figures(Snapshot.objects.get(), User.objects.get(reference="bob"))
    assert seen["reasons"] == [{"reason": "price", "count": 1, "amount_cents": 900}]
    assert (seen["won"], seen["lost"], seen["win_rate"]) == (0, 1, 0)


# Forecast


def two_open(world: World) -> None:
    world.deal("ann", "2025-05-01", ("2025-05-01", "half", 1000), closes="2025-07-31")
    world.deal("bob", "2025-05-01", ("2025-05-01", "quarter", 400), closes="2025-06-01")


def set_shares(**shares: str) -> None:
    for key, share in shares.items():
        Stage.objects.filter(key=key).update(win_share=share)


def test_two_open_deals(world: World) -> None:
    two_open(world)
    world.rep("ann")
    world.rep("bob")
    world.load()
    set_shares(half="0.5", quarter="0.25")
    report = printed("forecast", "--to", "2025-07-31", "--as-of", "2025-06-30")
    assert (report["open"], report["expected"]) == ("1400.00", "600.00")
    assert (report["lo"], report["hi"]) == ("0.00", "1400.00")
    assert [line["overdue"] for line in report["lines"]] == [False, True]
    assert report["lines"][0] == {
        "opportunity_id": "D00000",
        "stage": "half",
        "amount": "1000.00",
        "p": "0.5",
        "basis": "setting",
        "expected": "500.00",
        "overdue": False,
    }
    nearer = printed("forecast", "--to", "2025-07-30", "--as-of", "2025-06-30")
    assert nearer["open"] == "400.00"


def test_every_part_of_a_forecast_has_a_range_of_its_own(world: World) -> None:
    world.rep("ann", team="North")
    world.rep("bob", team="South")
    for number in range(40):
        rep = "bob" if number % 4 else "ann"
        world.deal(rep, "2025-05-01", ("2025-05-01", "half", 1000), closes="2025-07-31")
    world.deal("ann", "2025-05-01", ("2025-05-01", "half", 77))
    world.load()
    set_shares(half="0.5")
    report = printed("forecast", "--to", "2025-07-31", "--as-of", "2025-06-30")
    # 20,000 +- 1.959964 x sqrt(40 x 0.25 x 1000^2)
    assert (report["lo"], report["hi"]) == ("13802.05", "26197.95")
    snapshot = Snapshot.objects.get()
    ann = figures(snapshot, User.objects.get(reference="ann"))
    # 5,000 +- 1.959964 x sqrt(10 x 0.25 x 1000^2)
    assert (ann["expected_cents"], ann["lo_cents"], ann["hi_cents"]) == (500_000, 190_102, 809_898)
    assert (ann["undated_deals"], ann["undated_cents"]) == (1, 7_700)


def test_twenty_closed_deals_make_a_chance(world: World) -> None:
    for number in range(20):
        end = "won" if number < 7 else "lost"
        world.deal("", "2025-01-01", ("2025-01-01", "offer", 1), ("2025-06-30", end, 1))
    world.deal("", "2025-06-01", ("2025-06-01", "offer", "10.01"), closes="2025-06-30")
    world.load()
    words = ("forecast", "--to", "2025-06-30", "--as-of", "2025-06-30")
    line = printed(*words)["lines"][0]
    assert (line["p"], line["basis"], line["expected"]) == ("0.35", "history", "3.50")
    line = printed(*words, stage_min_n=21)["lines"][0]
    assert (line["basis"], line["expected"]) == ("setting", "0.00"), "the tables named no share"
    Stage.objects.filter(key="offer").update(win_share=Decimal("0.4"))
    line = printed(*words, stage_min_n=21)["lines"][0]
    assert (line["p"], line["basis"], line["expected"]) == ("0.4", "setting", "4.00")
    later = ("forecast", "--to", "2026-06-30", "--as-of", "2026-06-30")
    assert printed(*later)["lines"][0]["basis"] == "setting"


# Margin


def test_margin_by_every_split(world: World) -> None:
    world.rep("ann")
    world.rep("bob")
    world.order("K", "2025-03-01", 100, cost=60, product="nails", rep_id="ann")
    world.order("K", "2025-04-01", -20, cost=-12, product="nails", rep_id="ann")
    world.order("L", "2025-03-01", 50, cost=55, product="screws")
    world.order("L", "2025-03-02", 30)
    world.owned("L", "bob", "2025-03-01", "2025-03-02")
    world.rows["customers"][0] |= {"segment": "retail"}
    world.load()
    by_customer = printed("margin", *YEAR)
    assert by_customer == printed("margin", *YEAR, "--by", "customer")
    assert by_customer["K"] == {
        "revenue": "80.00",
        "costed_revenue": "80.00",
        "margin": "32.00",
        "margin_rate": "0.4",
    }
    assert by_customer["L"]["margin"] == "-5.00"
    assert by_customer["L"]["revenue"] == "80.00"
    by_rep = printed("margin", *YEAR, "--by", "rep")
    assert {rep: each["revenue"] for rep, each in by_rep.items()} == {
        "(none)": "30.00",
        "ann": "80.00",
        "bob": "50.00",
    }
    assert by_rep["(none)"]["margin_rate"] is None
    assert list(printed("margin", *YEAR, "--by", "product")) == ["(none)", "nails", "screws"]
    assert list(printed("margin", *YEAR, "--by", "segment")) == ["(none)", "retail"]
    seen = Snapshot.objects.get().headline
    assert (seen["revenue_cents"], seen["costed_revenue_cents"]) == (16_000, 13_000)
    assert seen["coverage"] == 130 / 160
    assert seen["below_cost_cents"] == -500


# Satisfaction


def test_ten_answers_say_little(world: World) -> None:
    for number, score in enumerate((10, 10, 9, 9, 9, 8, 7, 6, 3, 10)):
        world.order(f"K{number}", "2025-01-01", 1)
        world.survey(f"K{number}", "2025-03-01", score)
    world.load()
    report = printed("nps", *YEAR)
    assert (report["n"], report["promoters"], report["detractors"]) == (10, 6, 2)
    assert float(report["nps"]) == 40
    assert float(report["lo"]) == pytest.approx(-12.6, abs=0.05)
    assert float(report["hi"]) == pytest.approx(74.1, abs=0.05)


def test_the_latest_answer_of_a_customer_counts(world: World) -> None:
    world.order("K", "2025-01-01", 1)
    for day, score in (("2025-03-01", 10), ("2025-05-01", 3), ("2025-05-01", 8)):
        world.survey("K", day, score)
    world.survey("K", "2026-01-01", 0, sent_on="2025-12-01")
    world.survey("K", "", "", sent_on="2025-06-01")
    world.load()
    report = printed("nps", *YEAR)
    assert (report["n"], report["passives"], report["sent"]) == (1, 1, 5)
    assert float(report["response_rate"]) == 0.6
    # what was answered in January is an answer to what was sent in December
    later = printed("nps", *YEAR[:4], "--as-of", "2026-01-31")
    assert (later["n"], later["passives"], float(later["response_rate"])) == (1, 1, 0.8)


def test_satisfied_are_fours_and_fives(world: World) -> None:
    for number, score in enumerate((5, 4, 3, 1)):
        world.order(f"K{number}", "2025-01-01", 1)
        world.survey(f"K{number}", "2025-03-01", score, kind="csat")
        world.survey(f"K{number}", "2025-03-01", 10)
    world.load()
    report = printed("csat", *YEAR)
    assert (report["n"], report["satisfied"], float(report["csat"])) == (4, 2, 0.5)
    assert float(report["lo"]) == pytest.approx(0.150039, abs=1e-6)


def test_who_answered_and_was_lost_a_year_later(world: World) -> None:
    """One buys on, one stops, one was lost before it answered, one answered too late to tell."""
    for name, days in {
        "goes on": ("2024-01-10", "2024-03-10", "2024-05-10", "2025-05-01"),
        "stops": ("2024-01-10", "2024-03-10", "2024-05-10"),
        "lost": ("2022-01-10",),
        "late": ("2024-05-10",),
    }.items():
        for day in days:
            world.order(name, day, 10)
    for name in ("goes on", "stops", "lost"):
        world.survey(name, "2024-06-01", 9)
    world.survey("late", "2024-06-02", 9)
    world.load()
    words = ("--from", "2024-01-01", "--to", "2024-12-31", "--as-of", "2025-06-01")
    report = printed("nps_churn", *words)
    assert (report["promoters"]["n"], report["promoters"]["lost"]) == (2, 1)
    assert report["detractors"] == {"n": 0, "lost": 0, "rate": None, "lo": None, "hi": None}


# Classes


def test_six_customers_in_classes(world: World) -> None:
    for name, amount in zip("abcdef", (320, 280, 250, 100, 80, 70), strict=True):
        world.order(name, "2025-06-01", amount)
    world.order("refunded", "2025-06-01", 10)
    world.order("refunded", "2025-06-02", -10)
    world.order("before", "2024-12-31", 10_000)
    world.load()
    assert printed("abc", "--as-of", "2025-12-31") == dict(
        zip("abcdef", "AAAABB", strict=True), before="C", refunded="C"
    )


def test_scores_of_six(world: World) -> None:
    """Frequencies 2, 2, 1, 2, 1, 2: two days of buying score 4, one scores 1."""
    for number, days in enumerate((2, 2, 1, 2, 1, 2)):
        for day in range(days):
            world.order(f"K{number}", f"2025-06-{10 + number + 10 * day:02}", 100 + number)
    world.order("old", "2020-01-01", 1)
    world.load()
    report = printed("rfm", "--as-of", "2025-12-31")
    assert [each["F"] for each in report["customers"].values()] == [4, 4, 1, 4, 1, 4]
    assert report["lapsed"] == 1
    assert report["customers"]["K5"] == {
        "recency": 189,
        "frequency": 2,
        "monetary": "210.00",
        "R": 5,
        "F": 4,
        "M": 5,
        "segment": "champions",
    }


@pytest.mark.parametrize("slug", ["bridge", "win_loss", "margin", "nps", "csat", "nps_churn"])
def test_of_nothing_there_is_no_rate(slug: str, world: World) -> None:
    world.load()
    report = printed(slug, *YEAR)
    rates = [report.get(name) for name in ("grr", "win_rate", "nps", "csat", "response_rate")]
    assert set(rates) == {None}


def test_figures_open_their_rows(world: World) -> None:
    world.rep("ann")
    five_closed(world)
    world.load()
    printed("win_loss", *YEAR)
    snapshot, boss = Snapshot.objects.get(), User.objects.create_user("b@x.example", is_admin=True)
    assert added(listed(snapshot, boss, "lost", {"reason": "price"})).cents == 60_000
    assert added(listed(snapshot, boss, "lost", {"line": "timing"})).cents == 5_000
