"""The worked examples and edges of the definitions as small companies, expectations typed by hand.

Each case names the keys it is about; keys it does not name are left to the other tests.
"""

from tests.oracle.cases import Case, company, order
from tests.oracle.tables import Row, Tables
from tests.oracle.worked_departures import DEPARTURES


def hundred_customers() -> Tables:
    quarters = ("01-15", "04-15", "07-15", "10-15")
    rows = []
    for n in range(1, 101):
        years = (2024,) if n <= 10 else (2024, 2025)
        rows += [(f"C{n:03}", f"{year}-{on}", "25000") for year in years for on in quarters]
    return company(rows)


THE_TEN = [f"C{n:03}" for n in range(1, 11)]


JANUARY = [("A", "2025-01-01", "100"), ("A", "2025-01-11", "100"), ("A", "2025-01-21", "100")]
BACK = [*JANUARY, ("A", "2025-02-21", "100")]
REVERSED = company(
    JANUARY,
    [
        order("R1", "X", "A", "2025-02-15", "100"),
        order("R2", "X", "A", "2025-03-01", "-100"),
    ],
)
LATE_RECORDED = company(
    JANUARY,
    [order("R1", "", "A", "2025-02-10", "100", recorded_on="2025-04-10")],
)
TO_31_MARCH: Row = {
    "contract_id": "K",
    "customer_id": "A",
    "start_on": "2024-04-01",
    "end_on": "2025-03-31",
}
COVERED = company([("A", "2024-04-01", "1200")], contracts=[TO_31_MARCH])
CENTS = company(
    [("half", "2025-01-01", "10.005")],
    [
        order("R1", "", "minus", "2025-01-01", "20"),
        order("R2", "", "minus", "2025-01-02", "-10.005"),
        order("R3", "", "rate", "2025-01-01", "3", currency="USD", fx_rate="41.2345"),
    ],
)

CASES = [
    Case(
        "hundred customers, year 2025",
        hundred_customers(),
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {
            "loss": 1000000.00,
            "lost_customers": 10,
            "average_value": 100000.00,
            "opening_customers": 100,
            "lost_of_opening": 10,
            "logo_churn": 0.1,
            "logo_churn_lo": 0.055229,
            "logo_churn_hi": 0.174366,
            "revenue_churn": 0.1,
            "active_at_end": 90,
            "at_risk_customers": 0,
            "at_risk_value": 0.00,
            "recovered_customers": 0,
            "recovered_value": 0.00,
            "loss_to_departures": 0.00,
            "method": "rule",
            "expected_loss": None,
            "expected_loss_se": None,
            "partial": False,
        },
        {
            customer: {
                "lost_on": "2025-07-16",
                "last_purchase": "2024-10-15",
                "purchases": 4,
                "typical": 91,
                "threshold": 273,
                "basis": "rule",
                "p_alive": None,
                "in_opening_base": True,
                "one_time": False,
                "owner": "(none)",
                "departure": None,
                "loss": 100000.00,
            }
            for customer in THE_TEN
        },
    ),
    Case(
        "hundred customers, the day before they are lost",
        hundred_customers(),
        "2025-01-01",
        "2025-12-31",
        "2025-07-15",
        {
            "loss": 0.00,
            "lost_customers": 0,
            "average_value": None,
            "active_at_end": 100,
            "at_risk_customers": 10,
            "at_risk_value": 1000000.00,
            "partial": True,
        },
        {},
    ),
    Case(
        "the floor: active on the last day of the threshold",
        company(JANUARY),
        "2025-02-01",
        "2025-02-28",
        "2025-02-20",
        {"loss": 0.00, "active_at_end": 1, "at_risk_customers": 1, "partial": True},
        {},
    ),
    Case(
        "the floor: lost on the day after",
        company(JANUARY),
        "2025-02-01",
        "2025-02-28",
        "2025-02-21",
        {"loss": 300.00, "active_at_end": 0, "at_risk_customers": 0},
        {"A": {"lost_on": "2025-02-21", "typical": 10, "threshold": 30, "loss": 300.00}},
    ),
    Case(
        "a purchase on the very day keeps it active",
        company(BACK),
        "2025-02-01",
        "2025-02-28",
        "2025-02-28",
        {"lost_customers": 0, "recovered_customers": 0, "active_at_end": 1},
        {},
    ),
    Case(
        "the next day it would be lost",
        company(BACK),
        "2025-01-01",
        "2025-03-31",
        "2025-03-31",
        {"loss": 400.00},
        {"A": {"lost_on": "2025-03-24", "last_purchase": "2025-02-21", "typical": 10}},
    ),
    Case(
        "a purchase one day later is a recovery",
        company([*JANUARY, ("A", "2025-02-22", "100")]),
        "2025-02-01",
        "2025-02-28",
        "2025-02-28",
        {"lost_customers": 0, "recovered_customers": 1, "recovered_value": 400.00},
        {},
    ),
    Case(
        "one purchase, default interval",
        company([("A", "2025-01-01", "100")]),
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {"loss": 100.00, "opening_customers": 0, "logo_churn": None, "revenue_churn": None},
        {
            "A": {
                "lost_on": "2025-12-28",
                "typical": 120,
                "threshold": 360,
                "one_time": True,
                "in_opening_base": False,
            }
        },
    ),
    Case(
        "one purchase, the day before",
        company([("A", "2025-01-01", "100")]),
        "2025-01-01",
        "2025-12-31",
        "2025-12-27",
        {"loss": 0.00, "active_at_end": 1, "partial": True},
        {},
    ),
    Case(
        "an order before its reversal is known",
        REVERSED,
        "2025-02-01",
        "2025-02-28",
        "2025-02-28",
        {"lost_customers": 0, "active_at_end": 1},
        {},
    ),
    Case(
        "the same order once it is reversed",
        REVERSED,
        "2025-02-01",
        "2025-03-31",
        "2025-03-01",
        {"loss": 300.00},
        {"A": {"last_purchase": "2025-01-21", "lost_on": "2025-02-21", "purchases": 3}},
    ),
    Case(
        "a row recorded late is unseen the day before",
        LATE_RECORDED,
        "2025-01-01",
        "2025-04-30",
        "2025-04-09",
        {"loss": 300.00},
        {"A": {"last_purchase": "2025-01-21", "lost_on": "2025-02-21"}},
    ),
    Case(
        "a row recorded late is seen on the day",
        LATE_RECORDED,
        "2025-01-01",
        "2025-04-30",
        "2025-04-10",
        {"loss": 400.00},
        {"A": {"last_purchase": "2025-02-10", "lost_on": "2025-03-13"}},
    ),
    Case(
        "contract to 31 March, last day of grace",
        COVERED,
        "2025-04-01",
        "2025-05-31",
        "2025-04-30",
        {"loss": 0.00, "opening_customers": 1, "active_at_end": 1, "at_risk_customers": 0},
        {},
    ),
    Case(
        "contract to 31 March, lost on 1 May",
        COVERED,
        "2025-04-01",
        "2025-05-31",
        "2025-05-31",
        {"lost_customers": 1, "logo_churn": 1, "active_at_end": 0},
        {"A": {"lost_on": "2025-05-01", "basis": "contract", "in_opening_base": True}},
    ),
    Case(
        "a later credit lowers the value",
        company(
            [("A", "2025-01-01", "100"), ("A", "2025-01-02", "100"), ("A", "2025-01-03", "100")],
            [order("R1", "", "A", "2025-03-20", "-40")],
        ),
        "2025-01-01",
        "2025-03-31",
        "2025-03-31",
        {"loss": 260.00},
        {"A": {"lost_on": "2025-02-03", "last_purchase": "2025-01-03", "purchases": 3}},
    ),
    Case(
        "cents are rounded by row, halves away from zero",
        CENTS,
        "2025-01-01",
        "2025-12-31",
        "2025-12-31",
        {"loss": 143.70, "average_value": 47.90},
        {
            "half": {"loss": 10.01},
            "minus": {"loss": 9.99},
            "rate": {"loss": 123.70},
        },
    ),
    # Lost on 12 December 2024, after 20 silent days; back on the 22nd.
    Case(
        "a cap below the floor makes losses that came back within the floor",
        company([("A", "2024-11-21", "1"), ("A", "2024-12-22", "1")]),
        "2024-01-01",
        "2024-12-31",
        "2024-12-31",
        {"lost_customers": 0, "recovered_customers": 1, "recovered_value": 2.00},
        {},
        {"floor_days": "45", "cap_days": "20"},
    ),
    *DEPARTURES,
]
