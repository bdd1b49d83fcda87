"""The laws of section 12 over odd businesses, on the second calculation itself."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.loss_reports import REPORTS
from tests.oracle.odd_business import odd_business
from tests.oracle.odd_companies import Odd
from tests.oracle.tables import Tables, forget_after, read_tables, write_tables
from tests.require import fewer

odd_businesses = st.integers(0, 10**9).map(lambda seed: odd_business(random.Random(seed)))
often = settings(max_examples=fewer(12), deadline=None, suppress_health_check=list(HealthCheck))
CENT = Decimal("0.01")
FULL = {"1": "churn", "2": "leakage", "3": "marketing", "4": "time", "5": "new_reps"}


def run(odd: Odd, slug: str = "ledger") -> Any:
    return REPORTS[slug](odd.tables, odd.settings, odd.from_, odd.to, odd.as_of, odd.params)


def everything(odd: Odd) -> list[Any]:
    """The ledger holds six of them whole."""
    return [run(odd, slug) for slug in ("ledger", "speed", "did")]


@often
@given(odd_businesses)
def test_what_lies_after_the_day_of_knowledge_changes_nothing(odd: Odd) -> None:
    before = forget_after(odd.tables, odd.as_of, odd.settings)
    assert everything(odd._replace(tables=before)) == everything(odd)


@often
@given(odd_businesses, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(odd: Odd, shuffler: random.Random) -> None:
    shuffled = {name: shuffler.sample(rows, len(rows)) for name, rows in odd.tables.items()}
    assert everything(odd._replace(tables=shuffled)) == everything(odd)


@often
@given(odd_businesses)
def test_headlines_lines_and_total_agree(odd: Odd) -> None:
    book = run(odd)
    for number, report in book["reports"].items():
        assert report["loss"] == sum(line["loss"] for line in report["lines"])
        assert report["loss"] == book["revenue_basis"]["losses"][number] >= 0
    for basis in filter(None, (book["revenue_basis"], book["margin_basis"])):
        losses, overlaps = basis["losses"], basis["overlaps"]
        assert basis["total"] == sum(losses.values()) - sum(overlaps.values())
        assert losses["6"] == overlaps["1&6"] <= losses["1"]
        assert overlaps["2&3"] >= 0 and 0 <= overlaps["4&5"] <= losses["4"]
        # Each lead and each month of a newcomer is rounded for itself: half a cent apiece.
        apiece = len(odd.tables.get("leads", [])) + len(book["reports"]["4"]["lines"])
        assert basis["total"] >= max(losses.values()) - CENT / 2 * apiece
    margin = book["margin_basis"]
    assert (margin is None) == (book["margin_rate"] is None or book["margin_rate"] <= 0)


@often
@given(odd_businesses)
def test_each_report_holds_its_own_laws(odd: Odd) -> None:
    reports = run(odd)["reports"]
    for line in reports["2"]["lines"]:
        assert line["lo"] <= line["loss"] <= line["hi"]
        counts = [line[kind] for kind in ("timely", "late", "never", "pending")]
        assert sum(counts) == line["leads"] > 0
        assert line["leaked"] + line["at_risk_leads"] == line["late"] + line["never"]
        assert line["leaked_converted"] <= line["leaked"]
        assert line["rate"] is None or 0 <= line["rate"] <= 1
        assert line["estimable"] or line["hi"] == 0
    for line in reports["3"]["lines"]:
        assert 0 <= line["loss"] <= max(0, line["cost"])
        assert line["unworked"] + line["pending"] <= line["leads"]
        assert line["customers"] <= line["converted"] <= line["leads"]
    for line in reports["4"]["lines"]:
        assert 0 <= line["loss_lo"] <= line["loss"] <= line["cost"]
        assert 0 <= line["logged_days"] <= line["working_days"] > 0
    for line in reports["5"]["lines"]:
        assert line["loss"] == (line["wage"] + line["expenses"] if line["counted"] else 0)
        assert line["no_result"] or not line["counted"]


@often
@given(odd_businesses)
def test_the_speed_bands_hold_the_mature_leads_once(odd: Odd) -> None:
    bands = run(odd, "speed")
    lines = run(odd, "leakage")["lines"]
    mature = sum(band["leads"] for band in bands.values())
    assert sum(line["leaked"] for line in lines) <= mature <= sum(line["leads"] for line in lines)
    assert all(band["converted"] <= band["leads"] for band in bands.values())


@often
@given(odd_businesses, st.integers(0, 400))
def test_two_halves_of_a_period_have_the_leads_days_and_newcomers_of_the_whole(
    odd: Odd, day: int
) -> None:
    middle = min(odd.from_ + timedelta(days=day), odd.to)
    halves = (odd._replace(to=middle), odd._replace(from_=middle + timedelta(days=1)))

    def counts(*runs: Odd) -> list[Any]:
        leads = [line for each in runs for line in run(each, "leakage")["lines"]]
        months = [line for each in runs for line in run(each, "time")["lines"]]
        reps = [line for each in runs for line in run(each, "new_reps")["lines"]]
        return [
            sum(line["leads"] for line in leads),
            sum(line["leaked"] for line in leads),
            sum(line["working_days"] for line in months),
            sum(line["selling_minutes"] for line in months if line["month"] != f"{middle:%Y-%m}"),
            sorted(reps, key=lambda line: line["rep_id"]),
        ]

    assert counts(*halves) == counts(odd)


@often
@given(odd_businesses)
def test_doubling_every_rate_doubles_sales_and_leaves_what_was_spent(odd: Odd) -> None:
    """Of whole cents, where nothing is rounded by row; the cutting of `min_result` apart."""

    def at(rate: str) -> Odd:
        rows = [
            row | {"fx_rate": rate, "amount": row["amount"].split(".")[0], "cost": ""}
            for row in odd.tables.get("revenue", [])
        ]
        params = {k: v for k, v in odd.params.items() if k != "min_result"}
        return odd._replace(tables=odd.tables | {"revenue": rows}, params=params)

    one, two = run(at("1"))["reports"], run(at("2"))["reports"]
    for number in ("1", "6"):
        assert two[number]["loss"] == 2 * one[number]["loss"]
    doubled = zip(two["2"]["lines"], one["2"]["lines"], strict=True)
    assert all(abs(after["loss"] - 2 * before["loss"]) <= CENT for after, before in doubled)
    assert [two[number]["loss"] for number in "345"] == [one[number]["loss"] for number in "345"]


@pytest.mark.thorough
def test_odd_businesses_meet_what_they_are_for() -> None:
    """Else the laws hold of nothing: every loss, overlap and the effect occur."""
    met = dict.fromkeys("123456", 0) | dict.fromkeys(("1&6", "2&3", "4&5", "did"), 0)
    for seed in range(60):
        odd = odd_business(random.Random(seed))
        basis = run(odd)["revenue_basis"]
        for name, amount in (basis["losses"] | basis["overlaps"]).items():
            met[name] += amount > 0
        met["did"] += any(entry["loss"] is not None for entry in run(odd, "did"))
    assert {name: n for name, n in met.items() if not n} == {}


def test_a_business_survives_a_folder(tmp_path: Any) -> None:
    odd = odd_business(random.Random(7))
    write_tables(tmp_path, odd.tables, odd.settings)
    tables, read = read_tables(tmp_path)
    assert everything(odd._replace(tables=tables, settings=read)) == everything(odd)


def test_references_hold(tmp_path: Any) -> None:
    """Nothing odd that loading would refuse: unknown or repeated references, to_on < from_on."""
    for seed in range(40):
        odd = odd_business(random.Random(seed))
        for tables in (odd.tables, forget_after(odd.tables, odd.as_of, odd.settings)):
            assert _dangling(tables) == []


def _dangling(tables: Tables) -> list[str]:
    owned = {
        "customer_id": "customers",
        "rep_id": "reps",
        "campaign_id": "campaigns",
        "lead_id": "leads",
        "opportunity_id": "opportunities",
    }
    ids = {column: [row[column] for row in tables.get(name, [])] for column, name in owned.items()}
    wrong = [column for column, known in ids.items() if len(known) != len(set(known))]
    for name, rows in tables.items():
        for row in rows:
            wrong += [
                f"{name}.{column}: {row[column]}"
                for column in owned
                if row.get(column) and row[column] not in ids[column]
            ]
            if row.get("to_on") and row["to_on"] < row["from_on"]:
                wrong.append(f"{name}: {row}")
        for column in ("activity_id", "cost_id", "ownership_id", "entry_id"):
            found = [row[column] for row in rows if column in row]
            wrong += [f"{name}: twice {column}"] if len(found) != len(set(found)) else []
    return wrong
