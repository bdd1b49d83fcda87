"""The worked numbers of section 10 as small companies, expectations typed by hand, with edges.

A case says which report it is for (`slug`); that of the profit structure needs a dimension as well.
"""

from dataclasses import dataclass
from typing import Any

from tests.oracle.cases import Case, company, order
from tests.oracle.tables import Row, Tables
from tests.oracle.worked_deals import LOST_AND_WON, OPEN_DEALS, REOPENED, TWENTY
from tests.oracle.worked_surveys import ASKED_TWICE, TEN_ANSWERS, TEN_CSAT, WENT_AWAY

YEAR = ("2025-01-01", "2025-12-31", "2025-12-31")
FEBRUARY = ("2025-02-01", "2025-02-28")


@dataclass(frozen=True)
class OtherCase(Case):
    by: str = ""
    """The dimension of `margin`."""


def worked_bridge() -> Tables:
    january = [("A", "100"), ("B", "200"), ("C", "300"), ("D", "50")]
    february = [("A", "150"), ("B", "120"), ("D", "50"), ("E", "80"), ("F", "40"), ("C", "-20")]
    rows = [(customer, "2025-01-15", amount) for customer, amount in january]
    rows += [(customer, "2025-02-15", amount) for customer, amount in february]
    return company([*rows, ("F", "2024-06-01", "10")])


BRIDGE = OtherCase(
    "bridge from January to February",
    worked_bridge(),
    *FEBRUARY,
    "2025-02-28",
    {
        "start": 650.00,
        "end": 420.00,
        "parts": {
            "new": 80.00,
            "reactivated": 40.00,
            "expansion": 50.00,
            "contraction": -80.00,
            "lost": -320.00,
            "adjustment": 0.00,
        },
        "customers": {
            "new": 1,
            "reactivated": 1,
            "expansion": 1,
            "contraction": 1,
            "lost": 1,
            "adjustment": 0,
        },
        "grr": 270 / 650,
        "nrr": 300 / 650,
    },
    slug="bridge",
)
HALF_A_MONTH = OtherCase(
    "bridge at equal maturity: half a month against half a month",
    company(
        [("A", "2025-01-14", "7"), ("A", "2025-01-15", "100"), ("A", "2025-02-14", "30")],
        [order("R1", "", "A", "2025-02-14", "1", recorded_on="2025-02-15")],
    ),
    *FEBRUARY,
    "2025-02-14",
    {
        "start": 7.00,
        "end": 30.00,
        "parts": {"expansion": 23.00},
        "customers": {"expansion": 1},
        "grr": 1.0,
        "nrr": 30 / 7,
    },
    slug="bridge",
)
CREDITS_ONLY = OtherCase(
    "bridge: sums below 0 before are adjustments, a credit of nobody's order too",
    company(
        [("A", "2025-01-15", "-5"), ("A", "2025-02-15", "10"), ("B", "2025-02-15", "-3")],
    ),
    *FEBRUARY,
    "2025-03-31",
    {
        "start": -5.00,
        "end": 7.00,
        "parts": {"new": 0.00, "adjustment": 12.00},
        "customers": {"new": 0, "adjustment": 2},
        "grr": None,
        "nrr": None,
    },
    slug="bridge",
)


def six_buyers() -> Tables:
    """F 2, 2, 1, 2, 1, 2; the more recent, the less money; G bought a year and a day ago."""
    rows = []
    for n, (customer, times) in enumerate(zip("ABCDEF", (2, 2, 1, 2, 1, 2), strict=True), 1):
        rows.append((customer, f"2025-12-{31 - n}", str(100 * n)))
        if times == 2:
            rows.append((customer, "2025-06-01", "1"))
    return company([*rows, ("G", "2024-12-31", "9")])


def _six(*scores: Any) -> dict[str, Any]:
    keys = ("recency", "frequency", "monetary", "R", "F", "M", "segment")
    return dict(zip(keys, scores, strict=True))


RFM = OtherCase(
    "RFM of six buyers",
    six_buyers(),
    *YEAR,
    {
        # Scores without ties of n = 6: 1 + floor(5 * (1, 3, 5, 7, 9, 11) / 12) = 1, 2, 3, 3, 4, 5.
        "customers": {
            "A": _six(1, 2, 101.00, 5, 4, 1, "potential"),
            "B": _six(2, 2, 201.00, 4, 4, 2, "potential"),
            "C": _six(3, 1, 300.00, 3, 1, 3, "attention"),
            "D": _six(4, 2, 401.00, 3, 4, 3, "loyal"),
            "E": _six(5, 1, 500.00, 2, 1, 4, "sleeping"),
            "F": _six(6, 2, 601.00, 1, 4, 5, "at_risk"),
        },
        "lapsed": 1,
    },
    slug="rfm",
)
ABC = OtherCase(
    "ABC of six",
    company(
        [
            (f"C{n}", "2025-03-01", amount)
            for n, amount in enumerate(("320", "280", "250", "100", "80", "70"), 1)
        ]
    ),
    *YEAR,
    # The text's list ends B B: 950 of 1,100 and 1,030 of 1,100 (93.6 %) lie before the last two.
    {"C1": "A", "C2": "A", "C3": "A", "C4": "A", "C5": "B", "C6": "B"},
    slug="abc",
)
ABC_EDGES = OtherCase(
    "ABC: exactly 80 and 95 % before, ties by reference, nothing left, long ago",
    company(
        [
            ("a", "2025-03-01", "40"),
            ("B", "2025-03-01", "40"),
            ("c", "2025-03-01", "15"),
            ("d", "2025-03-01", "5"),
            ("e", "2024-12-31", "99"),
        ]
    ),
    *YEAR,
    {"B": "A", "a": "A", "c": "B", "d": "C", "e": "C"},
    slug="abc",
)


def _sale(entry: str, product: str, on: str, amount: str, cost: str, **columns: str) -> Row:
    return order(entry, "", "A", on, amount, product=product, cost=cost, **columns)


SOLD = company(
    (),
    [
        _sale("E1", "tea", "2025-02-01", "100", "60", rep_id="R2"),
        _sale("E2", "tea", "2025-02-02", "-50", "-30"),
        _sale("E3", "tea", "2025-02-03", "10", ""),
        _sale("E4", "", "2025-02-04", "10", "12.505", currency="USD", fx_rate="2"),
        _sale("E5", "tea", "2025-01-31", "1", "1"),
        _sale("E6", "cup", "2025-02-28", "7", ""),
    ],
    customers=[{"customer_id": "A", "segment": "retail"}],
    reps=[{"rep_id": rep, "hire_on": "2020-01-01"} for rep in ("R1", "R2")],
    ownership=[
        {
            "ownership_id": "O1",
            "customer_id": "A",
            "rep_id": "R1",
            "from_on": "2025-02-02",
            "to_on": "2025-02-04",
        }
    ],
)


def _margin(revenue: float, costed: float, gained: float, share: float | None) -> dict[str, Any]:
    return {
        "revenue": revenue,
        "costed_revenue": costed,
        "margin": gained,
        "margin_rate": share,
    }


def _margin_case(by: str, expected: dict[str, Any]) -> OtherCase:
    name = f"margin by {by}"
    return OtherCase(name, SOLD, *FEBRUARY, "2025-03-01", expected, slug="margin", by=by)


ALL_SOLD = _margin(87.00, 70.00, 14.99, 14.99 / 70)
MARGIN = [
    _margin_case(
        "product",
        {
            "(none)": _margin(20.00, 20.00, -5.01, -0.2505),
            "cup": _margin(7.00, 0.00, 0.00, None),
            "tea": _margin(60.00, 50.00, 20.00, 0.4),
        },
    ),
    _margin_case(
        "rep",
        {
            "(none)": _margin(27.00, 20.00, -5.01, -0.2505),
            "R1": _margin(-40.00, -50.00, -20.00, 0.4),
            "R2": _margin(100.00, 100.00, 40.00, 0.4),
        },
    ),
    _margin_case("customer", {"A": ALL_SOLD}),
    _margin_case("segment", {"retail": ALL_SOLD}),
    _margin_case("region", {"(none)": ALL_SOLD}),
]

NPS = OtherCase(
    "NPS of ten answers",
    TEN_ANSWERS,
    *YEAR,
    {
        "n": 10,
        "sent": 10,
        "response_rate": 1.0,
        "promoters": 6,
        "detractors": 2,
        "passives": 2,
        "nps": 40.0,
        "lo": -12.58558,
        "hi": 74.124042,
    },
    slug="nps",
)
NPS_TWICE = OtherCase(
    "NPS: the latest answer, the highest reference of a day, what is not yet known",
    ASKED_TWICE,
    *YEAR,
    {
        "n": 2,
        "sent": 6,
        "response_rate": 4 / 6,
        "promoters": 1,
        "detractors": 1,
        "passives": 0,
        "nps": 0.0,
    },
    slug="nps",
)
CSAT = OtherCase(
    "CSAT: five of ten are satisfied, two more did not answer",
    TEN_CSAT,
    *YEAR,
    {
        "n": 10,
        "sent": 12,
        "response_rate": 10 / 12,
        "satisfied": 5,
        "csat": 0.5,
        "lo": 0.236593,
        "hi": 0.763407,
    },
    slug="csat",
)
NPS_CHURN = OtherCase(
    "a year after the answer: one detractor gone, a promoter back in time, others not counted",
    WENT_AWAY,
    "2024-01-01",
    "2025-12-31",
    "2025-12-31",
    {
        "promoters": {"n": 1, "lost": 0, "rate": 0.0, "lo": 0.0, "hi": 0.793451},
        "passives": {"n": 0, "lost": 0, "rate": None, "lo": None, "hi": None},
        "detractors": {"n": 1, "lost": 1, "rate": 1.0, "lo": 0.206549, "hi": 1.0},
    },
    slug="nps_churn",
)
WIN_LOSS = OtherCase(
    "two won, three lost",
    LOST_AND_WON,
    *YEAR,
    {
        "won": 2,
        "lost": 3,
        "won_amount": 400.00,
        "lost_amount": 650.00,
        "win_rate": 0.4,
        "lo": 0.117621,
        "hi": 0.769276,
        "win_rate_amount": 400 / 1050,
        "reasons": {
            "price": {"count": 2, "amount": 600.00},
            "timing": {"count": 1, "amount": 50.00},
        },
    },
    slug="win_loss",
)
WIN_LOSS_EDGES = OtherCase(
    "win/loss: the run of closed rows dates the deal, its last row says how it stands",
    REOPENED,
    "2025-03-01",
    "2025-03-31",
    "2025-04-30",
    {
        "won": 1,
        "lost": 1,
        "won_amount": 20.00,
        "lost_amount": 0.00,
        "win_rate": 0.5,
        "win_rate_amount": 1.0,
        "reasons": {"(none)": {"count": 1, "amount": 0.00}},
    },
    slug="win_loss",
)
FORECAST = OtherCase(
    "two open deals",
    OPEN_DEALS,
    "2025-01-01",
    "2025-06-30",
    "2025-03-31",
    {"open": 1400.00, "expected": 600.00, "lo": 0.00, "hi": 1400.00},
    {
        "D1": {
            "stage": "offer",
            "amount": 1000.00,
            "p": 0.5,
            "basis": "setting",
            "expected": 500.00,
            "overdue": False,
        },
        "D2": {
            "stage": "first talk",
            "amount": 400.00,
            "p": 0.25,
            "basis": "setting",
            "expected": 100.00,
            "overdue": True,
        },
    },
    slug="forecast",
    settings={"stage_probability": {"offer": 0.5, "first talk": 0.25}},
)


def _twenty(name: str, days: str, p: float, basis: str, expected: float, high: float) -> OtherCase:
    return OtherCase(
        name,
        TWENTY,
        "2025-01-01",
        "2025-06-30",
        "2025-03-31",
        {"open": 100.00, "expected": expected, "lo": 0.00, "hi": high},
        {"open": {"p": p, "basis": basis, "expected": expected, "overdue": False}},
        params={"stage_window_days": days},
        slug="forecast",
    )


# Eight were won and twelve lost, the first of them 19 days before the day of knowledge.
FROM_TWENTY = _twenty("twenty closed in the window", "20", 0.4, "history", 40.00, 100.00)
FROM_NINETEEN = _twenty("one of twenty outside the window", "19", 0.0, "setting", 0.00, 0.00)

OTHERS = [
    BRIDGE,
    HALF_A_MONTH,
    CREDITS_ONLY,
    RFM,
    ABC,
    ABC_EDGES,
    *MARGIN,
    NPS,
    NPS_TWICE,
    CSAT,
    NPS_CHURN,
    WIN_LOSS,
    WIN_LOSS_EDGES,
    FORECAST,
    FROM_TWENTY,
    FROM_NINETEEN,
]
