"""Loss 3: the worked example and the edges of worked, pending and the divisor."""

from typing import Any

from tests.oracle.cases import Case
from tests.oracle.tables import Row, Tables
from tests.oracle.work_cases import KYIV, call, lead, worked_company

CAMPAIGN: Row = {"campaign_id": "M", "name": "March"}


def cost(number: int, on: str, amount: str, campaign: str = "M", **columns: str) -> Row:
    row = {"cost_id": f"K{number}", "campaign_id": campaign, "date": on, "amount": amount}
    return row | columns


def march_campaign() -> Tables:
    """100 leads of March: 70 with three calls, 10 with two, 20 with none; 100,000 spent."""
    leads, calls = [], []
    for n in range(1, 101):
        leads.append(lead(f"L{n:03}", "2025-03-10T08:00:00Z", campaign_id="M"))
        for day in range(3 if n <= 70 else 2 if n <= 80 else 0):
            on = f"2025-03-{11 + day}T08:00:00Z"
            calls.append(call(f"A{n:03}-{day}", f"L{n:03}", on))
    costs = [cost(1, "2025-03-01", "60000"), cost(2, "2025-03-20", "40000")]
    return worked_company(
        [], leads=leads, activities=calls, campaigns=[CAMPAIGN], campaign_costs=costs
    )


def one_lead(*touched: str, **columns: str) -> Tables:
    """One lead of 1 March 10:00 in Kyiv, 100.00 spent."""
    calls = [call(f"A{n}", "L", at) for n, at in enumerate(touched)]
    return worked_company(
        [],
        leads=[lead("L", "2025-03-01T08:00:00Z", campaign_id="M", **columns)],
        activities=calls,
        campaigns=[CAMPAIGN],
        campaign_costs=[cost(1, "2025-03-01", "100")],
    )


def _one(name: str, tables: Tables, loss: float, as_of: str = "2025-06-30", **line: Any) -> Case:
    return Case(
        name,
        tables,
        "2025-03-01",
        "2025-03-31",
        as_of,
        {"loss": loss, "cost": 100.00},
        {"M": {"loss": loss, "cost": 100.00, **line}},
        slug="marketing",
        settings=KYIV,
    )


SECOND = "2025-03-02T08:00:00Z"
THIRD = "2025-03-03T08:00:00Z"
LAST_MOMENT = "2025-03-31T20:59:59Z"  # 23:59:59 in Kyiv, summer time since the day before
TOO_LATE = "2025-03-31T21:00:00Z"

MARKETING = [
    Case(
        "thirty of a hundred leads were not worked",
        march_campaign(),
        "2025-03-01",
        "2025-03-31",
        "2025-06-30",
        {"loss": 30000.00, "cost": 100000.00, "spent_without_leads": 0.00},
        {
            "M": {
                "campaign_id": "M",
                "cost": 100000.00,
                "leads": 100,
                "unworked": 30,
                "pending": 0,
                "converted": 0,
                "customers": 0,
                "cost_per_lead": 1000.00,
                "cost_per_customer": None,
                "loss": 30000.00,
            }
        },
        slug="marketing",
        settings=KYIV,
    ),
    Case(
        "the day before they are ripe they are pending",
        march_campaign(),
        "2025-03-01",
        "2025-03-31",
        "2025-04-08",
        {"loss": 0.00},
        {"M": {"unworked": 0, "pending": 30}},
        slug="marketing",
        settings=KYIV,
    ),
    Case(
        "on the thirtieth day they are unworked",
        march_campaign(),
        "2025-03-01",
        "2025-03-31",
        "2025-04-09",
        {"loss": 30000.00},
        {"M": {"unworked": 30, "pending": 0}},
        slug="marketing",
        settings=KYIV,
    ),
    _one("the third touch on the last day", one_lead(SECOND, THIRD, LAST_MOMENT), 0, unworked=0),
    _one("the third touch a second later", one_lead(SECOND, THIRD, TOO_LATE), 100.00, unworked=1),
    _one("converted untouched", one_lead(converted_on="2025-06-30"), 0, converted=1, customers=0),
    _one("converted after D", one_lead(converted_on="2025-07-01"), 100.00, converted=0),
    _one(
        "closed as lost with one touch that day",
        one_lead(SECOND, closed_on="2025-03-02", closed_reason="lost"),
        0,
    ),
    _one(
        "closed as lost before the touch",
        one_lead(THIRD, closed_on="2025-03-02", closed_reason="lost"),
        100.00,
    ),
    _one(
        "only junk: spent without leads",
        one_lead(closed_on="2025-03-02", closed_reason="junk"),
        0,
        leads=0,
        cost_per_lead=None,
    ),
    Case(
        "costs: negative, without leads, of another currency, of other days",
        worked_company(
            [],
            leads=[
                lead("L1", "2025-03-01T08:00:00Z", campaign_id="back"),
                lead("L2", "2025-03-01T08:00:00Z", campaign_id="free"),
                lead("L3", "2025-03-01T08:00:00Z", campaign_id="usd"),
                lead("L4", "2025-03-01T08:00:00Z"),
            ],
            campaigns=[{"campaign_id": c} for c in ("alone", "back", "free", "idle", "usd")],
            campaign_costs=[
                cost(1, "2025-03-31", "50", "alone"),
                cost(2, "2025-03-01", "-10", "back"),
                cost(3, "2025-03-02", "3", "usd", currency="USD", fx_rate="41.2345"),
                cost(4, "2025-02-28", "1000", "usd"),
                cost(5, "2025-04-01", "1000", "idle"),
                cost(6, "2025-03-05", "1000", "usd", recorded_on="2025-07-01"),
                cost(7, "2025-03-05", "1000", "usd", deleted_on="2025-06-30"),
            ],
        ),
        "2025-03-01",
        "2025-03-31",
        "2025-06-30",
        {"loss": 123.70, "cost": 163.70, "spent_without_leads": 50.00},
        {
            "alone": {"cost": 50.00, "leads": 0, "loss": 0.00, "cost_per_lead": None},
            "back": {"cost": -10.00, "unworked": 1, "loss": 0.00, "cost_per_lead": -10.00},
            "free": {"cost": 0.00, "unworked": 1, "loss": 0.00, "cost_per_lead": 0.00},
            "usd": {"cost": 123.70, "unworked": 1, "loss": 123.70},
        },
        slug="marketing",
        settings=KYIV,
    ),
    Case(
        "a cost without campaign has a line and no lead, also not the leads without campaign",
        worked_company(
            [],
            leads=[
                lead("L1", "2025-03-01T08:00:00Z", campaign_id="M"),
                lead("L2", "2025-03-01T08:00:00Z", campaign_id=""),
            ],
            campaigns=[CAMPAIGN],
            campaign_costs=[cost(1, "2025-03-01", "100"), cost(2, "2025-03-09", "7", campaign="")],
        ),
        "2025-03-01",
        "2025-03-31",
        "2025-06-30",
        {"loss": 100.00, "cost": 107.00, "spent_without_leads": 7.00},
        {
            "M": {"cost": 100.00, "leads": 1, "loss": 100.00},
            "(none)": {"cost": 7.00, "leads": 0, "cost_per_lead": None, "loss": 0.00},
        },
        slug="marketing",
        settings=KYIV,
    ),
    Case(
        "two leads to one customer: the earliest campaign has it",
        worked_company(
            [("A", "2025-03-20", "1")],
            leads=[
                lead(
                    reference,
                    at,
                    campaign_id=campaign,
                    converted_on=won,
                    customer_id="A",
                )
                for reference, at, campaign, won in (
                    ("L1", "2025-03-02T08:00:00Z", "late", "2025-03-10"),
                    ("L2", "2025-03-01T08:00:00Z", "early", "2025-03-20"),
                )
            ],
            campaigns=[{"campaign_id": "early"}, {"campaign_id": "late"}],
            campaign_costs=[cost(1, "2025-03-01", "10", "early")],
        ),
        "2025-03-01",
        "2025-03-31",
        "2025-06-30",
        {"loss": 0.00},
        {
            "early": {"converted": 1, "customers": 1, "cost_per_customer": 10.00},
            "late": {"converted": 1, "customers": 0, "cost_per_customer": None},
        },
        slug="marketing",
        settings=KYIV,
    ),
]
